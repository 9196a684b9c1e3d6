package console

import (
	"net/http"
	"net/url"
	"strconv"

	"helpline"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
)

// mostInPanel is how many breaches of a kind the page of a week lists.
const mostInPanel = 12

// rotaWeek is the page of a week: a grid that works as links, and the rules
// beside it. With "script" it is the same as data, for the page that shows it.
func (c *Console) rotaWeek(w http.ResponseWriter, r *http.Request, p staff.Person) {
	q := r.URL.Query()
	words, frame := c.rotaFrame(p, "/rota", "js/rota.js")
	l, err := c.rotaLook(r, p, words, q.Get("rota"), q.Get("version"))
	if err != nil {
		c.lost(w, r, p, err)
		return
	}
	v := templates.RotaWeek{RotaFrame: frame, None: len(l.rotas) == 0}
	if v.None {
		c.show(w, r, http.StatusOK, templates.RotaWeekPage(v))
		return
	}
	by := "shift"
	if q.Get("by") == "person" {
		by = "person"
	}
	week := monday(l.begin(c.thisDay()))
	if d, ok := dayOf(q.Get("week")); ok {
		week = monday(d)
	}
	if err := c.drawWeek(&v, l, week, by); err != nil {
		c.fail(w, r, err)
		return
	}
	v.RotaFrame.Back = v.Here
	if q.Has("script") {
		v.RotaFrame.Done = ""
		asJSON(w, http.StatusOK, map[string]any{"rows": v.Grid.Rows, "days": v.Grid.Days, "panel": v.Panel, "undo": v.Undo, "score": v.Score, "points": v.Points})
		return
	}
	c.show(w, r, http.StatusOK, templates.RotaWeekPage(v))
}

// begin is the day a page begins with: today, or the beginning of a version
// that today does not lie in.
func (l *look) begin(today rota.Date) rota.Date {
	if v := l.version; !v.ID.IsZero() && (today.Before(v.First) || v.Last.Before(today)) {
		return v.First
	}
	return today
}

// drawWeek fills the page.
func (c *Console) drawWeek(v *templates.RotaWeek, l *look, week rota.Date, by string) error {
	one := c.checks.of(l, week, week.Plus(6))
	drawn := c.checks.week(l, one, week, c.thisDay(), by)
	v.Grid, v.Panel, v.Score, v.Points = drawn.grid, drawn.panel, drawn.score, drawn.points
	v.Empty = len(v.Grid.Rows) == 0
	v.Draft, v.Here = l.draft(), rotaAt(l, week, by)
	v.Week = l.stretch(week, week.Plus(6))
	v.Earlier, v.Later, v.Now = rotaAt(l, week.Plus(-7), by), rotaAt(l, week.Plus(7), by), rotaAt(l, monday(l.begin(c.thisDay())), by)
	for _, one := range []string{"shift", "person"} {
		v.Views = append(v.Views, templates.Choice{Value: rotaAt(l, week, one), Label: l.T("plan.by." + one), Checked: one == by})
	}
	if len(l.rotas) > 1 {
		for _, one := range l.rotas {
			v.Rotas = append(v.Rotas, templates.Choice{Value: "/rota?" + url.Values{"rota": {one.ID.String()}, "week": {week.String()}}.Encode(), Label: one.Name, Checked: one.ID == l.rota.ID})
		}
	}
	v.Versions = l.versions(week, by)
	if l.version.ID.IsZero() {
		v.State = l.T("plan.state.published")
	} else {
		v.State, v.Version = l.T("plan.state."+string(l.version.State)), l.version.ID.String()
		v.Period = l.stretch(l.version.First, l.version.Last)
		v.Panel.Plan = "/rota/plan/" + v.Version
	}
	v.Print = l.paper(c.Line.Name, c.thisDay())
	v.Calls = l.onCall(rota.Days(week, week.Plus(6), l.zone))
	for _, s := range l.book.Swaps {
		if s.State == rota.Claimed || s.State == rota.Open && s.Kind == rota.Drop {
			v.Asked++
		}
	}
	left, err := c.RotaLedger.Left(actor(l.person))
	if err != nil {
		return err
	}
	for _, one := range left {
		v.Left = append(v.Left, templates.Choice{
			Value: "/rota/shift/" + one.Shift.ID.String(),
			Label: l.T("plan.left.place", "shift", one.Shift.Name, "when", l.when(one.Shift.Interval()), "whose", l.who(one.Person), "who", l.who(one.Minder)),
		})
	}
	v.Script = templates.ScriptWords(l.Words, "plan.js.")
	return nil
}

// paper says of which rota a page is, for whoever finds it on a wall.
func (l *look) paper(line string, today rota.Date) string {
	state := l.T("plan.state.published")
	if !l.version.ID.IsZero() {
		state = l.T("plan.state." + string(l.version.State))
	}
	return l.T("plan.paper", "line", line, "rota", l.rota.Name, "state", state, "day", l.dayMonth(today)+" "+strconv.Itoa(today.Year))
}

// score lists the parts that cost something.
func (s sayer) score(score rota.Score) []templates.RotaPart {
	var out []templates.RotaPart
	for _, part := range score.Parts {
		if part.Points != 0 {
			out = append(out, templates.RotaPart{
				Name: s.T("rota.part." + string(part.Part)), Amount: strconv.FormatInt(part.Amount, 10), Points: strconv.FormatInt(part.Points, 10),
			})
		}
	}
	return out
}

// versions are what can be looked at: what is published, and the drafts.
func (l *look) versions(week rota.Date, by string) []templates.Choice {
	public := *l
	public.version = rota.Version{}
	out := []templates.Choice{{Value: rotaAt(&public, week, by), Label: l.T("plan.published"), Checked: l.version.ID.IsZero()}}
	for _, v := range l.all {
		if v.State != rota.Draft {
			continue
		}
		one := *l
		one.version = v
		at := week
		if week.Plus(6).Before(v.First) || v.Last.Before(week) {
			at = monday(v.First)
		}
		out = append(out, templates.Choice{Value: rotaAt(&one, at, by), Label: l.T("plan.draftof", "period", l.stretch(v.First, v.Last)), Checked: v.ID == l.version.ID})
	}
	return out
}

// inWeek keeps the breaches about this rota's shifts of a week.
func (l *look) inWeek(all []rota.Breach, week rota.Date) []rota.Breach {
	mine := map[helpline.ID]bool{}
	for _, s := range l.ours(week, week.Plus(6)) {
		mine[s.ID] = true
	}
	var out []rota.Breach
	for _, b := range all {
		for _, s := range b.Shifts {
			if mine[s] {
				out = append(out, b)
				break
			}
		}
	}
	return out
}

// The days before and after some others that rest and averages reach over.
const (
	daysBefore = 42
	daysAfter  = 14
)

// around is a book with the shifts of some days and of those around them: what
// is published grows over the years, and a week needs little of it.
func around(b *rota.Book, first, last rota.Date) *rota.Book {
	first, last = first.Plus(-daysBefore), last.Plus(daysAfter)
	out := *b
	out.Shifts, out.Assignments = nil, nil
	kept := map[helpline.ID]bool{}
	for _, s := range b.Shifts {
		if !s.Date.Before(first) && !last.Before(s.Date) {
			kept[s.ID] = true
			out.Shifts = append(out.Shifts, s)
		}
	}
	for _, a := range b.Assignments {
		if kept[a.Shift] {
			out.Assignments = append(out.Assignments, a)
		}
	}
	return &out
}
