package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

const newPass = "zeven gele fietsen op zolder"

func own(pass string) url.Values {
	return url.Values{"choice": {"own"}, "own": {pass}, "again": {pass}, "passphrase": {"lantern ribun over vierkant tosas"}}
}

func TestWhoMustChooseANewPassphraseGetsNoOtherPage(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Sam Jansen", helpline.Counsellor, helpline.Supervisor)
	h.shelf.edit(p.ID, func(p *staff.Person) { p.Renew = true })
	w := h.do("GET", "/passphrase", login, nil)
	if w.Code != http.StatusOK || strings.Contains(w.Body.String(), `href="/board"`) {
		t.Errorf("the page itself was answered %d", w.Code)
	}
	for _, e := range h.table() {
		if e.action == "" || len(e.stages) > 0 || strings.Contains(e.Pattern, "shifts") || e.Pattern == "/lock" { // that one ends the login
			continue
		}
		path := strings.NewReplacer("{contact}", helpline.NewID().String(), "{person}", helpline.NewID().String(), "{note}", helpline.NewID().String(),
			"{provider}", helpline.NewID().String(), "{rescue}", helpline.NewID().String()).Replace(e.Pattern)
		w := h.do(e.Method, path, login, url.Values{})
		switch {
		case e.bare && w.Code != http.StatusForbidden && w.Code != http.StatusNotFound:
			t.Errorf("%s %s was answered %d", e.Method, e.Pattern, w.Code)
		case !e.bare && !e.due && w.Header().Get("Location") != "/passphrase":
			t.Errorf("%s %s leads to %d %q", e.Method, e.Pattern, w.Code, w.Header().Get("Location"))
		}
	}
}

func TestAPassphraseIsChangedAndTheLoginGoesOnUnderANewToken(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Sam Jansen", helpline.Counsellor)
	for name, c := range map[string]struct {
		form   url.Values
		status int
		words  string
	}{
		"a wrong old one": {url.Values{"choice": {"own"}, "own": {newPass}, "again": {newPass}, "passphrase": {"another"}}, 422, "The passphrase you have now is not right"},
		"two that differ": {url.Values{"choice": {"own"}, "own": {newPass}, "again": {"x"}, "passphrase": {pass}}, 422, "not the same"},
		"a short one":     {own("short"), 422, "too short"},
		"not written":     {url.Values{"offer": {staff.Offer().Reveal()}, "passphrase": {pass}}, 422, "Write the six words down"},
		"a forged offer":  {url.Values{"offer": {"marked marked marked marked marked marked"}, "passphrase": {pass}}, 422, "Write the six words down"},
	} {
		w := h.do("POST", "/passphrase", login, c.form)
		body := w.Body.String()
		if w.Code != c.status || !strings.Contains(body, c.words) {
			t.Errorf("%s was answered %d", name, w.Code)
		}
		if strings.Contains(body, newPass) || strings.Contains(body, "marked") || strings.Contains(body, pass) {
			t.Errorf("%s: the page repeats a passphrase", name)
		}
	}
	if len(h.room.changed) != 0 {
		t.Fatal("it was changed")
	}
	w := h.do("POST", "/passphrase", login, own(newPass))
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/passphrase?changed" || !slices.Equal(h.room.changed, []helpline.ID{p.ID}) {
		t.Fatalf("answered %d %s", w.Code, w.Header().Get("Location"))
	}
	renewed := w.Result().Cookies()[0]
	if renewed.Value == login.Value {
		t.Error("the login kept its token")
	}
	if w := h.do("GET", "/desk", renewed, nil); w.Code != http.StatusOK {
		t.Errorf("with the new token: %d", w.Code)
	}
}

func TestACodeIsShownOnceAndNeverPutBackIntoAForm(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Sam Jansen", helpline.Counsellor)
	page := h.do("POST", "/code", login, url.Values{"do": {"make"}}).Body.String()
	groups := strings.Split(h.room.code, "-")
	for _, g := range groups {
		if strings.Count(page, ">"+g+"<") != 1 || strings.Contains(page, `"`+g) {
			t.Errorf("the group %q does not stand there once, as text", g)
		}
	}
	for name, c := range map[string]struct {
		typed, words string
	}{
		"a group too few": {strings.Join(groups[1:], " "), "nine groups"},
		"another code":    {vault.NewCode().Reveal(), "not the code that was just shown"},
		"a wrong group":   {strings.Join(append([]string{"xxxxx"}, groups[1:]...), " "), "Look at group 1"},
	} {
		w := h.do("POST", "/code", login, url.Values{"do": {"typed"}, "typed": {c.typed}})
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), c.words) || strings.Contains(w.Body.String(), groups[3]) {
			t.Errorf("%s was answered %d, or the code is shown again", name, w.Code)
		}
	}
	w := h.do("POST", "/code", login, url.Values{"do": {"typed"}, "typed": {strings.ToUpper(h.room.code)}})
	if w.Header().Get("Location") != "/code?kept" || !h.room.works[p.ID] {
		t.Errorf("answered %d", w.Code)
	}
	for _, path := range []string{"/code", "/code?kept", "/me"} {
		if page := h.do("GET", path, login, nil).Body.String(); strings.Contains(page, groups[0]) {
			t.Errorf("%s shows the code", path)
		}
	}
}

func TestALoginByCodeLeadsToANewPassphraseOnly(t *testing.T) {
	h := newHouse(t)
	p, _ := h.person(t, "Sam Jansen", helpline.Counsellor)
	code := vault.NewCode().Reveal()
	h.room.codes[code] = p
	for name, form := range map[string]url.Values{
		"a wrong name": {"name": {"Nobody"}, "typed": {code}},
		"a wrong code": {"name": {p.Name}, "typed": {vault.NewCode().Reveal()}},
	} {
		w := h.do("POST", "/lost/code", nil, form)
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "The name or the code is not right") || strings.Contains(w.Body.String(), form.Get("typed")) {
			t.Errorf("%s was answered %d", name, w.Code)
		}
	}
	w := h.do("POST", "/lost/code", nil, url.Values{"name": {p.Name}, "typed": {code[2:]}})
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="Sam Jansen"`) || strings.Contains(w.Body.String(), code[2:]) {
		t.Errorf("a slip was answered %d, the name is gone, or the code is put back", w.Code)
	}
	w = h.do("POST", "/lost/code", nil, url.Values{"name": {p.Name}, "typed": {code}})
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/second") {
		t.Errorf("the right code was answered %d %s: the second factor is not asked for", w.Code, w.Header().Get("Location"))
	}
}

func TestARescueIsTheBrowsersAndEndsWithIt(t *testing.T) {
	h := newHouse(t)
	p, _ := h.person(t, "Sam Jansen", helpline.Counsellor)
	if w := h.do("GET", "/lost/wait", nil, nil); w.Header().Get("Location") != "/lost?over" {
		t.Errorf("without a rescue: %d", w.Code)
	}
	w := h.do("POST", "/lost/ask", nil, url.Values{"name": {p.Name}})
	cookie := w.Result().Cookies()[0]
	if w.Header().Get("Location") != "/lost/wait" || cookie.Name != "__Host-rescue" || !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteStrictMode ||
		cookie.MaxAge != int(counsel.RescueLasts/time.Second) || cookie.Path != "/" {
		t.Fatalf("answered %d with %v", w.Code, cookie.Name)
	}
	page := h.do("GET", "/lost/wait", cookie, nil).Body.String()
	if !strings.Contains(page, ownSix) || !strings.Contains(page, "Not confirmed") || strings.Contains(page, cookie.Value) {
		t.Error("the six words are missing, or the token is shown")
	}
	if w := h.do("POST", "/lost/wait", cookie, own(newPass)); w.Code != http.StatusServiceUnavailable {
		t.Errorf("too early: %d", w.Code)
	}
	*h.room.asks[cookie.Value] = counsel.Pleading{Words: ownSix, Approved: true, Given: 1, Needed: 2, Expires: time.Now().Add(time.Minute)}
	if page := h.do("GET", "/lost/wait", cookie, nil).Body.String(); !strings.Contains(page, "1 of 2 shares") || strings.Contains(page, `name="own"`) {
		t.Error("with one share a passphrase can be chosen, or the page does not say how far it is")
	}
	h.room.asks[cookie.Value].Given = 2
	h.room.who[cookie.Value] = p
	if page := h.do("GET", "/lost/wait", cookie, nil).Body.String(); !strings.Contains(page, `name="own"`) {
		t.Error("no passphrase can be chosen")
	}
	if w := h.do("POST", "/lost/wait", cookie, own("short")); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a short passphrase: %d", w.Code)
	}
	w = h.do("POST", "/lost/wait", cookie, own(newPass))
	gone := slices.ContainsFunc(w.Result().Cookies(), func(c *http.Cookie) bool { return c.Name == "__Host-rescue" && c.MaxAge < 0 })
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/second") || !gone {
		t.Errorf("answered %d %s, the cookie is gone: %v", w.Code, w.Header().Get("Location"), gone)
	}
	if w := h.do("GET", "/lost/wait", cookie, nil); w.Header().Get("Location") != "/lost?over" {
		t.Errorf("afterwards: %d", w.Code)
	}
}

func TestTheRecoveryKeyIsMadeWithWhatWasChosenAndHelpIsSure(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	one, two := helpline.NewID(), helpline.NewID()
	h.room.state.Custodians = []counsel.Custodian{{Person: one, Name: "One", Active: true}, {Person: two, Name: "Two", Active: true, Operator: true}}
	for name, form := range map[string]url.Values{
		"nobody":            {"needed": {"2"}},
		"one":               {"needed": {"2"}, "custodian": {one.String()}},
		"the same twice":    {"needed": {"2"}, "custodian": {one.String(), one.String()}},
		"more than chosen":  {"needed": {"3"}, "custodian": {one.String(), two.String()}},
		"one is enough":     {"needed": {"1"}, "custodian": {one.String(), two.String()}},
		"no number":         {"needed": {"x"}, "custodian": {one.String(), two.String()}},
		"a number of no ID": {"needed": {"2"}, "custodian": {one.String(), "../../etc"}},
	} {
		if w := h.do("POST", "/recovery/key", login, form); w.Code != http.StatusUnprocessableEntity || h.room.made != nil {
			t.Errorf("%s was answered %d", name, w.Code)
		}
	}
	if w := h.do("POST", "/recovery/key", login, url.Values{"needed": {"2"}, "custodian": {one.String(), two.String()}}); w.Header().Get("Location") != "/recovery?done=key" || !slices.Equal(h.room.made, []helpline.ID{one, two}) {
		t.Errorf("answered %d", w.Code)
	}

	plea := counsel.Rescued{ID: helpline.NewID(), Person: one, Name: "One", Words: ownSix, Expires: time.Now().Add(time.Hour), Mine: 1, Needed: 2, Approved: true}
	h.room.rescues = []counsel.Rescued{plea}
	at := "/recovery/" + plea.ID.String()
	if w := h.do("POST", at+"/approve", login, url.Values{"words": {ownSix}}); w.Code != http.StatusUnprocessableEntity || len(h.room.approved) != 0 {
		t.Errorf("without having heard the words: %d", w.Code)
	}
	if w := h.do("POST", at+"/approve", login, url.Values{"words": {"other words"}, "heard": {"yes"}}); w.Code != http.StatusConflict {
		t.Errorf("with other words: %d", w.Code)
	}
	if w := h.do("POST", at+"/approve", login, url.Values{"words": {ownSix}, "heard": {"yes"}}); w.Header().Get("Location") != "/recovery?done=approve" {
		t.Errorf("with the words: %d", w.Code)
	}
	if w := h.do("POST", at+"/give", login, url.Values{"share": {"marked words"}}); w.Code != http.StatusUnprocessableEntity || strings.Contains(w.Body.String(), "marked") {
		t.Errorf("a share with a slip: %d, or it is put back", w.Code)
	}
	for _, path := range []string{"/recovery/nobody/stop", "/recovery/" + helpline.NewID().String() + "/stop", "/recovery/" + helpline.NewID().String() + "/give"} {
		if w := h.do("POST", path, login, url.Values{"share": {"x"}}); w.Code != http.StatusNotFound {
			t.Errorf("%s was answered %d", path, w.Code)
		}
	}
	h.room.tasks = []counsel.Task{counsel.ShareWaits, counsel.Task(counsel.NoKey)}
	if page := h.do("GET", "/board", login, nil).Body.String(); !strings.Contains(page, "A lost passphrase loses notes") || !strings.Contains(page, `href="/recovery/share"`) {
		t.Error("the board does not say what is to be done")
	}
}

func TestWhatARescueNeedsAskForAFreshSecondFactor(t *testing.T) {
	want := []string{
		"GET /code", "POST /code", "GET /recovery/key", "POST /recovery/key", "GET /recovery/share", "POST /recovery/share",
		"POST /recovery/{rescue}/approve", "GET /recovery/{rescue}/give", "POST /recovery/{rescue}/give",
	}
	var got []string
	for _, e := range newHouse(t).recoveryRoutes() {
		if e.stepUp {
			got = append(got, e.Method+" "+e.Pattern)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("a step-up is asked for at %v", got)
	}
}

// Somebody asks again and again under Robin's name. Robin asked first, and a
// supervisor who hears the six words finds that request and no other.
func TestPromiseWhoAsksAgainAndAgainHidesNobodyWhoNeedsHelp(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	robin := counsel.Rescued{ID: helpline.NewID(), Person: helpline.NewID(), Name: "Robin", Words: "kamo ribun tosas velip dorun mikel", Expires: time.Now().Add(time.Hour)}
	h.room.rescues = []counsel.Rescued{robin}
	if page := h.do("GET", "/recovery", login, nil).Body.String(); !strings.Contains(page, robin.Words) || strings.Contains(page, `action="/recovery/heard"`) {
		t.Error("one request is not shown, or has to be looked for")
	}
	for i := range 200 {
		other := robin
		other.ID, other.Words = helpline.NewID(), "other words number "+strings.Repeat("x", i+1)
		h.room.rescues = append(h.room.rescues, other)
	}
	lou := robin
	lou.ID, lou.Person, lou.Name, lou.Words = helpline.NewID(), helpline.NewID(), "Lou", "words of somebody else who asks too"
	h.room.rescues = append(h.room.rescues, lou)
	page := h.do("GET", "/recovery", login, nil).Body.String()
	if n := strings.Count(page, `class="six"`); n != fewPleas+1 || !strings.Contains(page, lou.Words) || !strings.Contains(page, `action="/recovery/heard"`) {
		t.Errorf("%d requests are shown", n)
	}
	w := h.do("POST", "/recovery/heard", login, url.Values{"six": {"  Kamo ribun\ttosas velip DORUN mikel "}})
	page = w.Body.String()
	if w.Code != http.StatusOK || strings.Count(page, `class="six"`) != 1 || !strings.Contains(page, `action="/recovery/`+robin.ID.String()+`/approve"`) {
		t.Errorf("the words that were heard were answered %d", w.Code)
	}
	w = h.do("POST", "/recovery/heard", login, url.Values{"six": {"kamo ribun tosas velip dorun"}})
	if w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), `class="six"`) || !strings.Contains(w.Body.String(), "No request has these words") {
		t.Errorf("half of the words were answered %d", w.Code)
	}
}

// lateRescuing is a Rescuing that knows nothing before a page loses patience.
type lateRescuing struct {
	Rescuing
	fails error
}

func (l lateRescuing) Tasks(ctx context.Context, _ helpline.Actor) ([]counsel.Task, error) {
	if l.fails != nil {
		return nil, l.fails
	}
	<-ctx.Done()
	return nil, helpline.Errorf(helpline.Unavailable, "look: not begun in time: %w", ctx.Err())
}

// On a machine that is busy a page comes without what would stand above it. That
// is no fault of the program; whatever else keeps it away is one.
func TestAPageDoesNotWaitForWhatStandsAboveIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
		if now := h.do("GET", "/alerts", login, nil).Body.String(); !strings.Contains(now, `"unsure":false`) {
			t.Errorf("an open page is never told that all was looked at: %s", now)
		}
		for level, rescuing := range map[string]lateRescuing{"WARN": {Rescuing: h.room}, "ERROR": {h.room, helpline.Errorf(helpline.Unavailable, "look: the disk is full")}} {
			h.Rescuing = rescuing
			h.log.Reset()
			began := time.Now()
			if w := h.do("GET", "/me", login, nil); w.Code != http.StatusOK || time.Since(began) > alertPatience {
				t.Errorf("%s: %d after %s", level, w.Code, time.Since(began))
			}
			if said := h.log.String(); strings.Count(said, "level=") != 1 || !strings.Contains(said, "level="+level) {
				t.Errorf("the log is not one line of %s: %s", level, said)
			}
			if now := h.do("GET", "/alerts", login, nil).Body.String(); !strings.Contains(now, `"unsure":true`) {
				t.Errorf("%s: an open page takes for over what nobody could look at: %s", level, now)
			}
		}
	})
}
