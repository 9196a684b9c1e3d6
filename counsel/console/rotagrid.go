package console

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"helpline"
	"helpline/counsel/rota"
	"helpline/templates"
)

// grid draws a week, by shift or by person.
func (l *look) grid(check *rota.Checker, week, today rota.Date, by string) templates.RotaGrid {
	g := templates.RotaGrid{By: by, Caption: l.T("plan.grid."+by, "period", l.stretch(week, week.Plus(6))), Corner: l.T("plan.corner." + by)}
	for i := range 7 {
		d := week.Plus(i)
		day := templates.RotaDay{Short: l.weekday(d), Date: l.dayMonth(d), Today: d == today}
		if l.closed(d) {
			day.Note = l.T("plan.closed")
		} else if long := rota.FirstOf(d.Plus(1), 0, l.zone).Sub(rota.FirstOf(d, 0, l.zone)); long.Hours() != 24 {
			day.Note = l.T("plan.clockset", "hours", strconv.FormatFloat(long.Hours(), 'f', -1, 64))
		}
		g.Days = append(g.Days, day)
	}
	shifts := l.ours(week, week.Plus(6))
	if by == "person" {
		g.Rows = l.byPerson(check, shifts, week)
	} else {
		g.Rows = l.byShift(check, shifts, week)
	}
	return g
}

// closed says whether no shift of the rota begins on a day.
func (l *look) closed(d rota.Date) bool {
	return slices.ContainsFunc(l.book.Closures, func(c rota.Closure) bool {
		return (c.Rota.IsZero() || c.Rota == l.rota.ID) && !d.Before(c.First) && !c.Last.Before(d)
	})
}

// after counts the days from one to another; both lie in one week.
func after(first, d rota.Date) int {
	for i := range 7 {
		if first.Plus(i) == d {
			return i
		}
	}
	return 0
}

// byShift has a row for each kind of shift: a name and its hours on the clock.
func (l *look) byShift(check *rota.Checker, shifts []*rota.Shift, week rota.Date) []templates.RotaRow {
	var rows []templates.RotaRow
	at := map[string]int{}
	for _, s := range shifts {
		hours := l.clocks(s.Interval())
		day := after(week, s.Date)
		row, known := -1, false
		for n := 0; ; n++ { // two alike on one day stand in two rows
			key := s.Name + "\x00" + hours + "\x00" + strconv.Itoa(n)
			if row, known = at[key]; !known {
				row = len(rows)
				at[key] = row
				rows = append(rows, templates.RotaRow{Head: s.Name, Sub: hours, Cells: make([]templates.RotaCell, 7)})
			}
			if rows[row].Cells[day].ID == "" {
				break
			}
		}
		rows[row].Cells[day] = l.cell(check, s)
	}
	slices.SortStableFunc(rows, func(a, b templates.RotaRow) int {
		return cmp.Or(cmp.Compare(a.Sub, b.Sub), cmp.Compare(a.Head, b.Head))
	})
	return rows
}

// cell is one shift: how many are on it of how many, what is missing, and who.
func (l *look) cell(check *rota.Checker, s *rota.Shift) templates.RotaCell {
	id := s.ID.String()
	cell := templates.RotaCell{ID: id, Href: l.shiftAt(s.ID), Class: "full", Label: s.Name + ", " + l.when(s.Interval())}
	if s.Cancelled {
		cell.Class, cell.Mark, cell.Says = "off", templates.RotaMarks["off"], []string{l.T("plan.cell.off")}
		return cell
	}
	heads, want, most := check.Heads(s.ID), 0, 0
	short, thin := false, false
	for _, n := range check.Needs(s.ID) {
		r := n.Requirement
		if r.Role == "" && r.Language == "" && r.Skill == "" {
			want, most = max(want, n.Want()), r.Max
		}
		short, thin = short || n.Short(), thin || n.Have < n.Want()
		if text := l.need(n); text != "" {
			cell.Says = append(cell.Says, text)
		}
	}
	cell.Count = strconv.Itoa(heads)
	if want > 0 {
		cell.Count += "/" + strconv.Itoa(want)
	}
	switch {
	case most > 0 && heads > most:
		cell.Class = "over"
	case short && heads == 0:
		cell.Class = "empty"
	case short:
		cell.Class = "short"
	case thin:
		cell.Class = "thin"
	}
	if l.rota.Way == rota.Elsewhere && heads == 0 {
		cell.Class, cell.Says = "full", []string{l.T("plan.cell.elsewhere")}
	}
	cell.Mark = templates.RotaMarks[cell.Class]
	for _, a := range l.sorted(check.On(s.ID)) {
		cell.Names = append(cell.Names, l.name(a))
	}
	return cell
}

// shiftAt is the address of a shift: one of a draft is found by its version.
func (l *look) shiftAt(id helpline.ID) string {
	if l.version.ID.IsZero() {
		return "/rota/shift/" + id.String()
	}
	return "/rota/shift/" + id.String() + "?version=" + l.version.ID.String()
}

// sorted puts leaders first, then the other roles, then names.
func (l *look) sorted(all []rota.Assignment) []rota.Assignment {
	rank := func(a rota.Assignment) int { return slices.Index(rota.ShiftRoles(), a.Role) }
	slices.SortStableFunc(all, func(a, b rota.Assignment) int {
		return cmp.Or(rank(a)-rank(b), strings.Compare(l.names[a.Person], l.names[b.Person]))
	})
	return all
}

// name is one place of a shift.
func (l *look) name(a rota.Assignment) templates.RotaName {
	n := templates.RotaName{ID: a.ID.String(), Name: l.who(a.Person), Pinned: a.Pinned}
	if a.Role != rota.Counsellor {
		n.Tag = l.role(a.Role)
	}
	switch {
	case a.Minds:
		n.Open, n.Name = true, l.T("plan.cell.open", "who", l.who(a.Person))
	case a.State == rota.Offered:
		n.Tag = strings.TrimPrefix(n.Tag+", "+l.T("plan.cell.offered"), ", ")
	case a.State == rota.NoShow:
		n.Tag = strings.TrimPrefix(n.Tag+", "+l.T("plan.cell.noshow"), ", ")
	}
	return n
}

// byPerson has a row for everybody who may be planned, or is.
func (l *look) byPerson(check *rota.Checker, shifts []*rota.Shift, week rota.Date) []templates.RotaRow {
	type day struct {
		person helpline.ID
		at     int
	}
	has := map[day][]templates.RotaName{}
	minutes := map[helpline.ID]int{}
	for _, s := range shifts {
		if s.Cancelled {
			continue
		}
		hours, at := l.clocks(s.Interval()), after(week, s.Date)
		for _, a := range check.On(s.ID) {
			n := templates.RotaName{ID: a.ID.String(), Name: s.Name + " " + hours, Href: l.shiftAt(s.ID), Pinned: a.Pinned, Open: a.Minds}
			if a.Role != rota.Counsellor {
				n.Tag = l.role(a.Role)
			}
			if a.Minds {
				n.Tag = l.T("plan.cell.minds")
			} else {
				minutes[a.Person] += s.Work()
			}
			has[day{a.Person, at}] = append(has[day{a.Person, at}], n)
		}
	}
	away := l.away(week)
	terms := map[helpline.ID]rota.Terms{}
	for _, t := range l.book.Terms {
		terms[t.Person] = t
	}
	people := slices.Clone(l.book.People)
	slices.SortStableFunc(people, func(a, b rota.Person) int { return strings.Compare(l.names[a.ID], l.names[b.ID]) })
	var rows []templates.RotaRow
	for _, p := range people {
		row := templates.RotaRow{Head: l.who(p.ID), Cells: make([]templates.RotaCell, 7)}
		any := false
		for i := range 7 {
			d := week.Plus(i)
			cell := &row.Cells[i]
			cell.ID, cell.Class = p.ID.String()+"."+d.String(), "none"
			cell.Label = row.Head + ", " + l.short(d)
			if cell.Names = has[day{p.ID, i}]; len(cell.Names) > 0 {
				cell.Class, any = "works", true
			}
			if text := away[p.ID][i]; text != "" {
				cell.Says = append(cell.Says, text)
				if cell.Class == "none" {
					cell.Class, cell.Mark = "leave", templates.RotaMarks["leave"]
				}
			}
		}
		if p.Standing != rota.Active && !any || len(p.Roles) == 0 && !any {
			continue
		}
		row.Sub = l.hours(minutes[p.ID])
		if t, ok := terms[p.ID]; ok && t.Target > 0 {
			row.Sub = l.T("plan.hours.of", "have", row.Sub, "want", l.hours(t.Target))
		}
		if l.may {
			row.Href = "/rota/people/" + p.ID.String()
		}
		rows = append(rows, row)
	}
	return rows
}

// away says of everybody on which days of a week they have leave, or cannot.
// Why is nobody's affair and stands nowhere.
func (l *look) away(week rota.Date) map[helpline.ID][7]string {
	out := map[helpline.ID][7]string{}
	put := func(person helpline.ID, in rota.Interval, key string) {
		if !in.Meets(rota.Days(week, week.Plus(6), l.zone)) {
			return
		}
		days := out[person]
		for i := range days {
			if d := week.Plus(i); days[i] == "" && in.Meets(rota.Days(d, d, l.zone)) {
				days[i] = l.T("plan.away." + key)
			}
		}
		out[person] = days
	}
	for _, a := range l.book.Leaves {
		put(a.Person, a.Interval, "leave")
	}
	for _, wish := range []rota.Wish{rota.Cannot, rota.PreferNot, rota.Prefer} {
		for _, a := range l.book.Availability {
			if a.Wish == wish {
				put(a.Person, a.Interval, strings.ReplaceAll(string(wish), " ", ""))
			}
		}
	}
	return out
}
