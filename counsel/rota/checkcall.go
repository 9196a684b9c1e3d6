package rota

import (
	"slices"
	"time"
)

// onCall holds the stretches in which a leader can be reached against a rule.
func (c *Checker) onCall(r Rule, m *member, duties []Duty) []Breach {
	if len(m.calls) == 0 {
		return nil
	}
	switch r.Rule {
	case RuleCallDays:
		return c.callDays(r, m.calls)
	case RuleCallFree:
		return callFree(r, m.calls, duties)
	}
	return c.callNight(r, m.calls, duties)
}

// callDays: on call on no more than r.Most of r.Per days in a row.
func (c *Checker) callDays(r Rule, calls []Interval) []Breach {
	var days []int
	for _, in := range calls {
		if !in.Start.Before(in.End) || in.End.Sub(in.Start) > longestPeriod*24*time.Hour {
			continue
		}
		last := DateOf(in.End.Add(-time.Nanosecond).In(c.zone)).number()
		for d := DateOf(in.Start.In(c.zone)).number(); d <= last; d++ {
			days = append(days, d)
		}
	}
	slices.Sort(days)
	days = slices.Compact(days)
	for i := range days {
		n := i
		for n < len(days) && days[n] < days[i]+r.Per {
			n++
		}
		if n-i > r.Most {
			from := time.Unix(int64(days[i])*86400, 0).UTC()
			b := about(Interval{FirstOf(DateOf(from), 0, c.zone), FirstOf(DateOf(from).Plus(r.Per), 0, c.zone)}, n-i, r.Most)
			b.Unit = Times
			return []Breach{b}
		}
	}
	return nil
}

// callFree: in r.Per days from the beginning of each stretch, r.Times times
// r.Rest in which there is neither work nor call. One long stretch may count
// more than once.
func callFree(r Rule, calls []Interval, duties []Duty) []Breach {
	busy := slices.Clone(calls)
	for _, d := range duties {
		busy = append(busy, d.Shift.Interval())
	}
	slices.SortFunc(busy, func(a, b Interval) int { return a.Start.Compare(b.Start) })
	for _, call := range calls {
		until := call.Start.Add(minutes(r.Per * 1440))
		free, at := 0, call.Start
		count := func(to time.Time) {
			if to.After(until) {
				to = until
			}
			if to.After(at) {
				free += int(to.Sub(at).Minutes()) / r.Rest
			}
		}
		for _, in := range busy {
			if in.End.Before(at) || !in.Start.Before(until) {
				continue
			}
			count(in.Start)
			if in.End.After(at) {
				at = in.End
			}
		}
		count(until)
		if free < r.Times {
			b := about(Interval{call.Start, until}, free, r.Times)
			b.Unit = Times
			return []Breach{b}
		}
	}
	return nil
}

// callNight: not on call shortly before and after a night shift.
func (c *Checker) callNight(r Rule, calls []Interval, duties []Duty) []Breach {
	var out []Breach
	for _, d := range duties {
		if !c.isNight(r, d) {
			continue
		}
		for _, call := range calls {
			if call.Meets(Interval{d.Shift.Start.Add(-minutes(r.Before)), d.Shift.Start}) {
				out = append(out, about(call, max(0, int(d.Shift.Start.Sub(call.End).Minutes())), r.Before, d))
			} else if call.Meets(Interval{d.Shift.End, d.Shift.End.Add(minutes(r.After))}) {
				out = append(out, about(call, max(0, int(call.Start.Sub(d.Shift.End).Minutes())), r.After, d))
			}
		}
	}
	return out
}
