package console

import (
	"cmp"
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

// typedNeed is the form of a cover as it was typed.
type typedNeed struct{ id, template, role, language, skill, min, target, most string }

func (c *Console) showNeeds(w http.ResponseWriter, r *http.Request, status int, l *look, frame templates.RotaFrame, t typedNeed, faults map[string]string) {
	back := "/rota/setup/" + l.rota.ID.String()
	at := back + "/needs"
	frame.Back = at
	v := templates.RotaNeeds{RotaFrame: frame, Name: l.rota.Name, Action: at, Back: back}
	v.Form = c.needForm(l, t, faults)
	for _, one := range l.book.Templates {
		if one.Rota != l.rota.ID {
			continue
		}
		group := templates.RotaNeedGroup{Name: one.Name + ", " + l.template(one)}
		for _, q := range l.book.Requirements {
			if q.Template == one.ID {
				group.Rows = append(group.Rows, templates.RotaRowOf{ID: q.ID.String(), Name: l.asked(q.Role, q.Language, q.Skill), Says: l.cover(q), Edit: at + "?id=" + q.ID.String() + "#form"})
			}
		}
		v.Groups = append(v.Groups, group)
		v.Form.Templates = append(v.Form.Templates, templates.Choice{Value: one.ID.String(), Label: one.Name, Checked: one.ID.String() == t.template})
	}
	c.show(w, r, status, templates.RotaNeedsPage(v))
}

// needForm is the form of what is asked, but for whom it is asked.
func (c *Console) needForm(l *look, t typedNeed, faults map[string]string) templates.RotaNeedForm {
	f := templates.RotaNeedForm{ID: t.id, Skill: t.skill, Min: t.min, Target: t.target, Max: t.most, Faults: faults}
	f.Roles = append(f.Roles, templates.Choice{Label: l.T("plan.need.anyrole"), Checked: t.role == ""})
	for _, role := range rota.ShiftRoles() {
		f.Roles = append(f.Roles, templates.Choice{Value: string(role), Label: l.T("plan.roles." + string(role)), Checked: string(role) == t.role})
	}
	f.Languages = append(f.Languages, templates.Choice{Label: l.T("plan.need.anylanguage"), Checked: t.language == ""})
	for _, one := range c.Line.Locales {
		f.Languages = append(f.Languages, templates.Choice{Value: string(one), Label: l.T("staff.locale." + string(one)), Checked: string(one) == t.language})
	}
	return f
}

// readNeed reads the form of what is asked as it was typed.
func readNeed(r *http.Request) typedNeed {
	get := func(name string) string { return strings.TrimSpace(short(r.PostForm.Get(name))) }
	return typedNeed{get("id"), get("template"), get("role"), get("language"), get("skill"), get("min"), get("target"), get("max")}
}

// need makes a requirement of what was typed, and says what is no number or
// language.
func (c *Console) need(l *look, t typedNeed, faults map[string]string) rota.Requirement {
	number := func(field, text string) int {
		n, err := strconv.Atoi(cmp.Or(text, "0"))
		if err != nil {
			faults[field] = l.T("rota.fault.heads")
		}
		return n
	}
	q := rota.Requirement{Role: rota.Role(t.role), Skill: t.skill, Language: helpline.Locale(t.language), Min: number("min", t.min), Target: number("target", t.target), Max: number("max", t.most)}
	if t.language != "" && !slices.Contains(c.Line.Locales, q.Language) {
		faults["language"] = l.T("rota.fault.language")
	}
	return q
}

// needFaults says what is wrong with a requirement, at its fields.
func (l *look) needFaults(q rota.Requirement, faults map[string]string) {
	for _, f := range q.Faults() {
		if f.Field != "shift" && faults[f.Field] == "" {
			faults[f.Field] = l.T("rota.fault." + f.Why)
		}
	}
}

// cover says how many a requirement asks.
func (s sayer) cover(q rota.Requirement) string {
	parts := []string{s.T("plan.need.min", "n", q.Min)}
	if q.Target > q.Min {
		parts = append(parts, s.T("plan.need.target", "n", q.Target))
	}
	if q.Max > 0 {
		parts = append(parts, s.T("plan.need.max", "n", q.Max))
	}
	return strings.Join(parts, ", ")
}

// keepNeed makes what a template asks, changes it, or drops it.
func (c *Console) keepNeed(w http.ResponseWriter, r *http.Request, p staff.Person) {
	l, frame, ok := c.rotaOf(w, r, p)
	if !ok {
		return
	}
	t := readNeed(r)
	next := "/rota/setup/" + l.rota.ID.String() + "/needs"
	again := func(problem string) {
		frame.Problem = problem
		c.showNeeds(w, r, http.StatusConflict, l, frame, t, nil)
	}
	ours := func(id helpline.ID) bool {
		return slices.ContainsFunc(l.book.Templates, func(one rota.Template) bool { return one.ID == id && one.Rota == l.rota.ID })
	}
	at := slices.IndexFunc(l.book.Requirements, func(q rota.Requirement) bool { return q.ID.String() == t.id && ours(q.Template) })
	if at < 0 && t.id != "" {
		c.lost(w, r, p, helpline.Errorf(helpline.NotFound, "rota: no such cover"))
		return
	}
	if r.PostForm.Get("do") == "drop" && at >= 0 {
		id := l.book.Requirements[at].ID
		t = typedNeed{min: "1"}
		c.kept(w, r, p, "need.drop", counsel.RotaEdit{DropRequirement: id}, next, again)
		return
	}
	faults := map[string]string{}
	q := c.need(l, t, faults)
	template, err := helpline.ParseID(t.template)
	if err != nil || !ours(template) {
		faults["template"] = l.T("rota.fault.either")
	}
	q.Template = template
	l.needFaults(q, faults)
	if q.Min+q.Target+q.Max == 0 && len(faults) == 0 {
		faults["min"] = l.T("plan.fault.nothing")
	}
	if len(faults) > 0 {
		c.showNeeds(w, r, http.StatusUnprocessableEntity, l, frame, t, faults)
		return
	}
	what := "need.new"
	q.ID = helpline.NewID()
	if at >= 0 {
		q.ID, what = l.book.Requirements[at].ID, "need"
	}
	c.kept(w, r, p, what, counsel.RotaEdit{Requirement: &q}, next, again)
}

// rotaClosed lists the days on which no shift begins.
func (c *Console) rotaClosed(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showClosed(w, r, http.StatusOK, p, templates.RotaClosed{}, "")
}

// shownShut is for how many days after it a closed day is shown.
const shownShut = 60

func (c *Console) showClosed(w http.ResponseWriter, r *http.Request, status int, p staff.Person, v templates.RotaClosed, of string) {
	words, frame := c.rotaFrame(p, "/rota/closed", "js/form.js")
	l, err := c.rotaLook(r, p, words, "", "")
	if err != nil {
		c.lost(w, r, p, err)
		return
	}
	frame.Back, frame.Problem = "/rota/closed", v.Fault
	v.RotaFrame = frame
	v.Rotas = append(v.Rotas, templates.Choice{Label: words.T("plan.closed.all"), Checked: of == ""})
	for _, one := range l.rotas {
		v.Rotas = append(v.Rotas, templates.Choice{Value: one.ID.String(), Label: one.Name, Checked: one.ID.String() == of})
	}
	today := c.thisDay() // they are kept with their shifts; nobody looks for those of last year here
	all := slices.DeleteFunc(slices.Clone(l.book.Closures), func(one rota.Closure) bool { return one.Last.Before(today.Plus(-shownShut)) })
	slices.SortStableFunc(all, func(a, b rota.Closure) int { return cmp.Compare(a.First.String(), b.First.String()) })
	for _, one := range all {
		row := templates.RotaRowOf{ID: one.ID.String(), Name: l.stretch(one.First, one.Last), Says: words.T("plan.closed.all")}
		for _, known := range l.rotas {
			if known.ID == one.Rota {
				row.Says = known.Name
			}
		}
		v.Rows = append(v.Rows, row)
	}
	c.show(w, r, status, templates.RotaClosedPage(v))
}

// keepClosed closes days, or opens them again.
func (c *Console) keepClosed(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	words, _ := c.inside(p, "rota")
	get := func(name string) string { return strings.TrimSpace(short(r.PostForm.Get(name))) }
	v := templates.RotaClosed{First: get("first"), Last: get("last")}
	again := func(problem string) {
		v.Fault = problem
		c.showClosed(w, r, http.StatusConflict, p, v, get("rota"))
	}
	if get("do") == "drop" {
		id, err := helpline.ParseID(get("id"))
		if err != nil {
			c.lost(w, r, p, helpline.Errorf(helpline.NotFound, "rota: no such closure"))
			return
		}
		c.kept(w, r, p, "closed.drop", counsel.RotaEdit{DropClosure: id}, "/rota/closed", again)
		return
	}
	one := rota.Closure{ID: helpline.NewID()}
	v.Faults = map[string]string{}
	day := func(field, text string) rota.Date {
		d, ok := dayOf(text)
		if !ok {
			v.Faults[field] = words.T("rota.fault.date")
		}
		return d
	}
	one.First, one.Last = day("first", v.First), day("last", cmp.Or(v.Last, v.First))
	if v.Last == "" {
		delete(v.Faults, "last")
	}
	if f := (rota.Version{First: one.First, Last: one.Last}).Faults(); len(v.Faults) == 0 && len(f) > 0 {
		field := "last"
		if f[0].Field == "first" {
			field = "first"
		}
		v.Faults[field] = words.T("rota.fault." + f[0].Why)
	}
	if of := get("rota"); of != "" {
		at := slices.IndexFunc(c.Rotas.List(), func(known rota.Rota) bool { return known.ID.String() == of })
		if at < 0 {
			c.lost(w, r, p, helpline.Errorf(helpline.NotFound, "rota: no such rota"))
			return
		}
		one.Rota = c.Rotas.List()[at].ID
	}
	if len(v.Faults) > 0 {
		c.showClosed(w, r, http.StatusUnprocessableEntity, p, v, get("rota"))
		return
	}
	l, err := c.rotaLook(r, p, words, "", "")
	if err != nil {
		c.lost(w, r, p, err)
		return
	}
	if l.askClosed(&v, one, time.Now()); v.Ask != "" && (get("sure") != "yes" || get("saw") != v.Saw) {
		c.showClosed(w, r, http.StatusConflict, p, v, get("rota"))
		return
	}
	c.kept(w, r, p, "closed", counsel.RotaEdit{Closure: &one}, "/rota/closed", again)
}
