package console

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
)

// combinations are all sets of roles, the empty one too.
func combinations() [][]helpline.Role {
	var out [][]helpline.Role
	for n := range 1 << len(helpline.Roles()) {
		var set []helpline.Role
		for i, r := range helpline.Roles() {
			if n>>i&1 == 1 {
				set = append(set, r)
			}
		}
		out = append(out, set)
	}
	return out
}

// ids fills a pattern with identifiers of nothing.
func ids(pattern string) string {
	for strings.Contains(pattern, "{") {
		from, to := strings.Index(pattern, "{"), strings.Index(pattern, "}")
		pattern = pattern[:from] + helpline.NewID().String() + pattern[to+1:]
	}
	return pattern
}

// knock asks for a route whose handler has been replaced, and says whether the
// handler was reached.
func (h *house) knock(e entry, cookies ...*http.Cookie) (reached bool, w *httptest.ResponseRecorder) {
	e.stages = nil   // have tests of their own
	e.stepUp = false // asked last, and of those who may; it has tests of its own
	e.serve = func(w http.ResponseWriter, _ *http.Request, _ staff.Person) {
		reached = true
		w.WriteHeader(http.StatusNoContent)
	}
	r, w := request(e, cookies...)
	h.guarded(e).ServeHTTP(w, r)
	return reached, w
}

// The walk asks the guard of every route, with every set of roles, and compares
// it with the route's policy alone: the permission table may not say otherwise.
func TestEveryRouteLetsInExactlyWhoItsPolicyNames(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Sam Jansen", helpline.Counsellor)
	for _, e := range h.table() {
		open := e.Policy == helpline.Anyone || e.Policy == helpline.InviteHolder || e.Policy == helpline.FeedHolder
		if !open && len(e.Policy.Roles()) == 0 {
			t.Errorf("%s %s has a policy the staff's side does not know: %q", e.Method, e.Pattern, e.Policy)
		}
		for _, roles := range combinations() {
			h.shelf.edit(p.ID, func(p *staff.Person) { p.Roles = roles })
			want := open || slices.ContainsFunc(roles, func(r helpline.Role) bool { return slices.Contains(e.Policy.Roles(), r) })
			got, w := h.knock(e, login)
			if got != want || !got && w.Code != http.StatusForbidden {
				t.Errorf("%s %s, for %q, with the roles %q: let in %v, answered %d", e.Method, e.Pattern, e.Policy, roles, got, w.Code)
			}
		}
		h.shelf.edit(p.ID, func(p *staff.Person) { p.Roles = helpline.Roles() })
		for who, cookies := range map[string][]*http.Cookie{
			"nobody": nil, "a forged login": {{Name: CookieName, Value: strings.Repeat("A", 43)}}, "a visitor": {{Name: "__Host-place", Value: login.Value}},
		} {
			shut(t, h, e, who, open, cookies...)
		}
		for _, state := range []staff.State{staff.Removed, staff.Invited} {
			h.shelf.edit(p.ID, func(p *staff.Person) { p.State = state })
			shut(t, h, e, "somebody "+string(state), open, login)
			h.shelf.edit(p.ID, func(p *staff.Person) { p.State = staff.Active })
		}
	}
}

func request(e entry, cookies ...*http.Cookie) (*http.Request, *httptest.ResponseRecorder) {
	r := httptest.NewRequest(e.Method, ids(e.Pattern), nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r, httptest.NewRecorder()
}

// withCookie is a request that carries a cookie.
func withCookie(c *http.Cookie) *http.Request {
	r, _ := request(entry{Route: helpline.Route{Method: "GET", Pattern: "/"}}, c)
	return r
}

// shut wants the way to the login, and for a socket a status and no reason.
func shut(t *testing.T, h *house, e entry, who string, open bool, cookies ...*http.Cookie) {
	t.Helper()
	got, w := h.knock(e, cookies...)
	want := http.StatusSeeOther
	if e.bare {
		want = http.StatusUnauthorized
	}
	if got != open || !got && (w.Code != want || !e.bare && w.Header().Get("Location") != "/login") {
		t.Errorf("%s %s as %s: let in %v, answered %d %s", e.Method, e.Pattern, who, got, w.Code, w.Header().Get("Location"))
	}
}

func TestPoliciesAndPermissionsSayTheSame(t *testing.T) {
	for _, e := range newHouse(t).table() {
		var may []helpline.Role
		for _, r := range helpline.Roles() {
			if e.action != "" && counsel.May(helpline.Actor{Roles: []helpline.Role{r}}, e.action) == nil {
				may = append(may, r)
			}
		}
		if !slices.Equal(may, e.Policy.Roles()) {
			t.Errorf("%s %s is for %q, the permission table says %q", e.Method, e.Pattern, e.Policy, may)
		}
		if (e.action == "") != (len(e.Policy.Roles()) == 0) {
			t.Errorf("%s %s is for %q and its action is %q", e.Method, e.Pattern, e.Policy, e.action)
		}
	}
}

func TestEverybodyStartsOnAPageOfTheirOwnAndSeesOnlyLinksThatOpen(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Sam Jansen", helpline.Counsellor)
	for _, roles := range combinations() {
		if len(roles) == 0 {
			continue
		}
		h.shelf.edit(p.ID, func(p *staff.Person) { p.Roles = roles })
		to := "/desk"
		for range 3 { // the site's own front page leads to the desk, and that on
			w := h.do("GET", to, login, nil)
			if w.Code == http.StatusOK {
				break
			}
			to = w.Header().Get("Location")
		}
		page := h.do("GET", to, login, nil)
		if page.Code != http.StatusOK {
			t.Errorf("%q start on %s: %d", roles, to, page.Code)
		}
		p.Roles = roles
		if to != h.first(p) {
			t.Errorf("%q start on %s, want %s", roles, to, h.first(p))
		}
		for _, at := range h.places(p) {
			if w := h.do("GET", at.Href, login, nil); w.Code != http.StatusOK || !strings.Contains(page.Body.String(), `href="`+at.Href+`"`) {
				t.Errorf("%q are offered %s: %d", roles, at.Href, w.Code)
			}
		}
		if len(h.places(p)) == 0 {
			t.Errorf("%q have no places", roles)
		}
	}
	if got := h.places(staff.Person{}); got != nil {
		t.Errorf("nobody is offered %v", got)
	}
}

// An invitation that fell into other hands must not make a supervisor: what
// supervisors alone may do waits for the six words.
func TestPromiseASupervisorWhomNobodyHasHeardDoesNothingThatSupervisorsAloneMayDo(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Sam Jansen", helpline.Roles()...)
	alone := 0
	for _, heard := range []bool{false, true} {
		if h.office.unheard = nil; !heard {
			h.office.unheard = []helpline.ID{p.ID}
		}
		for _, e := range h.table() {
			if e.action == "" || e.bare || len(e.stages) > 0 {
				continue
			}
			want := heard || !counsel.ForSupervisorsAlone(e.action)
			got, w := h.knock(e, login)
			if got != want || !got && w.Code != http.StatusForbidden {
				t.Errorf("%s %s, heard %v: let in %v, answered %d", e.Method, e.Pattern, heard, got, w.Code)
			}
			if !got {
				alone++
			}
		}
	}
	if alone < 20 {
		t.Errorf("only %d routes wait for the six words", alone)
	}
	for _, a := range []counsel.Action{counsel.InvitePeers, counsel.VouchPeers, counsel.ChangePeers, counsel.MakeRecoveryKey, counsel.ApproveRescue, counsel.HoldNotes} {
		if !counsel.ForSupervisorsAlone(a) {
			t.Errorf("who may %s is not for supervisors alone", a)
		}
	}
}
