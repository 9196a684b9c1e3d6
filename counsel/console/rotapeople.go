package console

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
)

// mostSkills is how many skills somebody can have, and how many empty rows the
// form has beside those.
const (
	mostSkills = 20
	emptyRows  = 2
)

// rotaSkills are the skills that mean something to the rota. They are chosen and
// not typed: what is kept is the same in every language.
var rotaSkills = []string{counsel.TraineeSkill, rota.Mentor}

// rotaPeople lists who can be planned, what was agreed and what they know.
func (c *Console) rotaPeople(w http.ResponseWriter, r *http.Request, p staff.Person) {
	words, frame := c.rotaFrame(p, "/rota/people")
	l, err := c.rotaLook(r, p, words, "", "")
	if err != nil {
		c.lost(w, r, p, err)
		return
	}
	frame.Back = "/rota/people"
	v := templates.RotaPeople{RotaFrame: frame}
	for _, one := range l.planned() {
		row := templates.RotaPersonRow{Name: l.who(one.ID), Href: "/rota/people/" + one.ID.String()}
		var roles, skills []string
		for _, role := range one.Roles {
			roles = append(roles, l.role(role))
		}
		for _, s := range l.skillsOf(one.ID) {
			text := l.skill(s.Name)
			if s.Expires != (rota.Date{}) {
				text = l.T("plan.skill.until", "skill", l.skill(s.Name), "day", l.full(s.Expires))
				if !s.Good(c.thisDay()) {
					text = l.T("plan.skill.over", "skill", l.skill(s.Name), "day", l.full(s.Expires))
				}
			}
			skills = append(skills, text)
		}
		row.Roles, row.Skills = strings.Join(roles, ", "), strings.Join(skills, ", ")
		if t, ok := l.termsOf(one.ID); ok {
			row.Terms = l.terms(t)
		}
		if one.Standing == rota.Suspended {
			row.Off = l.T("byhand.pause.tag")
		}
		v.Rows = append(v.Rows, row)
	}
	c.show(w, r, http.StatusOK, templates.RotaPeoplePage(v))
}

// planned are the people who can be planned, by name.
func (l *look) planned() []rota.Person {
	out := slices.DeleteFunc(slices.Clone(l.book.People), func(p rota.Person) bool { return p.Standing == rota.Removed || len(p.Roles) == 0 })
	slices.SortStableFunc(out, func(a, b rota.Person) int { return strings.Compare(l.names[a.ID], l.names[b.ID]) })
	return out
}

func (l *look) termsOf(person helpline.ID) (rota.Terms, bool) {
	at := slices.IndexFunc(l.book.Terms, func(t rota.Terms) bool { return t.Person == person })
	if at < 0 {
		return rota.Terms{Person: person, Employment: rota.Volunteer, Share: 1}, false
	}
	return l.book.Terms[at], true
}

func (l *look) skillsOf(person helpline.ID) []rota.Skill {
	var out []rota.Skill
	for _, s := range l.book.Skills {
		if s.Person == person {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b rota.Skill) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// terms says what was agreed with somebody.
func (s sayer) terms(t rota.Terms) string {
	parts := []string{s.T("plan.tie." + string(t.Employment))}
	if t.Target > 0 {
		parts = append(parts, s.T("plan.terms.target", "hours", s.hours(t.Target)))
	}
	if t.Max > 0 {
		parts = append(parts, s.T("plan.terms.max", "hours", s.hours(t.Max)))
	}
	if t.Profile != "" {
		parts = append(parts, s.T("rota.law."+t.Profile))
	}
	return strings.Join(parts, ", ")
}

// typedTerms is the form of somebody's terms as it was typed.
type typedTerms struct {
	tie, profile, min, target, most, share string
	skills                                 []templates.RotaSkill
}

// termsLook finds the person of an address; else it has answered.
func (c *Console) termsLook(w http.ResponseWriter, r *http.Request, p staff.Person) (*look, templates.RotaFrame, helpline.ID, bool) {
	words, frame := c.rotaFrame(p, "/rota/people", "js/form.js")
	id, err := helpline.ParseID(r.PathValue("person"))
	if err == nil {
		err = form(r)
	} else {
		err = helpline.Errorf(helpline.NotFound, "rota: no such person")
	}
	var l *look
	if err == nil {
		l, err = c.rotaLook(r, p, words, "", "")
	}
	if err == nil && !slices.ContainsFunc(l.book.People, func(one rota.Person) bool { return one.ID == id && one.Standing != rota.Removed }) {
		err = helpline.Errorf(helpline.NotFound, "rota: no such person")
	}
	if err != nil {
		c.lost(w, r, p, err)
		return nil, frame, id, false
	}
	return l, frame, id, true
}

func (c *Console) rotaTerms(w http.ResponseWriter, r *http.Request, p staff.Person) {
	l, frame, id, ok := c.termsLook(w, r, p)
	if !ok {
		return
	}
	t, _ := l.termsOf(id)
	hours := func(minutes int) string {
		if minutes == 0 {
			return ""
		}
		return strconv.FormatFloat(float64(minutes)/60, 'f', -1, 64)
	}
	typed := typedTerms{tie: string(t.Employment), profile: t.Profile, min: hours(t.Min), target: hours(t.Target), most: hours(t.Max), share: strconv.Itoa(max(1, t.Share))}
	for _, s := range l.skillsOf(id) {
		one := templates.RotaSkill{Name: s.Name}
		if s.Expires != (rota.Date{}) {
			one.Expires = s.Expires.String()
		}
		typed.skills = append(typed.skills, one)
	}
	c.showTerms(w, r, http.StatusOK, l, frame, id, typed, nil)
}

func (c *Console) showTerms(w http.ResponseWriter, r *http.Request, status int, l *look, frame templates.RotaFrame, id helpline.ID, t typedTerms, faults map[string]string) {
	at := "/rota/people/" + id.String()
	frame.Back = at
	_, has := l.termsOf(id)
	off := ""
	if standing(l.book, id).Standing == rota.Suspended {
		off = l.T("byhand.pause.tag")
	}
	v := templates.RotaTerms{
		RotaFrame: frame, Name: l.who(id), Action: at, Min: t.min, Target: t.target, Max: t.most, Share: t.share, Faults: faults, Has: has, Off: off,
	}
	for _, name := range rotaSkills {
		one := templates.RotaSkill{Name: name, Says: l.T("plan.skill.is." + name)}
		if at := slices.IndexFunc(t.skills, func(s templates.RotaSkill) bool { return s.Name == name }); at >= 0 {
			one.Has, one.Expires = true, t.skills[at].Expires
		}
		v.Training = append(v.Training, one)
	}
	for _, s := range t.skills {
		if !slices.Contains(rotaSkills, s.Name) {
			v.Skills = append(v.Skills, s)
		}
	}
	v.Skills = append(v.Skills, make([]templates.RotaSkill, emptyRows)...)
	for _, tie := range []rota.Employment{rota.Volunteer, rota.Employee} {
		v.Ties = append(v.Ties, templates.Choice{Value: string(tie), Label: l.T("plan.tie." + string(tie)), Checked: string(tie) == t.tie})
	}
	v.Profiles = append(v.Profiles, templates.Choice{Label: l.T("plan.profile.line", "law", l.T("rota.law."+l.law.ID)), Checked: t.profile == ""})
	for _, law := range rota.Profiles() {
		v.Profiles = append(v.Profiles, templates.Choice{Value: law.ID, Label: l.T("rota.law." + law.ID), Checked: law.ID == t.profile})
	}
	for _, s := range l.book.Skills {
		v.Known = append(v.Known, s.Name)
	}
	for _, one := range l.rotas {
		v.Known = append(v.Known, one.Needs...)
	}
	slices.Sort(v.Known)
	v.Known = slices.DeleteFunc(slices.Compact(v.Known), func(name string) bool { return slices.Contains(rotaSkills, name) })
	c.show(w, r, status, templates.RotaTermsPage(v))
}

// keepTerms keeps what was agreed with somebody and what they know, together.
func (c *Console) keepTerms(w http.ResponseWriter, r *http.Request, p staff.Person) {
	l, frame, id, ok := c.termsLook(w, r, p)
	if !ok {
		return
	}
	get := func(name string) string { return strings.TrimSpace(short(r.PostForm.Get(name))) }
	typed := typedTerms{tie: get("kind"), profile: get("law"), min: get("min"), target: get("target"), most: get("max"), share: get("share")}
	names, until := r.PostForm["skill[]"], r.PostForm["expires[]"]
	faults := map[string]string{}
	var skills []rota.Skill
	for i, name := range names[:min(len(names), len(rotaSkills)+mostSkills+emptyRows)] {
		one := templates.RotaSkill{Name: strings.TrimSpace(short(name))}
		if i < len(until) {
			one.Expires = strings.TrimSpace(short(until[i]))
		}
		if one.Name == "" && (one.Expires == "" || i < len(rotaSkills)) { // of those that are chosen, a day alone says nothing
			continue
		}
		typed.skills = append(typed.skills, one)
		s := rota.Skill{Person: id, Name: one.Name}
		if !sayable(one.Name) {
			faults["skill"] = l.T("rota.fault.name")
		}
		if slices.ContainsFunc(skills, func(o rota.Skill) bool { return o.Name == one.Name }) {
			faults["skill"] = l.T("plan.fault.skilltwice")
		}
		if one.Expires != "" {
			d, ok := dayOf(one.Expires)
			if !ok {
				faults["skill"] = l.T("rota.fault.date")
			}
			s.Expires = d
		}
		skills = append(skills, s)
	}
	t := rota.Terms{Person: id, Employment: rota.Employment(typed.tie), Profile: typed.profile}
	if t.Employment != rota.Volunteer && t.Employment != rota.Employee {
		faults["kind"] = l.T("plan.fault.kind")
	}
	if _, err := rota.ProfileNamed(t.Profile); t.Profile != "" && err != nil {
		faults["law"] = l.T("plan.fault.law")
	}
	for _, one := range []struct {
		field, text string
		into        *int
	}{{"min", typed.min, &t.Min}, {"target", typed.target, &t.Target}, {"max", typed.most, &t.Max}} {
		minutes, ok := hoursOf(one.text)
		if !ok {
			faults[one.field] = l.T("plan.fault.hours")
		}
		*one.into = minutes
	}
	if len(faults) == 0 && (t.Target > 0 && t.Target < t.Min || t.Max > 0 && t.Max < max(t.Min, t.Target)) {
		faults["target"] = l.T("rota.fault.order")
	}
	if t.Share, ok = whole(cmp.Or(typed.share, "1"), 1, 10); !ok {
		faults["share"] = l.T("plan.fault.share")
	}
	if len(faults) > 0 {
		c.showTerms(w, r, http.StatusUnprocessableEntity, l, frame, id, typed, faults)
		return
	}
	e := counsel.RotaEdit{Several: []counsel.RotaEdit{{Terms: &t}, {SkillsOf: id, Skills: skills}}}
	c.kept(w, r, p, "terms", e, "/rota/people", func(problem string) {
		frame.Problem = problem
		c.showTerms(w, r, http.StatusConflict, l, frame, id, typed, nil)
	})
}

// hoursOf reads hours a week, such as 8, 7.5, 7,5 or 7:30, as minutes.
func hoursOf(text string) (int, bool) {
	if text == "" {
		return 0, true
	}
	const most = 100
	if h, m, ok := strings.Cut(text, ":"); ok {
		hours, okH := whole(h, 0, most)
		minutes, okM := whole(m, 0, 59)
		return hours*60 + minutes, okH && okM && len(m) == 2
	}
	hours, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	return int(hours*60 + .5), err == nil && hours >= 0 && hours <= most
}
