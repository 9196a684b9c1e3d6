package rota

import (
	"slices"
	"testing"
	"time"
)

// published makes a draft the published state of a book.
func published(t *testing.T, seed uint64, weeks, people int) (*Book, Profile) {
	t.Helper()
	b, law := makeEmptyBook(seed, weeks, people), mustProfile(t, "nl-atw")
	d := NewFiller(b, law, Given{}).Draft(t.Context(), seed)
	if len(d.Gaps) > 0 {
		t.Fatalf("seed %d: %d gaps before anything happened", seed, len(d.Gaps))
	}
	b = d.In(b, ids(seed+9))
	b.Version.State = Published
	for i := range b.Assignments {
		b.Assignments[i].State = Held
	}
	return b, law
}

// TestPromiseASickCallChangesOnlyWhatItMust lets one person after the other
// fall ill for a week: the cover holds again, and nothing moves but the places
// of whoever is ill and as many new ones at most.
func TestPromiseASickCallChangesOnlyWhatItMust(t *testing.T) {
	b, law := published(t, 1, 3, 40)
	zone, err := LoadZone(b.Site.Zone)
	if err != nil {
		t.Fatal(err)
	}
	for _, ill := range b.People[:12] {
		sick := *b
		week := Days(b.Version.First.Plus(7), b.Version.First.Plus(13), zone)
		sick.Leaves = append(slices.Clone(b.Leaves), Leave{Person: ill.ID, Interval: week})
		var lost []string
		for _, a := range b.Assignments {
			i := slices.IndexFunc(b.Shifts, func(s Shift) bool { return s.ID == a.Shift })
			if a.Person == ill.ID && week.Meets(b.Shifts[i].Interval()) {
				lost = append(lost, a.ID.String())
			}
		}
		r := Repair(t.Context(), &sick, law, Given{}, 1)
		var gone []string
		for _, id := range r.Gone {
			gone = append(gone, id.String())
		}
		slices.Sort(gone)
		slices.Sort(lost)
		if !slices.Equal(gone, lost) {
			t.Errorf("%d places are gone, %d were those of whoever is ill", len(gone), len(lost))
		}
		if len(r.Added()) > len(lost) {
			t.Errorf("%d new places for %d lost", len(r.Added()), len(lost))
		}
		if found := hard(Check(r.In(&sick, ids(2)), law)); len(r.Gaps) > 0 || len(found) > 0 {
			t.Errorf("%d gaps and %d hard breaches after the repair", len(r.Gaps), len(found))
		}
	}
}

// TestARepairMovesPublishedPlacesOnlyWhereAGapWouldStay: nobody free can take
// the evening, but Ada can when Cem has her morning.
func TestARepairMovesPublishedPlacesOnlyWhereAGapWouldStay(t *testing.T) {
	e := anEvening(t)
	law := mustProfile(t, "volunteer-default")
	e.Requirements = []Requirement{{ID: e.next(), Shift: e.shift, Min: 1}}
	morning := e.add(e.day.Plus(1), 6, 10)
	e.Requirements = append(e.Requirements, Requirement{ID: e.next(), Shift: morning, Min: 1})
	e.Requirements = append(e.Requirements, Requirement{ID: e.next(), Shift: e.shift, Role: Counsellor, Skill: "late", Min: 1})
	for _, p := range e.People {
		if p.ID != e.cem && p.ID != e.dia {
			e.Skills = append(e.Skills, Skill{Person: p.ID, Name: "late"})
		}
	}
	bens := e.give(e.shift, e.ben, Held)
	adas := e.give(morning, e.ada, Held)
	e.Leaves = []Leave{{ID: e.next(), Person: e.ben, Interval: Days(e.day, e.day, e.zone)}}

	r := Repair(t.Context(), e.Book, law, Given{}, 1)
	if len(r.Gaps) > 0 || !slices.Contains(r.Gone, bens) || !slices.Contains(r.Gone, adas) || len(r.Added()) != 2 {
		t.Errorf("gaps %v, gone %v, added %v", r.Gaps, r.Gone, r.Added())
	}
	e.Assignments[1].Pinned = true
	r = Repair(t.Context(), e.Book, law, Given{}, 1)
	if len(r.Gaps) == 0 || slices.Contains(r.Gone, adas) {
		t.Errorf("a pinned place moved: gone %v", r.Gone)
	}
}

// TestWhatHasBegunStays: neither a draft nor a repair touches what begins
// before From, nor what is worked, offered or part of an open swap.
func TestWhatHasBegunStays(t *testing.T) {
	b, law := published(t, 2, 2, 40)
	from := FirstOf(b.Version.First.Plus(7), 0, time.UTC)
	offered, swapped := b.Assignments[len(b.Assignments)-1].ID, b.Assignments[len(b.Assignments)-2].ID
	b.Assignments[len(b.Assignments)-1].State = Offered
	b.Swaps = []Swap{{State: Open, From: Bound{Assignment: swapped}}}
	f := NewFiller(b, law, Given{From: from, MovePublished: true, Weights: Weights{PartContract: 1}})
	d := f.Improve(t.Context(), Effort{Seed: 1, Steps: 20000}, nil)
	starts := map[[16]byte]time.Time{}
	for _, s := range b.Shifts {
		starts[s.ID] = s.Start
	}
	moved := 0
	for _, a := range b.Assignments {
		if !slices.Contains(d.Gone, a.ID) {
			continue
		}
		moved++
		if starts[a.Shift].Before(from) || a.ID == offered || a.ID == swapped {
			t.Errorf("%v moved", a)
		}
	}
	if moved == 0 {
		t.Error("nothing moved at all: the test shows nothing")
	}
}
