package rota

import (
	"slices"

	"helpline"
)

// noShow says that whoever has a place did not come. The place stays theirs to
// answer for and counts as no cover; what they offered of it ends.
func (m *moment) noShow() error {
	if err := m.supervisor(); err != nil {
		return err
	}
	a, s, err := m.place(m.do.Assignment)
	switch {
	case err != nil:
		return err
	case a.Minds:
		return helpline.Errorf(helpline.Conflict, "rota: nobody was to come for this place")
	case m.do.At.Before(s.Start):
		return helpline.Errorf(helpline.Conflict, "rota: the shift has not begun")
	}
	m.endSwaps(a.ID, helpline.ID{})
	a.State, a.Revision = NoShow, a.Revision+1
	m.out.Assignments = append(m.out.Assignments, a)
	m.note(EventNoShow, Event{Shift: s.ID, Assignment: a.ID})
	return nil
}

// came takes that back: they were there, or came late.
func (m *moment) came() error {
	if err := m.supervisor(); err != nil {
		return err
	}
	i := slices.IndexFunc(m.book.Assignments, func(a Assignment) bool { return a.ID == m.do.Assignment })
	if i < 0 {
		return helpline.Errorf(helpline.NotFound, "rota: there is no such place")
	}
	a := m.book.Assignments[i]
	if a.State != NoShow {
		return helpline.Errorf(helpline.Conflict, "rota: nobody said that they did not come")
	}
	a.State, a.Revision = Held, a.Revision+1
	m.out.Assignments = append(m.out.Assignments, a)
	m.note(EventCame, Event{Shift: a.Shift, Assignment: a.ID})
	return nil
}
