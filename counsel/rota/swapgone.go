package rota

import (
	"slices"

	"helpline"
)

// unwanted ends the living swaps that want a place which this step has changed:
// nobody could agree to them any more, and whoever asks would wait in vain until
// their own shift begins. The place they offered is theirs again.
func (m *moment) unwanted() {
	changed, ended := map[helpline.ID]bool{}, map[helpline.ID]bool{}
	for _, a := range m.out.Assignments {
		changed[a.ID] = true
	}
	for _, w := range m.out.Swaps {
		ended[w.ID] = true
	}
	for _, w := range m.book.Swaps {
		if w.Kind != Exchange || !w.State.alive() || ended[w.ID] || !changed[w.To.Assignment] {
			continue
		}
		i := slices.IndexFunc(m.book.Assignments, func(a Assignment) bool { return a.ID == w.From.Assignment })
		if i < 0 {
			continue // of days that this step does not see: time ends it
		}
		w.State, w.Revision = Withdrawn, w.Revision+1
		m.out.Swaps = append(m.out.Swaps, w)
		a := m.book.Assignments[i]
		if a.State == Offered && !changed[a.ID] {
			a.State, a.Revision = Held, a.Revision+1
			m.out.Assignments = append(m.out.Assignments, a)
		}
		m.note(EventWithdraw, Event{Shift: a.Shift, Assignment: a.ID, Swap: w.ID})
	}
}

// past says whether nobody can agree to a swap any more: its time is over, or what
// is wanted has begun or is not what it was.
func (m *moment) past(w Swap, s *Shift) bool {
	if !m.do.At.Before(w.over(s)) {
		return true
	}
	if w.Kind != Exchange {
		return false
	}
	_, wanted, err := m.bound(w.To)
	return err != nil || m.begun(wanted) != nil
}
