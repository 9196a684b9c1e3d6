package console

import (
	"errors"
	"net/http"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
)

// personPage shows one person to those who look after people.
func (c *Console) personPage(w http.ResponseWriter, r *http.Request, p staff.Person) {
	q, ok := c.peer(w, r, p)
	if !ok {
		return
	}
	saved := r.URL.Query().Has("saved")
	c.showPerson(w, r, http.StatusOK, p, q, q, templates.Person{Saved: saved})
}

// peer reads the person of the address; without one it answers.
func (c *Console) peer(w http.ResponseWriter, r *http.Request, p staff.Person) (staff.Person, bool) {
	id, err := helpline.ParseID(r.PathValue("person"))
	var q staff.Person
	if err == nil {
		q, err = c.Peers.Person(r.Context(), actor(p), id)
	}
	switch helpline.KindOf(err) {
	case "":
		return q, true
	case helpline.Invalid, helpline.NotFound:
		c.troubleFor(w, r, p, http.StatusNotFound, "person", "/people")
	default:
		c.fail(w, r, err)
	}
	return staff.Person{}, false
}

// showPerson renders q; typed is what the form is filled with.
func (c *Console) showPerson(w http.ResponseWriter, r *http.Request, status int, p, q, typed staff.Person, v templates.Person) {
	until, err := c.Peers.Until(r.Context(), actor(p))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	strangers, err := c.Vouching.Strangers(r.Context(), c.by(r, p))
	if err != nil && !errors.Is(err, counsel.ErrLocked) && !errors.Is(err, counsel.ErrNoSupervisor) {
		c.fail(w, r, err)
		return
	}
	words, frame := c.inside(p, "people", "js/form.js")
	frame.Title = q.Name
	v.Staff, v.Row, v.At = frame, colleague(words, q), "/people/"+q.ID.String()
	v.Row.State = stateOf(q, until[q.ID])
	v.Keys = keysOf(q, p, strangers, err)
	if v.Keys == "stranger" {
		v.Row.Vouch = v.At + "/words"
	}
	for _, role := range q.Roles {
		v.Roles = append(v.Roles, roleWords(words, role))
	}
	if left := time.Until(until[q.ID]); q.State == staff.Invited && left > 0 {
		v.Left = words.N("people.left", int((left+time.Hour-1)/time.Hour))
	}
	v.Form = c.peerForm(words, typed, v.Form)
	v.Form.Active = q.State != staff.Invited
	for _, one := range []struct{ pattern, key string }{
		{"GET /people/{person}/roles", "roles"}, {"GET /people/{person}/factors", "factors"}, {"GET /people/{person}/remove", "remove"},
	} {
		if q.State == staff.Active && c.serves(one.pattern) {
			v.Ways = append(v.Ways, templates.Place{Name: one.key, Href: v.At + "/" + one.key})
		}
	}
	c.show(w, r, status, templates.PersonPage(v))
}

// serves says whether a route is in the table.
func (c *Console) serves(pattern string) bool {
	for _, e := range c.table() {
		if e.Method+" "+e.Pattern == pattern {
			return true
		}
	}
	return false
}

// keysOf is the key after person.keys.: what is known of a person's six words.
func keysOf(q, p staff.Person, strangers []counsel.Stranger, err error) string {
	switch {
	case q.State == staff.Invited:
		return "none"
	case err != nil:
		return "locked"
	case q.ID == p.ID:
		return "own"
	}
	for _, s := range strangers {
		if s.Person == q.ID {
			return "stranger"
		}
	}
	return "confirmed"
}

// setPerson changes an invited person, or what a colleague takes.
func (c *Console) setPerson(w http.ResponseWriter, r *http.Request, p staff.Person) {
	q, ok := c.peer(w, r, p)
	if !ok {
		return
	}
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	typed, known := c.peerFrom(r)
	typed.ID, typed.Alias = q.ID, q.Alias
	if q.State != staff.Invited {
		typed.Name, typed.Roles, typed.Language, known = q.Name, q.Roles, q.Language, known && len(r.PostForm["role"]) == 0
	}
	err := refusedRole()
	if known {
		err = c.Peers.Change(r.Context(), actor(p), typed)
	}
	if status, problem := peerProblem(err); problem != "" {
		c.showPerson(w, r, status, p, q, typed, templates.Person{Form: templates.PeerForm{Problem: problem}})
		return
	}
	switch helpline.KindOf(err) {
	case "":
		http.Redirect(w, r, "/people/"+q.ID.String()+"?saved", http.StatusSeeOther)
	case helpline.NotFound: // joined or withdrawn meanwhile
		c.troubleFor(w, r, p, http.StatusNotFound, "person", "/people")
	default:
		c.fail(w, r, err)
	}
}

// withdraw takes an invitation back.
func (c *Console) withdraw(w http.ResponseWriter, r *http.Request, p staff.Person) {
	id, err := helpline.ParseID(r.PathValue("person"))
	if err == nil {
		err = c.Peers.Withdraw(r.Context(), actor(p), id)
	}
	switch helpline.KindOf(err) {
	case "":
		http.Redirect(w, r, "/people?withdrawn", http.StatusSeeOther)
	case helpline.Invalid, helpline.NotFound:
		c.showPeople(w, r, p, http.StatusConflict, templates.People{Problem: "joined"}, nil)
	default:
		c.fail(w, r, err)
	}
}
