package rota

import (
	"slices"
	"time"
)

// Plan is the older reading of the openings of a week: it stays as something
// that the hours are held against. The zero Plan says nothing, and is never open.
type Plan struct {
	zone   *time.Location
	spans  []Span
	closed map[Date]bool
}

// NewPlan makes a plan of spans, as ParseWeek gives them, and of days on which
// no opening begins. One that began on the day before still runs to its end.
func NewPlan(zone *time.Location, spans []Span, closed []Date) *Plan {
	p := &Plan{zone: zone, spans: slices.Clone(spans), closed: map[Date]bool{}}
	for _, d := range closed {
		p.closed[d] = true
	}
	return p
}

// Said says whether there are any hours at all.
func (p *Plan) Said() bool { return p != nil && len(p.spans) > 0 }

// At gives the opening that t lies in. Openings that follow on each other
// without a gap are one.
func (p *Plan) At(t time.Time) (Interval, bool) {
	if !p.Said() {
		return Interval{}, false
	}
	today := DateOf(t.In(p.zone))
	for d := today.Plus(-2); !d.after(today); d = d.Plus(1) {
		for _, in := range p.on(d) {
			if in.holds(t) {
				return p.joined(in), true
			}
		}
	}
	return Interval{}, false
}

// Next gives the first opening that begins after t; false when none does
// within a year.
func (p *Plan) Next(t time.Time) (Interval, bool) {
	if !p.Said() {
		return Interval{}, false
	}
	if in, ok := p.At(t); ok {
		t = in.End.Add(-time.Nanosecond) // what follows on without a gap is no next opening, and none does
	}
	d := DateOf(t.In(p.zone)).Plus(-1)
	for range ahead {
		for _, in := range p.on(d) {
			if in.Start.After(t) {
				return p.joined(in), true
			}
		}
		d = d.Plus(1)
	}
	return Interval{}, false
}

// on gives the openings that begin on a day, in order.
func (p *Plan) on(d Date) []Interval {
	if p.closed[d] {
		return nil
	}
	var out []Interval
	for _, s := range p.spans {
		if s.Day != d.Weekday() {
			continue
		}
		in := Interval{FirstOf(d, s.From, p.zone), LastOf(d, s.To, p.zone)}
		if in.Start.Before(in.End) { // a span that a gap swallows is no opening
			out = append(out, in)
		}
	}
	slices.SortFunc(out, func(a, b Interval) int { return a.Start.Compare(b.Start) })
	return out
}

// joined widens an opening by those it touches, on either side. A line that is
// open day and night has an end all the same: a month from now.
func (p *Plan) joined(in Interval) Interval {
	day := DateOf(in.Start.In(p.zone))
	for n := -2; n <= 31; n++ {
		for _, next := range p.on(day.Plus(n)) {
			if !next.Start.After(in.End) && next.End.After(in.End) {
				in.End = next.End
			}
			if next.Start.Before(in.Start) && !next.End.Before(in.Start) {
				in.Start = next.Start
			}
		}
	}
	return in
}
