package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"helpline"
)

// marked is what is written into notes here and must be found nowhere.
const marked = "the bittern calls behind the dike"

// staffed is a line that runs, with a supervisor who counsels too, a
// counsellor, a colleague and a second supervisor.
type staffed struct {
	*world
	file, dir             string
	anna, robin, lou, kim *browser
	annas, robins, kims   string // passphrases
}

func staffedLine(t *testing.T) *staffed {
	t.Helper()
	file, dir, first := founded(t)
	s := &staffed{world: begin(t, `listen (127\.0\.0\.1:\d+)\n`, "serve", "--config", file), file: file, dir: dir}
	person := func() *browser { return s.browser("desk.example", "https://desk.example") }
	s.anna, s.robin, s.lou, s.kim = person(), person(), person(), person()
	s.annas = s.anna.join(first, "Anna")
	add := func(b *browser, name, role string) string {
		code, out, errs := command(t, "staff", "add", name, "--role", role, "--config", file)
		if code != exitDone {
			t.Fatalf("staff add ended with %d: %s", code, errs)
		}
		return b.join(linkIn(t, out), strings.Fields(name)[0])
	}
	s.robins = add(s.robin, "Robin Bakker", "counsellor")
	add(s.lou, "Lou Peters", "counsellor")
	s.kims = add(s.kim, "Kim Visser", "supervisor")
	return s
}

// query reads one value from the line's database, beside the program.
func (s *staffed) query(text string, into ...any) {
	s.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "helpline.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(text).Scan(into...); err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
}

// change writes to the line's database behind the program's back.
func (s *staffed) change(text string, args ...any) {
	s.t.Helper()
	if err := s.tryChange(text, args...); err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
}

func (s *staffed) tryChange(text string, args ...any) error {
	s.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "helpline.db")+"?_pragma=busy_timeout(5000)&_pragma=secure_delete(1)")
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	_, err = db.Exec(text, args...)
	return err
}

// talked gives the contact of a conversation that Robin has just ended.
func (s *staffed) talked() helpline.ID {
	s.t.Helper()
	visitor := s.browser("talk.example", "https://talk.example")
	_, c, lane := talkBetween(visitor, s.robin)
	var contact []byte
	s.query(`SELECT contact FROM standing WHERE closed = 0`, &contact)
	visitor.post("/en/leave")
	c.until("the end", func() bool { return c.page.Ended != "" })
	_ = lane.link.Close()
	lane.gone()
	return helpline.ID(contact)
}

// whoIs is the person as the form of a note names them.
func (b *browser) whoIs(contact helpline.ID) string {
	b.w.t.Helper()
	_, page := b.get("/desk")
	id := regexp.MustCompile(`name="person" value="([A-Za-z0-9_-]{22})"`).FindStringSubmatch(page)
	if id == nil {
		_, page = b.get("/closing/" + contact.String())
		id = regexp.MustCompile(`name="person" value="([A-Za-z0-9_-]{22})"`).FindStringSubmatch(page)
	}
	if id == nil {
		b.w.t.Fatalf("no form names the person: %s", page)
	}
	return id[1]
}

// note posts a closing, or with /draft behind the contact a draft.
func (b *browser) note(where string, person, text string) int {
	b.w.t.Helper()
	answer, _ := b.post("/closing/"+where, "person", person, "text", text,
		"q.group", "own", "q.ended", "agreed", "q.suicide", "none", "q.level", "support")
	return answer.StatusCode
}

// search looks for bytes in everything below the line's home, in its output
// and in its log.
func (s *staffed) search(when string, marks map[string][]byte, want bool) {
	s.t.Helper()
	everything := map[string][]byte{"the output": []byte(s.out.String()), "the log": []byte(s.err.String())}
	err := filepath.WalkDir(filepath.Dir(s.file), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			everything[path], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if len(everything) < 8 {
		s.t.Fatalf("only %d files were searched", len(everything))
	}
	for what, mark := range marks {
		found := []string{}
		for name, text := range everything {
			if bytes.Contains(text, mark) {
				found = append(found, filepath.Base(name))
			}
		}
		if want && len(found) == 0 {
			s.t.Fatalf("%s: %s cannot be seen anywhere: this test sees nothing", when, what)
		}
		if !want && len(found) > 0 {
			s.t.Errorf("%s: %s stands in %v", when, what, found)
		}
	}
}

// noteMarks are the marks of a note's text, whole and in parts, as it could stand
// in a file by some encoding.
func noteMarks() map[string][]byte {
	return map[string][]byte{
		"the note's text": []byte(marked), "a part of it": []byte("bittern"), "its address form": []byte(url.QueryEscape(marked)),
	}
}

func TestThePromiseThatNotesAreSealedAndGoWhenTheirTimeHasCome(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	contact := s.talked()
	me := s.robin.whoIs(contact)

	// A draft, and the login ends in the middle of it.
	if got := s.robin.note(contact.String()+"/draft", me, marked); got != 204 {
		t.Fatalf("the draft was answered %d", got)
	}
	s.search("with a draft", noteMarks(), false)
	s.robin.post("/logout")
	if got := s.robin.note(contact.String(), me, marked); got == 204 {
		t.Fatal("somebody without a login saved a note")
	}
	s.robin.enterAs("Robin Bakker", s.robins)
	if answer, page := s.robin.get("/closing/" + contact.String() + "/draft"); answer.StatusCode != 200 || !strings.Contains(page, marked) {
		t.Errorf("the draft is lost with the login: %d %s", answer.StatusCode, page)
	}

	// Bad notes change nothing.
	for name, c := range map[string]struct {
		text string
		want int
	}{"2,001 characters": {strings.Repeat("a", 2001), 422}, "a text that is too large for a form": {strings.Repeat("a", 60<<10), 413}} {
		if got := s.robin.note(contact.String(), me, c.text); got != c.want {
			t.Errorf("%s was answered %d, want %d", name, got, c.want)
		}
	}

	// Two windows close one contact.
	if got := s.robin.note(contact.String(), me, marked); got != 204 {
		t.Fatalf("the note was answered %d", got)
	}
	if got := s.robin.note(contact.String(), me, "the other window"); got != 409 {
		t.Errorf("the second window was answered %d, want 409", got)
	}
	s.search("with a note", noteMarks(), false)

	// Who may open it.
	var id, sealed, grant, key []byte
	var number int64
	s.query(`SELECT id, sealed, shred FROM note`, &id, &sealed, &number)
	s.query(`SELECT sealed FROM permit WHERE reader = 'supervisors'`, &grant)
	page := "/notes/" + helpline.ID(id).String()
	reads := func(who string, b *browser, want bool) {
		t.Helper()
		answer, text := b.get(page)
		if strings.Contains(text, `name="reason"`) {
			answer, text = b.post(page, "reason", "quality")
		}
		if got := answer.StatusCode == 200 && strings.Contains(text, marked); got != want {
			t.Errorf("%s reads the note: %v, answered %d", who, got, answer.StatusCode)
		}
	}
	reads("its author", s.robin, true)
	reads("a colleague", s.lou, false)
	reads("a supervisor, before anybody's words were confirmed", s.anna, false)
	s.vouch("Robin Bakker")
	reads("the first supervisor", s.anna, true)
	reads("the second supervisor, before hers were", s.kim, false)
	s.vouch("Kim Visser")
	reads("the second supervisor", s.kim, true)
	reads("somebody without a login", s.browser("desk.example", "https://desk.example"), false)

	// Its time has come. The week is bound into the seal; that the row is old
	// is enough for the purge.
	keys, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "keys", "shred.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.QueryRow(`SELECT secret FROM shred WHERE number = ?`, number).Scan(&key); err != nil {
		t.Fatal(err)
	}
	if err := keys.Close(); err != nil {
		t.Fatal(err)
	}
	row := map[string][]byte{
		"the start of the sealed note": sealed[:48], "its end": sealed[len(sealed)-48:], "a grant": grant[200:248], "the shred key": key,
	}
	s.search("before the purge", row, true)
	if code, out, errs := command(t, "purge", "--dry-run", "--config", s.file); code != exitDone || !strings.Contains(out, "notes 0,") {
		t.Errorf("a fresh note would go: %d %s %s", code, out, errs)
	}
	s.change(`UPDATE note SET day = day - 90, ends = ends - 90`)
	reads("its author, on the day it ends", s.robin, false)
	if code, out, errs := command(t, "purge", "--dry-run", "--config", s.file); code != exitDone || !strings.Contains(out, "notes 1,") || !strings.Contains(out, "Nothing was changed") {
		t.Errorf("the look says %d %s %s", code, out, errs)
	}
	s.search("after looking only", row, true)
	if code, out, errs := command(t, "purge", "--config", s.file); code != exitDone || !strings.Contains(out, "Gone: notes 1,") {
		t.Fatalf("the purge says %d %s %s", code, out, errs)
	}
	s.search("after the purge", row, false)
	s.search("after the purge", noteMarks(), false)
	s.stop()
	s.search("after the stop", row, false)
	s.search("after the stop", noteMarks(), false)
}

// vouch lets Anna confirm the words that a person reads aloud.
func (s *staffed) vouch(name string) {
	s.t.Helper()
	var id []byte
	s.query(fmt.Sprintf(`SELECT id FROM person WHERE name = '%s'`, name), &id)
	path := "/people/" + helpline.ID(id).String() + "/words"
	_, page := s.anna.get(path)
	said := regexp.MustCompile(`name="words" value="([a-z ]+)"`).FindStringSubmatch(page)
	if said == nil {
		s.t.Fatalf("no words are shown for %s: %s", name, page)
	}
	if answer, page := s.anna.post(path, "words", said[1], "heard", "yes"); answer.StatusCode != 200 {
		s.t.Fatalf("confirming %s was answered %d: %s", name, answer.StatusCode, page)
	}
}
