package console

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel"
)

// onlyNote is the address of the one note in a person's list.
func (h *house) onlyNote(t *testing.T, login *http.Cookie) string {
	t.Helper()
	found := regexp.MustCompile(`"(/notes/[\w-]{22})"`).FindAllStringSubmatch(h.do("GET", "/notes", login, nil).Body.String(), -1)
	if len(found) != 1 {
		t.Fatalf("there are %d notes in the list", len(found))
	}
	return found[0][1]
}

func TestANoteOpensForItsAuthorAndForSupervisorsAndNobodyElse(t *testing.T) {
	h := newHouse(t)
	p, author := h.person(t, "Robin Ruiter", helpline.Counsellor)
	_, colleague := h.person(t, "Noor Bakker", helpline.Counsellor)
	_, supervisor := h.person(t, "Sam Jansen", helpline.Supervisor)
	h.do("POST", "/closing/"+helpline.NewID().String(), author, note(p, "words of <this> note"))
	path := h.onlyNote(t, author)
	for name, c := range map[string]struct {
		login  *http.Cookie
		status int
	}{
		"the author": {author, http.StatusOK}, "a supervisor": {supervisor, http.StatusOK}, "a colleague": {colleague, http.StatusNotFound},
	} {
		w := h.do("GET", path, c.login, nil)
		if name == "a supervisor" {
			if strings.Contains(w.Body.String(), "words of") || !strings.Contains(w.Body.String(), `value="complaint"`) {
				t.Error("a supervisor is not asked why")
			}
			w = h.do("POST", path, c.login, url.Values{"reason": {"quality"}})
		}
		if w.Code != c.status || strings.Contains(w.Body.String(), "words of &lt;this&gt; note") != (c.status == http.StatusOK) {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if strings.Contains(h.do("GET", "/notes", colleague, nil).Body.String(), path) {
		t.Error("a colleague's list names the note")
	}
	never := h.do("GET", "/notes/"+helpline.NewID().String(), colleague, nil).Body.String()
	if h.do("GET", path, colleague, nil).Body.String() != never {
		t.Error("a colleague can tell a note that is not theirs from one that never was")
	}
	body := h.do("GET", path, author, nil).Body.String()
	if !strings.Contains(body, "Suicide considered?") || !strings.Contains(body, "unanswered") {
		t.Error("the note does not show what was left unanswered")
	}
	if !strings.Contains(body, path+"/revise") || strings.Contains(h.do("POST", path, supervisor, url.Values{"reason": {"quality"}}).Body.String(), path+"/revise") {
		t.Error("changing is offered to the wrong person")
	}
}

func TestOnlyTheAuthorChangesANoteAndOnlyTheNewestRevision(t *testing.T) {
	h := newHouse(t)
	p, author := h.person(t, "Robin Ruiter", helpline.Counsellor)
	both, supervisor := h.person(t, "Sam Jansen", helpline.Supervisor, helpline.Counsellor)
	h.do("POST", "/closing/"+helpline.NewID().String(), author, note(p, "first words", "q.suicide", "none"))
	path := h.onlyNote(t, author)
	if w := h.do("GET", path+"/revise", supervisor, nil); w.Code != http.StatusForbidden {
		t.Errorf("a supervisor who wants to change it: %d", w.Code)
	}
	if w := h.do("POST", path+"/revise", supervisor, note(both, "forged", "revision", "1", "script", "")); w.Code != http.StatusNotFound {
		t.Errorf("a supervisor who sends a change: %d", w.Code)
	}
	w := h.do("GET", path+"/revise", author, nil)
	if !strings.Contains(w.Body.String(), "first words") || !strings.Contains(w.Body.String(), `name="revision" value="1"`) {
		t.Fatalf("the form is not filled: %d", w.Code)
	}
	change := func(revision, text string) int {
		form := note(p, text, "revision", revision)
		form.Del("script")
		return h.do("POST", path+"/revise", author, form).Code
	}
	for _, c := range []struct {
		revision, text string
		want           int
	}{
		{"1", "second words", http.StatusSeeOther},
		{"1", "from another window", http.StatusConflict},
		{"", "from nowhere", http.StatusConflict},
		{"2", strings.Repeat("x", counsel.MaxNote+1), http.StatusUnprocessableEntity},
		{"2", "third words", http.StatusSeeOther},
	} {
		if got := change(c.revision, c.text); got != c.want {
			t.Errorf("revision %q: %d, want %d", c.revision, got, c.want)
		}
	}
	h.cabinet.lockAll()
	form := note(p, "typed while locked", "revision", "3")
	form.Del("script")
	if w := h.do("POST", path+"/revise", author, form); w.Code != http.StatusLocked || !strings.Contains(w.Body.String(), "typed while locked") {
		t.Errorf("a plain form while locked: %d", w.Code)
	}
}

func TestASupervisorConfirmsTheWordsAnotherPersonReadsOut(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Sam Jansen", helpline.Supervisor)
	other, theirs := h.person(t, "Noor Bakker", helpline.Supervisor)
	path := "/people/" + other.ID.String() + "/words"
	if w := h.do("GET", path, login, nil); w.Code != http.StatusNotFound {
		t.Errorf("with nothing to confirm: %d", w.Code)
	}
	h.cabinet.stranger = []counsel.Stranger{{Person: other.ID, Name: other.Name, Words: "one two three four five six"}}
	if w := h.do("GET", "/people", login, nil); !strings.Contains(w.Body.String(), path) {
		t.Error("the list of people does not offer it")
	}
	if w := h.do("GET", path, login, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "one two three four five six") {
		t.Errorf("the words: %d", w.Code)
	}
	if w := h.do("GET", "/words", theirs, nil); !strings.Contains(w.Body.String(), ownSix) {
		t.Error("a person cannot read their own words")
	}
	for _, c := range []struct {
		heard, words string
		want         int
	}{
		{"", "one two three four five six", http.StatusUnprocessableEntity},
		{"yes", "the words of older keys", http.StatusConflict},
		{"yes", "one two three four five six", http.StatusOK},
		{"yes", "one two three four five six", http.StatusNotFound},
	} {
		if w := h.do("POST", path, login, url.Values{"heard": {c.heard}, "words": {c.words}}); w.Code != c.want {
			t.Errorf("%q %q: %d, want %d", c.heard, c.words, w.Code, c.want)
		}
	}
	if len(h.cabinet.vouched) != 1 {
		t.Errorf("confirmed %d times", len(h.cabinet.vouched))
	}
	h.cabinet.lockAll()
	if w := h.do("GET", "/people", login, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "/unlock?back=/people") {
		t.Errorf("the list while locked: %d", w.Code)
	}
	if w := h.do("GET", path, login, nil); w.Code != http.StatusSeeOther {
		t.Errorf("the words while locked: %d", w.Code)
	}
}
