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
	"helpline/chat"
	"helpline/counsel"
	"helpline/counsel/staff"
)

// childFolder names the data folder for a copy of this test program that does
// nothing but write until it is killed.
const childFolder = "HELPLINE_STORE_TEST_FOLDER"

// restoreFolder does the same for a child that restores.
const restoreFolder = "HELPLINE_STORE_TEST_RESTORE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childFolder); dir != "" {
		writeUntilKilled(dir)
	}
	if dir := os.Getenv(restoreFolder); dir != "" {
		restoreUntilKilled(dir)
	}
	if dir := os.Getenv(trailFolder); dir != "" {
		recordUntilKilled(dir)
	}
	if dir := os.Getenv(removingFolder); dir != "" {
		removeUntilKilled(dir)
	}
	if dir := os.Getenv(rotaFolder); dir != "" {
		publishUntilKilled(dir)
	}
	if dir := os.Getenv(pauseFolder); dir != "" {
		pauseUntilKilled(dir)
	}
	if dir := os.Getenv(tellingFolder); dir != "" {
		askUntilKilled(dir)
	}
	if dir := os.Getenv(cutFolder); dir != "" {
		closeUntilKilled(dir)
	}
	if how := os.Getenv(ceremonyFolder); how != "" {
		recoverUntilKilled(how)
	}
	os.Exit(m.Run())
}

// writeUntilKilled prints one line for everything that was answered.
func writeUntilKilled(dir string) {
	ctx := context.Background()
	db, err := Open(ctx, dir, Options{})
	check := func(err error) {
		if err != nil {
			fmt.Println("fault", err)
			os.Exit(1)
		}
	}
	check(err)
	today, _, err := db.HostKeys().Days(time.Now())
	check(err)
	fmt.Println("day", helpline.ID(today.Ticket[:16]))
	boot, err := db.Boot(ctx)
	check(err)
	fmt.Println("boot", boot)
	one := whoRenews(ctx, db, check)
	for i := 0; ; i++ {
		renewed(ctx, db, one, check)
		s, err := db.Accept(ctx, accepted())
		check(err)
		fmt.Println("open", s.Contact)
		if i%2 == 0 {
			s.Closed = true
			check(db.Change(ctx, s.Term, s))
			fmt.Println("closed", s.Contact)
		}
		writeNote(ctx, db, s, i%2 == 0, check)
		p := staff.Person{ID: helpline.NewID(), Name: fmt.Sprint("Person ", i, " of ", boot)}
		check(db.Add(ctx, p, staff.Invitation{Hash: [32]byte(append(p.ID[:], p.ID[:]...)), Person: p.ID, Expires: time.Now().Add(time.Hour)}))
		fmt.Println("person", p.ID)
		check(db.Logins().Put(ctx, staff.LoginRow{ID: [32]byte(append(p.ID[:], p.ID[:]...)), Sealed: []byte{1}, Person: p.ID}))
		fmt.Println("login", p.ID)
	}
}

// whoRenews is one person who changes the passphrase again and again.
func whoRenews(ctx context.Context, db *DB, check func(error)) helpline.ID {
	p := helpline.NewID()
	i := staff.Invitation{Hash: [32]byte(append(p[:], p[:]...)), Person: p, Expires: time.Now().Add(time.Hour)}
	check(db.Add(ctx, staff.Person{ID: p, Name: p.String()}, i))
	_, err := db.Activate(ctx, i.Hash, time.Now(), staff.Secret{Salt: p[:], Params: staff.Params{Time: 1, MemoryKiB: 8, Threads: 1}, Verifier: p[:]})
	check(err)
	check(db.Enrol(ctx, counsel.KeyringRow{Person: p, Intro: []byte{1}, Wrapped: p[:]}))
	return p
}

// renewed changes the passphrase: verifier and wrapped keyring are the same
// random bytes here, so that half of a change would show.
func renewed(ctx context.Context, db *DB, p helpline.ID, check func(error)) {
	code := counsel.CodeRow{Person: p, Salt: p[:], Costs: staff.Params{Time: 1, MemoryKiB: 8, Threads: 1}, Wrapped: noise(200)}
	check(db.PutCode(ctx, code))
	check(db.ConfirmCode(ctx, code))
	fresh := helpline.NewID()
	check(db.Renew(ctx, counsel.Renewal{
		Person: p, Secret: staff.Secret{Salt: fresh[:], Params: code.Costs, Verifier: fresh[:]}, Wrapped: fresh[:], Spent: true,
	}))
	fmt.Println("renew", fresh)
}

// writeNote keeps a draft about a contact and, if done, the note.
func writeNote(ctx context.Context, db *DB, s chat.Standing, done bool, check func(error)) {
	number, _, err := db.Shred().Take(ctx)
	check(err)
	check(db.PutDraft(ctx, counsel.DraftRow{Contact: s.Contact, Author: s.Holder, Shred: number, Sealed: noise(1500)}))
	fmt.Println("draft", s.Contact)
	if !done {
		return
	}
	n := counsel.NoteRow{
		ID: helpline.NewID(), Author: s.Holder, Day: 1, Ends: 2, Revision: 1, Schema: 1, Shred: number,
		Sealed: noise(5000), ToAuthor: noise(1500), ToGroup: noise(1500), Generation: 1,
	}
	check(db.SaveNote(ctx, s.Contact, n, []counsel.Coded{{Field: "group", Code: "own", Daily: true}}, time.Now()))
	fmt.Println("note", n.ID)
}

// killInMidWrite starts the child, reads what it answers and kills it without
// warning a moment after so many lines. It returns every whole line that was
// printed.
func killInMidWrite(t *testing.T, dir string, after int, moment time.Duration) []string {
	t.Helper()
	return killed(t, childFolder+"="+dir, after, moment)
}

// killed does the same with a child that is told by its environment what to do.
func killed(t *testing.T, env string, after int, moment time.Duration) []string {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), program)
	child.Env = append(os.Environ(), env)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var lines []string
	in := bufio.NewReader(out)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			break // what was not a whole line was not answered
		}
		lines = append(lines, strings.TrimSuffix(line, "\n"))
		if len(lines) == after {
			time.Sleep(moment) // chosen, not waited for: the kill is to fall anywhere in a write
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || len(lines) < after {
		t.Fatalf("the child ended by itself (%v) after %q", err, lines)
	}
	return lines
}

func TestEverythingAnsweredIsThereAfterKill9(t *testing.T) {
	dir := t.TempDir()
	var answered []string
	for round, after := range []int{7, 50, 20 + rand.IntN(7), 20 + rand.IntN(7)} {
		moment := time.Duration(0)
		if round > 1 {
			moment = rand.N(3 * time.Millisecond)
			t.Logf("round %d: killed %v after line %d", round, moment, after)
		}
		lines := killInMidWrite(t, dir, after, moment)
		if want := fmt.Sprint("boot ", round+1); lines[1] != want {
			t.Fatalf("round %d says %q, want %q", round, lines[1], want)
		}
		answered = append(answered, lines...)
	}
	db := open(t, dir)
	today, _, err := db.HostKeys().Days(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	standings, err := db.Standings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	closed := map[helpline.ID]bool{}
	for _, s := range standings {
		closed[s.Contact] = s.Closed
	}
	for _, line := range answered {
		what, name, _ := strings.Cut(line, " ")
		if what == "boot" || what == "renew" {
			continue // a later one of the same person may stand instead
		}
		id, err := helpline.ParseID(name)
		if err != nil {
			t.Fatal(err)
		}
		if !isThere(t, db, what, id, closed, today) {
			t.Errorf("%q was answered and is not there", line)
		}
	}
	if torn, all := eitherPassphrase(t, db); torn > 0 || all == 0 {
		t.Errorf("of %d people %d have the verifier of one passphrase and the keyring of another", all, torn)
	}
	var notes, permits, sums, marks int
	err = db.main.read.QueryRowContext(t.Context(), `
		SELECT (SELECT count(*) FROM note), (SELECT count(*) FROM permit), (SELECT sum(n) FROM coded),
		       (SELECT count(*) FROM closing WHERE saved = 1)`).Scan(&notes, &permits, &sums, &marks)
	if err != nil || notes == 0 || permits != 2*notes || sums != notes || marks != notes {
		t.Errorf("%d notes with %d grants, %d counted, %d contacts marked, %v", notes, permits, sums, marks, err)
	}
}

// eitherPassphrase says of everybody whether verifier and keyring belong
// together, and how many were looked at.
func eitherPassphrase(t *testing.T, db *DB) (torn, all int) {
	t.Helper()
	err := db.main.read.QueryRowContext(t.Context(), `
		SELECT count(*) FILTER (WHERE s.verifier <> k.wrapped OR s.salt <> k.wrapped), count(*)
		FROM secret s JOIN keyring k ON k.person = s.person`).Scan(&torn, &all)
	if err != nil {
		t.Fatal(err)
	}
	return torn, all
}

func isThere(t *testing.T, db *DB, what string, id helpline.ID, closed map[helpline.ID]bool, today Day) bool {
	t.Helper()
	var err error
	switch what {
	case "day":
		return id == helpline.ID(today.Ticket[:16])
	case "open":
		_, there := closed[id]
		return there
	case "closed":
		return closed[id]
	case "person":
		if _, err = db.Person(t.Context(), id); err == nil {
			_, err = db.Invited(t.Context(), [32]byte(append(id[:], id[:]...)), time.Unix(-1<<40, 0))
		}
	case "draft":
		_, err = db.Draft(t.Context(), id)
	case "note":
		var n counsel.NoteRow
		if n, err = db.Note(t.Context(), id); err == nil {
			_, err = db.Shred().Key(t.Context(), n.Shred)
		}
		return err == nil && len(n.Sealed) == 5000 && len(n.ToAuthor) == 1500 && len(n.ToGroup) == 1500
	case "login":
		_, err = db.Logins().Get(t.Context(), [32]byte(append(id[:], id[:]...)))
	default:
		t.Fatalf("the child says %q", what)
	}
	return err == nil
}
