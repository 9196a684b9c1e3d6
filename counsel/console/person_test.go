package console

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
)

// called finds a person by name.
func (h *house) called(t *testing.T, name string) staff.Person {
	t.Helper()
	for _, p := range h.shelf.people {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("there is no %s", name)
	return staff.Person{}
}

func (h *house) codes() (out []audit.Code) {
	for _, d := range h.trail.deeds {
		out = append(out, d.Code)
	}
	return out
}

// No form of the program gives a role that its poster may not give, wherever
// the field is put.
func TestPromiseNoFormGivesARoleItsPosterMayNotGive(t *testing.T) {
	all := []string{"counsellor", "leader", "supervisor", "operator", "reviewer", "root", "SUPERVISOR", "supervisor counsellor"}
	h := newHouse(t)
	_, supervisor := h.person(t, "Sam Jansen", helpline.Supervisor)
	mine, login := h.person(t, "Kim Visser", helpline.Counsellor)
	extra := url.Values{
		"role": all, "roles": all, "state": {"active"}, "id": {helpline.NewID().String()}, "person": {mine.ID.String()}, "demo": {"1"}, "chats": {"4"}, "name": {"Somebody Else"},
	}
	send := func(as *http.Cookie, path string, form url.Values) int {
		t.Helper()
		for k, v := range extra {
			if _, has := form[k]; !has {
				form[k] = v
			}
		}
		return h.do("POST", path, as, form).Code
	}
	// One's own page, and joining: only what the page asks for is taken.
	if code := send(login, "/me", url.Values{"alias": {"Kestrel"}, "language": {"en"}, "locale": {"nl"}, "door": {"self"}}); code != http.StatusSeeOther {
		t.Errorf("/me: %d", code)
	}
	join := invitedPath(t, h, supervisor, "Robin de Vries", "counsellor")
	if code := send(nil, join, filled()); code != http.StatusSeeOther {
		t.Errorf("joining: %d", code)
	}
	for _, name := range []string{"Kim Visser", "Robin de Vries"} {
		p := h.called(t, name)
		if !slices.Equal(p.Roles, []helpline.Role{helpline.Counsellor}) || p.Chats != 1 || p.Demo || p.State != staff.Active {
			t.Errorf("%s is now %+v", name, p)
		}
	}
	// Whoever is no supervisor cannot post the others at all.
	before := len(h.shelf.people)
	at := "/people/" + mine.ID.String()
	h.shelf.edit(mine.ID, func(p *staff.Person) {
		p.Roles = []helpline.Role{helpline.Counsellor, helpline.Leader, helpline.Operator, helpline.Reviewer}
	})
	for _, path := range []string{"/people", at, at + "/invite", at + "/withdraw"} {
		if code := send(login, path, url.Values{"name": {"Nobody New"}, "role": {"counsellor"}}); code != http.StatusForbidden {
			t.Errorf("%s by somebody who is no supervisor: %d", path, code)
		}
	}
	// A supervisor gives the five roles and no other, and the form says no to
	// the whole of what it was sent.
	for _, role := range []string{"root", "SUPERVISOR", "supervisor counsellor", ""} {
		form := url.Values{"name": {"Nobody New"}, "role": {"counsellor", role}, "chats": {"1"}, "locale": {"nl"}, "door": {"self"}}
		if code := send(supervisor, "/people", form); code != http.StatusForbidden {
			t.Errorf("the role %q: %d", role, code)
		}
	}
	// The roles of a colleague do not change here, not even to a lesser one.
	for _, role := range []string{"supervisor", "counsellor", "root"} {
		if code := send(supervisor, at, url.Values{"role": {role}, "chats": {"2"}, "locale": {"nl"}, "door": {"self"}}); code != http.StatusForbidden {
			t.Errorf("a colleague's role %q: %d", role, code)
		}
	}
	if p := h.called(t, "Kim Visser"); len(p.Roles) != 4 || p.Chats != 1 {
		t.Errorf("the colleague is now %+v", p)
	}
	if len(h.shelf.people) != before {
		t.Error("somebody was added")
	}
}

func TestASupervisorInvitesChangesAndWithdraws(t *testing.T) {
	h := newHouse(t)
	sam, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	path := invitedPath(t, h, login, "Robin de Vries", "counsellor")
	robin := h.called(t, "Robin de Vries")
	at := "/people/" + robin.ID.String()
	page := h.do("GET", at, login, nil).Body.String()
	for _, want := range []string{"Robin de Vries", "works for 72 more hours", "There are no keys yet", "Talks with visitors", at + "/withdraw", at + "/invite"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of an invited person has no %q", want)
		}
	}
	w := h.do("POST", at, login, url.Values{"name": {"Robin de Bruin"}, "role": {"counsellor", "leader"}, "chats": {"2"}, "locale": {"nl"}, "door": {"self"}, "language": {"nl"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("changing: %d", w.Code)
	}
	got := h.called(t, "Robin de Bruin")
	if got.ID != robin.ID || len(got.Roles) != 2 || got.Chats != 2 || got.Language != "nl" || got.State != staff.Invited {
		t.Errorf("changed to %+v", got)
	}
	if w := h.do("GET", path, nil, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Welcome, Robin de Bruin") {
		t.Errorf("the link after the change: %d", w.Code)
	}
	w = h.do("POST", at, login, url.Values{"name": {"sam JANSEN"}, "role": {"counsellor"}, "chats": {"2"}, "locale": {"nl"}, "door": {"self"}})
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), `value="sam JANSEN"`) {
		t.Errorf("a name that is taken: %d", w.Code)
	}
	if w := h.do("POST", at+"/withdraw", login, nil); w.Code != http.StatusSeeOther {
		t.Fatalf("withdrawing: %d", w.Code)
	}
	for _, method := range []string{"GET", "POST"} {
		if w := h.do(method, path, nil, filled()); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "does not work any more") {
			t.Errorf("%s of a withdrawn invitation: %d", method, w.Code)
		}
	}
	if page := h.do("GET", "/people?withdrawn", login, nil).Body.String(); strings.Contains(page, "de Bruin") || !strings.Contains(page, "is withdrawn") {
		t.Error("the list still has the person, or does not say that the invitation is withdrawn")
	}
	for _, again := range []string{at + "/withdraw", at + "/invite"} {
		if w := h.do("POST", again, login, nil); w.Code != http.StatusConflict {
			t.Errorf("%s once more: %d", again, w.Code)
		}
	}
	if w := h.do("GET", at, login, nil); w.Code != http.StatusNotFound {
		t.Errorf("the page: %d", w.Code)
	}
	if w := h.do("POST", "/people/"+sam.ID.String()+"/withdraw", login, nil); w.Code != http.StatusConflict || h.called(t, "Sam Jansen").State != staff.Active {
		t.Errorf("withdrawing somebody who has joined: %d", w.Code)
	}
	if got, want := h.codes(), []audit.Code{audit.PersonInvite, audit.PersonChange, audit.PersonChange, audit.PersonChange, audit.PersonWithdraw}; !slices.Equal(got, want) {
		t.Errorf("the trail is %v, want %v (the third was refused and the fourth says so)", got, want)
	}
}

func TestOfAColleagueOnlyWhatTheyTakeIsChanged(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	kim, _ := h.person(t, "Kim Visser", helpline.Counsellor)
	at := "/people/" + kim.ID.String()
	if page := h.do("GET", at, login, nil).Body.String(); strings.Contains(page, `name="role"`) || strings.Contains(page, `name="name"`) || strings.Contains(page, "/withdraw") {
		t.Error("the page of a colleague asks for name or role, or offers to withdraw")
	}
	w := h.do("POST", at, login, url.Values{"name": {"Somebody Else"}, "chats": {"3"}, "locale": {"nl"}, "door": {"relative"}, "alias": {"X"}, "language": {"nl"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("changing: %d", w.Code)
	}
	got := h.called(t, "Kim Visser")
	if got.Chats != 3 || !slices.Equal(got.Audiences, []helpline.Audience{helpline.Relative}) || got.Alias != kim.Alias || got.Language != kim.Language {
		t.Errorf("changed to %+v", got)
	}
	w = h.do("POST", at, login, url.Values{"chats": {"99"}, "locale": {"nl"}})
	if w.Code != http.StatusUnprocessableEntity || h.called(t, "Kim Visser").Chats != 3 {
		t.Errorf("what cannot be: %d", w.Code)
	}
}

func TestAnInvitationThatHasExpiredSaysSoAndIsMadeAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
		path := invitedPath(t, h, login, "Robin de Vries", "counsellor")
		time.Sleep(staff.InvitationLasts - time.Minute)
		if w := h.do("GET", path, nil, nil); w.Code != http.StatusOK {
			t.Errorf("in the last minute: %d", w.Code)
		}
		time.Sleep(time.Minute)
		for _, method := range []string{"GET", "POST"} {
			if w := h.do(method, path, nil, filled()); w.Code != http.StatusNotFound {
				t.Errorf("%s after 72 hours: %d", method, w.Code)
			}
		}
		login = h.login(t, "Sam Jansen")
		page := h.do("GET", "/people", login, nil).Body.String()
		again := regexp.MustCompile(`/people/[\w-]{22}/invite`).FindString(page)
		if !strings.Contains(page, "invitation expired") || again == "" {
			t.Fatal("the list does not say that the invitation has expired")
		}
		w := h.do("POST", again, login, nil)
		fresh := regexp.MustCompile(`/join/[\w-]{22}`).FindString(w.Body.String())
		if w := h.do("POST", fresh, nil, filled()); w.Code != http.StatusSeeOther {
			t.Errorf("by the new one: %d", w.Code)
		}
	})
}

func TestTheSheetIsInTheLanguageOfTheInvitedPersonAndNeutral(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	for language, want := range map[string]string{"nl": "Dit blad is alleen voor Robin nl.", "en": "This sheet is for Robin en alone."} {
		w := h.do("POST", "/people", login, url.Values{"name": {"Robin " + language}, "role": {"operator"}, "chats": {"1"}, "language": {language}})
		page := w.Body.String()
		sheet := regexp.MustCompile(`(?s)<article class="sheet" lang="` + language + `".*</article>`).FindString(page)
		if w.Code != http.StatusOK || !strings.Contains(sheet, want) || !strings.Contains(sheet, origin+"/join/") || !strings.Contains(sheet, "72") || !strings.Contains(sheet, "Sam Jansen") {
			t.Errorf("%s: %d %s", language, w.Code, sheet)
		}
		if word := regexp.MustCompile(`(?i)child|kind|abuse|misbruik|sex|seks|helpline|hulplijn|counsel|hulpverle|visitor|bezoeker`).FindString(sheet); word != "" {
			t.Errorf("%s: the sheet says %q to whoever finds it", language, word)
		}
	}
}

func TestWithoutItsTraceNobodyIsInvitedChangedOrWithdrawnAndNobodyJoins(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	path := invitedPath(t, h, login, "Robin de Vries", "counsellor")
	at := "/people/" + h.called(t, "Robin de Vries").ID.String()
	h.trail.full = true
	form := url.Values{"name": {"Nobody New"}, "role": {"counsellor"}, "chats": {"1"}, "locale": {"nl"}, "door": {"self"}}
	for _, post := range []string{"/people", at, at + "/invite", at + "/withdraw"} {
		if w := h.do("POST", post, login, form); w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s with a full disk: %d", post, w.Code)
		}
	}
	if w := h.do("POST", path, nil, filled()); w.Code != http.StatusServiceUnavailable {
		t.Errorf("joining with a full disk: %d", w.Code)
	}
	if p := h.called(t, "Robin de Vries"); p.State != staff.Invited || len(h.shelf.people) != 2 {
		t.Errorf("it was done all the same: %+v", p)
	}
	h.trail.full = false
	if w := h.do("POST", path, nil, filled()); w.Code != http.StatusSeeOther {
		t.Errorf("the invitation after that: %d", w.Code)
	}
}

func TestTheStateOfAPersonsKeysIsSaid(t *testing.T) {
	h := newHouse(t)
	sam, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	kim, _ := h.person(t, "Kim Visser", helpline.Counsellor)
	says := func(who staff.Person, want string) {
		t.Helper()
		if page := h.do("GET", "/people/"+who.ID.String(), login, nil).Body.String(); !strings.Contains(page, want) {
			t.Errorf("the page of %s does not say %q", who.Name, want)
		}
	}
	h.cabinet.open[login.Value] = true
	says(sam, "This is you")
	says(kim, "are confirmed")
	h.cabinet.stranger = []counsel.Stranger{{Person: kim.ID, Name: kim.Name, Words: "a b c d e f"}}
	says(kim, "wait to be confirmed")
	delete(h.cabinet.open, login.Value)
	says(kim, "Unlock your notes")
}
