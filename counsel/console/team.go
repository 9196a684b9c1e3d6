package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
)

// groupRoutes are those of who works on the line and who can open what.
func (c *Console) groupRoutes() []entry {
	const supervisors = helpline.SupervisorOnly
	return []entry{
		stepUp(route("GET", "/people/{person}/roles", supervisors, counsel.ChangePeers, c.rolesPage)),
		stepUp(route("POST", "/people/{person}/roles", supervisors, counsel.ChangePeers, c.setRoles)),
		stepUp(route("GET", "/people/{person}/remove", supervisors, counsel.ChangePeers, c.removePage)),
		stepUp(route("POST", "/people/{person}/remove", supervisors, counsel.ChangePeers, c.remove)),
		route("GET", "/keys", supervisors, counsel.SeeKeys, c.keysPage),
		route("GET", "/keys/state", supervisors, counsel.SeeKeys, c.keysState),
		stepUp(route("POST", "/keys/members", supervisors, counsel.SeeKeys, c.nameMembers)),
		stepUp(route("POST", "/keys/members/confirm", supervisors, counsel.SeeKeys, c.confirmMembers)),
		route("GET", "/holds", supervisors, counsel.HoldNotes, c.holdsPage),
		stepUp(route("POST", "/notes/{note}/hold", supervisors, counsel.HoldNotes, c.askHold)),
		stepUp(route("POST", "/holds/{note}/confirm", supervisors, counsel.HoldNotes, c.signHold)),
		stepUp(route("POST", "/holds/{note}/asklift", supervisors, counsel.HoldNotes, c.signHold)),
		stepUp(route("POST", "/holds/{note}/lift", supervisors, counsel.HoldNotes, c.signHold)),
	}
}

// colleagueAt finds the person of the address, who is not removed. When there is
// none, it has answered.
func (c *Console) colleagueAt(w http.ResponseWriter, r *http.Request, p staff.Person) (staff.Person, bool) {
	all, err := c.Office.People(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return staff.Person{}, false
	}
	id, bad := helpline.ParseID(r.PathValue("person"))
	i := slices.IndexFunc(all, func(q staff.Person) bool { return q.ID == id && q.State != staff.Removed })
	if bad != nil || i < 0 {
		c.troubleFor(w, r, p, http.StatusNotFound, "notfound", "/people")
		return staff.Person{}, false
	}
	return all[i], true
}

func (c *Console) rolesPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if who, ok := c.colleagueAt(w, r, p); ok {
		c.showRoles(w, r, http.StatusOK, p, who, who.Roles, "")
	}
}

func (c *Console) showRoles(w http.ResponseWriter, r *http.Request, status int, p, who staff.Person, chosen []helpline.Role, problem string) {
	strangers, err := c.Vouching.Strangers(r.Context(), c.by(r, p))
	if err != nil {
		c.unvouched(w, r, p, err)
		return
	}
	words, frame := c.inside(p, "people", "js/form.js")
	frame.Title = words.T("roles.title", "name", who.Name)
	v := templates.RolesOf{Staff: frame, Name: who.Name, Problem: problem}
	v.Unvouched = slices.ContainsFunc(strangers, func(s counsel.Stranger) bool { return s.Person == who.ID })
	for _, role := range helpline.Roles() {
		named := roleWords(words, role)
		v.What = append(v.What, named)
		v.Roles = append(v.Roles, templates.Choice{Value: string(role), Label: named.Name, Checked: slices.Contains(chosen, role)})
	}
	c.show(w, r, status, templates.RolesPage(v))
}

// setRoles gives a colleague the roles of the form and no others.
func (c *Console) setRoles(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	who, ok := c.colleagueAt(w, r, p)
	if !ok {
		return
	}
	var chosen []helpline.Role
	for _, role := range helpline.Roles() {
		if slices.Contains(r.PostForm["role"], string(role)) {
			chosen = append(chosen, role)
		}
	}
	err := counsel.MayGive(actor(p), added(who.Roles, chosen)...)
	if err == nil {
		err = c.Team.SetRoles(r.Context(), c.by(r, p), who.ID, chosen)
	}
	if err == nil {
		c.showPeople(w, r, p, http.StatusOK, templates.People{Changed: who.Name}, nil)
		return
	}
	if problem, status := changeProblem(err); problem != "" {
		c.showRoles(w, r, status, p, who, chosen, problem)
		return
	}
	c.unvouched(w, r, p, err)
}

// added are the roles that somebody did not have before.
func added(before, after []helpline.Role) []helpline.Role {
	return slices.DeleteFunc(slices.Clone(after), func(r helpline.Role) bool { return slices.Contains(before, r) })
}

// changeProblem is the key of what the page says about a change that was
// refused; empty for what has a page of its own.
func changeProblem(err error) (problem string, status int) {
	switch kind := helpline.KindOf(err); {
	case errors.Is(err, counsel.ErrLocked):
		return "", 0
	case errors.Is(err, counsel.ErrOneself):
		return "oneself", http.StatusForbidden
	case errors.Is(err, counsel.ErrLastSupervisor):
		return "last", http.StatusConflict
	case errors.Is(err, counsel.ErrUnvouched), kind == helpline.Forbidden:
		return "unvouched", http.StatusForbidden
	case kind == helpline.Conflict:
		return "faster", http.StatusConflict
	case kind == helpline.Invalid:
		return "role", http.StatusUnprocessableEntity
	}
	return "", 0
}

func (c *Console) removePage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if who, ok := c.colleagueAt(w, r, p); ok {
		c.showRemove(w, r, http.StatusOK, p, who, "")
	}
}

func (c *Console) showRemove(w http.ResponseWriter, r *http.Request, status int, p, who staff.Person, problem string) {
	if !c.Keys.Unlocked(c.by(r, p)) {
		http.Redirect(w, r, "/unlock?"+url.Values{"back": {r.URL.Path}}.Encode(), http.StatusSeeOther)
		return
	}
	words, frame := c.inside(p, "people", "js/form.js")
	frame.Title = words.T("remove.title", "name", who.Name)
	c.show(w, r, status, templates.RemovePage(templates.Removing{Staff: frame, Name: who.Name, Problem: problem}))
}

func (c *Console) remove(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	who, ok := c.colleagueAt(w, r, p)
	if !ok {
		return
	}
	if r.PostForm.Get("sure") != "yes" {
		c.showRemove(w, r, http.StatusUnprocessableEntity, p, who, "sure")
		return
	}
	err := c.Team.Remove(r.Context(), c.by(r, p), who.ID)
	if err == nil {
		c.Regrants.Kick(c.by(r, p))
		c.showPeople(w, r, p, http.StatusOK, templates.People{Removed: who.Name}, nil)
		return
	}
	if problem, status := changeProblem(err); problem != "" {
		c.showRemove(w, r, status, p, who, problem)
		return
	}
	c.unvouched(w, r, p, err)
}
