package rota

import (
	"bytes"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"

	"helpline"
)

// IsCalendar says whether a file begins as an iCalendar (RFC 5545) does.
func IsCalendar(text []byte) bool {
	text = bytes.TrimLeft(bytes.TrimPrefix(text, []byte("\ufeff")), " \t\r\n")
	const begin = "BEGIN:VCALENDAR"
	return len(text) >= len(begin) && strings.EqualFold(string(text[:len(begin)]), begin)
}

// ReadCalendar reads a calendar of shifts as [ReadSheet] reads a spreadsheet:
// one entry is one shift of one person. who gives the person of a summary, or of
// the empty one when all of the calendar is one person's; behind a name a role
// may stand in brackets, "Kim Visser (leader)". Times become wall clocks in zone,
// which is that of the line. Cancelled entries are left out. Faults name the
// entry in the order of the file, as Row; their Why begins with "event.". Refused
// are whole days, entries that repeat, zones nobody knows, times that clocks skip,
// and times that no wall clock of the line says.
func ReadCalendar(text []byte, zone *time.Location, who func(name string) (helpline.ID, bool)) ([]SheetCell, []SheetFault) {
	switch {
	case len(text) > mostBytes:
		return nil, []SheetFault{{Why: "large"}}
	case !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0:
		return nil, []SheetFault{{Why: "event.text"}}
	}
	cal, err := ics.ParseCalendar(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	if err != nil {
		return nil, []SheetFault{{Why: "event.text"}}
	}
	if len(cal.Events()) > mostRows {
		return nil, []SheetFault{{Why: "large"}}
	}
	g := spread{who: who}
	for i, e := range cal.Events() {
		if status := e.GetProperty(ics.ComponentPropertyStatus); status != nil && strings.EqualFold(status.Value, "CANCELLED") {
			continue
		}
		c, why := eventCell(e, zone, who)
		if why == "" && slices.ContainsFunc(g.cells, func(o SheetCell) bool { return o.Person == c.Person && o.Date == c.Date && o.meets(c) }) {
			why = "event.overlap"
		}
		if why != "" {
			g.bad(i+1, 0, why)
			continue
		}
		c.Row = i + 1
		g.cells = append(g.cells, c)
	}
	switch {
	case len(g.faults) > 0:
		return nil, g.faults
	case len(g.cells) == 0:
		return nil, []SheetFault{{Why: "event.none"}}
	}
	return g.cells, nil
}

// eventCell reads one entry.
func eventCell(e *ics.VEvent, zone *time.Location, who func(string) (helpline.ID, bool)) (SheetCell, string) {
	c := SheetCell{Role: Counsellor}
	name := ""
	if p := e.GetProperty(ics.ComponentPropertySummary); p != nil {
		name = strings.TrimSpace(p.Value)
	}
	if at := strings.LastIndexByte(name, '('); at > 0 && strings.HasSuffix(name, ")") {
		role := Role(strings.ToLower(strings.TrimSpace(name[at+1 : len(name)-1])))
		if slices.Contains(ShiftRoles(), role) {
			c.Role, name = role, strings.TrimSpace(name[:at])
		}
	}
	var known bool
	if c.Person, known = who(name); !known && !c.Person.IsZero() {
		return c, "event.gone"
	} else if !known {
		return c, "event.name"
	}
	for _, repeats := range []ics.ComponentProperty{ics.ComponentPropertyRrule, ics.ComponentPropertyRdate} {
		if e.GetProperty(repeats) != nil {
			return c, "event.repeats"
		}
	}
	start, why := eventTime(e.GetProperty(ics.ComponentPropertyDtStart), zone, FirstOf)
	if why != "" {
		return c, why
	}
	end, why := eventTime(e.GetProperty(ics.ComponentPropertyDtEnd), zone, LastOf)
	if why != "" {
		return c, why
	}
	start, end = start.In(zone), end.In(zone)
	last := DateOf(end)
	c.Date, c.From, c.To = DateOf(start), start.Hour()*60+start.Minute(), end.Hour()*60+end.Minute()
	c.EndDay = last.number() - c.Date.number()
	switch takes := c.To + c.EndDay*1440 - c.From; {
	case !end.After(start):
		return c, "event.ends"
	case takes > 1440 || takes <= 0:
		return c, "event.long"
	case start.Second() != 0 || end.Second() != 0 || !FirstOf(c.Date, c.From, zone).Equal(start) || !LastOf(last, c.To, zone).Equal(end):
		return c, "event.clocks"
	}
	if c.To == 0 { // one template, however midnight is written
		c.To, c.EndDay = 1440, c.EndDay-1
	}
	return c, ""
}

// eventTime reads a moment: in UTC, in a zone that has a name, or on the clock of
// the line. A wall clock that comes twice is taken by occurrence.
func eventTime(p *ics.IANAProperty, zone *time.Location, occurrence func(Date, int, *time.Location) time.Time) (time.Time, string) {
	if p == nil {
		return time.Time{}, "event.times"
	}
	if _, err := time.Parse("20060102", p.Value); err == nil {
		return time.Time{}, "event.day"
	}
	if t, err := time.Parse("20060102T150405Z", p.Value); err == nil {
		return t, ""
	}
	t, err := time.Parse("20060102T150405", p.Value)
	if err != nil || !DateOf(t).real() {
		return time.Time{}, "event.times"
	}
	if names, said := p.ICalParameters["TZID"]; said {
		// "Local" and "" are no names of zones, though Go gives one for them.
		if len(names) != 1 || names[0] == "" || names[0] == "Local" {
			return time.Time{}, "event.zone"
		}
		if zone, err = time.LoadLocation(names[0]); err != nil {
			return time.Time{}, "event.zone"
		}
	}
	at := occurrence(DateOf(t), t.Hour()*60+t.Minute(), zone)
	if at.Format("200601021504") != t.Format("200601021504") {
		return time.Time{}, "event.gap" // one program takes it as before the gap, another as after it
	}
	return at.Add(time.Duration(t.Second()) * time.Second), ""
}
