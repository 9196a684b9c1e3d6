package console

import (
	"net/http"
	"slices"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// handler answers for a person who has been let in; the zero Person on routes
// that need no login.
type handler func(w http.ResponseWriter, r *http.Request, p staff.Person)

// entry is one line of the route table. Action is empty on routes without a
// login. Bare routes are sockets: no page, no cookie in the answer.
type entry struct {
	helpline.Route
	action      counsel.Action
	bare        bool
	stepUp      bool            // asks for a fresh second factor
	whileLocked bool            // works while the screen is locked
	stages      []counsel.Stage // of logins that may open it; only whole ones where none stands
	due         bool            // stays open to a person who must choose a new passphrase
	serve       handler
}

// route is an entry of the table.
func route(method, pattern string, p helpline.Policy, a counsel.Action, h handler) entry {
	return entry{Route: helpline.Route{Method: method, Pattern: pattern, Policy: p}, action: a, serve: h}
}

func (c *Console) table() []entry {
	socket := func(e entry) entry { e.bare = true; return e }
	own := []entry{
		route("GET", "/login", helpline.Anyone, "", c.loginPage),
		route("POST", "/login", helpline.Anyone, "", c.login),
		route("GET", "/join/{token}", helpline.InviteHolder, "", c.joinPage),
		route("POST", "/join/{token}", helpline.InviteHolder, "", c.join),
		route("POST", "/logout", helpline.Anyone, "", c.logout),
		whileDue(route("POST", "/language", helpline.StaffOnly, counsel.ChangeOwn, c.language)),
		route("GET", "/desk", helpline.StaffOnly, counsel.ChangeOwn, c.desk),
		socket(route("GET", "/desk/lane", helpline.AtWork, counsel.Watch, c.lane)),
		socket(route("GET", "/desk/talk/{contact}", helpline.CounsellorOnly, counsel.TakeContact, c.talk)),
		route("POST", "/desk/providers", helpline.CounsellorOnly, counsel.TakeContact, c.findProviders),
		route("GET", "/board", helpline.LeaderOrSupervisor, counsel.SeeBoard, c.board),
		route("GET", "/directory", helpline.SupervisorOnly, counsel.KeepDirectory, c.directoryPage),
		route("POST", "/directory/{provider}/checked", helpline.SupervisorOnly, counsel.KeepDirectory, c.checkProvider),
		route("POST", "/directory/{provider}/hide", helpline.SupervisorOnly, counsel.KeepDirectory, c.hideProvider),
		route("GET", "/login/state", helpline.Anyone, "", c.loginState),
		route("POST", "/closing", helpline.CounsellorOnly, counsel.WriteNotes, c.begin),
		route("GET", "/closing/{contact}", helpline.CounsellorOnly, counsel.WriteNotes, c.closingPage),
		route("POST", "/closing/{contact}", helpline.CounsellorOnly, counsel.WriteNotes, c.close),
		route("GET", "/closing/{contact}/draft", helpline.CounsellorOnly, counsel.WriteNotes, c.draft),
		route("POST", "/closing/{contact}/draft", helpline.CounsellorOnly, counsel.WriteNotes, c.keepDraft),
		route("GET", "/notes", helpline.CounsellorOrSupervisor, counsel.ReadNotes, c.notes),
		route("GET", "/notes/{note}", helpline.CounsellorOrSupervisor, counsel.ReadNotes, c.openNote),
		route("GET", "/notes/{note}/revise", helpline.CounsellorOnly, counsel.WriteNotes, c.revisePage),
		route("POST", "/notes/{note}/revise", helpline.CounsellorOnly, counsel.WriteNotes, c.revise),
	}
	return slices.Concat(
		own,
		c.secondRoutes(),
		c.lockRoutes(),
		c.passkeyRoutes(),
		c.deviceRoutes(),
		c.peopleRoutes(),
		c.groupRoutes(),
		c.auditRoutes(),
		c.startRoutes(),
		c.shiftRoutes(), c.ownRoutes(),
		c.retentionRoutes(),
		c.recoveryRoutes(),
		c.handRoutes(), c.nodRoutes(), c.attendRoutes(),
		c.staffingRoutes(),
		c.rotaRoutes(),
		c.threadRoutes(),
		c.noticeRoutes(),
	)
}

// Routes lists the routes with their policies.
func (c *Console) Routes() []helpline.Route {
	var out []helpline.Route
	for _, e := range c.table() {
		out = append(out, e.Route)
	}
	return out
}

// guarded puts the login and the permission table in front of a handler.
func (c *Console) guarded(e entry) http.Handler {
	if e.bare {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.bare(w, r, e) })
	}
	h := c.logins.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if e.action == "" {
			e.serve(w, r, staff.Person{})
			return
		}
		in, found := c.loginHere(r)
		var p staff.Person
		var err error
		if found {
			p, found, err = c.active(r, in.Person)
		}
		switch {
		case err != nil:
			c.fail(w, r, err)
		case !found:
			c.unknown(w, r, e)
		case !e.fits(in):
			http.Redirect(w, r, c.stageOf(in, p), http.StatusSeeOther)
		case p.Renew && in.Stage == counsel.Full && !e.due:
			http.Redirect(w, r, "/passphrase", http.StatusSeeOther)
		case counsel.May(actor(p), e.action) != nil:
			c.troubleFor(w, r, p, http.StatusForbidden, "forbidden", c.first(p))
		case !e.whileLocked && in.Stage == counsel.Full && c.barred(r, in):
			c.lockedOut(w, r, p)
		case !c.heard(w, r, e, p): // it has answered
		case e.stepUp && in.Stage == counsel.Full && !c.fresh(in, p, time.Now()):
			c.unstepped(w, r, p)
		default:
			e.serve(w, r, p)
		}
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(counsel.OneRequest(r.Context())))
	})
}

// heard says whether a person may do what an entry is for; else it answers. What
// is for supervisors alone waits until the six words of this one were heard.
func (c *Console) heard(w http.ResponseWriter, r *http.Request, e entry, p staff.Person) bool {
	if !counsel.ForSupervisorsAlone(e.action) {
		return true
	}
	yes, err := c.Groups.Heard(r.Context(), p.ID)
	if err != nil {
		c.fail(w, r, err)
		return false
	}
	if !yes {
		c.troubleFor(w, r, p, http.StatusForbidden, "unvouched", "/words")
	}
	return yes
}

// unknown answers a request without a login. What is open to a device that
// sees own shifts only may be opened by one.
func (c *Console) unknown(w http.ResponseWriter, r *http.Request, e entry) {
	p, in, err := c.passHolder(r, e)
	switch {
	case err != nil:
		c.fail(w, r, err)
	case in:
		e.serve(w, r, p)
	default:
		http.Redirect(w, r, "/login", http.StatusSeeOther)
	}
}

// bare lets a socket in. Whoever may not gets a status and no reason.
func (c *Console) bare(w http.ResponseWriter, r *http.Request, e entry) {
	deny := func(status int) { http.Error(w, http.StatusText(status), status) }
	cookie, err := r.Cookie(CookieName)
	if err != nil {
		deny(http.StatusUnauthorized)
		return
	}
	data, found, err := c.Logins.FindCtx(r.Context(), cookie.Value)
	if err == nil && !found {
		deny(http.StatusUnauthorized)
		return
	}
	var p staff.Person
	var in counsel.Login
	if err == nil {
		p, in, found, err = c.personOf(r, data)
	}
	switch {
	case err != nil:
		c.note(r, err)
		deny(http.StatusServiceUnavailable)
	case !found:
		deny(http.StatusUnauthorized)
	case p.Renew || counsel.May(actor(p), e.action) != nil:
		deny(http.StatusForbidden)
	case !c.comesBack(r, in, cookie.Value):
		deny(http.StatusLocked)
	default:
		e.serve(w, r.WithContext(withLogin(r.Context(), vault.LoginID(cookie.Value))), p)
	}
}

// Holder names the login of a request that shows a good one: a hash, for
// counting and for nothing else.
func (c *Console) Holder(r *http.Request) (login string, ok bool) {
	cookie, err := r.Cookie(CookieName)
	if err != nil {
		return "", false
	}
	_, found, err := c.Logins.FindCtx(r.Context(), cookie.Value)
	if err != nil || !found {
		return "", false
	}
	id := vault.LoginID(cookie.Value)
	return string(id[:]), true
}

func actor(p staff.Person) helpline.Actor {
	return helpline.Actor{Person: p.ID, Alias: p.Alias, Roles: p.Roles}
}

func member(p staff.Person) chat.Member {
	return chat.Member{
		Person: p.ID, Alias: p.Alias, Roles: p.Roles,
		Locales: p.Locales, Audiences: p.Audiences, Chats: p.Chats,
	}
}
