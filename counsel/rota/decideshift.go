package rota

import (
	"errors"
	"fmt"
	"slices"

	"helpline"
)

// refusal is an error that says which rules a step would break.
type refusal struct{ breaches []Breach }

func (r refusal) Error() string {
	return fmt.Sprintf("rota: %d hard rules would be broken, the first is %s", len(r.breaches), r.breaches[0].Rule)
}

// RefuseFor makes the error of what would break rules, a Conflict. RefusedFor
// reads it.
func RefuseFor(breaches []Breach) error {
	return helpline.Errorf(helpline.Conflict, "%w", refusal{breaches})
}

// RefusedFor gives the breaches for which a step was refused; none when it was
// refused for something else.
func RefusedFor(err error) []Breach {
	if r, ok := errors.AsType[refusal](err); ok {
		return slices.Clone(r.breaches)
	}
	return nil
}

// hard gives the breaches that nobody may accept.
func (c *Checker) hard() []Breach {
	return slices.DeleteFunc(c.All(), func(b Breach) bool { return b.Level != Hard })
}

// handedOut gives a place that a supervisor may give to somebody else: until its
// shift is over.
func (m *moment) handedOut() (Assignment, error) {
	if err := m.supervisor(); err != nil {
		return Assignment{}, err
	}
	a, s, err := m.place(m.do.Assignment)
	if err == nil && !m.do.At.Before(s.End) {
		err = helpline.Errorf(helpline.Conflict, "rota: the shift is over")
	}
	return a, err
}

// assign gives a place to somebody, at once.
func (m *moment) assign() error {
	a, err := m.handedOut()
	if err != nil {
		return err
	}
	if m.do.Person == a.Person && !a.Minds {
		return helpline.Errorf(helpline.Conflict, "rota: the place is theirs already")
	}
	if err := m.could([]Assignment{a}, []helpline.ID{m.do.Person}); err != nil {
		return err
	}
	m.endSwaps(a.ID, helpline.ID{})
	m.successor(a, Swapped, m.do.Person, false, ByHand)
	return nil
}

// mind lets a supervisor answer for a place until somebody works it.
func (m *moment) mind() error {
	a, err := m.handedOut()
	if err != nil {
		return err
	}
	if a.Minds && a.Person == m.do.By {
		return helpline.Errorf(helpline.Conflict, "rota: you answer for it already")
	}
	m.endSwaps(a.ID, helpline.ID{})
	m.successor(a, Dropped, m.do.By, true, ByHand)
	return nil
}

// published gives a shift that a supervisor may change.
func (m *moment) published() (Shift, error) {
	if err := m.supervisor(); err != nil {
		return Shift{}, err
	}
	s, ok := m.check.shifts[m.do.Shift]
	switch {
	case !ok:
		return Shift{}, helpline.Errorf(helpline.NotFound, "rota: there is no such published shift")
	case s.Cancelled:
		return Shift{}, helpline.Errorf(helpline.Conflict, "rota: the shift does not take place")
	case !m.do.At.Before(s.End):
		return Shift{}, helpline.Errorf(helpline.Conflict, "rota: the shift is over")
	}
	return *s, nil
}

// move gives a shift other times. Swaps of it are not carried along: they were
// made of another shift.
func (m *moment) move() error {
	s, err := m.published()
	if err != nil {
		return err
	}
	to := m.do.To
	if !to.Start.Before(to.End) || to.End.Sub(to.Start) > minutes(m.check.house[RuleEndless].Most) || !m.do.At.Before(to.Start) {
		return helpline.Errorf(helpline.Invalid, "rota: a shift begins later than now, ends after it begins and is no longer than a day")
	}
	s.Start, s.End, s.Revision = to.Start, to.End, s.Revision+1
	day := DateOf(to.Start.In(m.check.zone))
	if v := m.version; day != s.Date && (s.Version != v.ID || v.First.after(day) || day.after(v.Last)) {
		return helpline.Errorf(helpline.Invalid, "rota: a shift stays in its version")
	}
	s.Date = day
	if m.book.closed(&s) {
		return helpline.Errorf(helpline.Invalid, "rota: nothing takes place on a day that is closed")
	}
	after := *m.book
	after.Shifts = merge(after.Shifts, []Shift{s}, func(s Shift) helpline.ID { return s.ID })
	if added := m.added(&after); len(added) > 0 {
		return RefuseFor(added)
	}
	m.out.Shifts = append(m.out.Shifts, s)
	m.note(EventMove, Event{Shift: s.ID})
	m.freeze(s.ID)
	return nil
}

// cancel says that a shift does not take place. Its places take nobody's time.
func (m *moment) cancel() error {
	s, err := m.published()
	if err != nil {
		return err
	}
	s.Cancelled, s.Revision = true, s.Revision+1
	m.out.Shifts = append(m.out.Shifts, s)
	m.note(EventCancel, Event{Shift: s.ID})
	m.freeze(s.ID)
	return nil
}

// freeze ends every living swap that gives or wants a place of a shift.
func (m *moment) freeze(shift helpline.ID) {
	of := map[helpline.ID]Assignment{}
	for _, a := range m.book.Assignments {
		of[a.ID] = a
	}
	for _, w := range m.book.Swaps {
		if !w.State.alive() || of[w.From.Assignment].Shift != shift && of[w.To.Assignment].Shift != shift {
			continue
		}
		w.State, w.Revision = Withdrawn, w.Revision+1
		m.out.Swaps = append(m.out.Swaps, w)
		if a := of[w.From.Assignment]; a.State == Offered {
			a.State, a.Revision = Held, a.Revision+1
			m.out.Assignments = append(m.out.Assignments, a)
		}
		m.note(EventWithdraw, Event{Shift: shift, Assignment: w.From.Assignment, Swap: w.ID})
	}
}

// publish makes a draft the truth. A hard breach refuses it, and so does an
// advisory one that nobody has accepted, but for cover that lacks: for a place
// that nobody has yet, whoever publishes answers.
func (m *moment) publish() error {
	if err := m.supervisor(); err != nil {
		return err
	}
	v := m.book.Version
	if v.State != Draft || !m.do.Version.IsZero() && m.do.Version != v.ID {
		return helpline.Errorf(helpline.Conflict, "rota: only a draft is published")
	}
	if f := v.Faults(); len(f) > 0 || v.ID.IsZero() {
		return helpline.Errorf(helpline.Invalid, "rota: the period of the draft is not one")
	}
	gone, stays := m.begunAlready()
	if err := m.twice(gone, stays); err != nil {
		return err
	}
	var stop []Breach
	lacks := map[helpline.ID][]Breach{}
	for _, b := range m.check.All() {
		switch {
		case len(b.Shifts) > 0 && !slices.ContainsFunc(b.Shifts, func(id helpline.ID) bool { return !gone[id] }):
			// about what is over: it stays as it was
		case b.Rule == RuleCoverMin:
			lacks[b.Shifts[0]] = append(lacks[b.Shifts[0]], b)
		case b.Level == Hard || b.Level == Advisory && !b.Accepted:
			stop = append(stop, b)
		}
	}
	if len(stop) > 0 {
		return RefuseFor(stop)
	}
	if m.do.Agreed != nil {
		if err := m.do.Agreed(m.book); err != nil {
			return err
		}
	}
	v.State, v.By, v.At = Published, m.do.By, m.do.At
	m.out.Version = &v
	for _, a := range m.book.Assignments {
		if s := m.check.shifts[a.Shift]; s != nil && s.Version == v.ID && a.State == Proposed && !gone[s.ID] {
			a.State, a.Revision = Held, a.Revision+1
			if a.Place.IsZero() {
				a.Place = a.ID
			}
			m.out.Assignments = append(m.out.Assignments, a)
		}
	}
	for _, s := range m.book.Shifts {
		if gone[s.ID] {
			m.out.Gone = append(m.out.Gone, s.ID)
			continue
		}
		m.gaps(s, lacks[s.ID])
	}
	m.note(EventPublish, Event{Version: v.ID})
	m.supersede()
	return nil
}

// supersede ends the shifts that the published draft replaces, but for those
// that have begun. Whoever had a place there is told by the caller, of the
// difference; swaps of them end.
func (m *moment) supersede() {
	seen := map[helpline.ID]bool{}
	for _, s := range m.book.Shifts {
		if !m.check.replaced(&s) || s.Cancelled || !m.do.At.Before(s.Start) {
			continue
		}
		if !seen[s.Version] {
			seen[s.Version] = true
			m.note(EventSupersede, Event{Version: s.Version})
		}
		s.Cancelled, s.Revision = true, s.Revision+1
		m.out.Shifts = append(m.out.Shifts, s)
		m.freeze(s.ID)
	}
}

// gaps makes a place for everybody a shift still lacks, and whoever publishes
// answers for it. One person may fill several wants, and a leader is one of
// those who take contacts.
func (m *moment) gaps(s Shift, lacks []Breach) {
	wanted, anybody := map[Role]int{}, 0
	for _, b := range lacks {
		if b.Role == "" {
			anybody = max(anybody, b.Want-b.Have)
			continue
		}
		wanted[b.Role] = max(wanted[b.Role], b.Want-b.Have)
	}
	wanted[Counsellor] = max(wanted[Counsellor], anybody-wanted[Leader])
	for _, role := range ShiftRoles() {
		for range wanted[role] {
			id := m.do.Fresh()
			m.out.Assignments = append(m.out.Assignments, Assignment{
				ID: id, Shift: s.ID, Person: m.do.By, Role: role, State: Held, Minds: true, Source: ByHand, Place: id,
			})
		}
	}
}
