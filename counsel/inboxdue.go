package counsel

import (
	"slices"
	"time"

	"helpline/counsel/retention"
	"helpline/counsel/rota"
)

// mostDue bounds the search for a working day: a list of closed days without an
// end promises no day that nobody can name.
const mostDue = 400

// DueDay is the day by which a letter is answered that came now: so many working
// days after today, on the calendar of the line. Monday to Friday are working
// days, but for those on which the line is closed.
func DueDay(now time.Time, zone *time.Location, days int, closed []rota.Date) int {
	y, m, d := now.In(zone).Date()
	at := time.Date(y, m, d, 0, 0, 0, 0, time.UTC) // a day of the calendar, as package retention counts them
	for left, most := max(days, 1), mostDue; left > 0 && most > 0; most-- {
		at = at.AddDate(0, 0, 1)
		if w := at.Weekday(); w != time.Saturday && w != time.Sunday && !slices.Contains(closed, rota.DateOf(at)) {
			left--
		}
	}
	return retention.Day(at)
}
