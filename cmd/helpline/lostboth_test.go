package main

import (
	"html"
	"regexp"
	"strings"
	"testing"
)

// Robin has lost the passphrase and the phone together. Two custodians and a
// supervisor bring the keys back, and not one of the steps opens anything alone:
// the new passphrase asks for the old phone until a supervisor has taken it away.
func TestWhoHasLostPhoneAndPassphraseTogetherComesBack(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	s.vouch("Robin Bakker")
	s.vouch("Kim Visser")
	s.kim.post("/unlock", "passphrase", s.kims)
	_, page := s.anna.get("/recovery/key")
	form := []string{"needed", "2"}
	for _, o := range anOption.FindAllStringSubmatch(page, -1) {
		if name := html.UnescapeString(o[2]); !strings.HasPrefix(name, "Lou") && !strings.HasPrefix(name, "Robin") {
			form = append(form, "custodian", o[1])
		}
	}
	if answer, page := s.anna.post("/recovery/key", form...); answer.Header.Get("Location") != "/recovery?done=key" {
		t.Fatalf("the key was answered %d with %v: %s", answer.StatusCode, form, page)
	}
	papers := map[*browser]string{s.anna: s.anna.sheet(), s.kim: s.kim.sheet()}
	contact := s.talked()
	if got := s.robin.note(contact.String(), s.robin.whoIs(contact), marked); got != 204 {
		t.Fatalf("the note was answered %d", got)
	}
	s.robin.enterAs("Robin Bakker", s.robins) // the keys are sealed to the recovery key when they are unlocked
	s.robin.post("/logout")

	lost := s.browser("desk.example", "https://desk.example")
	if answer, page := lost.post("/lost/ask", "name", "Robin Bakker"); answer.Header.Get("Location") != "/lost/wait" {
		t.Fatalf("asking was answered %d: %s", answer.StatusCode, page)
	}
	_, page = lost.get("/lost/wait")
	six := regexp.MustCompile(`id="six">([a-z ]+)<`).FindStringSubmatch(page)
	_, page = s.anna.get("/recovery")
	approve := regexp.MustCompile(`action="(/recovery/[\w-]{22})/approve"`).FindStringSubmatch(page)
	if six == nil || approve == nil || !strings.Contains(page, six[1]) {
		t.Fatalf("the supervisor does not see the six words %v: %s", six, page)
	}
	for b, paper := range papers { // nothing is given before a supervisor has heard the words
		if answer, _ := b.post(approve[1]+"/give", "share", paper); answer.StatusCode < 400 {
			t.Errorf("a share was given before: %d", answer.StatusCode)
		}
	}
	if answer, page := s.anna.post(approve[1]+"/approve", "heard", "yes", "words", six[1]); answer.Header.Get("Location") != "/recovery?done=approve" {
		t.Fatalf("approving was answered %d: %s", answer.StatusCode, page)
	}
	const pass = "lantern ribun over vierkant tosas again"
	choose := []string{"choice", "own", "own", pass, "again", pass, "do", "change"}
	for _, b := range []*browser{s.anna, s.kim} {
		if answer, _ := lost.post("/lost/wait", choose...); answer.StatusCode < 400 && answer.Header.Get("Location") == "/second" {
			t.Error("a passphrase was taken before all shares were there")
		}
		if answer, page := b.post(approve[1]+"/give", "share", papers[b]); answer.Header.Get("Location") != "/recovery?done=give" {
			t.Fatalf("a share was answered %d: %s", answer.StatusCode, page)
		}
	}
	if answer, page := lost.post("/lost/wait", choose...); answer.Header.Get("Location") != "/second" {
		t.Fatalf("the new passphrase was answered %d to %s: %s", answer.StatusCode, answer.Header.Get("Location"), page)
	}
	// The keys are back, and nothing opens: the phone is still asked for.
	for _, closed := range []string{"/desk", "/notes", "/second/new"} {
		if answer, _ := lost.get(closed); answer.StatusCode == 200 {
			t.Errorf("%s opens without the second factor", closed)
		}
	}
	if answer, _ := lost.post("/second", "code", "000000"); answer.StatusCode != 422 {
		t.Errorf("a wrong code was answered %d", answer.StatusCode)
	}
	if status, page := s.stepped(s.anna, "/people/"+s.id("Robin Bakker").String()+"/factors"); status != 200 {
		t.Fatalf("taking the lost phone away was answered %d: %s", status, page)
	}
	if answer, _ := lost.get("/second"); answer.StatusCode == 200 {
		t.Error("the login from before goes on")
	}
	back := s.browser("desk.example", "https://desk.example")
	if answer, page := back.post("/login", "name", "Robin Bakker", "passphrase", pass); answer.Header.Get("Location") != "/second/new" {
		t.Fatalf("the new passphrase leads to %s: %s", answer.Header.Get("Location"), page)
	}
	back.scan()
	_, page = back.get("/notes")
	id := regexp.MustCompile(`href="(/notes/[\w-]{22})"`).FindStringSubmatch(page)
	if id == nil {
		t.Fatalf("the list has no note: %s", page)
	}
	if _, page := back.get(id[1]); !strings.Contains(page, marked) {
		t.Errorf("Robin's own note does not open: %s", page)
	}
	if answer, _ := s.browser("desk.example", "https://desk.example").post("/login", "name", "Robin Bakker", "passphrase", s.robins); answer.StatusCode == 303 {
		t.Error("the lost passphrase still logs in")
	}
}
