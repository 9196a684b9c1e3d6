package rota

import (
	"slices"
	"time"
)

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// gap is the time between two duties, the first of which is the one that ends
// last of all before.
type gap struct {
	Interval
	before Duty
	next   int // index of the duty that ends it; the number of duties: none does
}

// gaps lists the free time after each duty; the last has no end.
func gaps(duties []Duty) []gap {
	out := make([]gap, 0, len(duties))
	last := 0
	for i := range duties {
		if duties[i].Shift.End.After(duties[last].Shift.End) {
			last = i
		}
		end := duties[last].Shift.End
		if i+1 == len(duties) {
			out = append(out, gap{Interval{end, end.AddDate(100, 0, 0)}, duties[last], i + 1})
		} else if duties[i+1].Shift.Start.After(end) {
			out = append(out, gap{Interval{end, duties[i+1].Shift.Start}, duties[last], i + 1})
		}
	}
	return out
}

// restDay: from the first work after a full rest, the day of r.Per must hold a
// rest of r.Rest. So work that no such rest divides may spread over no more
// than the difference.
func restDay(r Rule, duties []Duty) []Breach {
	var out []Breach
	from := 0 // the first work after a rest
	last := 0 // whichever ends last
	for i, d := range duties {
		if i == 0 {
			if d.Shift.End.Sub(d.Shift.Start) > minutes(r.Per-r.Rest) {
				out = append(out, about(d.Shift.Interval(), r.Per-d.Shift.Minutes(), r.Rest, d))
			}
			continue
		}
		free := d.Shift.Start.Sub(duties[last].Shift.End)
		spread := d.Shift.End.Sub(duties[from].Shift.Start)
		switch {
		case free >= minutes(r.Rest):
			from = i
			if d.Shift.End.Sub(d.Shift.Start) > minutes(r.Per-r.Rest) {
				out = append(out, about(d.Shift.Interval(), r.Per-d.Shift.Minutes(), r.Rest, d))
			}
		case free >= 0 && spread > minutes(r.Per-r.Rest):
			out = append(out, about(Interval{duties[last].Shift.End, d.Shift.Start}, int(free.Minutes()), r.Rest, duties[last], d))
			from = i // the day that lacked its rest has been named
		}
		if d.Shift.End.After(duties[last].Shift.End) {
			last = i
		}
	}
	return out
}

// restWeek: work that no long rest divides is a series. From the beginning of
// a series, the week of r.Per must hold a rest of r.Rest, or one of the other
// ways must be met: so much rest in all, in parts that are long enough.
func restWeek(r Rule, duties []Duty) []Breach {
	var out []Breach
	free := gaps(duties)
	split := r.Part
	if split == 0 {
		split = r.Rest
	}
	var from time.Time // the last beginning that was judged
	for i := range duties {
		begin := duties[i].Shift.Start
		fresh := i == 0 || slices.ContainsFunc(free, func(g gap) bool { return g.next == i && g.End.Sub(g.Start) >= minutes(split) })
		if !fresh && begin.Before(from.Add(minutes(r.Per))) {
			continue
		}
		from = begin
		best, ok := rested(r, begin, free, false)
		for _, other := range r.Instead {
			_, also := rested(other, begin, free, true)
			ok = ok || also
		}
		if ok {
			continue
		}
		var in []Duty
		until := begin.Add(minutes(r.Per))
		for _, d := range duties[i:] {
			if d.Shift.Start.Before(until) {
				in = append(in, d)
			}
		}
		out = append(out, about(Interval{begin, until}, best, r.Rest, in...))
	}
	return out
}

// rested says whether the time from begin on holds the rest of a rule: in one
// piece or, with parts, together in pieces of r.Part. have is the longest
// piece, in minutes.
func rested(r Rule, begin time.Time, free []gap, parts bool) (have int, ok bool) {
	until, sum := begin.Add(minutes(r.Per)), 0
	for _, g := range free {
		start, end := g.Start, g.End
		if start.Before(begin) {
			continue
		}
		if !start.Before(until) {
			break
		}
		if end.After(until) {
			end = until
		}
		long := int(end.Sub(start).Minutes())
		have = max(have, long)
		if parts && long >= r.Part {
			sum += long
		}
	}
	return have, have >= r.Rest || parts && sum >= r.Rest
}

// breaks: the longest step that a duty's work passes says how much of it must
// be rest. The other steps of the same law are silent then.
func breaks(r Rule, law Profile, duties []Duty) []Breach {
	var out []Breach
	for _, d := range duties {
		work := d.Shift.Work()
		if work <= r.Over || d.Shift.Break >= r.Rest {
			continue
		}
		if slices.ContainsFunc(law.Rules, func(o Rule) bool { return o.Rule == RuleBreak && o.Over > r.Over && work > o.Over }) {
			continue
		}
		out = append(out, about(d.Shift.Interval(), d.Shift.Break, r.Rest, d))
	}
	return out
}

func hoursShift(r Rule, duties []Duty) []Breach {
	var out []Breach
	for _, d := range duties {
		if d.Shift.Work() > r.Most {
			out = append(out, about(d.Shift.Interval(), d.Shift.Work(), r.Most, d))
		}
	}
	return out
}

// weeks is the stretch of weeks a book knows: those of its version, and those
// in which shifts of its background begin. Weeks begin on Monday.
type weeks struct{ first, n int }

func (c *Checker) known() weeks {
	first, last := 0, -1
	see := func(d Date) {
		w := d.week()
		if last < first {
			first, last = w, w
		}
		first, last = min(first, w), max(last, w)
	}
	if v := c.book.Version; len(v.Faults()) == 0 {
		see(v.First)
		see(v.Last)
	}
	for i := range c.book.Shifts {
		see(c.book.Shifts[i].Date)
	}
	if last-first > 2*longestPeriod {
		return weeks{} // days nobody can have meant; other rules speak of those
	}
	return weeks{first, last - first + 1}
}

// sums adds up the work of each week, by the day it begins on.
func (w weeks) sums(duties []Duty) []int {
	out := make([]int, w.n)
	for _, d := range duties {
		if i := d.Shift.Date.week() - w.first; i >= 0 && i < w.n {
			out[i] += d.Shift.Work()
		}
	}
	return out
}

// within picks the duties of some weeks.
func within(duties []Duty, from, to int) []Duty {
	var out []Duty
	for _, d := range duties {
		if w := d.Shift.Date.week(); from <= w && w < to {
			out = append(out, d)
		}
	}
	return out
}

func work(duties []Duty) int {
	sum := 0
	for _, d := range duties {
		sum += d.Shift.Work()
	}
	return sum
}

func span(duties []Duty) Interval {
	var in Interval
	for _, d := range duties {
		in = joinTimes(in, d.Shift.Interval())
	}
	return in
}

func hoursWeek(r Rule, known weeks, duties []Duty) []Breach {
	var out []Breach
	for i, have := range known.sums(duties) {
		if have > r.Most {
			w := within(duties, known.first+i, known.first+i+1)
			out = append(out, about(span(w), have, r.Most, w...))
		}
	}
	return out
}

// hoursMean: the average of r.Per weeks in a row. A book that knows fewer is
// judged over those it knows.
func hoursMean(r Rule, known weeks, duties []Duty) []Breach {
	var out []Breach
	n := min(r.Per, known.n)
	sum := 0
	sums := known.sums(duties)
	for i, have := range sums {
		if sum += have; i >= n {
			sum -= sums[i-n]
		}
		if i+1 >= n && (have > 0 || i+1 == n) && sum > r.Most*n { // where nothing is worked, the stretch before held as much
			in := within(duties, known.first+i+1-n, known.first+i+1)
			out = append(out, about(span(in), (sum+n-1)/n, r.Most, in...))
		}
	}
	return out
}
