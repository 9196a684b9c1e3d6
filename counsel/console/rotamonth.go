package console

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
)

// rotaMonth shows a month of what is published: how each shift is covered.
func (c *Console) rotaMonth(w http.ResponseWriter, r *http.Request, p staff.Person) {
	q := r.URL.Query()
	words, frame := c.rotaFrame(p, "/rota/month")
	l, err := c.rotaLook(r, p, words, q.Get("rota"), q.Get("version"))
	if err != nil {
		c.lost(w, r, p, err)
		return
	}
	frame.Back = "/rota/month"
	first := l.begin(c.thisDay())
	if t, err := time.Parse("2006-01", q.Get("month")); err == nil {
		first = rota.DateOf(t)
	}
	first.Day = 1
	at := func(d rota.Date) string {
		q := url.Values{"month": {d.String()[:7]}}
		switch {
		case !l.version.ID.IsZero():
			q.Set("version", l.version.ID.String())
		case len(l.rotas) > 1:
			q.Set("rota", l.rota.ID.String())
		}
		return "/rota/month?" + q.Encode()
	}
	after := first.Plus(31)
	after.Day = 1
	before := first.Plus(-1)
	before.Day = 1
	v := templates.RotaMonth{
		RotaFrame: frame, Month: l.monthYear(first), Earlier: at(before), Later: at(after),
	}
	if len(l.rotas) > 1 {
		for _, one := range l.rotas {
			v.Rotas = append(v.Rotas, templates.Choice{Value: "/rota/month?" + url.Values{"rota": {one.ID.String()}, "month": {first.String()[:7]}}.Encode(), Label: one.Name, Checked: one.ID == l.rota.ID})
		}
	}
	for i := range 7 {
		v.Days = append(v.Days, words.T("staffing.short."+strconv.Itoa(i+1)))
	}
	if len(l.rotas) > 0 {
		v.Weeks = l.weeks(c.checks.of(l, first, after).check, first, after)
		v.Print = l.paper(c.Line.Name, c.thisDay())
	}
	c.show(w, r, http.StatusOK, templates.RotaMonthPage(v))
}

// weeks are the weeks of a month, each with its days; days of other months are
// empty.
func (l *look) weeks(check *rota.Checker, first, after rota.Date) []templates.RotaRow {
	l.week(check, monday(first))
	by := map[rota.Date][]*rota.Shift{}
	for _, s := range l.ours(first, after.Plus(-1)) {
		by[s.Date] = append(by[s.Date], s)
	}
	var out []templates.RotaRow
	for week := monday(first); week.Before(after); week = week.Plus(7) {
		row := templates.RotaRow{Head: l.stretch(week, week.Plus(6)), Href: rotaAt(l, week, "shift"), Cells: make([]templates.RotaCell, 7)}
		for i := range row.Cells {
			d := week.Plus(i)
			if d.Before(first) || !d.Before(after) {
				continue
			}
			cell := &row.Cells[i]
			cell.ID, cell.Count, cell.Closed = d.String(), strconv.Itoa(d.Day), l.closed(d)
			for _, s := range by[d] {
				one := l.cell(check, s, "")
				cell.Names = append(cell.Names, templates.RotaName{ID: one.ID, Name: s.Name + " " + one.Count, Href: one.Href, Tag: one.Class})
			}
		}
		out = append(out, row)
	}
	return out
}
