package console

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
)

// keepTemplate makes a shift that comes back, with the cover it asks; changes
// one; or drops one. Shifts that stand in a version stay as they are.
func (c *Console) keepTemplate(w http.ResponseWriter, r *http.Request, p staff.Person) {
	l, frame, ok := c.rotaOf(w, r, p)
	if !ok {
		return
	}
	next := "/rota/setup/" + l.rota.ID.String()
	at := slices.IndexFunc(l.book.Templates, func(t rota.Template) bool { return t.ID.String() == r.PostForm.Get("id") && t.Rota == l.rota.ID })
	if at < 0 && r.PostForm.Get("id") != "" {
		c.lost(w, r, p, helpline.Errorf(helpline.NotFound, "rota: no such template"))
		return
	}
	typed, t, faults := l.readTemplate(r)
	again := func(problem string) {
		frame.Problem = problem
		c.showTemplates(w, r, http.StatusConflict, l, frame, typed, nil)
	}
	if r.PostForm.Get("do") == "drop" && at >= 0 {
		typed = typedTemplate{}
		c.kept(w, r, p, "template.drop", counsel.RotaEdit{DropTemplate: l.book.Templates[at].ID}, next, again)
		return
	}
	if at >= 0 {
		t.ID, typed.id = l.book.Templates[at].ID, l.book.Templates[at].ID.String()
	}
	cover := l.readCover(typed, at < 0, faults)
	if len(faults) > 0 {
		c.showTemplates(w, r, http.StatusUnprocessableEntity, l, frame, typed, faults)
		return
	}
	e, what := counsel.RotaEdit{Template: &t}, "template"
	if at < 0 {
		what = "template.new"
		t.ID = helpline.NewID()
		several := []counsel.RotaEdit{{Template: &t}}
		for i := range cover {
			cover[i].ID, cover[i].Template = helpline.NewID(), t.ID
			several = append(several, counsel.RotaEdit{Requirement: &cover[i]})
		}
		e = counsel.RotaEdit{Several: several}
	}
	c.kept(w, r, p, what, e, next, again)
}

// looseClock is a time as people type it: 19.00, 1900, 9:00.
var looseClock = regexp.MustCompile(`^(\d{1,2})[.:]?(\d{2})$`)

// tidyClock writes a time as 19:00. Any other text stays as it is.
func tidyClock(text string) string {
	at := looseClock.FindStringSubmatch(text)
	if at == nil {
		return text
	}
	return ("0" + at[1])[len(at[1])-1:] + ":" + at[2]
}

// readTemplate reads the form of a template, and what is wrong with it in words.
func (l *look) readTemplate(r *http.Request) (typedTemplate, rota.Template, map[string]string) {
	get := func(name string) string { return strings.TrimSpace(short(r.PostForm.Get(name))) }
	typed := typedTemplate{
		id: get("id"), name: get("name"), from: tidyClock(get("from")), to: tidyClock(get("to")), pause: get("break"), debrief: get("debrief"),
		first: get("first"), last: get("last"), unsocial: get("unsocial"), min: get("min"), target: get("target"), most: get("max"), leader: get("leader"),
	}
	t := rota.Template{Rota: l.rota.ID, Name: typed.name, Unsocial: rota.Unsocial(typed.unsocial)}
	for _, day := range r.PostForm["days"] {
		if n, ok := whole(day, 1, 7); ok {
			t.Days |= rota.On(time.Weekday(n % 7))
		}
	}
	typed.days = t.Days
	bad := map[string]string{}
	fault := func(field, why string) {
		if bad[field] == "" {
			bad[field] = l.T("rota.fault." + why)
		}
	}
	read := func(field, text string, into *int, most int, why string) {
		n, ok := 0, true
		if text != "" {
			n, ok = whole(text, 0, most)
		}
		if !ok {
			fault(field, why)
		}
		*into = n
	}
	var ok bool
	if t.From, ok = clock(typed.from); !ok {
		fault("from", "clock")
	}
	if t.To, ok = clock(typed.to); !ok {
		if typed.to != "24:00" {
			fault("to", "clock")
		}
		t.To = 1440
	}
	read("endday", get("endday"), &t.EndDay, 2, "endday")
	typed.endDay = t.EndDay
	read("break", typed.pause, &t.Break, 1440, "break")
	read("debrief", typed.debrief, &t.Debrief, 1440, "debrief")
	for _, one := range []struct {
		field, text string
		into        *rota.Date
	}{{"first", typed.first, &t.First}, {"last", typed.last, &t.Last}} {
		if one.text == "" {
			continue
		}
		d, ok := dayOf(one.text)
		if !ok {
			fault(one.field, "date")
		}
		*one.into = d
	}
	for _, f := range t.Faults() {
		if bad["from"] == "" && bad["to"] == "" || f.Field != "from" && f.Field != "to" && f.Field != "break" {
			fault(f.Field, f.Why)
		}
	}
	return typed, t, bad
}

// readCover reads what a new template asks right away: people, and leaders.
func (l *look) readCover(typed typedTemplate, isNew bool, faults map[string]string) []rota.Requirement {
	if !isNew {
		return nil
	}
	var out []rota.Requirement
	number := func(field, text string) int {
		if text == "" {
			return 0
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			faults[field] = l.T("rota.fault.heads")
			return 0
		}
		return n
	}
	plain := rota.Requirement{Template: helpline.ID{1}, Min: number("min", typed.min), Target: number("target", typed.target), Max: number("max", typed.most)}
	leader := rota.Requirement{Template: helpline.ID{1}, Role: rota.Leader, Min: number("leader", typed.leader)}
	for _, f := range plain.Faults() {
		faults[f.Field] = l.T("rota.fault." + f.Why)
	}
	if len(leader.Faults()) > 0 {
		faults["leader"] = l.T("rota.fault.heads")
	}
	if plain.Min+plain.Target+plain.Max > 0 {
		out = append(out, plain)
	}
	if leader.Min > 0 {
		out = append(out, leader)
	}
	return out
}

// rotaNeeds lists what the shifts of a rota ask for.
func (c *Console) rotaNeeds(w http.ResponseWriter, r *http.Request, p staff.Person) {
	l, frame, ok := c.rotaOf(w, r, p)
	if !ok {
		return
	}
	typed := typedNeed{min: "1"}
	for _, q := range l.book.Requirements {
		if q.ID.String() == r.URL.Query().Get("id") {
			typed = typedNeed{
				id: q.ID.String(), template: q.Template.String(), role: string(q.Role), language: string(q.Language), skill: q.Skill,
				min: strconv.Itoa(q.Min), target: strconv.Itoa(q.Target), most: strconv.Itoa(q.Max),
			}
		}
	}
	c.showNeeds(w, r, http.StatusOK, l, frame, typed, nil)
}
