package counsel

import (
	"time"

	"helpline/counsel/retention"
)

// DueDay is the day by which a letter is answered that came now: so many working
// days, Monday to Friday on the calendar of the line, after today.
func DueDay(now time.Time, zone *time.Location, days int) int {
	y, m, d := now.In(zone).Date()
	at := time.Date(y, m, d, 0, 0, 0, 0, time.UTC) // a day of the calendar, as package retention counts them
	for left := max(days, 1); left > 0; {
		at = at.AddDate(0, 0, 1)
		if w := at.Weekday(); w != time.Saturday && w != time.Sunday {
			left--
		}
	}
	return retention.Day(at)
}
