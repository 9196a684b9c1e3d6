package rota

import (
	"math/rand/v2"
	"testing"
	"time"

	"helpline"
)

// spoil does to a book what imports, old versions and hostile hands do.
func spoil(b *Book, r *rand.Rand) {
	shift, person := &b.Shifts[r.IntN(len(b.Shifts))], &b.People[r.IntN(len(b.People))]
	given := &b.Assignments[r.IntN(len(b.Assignments))]
	switch r.IntN(14) {
	case 0:
		shift.End = shift.Start
	case 1:
		shift.End = shift.Start.Add(30 * time.Hour)
	case 2:
		shift.Start, shift.End = shift.End, shift.Start
	case 3:
		shift.Cancelled = true
	case 4:
		b.Shifts = append(b.Shifts, *shift)
	case 5:
		b.People = append(b.People, *person)
	case 6:
		person.Standing, person.Roles = Removed, nil
	case 7:
		given.Shift = helpline.ID{1}
	case 8:
		given.Person = helpline.ID{2}
	case 9:
		given.Role = "cook"
	case 10:
		b.Assignments = append(b.Assignments, *given)
	case 11:
		b.Requirements[r.IntN(len(b.Requirements))] = Requirement{Shift: shift.ID, Role: "cook", Min: -5, Target: 1 << 40, Max: -1}
	case 12:
		shift.Start, shift.End = shift.Start.AddDate(500, 0, 0), shift.End.AddDate(500, 0, 0)
	case 13:
		given.State, given.Pinned = []State{Held, Offered, Worked, NoShow, "lost"}[r.IntN(5)], r.IntN(2) == 0
	}
}

// TestASpoiledBookIsFilledWithoutAddingABreach spoils books in every way it
// knows: whatever is new afterwards is legal, and the sums still agree.
func TestASpoiledBookIsFilledWithoutAddingABreach(t *testing.T) {
	law := mustProfile(t, "nl-atw")
	for seed := range uint64(25) {
		b, r := makeBook(seed, 1, 10), rand.New(rand.NewPCG(seed, 3))
		for range 1 + seed {
			spoil(b, r)
		}
		f := NewFiller(b, law, Given{})
		f.greedy()
		d := f.Improve(t.Context(), Effort{Seed: seed, Steps: 2000}, nil)
		if f.price != f.recount() {
			t.Errorf("seed %d: %+v by steps, %+v counted anew", seed, f.price, f.recount())
		}
		full := d.In(b, ids(seed))
		c := NewChecker(full, law)
		isNew := map[helpline.ID]bool{}
		for _, a := range full.Assignments[len(b.Assignments):] {
			isNew[a.ID] = true
		}
		before := map[string]bool{}
		for _, found := range hard(Check(b, law)) {
			before[found.Key()] = true
		}
		for _, found := range hard(c.All()) {
			for _, a := range found.Assignments {
				if isNew[a] && !before[found.Key()] {
					t.Errorf("seed %d: the filling adds %+v", seed, found)
				}
			}
		}
		for _, s := range b.Shifts {
			if _, err := Suggest(full, law, s.ID, Leader, nil); err != nil && helpline.KindOf(err) != helpline.NotFound {
				t.Errorf("seed %d: %v", seed, err)
			}
		}
		for _, g := range d.Gaps {
			Why(full, law, g)
		}
	}
}
