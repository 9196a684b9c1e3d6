package rota

import (
	"cmp"
	"time"
)

// Span is one opening of every week: from a minute of a weekday to a minute
// counted from the same midnight, so one over midnight ends above 1440.
type Span struct {
	Day      time.Weekday
	From, To int
}

// Interval is one opening.
type Interval struct{ Start, End time.Time }

// ahead is how far a next opening is looked for, in days: past a summer and a
// long closure.
const ahead = 400

// holds says whether an instant lies in an opening; its end does not.
func (i Interval) holds(t time.Time) bool { return !t.Before(i.Start) && t.Before(i.End) }

// after says whether a day comes later than another.
func (d Date) after(other Date) bool {
	return cmp.Or(d.Year-other.Year, int(d.Month-other.Month), d.Day-other.Day) > 0
}
