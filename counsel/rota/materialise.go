package rota

import (
	"slices"
	"time"

	"helpline"
)

// longestPeriod is how many days a version may have.
const longestPeriod = 400

// Faults lists what is wrong with the period of a version.
func (v Version) Faults() []Fault {
	switch {
	case !v.First.real() || !v.Last.real():
		return []Fault{{"first", "date"}}
	case v.First.after(v.Last):
		return []Fault{{"last", "dates"}}
	case v.Last.number()-v.First.number() >= longestPeriod:
		return []Fault{{"last", "period"}}
	}
	return nil
}

// Materialise makes the shifts of a version: of every template of its rota, on
// every day of its period that is not closed. The notes say where clocks make
// a shift longer or shorter than its wall clock says, or swallow it whole:
// then there is none. Templates that cannot be used are refused, and nothing
// is made. fresh gives an identifier.
func Materialise(v Version, templates []Template, closures []Closure, zone *time.Location, fresh func() helpline.ID) ([]Shift, []Breach, error) {
	if zone == nil {
		return nil, nil, helpline.Errorf(helpline.Invalid, "materialise: no zone")
	}
	if f := v.Faults(); len(f) > 0 {
		return nil, nil, helpline.Errorf(helpline.Invalid, "materialise: %s of the period: %s", f[0].Field, f[0].Why)
	}
	var shifts []Shift
	var notes []Breach
	for i, t := range templates {
		if t.Rota != v.Rota {
			continue
		}
		if f := t.Faults(); len(f) > 0 {
			return nil, nil, helpline.Errorf(helpline.Invalid, "materialise: template %d: %s: %s", i+1, f[0].Field, f[0].Why)
		}
		for d := v.First; !d.after(v.Last); d = d.Plus(1) {
			if !t.on(d) || closedOn(closures, v.Rota, d) {
				continue
			}
			s, note := t.shift(d, zone)
			if s.Start.Before(s.End) {
				s.ID, s.Version = fresh(), v.ID
				shifts = append(shifts, s)
				if note.Rule != "" {
					note.Shifts = []helpline.ID{s.ID}
				}
			}
			if note.Rule != "" {
				notes = append(notes, note)
			}
		}
	}
	slices.SortStableFunc(shifts, func(a, b Shift) int { return a.Start.Compare(b.Start) })
	return shifts, notes, nil
}

// shift makes the shift of a day, without identifiers, and a note where its
// length is not that of the wall clock.
func (t Template) shift(d Date, zone *time.Location) (Shift, Breach) {
	in := t.times(d, zone)
	s := Shift{
		Rota: t.Rota, Template: t.ID, Name: t.Name, Date: d, Start: in.Start, End: in.End,
		Break: t.Break, Debrief: t.Debrief, Unsocial: t.Unsocial,
	}
	note := Breach{Level: Note, Template: t.ID, At: in, Have: s.Minutes(), Want: t.wall(), Unit: Minutes}
	switch {
	case note.Have <= 0:
		note.Rule, note.Have = RuleSwallowed, 0
	case note.Have > note.Want:
		note.Rule = RuleLonger
	case note.Have < note.Want:
		note.Rule = RuleShorter
	default:
		return s, Breach{}
	}
	note.Way = ways[note.Rule]
	return s, note
}

func closedOn(closures []Closure, rota helpline.ID, d Date) bool {
	return slices.ContainsFunc(closures, func(c Closure) bool { return c.covers(rota, d) })
}

// drift says where the shifts of a version are no longer what the templates
// would make of its period, and where clocks make them something else than their
// wall clock says. The shifts stay as they are: somebody has been told of them.
func (c *Checker) drift() []Breach {
	type place struct {
		template helpline.ID
		date     Date
	}
	b := c.book
	want, clocks := map[place]Shift{}, map[place]Breach{}
	if len(b.Version.Faults()) > 0 {
		return nil
	}
	templates := map[helpline.ID]bool{}
	for _, t := range b.Templates {
		if t.Rota != b.Version.Rota || len(t.Faults()) > 0 {
			continue
		}
		templates[t.ID] = true
		for d := b.Version.First; !d.after(b.Version.Last); d = d.Plus(1) {
			if t.on(d) && !closedOn(b.Closures, t.Rota, d) {
				s, note := t.shift(d, c.zone)
				if note.Rule != "" {
					clocks[place{t.ID, d}] = note
				}
				if s.Start.Before(s.End) {
					want[place{t.ID, d}] = s
				}
			}
		}
	}
	var out []Breach
	for _, s := range b.Shifts {
		if s.Version != b.Version.ID || s.Template.IsZero() {
			continue
		}
		at := place{s.Template, s.Date}
		now, there := want[at]
		delete(want, at)
		note := Breach{Level: Note, Shifts: []helpline.ID{s.ID}, Template: s.Template, At: s.Interval(), People: c.onShift(s.ID), Unit: Minutes, Have: s.Minutes()}
		switch {
		case s.Cancelled:
		case !there && !closedOn(b.Closures, s.Rota, s.Date): // on a closed day another rule speaks
			note.Rule = RuleGone
		case there && (!now.Start.Equal(s.Start) || !now.End.Equal(s.End)):
			note.Rule, note.Want = RuleMoved, now.Minutes()
		}
		if note.Rule != "" {
			note.Way = ways[note.Rule]
			out = append(out, note)
		} else if longer, set := clocks[at]; set && !s.Cancelled {
			longer.Shifts, longer.People = note.Shifts, note.People
			out = append(out, longer)
		}
	}
	for _, note := range clocks {
		if note.Rule == RuleSwallowed { // there is no shift to say it of
			out = append(out, note)
		}
	}
	for _, s := range want {
		out = append(out, Breach{Rule: RuleNew, Level: Note, Template: s.Template, At: s.Interval(), Have: s.Minutes(), Unit: Minutes, Way: ways[RuleNew]})
	}
	return out
}
