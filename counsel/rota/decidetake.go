package rota

import (
	"cmp"
	"slices"
	"time"

	"helpline"
)

// Free is a place on a published shift for which people may sign up
// themselves.
type Free struct {
	Shift *Shift
	Role  Role
	// Place is the assignment of whoever answers for it until somebody works
	// it; zero: there is room for one more than the shift has places.
	Place helpline.ID
}

// signsUp says whether people take what is free in a rota themselves.
func (w Way) signsUp() bool { return w == SelfSignUp || w == Preferences }

// Free lists what people may sign up for from an instant on, in order of time,
// one of each role of a shift: places nobody works yet, and where there is none,
// room up to the target of what the shift asks of anybody.
func (c *Checker) Free(now time.Time) []Free {
	var out []Free
	for i := range c.book.Shifts {
		s := &c.book.Shifts[i]
		r := c.rotas[s.Rota]
		if r == nil || !r.Way.signsUp() || s.Cancelled || !now.Before(s.Start) || !s.Start.Before(s.End) || closedOn(c.book.Closures, s.Rota, s.Date) {
			continue
		}
		minded := map[Role]int{}
		for _, a := range c.on[s.ID] {
			if !a.Minds || a.State != Held && a.State != Offered {
				continue
			}
			if minded[a.Role]++; minded[a.Role] == 1 {
				out = append(out, Free{s, a.Role, a.ID})
			}
		}
		there := c.there(s)
		for _, ask := range c.required(s) {
			if ask.Skill != "" || ask.Language != "" {
				continue // who is meant is for whoever plans to say
			}
			role, waits := cmp.Or(ask.Role, Counsellor), minded[ask.Role]
			if ask.Role == "" {
				waits = minded[Counsellor] + minded[Leader]
			}
			if minded[role] == 0 && c.meets(ask, s, there)+waits < max(ask.Min, ask.Target) {
				minded[role]++
				out = append(out, Free{Shift: s, Role: role})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Free) int { return a.Shift.Start.Compare(b.Shift.Start) })
	return out
}

// take signs somebody up for a shift: for the first place of it that is free
// and that they may have.
func (m *moment) take() error {
	who := m.who()
	if err := m.mine(who); err != nil {
		return err
	}
	s, known := m.check.shifts[m.do.Shift]
	switch {
	case !known:
		return helpline.Errorf(helpline.NotFound, "rota: there is no such published shift")
	case s.Cancelled:
		return helpline.Errorf(helpline.Conflict, "rota: the shift does not take place")
	}
	if err := m.begun(s); err != nil {
		return err
	}
	if r := m.check.rotas[s.Rota]; r == nil || !r.Way.signsUp() {
		return helpline.Errorf(helpline.Forbidden, "rota: a supervisor fills this rota")
	}
	if slices.ContainsFunc(m.check.on[s.ID], func(a Assignment) bool { return a.Person == who && !a.Minds }) {
		return helpline.Errorf(helpline.Conflict, "rota: they are on this shift already")
	}
	free := slices.DeleteFunc(m.check.Free(m.do.At), func(f Free) bool { return f.Shift.ID != s.ID })
	if len(free) == 0 {
		return helpline.Errorf(helpline.Conflict, "rota: somebody else was first")
	}
	pick := free[0]
	if p := m.check.people[who]; p != nil {
		if i := slices.IndexFunc(free, func(f Free) bool { return p.May(f.Role) }); i >= 0 {
			pick = free[i]
		}
	}
	if pick.Place.IsZero() {
		return m.join(who, s, pick.Role)
	}
	a, _, err := m.place(pick.Place)
	if err != nil {
		return err
	}
	if err := m.could([]Assignment{a}, []helpline.ID{who}); err != nil {
		return err
	}
	m.endSwaps(a.ID, helpline.ID{})
	m.note(EventTake, Event{Shift: s.ID, Assignment: a.ID})
	m.successor(a, Swapped, who, false, BySelf)
	return nil
}

// join makes one more place on a shift, which is somebody's from the start.
func (m *moment) join(who helpline.ID, s *Shift, role Role) error {
	id := m.do.Fresh()
	a := Assignment{ID: id, Shift: s.ID, Person: who, Role: role, State: Held, Source: BySelf, Place: id}
	after := *m.book
	after.Assignments = append(slices.Clone(after.Assignments), a)
	if added := m.added(&after); len(added) > 0 {
		return RefuseFor(added)
	}
	m.out.Assignments = append(m.out.Assignments, a)
	m.note(EventTake, Event{Shift: s.ID, Assignment: id})
	return nil
}
