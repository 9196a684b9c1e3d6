package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
)

func TestTheAuthorReadsWhoOpenedTheirNoteAndWhy(t *testing.T) {
	h := newHouse(t)
	p, author := h.person(t, "Robin Ruiter", helpline.Counsellor)
	_, supervisor := h.person(t, "Sam Jansen", helpline.Supervisor)
	h.do("POST", "/closing/"+helpline.NewID().String(), author, note(p, "words"))
	path := h.onlyNote(t, author)
	for _, form := range []url.Values{{}, {"reason": {"because"}}, {"reason": {""}}} {
		w := h.do("POST", path, supervisor, form)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Choose a reason first.") {
			t.Errorf("%v: %d", form, w.Code)
		}
	}
	if strings.Contains(h.body(t, "/notes", author), "Opened by") {
		t.Error("it is said to have been opened")
	}
	h.age(t, supervisor, time.Hour)
	if w := h.do("POST", path, supervisor, url.Values{"reason": {"complaint"}}); strings.Contains(w.Body.String(), "note-text") {
		t.Error("no fresh second factor was asked for")
	}
	h.age(t, supervisor, 0)
	for i := range counsel.OpeningsADay + 1 {
		w := h.do("POST", path, supervisor, url.Values{"reason": {"complaint"}})
		if want := i < counsel.OpeningsADay; (w.Code == http.StatusOK) != want || strings.Contains(w.Body.String(), "data-note-text") != want {
			t.Errorf("opening %d: %d", i+1, w.Code)
		}
	}
	want := "on " + time.Now().UTC().Format(time.DateOnly) + ". Reason: a complaint."
	if body := h.body(t, "/notes", author); !strings.Contains(body, "Opened by ") || !strings.Contains(body, want) {
		t.Errorf("the author is not told: %.3000s", body[strings.Index(body, "<main"):])
	}
}
