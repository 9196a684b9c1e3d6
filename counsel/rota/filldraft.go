package rota

import (
	"cmp"
	"slices"

	"helpline"
)

// greedy gives out what is asked for, one head at a time: first the slots that
// fewest people can take. It stops when no head more makes the filling better.
func (f *Filler) greedy() {
	order := make([]int, 0, f.slots)
	for at := range f.slots {
		if len(f.can[at]) > 0 {
			order = append(order, at)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(f.can[a]), len(f.can[b])) })
	for again := true; again; {
		again = false
		for _, at := range order {
			again = f.best(at) || again
		}
	}
}

// offer is what it would change that somebody takes a slot.
type offer struct {
	person int
	price  price
}

// best gives a slot to whom it costs least, if that is better than leaving it.
func (f *Filler) best(at int) bool {
	var offers []offer
	for _, p := range f.can[at] {
		if f.take(int(p), at) && len(f.trail) == 1 && f.price.less(f.before) {
			offers = append(offers, offer{int(p), f.price})
		}
		f.undo()
	}
	slices.SortStableFunc(offers, func(a, b offer) int { return cmp.Compare(a.price.soft, b.price.soft) })
	for _, o := range offers {
		f.take(o.person, at)
		if f.allowed() {
			f.keep()
			return true
		}
		f.undo()
	}
	return false
}

// Filling is what a search came to.
type Filling struct {
	Places []Place       // all that stand in the version now
	Gone   []helpline.ID // assignments that stood before and do not now
	Gaps   []Gap         // where the least cover is not met
	Score  Score
	Steps  int
}

// Place is one place on a shift and whose it is.
type Place struct {
	Assignment helpline.ID // zero: a new one
	Shift      helpline.ID
	Person     helpline.ID
	Role       Role
}

// filling reads the grid.
func (f *Filler) filling(steps int) Filling {
	s := f.sheet
	out := Filling{Steps: steps, Score: s.score(f.has), Gaps: s.gaps(f.has), Gone: slices.Clone(f.gone)}
	was := map[[2]int]helpline.ID{}
	for _, st := range s.standing {
		key := [2]int{st.person, st.slot}
		if f.has[st.person].has(st.slot) {
			was[key] = st.ID
		} else if !slices.Contains(out.Gone, st.ID) {
			out.Gone = append(out.Gone, st.ID)
		}
	}
	for p, has := range f.has {
		for at := has.next(0); at >= 0; at = has.next(at + 1) {
			sl := s.slots[at]
			out.Places = append(out.Places, Place{was[[2]int{p, at}], s.shifts[sl.shift].ID, s.people[p].ID, sl.role})
		}
	}
	return out
}

// Added gives the places that are new.
func (f Filling) Added() (out []Place) {
	for _, p := range f.Places {
		if p.Assignment.IsZero() {
			out = append(out, p)
		}
	}
	return out
}

// In gives a book as the filling would have it, for a checker or a screen: new
// places are proposed, what is gone is dropped. newID makes identifiers.
func (f Filling) In(b *Book, newID func() helpline.ID) *Book {
	out := *b
	out.Assignments = slices.Clone(b.Assignments)
	for i, a := range out.Assignments {
		if slices.Contains(f.Gone, a.ID) {
			out.Assignments[i].State = Dropped
		}
	}
	for _, p := range f.Added() {
		id := newID()
		out.Assignments = append(out.Assignments, Assignment{ID: id, Place: id, Shift: p.Shift, Person: p.Person, Role: p.Role, State: Proposed, Source: BySolver})
	}
	return &out
}
