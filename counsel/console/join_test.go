package console

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel/staff"
)

// invitedPath makes an invitation on the people page and gives its address.
func invitedPath(t *testing.T, h *house, login *http.Cookie, name string, roles ...string) string {
	t.Helper()
	w := h.do("POST", "/people", login, url.Values{"name": {name}, "role": roles, "chats": {"1"}, "locale": {"en", "nl"}, "door": {"self", "young"}})
	found := regexp.MustCompile(regexp.QuoteMeta(origin) + `(/join/[\w-]{22})`).FindStringSubmatch(w.Body.String())
	if w.Code != http.StatusOK || found == nil {
		t.Fatalf("inviting %s: %d", name, w.Code)
	}
	return found[1]
}

func filled() url.Values {
	return url.Values{
		"do": {"join"}, "choice": {"own"}, "own": {pass}, "again": {pass}, "alias": {"Kestrel"},
		"language": {"nl"}, "locale": {"nl"}, "door": {"self", "young"},
	}
}

func TestASupervisorInvitesAndTheInvitedPersonJoins(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	path := invitedPath(t, h, login, "Robin de Vries", "counsellor")
	if w := h.do("GET", "/people", login, nil); strings.Contains(w.Body.String(), "/join/") || !strings.Contains(w.Body.String(), "Robin de Vries") {
		t.Error("the link is shown a second time, or the person is not listed")
	}
	if w := h.do("GET", path, nil, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Welcome, Robin de Vries") {
		t.Errorf("the invitation: %d", w.Code)
	}
	w := h.do("POST", path, nil, filled())
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/second" || len(w.Result().Cookies()) != 1 {
		t.Fatalf("joining: %d to %q", w.Code, w.Header().Get("Location"))
	}
	own := h.do("POST", "/second", w.Result().Cookies()[0], url.Values{"code": {goodCode}}).Result().Cookies()[0]
	if w := h.do("GET", "/desk", own, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Kestrel") {
		t.Errorf("the desk: %d", w.Code)
	}
	all, err := h.Office.People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if p.Name == "Robin de Vries" && (p.Language != "nl" || len(p.Audiences) != 2 || len(p.Locales) != 1 || p.State != staff.Active) {
			t.Errorf("joined as %+v", p)
		}
	}
	for _, method := range []string{"GET", "POST"} {
		if w := h.do(method, path, nil, filled()); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "does not work any more") {
			t.Errorf("%s of a spent invitation: %d", method, w.Code)
		}
	}
}

func TestTheOfferedWordsAreTakenWhenTheyAreWrittenDown(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	path := invitedPath(t, h, login, "Robin de Vries", "counsellor")
	offer := func(body string) string {
		return regexp.MustCompile(`name="offer" value="([a-z ]+)"`).FindStringSubmatch(body)[1]
	}
	first := offer(h.do("GET", path, nil, nil).Body.String())
	v := filled()
	v.Set("choice", "offer")
	v.Set("offer", first)
	v.Set("do", "another")
	w := h.do("POST", path, nil, v)
	second := offer(w.Body.String())
	if second == first || !strings.Contains(w.Body.String(), "Kestrel") {
		t.Error("asking for other words gives the same ones or forgets the rest of the form")
	}
	v.Set("offer", second)
	v.Set("do", "join")
	if w := h.do("POST", path, nil, v); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Write the six words down") || offer(w.Body.String()) != second {
		t.Errorf("not written down: %d", w.Code)
	}
	v.Set("written", "yes")
	if w := h.do("POST", path, nil, v); w.Code != http.StatusSeeOther {
		t.Errorf("written down: %d", w.Code)
	}
	if _, err := h.Office.Login(t.Context(), "Robin de Vries", staff.NewPassphrase(second)); err != nil {
		t.Errorf("the words do not open: %v", err)
	}
}

func TestWhatCannotBeUsedIsSaidAndLeavesTheInvitationUnspent(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	path := invitedPath(t, h, login, "Robin de Vries", "counsellor")
	for name, c := range map[string]struct {
		change func(url.Values)
		says   string
	}{
		"two different passphrases": {func(v url.Values) { v.Set("again", pass+" x") }, "not the same"},
		"a short one":               {func(v url.Values) { v.Set("own", "short"); v.Set("again", "short") }, "too short"},
		"a guessable one":           {func(v url.Values) { v.Set("own", "aaaaaaaaaaaaaaaaaa"); v.Set("again", "aaaaaaaaaaaaaaaaaa") }, "guess this passphrase"},
		"an alias like an address":  {func(v url.Values) { v.Set("alias", "http://x.y") }, "name cannot be used"},
		"no language":               {func(v url.Values) { v.Del("locale") }, "at least one language"},
		"a language nobody offers":  {func(v url.Values) { v.Set("locale", "de") }, "at least one language"},
		"no door":                   {func(v url.Values) { v.Set("door", "trapdoor") }, "at least one group"},
		"a forged empty offer":      {func(v url.Values) { v.Set("choice", "offer"); v.Set("offer", " "); v.Set("written", "yes") }, "too short"},
	} {
		t.Run(name, func(t *testing.T) {
			v := filled()
			c.change(v)
			w := h.do("POST", path, nil, v)
			if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), c.says) {
				t.Errorf("%d, and does not say %q", w.Code, c.says)
			}
			if strings.Contains(w.Body.String(), pass) {
				t.Error("the page repeats the passphrase")
			}
		})
	}
	if w := h.do("POST", path, nil, filled()); w.Code != http.StatusSeeOther {
		t.Errorf("after all that the invitation answers %d", w.Code)
	}
}

func TestInvitingTellsWhatIsWrong(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	with := func(pairs ...string) url.Values {
		form := url.Values{"name": {"Kim"}, "role": {"counsellor"}, "chats": {"1"}, "locale": {"nl"}, "door": {"self"}, "language": {"nl"}}
		for i := 0; i < len(pairs); i += 2 {
			form[pairs[i]] = strings.Fields(pairs[i+1])
		}
		return form
	}
	for name, c := range map[string]struct {
		form url.Values
		code int
		says string
	}{
		"a name that is taken": {with("name", "SAM_jansen"), 409, "already here"},
		"no name":              {with("name", ""), 422, "2 to 64 letters"},
		"no role":              {with("role", ""), 422, "at least one role"},
		"a role nobody has":    {with("role", "root"), 403, "You cannot give this role"},
		"one role too many":    {with("role", "counsellor root"), 403, "You cannot give this role"},
		"a hundred chats":      {with("chats", "100"), 422, "how many conversations"},
		"chats in words":       {with("chats", "many"), 422, "how many conversations"},
		"no language":          {with("locale", "de"), 422, "at least one language"},
		"no door":              {with("door", ""), 422, "at least one group"},
	} {
		c.form.Set("name", strings.ReplaceAll(c.form.Get("name"), "_", " "))
		t.Run(name, func(t *testing.T) {
			w := h.do("POST", "/people", login, c.form)
			if w.Code != c.code || !strings.Contains(w.Body.String(), c.says) {
				t.Errorf("%d, and does not say %q", w.Code, c.says)
			}
		})
	}
}

func TestANewInvitationIsMadeForWhoHasNotJoined(t *testing.T) {
	h := newHouse(t)
	sam, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	earlier := invitedPath(t, h, login, "Robin de Vries", "counsellor")
	again := regexp.MustCompile(`/people/[\w-]{22}/invite`).FindString(h.do("GET", "/people", login, nil).Body.String())
	w := h.do("POST", again, login, nil)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), origin+"/join/") {
		t.Fatalf("again: %d", w.Code)
	}
	if w := h.do("GET", earlier, nil, nil); w.Code != http.StatusNotFound {
		t.Errorf("the earlier link: %d", w.Code)
	}
	if w := h.do("POST", "/people/"+sam.ID.String()+"/invite", login, nil); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "already joined") {
		t.Errorf("for somebody who has joined: %d", w.Code)
	}
}
