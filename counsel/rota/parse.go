package rota

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limits of what may be written.
const (
	mostSpans  = 100
	mostClosed = 1000
)

var dayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} // as time.Weekday counts

// ParseWeek reads the openings of a week, one per entry: "mon-fri 19:00-22:00",
// "sat 22:00-02:00". An end that is not after its beginning is on the next day;
// 24:00 is midnight. Two that overlap are refused. An error names the entry,
// counted from 1, and repeats nothing that was written.
func ParseWeek(entries []string) ([]Span, error) {
	var out []Span
	from := map[Span]int{} // entry of a span
	for i, text := range entries {
		days, from24, to, err := parseEntry(text)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", i+1, err)
		}
		for _, day := range days {
			s := Span{day, from24, to}
			for _, other := range out {
				if s.meets(other) {
					return nil, fmt.Errorf("entry %d: overlaps entry %d on %s", i+1, from[other], dayNames[day])
				}
			}
			from[s] = i + 1
			out = append(out, s)
		}
		if len(out) > mostSpans {
			return nil, fmt.Errorf("entry %d: these are more than %d openings a week", i+1, mostSpans)
		}
	}
	return out, nil
}

// meets says whether two openings of a week overlap; touching is not.
func (s Span) meets(o Span) bool {
	const week = 7 * 1440
	a, b := int(s.Day)*1440+s.From, int(o.Day)*1440+o.From
	for _, turn := range []int{-week, 0, week} {
		if a < b+turn+o.To-o.From && b+turn < a+s.To-s.From {
			return true
		}
	}
	return false
}

func parseEntry(text string) (days []time.Weekday, from, to int, err error) {
	first, hours, found := strings.Cut(strings.TrimSpace(text), " ")
	if !found {
		return nil, 0, 0, errors.New("write days and hours with a space between, such as mon-fri 19:00-22:00")
	}
	if days, err = parseDays(first); err != nil {
		return nil, 0, 0, err
	}
	begin, end, found := strings.Cut(strings.TrimSpace(hours), "-")
	if !found {
		return nil, 0, 0, errors.New("write beginning and end with - between, such as 19:00-22:00")
	}
	if from, err = parseClock(begin); err != nil || from == 1440 {
		return nil, 0, 0, errors.New("its beginning must be 00:00 to 23:59, with two digits each")
	}
	if to, err = parseClock(end); err != nil {
		return nil, 0, 0, errors.New("its end must be 00:00 to 24:00, with two digits each")
	}
	if to == from {
		return nil, 0, 0, errors.New("beginning and end are the same; a whole day is 00:00-24:00")
	}
	if to < from {
		to += 1440
	}
	return days, from, to, nil
}

func parseDays(text string) ([]time.Weekday, error) {
	a, b, several := strings.Cut(text, "-")
	first, last := slices.Index(dayNames, a), slices.Index(dayNames, b)
	if !several {
		last = first
	}
	if first < 0 || last < 0 {
		return nil, errors.New("its days must be mon, tue, wed, thu, fri, sat or sun, or two of them with - between")
	}
	days := []time.Weekday{time.Weekday(first)}
	for d := first; d != last; {
		d = (d + 1) % 7
		days = append(days, time.Weekday(d))
	}
	return days, nil
}

// parseClock reads 19:00 as minutes after midnight.
func parseClock(text string) (int, error) {
	bad := errors.New("not a time of day")
	if len(text) != 5 || text[2] != ':' || strings.ContainsAny(text, "+-") {
		return 0, bad
	}
	h, errH := strconv.Atoi(text[:2])
	m, errM := strconv.Atoi(text[3:])
	if errH != nil || errM != nil || h > 24 || m > 59 || h == 24 && m > 0 {
		return 0, bad
	}
	return h*60 + m, nil
}

// ParseClosed reads the days on which no opening begins: "2026-12-25", or
// "2026-12-24..2027-01-01" for all from the first to the last. An error names
// the entry, counted from 1, and repeats nothing that was written.
func ParseClosed(entries []string) ([]Date, error) {
	var out []Date
	for i, text := range entries {
		a, b, several := strings.Cut(strings.TrimSpace(text), "..")
		if !several {
			b = a
		}
		first, errA := time.Parse(time.DateOnly, a)
		last, errB := time.Parse(time.DateOnly, b)
		switch {
		case errA != nil || errB != nil:
			return nil, fmt.Errorf("entry %d: must be a day such as 2026-12-25, or two with .. between", i+1)
		case last.Before(first):
			return nil, fmt.Errorf("entry %d: its last day comes before its first", i+1)
		case last.Sub(first) > 366*24*time.Hour:
			return nil, fmt.Errorf("entry %d: is longer than a year", i+1)
		}
		for d := DateOf(first); !d.after(DateOf(last)); d = d.Plus(1) {
			if len(out) == mostClosed {
				return nil, fmt.Errorf("entry %d: these are more than %d days", i+1, mostClosed)
			}
			out = append(out, d)
		}
	}
	return out, nil
}
