package console

import (
	"strconv"
	"time"

	"helpline/counsel/rota"
)

// How staff read days and hours: in one way on every page of the rota, the
// board, staffing and their own shifts. Fields of a form and files are written
// as the browser and a spreadsheet want them; nothing else is.

// span is the hours of a shift as two clocks show them, in minutes after
// midnight.
type span struct{ from, to int }

// date is a day in a sentence: Monday 30 November.
func (s sayer) date(d rota.Date) string {
	return s.T("shifts.date", "weekday", s.T("day."+strconv.Itoa(int(d.Weekday()))), "day", d.Day, "month", s.month(d))
}

func (s sayer) month(d rota.Date) string { return s.T("shifts.month." + strconv.Itoa(int(d.Month))) }

// monthYear heads a month: November 2026.
func (s sayer) monthYear(d rota.Date) string { return s.month(d) + " " + strconv.Itoa(d.Year) }

// full is a day with its year, for what may be long ago or far ahead: 30
// November 2026.
func (s sayer) full(d rota.Date) string {
	return s.T("shifts.day", "day", d.Day, "month", s.month(d), "year", d.Year)
}

// stretch is days from one to another, with the year, each part said once:
// 1 to 28 December 2026.
func (s sayer) stretch(first, last rota.Date) string {
	from := s.full(first)
	switch {
	case first == last:
		return from
	case first.Year == last.Year && first.Month == last.Month:
		from = strconv.Itoa(first.Day)
	case first.Year == last.Year:
		from = strconv.Itoa(first.Day) + " " + s.month(first)
	}
	return s.T("plan.stretch", "first", from, "last", s.full(last))
}

// weekday is the short name of a day of the week.
func (s sayer) weekday(d rota.Date) string {
	return s.T("staffing.short." + strconv.Itoa((int(d.Weekday())+6)%7+1))
}

// short is a day in a narrow column, and nowhere else: Mon 30 Nov.
func (s sayer) short(d rota.Date) string { return s.weekday(d) + " " + s.dayMonth(d) }

func (s sayer) dayMonth(d rota.Date) string {
	return strconv.Itoa(d.Day) + " " + s.T("plan.month."+strconv.Itoa(int(d.Month)))
}

// wall is a time of day, minutes after midnight: 19:00. 1440 is 24:00.
func (s sayer) wall(minutes int) string {
	return s.T("shifts.digits", "hour", two(minutes/60), "minute", two(minutes%60))
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// walls is from one time of day to another: 19:00–22:00.
func (s sayer) walls(from, to int) string {
	if text, known := s.spans[span{from, to}]; known {
		return text
	}
	text := s.T("shifts.clocks", "from", s.wall(from), "to", s.wall(to))
	if s.spans != nil {
		s.spans[span{from, to}] = text
	}
	return text
}

// clocks are beginning and end on the line's wall clock: 19:00–01:00.
func (s sayer) clocks(in rota.Interval) string {
	start, end := in.Start.In(s.zone), in.End.In(s.zone)
	return s.walls(start.Hour()*60+start.Minute(), end.Hour()*60+end.Minute())
}

// clock is one moment of a day in a sentence: 19:00, in Dutch 19.00 uur.
func (s sayer) clock(t time.Time) string {
	t = t.In(s.zone)
	return s.T("time.clock", "hour", two(t.Hour()), "minute", two(t.Minute()))
}

// when is a stretch of time with its day; a long one is its days.
func (s sayer) when(in rota.Interval) string {
	if in.Start.IsZero() {
		return s.T("plan.when.all")
	}
	first, last := rota.DateOf(in.Start.In(s.zone)), rota.DateOf(in.End.Add(-time.Nanosecond).In(s.zone))
	if in.End.Sub(in.Start) > 36*time.Hour {
		return s.T("plan.stretch", "first", s.date(first), "last", s.date(last))
	}
	return s.T("shifts.when", "date", s.date(first), "hours", s.clocks(in))
}
