package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
)

// rotaSetup lists the rotas, with the form of a new one or of one that is changed.
func (c *Console) rotaSetup(w http.ResponseWriter, r *http.Request, p staff.Person) {
	one := rota.Rota{Way: rota.Managed, Setup: rota.Team}
	for _, known := range c.Rotas.List() {
		if known.ID.String() == r.URL.Query().Get("rota") {
			one = known
		}
	}
	c.showSetup(w, r, http.StatusOK, p, one, nil, "")
}

func (c *Console) showSetup(w http.ResponseWriter, r *http.Request, status int, p staff.Person, one rota.Rota, faults map[string]string, problem string) {
	words, frame := c.rotaFrame(p, "/rota/setup", "js/form.js")
	frame.Back, frame.Problem = "/rota/setup", problem
	v := templates.RotaSetup{RotaFrame: frame, Form: templates.RotaForm{Name: one.Name, Needs: strings.Join(one.Needs, ", "), Faults: faults}}
	if !one.ID.IsZero() {
		v.Form.ID = one.ID.String()
	}
	for _, way := range []rota.Way{rota.Managed, rota.SelfSignUp, rota.Preferences, rota.Elsewhere} {
		v.Form.Ways = append(v.Form.Ways, templates.Choice{Value: string(way), Label: words.T("plan.way." + string(way)), Checked: way == one.Way})
	}
	for _, setup := range []rota.Setup{rota.Small, rota.Pair, rota.Team} {
		v.Form.Setups = append(v.Form.Setups, templates.Choice{Value: string(setup), Label: words.T("plan.setup." + string(setup)), Checked: setup == one.Setup})
	}
	shifts := map[helpline.ID]bool{}
	if b, err := c.Rotas.Standing(r.Context()); err == nil { // without it the page says less
		for _, t := range b.Templates {
			shifts[t.Rota] = true
		}
		for _, known := range c.Rotas.List() {
			if v.Ready = v.Ready || shifts[known.ID]; !shifts[known.ID] {
				v.Next = append(v.Next, templates.Link{Href: "/rota/setup/" + known.ID.String(), Label: words.T("plan.next.templates", "rota", known.Name)})
			}
		}
	}
	for _, known := range c.Rotas.List() {
		id := known.ID.String()
		v.Rotas = append(v.Rotas, templates.RotaRowOf{
			ID: id, Name: known.Name, Says: words.T("plan.way."+string(known.Way)) + " " + words.T("plan.setup."+string(known.Setup)), Href: "/rota/setup/" + id, Edit: "/rota/setup?rota=" + id + "#form",
		})
	}
	c.show(w, r, status, templates.RotaSetupPage(v))
}

// keepRota makes a rota, changes one, or drops one that has no versions.
func (c *Console) keepRota(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	words, _ := c.inside(p, "rota")
	one := rota.Rota{Name: strings.TrimSpace(short(r.PostForm.Get("name"))), Way: rota.Way(r.PostForm.Get("way")), Setup: rota.Setup(r.PostForm.Get("setup"))}
	for _, need := range strings.Split(short(r.PostForm.Get("needs")), ",") {
		if need = strings.TrimSpace(need); need != "" {
			one.Needs = append(one.Needs, need)
		}
	}
	at := slices.IndexFunc(c.Rotas.List(), func(known rota.Rota) bool { return known.ID.String() == r.PostForm.Get("id") })
	if at >= 0 {
		one.ID, one.Site = c.Rotas.List()[at].ID, c.Rotas.List()[at].Site
	} else if r.PostForm.Get("id") != "" {
		c.lost(w, r, p, helpline.Errorf(helpline.NotFound, "rota: no such rota"))
		return
	}
	if r.PostForm.Get("do") == "drop" && at >= 0 {
		c.kept(w, r, p, "rota.drop", counsel.RotaEdit{DropRota: one.ID}, "/rota/setup", func(problem string) {
			c.showSetup(w, r, http.StatusConflict, p, one, nil, problem)
		})
		return
	}
	faults := map[string]string{}
	if !sayable(one.Name) {
		faults["name"] = words.T("rota.fault.name")
	}
	if slices.ContainsFunc(one.Needs, func(s string) bool { return !sayable(s) }) || len(one.Needs) > 10 {
		faults["needs"] = words.T("plan.fault.needs")
	}
	if !slices.Contains([]rota.Way{rota.Managed, rota.SelfSignUp, rota.Preferences, rota.Elsewhere}, one.Way) {
		faults["way"] = words.T("plan.fault.way")
	}
	if !slices.Contains([]rota.Setup{rota.Small, rota.Pair, rota.Team}, one.Setup) {
		faults["setup"] = words.T("plan.fault.setup")
	}
	if len(faults) > 0 {
		c.showSetup(w, r, http.StatusUnprocessableEntity, p, one, faults, "")
		return
	}
	next, what := "/rota/setup", "rota"
	if one.ID.IsZero() {
		one.ID = helpline.NewID()
		next, what = next+"/"+one.ID.String(), "rota.new"
	}
	c.kept(w, r, p, what, counsel.RotaEdit{Rota: &one}, next, func(problem string) {
		c.showSetup(w, r, http.StatusConflict, p, one, nil, problem)
	})
}

// kept does an edit of set-up and goes on; again shows the form with what was
// not taken.
func (c *Console) kept(w http.ResponseWriter, r *http.Request, p staff.Person, what string, e counsel.RotaEdit, next string, again func(problem string)) {
	words, _ := c.inside(p, "rota")
	err := c.edit(r, p, what, e)
	switch kind := helpline.KindOf(err); kind {
	case "":
		c.undos.tell(p.ID, words.T("plan.done."+what))
		http.Redirect(w, r, next, http.StatusSeeOther)
	case helpline.Conflict, helpline.Invalid, helpline.NotFound:
		again(words.T("plan.problem.setup." + refusal(kind)))
	default:
		c.fail(w, r, err)
	}
}

// sayable says whether a name can be shown on one line.
func sayable(s string) bool {
	return len(rota.Requirement{Template: helpline.ID{1}, Skill: s}.Faults()) == 0 && strings.TrimSpace(s) != ""
}

// rotaOf finds the rota of an address; else it has answered.
func (c *Console) rotaOf(w http.ResponseWriter, r *http.Request, p staff.Person) (*look, templates.RotaFrame, bool) {
	words, frame := c.rotaFrame(p, "/rota/setup", "js/form.js")
	id := r.PathValue("rota")
	err := form(r)
	var l *look
	if err == nil {
		l, err = c.rotaLook(r, p, words, id, "")
	}
	if err == nil && l.rota.ID.String() != id {
		err = helpline.Errorf(helpline.NotFound, "rota: no such rota")
	}
	if err != nil {
		c.lost(w, r, p, err)
		return nil, frame, false
	}
	return l, frame, true
}

// typedTemplate is the form of a template as it was typed.
type typedTemplate struct {
	id                                                    string
	name, from, to, pause, debrief, first, last, unsocial string
	endDay                                                int
	days                                                  rota.Weekdays
	min, target, most, leader                             string
}

func typedOf(t rota.Template) typedTemplate {
	day := func(d rota.Date) string {
		if d == (rota.Date{}) {
			return ""
		}
		return d.String()
	}
	out := typedTemplate{name: t.Name, from: hand(t.From), to: hand(t.To % 1440), pause: strconv.Itoa(t.Break), debrief: strconv.Itoa(t.Debrief), first: day(t.First), last: day(t.Last), unsocial: string(t.Unsocial), endDay: t.EndDay, days: t.Days}
	if t.To == 1440 {
		out.to = "24:00"
	}
	if !t.ID.IsZero() {
		out.id = t.ID.String()
	}
	return out
}

// rotaTemplates lists the shifts of a rota that come back, with their form.
func (c *Console) rotaTemplates(w http.ResponseWriter, r *http.Request, p staff.Person) {
	l, frame, ok := c.rotaOf(w, r, p)
	if !ok {
		return
	}
	typed := typedTemplate{from: "19:00", to: "22:00", pause: "0", debrief: "0", min: "2", days: rota.On(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday)}
	for _, t := range l.book.Templates {
		if t.ID.String() == r.URL.Query().Get("template") && t.Rota == l.rota.ID {
			typed = typedOf(t)
		}
	}
	c.showTemplates(w, r, http.StatusOK, l, frame, typed, nil)
}

func (c *Console) showTemplates(w http.ResponseWriter, r *http.Request, status int, l *look, frame templates.RotaFrame, t typedTemplate, faults map[string]string) {
	at := "/rota/setup/" + l.rota.ID.String()
	frame.Back = at
	v := templates.RotaTemplates{RotaFrame: frame, Name: l.rota.Name, Action: at, Needs: at + "/needs", Draft: "/rota/draft?rota=" + l.rota.ID.String()}
	f := templates.RotaTemplateForm{
		ID: t.id, Name: t.name, From: t.from, To: t.to, Break: t.pause, Debrief: t.debrief, First: t.first, Last: t.last,
		Min: t.min, Target: t.target, Most: t.most, Leader: t.leader, Faults: faults,
	}
	for i := range 7 {
		d := time.Weekday((i + 1) % 7)
		f.Days = append(f.Days, templates.Choice{Value: strconv.Itoa(i + 1), Label: l.T("staffing.day." + strconv.Itoa(i+1)), Checked: t.days.Has(d)})
	}
	for i := range 3 {
		f.EndDays = append(f.EndDays, templates.Choice{Value: strconv.Itoa(i), Label: l.T("plan.endday." + strconv.Itoa(i)), Checked: i == t.endDay})
	}
	for _, u := range []rota.Unsocial{"", rota.Evening, rota.Night, rota.Weekend, rota.Holiday} {
		key := "plan.unsocial.none"
		if u != "" {
			key = "plan.unsocial." + string(u)
		}
		f.Unsocial = append(f.Unsocial, templates.Choice{Value: string(u), Label: l.T(key), Checked: string(u) == t.unsocial})
	}
	v.Form = f
	for _, t := range l.book.Templates {
		if t.Rota == l.rota.ID {
			v.Rows = append(v.Rows, templates.RotaRowOf{ID: t.ID.String(), Name: t.Name, Says: l.template(t), Edit: at + "?template=" + t.ID.String() + "#form"})
		}
	}
	c.show(w, r, status, templates.RotaTemplatesPage(v))
}

// template says when a template's shifts are.
func (s sayer) template(t rota.Template) string {
	var days []string
	for i := range 7 {
		if t.Days.Has(time.Weekday((i + 1) % 7)) {
			days = append(days, s.T("staffing.short."+strconv.Itoa(i+1)))
		}
	}
	out := strings.Join(days, " ") + ", " + s.walls(t.From, t.To)
	if t.EndDay > 0 {
		out += " (" + s.T("plan.endday."+strconv.Itoa(t.EndDay)) + ")"
	}
	if t.Break > 0 {
		out += ", " + s.T("plan.breakof", "m", t.Break)
	}
	switch {
	case t.First != (rota.Date{}) && t.Last != (rota.Date{}):
		out += ", " + s.stretch(t.First, t.Last)
	case t.First != (rota.Date{}):
		out += ", " + s.T("plan.since", "day", s.full(t.First))
	case t.Last != (rota.Date{}):
		out += ", " + s.T("plan.until", "day", s.full(t.Last))
	}
	return out
}
