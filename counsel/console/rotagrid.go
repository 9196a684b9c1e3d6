package console

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/counsel/rota"
	"helpline/templates"
)

// grid draws a week, by shift or by person.
func (l *look) grid(check *rota.Checker, week, today rota.Date, by string) templates.RotaGrid {
	g := templates.RotaGrid{By: by, Caption: l.T("plan.grid."+by, "period", l.stretch(week, week.Plus(6))), Corner: l.T("plan.corner." + by)}
	l.week(check, week)
	for _, one := range l.days {
		d := one.day
		day := templates.RotaDay{Short: l.weekday(d), Date: l.dayMonth(d), Today: d == today}
		if l.closed(d) {
			day.Note = l.T("plan.closed")
		} else if long := rota.FirstOf(d.Plus(1), 0, l.zone).Sub(one.in.Start); long != 24*time.Hour {
			day.Note = l.T("plan.clockset", "hours", strconv.FormatFloat(long.Hours(), 'f', -1, 64))
		}
		g.Days = append(g.Days, day)
	}
	shifts := l.ours(week, week.Plus(6))
	if by == "person" {
		g.Rows = l.byPerson(check, shifts)
	} else {
		g.Rows = l.byShift(check, shifts)
	}
	return g
}

// week writes down what every cell of a week is made of, once: its days as they
// are called, and as stretches of time.
func (l *look) week(check *rota.Checker, first rota.Date) {
	l.needed, l.lost = map[needed]string{}, check.Unheard()
	for i := range l.days {
		d := first.Plus(i)
		l.days[i] = weekday{day: d, iso: d.String(), short: l.short(d), in: rota.Days(d, d, l.zone)}
	}
}

// weekday is one day of the week that is drawn.
type weekday struct {
	day        rota.Date
	iso, short string
	in         rota.Interval
}

// needed is all that the words about a requirement depend on.
type needed struct {
	role     rota.Role
	language helpline.Locale
	skill    string
	have     int
	least    int
}

// needSays is need, said once for all cells that say the same.
func (l *look) needSays(n rota.Need) string {
	r := n.Requirement
	k := needed{r.Role, r.Language, r.Skill, n.Have, r.Min}
	text, known := l.needed[k]
	if !known {
		text = l.need(n)
		l.needed[k] = text
	}
	return text
}

// on is which day of the week that is drawn a day is, from 0.
func (l *look) on(d rota.Date) int {
	for i := range l.days {
		if l.days[i].day == d {
			return i
		}
	}
	return 0
}

// off says whether a shift does not take place: it was cancelled, or it is
// published and its day was closed. One of a draft that lies on a closed day is
// there to be taken out.
func (l *look) off(s *rota.Shift) bool {
	return s.Cancelled || !l.draft() && s.Closed(l.book.Closures)
}

// closed says whether no shift of the rota begins on a day.
func (l *look) closed(d rota.Date) bool {
	return slices.ContainsFunc(l.book.Closures, func(c rota.Closure) bool {
		return (c.Rota.IsZero() || c.Rota == l.rota.ID) && !d.Before(c.First) && !c.Last.Before(d)
	})
}

// byShift has a row for each kind of shift: a name and its hours on the clock.
func (l *look) byShift(check *rota.Checker, shifts []*rota.Shift) []templates.RotaRow {
	var rows []templates.RotaRow
	at := map[string]int{}
	for _, s := range shifts {
		hours := l.clocks(s.Interval())
		day := l.on(s.Date)
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
		rows[row].Cells[day] = l.cell(check, s, l.days[day].short+" "+hours)
	}
	slices.SortStableFunc(rows, func(a, b templates.RotaRow) int {
		return cmp.Or(cmp.Compare(a.Sub, b.Sub), cmp.Compare(a.Head, b.Head))
	})
	return rows
}

// cell is one shift: how many are on it of how many, what is missing, and who.
func (l *look) cell(check *rota.Checker, s *rota.Shift, when string) templates.RotaCell {
	id := s.ID.String()
	cell := templates.RotaCell{ID: id, Href: l.shiftAt(s.ID), Class: "full", Label: s.Name + ", " + when}
	if l.off(s) {
		cell.Class, cell.Mark, cell.Says = "off", templates.RotaMarks["off"], []string{l.T("plan.cell.off")}
		return cell
	}
	heads, want, most := -1, 0, 0
	short, thin := false, false
	for _, n := range check.Needs(s.ID) {
		r := n.Requirement
		if r.Role == "" && r.Language == "" && r.Skill == "" {
			heads, want, most = n.Have, max(want, n.Want()), r.Max
		}
		short, thin = short || n.Short(), thin || n.Have < n.Want()
		if text := l.needSays(n); text != "" {
			cell.Says = append(cell.Says, text)
		}
	}
	if heads < 0 { // nothing plain is asked
		heads = check.Heads(s.ID)
	}
	if lost := l.lost[s.ID]; len(lost) > 0 {
		short, cell.Says = true, append(cell.Says, l.T("plan.cell.unheard", "who", l.who(lost...)))
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
	on := l.sorted(check.On(s.ID))
	cell.Names = make([]templates.RotaName, 0, len(on))
	for _, a := range on {
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
	roles := rota.ShiftRoles()
	rank := func(a rota.Assignment) int { return slices.Index(roles, a.Role) }
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

// named is a person beside the name.
type named struct {
	name string
	*rota.Person
}

// byPerson has a row for everybody who may be planned, or is.
func (l *look) byPerson(check *rota.Checker, shifts []*rota.Shift) []templates.RotaRow {
	has := make(map[helpline.ID]*[7][]templates.RotaName, len(l.book.People))
	minutes := make(map[helpline.ID]int, len(l.book.People))
	for _, s := range shifts {
		if l.off(s) {
			continue
		}
		name, href, at := s.Name+" "+l.clocks(s.Interval()), l.shiftAt(s.ID), l.on(s.Date)
		for _, a := range check.On(s.ID) {
			n := templates.RotaName{ID: a.ID.String(), Name: name, Href: href, Pinned: a.Pinned, Open: a.Minds}
			if a.Role != rota.Counsellor {
				n.Tag = l.role(a.Role)
			}
			if a.Minds {
				n.Tag = l.T("plan.cell.minds")
			} else {
				minutes[a.Person] += s.Work()
			}
			week := has[a.Person]
			if week == nil {
				week = &[7][]templates.RotaName{}
				has[a.Person] = week
			}
			week[at] = append(week[at], n)
		}
	}
	away := l.away()
	spoken := map[int]string{}
	hours := func(minutes int) string {
		text, known := spoken[minutes]
		if !known {
			text = l.hours(minutes)
			spoken[minutes] = text
		}
		return text
	}
	target := make(map[helpline.ID]int, len(l.book.Terms))
	for _, t := range l.book.Terms {
		target[t.Person] = t.Target
	}
	people := make([]named, 0, len(l.book.People))
	for i := range l.book.People {
		people = append(people, named{l.who(l.book.People[i].ID), &l.book.People[i]})
	}
	slices.SortStableFunc(people, func(a, b named) int { return strings.Compare(a.name, b.name) })
	rows := make([]templates.RotaRow, 0, len(people))
	cells := make([]templates.RotaCell, 7*len(people))
	for n, p := range people {
		row := templates.RotaRow{Head: p.name, Cells: cells[7*n : 7*n+7]}
		any, mine, off := false, has[p.ID], away[p.ID]
		for i := range row.Cells {
			cell := &row.Cells[i]
			cell.ID, cell.Class = l.days[i].iso, "none"
			if mine != nil && len(mine[i]) > 0 {
				cell.Names, cell.Class, any = mine[i], "works", true
			}
			if off != nil && off[i] != nil {
				cell.Says = off[i]
				if cell.Class == "none" {
					cell.Class, cell.Mark = "away", templates.RotaMarks["away"]
				}
			}
		}
		if p.Standing != rota.Active && !any || len(p.Roles) == 0 && !any {
			continue
		}
		row.Sub = hours(minutes[p.ID])
		if want := target[p.ID]; want > 0 {
			row.Sub = l.T("plan.hours.of", "have", row.Sub, "want", hours(want))
		}
		if l.may {
			row.Href = "/rota/people/" + p.ID.String()
		}
		rows = append(rows, row)
	}
	return rows
}

// away says of everybody on which days of the week they have leave, cannot, or
// have a wish. Why is nobody's affair and stands nowhere.
func (l *look) away() map[helpline.ID]*[7][]string {
	out := make(map[helpline.ID]*[7][]string, len(l.book.People))
	whole := rota.Interval{Start: l.days[0].in.Start, End: l.days[6].in.End}
	put := func(person helpline.ID, in rota.Interval, says []string) {
		if !in.Meets(whole) {
			return
		}
		days := out[person]
		if days == nil {
			days = &[7][]string{}
			out[person] = days
		}
		for i := range days {
			if days[i] == nil && in.Meets(l.days[i].in) {
				days[i] = says
			}
		}
	}
	leave := []string{l.T("plan.away.leave")}
	for _, a := range l.book.Leaves {
		put(a.Person, a.Interval, leave)
	}
	for _, wish := range []rota.Wish{rota.Cannot, rota.PreferNot, rota.Prefer} {
		says := []string{l.T("plan.away." + strings.ReplaceAll(string(wish), " ", ""))}
		for _, a := range l.book.Availability {
			if a.Wish == wish {
				put(a.Person, a.Interval, says)
			}
		}
	}
	return out
}
