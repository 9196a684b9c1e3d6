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
	c.showPeople(w, r, p, http.StatusOK, templates.People{Withdrawn: r.URL.Query().Has("withdrawn")}, nil)
}

// invite makes a person and shows the sheet with the one-use link, in the
// answer to the post and nowhere else: loading the page again does not show it.
func (c *Console) invite(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	peer, known := c.peerFrom(r)
	peer.Demo = p.Demo
	var i staff.Invitee
	err := refusedRole()
	if known {
		i, err = c.Peers.Invite(r.Context(), actor(p), peer)
	}
	if status, problem := peerProblem(err); problem != "" {
		c.showPeople(w, r, p, status, templates.People{Peer: templates.PeerForm{Name: peer.Name, Problem: problem}}, &peer)
		return
	}
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.showSheet(w, r, p, i)
}

// peerFrom reads what a form says about a person; false when it names a role
// that does not exist, which no page of ours offers.
func (c *Console) peerFrom(r *http.Request) (p staff.Person, known bool) {
	n, err := strconv.Atoi(r.PostForm.Get("chats"))
	if err != nil {
		n = -1 // named as the wrong field
	}
	p = staff.Person{Name: r.PostForm.Get("name"), Chats: n, Language: c.Line.Locales[0]}
	if l, ok := screen(r.PostForm.Get("language")); ok {
		p.Language = l
	}
	p.Locales, p.Audiences = c.taken(r)
	known = true
	for _, name := range r.PostForm["role"] {
		role, err := helpline.ParseRole(name)
		known = known && err == nil
		if err == nil && !slices.Contains(p.Roles, role) {
			p.Roles = append(p.Roles, role)
		}
	}
	return p, known
}

func refusedRole() error { return helpline.Errorf(helpline.Forbidden, "people: no such role") }

// peerProblem is the status, and the key after people.problem., of what was not
// taken of a person; empty for what is no fault of the form.
func peerProblem(err error) (status int, key string) {
	switch helpline.KindOf(err) {
	case helpline.Conflict:
		return http.StatusConflict, "taken"
	case helpline.Forbidden:
		return http.StatusForbidden, "give"
	case helpline.Invalid:
		key = "field"
		if f, ok := errors.AsType[staff.Field](err); ok && f != staff.DeviceField {
			key = string(f)
		}
		return http.StatusUnprocessableEntity, key
	}
	return 0, ""
}

// reinvite makes a new link in place of one that was lost or has expired.
func (c *Console) reinvite(w http.ResponseWriter, r *http.Request, p staff.Person) {
	id, err := helpline.ParseID(r.PathValue("person"))
	if err != nil {
		c.trouble(w, r, http.StatusNotFound, "notfound", "/people")
		return
	}
	i, err := c.Peers.Again(r.Context(), actor(p), id)
	switch helpline.KindOf(err) {
	case "":
		c.showSheet(w, r, p, i)
	case helpline.NotFound:
		c.showPeople(w, r, p, http.StatusConflict, templates.People{Problem: "joined"}, nil)
	default:
		c.fail(w, r, err)
	}
}

// showSheet shows what is handed over to an invited person, to be printed.
func (c *Console) showSheet(w http.ResponseWriter, r *http.Request, p staff.Person, i staff.Invitee) {
	words, frame := c.inside(p, "people", "js/form.js")
	frame.Styles = append(frame.Styles, "css/sheet.css")
	sheet, err := c.sheet(p, i)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.show(w, r, http.StatusOK, templates.SheetPage(templates.Invited{
		Staff: frame, Hours: int(staff.InvitationLasts / time.Hour), Back: words.T("people.sheet.back"), Sheet: sheet,
	}))
}

// sheet is what p hands over to somebody they have invited, in the language of
// the invited.
func (c *Console) sheet(p staff.Person, i staff.Invitee) (templates.Sheet, error) {
	theirs, ok := screen(string(i.Person.Language))
	if !ok {
		theirs = "en"
	}
	link := c.Origin + "/join/" + i.Token.Reveal()
	picture, err := staff.Picture(link)
	return templates.Sheet{
		Words: c.Words.In(theirs), Line: c.Line.Name, Name: i.Person.Name, Link: link, Squares: templates.Squares(picture),
		Hours: int(staff.InvitationLasts / time.Hour), Day: time.Now().UTC().Format(time.DateOnly), Ask: p.Name,
	}, err
}

// showPeople renders the list; typed is what the form is filled with again.
func (c *Console) showPeople(w http.ResponseWriter, r *http.Request, p staff.Person, status int, v templates.People, typed *staff.Person) {
	all, err := c.Office.People(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
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
	v.Staff, v.Locked = frame, errors.Is(err, counsel.ErrLocked)
	for _, q := range all {
		row := colleague(words, q)
		row.State = stateOf(q, until[q.ID])
		if slices.ContainsFunc(strangers, func(s counsel.Stranger) bool { return s.Person == q.ID }) {
			row.Vouch = "/people/" + q.ID.String() + "/words"
		}
		v.People = append(v.People, row)
	}
	if typed == nil {
		typed = &staff.Person{
			Roles: []helpline.Role{helpline.Counsellor}, Chats: max(1, c.Chats), Locales: c.Line.Locales, Audiences: helpline.Audiences(), Language: p.Language,
		}
	}
	v.Peer = c.peerForm(words, *typed, v.Peer)
	c.show(w, r, status, templates.PeoplePage(v))
}

// stateOf is the key after people.state.
func stateOf(p staff.Person, until time.Time) string {
	if p.State == staff.Invited && !time.Now().Before(until) {
		return "expired"
	}
	return string(p.State)
}

// peerForm fills the form of a person.
func (c *Console) peerForm(words i18n.Words, p staff.Person, f templates.PeerForm) templates.PeerForm {
	f.Words, f.Name = words, p.Name
	for _, role := range helpline.Roles() {
		one := roleWords(words, role)
		f.Roles = append(f.Roles, templates.RoleChoice{
			Choice: templates.Choice{Value: string(role), Label: one.Name, Checked: slices.Contains(p.Roles, role)}, What: one.What,
		})
	}
	for n := 1; n <= mostAtOnce; n++ {
		f.Chats = append(f.Chats, templates.Choice{Value: strconv.Itoa(n), Label: strconv.Itoa(n), Checked: n == p.Chats})
	}
	f.Locales, f.Doors = localeChoices(words, c.Line.Locales, p.Locales), doorChoices(words, p.Audiences)
	for _, l := range screens() {
		f.Languages = append(f.Languages, templates.Choice{
			Value: string(l), Label: c.Words.In(l).T("language.name"), Checked: l == p.Language,
		})
	}
	return f
}

func colleague(w i18n.Words, p staff.Person) templates.Colleague {
	out := templates.Colleague{Href: "/people/" + p.ID.String(), Name: p.Name, Alias: p.Alias, Chats: p.Chats, State: string(p.State), Demo: p.Demo}
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
	if p.State == staff.Removed {
		out.Href = ""
	}
	if p.State == staff.Invited {
		out.Again = "/people/" + p.ID.String() + "/invite"
	}
	return out
}
