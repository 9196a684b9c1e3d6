package rota

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"helpline"
)

// Limits of a spreadsheet that is read.
const (
	mostBytes   = 1 << 20
	mostRows    = 1000
	mostColumns = longestPeriod + 1
	mostInCell  = 5 // shifts of one person on one day
)

// SheetFault is one thing that is wrong with a spreadsheet: where, counted from
// 1, and why. It repeats nothing that stands there. Column 0 is the whole row,
// row 0 the whole file. Screens say it from "rota.sheet."+Why.
type SheetFault struct {
	Row, Column int
	Why         string
}

// SheetCell is one shift of one person, as the spreadsheet has it.
type SheetCell struct {
	Row, Column int
	Person      helpline.ID
	Date        Date
	From, To    int // minutes after midnight; To of the day it ends on
	EndDay      int
	Role        Role
}

// ReadSheet reads a spreadsheet of people and dates: a first row of dates, then
// a row for each person with the name in front and hours in the cells, such as
// "19:00-22:00", "9-17", "22:00-06:00 leader", or two with a semicolon between;
// "09:00-09:00+1" is a whole day.
// Values are divided by commas, semicolons or tabs. who gives the person of a
// name; a person and false is somebody who has left. When there are faults no
// cell is given: nothing half done.
func ReadSheet(text []byte, who func(name string) (helpline.ID, bool)) ([]SheetCell, []SheetFault) {
	rows, fault := sheetRows(text)
	if fault.Why != "" {
		return nil, []SheetFault{fault}
	}
	g := spread{who: who, people: map[helpline.ID]bool{}}
	dates := g.dates(rows[0])
	for i, row := range rows[1:] {
		g.row(i+2, row, dates)
	}
	if len(g.faults) > 0 {
		return nil, g.faults
	}
	return g.cells, nil
}

// sheetRows takes the file apart. Every row has what it has; empty ones at the
// end are left out.
func sheetRows(text []byte) ([][]string, SheetFault) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	switch {
	case len(text) > mostBytes:
		return nil, SheetFault{Why: "large"}
	case !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0:
		return nil, SheetFault{Why: "text"}
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	in := csv.NewReader(bytes.NewReader(text))
	in.FieldsPerRecord = -1
	for _, comma := range ";\t" {
		if bytes.Count(first, []byte(string(comma))) > bytes.Count(first, []byte(string(in.Comma))) {
			in.Comma = comma
		}
	}
	var rows [][]string
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			at := SheetFault{Row: len(rows) + 1, Why: "quotes"}
			if e, ok := errors.AsType[*csv.ParseError](err); ok {
				at.Row = e.StartLine
			}
			return nil, at
		}
		if len(rows) == mostRows || len(row) > mostColumns {
			return nil, SheetFault{Row: len(rows) + 1, Why: "large"}
		}
		rows = append(rows, row)
	}
	if len(rows) < 2 {
		return nil, SheetFault{Why: "empty"}
	}
	return rows, SheetFault{}
}

type spread struct {
	who    func(string) (helpline.ID, bool)
	people map[helpline.ID]bool
	cells  []SheetCell
	faults []SheetFault
}

const mostFaults = 100

func (g *spread) bad(row, column int, why string) {
	if len(g.faults) < mostFaults {
		g.faults = append(g.faults, SheetFault{row, column, why})
	}
}

// dates reads the first row; its first cell is a heading of whatever kind.
func (g *spread) dates(row []string) []Date {
	out := make([]Date, len(row))
	seen := map[Date]bool{}
	for i, cell := range row {
		cell = strings.TrimSpace(cell)
		if i == 0 || cell == "" {
			continue
		}
		d, ok := parseDay(cell)
		switch {
		case !ok:
			g.bad(1, i+1, "date")
		case seen[d]:
			g.bad(1, i+1, "twice")
		}
		seen[d], out[i] = true, d
	}
	if len(seen) == 0 {
		g.bad(1, 0, "dates")
	}
	return out
}

// parseDay reads 2026-11-30 and, day first, 30-11-2026 and 30/11/2026. A short
// year is refused: nobody can know which half means the day.
func parseDay(text string) (Date, bool) {
	for _, layout := range []string{time.DateOnly, "2-1-2006", "2/1/2006", "2.1.2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return DateOf(t), DateOf(t).real()
		}
	}
	return Date{}, false
}

func (g *spread) row(n int, row []string, dates []Date) {
	if !slices.ContainsFunc(row, func(c string) bool { return strings.TrimSpace(c) != "" }) {
		return
	}
	person, known := g.who(bare(row[0]))
	switch {
	case !known && !person.IsZero():
		g.bad(n, 1, "gone")
	case !known:
		g.bad(n, 1, "name")
	case g.people[person]:
		g.bad(n, 1, "person")
	}
	g.people[person] = true
	for i, cell := range row[1:] {
		if cell = strings.TrimSpace(cell); cell == "" {
			continue
		}
		if i+1 >= len(dates) || dates[i+1] == (Date{}) {
			g.bad(n, i+2, "nodate")
			continue
		}
		parts := strings.Split(cell, ";")
		if len(parts) > mostInCell {
			g.bad(n, i+2, "many")
			continue
		}
		var day []SheetCell
		for _, part := range parts {
			c, why := parseCell(strings.TrimSpace(part))
			if why == "" && slices.ContainsFunc(day, c.meets) {
				why = "overlap"
			}
			if why != "" {
				g.bad(n, i+2, why)
				break
			}
			c.Row, c.Column, c.Person, c.Date = n, i+2, person, dates[i+1]
			day = append(day, c)
		}
		g.cells = append(g.cells, day...)
	}
}

func (c SheetCell) meets(o SheetCell) bool {
	return c.From < o.To+o.EndDay*1440 && o.From < c.To+c.EndDay*1440
}

// parseCell reads hours and a role. An end that is not after the beginning is
// on the next day.
func parseCell(text string) (SheetCell, string) {
	hours, role, _ := strings.Cut(text, " ")
	c := SheetCell{Role: Counsellor}
	if role = strings.TrimSpace(role); role != "" {
		c.Role = Role(strings.ToLower(role))
		if !slices.Contains(ShiftRoles(), c.Role) {
			return c, "role"
		}
	}
	from, to, two := strings.Cut(strings.ReplaceAll(hours, "–", "-"), "-")
	var okA, okB bool
	to, days, later := strings.Cut(to, "+")
	c.From, okA = parseHour(from)
	c.To, okB = parseHour(to)
	switch {
	case !two || !okA || !okB || c.From == 1440, later && (len(days) != 1 || days < "1" || days > "9"):
		return c, "hours"
	case later && (days != nextDay[1:] || c.To > c.From):
		return c, "long"
	case later:
		c.EndDay = 1
	case c.From == c.To:
		return c, "same"
	case c.To < c.From:
		c.EndDay = 1
	}
	if c.To == 0 { // one template, however midnight is written
		c.To, c.EndDay = 1440, 0
	}
	return c, ""
}

// parseHour reads 9, 09:30 and 09.30.
func parseHour(text string) (int, bool) {
	h, m, both := strings.Cut(strings.ReplaceAll(text, ".", ":"), ":")
	if !both {
		m = "00"
	}
	if len(h) < 1 || len(h) > 2 || len(m) != 2 || strings.ContainsAny(h+m, "+- ") {
		return 0, false
	}
	hours, errH := strconv.Atoi(h)
	minutes, errM := strconv.Atoi(m)
	if errH != nil || errM != nil || minutes > 59 || hours > 24 || hours == 24 && minutes > 0 {
		return 0, false
	}
	return hours*60 + minutes, true
}

// bare is a name as it was before it was kept from being read as a formula.
func bare(name string) string {
	name = strings.TrimSpace(name)
	if len(name) > 1 && name[0] == '\'' && strings.ContainsRune(formula, rune(name[1])) {
		return name[1:]
	}
	return name
}

// formula is how a cell begins that a spreadsheet would reckon with.
const formula = "=+-@\t\r"
