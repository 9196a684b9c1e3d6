package rota

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"helpline"
)

// Fault is one thing that is wrong with what somebody wrote: of which field,
// and why. Screens say it from "rota.fault."+Why.
type Fault struct {
	Field string // name of the field, such as "to"
	Why   string // such as "same"
}

// Limits of what a template may say.
const (
	longestName  = 60
	longestShift = 1440 // minutes by the wall clock
	furthestDay  = 2    // days after the first on which it may end

	longestDebrief = 120 // minutes
)

// Faults lists what is wrong with a template; none for one that can be used.
func (t Template) Faults() []Fault {
	var out []Fault
	bad := func(field, why string) { out = append(out, Fault{field, why}) }
	if !named(t.Name) {
		bad("name", "name")
	}
	if t.Days == 0 || t.Days >= 1<<7 {
		bad("days", "days")
	}
	clocks := t.From >= 0 && t.From < 1440 && t.To >= 0 && t.To <= 1440 && t.EndDay >= 0 && t.EndDay <= furthestDay
	switch long := t.wall(); {
	case t.From < 0 || t.From >= 1440:
		bad("from", "clock")
	case t.To < 0 || t.To > 1440:
		bad("to", "clock")
	case t.EndDay < 0 || t.EndDay > furthestDay:
		bad("endday", "endday")
	case long == 0:
		bad("to", "same")
	case long < 0:
		bad("to", "before")
	case long > longestShift:
		bad("to", "long")
	}
	if t.Break < 0 || clocks && t.wall() > 0 && t.Break >= t.wall() {
		bad("break", "break")
	}
	if t.Debrief < 0 || t.Debrief > longestDebrief {
		bad("debrief", "debrief")
	}
	zero := Date{}
	if t.First != zero && !t.First.real() || t.Last != zero && !t.Last.real() {
		bad("first", "date")
	} else if t.First != zero && t.Last != zero && t.First.after(t.Last) {
		bad("last", "dates")
	}
	if !slices.Contains([]Unsocial{"", Evening, Night, Weekend, Holiday}, t.Unsocial) {
		bad("unsocial", "unsocial")
	}
	return out
}

// wall is how many minutes the wall clock says the shift lasts.
func (t Template) wall() int { return t.EndDay*1440 + t.To - t.From }

// on says whether the template has a shift that begins on a day.
func (t Template) on(d Date) bool {
	zero := Date{}
	return t.Days.Has(d.Weekday()) && (t.First == zero || !t.First.after(d)) && (t.Last == zero || !d.after(t.Last))
}

// times gives the instants of the shift that begins on a day: from the first
// moment its clock shows the beginning to the last that it shows the end.
func (t Template) times(d Date, zone *time.Location) Interval {
	return Interval{FirstOf(d, t.From, zone), LastOf(d.Plus(t.EndDay), t.To, zone)}
}

// real says whether the calendar has such a day, within years a rota may name.
func (d Date) real() bool {
	return d.Year >= 2000 && d.Year < 2200 && d == d.Plus(0)
}

// named says whether a name can be shown: some letters, no control characters.
func named(s string) bool {
	return utf8.ValidString(s) && strings.TrimSpace(s) != "" && utf8.RuneCountInString(s) <= longestName && !strings.ContainsFunc(s, unicode.IsControl)
}

// Faults lists what is wrong with a requirement.
func (r Requirement) Faults() []Fault {
	var out []Fault
	bad := func(field, why string) { out = append(out, Fault{field, why}) }
	if r.Template.IsZero() == r.Shift.IsZero() {
		bad("shift", "either")
	}
	if r.Min < 0 || r.Min > mostHeads || r.Target < 0 || r.Target > mostHeads || r.Max < 0 || r.Max > mostHeads {
		bad("min", "heads")
	} else if r.Target > 0 && r.Target < r.Min || r.Max > 0 && r.Max < max(r.Min, r.Target) {
		bad("target", "order")
	}
	if r.Role != "" && !slices.Contains(ShiftRoles(), r.Role) {
		bad("role", "role")
	}
	if r.Skill != "" && !named(r.Skill) {
		bad("skill", "name")
	}
	if _, err := helpline.ParseLocale(string(r.Language)); r.Language != "" && err != nil {
		bad("language", "language")
	}
	return out
}

// mostHeads is how many people one shift may ask for.
const mostHeads = 100

// ShiftRoles lists the roles of a shift in the order of the screens.
func ShiftRoles() []Role { return []Role{Leader, Counsellor, Buddy, Trainee} }
