package store

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/vault"
)

// removingFolder names the data folder for a copy of this test program that
// does nothing but remove people and grant notes again until it is killed.
const removingFolder = "HELPLINE_STORE_TEST_REMOVING"

// removeUntilKilled prints a line for everything that was answered.
func removeUntilKilled(dir string) {
	ctx := context.Background()
	check := func(err error) {
		if err != nil {
			fmt.Println("fault", err)
			os.Exit(1)
		}
	}
	db, err := Open(ctx, dir, Options{})
	check(err)
	s, err := openSite(ctx, db)
	check(err)
	fmt.Println("open")
	for i := 0; ; i++ {
		by, err := s.person(ctx, fmt.Sprint("Person ", rand.Uint64()), helpline.Supervisor, helpline.Counsellor)
		check(err)
		for range 2 {
			check(s.note(ctx, by))
		}
		fmt.Println("notes", by.Person)
		check(s.team.Remove(ctx, s.anna, by.Person))
		fmt.Println("removed", by.Person)
		if i%2 == 1 {
			_, err := s.regrant(ctx)
			check(err)
			fmt.Println("granted")
		}
	}
}

func killInMidRemoval(t *testing.T, dir string, after int, moment time.Duration) (removed []helpline.ID) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), program)
	child.Env = append(os.Environ(), removingFolder+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines, in := 0, bufio.NewReader(out)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			break // what was not a whole line was not answered
		}
		if lines++; lines == after {
			time.Sleep(moment) // chosen, not waited for: the kill is to fall anywhere in a write
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		what, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if what == "fault" {
			t.Fatalf("the child says %s", line)
		}
		if what == "removed" {
			id, err := helpline.ParseID(text)
			if err != nil {
				t.Fatal(err)
			}
			removed = append(removed, id)
		}
	}
	if err := child.Wait(); err == nil || lines < after {
		t.Fatalf("the child ended by itself after %d lines: %v", lines, err)
	}
	return removed
}

func TestNothingIsHalfRemovedAfterKill9(t *testing.T) {
	dir := t.TempDir()
	var removed []helpline.ID
	for round := range 4 {
		after, moment := 2+rand.IntN(7), rand.N(30*time.Millisecond)
		t.Logf("round %d: killed %v after line %d", round, moment, after)
		removed = append(removed, killInMidRemoval(t, dir, after, moment)...)
		wholeLine(t, dir, removed)
	}
}

// wholeLine opens what is left and holds all of it against the key log.
func wholeLine(t *testing.T, dir string, removed []helpline.ID) {
	t.Helper()
	ctx := t.Context()
	db, err := Open(ctx, dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() // the next child needs the folder
	s, err := openSite(ctx, db)
	defer s.stop()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range removed {
		if _, err := db.Keyring(ctx, id); helpline.KindOf(err) != helpline.NotFound {
			t.Errorf("%s was removed and still has a keyring: %v", id, err)
		}
	}
	entries, err := db.KeyLog(ctx)
	if err != nil {
		t.Fatal(err)
	}
	log, err := vault.ReadLog(siteInstall, entries)
	if err != nil {
		t.Fatal(err)
	}
	people, err := db.People(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		_, err := db.Keyring(ctx, p.ID)
		switch {
		case p.State == "removed" && (log.Stands(p.ID) || err == nil || len(p.Roles) > 0):
			t.Errorf("%s is removed by half: in the log %v, keyring %v, roles %v", p.Name, log.Stands(p.ID), err, p.Roles)
		case p.State == "active" && log.Stands(p.ID) != (err == nil) && err != nil:
			t.Errorf("%s stands in the log and has no keyring", p.Name)
		}
	}
	for _, g := range []vault.Group{vault.Supervisors, vault.Counsellors} {
		for _, m := range log.Members(g) {
			if _, err := db.Seat(ctx, g, log.Generation(g), m); err != nil {
				t.Errorf("a member of the %s has no seat in generation %d: %v", g, log.Generation(g), err)
			}
		}
	}
	r, err := s.regrant(ctx)
	if err != nil || r.Failed > 0 || r.Generation > 0 && r.Generation != log.Generation(vault.Supervisors) {
		t.Errorf("the granting: %+v, %v, while the log is at %d", r, err, log.Generation(vault.Supervisors))
	}
	var notes, groups, other int
	err = db.main.read.QueryRowContext(ctx, `
		SELECT (SELECT count(*) FROM note), count(*), count(*) FILTER (WHERE generation <> ?) FROM permit WHERE reader = 'supervisors'`,
		int64(log.Generation(vault.Supervisors))).Scan(&notes, &groups, &other)
	if err != nil || notes != groups || other != 0 {
		t.Errorf("%d notes with %d grants to the supervisors, %d of them to another generation, %v", notes, groups, other, err)
	}
	heads, err := s.notes.List(ctx, s.anna)
	if err != nil || len(heads) != notes {
		t.Errorf("%d of %d notes are listed, %v", len(heads), notes, err)
	}
	for _, h := range heads[:min(1, len(heads))] { // each opening is counted
		if _, err := s.notes.Open(ctx, s.anna, h.ID, "quality"); err != nil {
			t.Errorf("a note does not open: %v", err)
		}
	}
}

func TestAFullDiskInMidRemovalChangesNothing(t *testing.T) {
	ctx := t.Context()
	db := open(t, t.TempDir())
	s, err := openSite(ctx, db)
	defer s.stop()
	if err != nil {
		t.Fatal(err)
	}
	kim, err := s.person(ctx, "Kim Visser", helpline.Supervisor, helpline.Counsellor)
	if err != nil {
		t.Fatal(err)
	}
	for range 60 {
		if err := s.note(ctx, kim); err != nil {
			t.Fatal(err)
		}
	}
	state := func() (out [4]int) {
		t.Helper()
		err := db.main.read.QueryRowContext(ctx, `
			SELECT (SELECT count(*) FROM keylog), (SELECT count(*) FROM seat), (SELECT count(*) FROM person WHERE state = 'active'),
			       (SELECT count(*) FROM permit WHERE reader = 'author')`).Scan(&out[0], &out[1], &out[2], &out[3])
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	before := state()
	room := fill(t, db.main)
	var refused bool
	for range 3 {
		if err := s.team.Remove(ctx, s.anna, kim.Person); err != nil {
			refused = true
			if helpline.KindOf(err) != helpline.Unavailable {
				t.Errorf("got %v", err)
			}
			if after := state(); after != before {
				t.Errorf("half of it is done: %v, before %v", after, before)
			}
			var gone int
			if err := db.shred.file.read.QueryRowContext(ctx, `SELECT count(*) FROM gone WHERE id = ?`, kim.Person[:]).Scan(&gone); err != nil || gone != 0 {
				t.Errorf("a restore would remove her: %d, %v", gone, err)
			}
		}
	}
	if !refused {
		t.Fatal("the disk was not full: this test shows nothing")
	}
	room()
	if err := s.team.Remove(ctx, s.anna, kim.Person); err != nil {
		t.Fatal(err)
	}
	fill(t, db.main)
	if r, _ := s.regrant(ctx); r.Failed != 0 {
		t.Errorf("a full disk counts as notes that cannot be opened: %+v", r)
	}
}
