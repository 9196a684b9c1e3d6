package console

import (
	"strings"
	"time"

	"helpline/counsel/rota"
)

// wallTime is a day and a time of the wall clock as a form has them.
type wallTime struct {
	day    rota.Date
	minute int // 1440 is midnight of the next day
}

// readWall reads a day and a time as people type them: 19:00, 19.00, 24:00. It
// says of each what is wrong with it: a key after rota.fault.; empty.
func readWall(day, at string) (w wallTime, noDay, noClock string) {
	var ok bool
	if w.day, ok = dayOf(day); !ok {
		noDay = "date"
	}
	if w.minute, ok = clock(at); !ok {
		if at != "24:00" {
			noClock = "clock"
		}
		w.minute = 1440
	}
	return w, noDay, noClock
}

// from is the first instant of it, upto the last.
func (w wallTime) from(zone *time.Location) time.Time { return rota.FirstOf(w.day, w.minute, zone) }
func (w wallTime) upto(zone *time.Location) time.Time { return rota.LastOf(w.day, w.minute, zone) }

// odd says of a time that does not exist on its day, or comes twice, which
// instant is meant: the first of a beginning, the last of an end. Empty for any
// other.
func (s sayer) odd(w wallTime, end bool) string {
	first, last := w.from(s.zone), w.upto(s.zone)
	shows := first.In(s.zone)
	key := ""
	switch {
	case !first.Equal(last) && end:
		key = "byhand.clock.last"
	case !first.Equal(last):
		key = "byhand.clock.first"
	case shows.Hour()*60+shows.Minute() != w.minute%1440:
		key = "byhand.clock.gap"
	default:
		return ""
	}
	return s.T(key, "clock", s.wall(w.minute%1440), "day", s.date(w.day), "real", s.clock(first))
}

// odds joins what is odd about the two ends of a stretch.
func (s sayer) odds(from, to wallTime) string {
	return strings.TrimSpace(s.odd(from, false) + " " + s.odd(to, true))
}

// moment is a day and a time of the line's clock.
func (s sayer) moment(t time.Time) string {
	t = t.In(s.zone)
	return s.T("shifts.when", "date", s.date(rota.DateOf(t)), "hours", s.clock(t))
}
