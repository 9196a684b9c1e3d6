package rota

import (
	"slices"

	"helpline"
)

// member holds one person's duties, which come in order, against the rules
// about persons.
func (c *Checker) member(m *member, duties []Duty) []Breach {
	var out []Breach
	for i, d := range duties {
		out = append(out, c.overlaps(duties, i)...)
		out = append(out, c.may(m, d)...)
	}
	duties = c.withDebriefs(duties)
	out = append(out, c.agreed(m, duties)...)
	for _, r := range m.law.Rules {
		found := c.held(r, m, duties)
		for i := range found {
			found[i].Rule, found[i].Level, found[i].Source, found[i].Way = r.Rule, r.Level, r.where(), ways[r.Rule]
			found[i].People = []helpline.ID{m.ID}
			if found[i].Unit == "" {
				found[i].Unit = Minutes
			}
		}
		out = append(out, found...)
	}
	return out
}

// held holds the duties against one rule of a law.
func (c *Checker) held(r Rule, m *member, duties []Duty) []Breach {
	switch r.Rule {
	case RuleRestDay:
		return restDay(r, duties)
	case RuleRestWeek:
		return restWeek(r, duties)
	case RuleBreak:
		return breaks(r, m.law, duties)
	case RuleHoursShift:
		return hoursShift(r, duties)
	case RuleHoursWeek:
		return hoursWeek(r, c.weeks, duties)
	case RuleHoursMean:
		return hoursMean(r, c.weeks, duties)
	case RuleNightShift, RuleNightMean, RuleNightRest, RuleNightSeries, RuleNightRun, RuleNightCount:
		return c.night(r, duties)
	case RuleCallDays, RuleCallFree, RuleCallNight:
		return c.onCall(r, m, duties)
	}
	return nil
}

// about names the duties a breach is about.
func about(at Interval, have, want int, duties ...Duty) Breach {
	b := Breach{At: at, Have: have, Want: want}
	for _, d := range duties {
		b.Shifts = append(b.Shifts, d.Shift.ID)
		b.Assignments = append(b.Assignments, d.Assignment.ID)
	}
	return b
}

// overlaps finds the later duties that begin before one has ended.
func (c *Checker) overlaps(duties []Duty, i int) []Breach {
	var out []Breach
	d := duties[i]
	for _, next := range duties[i+1:] {
		if !next.Shift.Start.Before(d.Shift.End) {
			break
		}
		if !d.Shift.Interval().Meets(next.Shift.Interval()) {
			continue // one of them takes no time at all
		}
		rule, shared := RuleOverlap, Interval{next.Shift.Start, d.Shift.End}
		if next.Shift.End.Before(shared.End) {
			shared.End = next.Shift.End
		}
		if d.Shift.ID == next.Shift.ID {
			rule = RuleTwice
		}
		b := about(shared, int(shared.End.Sub(shared.Start).Minutes()), 0, d, next)
		b.People, b.Unit = []helpline.ID{d.Assignment.Person}, Minutes
		out = append(out, c.breach(rule, b))
	}
	return out
}

// may holds one duty against what its person may do at all.
func (c *Checker) may(m *member, d Duty) []Breach {
	var out []Breach
	add := func(id RuleID, skill string) {
		b := about(d.Shift.Interval(), 0, 0, d)
		b.People, b.Skill = []helpline.ID{m.ID}, skill
		out = append(out, c.breach(id, b))
	}
	switch m.on(d.Shift) {
	case Active:
	case Removed:
		add(RuleRemoved, "")
	default:
		add(RuleSuspended, "")
	}
	if !m.May(d.Assignment.Role) {
		add(RuleRole, "")
	}
	if slices.ContainsFunc(m.leaves, d.Shift.Interval().Meets) {
		add(RuleLeave, "")
	}
	if slices.ContainsFunc(m.cannot, d.Shift.Interval().Meets) {
		add(RuleCannot, "")
	}
	if r := c.rotas[d.Shift.Rota]; r != nil && d.Assignment.Role.Covers() {
		for _, need := range r.Needs {
			switch m.skill(need, d.Shift.Date) {
			case never:
				add(RuleMissing, need)
			case expired:
				add(RuleExpired, need)
			}
		}
	}
	return out
}

// learned is how a skill stands on a day.
type learned int

const (
	never learned = iota
	expired
	good
)

func (m *member) skill(name string, d Date) learned {
	found := never
	for _, s := range m.skills {
		if s.Name == name && s.Good(d) {
			return good
		} else if s.Name == name {
			found = expired
		}
	}
	return found
}

// agreed holds the minutes of the version against the most and the least that
// were agreed for a week. Fewer is to be known and stops nothing: what a line
// does not need, nobody can be given.
func (c *Checker) agreed(m *member, duties []Duty) []Breach {
	var out []Breach
	v := c.book.Version
	own := make([]Duty, 0, len(duties))
	for _, d := range duties {
		if d.Shift.Version == v.ID {
			own = append(own, d)
		}
	}
	weeks := (v.Last.number() - v.First.number() + 7) / 7
	for _, t := range m.terms {
		if max(t.Min, t.Max) <= 0 || weeks <= 0 || len(v.Faults()) > 0 {
			continue
		}
		have := (work(own) + weeks - 1) / weeks
		about := func(want int) Breach {
			b := about(span(own), have, want, own...)
			b.People, b.Assignments, b.Unit = []helpline.ID{m.ID}, nil, Minutes
			return b
		}
		if t.Max > 0 && have > t.Max {
			out = append(out, c.breach(RuleTermsMax, about(t.Max)))
		}
		if have < t.Min && m.Standing == Active {
			out = append(out, c.breach(RuleTermsMin, about(t.Min)))
		}
	}
	return out
}

// joinTimes is the stretch from the beginning of one to the end of the later.
func joinTimes(a, b Interval) Interval {
	if a.Start.IsZero() {
		return b
	}
	if b.Start.Before(a.Start) {
		a.Start = b.Start
	}
	if b.End.After(a.End) {
		a.End = b.End
	}
	return a
}
