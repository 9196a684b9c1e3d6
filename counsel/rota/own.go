package rota

import (
	"slices"
	"time"

	"helpline"
)

// Mine is a place that somebody has on a published shift that takes place.
type Mine struct {
	Assignment Assignment
	Shift      Shift
	Gives      Swap // the living swap that gives it away; the zero Swap: none
}

// Own lists the shifts somebody works that end after an instant, in order. A
// place that they only answer for is not among them.
func (b *Book) Own(person helpline.ID, after time.Time) []Mine {
	shifts := b.shiftsByID()
	gives := map[helpline.ID]Swap{}
	for _, w := range b.Swaps {
		if w.State.alive() {
			gives[w.From.Assignment] = w
		}
	}
	var out []Mine
	for _, a := range b.Assignments {
		s, known := shifts[a.Shift]
		d := Duty{a, s}
		if !known || a.Person != person || a.State == Proposed || !d.works() || b.closed(s) || !s.End.After(after) {
			continue
		}
		out = append(out, Mine{a, *s, gives[a.ID]})
	}
	slices.SortFunc(out, func(x, y Mine) int {
		return inOrder(Duty{x.Assignment, &x.Shift}, Duty{y.Assignment, &y.Shift})
	})
	return out
}

// Chance is a shift that somebody could have: it is offered, or asked for in
// exchange.
type Chance struct {
	Swap  Swap
	Place Assignment // that is given away
	Shift Shift      // of Place
	For   Mine       // of an exchange: what is wanted for it; else zero
}

// Offers lists what is offered to a person now, to them alone or to anybody,
// in order of time: first what asks them for an answer. What has moved since
// it was offered is not among it, for nobody can take it.
func (b *Book) Offers(person helpline.ID, now time.Time) []Chance {
	shifts := b.shiftsByID()
	places := map[helpline.ID]Assignment{}
	for _, a := range b.Assignments {
		places[a.ID] = a
	}
	find := func(is Bound) (Mine, bool) {
		a, known := places[is.Assignment]
		s := shifts[a.Shift]
		if !known || s == nil || !a.State.Stands() || s.Cancelled || b.closed(s) || a.Revision != is.Revision || s.Revision != is.ShiftRevision {
			return Mine{}, false
		}
		return Mine{Assignment: a, Shift: *s}, true
	}
	var out []Chance
	for _, w := range b.Swaps {
		if w.State != Open || w.Kind == Drop || !w.Person.IsZero() && w.Person != person {
			continue
		}
		from, ok := find(w.From)
		if !ok || from.Assignment.Person == person || !now.Before(w.over(&from.Shift)) {
			continue
		}
		one := Chance{Swap: w, Place: from.Assignment, Shift: from.Shift}
		if w.Kind == Exchange {
			if one.For, ok = find(w.To); !ok || one.For.Assignment.Person != person || !now.Before(one.For.Shift.Start) {
				continue
			}
		}
		out = append(out, one)
	}
	slices.SortStableFunc(out, func(x, y Chance) int { return x.Shift.Start.Compare(y.Shift.Start) })
	slices.SortStableFunc(out, func(x, y Chance) int { return x.open() - y.open() })
	return out
}

// open is 1 for what anybody may take, and 0 for what asks one person.
func (c Chance) open() int {
	if c.Swap.Person.IsZero() {
		return 1
	}
	return 0
}

// Hopes lists the shifts that somebody has asked for and that a supervisor has
// not yet given them, in order of time.
func (b *Book) Hopes(person helpline.ID, now time.Time) []Chance {
	shifts := b.shiftsByID()
	var out []Chance
	for _, w := range b.Swaps {
		if w.State != Claimed || w.Claimant != person {
			continue
		}
		i := slices.IndexFunc(b.Assignments, func(a Assignment) bool { return a.ID == w.From.Assignment })
		if i < 0 || shifts[b.Assignments[i].Shift] == nil || !now.Before(shifts[b.Assignments[i].Shift].Start) {
			continue
		}
		out = append(out, Chance{Swap: w, Place: b.Assignments[i], Shift: *shifts[b.Assignments[i].Shift]})
	}
	slices.SortStableFunc(out, func(x, y Chance) int { return x.Shift.Start.Compare(y.Shift.Start) })
	return out
}

// Managed says whether a supervisor has the last word on a swap: the rota of one
// of the shifts that change hands is managed, or not known.
func (b *Book) Managed(w Swap) bool {
	shifts := b.shiftsByID()
	for _, place := range []helpline.ID{w.From.Assignment, w.To.Assignment} {
		if place.IsZero() {
			continue
		}
		i := slices.IndexFunc(b.Assignments, func(a Assignment) bool { return a.ID == place })
		if i < 0 || shifts[b.Assignments[i].Shift] == nil {
			return true
		}
		of := shifts[b.Assignments[i].Shift].Rota
		if !slices.ContainsFunc(b.Rotas, func(r Rota) bool { return r.ID == of && r.Way != Managed }) {
			return true
		}
	}
	return false
}

// closed says whether a shift lies on a day that is closed: as long as it is, the
// shift does not take place.
func (b *Book) closed(s *Shift) bool { return s.Closed(b.Closures) }

func (b *Book) shiftsByID() map[helpline.ID]*Shift {
	out := make(map[helpline.ID]*Shift, len(b.Shifts))
	for i := range b.Shifts {
		out[b.Shifts[i].ID] = &b.Shifts[i]
	}
	return out
}
