package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"helpline"
)

func TestAPersonDecidesAboutTheirOwnProfile(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Sam Jansen", helpline.Counsellor)
	if page := h.do("GET", "/me", login, nil).Body.String(); !strings.Contains(page, `value="Robin"`) || !strings.Contains(page, "Talks with visitors") {
		t.Error("the page does not show the alias or the role")
	}
	w := h.do("POST", "/me", login, url.Values{"alias": {"Kestrel"}, "language": {"nl"}, "locale": {"nl"}, "door": {"self", "young"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("answered %d", w.Code)
	}
	got := h.shelf.people[p.ID]
	if got.Alias != "Kestrel" || got.Language != "nl" || !slices.Equal(got.Locales, []helpline.Locale{"nl"}) || len(got.Audiences) != 2 {
		t.Errorf("kept %+v", got)
	}
	if page := h.do("GET", w.Header().Get("Location"), login, nil).Body.String(); !strings.Contains(page, "Bewaard") {
		t.Error("the page does not say that it is saved, in the person's language")
	}
}

func TestAProfileThatIsNotTakenComesBackFilled(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Sam Jansen", helpline.Counsellor)
	before := h.shelf.people[p.ID]
	for name, c := range map[string]struct {
		form url.Values
		says string
	}{
		"an alias that cannot be": {url.Values{"alias": {"=1+1"}, "locale": {"nl"}, "door": {"self"}}, "This name cannot be used"},
		"no language":             {url.Values{"alias": {"Kestrel"}, "door": {"self"}}, "at least one language"},
		"a language of elsewhere": {url.Values{"alias": {"Kestrel"}, "door": {"self"}, "locale": {"fr"}}, "at least one language"},
		"no door":                 {url.Values{"alias": {"Kestrel"}, "locale": {"nl"}, "door": {"all"}}, "at least one group"},
	} {
		w := h.do("POST", "/me", login, c.form)
		page := w.Body.String()
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(page, c.says) || !strings.Contains(page, `value="`+c.form.Get("alias")+`"`) {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if got := h.shelf.people[p.ID]; got.Alias != before.Alias || len(got.Audiences) != len(before.Audiences) {
		t.Errorf("kept %+v", got)
	}
}

func TestAPersonWhoDoesNotTalkKeepsWhatTheyTake(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Sam Jansen", helpline.Operator)
	if w := h.do("POST", "/me", login, url.Values{"alias": {"Kestrel"}, "language": {"en"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("answered %d", w.Code)
	}
	if got := h.shelf.people[p.ID]; got.Alias != "Kestrel" || len(got.Audiences) != len(helpline.Audiences()) {
		t.Errorf("kept %+v", got)
	}
}
