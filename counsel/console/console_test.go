package console

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"helpline"
)

func TestTheCookieOfALoginIsSafe(t *testing.T) {
	h := newHouse(t)
	_, cookie := h.person(t, "Sam Jansen", helpline.Counsellor)
	switch {
	case cookie.Name != "__Host-login", !cookie.HttpOnly, !cookie.Secure, cookie.Path != "/", cookie.Domain != "",
		cookie.SameSite != http.SameSiteStrictMode, cookie.MaxAge != 0, !cookie.Expires.IsZero():
		t.Errorf("cookie is %s", regexp.MustCompile(`=[^;]+`).ReplaceAllString(cookie.Raw, "=..."))
	}
	again := h.login(t, "Sam Jansen")
	w := h.do("POST", "/login", cookie, url.Values{"name": {"Sam Jansen"}, "passphrase": {pass}})
	half := w.Result().Cookies()[0]
	w = h.do("POST", "/second", half, url.Values{"code": {goodCode}})
	third := w.Result().Cookies()[0]
	if again.Value == cookie.Value || half.Value == cookie.Value || third.Value == half.Value {
		t.Error("a token was used for two logins")
	}
	if w := h.do("GET", "/desk", cookie, nil); w.Code != http.StatusSeeOther {
		t.Errorf("the token from before the renewal still opens: %d", w.Code)
	}
	for id, row := range h.shelf.rows {
		if strings.Contains(string(row.Sealed), "Sam") || strings.Contains(string(id[:]), third.Value) {
			t.Error("the row of a login shows whose it is or its token")
		}
		if left := time.Until(row.Expiry); left > shift || left < shift-time.Minute {
			t.Errorf("the login lasts %v", left)
		}
	}
}

func TestAForgedCookieIsNobody(t *testing.T) {
	h := newHouse(t)
	for _, value := range []string{"", "x", strings.Repeat("A", 43), strings.Repeat("A", 5000)} {
		forged := &http.Cookie{Name: CookieName, Value: value}
		if w := h.do("GET", "/desk", forged, nil); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/login" {
			t.Errorf("%.10q: %d", value, w.Code)
		}
		if w := h.do("GET", "/desk/lane", forged, nil); w.Code != http.StatusUnauthorized {
			t.Errorf("the lane, %.10q: %d", value, w.Code)
		}
	}
}

func TestAWrongLoginSaysTheSameForEveryName(t *testing.T) {
	h := newHouse(t)
	h.person(t, "Sam Jansen", helpline.Counsellor)
	body := func(name, passphrase string) string {
		w := h.do("POST", "/login", nil, url.Values{"name": {name}, "passphrase": {passphrase}})
		if w.Code != http.StatusForbidden || len(w.Result().Cookies()) != 0 {
			t.Errorf("%s: %d", name, w.Code)
		}
		return strings.ReplaceAll(w.Body.String(), name, "NAME")
	}
	if body("Sam Jansen", "not it at all") != body("Nobody Here", "not it at all") {
		t.Error("the page tells a known name from an unknown one")
	}
	if got := body("Sam Jansen", "Secretly typed words"); strings.Contains(got, "Secretly") {
		t.Error("the page repeats the passphrase")
	}
	if w := h.do("POST", "/login", nil, url.Values{"name": {`"><script>x`}, "passphrase": {"y"}}); strings.Contains(w.Body.String(), "<script>x") {
		t.Error("what was typed comes back as markup")
	}
}

func TestABusyServerSaysTryAgainAndChangesNothing(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Counsellor)
	h.shelf.mu.Lock()
	h.shelf.broken = helpline.Errorf(helpline.Unavailable, "too many are waiting")
	h.shelf.mu.Unlock()
	w := h.do("POST", "/login", nil, url.Values{"name": {"Sam Jansen"}, "passphrase": {pass}})
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "Wait a moment and try again") {
		t.Errorf("login: %d", w.Code)
	}
	if w := h.do("GET", "/desk", login, nil); w.Code != http.StatusServiceUnavailable {
		t.Errorf("desk: %d", w.Code)
	}
	if w := h.do("GET", "/desk/lane", login, nil); w.Code != http.StatusServiceUnavailable {
		t.Errorf("lane: %d", w.Code)
	}
	if log := h.log.String(); !strings.Contains(log, "route=") || strings.Contains(log, "Sam") {
		t.Errorf("logged %s", log)
	}
}

func TestFormsThatCannotBeReadGetAPage(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Counsellor, helpline.Supervisor)
	huge := url.Values{"name": {strings.Repeat("a", maxForm)}}
	for _, path := range []string{"/login", "/language", "/people"} {
		if w := h.do("POST", path, login, huge); w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "too much at once") {
			t.Errorf("%s, too large: %d", path, w.Code)
		}
	}
	if w := h.do("POST", "/language", login, url.Values{"language": {"xx"}}); w.Code != http.StatusBadRequest {
		t.Errorf("an unknown language: %d", w.Code)
	}
	if w := h.do("GET", "/nowhere", login, nil); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "<html") {
		t.Errorf("an unknown address: %d", w.Code)
	}
	if w := h.do("POST", "/people/nonsense/invite", login, nil); w.Code != http.StatusNotFound {
		t.Errorf("a person that cannot be: %d", w.Code)
	}
}

func TestTheLanguageOfAPageIsThePersons(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Counsellor, helpline.Supervisor)
	if w := h.do("GET", "/desk", login, nil); !strings.Contains(w.Body.String(), `lang="en"`) {
		t.Error("the desk is not in English")
	}
	w := h.do("POST", "/language", login, url.Values{"language": {"nl"}, "back": {"/board"}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/board" {
		t.Errorf("changing: %d to %s", w.Code, w.Header().Get("Location"))
	}
	for _, path := range []string{"/desk", "/board", "/people"} {
		if w := h.do("GET", path, login, nil); !strings.Contains(w.Body.String(), `lang="nl"`) {
			t.Errorf("%s is not in Dutch", path)
		}
	}
	w = h.do("POST", "/language", login, url.Values{"language": {"en"}, "back": {"//elsewhere.example"}})
	if w.Header().Get("Location") != "/desk" {
		t.Errorf("goes on to %s", w.Header().Get("Location"))
	}
	if w := h.do("GET", "/login?language=nl", nil, nil); !strings.Contains(w.Body.String(), "Wachtzin") && !strings.Contains(w.Body.String(), "wachtzin") {
		t.Error("the login is not in Dutch")
	}
}

func TestNoPageOfTheStaffHasAnythingInline(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Counsellor, helpline.Supervisor)
	inline := regexp.MustCompile(`(?i)<script>|<style|\sstyle=|\son[a-z]+=|javascript:|//[a-z]+\.(com|net|org)`)
	for _, path := range []string{"/login", "/desk", "/board", "/people", "/nowhere"} {
		as := login
		if path == "/login" {
			as = nil
		}
		w := h.do("GET", path, as, nil)
		if hit := inline.FindString(w.Body.String()); hit != "" {
			t.Errorf("%s has %q", path, hit)
		}
		if w.Header().Get("Cache-Control") == "" {
			t.Errorf("%s may be cached", path)
		}
	}
}
