package rota

import (
	"slices"

	"helpline"
)

// strangers finds the assignments to people or shifts the book does not know.
func (c *Checker) strangers() []Breach {
	var out []Breach
	for _, a := range c.book.Assignments {
		if !a.State.Stands() {
			continue
		}
		s, there := c.shifts[a.Shift]
		b := Breach{People: []helpline.ID{a.Person}, Assignments: []helpline.ID{a.ID}, Shifts: []helpline.ID{a.Shift}}
		if !there {
			out = append(out, c.breach(RuleStray, b))
			continue
		}
		if b.At = s.Interval(); c.people[a.Person] == nil {
			out = append(out, c.breach(RuleUnknown, b))
		}
	}
	return out
}

// everyShift holds the shifts of the version against the rules about shifts.
func (c *Checker) everyShift() []Breach {
	type place struct {
		template helpline.ID
		date     Date
	}
	v := c.book.Version
	period := len(v.Faults()) == 0
	seen := map[place]helpline.ID{}
	var out []Breach
	for i := range c.book.Shifts {
		s := &c.book.Shifts[i]
		if !v.ID.IsZero() && s.Version != v.ID || s.Cancelled {
			continue
		}
		want := 0
		whole := func(rule RuleID, shifts ...helpline.ID) {
			out = append(out, c.breach(rule, Breach{Shifts: shifts, At: s.Interval(), Have: s.Minutes(), Want: want, Unit: Minutes, People: c.onShift(s.ID)}))
		}
		if most := c.house[RuleEndless].Most; s.Minutes() > most {
			want = most
			whole(RuleEndless, s.ID)
		}
		if !s.Start.Before(s.End) {
			whole(RuleEmpty, s.ID)
			continue
		}
		if period && (v.First.after(s.Date) || s.Date.after(v.Last)) {
			whole(RuleOutside, s.ID)
		}
		if other, twice := seen[place{s.Template, s.Date}]; twice && !s.Template.IsZero() {
			whole(RuleSame, other, s.ID)
		}
		seen[place{s.Template, s.Date}] = s.ID
		if closedOn(c.book.Closures, s.Rota, s.Date) {
			whole(RuleClosed, s.ID)
			continue
		}
		out = append(out, c.cover(s)...)
		out = append(out, c.mentored(s, c.on[s.ID])...)
	}
	out = append(out, c.long()...)
	return append(append(out, c.watched()...), c.unheard()...)
}

// long names each template whose shifts are longer than is good once, with all
// its shifts; a shift made by hand stands alone.
func (c *Checker) long() []Breach {
	most := c.house[RuleLong].Most
	at := map[[2]any]int{}
	var out []Breach
	for i := range c.book.Shifts {
		s := &c.book.Shifts[i]
		if !c.book.Version.ID.IsZero() && s.Version != c.book.Version.ID || s.Cancelled || s.Minutes() <= most || len(c.on[s.ID]) == 0 {
			continue
		}
		key := [2]any{s.Template, s.Minutes()}
		if s.Template.IsZero() {
			key[0] = s.ID
		}
		n, known := at[key]
		if !known {
			n = len(out)
			at[key] = n
			out = append(out, c.breach(RuleLong, Breach{Template: s.Template, At: s.Interval(), Have: s.Minutes(), Want: most, Unit: Minutes}))
		}
		b := &out[n]
		b.Shifts = append(b.Shifts, s.ID)
		b.At = joinTimes(b.At, s.Interval())
		for _, p := range c.onShift(s.ID) {
			if !slices.Contains(b.People, p) {
				b.People = append(b.People, p)
			}
		}
	}
	return out
}

// watched finds the minutes in which one person is alone, and those in which
// the line is open and there is no leader: none on duty and, but for a team,
// none on call. A stretch that goes on over an edge is one.
func (c *Checker) watched() []Breach {
	var out []Breach
	rota := c.book.Version.Rota
	setup := Team
	if r := c.rotas[rota]; r != nil {
		setup = r.Setup
	}
	extend := func(open *int, rule RuleID, w Watch, people ...helpline.ID) {
		if n := *open; n >= 0 && out[n].At.End.Equal(w.Start) && slices.Equal(out[n].People, people) {
			out[n].At.End = w.End
			for _, s := range w.Shifts {
				if !slices.Contains(out[n].Shifts, s) {
					out[n].Shifts = append(out[n].Shifts, s)
				}
			}
		} else {
			*open = len(out)
			out = append(out, c.breach(rule, Breach{People: people, Shifts: slices.Clone(w.Shifts), At: w.Interval, Unit: Minutes}))
		}
		b := &out[*open]
		b.Have = int(b.At.End.Sub(b.At.Start).Minutes())
	}
	alone, leaderless := -1, -1
	for _, w := range c.timetable(rota, true).watches {
		if w.Heads == 1 && !slices.ContainsFunc(w.On, func(p Presence) bool { return p.Person != w.On[0].Person }) && len(w.On) > 0 {
			extend(&alone, RuleAlone, w, w.On[0].Person)
		}
		named := len(w.On) > 0
		called := len(w.Reach) > 0 || slices.ContainsFunc(w.Lost, func(id helpline.ID) bool { // what no notice reaches is another rule's
			return slices.ContainsFunc(c.people[id].calls, func(in Interval) bool { return in.holds(w.Start) })
		})
		if w.Open && named && !w.Leader && (setup == Team || !called) {
			extend(&leaderless, RuleLeaderless, w)
		}
	}
	return out
}

// Unheard says by shift who stands behind it and is reached by no notice, so that
// a small line stays shut through some of it.
func (c *Checker) Unheard() map[helpline.ID][]helpline.ID {
	out := map[helpline.ID][]helpline.ID{}
	for _, b := range c.unheard() {
		for _, s := range b.Shifts {
			out[s] = append(out[s], b.People...)
		}
	}
	for s, people := range out {
		slices.SortFunc(people, byID)
		out[s] = slices.Compact(people)
	}
	return out
}

// unheard finds the minutes in which a small line stays shut, because no notice
// reaches who stands behind it: of the rota of the version, or of all that is
// published.
func (c *Checker) unheard() []Breach {
	var out []Breach
	if !slices.ContainsFunc(c.book.People, func(p Person) bool { return p.Unreached }) {
		return nil
	}
	for _, r := range c.book.Rotas {
		if of := c.book.Version.Rota; r.Setup != Small || !of.IsZero() && of != r.ID {
			continue
		}
		last := -1
		for _, w := range c.timetable(r.ID, true).watches {
			lost := w.unreached()
			switch {
			case len(lost) == 0:
			case last >= 0 && out[last].At.End.Equal(w.Start) && slices.Equal(out[last].People, lost) && slices.Equal(out[last].Shifts, w.Shifts):
				out[last].At.End = w.End
			default:
				last = len(out)
				out = append(out, c.breach(RuleBehind, Breach{People: lost, Shifts: w.Shifts, At: w.Interval}))
			}
		}
	}
	return out
}

// unchecked names the matters of every law in use that are held against
// nothing: silence would read as "kept".
func (c *Checker) unchecked() []Breach {
	var out []Breach
	seen := map[string]bool{}
	for _, p := range c.book.People {
		m := c.people[p.ID]
		if m == nil || seen[m.law.ID] || len(m.duties) == 0 {
			continue
		}
		seen[m.law.ID] = true
		for _, matter := range m.law.Unchecked {
			b := c.breach(RuleUnchecked, Breach{Matter: matter})
			b.Source = m.law.ID
			out = append(out, b)
		}
	}
	return out
}
