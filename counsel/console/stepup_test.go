package console

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
)

// weighty adds a route to a house that asks for a step-up and says what it got.
func (h *house) weighty() (got *url.Values) {
	got = &url.Values{}
	for _, method := range []string{"GET", "POST"} {
		e := stepUp(entry{
			Route: helpline.Route{Method: method, Pattern: "/weighty/{person}", Policy: helpline.StaffOnly}, action: counsel.ChangeOwn,
			serve: func(w http.ResponseWriter, r *http.Request, _ staff.Person) {
				_ = r.ParseForm()
				*got = r.PostForm
				w.WriteHeader(http.StatusTeapot)
			},
		})
		h.mux.Handle(method+" "+e.Pattern, h.guarded(e))
		h.steps[method+" "+e.Pattern] = true
	}
	return got
}

// age makes the second factor of a login so old.
func (h *house) age(t *testing.T, login *http.Cookie, by time.Duration) {
	t.Helper()
	h.change(t, login, counsel.SteppedKey, time.Now().Add(-by).Unix())
}

func (h *house) change(t *testing.T, login *http.Cookie, key string, value any) {
	t.Helper()
	r := httptest.NewRequest("POST", "/", nil)
	r.AddCookie(login)
	h.logins.LoadAndSave(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		h.logins.Put(r.Context(), key, value)
	})).ServeHTTP(httptest.NewRecorder(), r)
}

func TestPromiseWhatMattersAsksForAFreshSecondFactor(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	h.weighty()
	for age, want := range map[time.Duration]int{
		0: http.StatusTeapot, FreshFor - time.Minute: http.StatusTeapot,
		FreshFor: http.StatusSeeOther, time.Hour: http.StatusSeeOther, -time.Hour: http.StatusSeeOther, // the clock was set back
	} {
		h.age(t, login, age)
		if w := h.do("GET", "/weighty/sam", login, nil); w.Code != want {
			t.Errorf("a second factor %v old was answered %d, want %d", age, w.Code, want)
		}
	}
	h.Fresh = time.Minute // a line may be stricter
	h.age(t, login, time.Minute)
	w := h.do("GET", "/weighty/sam", login, nil)
	if to := w.Header().Get("Location"); to != "/step-up?back=%2Fweighty%2Fsam" {
		t.Errorf("sent to %s", to)
	}
}

func TestWhatWasTypedIsCarriedThroughAStepUp(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	got := h.weighty()
	h.age(t, login, time.Hour)
	w := h.do("POST", "/weighty/sam", login, url.Values{"reason": {"<quality>"}, "step-go": {"/x"}})
	if page := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(page, `name="reason" value="&lt;quality&gt;"`) || strings.Contains(page, `value="/x"`) {
		t.Fatalf("answered %d: %s", w.Code, page)
	}
	r := httptest.NewRequest("POST", "/weighty/sam", strings.NewReader("reason=quality"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Mode", "cors")
	r.AddCookie(login)
	script := httptest.NewRecorder()
	h.ServeHTTP(script, r)
	if script.Code != http.StatusPreconditionRequired {
		t.Errorf("a script was answered %d", script.Code)
	}
	form := url.Values{"step-go": {"/weighty/sam"}, "step-form": {"1"}, "reason": {"quality"}, "step-code": {"not it"}}
	if w = h.do("POST", "/step-up", login, form); w.Code != http.StatusUnprocessableEntity || strings.Contains(w.Body.String(), "not it") {
		t.Errorf("what is not right was answered %d", w.Code)
	}
	form.Set("step-code", goodCode)
	if w = h.do("POST", "/step-up", login, form); w.Code != http.StatusTemporaryRedirect || w.Header().Get("Location") != "/weighty/sam" {
		t.Fatalf("answered %d to %s", w.Code, w.Header().Get("Location"))
	}
	if w = h.do("POST", w.Header().Get("Location"), login, form); w.Code != http.StatusTeapot || got.Get("reason") != "quality" {
		t.Errorf("the form came as %v, %d", got, w.Code)
	}
}

func TestAStepUpLeadsNowhereElse(t *testing.T) {
	h := newHouse(t)
	p, _ := h.person(t, "Sam Jansen", helpline.Supervisor)
	h.weighty()
	for to, want := range map[string]string{
		"/weighty/sam": "/weighty/sam", "/logout": "/board", "//evil.example": "/board", "https://evil.example/weighty/sam": "/board",
		"/weighty/..%2f": "/board", "/weighty//evil": "/board", `/weighty\evil`: "/board", "/weighty/sam?x=1": "/board", "": "/board", "weighty": "/board",
	} {
		if got := h.stepTarget(to, p); got != want {
			t.Errorf("%q leads to %q, want %q", to, got, want)
		}
	}
}
