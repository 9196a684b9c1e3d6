package rota

import (
	"slices"

	"helpline"
)

// required lists what a shift asks: its own requirements, and those of its
// template for which it has none of its own. It is only read.
func (c *Checker) required(s *Shift) []Requirement {
	own := c.asks[s.ID]
	switch {
	case s.Template.IsZero():
		return own
	case len(own) == 0:
		return c.asks[s.Template]
	}
	out := slices.Clone(own)
	for _, r := range c.asks[s.Template] {
		if !slices.ContainsFunc(own, func(o Requirement) bool {
			return o.Role == r.Role && o.Skill == r.Skill && o.Language == r.Language
		}) {
			out = append(out, r)
		}
	}
	return out
}

// least is how many people a shift asks at least, of whatever kind.
func (c *Checker) least(s *Shift) int {
	n := 0
	for _, r := range c.required(s) {
		n = max(n, r.Min)
	}
	return n
}

// meets counts those on a shift who are what a requirement asks. One person in
// two places of it counts once.
func (c *Checker) meets(r Requirement, s *Shift, there []Assignment) int {
	n := 0
	for i, a := range there {
		m := c.people[a.Person]
		switch {
		case r.Role == "" && !a.Role.Covers(), r.Role != "" && a.Role != r.Role:
		case r.Skill != "" && m.skill(r.Skill, s.Date) != good, r.Language != "" && !m.Speaks(r.Language):
		case slices.ContainsFunc(there[:i], func(o Assignment) bool { return o.Person == a.Person }):
		default:
			n++
		}
	}
	return n
}

// covered says whether a shift has its least cover, and somebody at all.
func (c *Checker) covered(s *Shift, there []Assignment) bool {
	if !slices.ContainsFunc(there, func(a Assignment) bool { return a.Role.Covers() }) {
		return false
	}
	return !slices.ContainsFunc(c.required(s), func(r Requirement) bool { return c.meets(r, s, there) < r.Min })
}

// cover holds who is on a shift against what it asks.
func (c *Checker) cover(s *Shift) []Breach {
	there := c.there(s)
	if r := c.rotas[s.Rota]; r != nil && r.Way == Elsewhere && len(there) == 0 {
		return nil // somebody else knows the names
	}
	var out []Breach
	for _, r := range c.required(s) {
		have := c.meets(r, s, there)
		b := Breach{Shifts: []helpline.ID{s.ID}, At: s.Interval(), Have: have, Unit: Heads, Skill: r.Skill, Language: r.Language, Role: r.Role}
		if have < r.Min {
			b.Want = r.Min
			out = append(out, c.breach(RuleCoverMin, b))
		}
		if r.Max > 0 && have > r.Max {
			b.Want, b.People = r.Max, c.onShift(s.ID)
			out = append(out, c.breach(RuleCoverMax, b))
		}
	}
	return out
}

// onShift lists who has a place on a shift.
func (c *Checker) onShift(shift helpline.ID) []helpline.ID {
	var out []helpline.ID
	for _, a := range c.on[shift] {
		out = append(out, a.Person)
	}
	return out
}

// mentored says whether the trainees among some places of a shift work beside
// somebody who may teach them.
func (c *Checker) mentored(s *Shift, places []Assignment) []Breach {
	var out []Breach
	teaches := slices.ContainsFunc(c.there(s), func(a Assignment) bool {
		return a.Role == Leader || a.Role == Counsellor && c.people[a.Person].skill(Mentor, s.Date) == good
	})
	for _, a := range places {
		if a.Role == Trainee && !a.Minds && !teaches {
			out = append(out, c.breach(RuleMentor, Breach{
				People: []helpline.ID{a.Person}, Shifts: []helpline.ID{s.ID}, Assignments: []helpline.ID{a.ID}, At: s.Interval(),
			}))
		}
	}
	return out
}
