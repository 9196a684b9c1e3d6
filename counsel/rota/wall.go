package rota

import "time"

// Date is a day of the calendar, in no zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the day a clock in the zone of t shows.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// Plus is the day so many days later; fewer than none goes back.
func (d Date) Plus(days int) Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day+days, 12, 0, 0, 0, time.UTC))
}

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday {
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC).Weekday()
}

// String writes the day as 2026-11-22.
func (d Date) String() string {
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// FirstOf is the first instant at which a clock in the zone shows so many
// minutes after midnight of the day; 1440 is midnight of the next. Where that
// time does not exist, because clocks are set forward over it, it is the first
// instant after the gap. (time.Date goes an hour past it, and takes the first
// or second of a time that comes twice as the zone's data happen to stand.)
func FirstOf(d Date, minute int, zone *time.Location) time.Time {
	first, _ := occurrences(d, minute, zone)
	return first
}

// LastOf is the last such instant; with a gap the same as FirstOf.
func LastOf(d Date, minute int, zone *time.Location) time.Time {
	_, last := occurrences(d, minute, zone)
	return last
}

// occurrences looks through the stretches of one offset around the day: the
// wall time exists in a stretch when the instant it would be lies in it.
func occurrences(d Date, minute int, zone *time.Location) (first, last time.Time) {
	wall := time.Date(d.Year, d.Month, d.Day, 0, minute, 0, 0, time.UTC) // the clock's reading, written as if it were UTC
	from, until := wall.Add(-48*time.Hour), wall.Add(48*time.Hour)       // no offset is further from UTC, nor any jump longer
	before := -1 << 30
	for at := from; ; {
		in := at.In(zone)
		_, offset := in.Zone()
		start, end := in.ZoneBounds()
		if !end.IsZero() && !end.After(at) { // years that only a zone's rule knows: ZoneBounds ends a leap year a day early, and would end here for ever
			end = at.Add(24 * time.Hour)
		}
		t := wall.Add(-time.Duration(offset) * time.Second)
		inside := (start.IsZero() || !t.Before(start)) && (end.IsZero() || t.Before(end))
		switch {
		case inside && first.IsZero():
			first, last = t, t
		case inside:
			last = t
		case first.IsZero() && before > -1<<30 && t.Before(start) && !wall.Add(-time.Duration(before)*time.Second).Before(start):
			first, last = start, start // neither side of the jump has it
		}
		if end.IsZero() || end.After(until) {
			return first.In(zone), last.In(zone)
		}
		before, at = offset, end
	}
}
