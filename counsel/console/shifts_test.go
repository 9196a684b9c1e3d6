package console

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
)

// drawer keeps logins for own shifts in memory.
type drawer struct {
	mu   sync.Mutex
	rows []counsel.PassRow
}

func (d *drawer) AddPass(_ context.Context, r counsel.PassRow, _ time.Time, most int) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.rows) >= most {
		return helpline.Errorf(helpline.Conflict, "too many")
	}
	d.rows = append(d.rows, r)
	return nil
}

func (d *drawer) EnterPass(_ context.Context, link [32]byte, now time.Time, to [32]byte, until time.Time) (counsel.PassRow, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, r := range d.rows {
		if r.Hash == link && !r.Entered && now.Before(r.Expiry) {
			d.rows[i].Hash, d.rows[i].Entered, d.rows[i].Expiry = to, true, until
			return d.rows[i], nil
		}
	}
	return counsel.PassRow{}, errNone
}

func (d *drawer) Pass(_ context.Context, hash [32]byte, now time.Time) (counsel.PassRow, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range d.rows {
		if r.Hash == hash && now.Before(r.Expiry) {
			return r, nil
		}
	}
	return counsel.PassRow{}, errNone
}

func (d *drawer) PassesOf(_ context.Context, person helpline.ID, now time.Time) (out []counsel.PassRow, _ error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range d.rows {
		if r.Person == person && now.Before(r.Expiry) {
			out = append(out, r)
		}
	}
	return out, nil
}

func (d *drawer) EndPass(_ context.Context, person, id helpline.ID) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, r := range d.rows {
		if r.Person == person && r.ID == id {
			d.rows = append(d.rows[:i], d.rows[i+1:]...)
			break
		}
	}
	return nil
}

// phone makes a link on a person's page and opens it on another device.
func (h *house) phone(t *testing.T, login *http.Cookie) (held *http.Cookie, link string) {
	t.Helper()
	w := h.do("POST", "/me/shifts", login, url.Values{"device": {"My phone"}, "do": {"link"}})
	found := regexp.MustCompile(regexp.QuoteMeta(origin) + `(/shifts/enter/[\w-]{22})`).FindStringSubmatch(w.Body.String())
	if w.Code != http.StatusOK || found == nil {
		t.Fatalf("making a link: %d", w.Code)
	}
	w = h.do("POST", found[1], nil, nil)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/shifts" || len(w.Result().Cookies()) != 1 {
		t.Fatalf("opening the link: %d", w.Code)
	}
	return w.Result().Cookies()[0], found[1]
}

func TestPromiseAPhoneForOwnShiftsOpensNothingElse(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Sam Jansen", helpline.Roles()...)
	held, _ := h.phone(t, login)
	if held.Name != PassCookie || !held.HttpOnly || !held.Secure || held.Path != "/" || held.Domain != "" ||
		held.SameSite != http.SameSiteStrictMode || held.MaxAge != int(counsel.PassLasts/time.Second) {
		t.Errorf("the cookie is %s", strings.Replace(held.Raw, held.Value, "...", 1))
	}
	opened := 0
	for _, e := range h.table() {
		open := e.Policy == helpline.Anyone || e.Policy == helpline.InviteHolder || e.Policy == helpline.FeedHolder || e.Policy == helpline.OwnShifts
		shut(t, h, e, "a phone for own shifts", open, held)
		if e.Policy == helpline.OwnShifts {
			opened++
			// What the handler meets has no role, whatever the person's are.
			e.serve = func(_ http.ResponseWriter, _ *http.Request, who staff.Person) {
				if who.ID != p.ID || len(who.Roles) > 0 {
					t.Errorf("the handler meets %v with the roles %q", who.ID, who.Roles)
				}
			}
			r, w := request(e, held)
			h.guarded(e).ServeHTTP(w, r)
		}
		// Nor does its token pass for a login's, or a login's for it.
		closed := e.Policy == helpline.Anyone || e.Policy == helpline.InviteHolder || e.Policy == helpline.FeedHolder
		shut(t, h, e, "its token as a login", closed, &http.Cookie{Name: CookieName, Value: held.Value})
		shut(t, h, e, "a login as its token", closed, &http.Cookie{Name: PassCookie, Value: login.Value})
	}
	if opened != len(h.ownRoutes())-1 { // and the calendar, which has a secret of its own
		t.Errorf("it opens %d routes", opened)
	}
	w := h.do("GET", "/shifts", held, nil)
	page := w.Body.String()
	if w.Code != http.StatusOK || !strings.Contains(page, "You have no shift ahead") || !strings.Contains(page, "My phone") {
		t.Errorf("own shifts: %d", w.Code)
	}
	for _, other := range []string{"/notes", "/people", "/desk", "/me", "Sam Jansen", "Robin", "/logout"} {
		if strings.Contains(page, `"`+other+`"`) || strings.Contains(page, ">"+other+"<") {
			t.Errorf("the page of the phone has %s", other)
		}
	}
	if _, ok := h.Holder(withCookie(held)); ok {
		t.Error("it counts as a login at the gate")
	}
}

func TestPromiseARemovedPersonsPhoneIsDead(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Sam Jansen", helpline.Counsellor)
	held, _ := h.phone(t, login)
	w := h.do("POST", "/me/shifts", login, url.Values{"device": {"Tablet"}, "do": {"link"}})
	waiting := regexp.MustCompile(`/shifts/enter/[\w-]{22}`).FindString(w.Body.String())
	h.shelf.edit(p.ID, func(p *staff.Person) { p.State = staff.Removed })
	if w := h.do("GET", "/shifts", held, nil); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/login" {
		t.Errorf("the phone: %d", w.Code)
	}
	for _, method := range []string{"GET", "POST"} {
		if w := h.do(method, waiting, nil, nil); w.Code != http.StatusNotFound || len(w.Result().Cookies()) > 0 {
			t.Errorf("%s of a link that waits: %d", method, w.Code)
		}
	}
	h.shelf.edit(p.ID, func(p *staff.Person) { p.State, p.Roles = staff.Active, nil })
	if w := h.do("GET", "/shifts", held, nil); w.Code != http.StatusSeeOther {
		t.Errorf("the phone of a person without a role: %d", w.Code)
	}
}

func TestALinkToOwnShiftsWorksOnceAndForAQuarterOfAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		_, login := h.person(t, "Sam Jansen", helpline.Counsellor)
		held, link := h.phone(t, login)
		for _, method := range []string{"GET", "POST"} {
			if w := h.do(method, link, nil, nil); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "This link does not work any more") {
				t.Errorf("%s of a used link: %d", method, w.Code)
			}
		}
		w := h.do("POST", "/me/shifts", login, url.Values{"device": {"Tablet"}, "do": {"link"}})
		second := regexp.MustCompile(`/shifts/enter/[\w-]{22}`).FindString(w.Body.String())
		for range 3 { // following it, as a preview does, spends nothing
			if w := h.do("GET", second, nil, nil); w.Code != http.StatusOK || len(w.Result().Cookies()) > 0 {
				t.Errorf("following: %d", w.Code)
			}
		}
		time.Sleep(counsel.PassLinkLasts)
		if w := h.do("POST", second, nil, nil); w.Code != http.StatusNotFound {
			t.Errorf("after a quarter of an hour: %d", w.Code)
		}
		time.Sleep(counsel.PassLasts - counsel.PassLinkLasts - time.Minute)
		if w := h.do("GET", "/shifts", held, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "for 1 more day.") {
			t.Errorf("on the last day: %d", w.Code)
		}
		time.Sleep(time.Minute)
		if w := h.do("GET", "/shifts", held, nil); w.Code != http.StatusSeeOther {
			t.Errorf("after thirty days: %d", w.Code)
		}
	})
}

func TestADeviceForOwnShiftsIsEndedByItsPersonOnly(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Counsellor)
	_, other := h.person(t, "Noor Bakker", helpline.Supervisor)
	held, _ := h.phone(t, login)
	page := h.do("GET", "/me/shifts", login, nil).Body.String()
	end := regexp.MustCompile(`/me/shifts/[\w-]{22}/end`).FindString(page)
	if !strings.Contains(page, "My phone") || end == "" || strings.Contains(h.do("GET", "/me/shifts", other, nil).Body.String(), "My phone") {
		t.Fatal("the device is not on its person's list, or on another's")
	}
	h.do("POST", end, other, nil)
	if w := h.do("GET", "/shifts", held, nil); w.Code != http.StatusOK {
		t.Errorf("somebody else has ended it: %d", w.Code)
	}
	if w := h.do("POST", "/me/shifts/x/end", login, nil); w.Code != http.StatusNotFound {
		t.Errorf("a device that cannot be: %d", w.Code)
	}
	if w := h.do("POST", end, login, nil); w.Code != http.StatusSeeOther {
		t.Errorf("ending: %d", w.Code)
	}
	if w := h.do("GET", "/shifts", held, nil); w.Code != http.StatusSeeOther {
		t.Errorf("once ended: %d", w.Code)
	}
	again, _ := h.phone(t, login)
	w := h.do("POST", "/shifts/leave", again, nil)
	if got := w.Result().Cookies(); w.Code != http.StatusSeeOther || len(got) != 1 || got[0].MaxAge >= 0 {
		t.Errorf("signing out on the device: %d", w.Code)
	}
	if w := h.do("GET", "/shifts", again, nil); w.Code != http.StatusSeeOther {
		t.Errorf("once signed out: %d", w.Code)
	}
	if w := h.do("POST", "/shifts/leave", again, nil); w.Code != http.StatusSeeOther {
		t.Errorf("signing out twice: %d", w.Code)
	}
}

func TestThisDeviceCanBecomeOneForOwnShifts(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Counsellor)
	w := h.do("POST", "/me/shifts", login, url.Values{"device": {"My phone"}, "do": {"here"}})
	var held *http.Cookie
	for _, c := range w.Result().Cookies() {
		if c.Name == PassCookie {
			held = c
		}
	}
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/shifts" || held == nil {
		t.Fatalf("answered %d", w.Code)
	}
	if w := h.do("GET", "/me", login, nil); w.Code != http.StatusSeeOther {
		t.Errorf("the full login is still there: %d", w.Code)
	}
	if w := h.do("GET", "/shifts", held, nil); w.Code != http.StatusOK {
		t.Errorf("own shifts: %d", w.Code)
	}
}

func TestANameOfADeviceThatIsNotTakenComesBack(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Counsellor)
	for _, name := range []string{"", "x", "=cmd", strings.Repeat("a", 25), "my\u202ephone"} {
		w := h.do("POST", "/me/shifts", login, url.Values{"device": {name}, "do": {"link"}})
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="`+name+`"`) || len(h.drawer.rows) > 0 {
			t.Errorf("%q: %d", name, w.Code)
		}
	}
	for range 5 {
		h.do("POST", "/me/shifts", login, url.Values{"device": {"Phone"}})
	}
	if w := h.do("POST", "/me/shifts", login, url.Values{"device": {"Sixth"}}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), `value="Sixth"`) {
		t.Errorf("the sixth device: %d", w.Code)
	}
}

func TestTheLinkOfANoticeLeadsAPhoneForOwnShiftsToThem(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Counsellor)
	held, _ := h.phone(t, login)
	for want, cookies := range map[string][]*http.Cookie{
		"/shifts": {held, {Name: CookieName, Value: "of a login that has ended"}},
		"/desk":   {held, login},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		for _, c := range cookies {
			r.AddCookie(c)
		}
		if got := h.Front(r); got != want {
			t.Errorf("it leads to %s, not %s", got, want)
		}
	}
	if got := h.Front(httptest.NewRequest("GET", "/", nil)); got != "/desk" {
		t.Errorf("without a cookie it leads to %s", got)
	}
}
