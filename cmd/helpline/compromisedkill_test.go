package main

import (
	"context"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"helpline/store"
)

// opens says whether the line that stands still can begin again: with a key of the
// day and one for the next note.
func (s *staffed) opens(when string) {
	s.t.Helper()
	db, err := store.Open(s.t.Context(), s.dir, store.Options{})
	if err != nil {
		s.t.Fatalf("%s: the line does not open: %v", when, err)
	}
	if _, _, err := db.HostKeys().Days(time.Now()); err != nil {
		s.t.Errorf("%s: there is no key of the day: %v", when, err)
	}
	if _, _, err := db.Shred().Take(s.t.Context()); err != nil {
		s.t.Errorf("%s: there is no key for a note: %v", when, err)
	}
	if err := db.Close(); err != nil {
		s.t.Fatal(err)
	}
}

// The keys of the host are replaced, and the power fails, again and again. Each
// time the line opens with the old key or the new one of each kind and no note is
// lost; done once more, nothing of before is left.
func TestKill9InMidRotationOfTheHostsKeysLosesNothing(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	contact := s.talked()
	if got := s.robin.note(contact.String(), s.robin.whoIs(contact), marked); got != 204 {
		t.Fatalf("the note was answered %d", got)
	}
	s.stop()
	days := func() string {
		t.Helper()
		all, err := filepath.Glob(filepath.Join(s.dir, "keys", "day-*.key"))
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, path := range all {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			text += string(b)
		}
		return text
	}
	before := days()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	killed, most := 0, 120*time.Millisecond
	for try := 0; killed < 6; try++ {
		if try == 60 {
			t.Fatalf("%d were killed in their middle, and the others ended before", killed)
		}
		moment := rand.N(most)
		child := exec.CommandContext(context.Background(), program, "keys", "compromised", "--config", s.file)
		child.Env = append(os.Environ(), programEnv+"=yes")
		in, err := child.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		asked := make([]byte, 1)
		if _, err := io.ReadFull(out, asked); err != nil { // it asks for the line's name: the folder is open
			t.Fatal(err)
		}
		go func() { _, _ = io.Copy(io.Discard, out) }()
		if _, err := io.WriteString(in, "Talk\n"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(moment) // chosen, not waited for: the kill is to fall anywhere
		_ = child.Process.Kill()
		err = child.Wait()
		if err == nil {
			most = max(most/2, time.Millisecond) // it was faster
			continue
		}
		killed++
		s.opens("killed after " + moment.String())
	}
	if code, out, errs := typed(t, "Talk\n", "keys", "compromised", "--config", s.file); code != exitDone || !strings.Contains(out, "Whom to tell what") {
		t.Fatalf("at last it ends with %d: %s %s", code, out, errs)
	}
	if now := days(); now == before || now == "" {
		t.Error("the keys of the days are those of before")
	}
	if code, out, errs := command(t, "audit", "verify", "--config", s.file); code != exitDone {
		t.Errorf("the audit log does not verify: %s %s", out, errs)
	}
	s.world = begin(t, `listen (127\.0\.0\.1:\d+)\n`, "serve", "--config", s.file)
	robin := s.browser("desk.example", "https://desk.example")
	robin.phone = &phone{clock: s.clock, secret: s.robin.phone.secret}
	for range 4 { // past the codes that the app has shown before
		s.clock.step()
	}
	robin.enterAs("Robin Bakker", s.robins)
	const pass = "lantern ribun over vierkant tosas again"
	if answer, page := robin.post("/passphrase", "choice", "own", "own", pass, "again", pass, "passphrase", s.robins, "do", "change"); answer.StatusCode != 303 {
		t.Fatalf("the new passphrase was answered %d: %s", answer.StatusCode, page)
	}
	_, page := robin.get("/notes")
	id := regexp.MustCompile(`href="(/notes/[\w-]{22})"`).FindStringSubmatch(page)
	if id == nil {
		t.Fatalf("the list has no note: %s", page)
	}
	if _, page := robin.get(id[1]); !strings.Contains(page, marked) {
		t.Errorf("Robin's own note does not open: %s", page)
	}
}
