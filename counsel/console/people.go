package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/templates"
	"helpline/templates/i18n"
)

const mostAtOnce = 4 // conversations a person can be given at once

func (c *Console) people(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showPeople(w, r, p, http.StatusOK, templates.People{}, nil)
}

// invite makes a person and shows the one-use link, in the answer to the post
// and nowhere else: loading the page again does not show it.
func (c *Console) invite(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	n, err := strconv.Atoi(r.PostForm.Get("chats"))
	if err != nil {
		n = -1 // named as the wrong field below
	}
	peer := staff.Person{
		Name: r.PostForm.Get("name"), Chats: n, Demo: p.Demo, Language: p.Language,
		Locales: c.Line.Locales, Audiences: helpline.Audiences(),
	}
	for _, role := range roles() {
		if slices.Contains(r.PostForm["role"], string(role)) {
			peer.Roles = append(peer.Roles, role)
		}
	}
	token, err := c.Office.Invite(r.Context(), peer, staff.InvitationLasts)
	v := templates.People{Name: peer.Name}
	switch helpline.KindOf(err) {
	case "":
		c.showPeople(w, r, p, http.StatusOK, c.linkFor(peer.Name, token), nil)
	case helpline.Conflict:
		v.Problem = "taken"
		c.showPeople(w, r, p, http.StatusConflict, v, &peer)
	case helpline.Invalid:
		v.Problem = inviteProblem(err)
		c.showPeople(w, r, p, http.StatusUnprocessableEntity, v, &peer)
	default:
		c.fail(w, r, err)
	}
}

func (c *Console) reinvite(w http.ResponseWriter, r *http.Request, p staff.Person) {
	id, err := helpline.ParseID(r.PathValue("person"))
	if err != nil {
		c.trouble(w, r, http.StatusNotFound, "notfound", "/people")
		return
	}
	token, err := c.Office.Reinvite(r.Context(), id, staff.InvitationLasts)
	switch helpline.KindOf(err) {
	case "":
	case helpline.NotFound:
		c.showPeople(w, r, p, http.StatusConflict, templates.People{Problem: "joined"}, nil)
		return
	default:
		c.fail(w, r, err)
		return
	}
	who, err := c.Office.Invited(r.Context(), token)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.showPeople(w, r, p, http.StatusOK, c.linkFor(who.Name, token), nil)
}

func (c *Console) linkFor(name string, t staff.Token) templates.People {
	return templates.People{
		Link: c.Origin + "/join/" + t.Reveal(), For: name, Hours: int(staff.InvitationLasts / time.Hour),
	}
}

func inviteProblem(err error) string {
	f, ok := errors.AsType[staff.Field](err)
	switch {
	case ok && (f == staff.NameField || f == staff.AliasField || f == staff.RoleField || f == staff.ChatsField):
		return string(f)
	}
	return "field"
}

// showPeople renders the list; typed is what the form is filled with again.
func (c *Console) showPeople(w http.ResponseWriter, r *http.Request, p staff.Person, status int, v templates.People, typed *staff.Person) {
	all, err := c.Office.People(r.Context())
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
	v.Staff, v.Locked = frame, errors.Is(err, counsel.ErrLocked)
	for _, q := range all {
		row := colleague(words, q)
		if q.ID != p.ID && q.State != staff.Removed {
			row.Edit, row.Leave = "/people/"+q.ID.String()+"/roles", "/people/"+q.ID.String()+"/remove"
		}
		if slices.ContainsFunc(strangers, func(s counsel.Stranger) bool { return s.Person == q.ID }) {
			row.Vouch = "/people/" + q.ID.String() + "/words"
		}
		v.People = append(v.People, row)
	}
	if typed == nil {
		typed = &staff.Person{Roles: []helpline.Role{helpline.Counsellor}, Chats: 1}
	}
	for _, role := range roles() {
		v.Roles = append(v.Roles, templates.Choice{
			Value: string(role), Label: words.T("staff.role." + string(role)), Checked: slices.Contains(typed.Roles, role),
		})
	}
	for n := 1; n <= mostAtOnce; n++ {
		v.Chats = append(v.Chats, templates.Choice{Value: strconv.Itoa(n), Label: strconv.Itoa(n), Checked: n == typed.Chats})
	}
	c.show(w, r, status, templates.PeoplePage(v))
}

func colleague(w i18n.Words, p staff.Person) templates.Colleague {
	out := templates.Colleague{Name: p.Name, Alias: p.Alias, Chats: p.Chats, State: string(p.State), Demo: p.Demo}
	for _, role := range p.Roles {
		out.Roles = append(out.Roles, w.T("staff.role."+string(role)))
	}
	if actor(p).Has(helpline.Counsellor) {
		for _, l := range p.Locales {
			out.Takes = append(out.Takes, w.T("staff.locale."+string(l)))
		}
		if len(p.Audiences) < len(helpline.Audiences()) {
			for _, a := range p.Audiences {
				out.Takes = append(out.Takes, w.T("staff.door."+string(a)))
			}
		}
	}
	if p.State == staff.Invited {
		out.Again = "/people/" + p.ID.String() + "/invite"
	}
	return out
}

func roles() []helpline.Role { return []helpline.Role{helpline.Counsellor, helpline.Supervisor} }
