package rota

import (
	"slices"
	"time"

	"helpline"
)

// alive says whether a swap can still become something.
func (s SwapState) alive() bool { return s == Open || s == Claimed }

// errShut is for what would give away a shift that nobody can see: as long as its
// day is closed it does not take place.
var errShut = helpline.Errorf(helpline.Conflict, "rota: the day of the shift is closed")

// offer opens an offer, an exchange or a drop.
func (m *moment) offer() error {
	a, s, err := m.place(m.do.Assignment)
	if err != nil {
		return err
	}
	if err := m.mine(a.Person); err != nil {
		return err
	}
	if err := m.begun(s); err != nil {
		return err
	}
	if a.State == Offered {
		return helpline.Errorf(helpline.Conflict, "rota: the shift is on offer already")
	}
	if m.book.closed(s) {
		return errShut
	}
	if !m.do.Until.IsZero() && !m.do.Until.After(m.do.At) {
		return helpline.Errorf(helpline.Invalid, "rota: an offer ends after it begins")
	}
	if m.do.Do == DoDrop && a.Minds {
		return helpline.Errorf(helpline.Conflict, "rota: whoever answers for a place gives it to somebody else")
	}
	if m.do.Person == a.Person {
		return helpline.Errorf(helpline.Invalid, "rota: an offer goes to somebody else")
	}
	if p := m.check.people[m.do.Person]; !m.do.Person.IsZero() && (p == nil || p.Standing != Active) {
		return helpline.Errorf(helpline.Invalid, "rota: the offer goes to somebody who works here")
	}
	a.State, a.Revision = Offered, a.Revision+1
	w := Swap{
		ID: m.do.Fresh(), Kind: Offer, State: Open, By: m.do.By, Person: m.do.Person, Until: m.do.Until,
		From: Bound{a.ID, a.Revision, s.Revision},
	}
	switch m.do.Do {
	case DoExchange:
		other, os, err := m.place(m.do.Other)
		if err != nil {
			return err
		}
		if err := m.begun(os); err != nil {
			return err
		}
		if m.book.closed(os) {
			return errShut
		}
		if other.Person == a.Person || other.Minds || a.Minds || other.State != Held || other.Shift == a.Shift {
			return helpline.Errorf(helpline.Conflict, "rota: these two cannot be exchanged")
		}
		w.Kind, w.To, w.Person = Exchange, Bound{other.ID, other.Revision, os.Revision}, other.Person
	case DoDrop:
		w.Kind, w.Person = Drop, helpline.ID{}
	}
	m.out.Assignments = append(m.out.Assignments, a)
	m.out.Swaps = append(m.out.Swaps, w)
	m.note(EventOffer, Event{Shift: s.ID, Assignment: a.ID, Swap: w.ID})
	return nil
}

// swap gives a living swap and its place, if neither has moved since.
func (m *moment) swap() (Swap, Assignment, *Shift, error) {
	i := slices.IndexFunc(m.book.Swaps, func(w Swap) bool { return w.ID == m.do.Swap })
	if i < 0 {
		return Swap{}, Assignment{}, nil, helpline.Errorf(helpline.NotFound, "rota: there is no such swap")
	}
	w := m.book.Swaps[i]
	if !w.State.alive() {
		return Swap{}, Assignment{}, nil, helpline.Errorf(helpline.Conflict, "rota: the swap has ended")
	}
	a, s, err := m.bound(w.From)
	return w, a, s, err
}

// bound gives the place a swap was made of. A place or a shift that has
// another revision by now is not what was offered.
func (m *moment) bound(is Bound) (Assignment, *Shift, error) {
	a, s, err := m.place(is.Assignment)
	if err == nil && (a.Revision != is.Revision || s.Revision != is.ShiftRevision) {
		err = helpline.Errorf(helpline.Conflict, "rota: the shift has changed since it was offered")
	}
	return a, s, err
}

// over is when a swap ends by itself.
func (w Swap) over(s *Shift) time.Time {
	if w.Until.IsZero() || s.Start.Before(w.Until) {
		return s.Start
	}
	return w.Until
}

// claim takes what is offered, or agrees to an exchange. Where the rota is
// managed, a supervisor has the last word; until then the owner stays
// responsible.
func (m *moment) claim() error {
	w, a, s, err := m.swap()
	if err != nil {
		return err
	}
	who := m.who()
	if err := m.mine(who); err != nil {
		return err
	}
	switch {
	case w.State != Open:
		return helpline.Errorf(helpline.Conflict, "rota: somebody else was first")
	case w.Kind == Drop:
		return helpline.Errorf(helpline.Conflict, "rota: this shift is given back and not offered")
	case who == a.Person:
		return helpline.Errorf(helpline.Conflict, "rota: this is your own shift")
	case !w.Person.IsZero() && w.Person != who:
		return helpline.Errorf(helpline.Forbidden, "rota: this is offered to somebody else")
	case !m.do.At.Before(w.over(s)):
		return helpline.Errorf(helpline.Conflict, "rota: the shift has begun, or the offer has ended")
	}
	w.Claimant, w.Revision = who, w.Revision+1
	if m.book.Managed(w) {
		if _, err := m.handed(w); err != nil {
			return err
		}
		w.State = Claimed
		m.out.Swaps = append(m.out.Swaps, w)
		m.note(EventClaim, Event{Shift: s.ID, Assignment: a.ID, Swap: w.ID})
		return nil
	}
	m.note(EventClaim, Event{Shift: s.ID, Assignment: a.ID, Swap: w.ID})
	return m.settle(w, BySelf)
}

// approve is a supervisor's word that a claim counts, or that a shift may be
// given back: then the supervisor answers for the place.
func (m *moment) approve() error {
	if err := m.supervisor(); err != nil {
		return err
	}
	w, a, s, err := m.swap()
	if err != nil {
		return err
	}
	if err := m.begun(s); err != nil {
		return err
	}
	w.Revision++
	if w.Kind == Drop {
		w.State = Approved
		m.out.Swaps = append(m.out.Swaps, w)
		m.note(EventApprove, Event{Shift: s.ID, Assignment: a.ID, Swap: w.ID})
		m.successor(a, Dropped, m.do.By, true, ByHand)
		return nil
	}
	if w.State != Claimed {
		return helpline.Errorf(helpline.Conflict, "rota: nobody has claimed it yet")
	}
	m.note(EventApprove, Event{Shift: s.ID, Assignment: a.ID, Swap: w.ID})
	return m.settle(w, BySelf)
}

// handed gives the places as they would be after a swap, and refuses one that
// would break a hard rule for somebody.
func (m *moment) handed(w Swap) ([]Assignment, error) {
	from, _, err := m.bound(w.From)
	if err != nil {
		return nil, err
	}
	gives := []Assignment{from}
	takers := []helpline.ID{w.Claimant}
	if w.Kind == Exchange {
		to, s, err := m.bound(w.To)
		if err != nil {
			return nil, err
		}
		if err := m.begun(s); err != nil {
			return nil, err
		}
		if to.Person != w.Claimant {
			return nil, helpline.Errorf(helpline.Conflict, "rota: the other shift is somebody else's by now")
		}
		gives, takers = append(gives, to), append(takers, from.Person)
	}
	return gives, m.could(gives, takers)
}

// could refuses places that somebody cannot take: a hard rule would be broken
// that is not broken already.
func (m *moment) could(gives []Assignment, takers []helpline.ID) error {
	after := *m.book
	after.Assignments = slices.Clone(after.Assignments)
	for i, a := range gives {
		at := slices.IndexFunc(after.Assignments, func(o Assignment) bool { return o.ID == a.ID })
		after.Assignments[at].Person, after.Assignments[at].Minds = takers[i], false
	}
	if added := m.added(&after); len(added) > 0 {
		return RefuseFor(added)
	}
	return nil
}

// added lists the hard breaches with which another book is worse than this
// one: of a rule and a person (or a shift, where nobody is named) there are
// more, or more is lacking. Less of what is wrong already is no breach.
func (m *moment) added(after *Book) []Breach {
	type about struct {
		rule RuleID
		id   helpline.ID
	}
	weigh := func(list []Breach) (map[about]int, map[about]int) {
		times, lacking := map[about]int{}, map[about]int{}
		for _, b := range list {
			for _, id := range b.about() {
				times[about{b.Rule, id}]++
				lacking[about{b.Rule, id}] += max(b.Have-b.Want, b.Want-b.Have)
			}
		}
		return times, lacking
	}
	times, lacking := weigh(m.check.hard())
	hard := NewChecker(after, m.check.law).hard()
	nowTimes, nowLacking := weigh(hard)
	return slices.DeleteFunc(hard, func(b Breach) bool {
		return !slices.ContainsFunc(b.about(), func(id helpline.ID) bool {
			k := about{b.Rule, id}
			return nowTimes[k] > times[k] || nowLacking[k] > lacking[k]
		})
	})
}

// about is whom a breach is about, or which shifts where it names nobody.
func (b Breach) about() []helpline.ID {
	if len(b.People) > 0 {
		return b.People
	}
	return b.Shifts
}

// settle gives the places of a swap to those who take them.
func (m *moment) settle(w Swap, source Source) error {
	gives, err := m.handed(w)
	if err != nil {
		return err
	}
	w.State = Approved
	m.out.Swaps = append(m.out.Swaps, w)
	taker := w.Claimant
	for _, a := range gives {
		m.endSwaps(a.ID, w.ID)
		m.successor(a, Swapped, taker, false, source)
		taker = gives[0].Person
	}
	return nil
}

// successor ends an assignment and makes the next one of its place.
func (m *moment) successor(a Assignment, end State, person helpline.ID, minds bool, source Source) {
	next := a
	next.ID, next.Person, next.State, next.Minds, next.Source = m.do.Fresh(), person, Held, minds, source
	next.Revision, next.Pinned = 0, false
	if next.Place.IsZero() {
		next.Place = a.ID
	}
	a.State, a.Revision = end, a.Revision+1
	m.out.Assignments = append(m.out.Assignments, a, next)
	m.note(EventAssign, Event{Shift: a.Shift, Assignment: next.ID})
}

// refuse ends a swap: a supervisor, or the one person it was offered to.
func (m *moment) refuse() error {
	return m.end(Refused, EventRefuse, func(w Swap, _ *Shift, _ Assignment) error {
		if !w.Person.IsZero() && m.mine(w.Person) == nil {
			return nil
		}
		return m.supervisor()
	})
}

// withdraw ends a swap: its owner, or a supervisor on the owner's behalf.
// Whoever claimed it and takes that back leaves it open for others.
func (m *moment) withdraw() error {
	if i := slices.IndexFunc(m.book.Swaps, func(w Swap) bool { return w.ID == m.do.Swap }); i >= 0 {
		if w := m.book.Swaps[i]; w.State == Claimed && m.mine(w.Claimant) == nil {
			w.State, w.Claimant, w.Revision = Open, helpline.ID{}, w.Revision+1
			m.out.Swaps = append(m.out.Swaps, w)
			m.note(EventWithdraw, Event{Assignment: w.From.Assignment, Swap: w.ID})
			return nil
		}
	}
	return m.end(Withdrawn, EventWithdraw, func(_ Swap, _ *Shift, a Assignment) error { return m.mine(a.Person) })
}

// expire ends a swap whose time has passed, or that wants what is no more.
func (m *moment) expire() error {
	return m.end(Expired, EventExpire, func(w Swap, s *Shift, _ Assignment) error {
		if !m.past(w, s) {
			return helpline.Errorf(helpline.Conflict, "rota: the offer has not ended yet")
		}
		return nil
	})
}

// end lets a swap end without a successor: the place is its owner's again.
func (m *moment) end(as SwapState, kind EventKind, may func(Swap, *Shift, Assignment) error) error {
	i := slices.IndexFunc(m.book.Swaps, func(w Swap) bool { return w.ID == m.do.Swap })
	if i < 0 {
		return helpline.Errorf(helpline.NotFound, "rota: there is no such swap")
	}
	w := m.book.Swaps[i]
	if !w.State.alive() {
		return helpline.Errorf(helpline.Conflict, "rota: the swap has ended")
	}
	a, s, err := m.place(w.From.Assignment)
	if err != nil {
		return err
	}
	if err := may(w, s, a); err != nil {
		return err
	}
	w.State, w.Revision = as, w.Revision+1
	a.State, a.Revision = Held, a.Revision+1
	m.out.Swaps = append(m.out.Swaps, w)
	m.out.Assignments = append(m.out.Assignments, a)
	m.note(kind, Event{Shift: s.ID, Assignment: a.ID, Swap: w.ID})
	return nil
}

// endSwaps ends the other living swaps that want to give a place away: it is
// somebody else's now.
func (m *moment) endSwaps(assignment, but helpline.ID) {
	for _, w := range m.book.Swaps {
		if w.ID != but && w.State.alive() && w.From.Assignment == assignment {
			w.State, w.Revision = Withdrawn, w.Revision+1
			m.out.Swaps = append(m.out.Swaps, w)
			m.note(EventWithdraw, Event{Assignment: assignment, Swap: w.ID})
		}
	}
}
