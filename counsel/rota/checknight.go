package rota

import (
	"time"

	"helpline"
)

// nightKey is a shift and the night it is held against, in minutes after
// midnight.
type nightKey struct {
	shift    helpline.ID
	from, to int
}

// readNights works out, once for each shift, how much of it lies in the nights
// of a law.
func (c *Checker) readNights(law Profile) {
	type night struct{ from, to int }
	known := map[night]bool{}
	for _, r := range law.Rules {
		if n := (night{r.From, r.To}); needs[r.Rule].night && !known[n] {
			known[n] = true
			hours := nightOf(r.From, r.To, c.zone)
			for i := range c.book.Shifts {
				s := &c.book.Shifts[i]
				if longer := c.debriefs[s.ID]; longer != nil {
					s = longer
				}
				c.nights[nightKey{s.ID, r.From, r.To}] = inNight(s, hours)
			}
		}
	}
}

// nightOf gives the night of a day between two wall times, by instants, and
// remembers it.
func nightOf(from, to int, zone *time.Location) func(Date) Interval {
	known := map[Date]Interval{}
	return func(d Date) Interval {
		in, ok := known[d]
		if !ok {
			in = Interval{FirstOf(d, from, zone), LastOf(d, to, zone)}
			known[d] = in
		}
		return in
	}
}

// inNight is how many minutes of a shift lie in the nights. A shift longer
// than any may be has no night worth reckoning.
func inNight(s *Shift, night func(Date) Interval) int {
	if s.Minutes() <= 0 || s.Minutes() > 3*1440 {
		return 0
	}
	sum := 0
	first := DateOf(s.Start.UTC()).Plus(-2)
	for n := range 7 { // no zone is further off than a day
		in := night(first.Plus(n))
		if in.Start.Before(s.Start) {
			in.Start = s.Start
		}
		if in.End.After(s.End) {
			in.End = s.End
		}
		if in.Start.Before(in.End) {
			sum += int(in.End.Sub(in.Start).Minutes())
		}
	}
	return sum
}

// isNight says whether a duty counts as one of the night, for a rule.
func (c *Checker) isNight(r Rule, d Duty) bool {
	n, known := c.nights[nightKey{d.Shift.ID, r.From, r.To}]
	if !known {
		n = inNight(d.Shift, nightOf(r.From, r.To, c.zone))
	}
	if n <= r.Over {
		return false
	}
	end := d.Shift.End.In(c.zone)
	return r.Until == 0 || end.Hour()*60+end.Minute() > r.Until
}

// night holds the duties against a rule about nights.
func (c *Checker) night(r Rule, duties []Duty) []Breach {
	night := make([]bool, len(duties))
	some := false
	for i, d := range duties {
		night[i] = c.isNight(r, d)
		some = some || night[i]
	}
	if !some {
		return nil
	}
	switch r.Rule {
	case RuleNightShift:
		var of []Duty
		for i, d := range duties {
			if night[i] {
				of = append(of, d)
			}
		}
		return hoursShift(r, of)
	case RuleNightMean:
		return c.nightMean(r, duties)
	case RuleNightRest:
		return nightRest(r, duties, night)
	case RuleNightSeries:
		return nightSeries(r, duties, night)
	case RuleNightRun:
		return nightRun(r, duties, night)
	}
	return nightCount(r, duties, night)
}

// nightMean: whoever works at night works no more than r.Most a day on
// average, over the days of the version without one a week.
func (c *Checker) nightMean(r Rule, duties []Duty) []Breach {
	v := c.book.Version
	days := v.Last.number() - v.First.number() + 1
	if len(v.Faults()) > 0 {
		return nil
	}
	var in []Duty
	some := false
	for _, d := range duties {
		if d.Shift.Version == v.ID {
			in = append(in, d)
			some = some || c.isNight(r, d)
		}
	}
	days -= days / 7
	if sum := work(in); some && sum > r.Most*days {
		return []Breach{about(span(in), (sum+days-1)/days, r.Most, in...)}
	}
	return nil
}

// nightRest: after such a night shift so much rest.
func nightRest(r Rule, duties []Duty, night []bool) []Breach {
	var out []Breach
	for i := range duties[:len(duties)-1] {
		free := duties[i+1].Shift.Start.Sub(duties[i].Shift.End)
		if night[i] && free >= 0 && free < minutes(r.Rest) {
			out = append(out, about(Interval{duties[i].Shift.End, duties[i+1].Shift.Start}, int(free.Minutes()), r.Rest, duties[i], duties[i+1]))
		}
	}
	return out
}

// nightSeries: after so many nights in a row so much rest. The row goes on
// with another night, and ends with a rest that is long enough.
func nightSeries(r Rule, duties []Duty, night []bool) []Breach {
	var out []Breach
	row := 0
	for i, d := range duties {
		free := time.Duration(0)
		if i > 0 {
			if free = d.Shift.Start.Sub(duties[i-1].Shift.End); free >= minutes(r.Rest) {
				row = 0
			}
		}
		if night[i] {
			row++
			continue
		}
		if row >= r.Times {
			out = append(out, about(Interval{duties[i-1].Shift.End, d.Shift.Start}, int(free.Minutes()), r.Rest, duties[i-1], d))
		}
		row = 0
	}
	return out
}

// nightRun: a series that no rest of r.Part divides, with a night in it, has
// no more than r.Most shifts.
func nightRun(r Rule, duties []Duty, night []bool) []Breach {
	var out []Breach
	from, some := 0, false
	for i := range duties {
		if i > 0 && duties[i].Shift.Start.Sub(duties[i-1].Shift.End) >= minutes(r.Part) {
			from, some = i, false
		}
		if some = some || night[i]; some && i-from+1 > r.Most {
			in := duties[from : i+1]
			out = append(out, about(span(in), len(in), r.Most, in...))
			out[len(out)-1].Unit = Times
			from, some = i+1, false
		}
	}
	return out
}

// nightCount: no more than r.Most such nights in r.Per weeks.
func nightCount(r Rule, duties []Duty, night []bool) []Breach {
	var in []Duty
	for i, d := range duties {
		if !night[i] {
			continue
		}
		in = append(in, d)
		for len(in) > 0 && d.Shift.Date.number()-in[0].Shift.Date.number() >= 7*r.Per {
			in = in[1:]
		}
		if len(in) > r.Most {
			b := about(span(in), len(in), r.Most, in...)
			b.Unit = Times
			return []Breach{b}
		}
	}
	return nil
}
