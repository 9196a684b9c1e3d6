package rota

import (
	"slices"

	"helpline"
)

// begunAlready parts what a draft would plan of shifts that have begun: hours
// that were worked, and who came, hang on the published ones, so those stay and
// the draft's own go. A shift of the draft goes when it comes from the template
// of such a shift on the same day, or has begun too and runs beside one, unless
// the one that it replaces is still to come. What has begun in the draft alone is
// published like the rest.
func (m *moment) begunAlready() (gone map[helpline.ID]bool, stays []*Shift) {
	gone = map[helpline.ID]bool{}
	var comes []*Shift
	for i := range m.book.Shifts {
		switch s := &m.book.Shifts[i]; {
		case !m.check.replaced(s) || s.Cancelled:
		case m.do.At.Before(s.Start):
			comes = append(comes, s)
		default:
			stays = append(stays, s)
		}
	}
	for i := range m.book.Shifts {
		s := &m.book.Shifts[i]
		if s.Version != m.book.Version.ID {
			continue
		}
		again := func(o *Shift) bool { return !s.Template.IsZero() && s.Template == o.Template && s.Date == o.Date }
		beside := func(o *Shift) bool { return s.Interval().Meets(o.Interval()) }
		begun := !m.do.At.Before(s.Start) && !slices.ContainsFunc(comes, again)
		gone[s.ID] = slices.ContainsFunc(stays, again) || begun && slices.ContainsFunc(stays, beside)
	}
	return gone, stays
}

// twice refuses a draft that plans somebody beside a shift that runs and stays:
// the checker holds a draft against the days as if it replaced them all.
func (m *moment) twice(gone map[helpline.ID]bool, stays []*Shift) error {
	for _, old := range stays {
		for _, a := range m.check.on[old.ID] {
			if !(Duty{a, old}).works() {
				continue
			}
			for _, b := range m.book.Assignments {
				s := m.check.shifts[b.Shift]
				if s == nil || s.Version != m.book.Version.ID || gone[s.ID] || b.Person != a.Person || !(Duty{b, s}).works() {
					continue
				}
				if s.Interval().Meets(old.Interval()) {
					return helpline.Errorf(helpline.Conflict, "rota: somebody works a shift that has begun, and the draft has them elsewhere before its end")
				}
			}
		}
	}
	return nil
}
