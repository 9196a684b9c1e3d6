package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
)

// note is what a page sends about a contact.
func note(p staff.Person, text string, more ...string) url.Values {
	v := url.Values{"script": {"1"}, "person": {p.ID.String()}, "revision": {"0"}, "text": {text}, "q.group": {"own"}}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

func TestANoteIsDraftedReadBackAndSaved(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Robin Ruiter", helpline.Counsellor)
	contact := "/closing/" + helpline.NewID().String()
	if w := h.do("GET", contact+"/draft", login, nil); w.Code != http.StatusNotFound {
		t.Errorf("reading a draft nobody wrote: %d", w.Code)
	}
	half := note(p, "worried, sleeps badly\r\nsecond line", "q.suicide", "thoughts")
	half["q.concern"] = []string{"attraction", "images"}
	if w := h.do("POST", contact+"/draft", login, half); w.Code != http.StatusNoContent {
		t.Fatalf("keeping a draft: %d", w.Code)
	}
	w := h.do("GET", contact+"/draft", login, nil)
	var got struct {
		Text    string
		Outcome counsel.Outcome
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK {
		t.Fatalf("reading it back: %d %v", w.Code, err)
	}
	if got.Text != "worried, sleeps badly\nsecond line" || len(got.Outcome["concern"]) != 2 || got.Outcome["suicide"][0] != "thoughts" {
		t.Errorf("the draft came back as %v", got)
	}
	if w := h.do("GET", "/notes", login, nil); !strings.Contains(w.Body.String(), contact) {
		t.Error("the list does not offer the unfinished note")
	}
	if w := h.do("GET", contact, login, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "sleeps badly") {
		t.Errorf("finishing it on a page: %d", w.Code)
	}
	if w := h.do("POST", contact, login, half); w.Code != http.StatusNoContent {
		t.Fatalf("saving: %d", w.Code)
	}
	if w := h.do("GET", "/notes", login, nil); strings.Contains(w.Body.String(), contact) || !strings.Contains(w.Body.String(), "3 more days") {
		t.Error("after saving, the list does not show the note and how long it stays")
	}
}

func TestEveryRefusalOfANoteHasAnAnswerOfItsOwn(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Robin Ruiter", helpline.Counsellor)
	other, _ := h.person(t, "Noor Bakker", helpline.Counsellor)
	contact := "/closing/" + helpline.NewID().String()
	for name, c := range map[string]struct {
		path   string
		form   url.Values
		status int
		says   string
	}{
		"2,001 characters":             {contact, note(p, strings.Repeat("é", counsel.MaxNote+1)), http.StatusUnprocessableEntity, `"question":"text"`},
		"a code the line has not":      {contact, note(p, "x", "q.suicide", "purple"), http.StatusUnprocessableEntity, `"question":"suicide"`},
		"a question the line has not":  {contact, note(p, "x", "q.shoe", "42"), http.StatusUnprocessableEntity, `"question":"shoe"`},
		"written by somebody else":     {contact, note(other, "x"), statusOther, ""},
		"without a person":             {contact, url.Values{"text": {"x"}}, statusOther, ""},
		"no contact":                   {"/closing/nonsense", note(p, "x"), http.StatusNotFound, ""},
		"far too much":                 {contact, note(p, strings.Repeat("x", maxForm)), http.StatusRequestEntityTooLarge, ""},
		"a draft by somebody else":     {contact + "/draft", note(other, "x"), statusOther, ""},
		"2,000 characters of 4 bytes ": {contact, note(p, strings.Repeat("😀", counsel.MaxNote)), http.StatusNoContent, ""},
	} {
		w := h.do("POST", c.path, login, c.form)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if w := h.do("POST", contact, login, note(p, "from the second window")); w.Code != http.StatusConflict {
		t.Errorf("a contact that has its note: %d", w.Code)
	}
	if w := h.do("POST", contact+"/draft", login, note(p, "from the second window")); w.Code != http.StatusConflict {
		t.Errorf("a draft for a contact that has its note: %d", w.Code)
	}
	if log := h.log.String(); log != "" {
		t.Errorf("refusals of what was sent are logged: %s", log)
	}
}

func TestALockedKeyringIsSaidAndUnlockedWithoutLosingAnything(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Robin Ruiter", helpline.Counsellor)
	contact := "/closing/" + helpline.NewID().String()
	h.cabinet.lockAll()
	if w := h.do("POST", contact, login, note(p, "x")); w.Code != http.StatusLocked {
		t.Fatalf("saving with a locked keyring: %d", w.Code)
	}
	if w := h.do("POST", "/unlock", login, url.Values{"script": {"1"}, "passphrase": {"something else"}}); w.Code != http.StatusForbidden {
		t.Errorf("a wrong passphrase: %d", w.Code)
	}
	if w := h.do("POST", "/unlock", login, url.Values{"script": {"1"}, "passphrase": {pass}}); w.Code != http.StatusNoContent {
		t.Errorf("the passphrase: %d", w.Code)
	}
	if w := h.do("POST", contact, login, note(p, "x")); w.Code != http.StatusNoContent {
		t.Errorf("saving after unlocking: %d", w.Code)
	}
	h.cabinet.lockAll()
	path := h.onlyNote(t, login)
	w := h.do("GET", path, login, nil)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/unlock?back="+url.QueryEscape(path) {
		t.Fatalf("opening with a locked keyring: %d %s", w.Code, w.Header().Get("Location"))
	}
	w = h.do("POST", "/unlock", login, url.Values{"back": {path}, "passphrase": {"something else"}})
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="`+path) || strings.Contains(w.Body.String(), "something else") {
		t.Errorf("a wrong passphrase on the page: %d", w.Code)
	}
	if w := h.do("POST", "/unlock", login, url.Values{"back": {path}, "passphrase": {pass}}); w.Header().Get("Location") != path {
		t.Errorf("unlocking leads to %q", w.Header().Get("Location"))
	}
	for _, away := range []string{"//elsewhere.example", "https://elsewhere.example", "/notes//x", "/logout", "/notes/?x", `/notes\x`} {
		if w := h.do("POST", "/unlock", login, url.Values{"back": {away}, "passphrase": {pass}}); w.Header().Get("Location") != "/desk" {
			t.Errorf("%s leads to %q", away, w.Header().Get("Location"))
		}
	}
}

func TestALogoutLocksTheKeyring(t *testing.T) {
	h := newHouse(t)
	_, login := h.person(t, "Robin Ruiter", helpline.Counsellor)
	if len(h.cabinet.open) != 1 {
		t.Fatal("the login did not unlock the keyring")
	}
	h.do("POST", "/logout", login, nil)
	if len(h.cabinet.open) != 0 {
		t.Error("the keyring is still unlocked")
	}
}

func TestAServerThatCannotSaveSaysSoAndLogsNoWord(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Robin Ruiter", helpline.Counsellor)
	for err, want := range map[error]string{
		helpline.Errorf(helpline.Unavailable, "the disk is full"):                       `503 {"why":"busy"}`,
		helpline.Errorf(helpline.Unavailable, "cabinet: %w", counsel.ErrNoSupervisor):   `503 {"why":"supervisor"}`,
		helpline.Errorf(helpline.Internal, "a row was changed by somebody"):             `500 `,
		helpline.Errorf(helpline.NotFound, "the person does not hold this contact"):     `404 `,
		fmt.Errorf("cabinet: %w", helpline.Errorf(helpline.Forbidden, "not your role")): `403 `,
	} {
		h.cabinet.broken = err
		for _, path := range []string{"", "/draft"} {
			w := h.do("POST", "/closing/"+helpline.NewID().String()+path, login, note(p, "marked words of a note"))
			if got := fmt.Sprintf("%d %s", w.Code, strings.TrimSpace(w.Body.String())); got != want {
				t.Errorf("%v: %s, want %s", err, got, want)
			}
		}
	}
	if log := h.log.String(); !strings.Contains(log, "POST /closing/{contact}/draft") || strings.Contains(log, "marked") {
		t.Errorf("logged: %s", log)
	}
}

func TestAPageLearnsWhyThereIsNoLogin(t *testing.T) {
	h := newHouse(t)
	p, login := h.person(t, "Robin Ruiter", helpline.Counsellor)
	state := func(c *http.Cookie) string {
		return strings.TrimSpace(h.do("GET", "/login/state", c, nil).Body.String())
	}
	if got := state(login); got != `{"person":"`+p.ID.String()+`","state":"in"}` {
		t.Errorf("logged in: %s", got)
	}
	clear(h.shelf.rows)
	if got := state(login); got != `{"state":"expired"}` {
		t.Errorf("with a cookie that opens nothing: %s", got)
	}
	if got := state(nil); got != `{"state":"out"}` {
		t.Errorf("without a cookie: %s", got)
	}
}
