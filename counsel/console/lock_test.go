package console

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat/link"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// away makes a login one that nobody has used for so long.
func (h *house) away(login *http.Cookie, long time.Duration) {
	h.touched.mu.Lock()
	defer h.touched.mu.Unlock()
	h.touched.last[vault.LoginID(login.Value)] = time.Now().Add(-long)
}

func TestPromiseALockedScreenOpensNothingUntilThePassphraseComes(t *testing.T) {
	for name, lock := range map[string]func(*house, *http.Cookie){
		"by hand": func(h *house, login *http.Cookie) { h.do("POST", "/lock", login, url.Values{"script": {"1"}}) },
		"idle":    func(h *house, login *http.Cookie) { h.away(login, IdleFor) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			_, login := h.person(t, "Sam Jansen", helpline.Roles()...)
			if w := h.do("GET", "/notes", login, nil); w.Code != http.StatusOK {
				t.Fatalf("before: %d", w.Code)
			}
			lock(h, login)
			for _, e := range h.table() {
				if e.action == "" || e.bare || e.whileLocked || len(e.stages) > 0 && e.stepUp == false {
					continue
				}
				reached, w := h.knock(e, login)
				if reached || w.Code != http.StatusOK && w.Code != http.StatusSeeOther || strings.Contains(w.Body.String(), "Robin") {
					t.Errorf("%s %s was answered %d, reached %v", e.Method, e.Pattern, w.Code, reached)
				}
			}
			if h.cabinet.open[login.Value] {
				t.Error("the keyring is unlocked")
			}
			if w := h.do("POST", "/unlock", login, url.Values{"script": {"1"}, "passphrase": {"something else"}}); w.Code != http.StatusForbidden {
				t.Errorf("a wrong passphrase was answered %d", w.Code)
			}
			if w := h.do("GET", "/notes", login, nil); w.Header().Get("Location") != "/unlock?back=%2Fnotes" {
				t.Errorf("after a wrong passphrase: %d", w.Code)
			}
			if w := h.do("POST", "/unlock", login, url.Values{"back": {"/notes"}, "passphrase": {pass}}); w.Header().Get("Location") != "/notes" {
				t.Errorf("unlocking leads to %s", w.Header().Get("Location"))
			}
			if w := h.do("GET", "/notes", login, nil); w.Code != http.StatusOK || !h.cabinet.open[login.Value] {
				t.Errorf("afterwards: %d", w.Code)
			}
		})
	}
}

func TestALockEndsNoConversation(t *testing.T) {
	h := newHouse(t)
	server := httptest.NewServer(h)
	defer server.Close()
	_, login := h.person(t, "Robin Ruiter", helpline.Counsellor)
	page, err := dial(t, server, "/desk/lane", origin, login)
	if err != nil {
		t.Fatal(err)
	}
	defer page.Close()
	<-h.line.met
	held := "/desk/talk/" + helpline.NewID().String()
	if _, err := dial(t, server, held, origin, login); err != nil {
		t.Fatal(err)
	}
	<-h.line.met
	mark := markOf(t, h, "/desk", login)
	h.do("POST", "/lock", login, url.Values{})
	h.away(login, time.Hour)
	h.look(t.Context())
	h.line.mu.Lock()
	left := len(h.line.links)
	h.line.mu.Unlock()
	if left != 1 {
		t.Error("a socket was cut")
	}
	for _, again := range []string{"after a break of the line", "after a restart"} {
		if _, err := dial(t, server, held+"?window="+mark, origin, login); err != nil {
			t.Fatalf("a locked desk cannot come back %s: %v", again, err)
		}
		h.touched.mu.Lock()
		clear(h.touched.at)
		clear(h.touched.last)
		h.touched.mu.Unlock()
	}
}

// The mark of a window stands in the page behind the lock: with it a locked desk
// takes nobody, and opens no conversation it did not have open.
func TestPromiseALockedDeskTakesNobodyAndOpensNoOtherConversation(t *testing.T) {
	for name, lock := range map[string]func(*house, *http.Cookie){
		"by hand": func(h *house, login *http.Cookie) { h.do("POST", "/lock", login, url.Values{"script": {"1"}}) },
		"idle":    func(h *house, login *http.Cookie) { h.away(login, IdleFor); h.look(t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			server := httptest.NewServer(h)
			defer server.Close()
			_, login := h.person(t, "Robin Ruiter", helpline.Counsellor)
			id := vault.LoginID(login.Value)
			desk := h.touched.lane(id, link.Nobody{})
			mark := markOf(t, h, "/desk", login)
			if h.touched.locked(id) {
				t.Fatal("locked before")
			}
			lock(h, login)
			if !h.touched.locked(id) || h.touched.shut(id, true) != nil {
				t.Error("the desk's lane has not been told")
			}
			other := "/desk/talk/" + helpline.NewID().String() + "?window=" + mark
			if _, err := dial(t, server, other, origin, login); err == nil || !strings.Contains(err.Error(), "423") {
				t.Errorf("a conversation that was not open: %v", err)
			}
			h.do("POST", "/unlock", login, url.Values{"script": {"1"}, "passphrase": {pass}})
			if h.touched.locked(id) || len(h.touched.shut(id, true)) != 1 {
				t.Error("after the unlocking the lane is locked, or lost")
			}
			h.touched.opened(id)
			if _, err := dial(t, server, other, origin, login); err != nil {
				t.Error(err)
			}
			desk.Gone()
			if h.touched.shut(id, true) != nil {
				t.Error("a lane is kept that has ended")
			}
		})
	}
}

// Whoever sits down at a locked screen opens nothing new: no conversation, no
// queue, also not past the page that asks for the passphrase.
func TestPromiseNothingNewOpensWhileTheScreenIsLocked(t *testing.T) {
	for name, lock := range map[string]func(*house, *http.Cookie){
		"by hand": func(h *house, login *http.Cookie) { h.do("POST", "/lock", login, url.Values{"script": {"1"}}) },
		"idle":    func(h *house, login *http.Cookie) { h.away(login, IdleFor) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			server := httptest.NewServer(h)
			defer server.Close()
			_, login := h.person(t, "Robin Ruiter", helpline.Counsellor, helpline.Supervisor)
			_, colleague := h.person(t, "Noor Bakker", helpline.Counsellor)
			mine, theirs := markOf(t, h, "/board", login), markOf(t, h, "/desk", colleague)
			paths := []string{"/desk/lane", "/desk/talk/" + helpline.NewID().String()}
			for _, path := range paths {
				if _, err := dial(t, server, path, origin, login); err != nil {
					t.Fatalf("%s does not open before: %v", path, err)
				}
			}
			lock(h, login)
			for _, path := range paths {
				for what, mark := range map[string]string{"none": "", "a colleague's": theirs, "a made-up one": mine[1:] + "A", "half of it": mine[:11], "no text of ours": "%00"} {
					if _, err := dial(t, server, path+"?window="+mark, origin, login); err == nil || !strings.Contains(err.Error(), "423") {
						t.Errorf("%s with the mark: %s: %v", path, what, err)
					}
				}
				if _, err := dial(t, server, path+"?window="+mine, origin, login); err != nil {
					t.Errorf("%s of a page that was open before: %v", path, err)
				}
			}
			h.do("POST", "/unlock", login, url.Values{"script": {"1"}, "passphrase": {pass}})
			for _, path := range paths {
				if _, err := dial(t, server, path, origin, login); err != nil {
					t.Errorf("%s after the unlocking: %v", path, err)
				}
			}
		})
	}
}

// markOf is the mark of a page for its sockets.
func markOf(t *testing.T, h *house, page string, login *http.Cookie) string {
	t.Helper()
	mark := regexp.MustCompile(`data-window="([\w-]{22})"`).FindStringSubmatch(h.do("GET", page, login, nil).Body.String())
	if mark == nil {
		t.Fatalf("%s has no mark", page)
	}
	return mark[1]
}

func TestWhatWasTypedIsCarriedThroughTheLock(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Robin Ruiter", helpline.Counsellor)
	contact := "/closing/" + helpline.NewID().String()
	h.do("POST", "/lock", login, url.Values{})
	w := h.do("POST", contact, login, note(p, "a sentence of the note"))
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `value="a sentence of the note"`) || !strings.Contains(w.Body.String(), `name="unlock-to" value="`+contact) {
		t.Fatalf("answered %d: %s", w.Code, w.Body)
	}
	form := note(p, "a sentence of the note")
	form.Del("script")
	form.Set("unlock-to", contact)
	form.Set("unlock-form", "1")
	form.Set("passphrase", pass)
	if w = h.do("POST", "/unlock", login, form); w.Code != http.StatusTemporaryRedirect || w.Header().Get("Location") != contact {
		t.Fatalf("answered %d to %s", w.Code, w.Header().Get("Location"))
	}
	if w = h.do("POST", contact, login, form); w.Code != http.StatusNoContent || len(h.cabinet.notes) != 1 {
		t.Errorf("the note was answered %d", w.Code)
	}
	h.do("POST", "/lock", login, url.Values{})
	r := httptest.NewRequest("GET", "/closing/x/draft", nil)
	r.Header.Set("Sec-Fetch-Mode", "cors")
	r.AddCookie(login)
	script := httptest.NewRecorder()
	h.ServeHTTP(script, r)
	if script.Code != http.StatusLocked {
		t.Errorf("a script was answered %d", script.Code)
	}
}

// TestPromiseAnIdleLockOutlivesARestart: nobody has the token that would seal it,
// so the row says it.
func TestPromiseAnIdleLockOutlivesARestart(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Robin Ruiter", helpline.Counsellor)
	_, other := h.person(t, "Kim Visser", helpline.Counsellor)
	restart := func() { h.touched = newTouches() }
	opens := func(login *http.Cookie) bool { return h.do("GET", "/notes", login, nil).Code == http.StatusOK }
	if !opens(login) || !opens(other) {
		t.Fatal("a new login is locked")
	}
	h.away(login, IdleFor)
	h.look(t.Context())
	restart()
	if opens(login) || !opens(other) {
		t.Error("a restarted program has forgotten who was idle, or locks everybody")
	}
	if w := h.do("POST", "/unlock", login, url.Values{"passphrase": {pass}, "back": {"/notes"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("unlocking was answered %d", w.Code)
	}
	restart()
	if !opens(login) {
		t.Error("who has unlocked is asked again after a restart")
	}
	h.away(login, IdleFor)
	h.look(t.Context())
	restart()
	if opens(login) {
		t.Error("the second time it is forgotten")
	}
}

func TestAScreenIsIdleByTheLastTouchAndKeysGoByThemselves(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Robin Ruiter", helpline.Counsellor)
	id := vault.LoginID(login.Value)
	h.away(login, IdleFor-time.Second)
	h.look(t.Context())
	if h.touched.idle(id) || !h.cabinet.open[login.Value] {
		t.Error("locked too early")
	}
	if w := h.do("POST", "/alive", login, url.Values{}); w.Code != http.StatusNoContent {
		t.Errorf("a sign of life was answered %d", w.Code)
	}
	h.away(login, IdleFor)
	h.look(t.Context())
	if h.cabinet.open[login.Value] {
		t.Error("nobody came, and the keyring is unlocked")
	}
	if w := h.do("POST", "/alive", login, url.Values{}); w.Code == http.StatusNoContent {
		t.Error("a page keeps a locked screen alive")
	}
	if w := h.do("GET", "/login/state", login, nil); !strings.Contains(w.Body.String(), `"in"`) {
		t.Errorf("the login has ended: %s", w.Body)
	}
	h.touched.start = time.Now().Add(-time.Hour) // the program has run for long
	if w := h.do("GET", "/notes", h.login(t, "Robin Ruiter"), nil); w.Code != http.StatusOK {
		t.Errorf("a new login begins locked: %d", w.Code)
	}
	clear(h.touched.last)
	h.away(login, shift+time.Second)
	h.look(t.Context())
	if len(h.touched.last) != 0 {
		t.Error("touches are kept for ever")
	}
}

func TestPeopleOfTheDemonstrationUnlockWithoutAPassphrase(t *testing.T) {
	h := newHouse(t)
	h.DemoPass = func(staff.Person) (staff.Passphrase, bool) { return staff.NewPassphrase(pass), true }
	p, login := h.person(t, "Robin Ruiter", helpline.Counsellor)
	lock := func() int {
		h.do("POST", "/lock", login, url.Values{})
		return h.do("POST", "/unlock", login, url.Values{"script": {"1"}}).Code
	}
	if code := lock(); code != http.StatusForbidden {
		t.Errorf("a real person without a passphrase was answered %d", code)
	}
	h.shelf.edit(p.ID, func(p *staff.Person) { p.Demo = true })
	if code := lock(); code != http.StatusNoContent {
		t.Errorf("somebody of the demonstration was answered %d", code)
	}
	if in := (counsel.Login{Stage: counsel.Full}); !h.fresh(in, staff.Person{Demo: true}, time.Now()) {
		t.Error("a second factor is asked of the demonstration")
	}
}

// Whoever came in with a printed code has lost the passphrase: a screen that asks
// for it would be a dead end.
func TestALoginThatOwesAPassphraseEndsInPlaceOfLocking(t *testing.T) {
	for name, lock := range map[string]func(*house, *http.Cookie){
		"by hand": func(h *house, login *http.Cookie) { h.do("POST", "/lock", login, url.Values{"script": {"1"}}) },
		"idle":    func(h *house, login *http.Cookie) { h.away(login, IdleFor) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			p, login := h.person(t, "Robin Ruiter", helpline.Counsellor)
			h.shelf.edit(p.ID, func(p *staff.Person) { p.Renew = true })
			w := h.do("GET", "/passphrase", login, nil)
			if page := w.Body.String(); w.Code != http.StatusOK || strings.Contains(page, `id="lock"`) || !strings.Contains(page, `action="/logout"`) {
				t.Errorf("the page was answered %d and offers a lock, or no way out", w.Code)
			}
			if w := h.do("GET", "/unlock", login, nil); w.Header().Get("Location") != "/passphrase" {
				t.Errorf("unlocking was answered %d to %q", w.Code, w.Header().Get("Location"))
			}
			lock(h, login)
			if w := h.do("GET", "/passphrase", login, nil); w.Header().Get("Location") != "/login?again" {
				t.Errorf("afterwards: %d to %q", w.Code, w.Header().Get("Location"))
			}
			if len(h.shelf.rows) != 0 {
				t.Error("the login stands")
			}
		})
	}
}

func TestPromiseAPageThatAsksForAlertsKeepsNoScreenOpenAndReadsNothingOfALockedOne(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	h.roll.alarms = []counsel.CoverAlarm{{Key: "noshow/x", Kind: counsel.AlarmNoShow}}
	const alert = "did not check in"
	if page := h.do("GET", "/alerts?here=people", login, nil).Body.String(); !strings.Contains(page, alert) {
		t.Errorf("an open screen is told %s", page)
	}
	if page := h.do("GET", "/alerts?here=board", login, nil).Body.String(); strings.Contains(page, alert) {
		t.Error("the board is told what it shows itself")
	}
	h.away(login, IdleFor-time.Second)
	before := h.touched.last[vault.LoginID(login.Value)]
	h.do("GET", "/alerts", login, nil)
	if after := h.touched.last[vault.LoginID(login.Value)]; !after.Equal(before) {
		t.Error("asking for alerts counts as somebody's touch")
	}
	h.away(login, IdleFor)
	if w := h.do("GET", "/alerts?here=people", login, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"locked":true`) || strings.Contains(w.Body.String(), alert) {
		t.Errorf("a locked screen is told %s", w.Body)
	}
}
