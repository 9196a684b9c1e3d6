package rota

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"slices"
	"strings"
	"time"

	"helpline"
)

// WriteSheet writes the standing places of a version as a spreadsheet that
// ReadSheet reads again: a row for each person, a column for each day. A
// version without ID stands for whatever is published of its rota on its days.
// name
// gives what stands in front. A name that a spreadsheet would take for a
// formula gets an apostrophe.
func WriteSheet(b *Book, name func(helpline.ID) string) ([]byte, error) {
	c := NewChecker(b, Profile{})
	v := b.Version
	if f := v.Faults(); len(f) > 0 {
		return nil, helpline.Errorf(helpline.Invalid, "write sheet: %s of the period: %s", f[0].Field, f[0].Why)
	}
	days := v.Last.number() - v.First.number() + 1
	head := make([]string, days+1)
	for n := range days {
		head[n+1] = v.First.Plus(n).String()
	}
	type line struct {
		name  string
		cells []string
	}
	var lines []line
	for _, p := range b.People {
		m := c.people[p.ID]
		if m == nil {
			continue
		}
		l := line{name: name(p.ID), cells: make([]string, days)}
		some := false
		for _, d := range m.duties {
			n := d.Shift.Date.number() - v.First.number()
			if !b.Has(*d.Shift) || n < 0 || n >= days {
				continue
			}
			text := onClocks(d.Shift, c.zone)
			if d.Assignment.Role != Counsellor {
				text += " " + string(d.Assignment.Role)
			}
			l.cells[n] = strings.TrimPrefix(l.cells[n]+"; "+text, "; ")
			some = true
		}
		if some {
			lines = append(lines, l)
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int { return cmp.Compare(a.name, b.name) })
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.Write(head); err != nil {
		return nil, err
	}
	for _, l := range lines {
		if l.name != "" && strings.ContainsRune(formula, rune(l.name[0])) {
			l.name = "'" + l.name
		}
		if err := w.Write(append([]string{l.name}, l.cells...)); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// onClocks writes when a shift is, on a wall clock: midnight at its end is 24:00,
// and a whole day on the same clock says that it ends a day later.
func onClocks(s *Shift, zone *time.Location) string {
	from, to := s.Start.In(zone).Format("15:04"), s.End.In(zone).Format("15:04")
	switch {
	case to == "00:00":
		to = "24:00"
	case to == from:
		to += nextDay
	}
	return from + "-" + to
}

// nextDay marks an end on the next day that is not to be seen from the clocks.
const nextDay = "+1"

// Proposal is a template that a spreadsheet suggests, and how often its hours
// stand there.
type Proposal struct {
	Template Template
	Known    bool        // the rota has this template already: neither it nor Min is new
	Min      Requirement // the fewest people who take contacts on one of its days
	Cells    int
	Days     int
}

// Propose makes templates of the hours that come back: one for each pair of
// beginning and end, on the weekdays it was seen, most seen first. Hours that
// were seen on a single day are proposed too; a supervisor throws out what is
// no habit.
func Propose(cells []SheetCell, rota helpline.ID, fresh func() helpline.ID) []Proposal {
	type hours struct{ from, to, endDay int }
	type seen struct {
		heads map[Date]int
		cells int
	}
	by := map[hours]*seen{}
	for _, c := range cells {
		h := hours{c.From, c.To, c.EndDay}
		if by[h] == nil {
			by[h] = &seen{heads: map[Date]int{}}
		}
		by[h].cells++
		n := 0
		if c.Role.Covers() {
			n = 1
		}
		by[h].heads[c.Date] += n
	}
	var out []Proposal
	for h, s := range by {
		var days Weekdays
		least := mostHeads
		for d, n := range s.heads {
			days |= On(d.Weekday())
			least = min(least, n)
		}
		at := func(n int) string {
			return time.Date(2000, 1, 1, 0, n, 0, 0, time.UTC).Format("15:04")
		}
		t := Template{Rota: rota, Name: at(h.from) + "-" + at(h.to), Days: days, From: h.from, To: h.to, EndDay: h.endDay}
		out = append(out, Proposal{Template: t, Min: Requirement{Min: least}, Cells: s.cells, Days: len(s.heads)})
	}
	slices.SortFunc(out, func(a, b Proposal) int {
		return cmp.Or(b.Cells-a.Cells, a.Template.From-b.Template.From, a.Template.wall()-b.Template.wall())
	})
	for i := range out {
		out[i].Template.ID, out[i].Min.ID = fresh(), fresh()
		out[i].Min.Template = out[i].Template.ID
	}
	return out
}

// Match puts templates that a rota has in the place of proposals with the same
// hours, so that a second import makes no second ones.
func Match(proposed []Proposal, templates []Template) []Proposal {
	out := slices.Clone(proposed)
	for i, p := range out {
		for _, t := range templates {
			if t.Rota == p.Template.Rota && t.From == p.Template.From && t.To == p.Template.To && t.EndDay == p.Template.EndDay {
				out[i].Template, out[i].Known = t, true
				break
			}
		}
	}
	return out
}

// mostShapes is how many different hours one rota may have.
const mostShapes = 100

// PlaceSheet makes a draft of a spreadsheet: the shifts of the proposed
// templates on the days where somebody works them, and the people on them. Its
// breaches are for Check to find. Hours that clocks swallow are a fault of
// their cell.
func PlaceSheet(b *Book, cells []SheetCell, proposed []Proposal, fresh func() helpline.ID) (*Book, []SheetFault) {
	zone, err := LoadZone(b.Site.Zone)
	if err != nil {
		return nil, []SheetFault{{Why: "zone"}}
	}
	if len(cells) == 0 {
		return nil, []SheetFault{{Why: "empty"}}
	}
	if len(proposed) > mostShapes {
		return nil, []SheetFault{{Why: "shapes"}}
	}
	out := *b
	out.Version = Version{ID: fresh(), Rota: b.Version.Rota, First: cells[0].Date, Last: cells[0].Date, State: Draft}
	out.Templates, out.Requirements = slices.Clone(b.Templates), slices.Clone(b.Requirements)
	out.Shifts, out.Assignments = slices.Clone(b.Shifts), slices.Clone(b.Assignments)
	for _, p := range proposed {
		if p.Known {
			continue
		}
		out.Templates, out.Requirements = append(out.Templates, p.Template), append(out.Requirements, p.Min)
	}
	type day struct {
		template helpline.ID
		date     Date
	}
	made := map[day]helpline.ID{}
	for _, c := range cells {
		i := slices.IndexFunc(proposed, func(p Proposal) bool {
			return p.Template.From == c.From && p.Template.To == c.To && p.Template.EndDay == c.EndDay
		})
		if i < 0 {
			return nil, []SheetFault{{c.Row, c.Column, "hours"}}
		}
		t := proposed[i].Template
		at := day{t.ID, c.Date}
		if made[at].IsZero() {
			s, _ := t.shift(c.Date, zone)
			if !s.Start.Before(s.End) {
				return nil, []SheetFault{{c.Row, c.Column, "swallowed"}}
			}
			s.ID, s.Version = fresh(), out.Version.ID
			made[at] = s.ID
			out.Shifts = append(out.Shifts, s)
		}
		if out.Version.First.after(c.Date) {
			out.Version.First = c.Date
		}
		if c.Date.after(out.Version.Last) {
			out.Version.Last = c.Date
		}
		id := fresh()
		out.Assignments = append(out.Assignments, Assignment{
			ID: id, Shift: made[at], Person: c.Person, Role: c.Role, State: Proposed, Source: ByHand, Place: id,
		})
	}
	if f := out.Version.Faults(); len(f) > 0 {
		return nil, []SheetFault{{Row: 1, Why: f[0].Why}}
	}
	return &out, nil
}
