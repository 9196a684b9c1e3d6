package main

import (
	"bytes"
	"database/sql"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"helpline/counsel/retention"
	"helpline/store"
)

// planted writes bytes into a file, at its end when at is negative.
func planted(t *testing.T, path string, at int64, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if at < 0 {
		if at, err = f.Seek(0, io.SeekEnd); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.WriteAt(text, at); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// sqlInto changes a database behind the program's back.
func sqlInto(t *testing.T, path, text string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(text, args...); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// Whatever is planted where, verify-retention names the place, and agrees again
// once it is gone.
func TestVerifyRetentionNamesWhatIsLeftAndWhere(t *testing.T) {
	t.Parallel()
	file, dir, _ := founded(t)
	k := keepingLine(t, file, dir)
	k.backup()
	k.run(exitDone, "Gone: ", "purge", "--config", k.file)
	today := retention.Day(time.Now())
	id := bytes.Repeat([]byte{7}, 16)
	mark := []byte(strings.Repeat(marked, 3))
	for name, c := range map[string]struct {
		plant func(dir, to string)
		place string // in what it says
	}{
		"an expired note": {func(dir, _ string) {
			sqlInto(t, filepath.Join(dir, "helpline.db"), `INSERT INTO note VALUES (?, ?, ?, ?, 1, 1, 1, x'00')`, id, id, today-91, today-1)
		}, "  notes: 1 of 1 rows"},
		"a draft about a contact that has gone": {func(dir, _ string) {
			sqlInto(t, filepath.Join(dir, "helpline.db"), `INSERT INTO closing (contact, author, shred, saved, sealed) VALUES (?, ?, 1, 0, x'00')`, id, id)
		}, "  drafts: 1 of 1 rows"},
		"a contact of last week": {func(dir, _ string) {
			sqlInto(t, filepath.Join(dir, "helpline.db"), `INSERT INTO standing VALUES (?, 'chat', 1, ?, 0, 1, ?)`, id, id, today-7)
		}, "  standings: 1 of 1 rows"},
		"an invitation that has expired": {func(dir, _ string) {
			sqlInto(t, filepath.Join(dir, "helpline.db"), `UPDATE invitation SET expires = 1000`)
		}, "  invitations: 1 of 1 rows"},
		"a login of yesterday": {func(dir, _ string) {
			sqlInto(t, filepath.Join(dir, "logins.db"), `INSERT INTO login VALUES (?, 1, x'00', ?, 'x', 1000, 0)`, bytes.Repeat(id, 2), id)
		}, "  logins: 1 of 1 rows"},
		"keys whose records are gone": {func(dir, _ string) {
			sqlInto(t, filepath.Join(dir, "keys", "shred.db"), `
				WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 400)
				INSERT INTO shred SELECT i, zeroblob(32) FROM n`)
		}, "  shred.db: 400 keys belong to no record"},
		"bytes on a page of the line": {func(dir, _ string) { plantInRoom(t, filepath.Join(dir, "helpline.db"), mark) }, "  helpline.db: bytes of no row"},
		"bytes on a page of the keys": {func(dir, _ string) {
			plantInRoom(t, filepath.Join(dir, "keys", "shred.db"), mark)
		}, "  shred.db: bytes of no row"},
		"bytes on a page of the logins": {func(dir, _ string) { plantInRoom(t, filepath.Join(dir, "logins.db"), mark) }, "  logins.db: bytes of no row"},
		"bytes in the log of the line":  {func(dir, _ string) { planted(t, filepath.Join(dir, "helpline.db-wal"), -1, mark) }, "  helpline.db-wal: "},
		"bytes in the log of the keys": {func(dir, _ string) {
			planted(t, filepath.Join(dir, "keys", "shred.db-wal"), -1, mark)
		}, "  keys/shred.db-wal: "},
		"bytes in the index of the log": {func(dir, _ string) { planted(t, filepath.Join(dir, "helpline.db-shm"), -1, mark) }, "  helpline.db-shm: "},
		"a copy in the tmp":             {func(dir, _ string) { planted(t, filepath.Join(dir, "tmp", "x.db"), -1, mark) }, "  tmp/x.db: "},
		"a copy beside the database":    {func(dir, _ string) { planted(t, filepath.Join(dir, "copy.db"), -1, mark) }, "  copy.db: "},
		"a copy among the keys":         {func(dir, _ string) { planted(t, filepath.Join(dir, "keys", "shred.db.bak"), -1, mark) }, "  keys/shred.db.bak: "},
		"the keys of a day long ago":    {func(dir, _ string) { planted(t, filepath.Join(dir, "keys", "day-100.key"), -1, mark) }, "  keys/day-100.key: "},
		"a restore that was broken off": {func(dir, _ string) {
			planted(t, filepath.Join(dir, "moving", "x"), -1, mark)
		}, "  moving: "},
		"a copy that is too old":         {func(_, to string) { planted(t, filepath.Join(to, "shred-20200101-000000.age"), -1, mark) }, "shred-20200101-000000.age: a copy that is older"},
		"a copy that was never finished": {func(_, to string) { planted(t, filepath.Join(to, unfinished+"line-20200101-000000.age"), -1, mark) }, "line-20200101-000000.age: a copy that was never finished"},
		"a copy from the future":         {func(_, to string) { planted(t, filepath.Join(to, "line-29990101-000000.age"), -1, mark) }, "line-29990101-000000.age: a copy from the future"},
		"a purge that was not run": {func(dir, _ string) {
			sqlInto(t, filepath.Join(dir, "helpline.db"), `UPDATE chore SET day = day - 3 WHERE name = 'purge'`)
		}, "  purge: it is overdue"},
	} {
		t.Run(name, func(t *testing.T) {
			data, to := filepath.Join(t.TempDir(), "data"), t.TempDir()
			for from, into := range map[string]string{dir: data, k.to: to} {
				if err := os.CopyFS(into, os.DirFS(from)); err != nil {
					t.Fatal(err)
				}
			}
			for _, d := range []string{data, filepath.Join(data, "keys"), filepath.Join(data, "tmp")} {
				if err := errorsOf(os.MkdirAll(d, 0o700), os.Chmod(d, 0o700)); err != nil {
					t.Fatal(err)
				}
			}
			args := []string{"verify-retention", "--strict", "--config", k.file, "--data", data, "--backup-dir", to}
			if code, out, errs := command(t, args...); code != exitDone || !strings.Contains(out, "Nothing was found") || !strings.Contains(out, "cannot see") {
				t.Fatalf("without anything planted it ends with %d: %s%s", code, out, errs)
			}
			c.plant(data, to)
			code, out, errs := command(t, args...)
			if _, found, _ := strings.Cut(out, "Found what should be gone:\n"); code != exitFailed || !strings.Contains(found, c.place) {
				t.Errorf("it ends with %d and does not name %q: %s%s", code, c.place, out, errs)
			}
		})
	}
}

// Work since the last purge leaves copies of rows that the next purge takes. That
// is what was promised, and no fault before its day is over.
func TestVerifyRetentionLeavesTheDayToTheNextPurge(t *testing.T) {
	t.Parallel()
	file, dir, _ := founded(t)
	k := keepingLine(t, file, dir)
	k.run(exitDone, "Gone: ", "purge", "--rebuild", "--config", k.file)
	verify := []string{"verify-retention", "--config", k.file}
	k.run(exitDone, "Nothing was found", append(verify, "--strict")...)
	plantInRoom(t, filepath.Join(dir, "helpline.db"), []byte(strings.Repeat(marked, 3)))
	out := k.run(exitDone, "The next purge takes away what was changed since the last one:\n  helpline.db: bytes of no row", verify...)
	if !strings.Contains(out, "Nothing was found that should be gone.") {
		t.Errorf("it says %s", out)
	}
	k.run(exitFailed, "Found what should be gone:\n  helpline.db: bytes of no row", append(verify, "--strict")...)
	for chore, days := range map[string]int{"purge": 2, "rebuild": 9} {
		sqlInto(t, filepath.Join(dir, "helpline.db"), `UPDATE chore SET day = day - ? WHERE name = ?`, days, chore)
		plantInRoom(t, filepath.Join(dir, "helpline.db"), []byte(strings.Repeat(marked, 3)))
		if _, out, _ := command(t, verify...); !strings.Contains(out, chore+": it is overdue") || strings.Contains(out, "The next purge takes") {
			t.Errorf("with the %s overdue it says %s", chore, out)
		}
		k.run(exitFailed, "  helpline.db: bytes of no row", verify...)
		sqlInto(t, filepath.Join(dir, "helpline.db"), `UPDATE chore SET day = day + ? WHERE name = ?`, days, chore)
	}
	k.run(exitDone, "Gone: ", "purge", "--rebuild", "--config", k.file)
	k.run(exitDone, "Nothing was found", append(verify, "--strict")...)
}

func errorsOf(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

// plantInRoom writes into the room between the rows of the last page that is a
// leaf with room enough.
func plantInRoom(t *testing.T, path string, text []byte) {
	t.Helper()
	const size = 4096
	all, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := len(all) - size; at > 0; at -= size {
		page := all[at : at+size]
		from := 8 + 2*(int(page[3])<<8|int(page[4]))
		if content := int(page[5])<<8 | int(page[6]); page[0] == 10 && content-from > len(text)+16 {
			planted(t, path, int64(at+from+8), text)
			return
		}
	}
	t.Fatal("no page has room")
}

// What has expired is in no file of the line and, after their days, in no copy.
func TestPromiseExpiredIsGoneHereAndFromBothKindsOfCopies(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	k := keepingLine(t, s.file, s.dir)
	contact := s.talked()
	if got := s.robin.note(contact.String(), s.robin.whoIs(contact), marked); got != 204 {
		t.Fatalf("the note was answered %d", got)
	}
	var sealed, key []byte
	var number int64
	s.query(`SELECT sealed, shred FROM note`, &sealed, &number)
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
	// in says in how many of the copies, opened, the note or its key stands.
	in := func() (notes, secrets int) {
		for path, text := range contents(t, k.to) {
			if strings.Contains(text, string(sealed[:48])) || strings.Contains(text, string(key)) {
				t.Errorf("%s is not sealed", path)
			}
			plain := openedSet(t, k, []byte(text))
			if bytes.Contains(plain, sealed[len(sealed)-48:]) {
				notes++
			}
			if bytes.Contains(plain, key) {
				secrets++
			}
		}
		return notes, secrets
	}
	now := time.Now()
	k.backupAt(now.Add(-13 * 24 * time.Hour))
	k.backupAt(now.Add(-time.Hour))
	if notes, secrets := in(); notes != 2 || secrets != 2 {
		t.Fatalf("the note stands in %d copies, its key in %d: this test sees nothing", notes, secrets)
	}
	s.change(`UPDATE note SET day = day - 90, ends = ends - 90`)
	k.run(exitDone, "Gone: notes 1,", "purge", "--config", k.file)
	s.search("after the purge", map[string][]byte{"the sealed note": sealed[len(sealed)-48:], "its key": key, "the words": []byte(marked)}, false)
	k.run(exitDone, "Nothing was found", "verify-retention", "--config", k.file)

	k.backupAt(now)
	if notes, secrets := in(); notes != 2 || secrets != 2 {
		t.Errorf("a day later the note stands in %d copies, its key in %d; want the two old ones", notes, secrets)
	}
	k.backupAt(now.Add(24 * time.Hour)) // the older of the two is 14 days old
	if notes, secrets := in(); notes != 1 || secrets != 1 {
		t.Errorf("a copy was kept for longer than its days: %d notes, %d keys", notes, secrets)
	}
	k.backupAt(now.Add(14 * 24 * time.Hour))
	if notes, secrets := in(); notes != 0 || secrets != 0 {
		t.Errorf("after 14 days the note stands in %d copies, its key in %d", notes, secrets)
	}
	s.stop()
}

// A copy from before a removal, a used invitation or an end brings none of them
// back.
func TestAnOldCopyBringsBackNobodyAndNothingThatIsGone(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	k := keepingLine(t, s.file, s.dir)
	contact := s.talked()
	if got := s.robin.note(contact.String(), s.robin.whoIs(contact), marked); got != 204 {
		t.Fatalf("the note was answered %d", got)
	}
	_, out, _ := command(t, "staff", "add", "Sam Bos", "--role", "counsellor", "--config", s.file)
	link := linkIn(t, out)
	s.stop()
	db, err := store.Open(t.Context(), s.dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	robin, _, err := db.Find(t.Context(), "Robin Bakker")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before := time.Now().Add(-time.Hour)
	k.backupAt(before)
	line := filepath.Join(k.to, nameOf(store.Main, before))
	oldKeys := filepath.Join(k.to, nameOf(store.Shreds, before))

	// Since then: Robin is removed, Sam has joined, the note's time has come.
	again := begin(t, `listen (127\.0\.0\.1:\d+)\n`, "serve", "--config", s.file)
	again.browser("desk.example", "https://desk.example").join(link, "Sam")
	again.stop()
	if db, err = store.Open(t.Context(), s.dir, store.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := errorsOf(db.RememberRemoved(t.Context(), robin.ID, time.Now()), db.Close()); err != nil {
		t.Fatal(err)
	}
	k.backupAt(time.Now())

	for name, args := range map[string][]string{
		"onto the line as it is, with old keys":     {"--keys-from", oldKeys, "--data", s.dir, "--replace", "--old"},
		"onto a bare machine, with the newest keys": {"--data", filepath.Join(t.TempDir(), "new")},
	} {
		t.Run(name, func(t *testing.T) {
			data := args[slices.Index(args, "--data")+1]
			if data == s.dir { // a copy of it, so that the other restore begins with the same
				data = filepath.Join(t.TempDir(), "data")
				if err := os.CopyFS(data, os.DirFS(s.dir)); err != nil {
					t.Fatal(err)
				}
				args[slices.Index(args, "--data")+1] = data
			}
			signer := k.run(exitDone, "signer-", "backup", "signer", "--config", k.file)
			out := k.run(exitDone, "are removed again: 1.", append([]string{"restore", "--config", k.file, "--from", line, "--identity", k.identity, "--signer", signer}, args...)...)
			after, err := store.Open(t.Context(), data, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer after.Close()
			p, secret, err := after.Find(t.Context(), "Robin Bakker")
			if err != nil || p.State != "removed" || len(secret.Verifier) > 0 {
				t.Errorf("Robin is back: %v with a secret of %d bytes, %v", p.State, len(secret.Verifier), err)
			}
			if _, err := after.Keyring(t.Context(), robin.ID); err == nil {
				t.Error("Robin's keyring is back")
			}
			if n, err := after.Census(t.Context(), retention.Rules{}, time.Now()); err != nil || rowsOf(n, retention.Invitations) != 0 {
				t.Errorf("the used invitation is back: %+v, %v, %s", n, err, out)
			}
		})
	}
}

func rowsOf(all []retention.Count, c retention.Code) int {
	for _, n := range all {
		if n.Code == c {
			return n.Rows
		}
	}
	return -1
}

// The kernel ends the program at a byte of its copy, as kill -9 does: none of its
// code runs any more.
func TestKill9InMidBackupHarmsNeitherTheLineNorTheCopies(t *testing.T) {
	t.Parallel()
	file, dir, _ := founded(t)
	k := keepingLine(t, file, dir)
	k.backupAt(time.Now().Add(-time.Hour))
	// Big enough to be killed in.
	sqlInto(t, filepath.Join(dir, "helpline.db"), `
		WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
		INSERT INTO note SELECT randomblob(16), randomblob(16), 20000 + i, 40000, 1, 1, i, randomblob(4000) FROM n`)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	line, err := os.Stat(filepath.Join(dir, "helpline.db"))
	if err != nil {
		t.Fatal(err)
	}
	const least = 256 << 10      // more than the command itself writes before it copies
	for part := range int64(3) { // in each third of the copy, wherever that is
		third := (line.Size() - least) / 3
		at := least + part*third + rand.Int64N(third)
		before := contents(t, k.to)
		child := exec.CommandContext(t.Context(), program, "backup", "--config", k.file)
		child.Env = append(os.Environ(), programEnv+"=yes", endEnv+"="+strconv.FormatInt(at, 10))
		if err := child.Run(); err == nil || child.ProcessState.Exited() {
			t.Fatalf("a copy that may have %d bytes: %v", at, err)
		}
		now := contents(t, k.to)
		for path, text := range before {
			if now[path] != text {
				t.Errorf("%s is gone or has changed", path)
			}
		}
		cut := 0
		for path, text := range now {
			switch {
			case before[path] != "":
			case strings.Contains(path, unfinished+"line-"):
				cut = len(text)
				was := filepath.Join(k.to, unfinished+nameOf(store.Main, time.Now().Add(-time.Duration(part+2)*time.Hour)))
				if err := os.Rename(path, was); err != nil { // it lies there on; the next has a name of its own in this second too
					t.Fatal(err)
				}
			default: // the keys come after the line, and have their names before it
				t.Errorf("%s is taken for a copy", path)
			}
		}
		if int64(cut) != at {
			t.Errorf("a copy that may have %d bytes was killed at %d", at, cut)
		}
		opens(t, dir)
	}
	k.backupAt(time.Now().Add(time.Hour))
	k.run(exitDone, "notes 2000,", "verify", "--config", k.file, "--from", k.to, "--identity", k.identity)
}

// opens fails unless the line of a folder opens, and tidies what was cut short.
func opens(t *testing.T, dir string) {
	t.Helper()
	db, err := store.Open(t.Context(), dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
