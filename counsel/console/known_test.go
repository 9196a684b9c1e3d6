package console

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"helpline/counsel/staff"
)

// TestABrowserInWhichSomebodyHasLoggedInIsKnown and one that says so is not.
func TestABrowserInWhichSomebodyHasLoggedInIsKnown(t *testing.T) {
	devices, err := staff.NewDevices([]byte("the secret of this installation!"))
	if err != nil {
		t.Fatal(err)
	}
	c := &Console{Setup: Setup{Known: devices}}
	w := httptest.NewRecorder()
	c.mark(w)
	given := w.Result().Cookies()
	if len(given) != 1 || !given[0].HttpOnly || !given[0].Secure || given[0].SameSite != http.SameSiteStrictMode || given[0].Path != "/" {
		t.Fatalf("the browser was given %v", given)
	}
	for name, wanted := range map[string]struct {
		cookie string
		known  bool
	}{
		"the mark it was given": {given[0].Value, true},
		"a mark of its own":     {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false},
		"none":                  {"", false},
	} {
		r := httptest.NewRequest("POST", "/login", nil)
		r.RemoteAddr = "rate key"
		if wanted.cookie != "" {
			r.AddCookie(&http.Cookie{Name: KnownCookie, Value: wanted.cookie})
		}
		asked := staff.AskerOf(c.asked(r))
		if asked.Known != wanted.known || (asked.From == "rate key") == wanted.known {
			t.Errorf("a browser with %s asks as %+v", name, asked)
		}
	}
	w = httptest.NewRecorder()
	(&Console{}).mark(w) // where none are known
	if len(w.Result().Cookies()) != 0 {
		t.Error("a mark is given that nobody knows")
	}
}
