package main

import (
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/store"
)

// id finds a person by name.
func (s *staffed) id(name string) helpline.ID {
	s.t.Helper()
	var id []byte
	s.query(`SELECT id FROM person WHERE name = '`+name+`'`, &id)
	return helpline.ID(id)
}

// stepped posts a form and gives the second factor again where it is asked for.
func (s *staffed) stepped(b *browser, path string, pairs ...string) (status int, page string) {
	s.t.Helper()
	answer, page := b.post(path, pairs...)
	if strings.Contains(page, `name="step-code"`) {
		answer, page = b.post("/step-up", append(pairs, "step-go", path, "step-form", "yes", "step-code", b.phone.code(s.t))...)
		if answer.StatusCode != 307 {
			s.t.Fatalf("the step-up for %s was answered %d: %s", path, answer.StatusCode, page)
		}
		answer, page = b.post(path, pairs...)
	}
	return answer.StatusCode, page
}

// remove lets Anna remove somebody.
func (s *staffed) remove(name string) {
	s.t.Helper()
	if status, page := s.stepped(s.anna, "/people/"+s.id(name).String()+"/remove", "sure", "yes"); status != 200 {
		s.t.Fatalf("removing %s was answered %d: %s", name, status, page)
	}
}

func TestWhoIsRemovedIsOutAtOnceAndOlderNotesGoToTheNewGroup(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	for range 3 {
		contact := s.talked()
		if got := s.robin.note(contact.String(), s.robin.whoIs(contact), marked); got != 204 {
			t.Fatalf("the note was answered %d", got)
		}
	}
	s.vouch("Robin Bakker")
	s.vouch("Kim Visser")
	lane := s.kim.dial("/desk/lane", nil)
	if answer, _ := s.kim.get("/board"); answer.StatusCode != 200 {
		t.Fatalf("before, the board was answered %d", answer.StatusCode)
	}
	s.remove("Kim Visser")
	lane.gone()
	if answer, _ := s.kim.get("/board"); answer.StatusCode != 303 || answer.Header.Get("Location") != "/login" {
		t.Errorf("after, the board was answered %d %s", answer.StatusCode, answer.Header.Get("Location"))
	}
	if got := s.kim.upgrade("/desk/lane", "https://desk.example"); got != 401 {
		t.Errorf("her lane was answered %d", got)
	}
	var rows int
	s.query(`SELECT (SELECT count(*) FROM secret s JOIN person p ON p.id = s.person WHERE p.state = 'removed')
	              + (SELECT count(*) FROM keyring k JOIN person p ON p.id = k.person WHERE p.state = 'removed')
	              + (SELECT count(*) FROM seat s JOIN person p ON p.id = s.person WHERE p.state = 'removed')`, &rows)
	if rows != 0 {
		t.Errorf("%d rows still open something for her", rows)
	}
	wait(t, "the notes to be granted to the new generation", func() bool {
		var old, young int
		s.query(`SELECT count(*) FILTER (WHERE generation = 1), count(*) FILTER (WHERE generation = 2) FROM permit WHERE reader = 'supervisors'`, &old, &young)
		return old == 0 && young == 3
	})
	_, page := s.anna.get("/keys")
	if !strings.Contains(page, `data-again="over"`) || !strings.Contains(page, "3 of 3") {
		t.Errorf("the page of keys says %s", page)
	}
	var id []byte
	s.query(`SELECT id FROM note LIMIT 1`, &id)
	if answer, text := s.anna.post("/notes/"+helpline.ID(id).String(), "reason", "quality"); answer.StatusCode != 200 || !strings.Contains(text, marked) {
		t.Errorf("a note of before is answered %d", answer.StatusCode)
	}
	// The last supervisor cannot go: not by the page, and not by the database.
	if status, page := s.stepped(s.anna, "/people/"+s.id("Anna Vermeer").String()+"/remove", "sure", "yes"); status != 403 || !strings.Contains(page, "Ask another supervisor") {
		t.Errorf("removing oneself was answered %d", status)
	}
	if err := s.tryChange(`UPDATE person SET state = 'removed' WHERE name = 'Anna Vermeer'`); err == nil || !strings.Contains(err.Error(), "last supervisor") {
		t.Errorf("the database lets the last supervisor go: %v", err)
	}
	if err := s.tryChange(`DELETE FROM person WHERE name = 'Anna Vermeer'`); err == nil || !strings.Contains(err.Error(), "last supervisor") {
		t.Errorf("the database deletes the last supervisor: %v", err)
	}
	if status, _ := s.stepped(s.anna, "/people/"+s.id("Robin Bakker").String()+"/remove"); status != 422 {
		t.Errorf("a removal without the tick was answered %d", status)
	}
}

func TestRolesAreChangedOnAPageAndCountAtOnce(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	s.vouch("Robin Bakker")
	path := "/people/" + s.id("Robin Bakker").String() + "/roles"
	if status, page := s.stepped(s.anna, path); status != 422 || !strings.Contains(page, "Choose at least one role") {
		t.Errorf("no role at all was answered %d", status)
	}
	if status, _ := s.stepped(s.anna, path, "role", "root"); status != 422 {
		t.Errorf("a role nobody knows was answered %d", status)
	}
	if status, page := s.stepped(s.anna, path, "role", "supervisor", "role", "counsellor"); status != 200 || !strings.Contains(page, "are changed") {
		t.Fatalf("the change was answered %d: %s", status, page)
	}
	if answer, _ := s.robin.get("/desk"); answer.StatusCode != 303 {
		t.Errorf("who became a supervisor is still logged in: %d", answer.StatusCode)
	}
	s.robin.enterAs("Robin Bakker", s.robins)
	if answer, _ := s.robin.get("/keys"); answer.StatusCode != 200 {
		t.Errorf("the new supervisor's page of keys was answered %d", answer.StatusCode)
	}
	if status, page := s.stepped(s.robin, path, "role", "operator"); status != 403 || !strings.Contains(page, "your own roles") {
		t.Errorf("one's own roles were answered %d", status)
	}
	for _, b := range []*browser{s.lou, s.browser("desk.example", "https://desk.example")} {
		if answer, _ := b.post(path, "role", "supervisor"); answer.StatusCode == 200 {
			t.Error("somebody else changed roles")
		}
	}
}

func TestAHoldNeedsTwoSupervisorsAndThePurgeKeepsTheNote(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	contact := s.talked()
	if got := s.robin.note(contact.String(), s.robin.whoIs(contact), marked); got != 204 {
		t.Fatalf("the note was answered %d", got)
	}
	s.vouch("Robin Bakker")
	s.vouch("Kim Visser")
	var raw []byte
	s.query(`SELECT id FROM note`, &raw)
	id := helpline.ID(raw).String()
	for _, step := range []struct {
		by     *browser
		path   string
		status int
		says   string
	}{
		{s.anna, "/notes/" + id + "/hold", 422, "Choose a reason"},
		{s.anna, "/notes/" + id + "/hold?reason", 200, "Another supervisor has to confirm"},
		{s.anna, "/holds/" + id + "/confirm", 409, "Another supervisor has to do this"},
		{s.kim, "/holds/" + id + "/confirm", 200, "The note is held"},
	} {
		path, pairs := step.path, []string(nil)
		if p, with := strings.CutSuffix(path, "?reason"); with {
			path, pairs = p, []string{"reason", "complaint"}
		}
		if status, page := s.stepped(step.by, path, pairs...); status != step.status || !strings.Contains(page, step.says) {
			t.Fatalf("%s was answered %d: %s", step.path, status, page)
		}
	}
	// A hundred days later: only rows can grow older here, and their week is
	// sealed into the note, so the purge is asked as of then.
	s.stop()
	gone := purgedAt(t, s, time.Now().Add(100*24*time.Hour))
	if gone.Notes != 0 || gone.Held != 1 {
		t.Errorf("the purge says %+v", gone)
	}
	s.change(`UPDATE hold SET confirmed = asked`)
	gone = purgedAt(t, s, time.Now().Add(100*24*time.Hour))
	if gone.Notes != 1 || gone.Broken != 1 {
		t.Errorf("with a forged hold the purge says %+v", gone)
	}
}

// purgedAt purges the folder of a line that has stopped, as of some day.
func purgedAt(t *testing.T, s *staffed, at time.Time) counsel.Purged {
	t.Helper()
	db, err := store.Open(t.Context(), s.dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	gone, err := purgeOf(db, config{}).Run(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	return gone
}
