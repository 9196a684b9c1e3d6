package directory

import "time"

// Date is a day, a month or a year, as exact as its source was: 2026-11-22,
// 2026-11 or 2026. The empty Date is unknown.
type Date string

// dateLayouts are the ways to write a Date, by length.
var dateLayouts = map[int]string{4: "2006", 7: "2006-01", 10: time.DateOnly}

// Start is the first instant of the date in UTC; not ok when the date is
// unknown or is none. What is dated "2016" counts as old as it may be.
func (d Date) Start() (start time.Time, ok bool) {
	layout, known := dateLayouts[len(d)]
	if !known {
		return time.Time{}, false
	}
	start, err := time.Parse(layout, string(d))
	return start, err == nil
}
