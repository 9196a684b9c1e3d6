package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
)

func TestPromiseTheMarkOfTheDemonstrationCountsInTheDemonstrationOnly(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	h.weighty()
	h.shelf.edit(p.ID, func(p *staff.Person) { p.Demo = true }) // by whoever can write the database
	h.begin(t, "Sam Jansen", "/second")
	h.age(t, login, time.Hour)
	if w := h.do("GET", "/weighty/sam", login, nil); w.Code != http.StatusSeeOther {
		t.Errorf("without a fresh second factor it was answered %d", w.Code)
	}
	h.DemoPass = func(staff.Person) (staff.Passphrase, bool) { return staff.Passphrase{}, false }
	if w := h.do("GET", "/weighty/sam", login, nil); w.Code != http.StatusTeapot {
		t.Errorf("the demonstration was answered %d", w.Code)
	}
	if w := h.do("POST", "/login", nil, url.Values{"name": {"Sam Jansen"}, "passphrase": {pass}}); w.Header().Get("Location") == "/second" {
		t.Error("the demonstration asks for a second factor")
	}
}

func TestWhoeverComesTooLateWithAFirstSecondFactorIsLoggedOut(t *testing.T) {
	h := newHouse(t)
	p, _ := h.person(t, "Sam Jansen", helpline.Supervisor)
	h.cabinet.bare[p.ID] = true
	login := h.begin(t, "Sam Jansen", "/second/new")
	h.Second = late{h.cabinet}
	w := h.do("POST", "/second/app", login, url.Values{"offer": {"offer"}, "name": {"Phone"}, "code": {goodCode}})
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != "/login?again" {
		t.Errorf("answered %d to %q", w.Code, to)
	}
	if w := h.do("GET", "/second/new", login, nil); w.Header().Get("Location") != "/login" {
		t.Errorf("the login still stands: %d to %q", w.Code, w.Header().Get("Location"))
	}
}

// late is a cabinet in which somebody was always faster.
type late struct{ *cabinet }

func (late) AddCode(context.Context, counsel.By, string, string, string) error {
	return helpline.Errorf(helpline.Conflict, "cabinet: %w", counsel.ErrSetUp)
}

func TestWhatGivesARoleAsksForAFreshSecondFactor(t *testing.T) {
	var got []string
	for _, e := range newHouse(t).table() {
		if e.Method == "POST" && strings.HasPrefix(e.Pattern, "/people") && !e.stepUp {
			got = append(got, e.Pattern)
		}
	}
	if want := []string{listAt, "/people/{person}/withdraw"}; !slices.Equal(got, want) { // the first only looks
		t.Errorf("without a step-up: %v", got)
	}
}

func TestNothingSecretIsCarriedAlong(t *testing.T) {
	offer := staff.Offer().Reveal()
	form := url.Values{"reason": {"quality"}, "words": {offer}}
	for _, name := range typed {
		form.Set(name, "marked")
	}
	form.Set("offer", offer)
	for _, f := range fieldsOf(form) {
		if f.Name != "reason" && f.Name != "words" {
			t.Errorf("%s is carried", f.Name)
		}
	}
	for _, name := range []string{"passphrase", "own", "again", "code", "typed", "share", "word1", "word2"} {
		if carries(name) {
			t.Errorf("%s is carried", name)
		}
	}
	if form.Set("offer", "sealed"); len(fieldsOf(form)) != 3 {
		t.Error("an app that is being set up is forgotten")
	}
}
