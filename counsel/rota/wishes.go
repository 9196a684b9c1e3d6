package rota

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"helpline"
)

// everyDay is the set of all days of the week.
const everyDay Weekdays = 1<<7 - 1

// mostWishes is how many stretches one person's wishes may have: a year of
// evenings.
const mostWishes = 400

// Wishes lists the wishes in the order of the screen.
func Wishes() []Wish { return []Wish{Cannot, PreferNot, Prefer} }

// Pattern is a stretch of time that comes back: on days of the week, within a
// period, from one minute of the wall clock to another. The zero Days are every
// day; From and To both 0 are whole days; a To that is not after From is on the
// next day.
type Pattern struct {
	First, Last Date // both included
	Days        Weekdays
	From, To    int // minutes after midnight
}

// Faults lists what is wrong with a pattern.
func (p Pattern) Faults() []Fault {
	out := Version{First: p.First, Last: p.Last}.Faults()
	if p.From < 0 || p.From >= 1440 {
		out = append(out, Fault{"from", "clock"})
	}
	if p.To < 0 || p.To > 1440 {
		out = append(out, Fault{"to", "clock"})
	}
	if len(out) == 0 && p.From == p.To && p.From != 0 {
		out = append(out, Fault{"to", "same"})
	}
	if p.Days > everyDay {
		out = append(out, Fault{"days", "days"})
	}
	return out
}

// Stretches gives the time a pattern takes, in order. Whole days that follow on
// each other are one stretch. A stretch that the clocks are set over is none.
func (p Pattern) Stretches(zone *time.Location) []Interval {
	if len(p.Faults()) > 0 {
		return nil
	}
	days, to, whole := p.Days, p.To, p.From == 0 && (p.To == 0 || p.To == 1440)
	if days == 0 {
		days = everyDay
	}
	switch {
	case whole:
		to = 1440
	case to <= p.From:
		to += 1440
	}
	var out []Interval
	for d := p.First; !d.after(p.Last); d = d.Plus(1) {
		if !days.Has(d.Weekday()) {
			continue
		}
		in := Interval{FirstOf(d, p.From, zone), LastOf(d.Plus(to/1440), to%1440, zone)}
		switch last := len(out) - 1; {
		case !in.Start.Before(in.End):
		case whole && last >= 0 && !out[last].End.Before(in.Start):
			out[last].End = in.End
		default:
			out = append(out, in)
		}
	}
	return out
}

// Wishing lays what somebody says now over what they said before: where the two
// meet, the newer word counts. It is Invalid when that makes more stretches
// than somebody may have.
func Wishing(before, now []Availability) ([]Availability, error) {
	out := slices.Clone(before)
	for _, n := range now {
		var rest []Availability
		for _, o := range out {
			rest = append(rest, o.without(n.Interval)...)
		}
		out = rest
	}
	out = append(out, now...)
	slices.SortFunc(out, func(a, b Availability) int { return a.Start.Compare(b.Start) })
	if len(out) > mostWishes {
		return nil, helpline.Errorf(helpline.Invalid, "wishes: %d stretches are the most", mostWishes)
	}
	return out, nil
}

// without cuts a stretch out of what somebody said.
func (a Availability) without(cut Interval) []Availability {
	if !a.Meets(cut) {
		return []Availability{a}
	}
	var out []Availability
	for _, in := range []Interval{{a.Start, cut.Start}, {cut.End, a.End}} {
		if in.Start.Before(in.End) {
			one := a
			one.Interval = in
			out = append(out, one)
		}
	}
	return out
}

// Run is wishes that are said in one breath: the same word, at the same hours,
// on some days of the week.
type Run struct {
	Wish    Wish
	Pattern Pattern
	Count   int
	Key     string // names it while nothing about it changes
	rows    []Availability
}

// Runs gathers somebody's wishes for a screen, in order of time.
func Runs(wishes []Availability, zone *time.Location) []Run {
	wishes = slices.Clone(wishes)
	slices.SortFunc(wishes, func(a, b Availability) int { return a.Start.Compare(b.Start) })
	type same struct {
		wish Wish
		p    Pattern
	}
	at := map[same]int{}
	var out []Run
	for _, w := range wishes {
		p := w.pattern(zone)
		k := same{w.Wish, Pattern{From: p.From, To: p.To}}
		if p.First != p.Last { // several whole days, or an odd stretch: alone
			k.p = p
		}
		i, known := at[k]
		if !known {
			i = len(out)
			at[k] = i
			out = append(out, Run{Wish: w.Wish, Pattern: p})
		}
		r := &out[i]
		r.Pattern.Last, r.Pattern.Days, r.Count, r.rows = p.Last, r.Pattern.Days|p.Days, r.Count+1, append(r.rows, w)
	}
	for i := range out {
		r := &out[i]
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %v %d %d", r.Wish, r.Pattern, r.rows[0].Start.Unix(), r.rows[r.Count-1].End.Unix()))
		r.Key = base64.RawURLEncoding.EncodeToString(sum[:12])
	}
	return out
}

// Unsaid takes the run of a key out of somebody's wishes; false when there is
// none of that key.
func Unsaid(wishes []Availability, key string, zone *time.Location) ([]Availability, bool) {
	for _, r := range Runs(wishes, zone) {
		if r.Key == key {
			return slices.DeleteFunc(slices.Clone(wishes), func(a Availability) bool { return slices.Contains(r.rows, a) }), true
		}
	}
	return wishes, false
}

// pattern is what a stretch looks like on the wall clock. One over several days
// has First and Last of its own; one over midnight is of the day it begins on.
func (a Availability) pattern(zone *time.Location) Pattern {
	start, end := a.Start.In(zone), a.End.In(zone)
	minute := func(t time.Time) int { return t.Hour()*60 + t.Minute() }
	p := Pattern{First: DateOf(start), Last: DateOf(end), From: minute(start), To: minute(end)}
	if p.To == 0 { // midnight is the end of a day, not the beginning of the next
		p.Last = p.Last.Plus(-1)
		if p.From > 0 {
			p.To = 1440
		}
	}
	if p.First.Plus(1) == p.Last && p.To <= p.From && p.From > 0 {
		p.Last = p.First
	}
	if p.First == p.Last {
		p.Days = On(p.First.Weekday())
	}
	return p
}
