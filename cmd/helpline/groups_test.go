package main

import (
	"database/sql"
	"os"
	"path/filepath"
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

func TestKeysStatusSaysWhoCanOpenWhatAndWhatIsStillToDo(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	status := func() string {
		t.Helper()
		code, out, errs := command(t, "keys", "status", "--config", s.file)
		if code != exitDone {
			t.Fatalf("keys status ended with %d: %s", code, errs)
		}
		return out
	}
	wants := func(when, out string, want ...string) {
		t.Helper()
		for _, w := range want {
			if !strings.Contains(strings.Join(strings.Fields(out), " "), w) {
				t.Errorf("%s it does not say %q:\n%s", when, w, out)
			}
		}
	}
	wants("at first", status(), "supervisors key 1 Anna Vermeer", "counsellors key 1 Anna Vermeer", "safeguarding no key yet none",
		"Keys nobody has confirmed: Kim Visser, Lou Peters, Robin Bakker.", "present key: 0.", "held by two supervisors: 0.", "Recovery: no.")
	contact := s.talked()
	if got := s.robin.note(contact.String(), s.robin.whoIs(contact), marked); got != 204 {
		t.Fatalf("the note was answered %d", got)
	}
	s.vouch("Kim Visser")
	s.vouch("Robin Bakker")
	s.anna.post("/logout") // so that nobody can grant the note again
	s.change(`UPDATE person SET roles = 'counsellor operator supervisor' WHERE name = 'Robin Bakker'`)
	if answer, _ := s.robin.get("/people"); answer.StatusCode != 403 {
		t.Errorf("who wrote a role into the database sees the people: %d", answer.StatusCode)
	}
	wants("with a role in the database", status(), "CHANGED IN THE DATABASE", "count for nothing: Robin Bakker.", "Keys nobody has confirmed: Lou Peters.")
	s.change(`UPDATE keylog SET statement = x'00' WHERE place = 1`)
	if code, _, errs := command(t, "keys", "status", "--config", s.file); code != exitFailed || !strings.Contains(errs, "tampered") {
		t.Errorf("with a damaged key log it ends with %d: %s", code, errs)
	}
}

func TestAfterACompromiseNothingOfBeforeOpensAndEverybodyChoosesANewPassphrase(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	contact := s.talked()
	if got := s.robin.note(contact.String(), s.robin.whoIs(contact), marked); got != 204 {
		t.Fatalf("the note was answered %d", got)
	}
	if code, _, errs := command(t, "keys", "compromised", "--config", s.file); code != exitData || !strings.Contains(errs, "stop the line first") {
		t.Errorf("beside a running line it ends with %d: %s", code, errs)
	}
	s.stop()
	keys := func() map[string]string {
		out := map[string]string{}
		for _, name := range []string{"installation.key", "audit.key"} {
			b, err := os.ReadFile(filepath.Join(s.dir, "keys", name))
			if err != nil {
				t.Fatal(err)
			}
			out[name] = string(b)
		}
		days, err := filepath.Glob(filepath.Join(s.dir, "keys", "day-*.key"))
		if err != nil || len(days) == 0 {
			t.Fatalf("%v, %v", days, err)
		}
		for _, d := range days {
			b, err := os.ReadFile(d)
			if err != nil {
				t.Fatal(err)
			}
			out["days"] += string(b)
		}
		return out
	}
	var spare int
	free := func() (n int) {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "keys", "shred.db")+"?mode=ro")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.QueryRow(`SELECT count(*) FROM shred`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	spare = free()
	before := keys()
	if code, _, errs := typed(t, "no\n", "keys", "compromised", "--config", s.file); code != exitFailed || !strings.Contains(errs, "nothing was changed") {
		t.Errorf("with another name it ends with %d: %s", code, errs)
	}
	if after := keys(); after["days"] != before["days"] {
		t.Error("it changed something before it was told the name")
	}
	code, out, errs := typed(t, "Talk\n", "keys", "compromised", "--config", s.file)
	if code != exitDone || !strings.Contains(out, "Whom to tell what") || !strings.Contains(out, "4 people must choose") {
		t.Fatalf("it ends with %d: %s %s", code, out, errs)
	}
	after := keys()
	if after["days"] == before["days"] || after["audit.key"] == before["audit.key"] || after["installation.key"] != before["installation.key"] {
		t.Error("the keys of the host are not as they should be")
	}
	if n := free(); n != 1 || spare < 100 {
		t.Errorf("%d shred keys are left of %d: want that of the one note", n, spare)
	}
	var logins, renew int
	s.query(`SELECT count(*) FROM person WHERE renew = 1`, &renew)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "logins.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(`SELECT (SELECT count(*) FROM login) + (SELECT count(*) FROM pass)`).Scan(&logins); err != nil || logins != 0 || renew != 4 {
		t.Errorf("%d logins are left, %d people must change, %v", logins, renew, err)
	}
	if code, out, errs := command(t, "audit", "verify", "--config", s.file); code != exitDone {
		t.Errorf("the audit log does not verify: %s %s", out, errs)
	}
}

// The sheet of an invited supervisor was read by somebody else, who joins with it.
// Until the six words were heard that gives nothing of a supervisor's power.
func TestPromiseAnInvitationAloneGivesNoPowerOfASupervisor(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	robin := s.id("Robin Bakker").String()
	closed := []string{"/people", "/keys", "/people/" + robin + "/factors", "/recovery/key", "/directory"}
	forms := map[string][]string{
		"/people":                       {"name", "Someone Else", "role", "supervisor", "chats", "1"},
		"/people/" + robin + "/factors": {},
		"/people/" + robin + "/roles":   {"role", "supervisor"},
		"/people/" + robin + "/remove":  {"sure", "yes"},
		"/people/" + robin + "/words":   {"heard", "yes"},
		"/people/" + robin + "/invite":  {},
		"/keys/members":                 {"person", robin},
	}
	for _, path := range closed {
		if answer, page := s.kim.get(path); answer.StatusCode != 403 || !strings.Contains(page, "six words") {
			t.Errorf("%s was answered %d before the six words were heard", path, answer.StatusCode)
		}
	}
	for path, form := range forms {
		if answer, _ := s.kim.post(path, form...); answer.StatusCode != 403 {
			t.Errorf("the form of %s was answered %d", path, answer.StatusCode)
		}
	}
	var people, factors int
	s.query(`SELECT count(*) FROM person WHERE name = 'Someone Else'`, &people)
	s.query(`SELECT count(*) FROM factor WHERE person = (SELECT id FROM person WHERE name = 'Robin Bakker')`, &factors)
	if people != 0 || factors != 1 {
		t.Errorf("%d people were invited, and Robin has %d second factors", people, factors)
	}
	s.vouch("Kim Visser")
	for _, path := range closed {
		if answer, _ := s.kim.get(path); answer.StatusCode == 403 {
			t.Errorf("%s is closed after the six words were heard", path)
		}
	}
}
