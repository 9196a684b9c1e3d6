package rota

import (
	"slices"

	"helpline"
)

// pinPlace is what a pin holds through all versions: a template and its day,
// or a shift made by hand by its beginning; and who does what there.
type pinPlace struct {
	template helpline.ID
	date     Date
	start    int64
	person   helpline.ID
	role     Role
}

func pinOf(a Assignment, s *Shift) pinPlace {
	p := pinPlace{template: s.Template, date: s.Date, person: a.Person, role: a.Role}
	if s.Template.IsZero() {
		p.start = s.Start.Unix()
	}
	return p
}

// Pinned says which places that were pinned in one book are not there any more
// in another, made of it: with the same template and day, person and role.
func Pinned(before, after *Book) []Breach {
	c, now := NewChecker(before, Profile{}), NewChecker(after, Profile{})
	return c.unpinned(func(*Shift) bool { return true }, now.places(func(*Shift) bool { return true }))
}

// pins finds what is pinned in the days a draft replaces and is not in the
// draft.
func (c *Checker) pins() []Breach {
	if c.book.Version.State != Draft || !slices.ContainsFunc(c.book.Assignments, func(a Assignment) bool { return a.Pinned }) {
		return nil
	}
	return c.unpinned(c.replaced, c.places(func(s *Shift) bool { return s.Version == c.book.Version.ID }))
}

func (c *Checker) places(of func(*Shift) bool) map[pinPlace]bool {
	out := map[pinPlace]bool{}
	for id, on := range c.on {
		if s := c.shifts[id]; of(s) {
			for _, a := range on {
				out[pinOf(a, s)] = true
			}
		}
	}
	return out
}

func (c *Checker) unpinned(of func(*Shift) bool, there map[pinPlace]bool) []Breach {
	var out []Breach
	for _, a := range c.book.Assignments {
		s := c.shifts[a.Shift]
		if !a.Pinned || !a.State.Stands() || s == nil || s.Cancelled || !of(s) || there[pinOf(a, s)] {
			continue
		}
		out = append(out, c.breach(RulePinned, Breach{
			People: []helpline.ID{a.Person}, Shifts: []helpline.ID{s.ID}, Assignments: []helpline.ID{a.ID}, At: s.Interval(),
		}))
	}
	return out
}
