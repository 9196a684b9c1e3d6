package rota

import (
	"slices"

	"helpline"
)

// attended gives a place of whose person a supervisor says whether they came.
func (m *moment) attended() (Assignment, *Shift, error) {
	if err := m.supervisor(); err != nil {
		return Assignment{}, nil, err
	}
	i := slices.IndexFunc(m.book.Assignments, func(a Assignment) bool { return a.ID == m.do.Assignment })
	if i < 0 {
		return Assignment{}, nil, helpline.Errorf(helpline.NotFound, "rota: there is no such place")
	}
	a := m.book.Assignments[i]
	s, ok := m.check.shifts[a.Shift]
	switch {
	case !ok:
		return a, nil, helpline.Errorf(helpline.NotFound, "rota: the place is on no published shift")
	case s.Cancelled:
		return a, nil, helpline.Errorf(helpline.Conflict, "rota: the shift does not take place")
	case a.Minds:
		return a, nil, helpline.Errorf(helpline.Conflict, "rota: nobody was to come for this place")
	case !a.State.Stands():
		return a, nil, helpline.Errorf(helpline.Conflict, "rota: somebody else has the place by now")
	}
	return a, s, nil
}

// said writes down how it was with somebody; what they offered of the place ends.
func (m *moment) said(a Assignment, state State, kind EventKind) {
	m.endSwaps(a.ID, helpline.ID{})
	a.State, a.Revision = state, a.Revision+1
	m.out.Assignments = append(m.out.Assignments, a)
	m.note(kind, Event{Shift: a.Shift, Assignment: a.ID})
}

// noShow says that whoever has a place did not come. The place stays theirs to
// answer for and counts as no cover.
func (m *moment) noShow() error {
	a, s, err := m.attended()
	switch {
	case err != nil:
		return err
	case m.do.At.Before(s.Start):
		return helpline.Errorf(helpline.Conflict, "rota: the shift has not begun")
	case a.State == NoShow:
		return helpline.Errorf(helpline.Conflict, "rota: somebody has said so already")
	}
	m.said(a, NoShow, EventNoShow)
	return nil
}

// came takes that back while the shift runs: they come late. Of a shift that is
// over it says that they worked it.
func (m *moment) came() error {
	a, s, err := m.attended()
	if err != nil {
		return err
	}
	over := !m.do.At.Before(s.End)
	switch {
	case over && a.State == Worked:
		return helpline.Errorf(helpline.Conflict, "rota: somebody has said so already")
	case over:
		m.said(a, Worked, EventCame)
	case a.State == NoShow:
		m.said(a, Held, EventCame)
	default:
		return helpline.Errorf(helpline.Conflict, "rota: nobody said that they did not come")
	}
	return nil
}

// unsure takes back what was said of a shift that is over: nobody knows.
func (m *moment) unsure() error {
	a, s, err := m.attended()
	switch {
	case err != nil:
		return err
	case m.do.At.Before(s.End) || a.State != Worked && a.State != NoShow:
		return helpline.Errorf(helpline.Conflict, "rota: nobody has said whether they came")
	}
	m.said(a, Held, EventUnsure)
	return nil
}
