package console

import (
	"errors"
	"net/http"
	"slices"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

// peopleRoutes are those of the list of people, of one person, and of what
// everybody has of their own.
func (c *Console) peopleRoutes() []entry {
	return []entry{
		route("GET", "/people", helpline.SupervisorOnly, counsel.SeePeople, c.people),
		stepUp(route("POST", "/people", helpline.SupervisorOnly, counsel.InvitePeers, c.invite)),
		route("GET", listAt, helpline.SupervisorOnly, counsel.InvitePeers, c.listPage),
		route("POST", listAt, helpline.SupervisorOnly, counsel.InvitePeers, c.lookAtList),
		stepUp(route("POST", listAt+"/invite", helpline.SupervisorOnly, counsel.InvitePeers, c.inviteList)),
		route("GET", "/people/{person}", helpline.SupervisorOnly, counsel.SeePeople, c.personPage),
		stepUp(route("POST", "/people/{person}", helpline.SupervisorOnly, counsel.InvitePeers, c.setPerson)),
		route("POST", "/people/{person}/withdraw", helpline.SupervisorOnly, counsel.InvitePeers, c.withdraw),
		stepUp(route("POST", "/people/{person}/invite", helpline.SupervisorOnly, counsel.InvitePeers, c.reinvite)),
		route("GET", "/people/{person}/words", helpline.SupervisorOnly, counsel.VouchPeers, c.wordsPage),
		stepUp(route("POST", "/people/{person}/words", helpline.SupervisorOnly, counsel.VouchPeers, c.vouch)),
		route("GET", "/words", helpline.StaffOnly, counsel.ChangeOwn, c.ownWords),
		route("GET", ownPage, helpline.StaffOnly, counsel.ChangeOwn, c.me),
		route("POST", ownPage, helpline.StaffOnly, counsel.ChangeOwn, c.setMe),
	}
}

// me is what a person decides about themselves.
func (c *Console) me(w http.ResponseWriter, r *http.Request, p staff.Person) {
	saved := r.URL.Query().Has("saved")
	c.showMe(w, r, http.StatusOK, p, staff.Profile{Alias: p.Alias, Locales: p.Locales, Audiences: p.Audiences, Language: p.Language}, "", saved)
}

func (c *Console) showMe(w http.ResponseWriter, r *http.Request, status int, p staff.Person, f staff.Profile, problem string, saved bool) {
	words, frame := c.inside(p, "me", "js/form.js")
	v := templates.Me{Staff: frame, Name: p.Name, Typed: f.Alias, Problem: problem, Saved: saved}
	for _, role := range p.Roles {
		v.Roles = append(v.Roles, roleWords(words, role))
	}
	for _, l := range screens() {
		v.Languages = append(v.Languages, templates.Choice{
			Value: string(l), Label: c.Words.In(l).T("language.name"), Checked: string(l) == words.Lang(),
		})
	}
	if actor(p).Has(helpline.Counsellor) {
		v.Locales = localeChoices(words, c.Line.Locales, f.Locales)
		v.Doors = doorChoices(words, f.Audiences)
	}
	c.show(w, r, status, templates.MePage(v))
}

// roleWords names a role and says in one sentence what it means.
func roleWords(w i18n.Words, r helpline.Role) templates.RoleName {
	return templates.RoleName{Name: w.T("staff.role." + string(r)), What: w.T("people.role." + string(r))}
}

// setMe takes the profile. What else a form may hold (a role, a name) is not
// looked at.
func (c *Console) setMe(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	f := c.profileFrom(r)
	if !actor(p).Has(helpline.Counsellor) {
		f.Locales, f.Audiences = p.Locales, p.Audiences // the page does not ask
	}
	err := c.Office.SetProfile(r.Context(), p, f)
	switch helpline.KindOf(err) {
	case "":
		http.Redirect(w, r, ownPage+"?saved", http.StatusSeeOther)
	case helpline.Invalid:
		c.showMe(w, r, http.StatusUnprocessableEntity, p, f, profileProblem(err), false)
	default:
		c.fail(w, r, err)
	}
}

// profileFrom reads what a person decides about themselves; what is not on
// offer is left out.
func (c *Console) profileFrom(r *http.Request) staff.Profile {
	f := staff.Profile{Alias: r.PostForm.Get("alias"), Language: "en"}
	if l, ok := screen(r.PostForm.Get("language")); ok {
		f.Language = l
	}
	f.Locales, f.Audiences = c.taken(r)
	return f
}

// taken reads the languages and doors of conversations.
func (c *Console) taken(r *http.Request) (locales []helpline.Locale, doors []helpline.Audience) {
	for _, l := range c.Line.Locales {
		if slices.Contains(r.PostForm["locale"], string(l)) {
			locales = append(locales, l)
		}
	}
	for _, a := range helpline.Audiences() {
		if slices.Contains(r.PostForm["door"], string(a)) {
			doors = append(doors, a)
		}
	}
	return locales, doors
}

// profileProblem is the key, after join.problem., of what was not taken.
func profileProblem(err error) string {
	if f, ok := errors.AsType[staff.Field](err); ok {
		switch f {
		case staff.AliasField, staff.LocaleField, staff.AudienceField:
			return string(f)
		}
	}
	return "field"
}
