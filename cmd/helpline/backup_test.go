package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"

	"helpline/store"
)

// keeping is a line whose copies are sealed to a key of this test.
type keeping struct {
	t            *testing.T
	file, dir    string // configuration, data folder
	to, identity string // folder of the copies, file with the secret key
	id           *age.X25519Identity
}

// keepingLine adds copies to the configuration of a line.
func keepingLine(t *testing.T, file, dir string) *keeping {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	k := &keeping{t: t, file: file, dir: dir, to: t.TempDir(), identity: filepath.Join(t.TempDir(), "key.txt"), id: id}
	text, err := os.ReadFile(file)
	if err == nil {
		text = append(text, "\nbackup_recipients = [\""+id.Recipient().String()+"\"]\nbackup_dir = \""+k.to+"\"\n"...)
		k.file = filepath.Join(t.TempDir(), "helpline.toml")
		err = os.WriteFile(k.file, text, 0o600)
	}
	if err == nil {
		err = os.WriteFile(k.identity, []byte(id.String()+"\n"), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *keeping) run(want int, says string, args ...string) string {
	k.t.Helper()
	code, out, errs := command(k.t, args...)
	if code != want || !strings.Contains(out+errs, says) {
		k.t.Fatalf("%v ended with %d (want %d), and should say %q: %s%s", args, code, want, says, out, errs)
	}
	return out
}

// backup makes both sets by the command and gives the signer.
func (k *keeping) backup() string {
	k.t.Helper()
	out := k.run(exitDone, "signed by ", "backup", "--config", k.file)
	return regexp.MustCompile(`signer-[A-Za-z0-9_-]{43}`).FindString(out)
}

// backupAt makes both sets as if it were another day.
func (k *keeping) backupAt(now time.Time) {
	k.t.Helper()
	db, err := store.Open(k.t.Context(), k.dir, store.Options{Beside: true})
	if err != nil {
		k.t.Fatal(err)
	}
	defer db.Close()
	c := copies{To: []age.Recipient{k.id.Recipient()}, Dir: k.to, Days: 14}
	if _, err := c.run(k.t.Context(), copier{db: db, to: c.To, now: now}, k.dir); err != nil {
		k.t.Fatal(err)
	}
}

// set is the newest set of a part.
func (k *keeping) set(p store.Part) string {
	k.t.Helper()
	s, err := newestSet(k.to, p)
	if err != nil {
		k.t.Fatal(err)
	}
	return s.path
}

// contents are all files below a folder.
func contents(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		all[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPromiseRestoreIsRehearsedAndNotHopedFor(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	k := keepingLine(t, s.file, s.dir)
	contact := s.talked()
	if got := s.robin.note(contact.String(), s.robin.whoIs(contact), marked); got != 204 {
		t.Fatalf("the note was answered %d", got)
	}
	by := k.backup() // while the line runs
	k.run(exitDone, "It can be restored. Nothing was changed.", "verify", "--config", k.file, "--from", k.to, "--identity", k.identity)
	k.run(exitData, "a line is running", "restore", "--config", k.file, "--from", k.to, "--identity", k.identity, "--replace")

	// Neither the copies nor what a rehearsal leaves say anything to whoever has no key.
	for path, text := range contents(t, k.to) {
		if strings.Contains(text, "SQLite") || strings.Contains(text, "Robin") {
			t.Errorf("%s is not sealed", path)
		}
	}
	if left := contents(t, filepath.Join(s.dir, "tmp")); len(left) > 0 {
		t.Errorf("the rehearsal left %v", slices.Collect(maps.Keys(left)))
	}
	s.stop()
	k.run(exitData, "holds a line already", "restore", "--config", k.file, "--from", k.to, "--identity", k.identity)

	// The machine is lost. On another one there are the copies, the secret key
	// and what was written down at the set-up.
	if err := os.RemoveAll(s.dir); err != nil {
		t.Fatal(err)
	}
	k.run(exitFailed, "nothing here says that this is your line", "restore", "--config", k.file, "--from", k.to, "--identity", k.identity)
	out := k.run(exitDone, "What to do next", "restore", "--config", k.file, "--from", k.to, "--identity", k.identity, "--signer", by)
	if !strings.Contains(out, "notes 1,") || !strings.Contains(out, "audit log: ") || strings.Contains(out, "FAULT") {
		t.Errorf("the restore says %s", out)
	}
	for _, never := range []string{"day-*.key", "backup.key"} { // those of the lost machine are in no copy
		if found, _ := filepath.Glob(filepath.Join(s.dir, "keys", never)); len(found) > 0 {
			t.Errorf("%v came out of the copy", found)
		}
	}
	again := begin(t, `listen (127\.0\.0\.1:\d+)\n`, "serve", "--config", s.file)
	s.robin.w = again
	if answer, _ := s.robin.get("/notes"); answer.StatusCode == 200 {
		t.Error("a login outlived the restore")
	}
	robin := again.browser("desk.example", "https://desk.example")
	again.clock.ahead = s.clock.ahead // no code works twice, also not after a restore
	robin.phone = &phone{clock: again.clock, secret: s.robin.phone.secret}
	robin.enterAs("Robin Bakker", s.robins)
	var id []byte
	s.query(`SELECT id FROM note`, &id)
	if answer, page := robin.get("/notes"); answer.StatusCode != 200 || !strings.Contains(page, "/notes/") {
		t.Errorf("the list of notes was answered %d: %s", answer.StatusCode, page)
	}
	if code := again.stop(); code != exitDone {
		t.Errorf("the line ended with %d", code)
	}
}

// Whatever is wrong with a copy, it is refused before live data is touched.
func TestACopyThatIsNotRightIsRefusedBeforeLiveDataIsTouched(t *testing.T) {
	t.Parallel()
	file, dir, _ := founded(t)
	k := keepingLine(t, file, dir)
	by := k.backup()
	other := keepingLine(t, file, dir) // sealed to somebody else
	foreign := func() (*keeping, string) {
		file, dir, _ := founded(t)
		f := keepingLine(t, file, dir)
		return f, f.backup()
	}
	stranger, strangers := foreign()
	line, keys := k.set(store.Main), k.set(store.Shreds)
	read := func(path string) []byte {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	reseal := func(path string, change func([]byte) []byte) []byte {
		return resealed(t, k, read(path), change)
	}
	flipped := func(b []byte, at int) []byte {
		b = bytes.Clone(b)
		b[at] ^= 1
		return b
	}
	before := contents(t, dir)
	for name, c := range map[string]struct {
		line, keys []byte
		identity   string
		signer     string
		says       string
	}{
		"a bit of its head":               {line: flipped(read(line), 40), says: "damaged"},
		"a bit in its middle":             {line: flipped(read(line), len(read(line))/2), says: "damaged"},
		"a bit at its end":                {line: flipped(read(line), len(read(line))-1), says: "damaged"},
		"a bit of the keys":               {keys: flipped(read(keys), len(read(keys))-2000), says: "damaged"},
		"a copy that was cut off":         {line: read(line)[:len(read(line))-70_000], says: "damaged"},
		"keys that were cut off":          {keys: read(keys)[:300], says: "damaged"},
		"nothing":                         {line: []byte{}, says: "no copy"},
		"noise":                           {line: noisy(90_000), says: "no copy"},
		"something behind its end":        {line: append(read(line), "more"...), says: "damaged"},
		"another secret key":              {identity: other.identity, says: "this key does not open it"},
		"a file without a secret key":     {identity: line, says: "holds none"},
		"the two in each other's place":   {line: read(keys), keys: read(line), says: "damaged"},
		"two copies of the line":          {keys: read(line), says: "damaged"},
		"a line of somebody else":         {line: resealed(t, k, openedSet(t, stranger, read(stranger.set(store.Main))), nil), signer: strangers, says: "and not by"},
		"keys of another line":            {keys: resealed(t, k, openedSet(t, stranger, read(stranger.set(store.Shreds))), nil), says: "and not by"},
		"another signer than was said":    {signer: strangers, says: "and not by"},
		"a database changed and resealed": {line: reseal(line, func(b []byte) []byte { return flipped(b, 60_000) }), says: "is not the one that was signed"},
		"a key changed and resealed":      {line: reseal(line, func(b []byte) []byte { return flipped(b, 512+40) }), says: "is not the one that was signed"},
		"a manifest changed and resealed": {line: reseal(line, func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"part":"line"`), []byte(`"part":"lime"`), 1)
		}), says: "changed after it was signed"},
		"a file more than it should have": {line: reseal(line, func(b []byte) []byte { return bytes.Replace(b, []byte("database"), []byte("../abase"), 1) }), says: "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			from := t.TempDir()
			put := func(path string, text, otherwise []byte) {
				if text == nil {
					text = otherwise
				}
				if err := os.WriteFile(filepath.Join(from, filepath.Base(path)), text, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			put(line, c.line, read(line))
			put(keys, c.keys, read(keys))
			identity, signer := k.identity, by
			if c.identity != "" {
				identity = c.identity
			}
			if c.signer != "" {
				signer = c.signer
			}
			args := []string{"--config", k.file, "--from", from, "--identity", identity, "--signer", signer}
			for _, do := range [][]string{{"verify"}, {"restore", "--replace"}} {
				code, out, errs := command(t, append(do, args...)...)
				if code == exitDone || !strings.Contains(errs, c.says) {
					t.Errorf("%v ended with %d, want it to say %q: %s%s", do, code, c.says, out, errs)
				}
				if strings.Contains(errs, k.id.String()) {
					t.Errorf("%v prints the secret key", do)
				}
			}
			if !maps.Equal(contents(t, dir), before) {
				t.Error("the data folder has changed")
			}
		})
	}
	k.run(exitDone, "It can be restored", "verify", "--config", k.file, "--from", k.to, "--identity", k.identity) // and the right one is taken
}

func noisy(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// openedSet is what a set holds for whoever has its key.
func openedSet(t *testing.T, k *keeping, set []byte) []byte {
	t.Helper()
	plain, err := age.Decrypt(bytes.NewReader(set), k.id)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// resealed is what somebody can make who knows the public key, and has come by
// a set's content: with change nil, text is that content already.
func resealed(t *testing.T, k *keeping, text []byte, change func([]byte) []byte) []byte {
	t.Helper()
	if change != nil {
		plain := openedSet(t, k, text)
		text = change(bytes.Clone(plain))
		if bytes.Equal(text, plain) {
			t.Fatal("nothing was changed: this test shows nothing")
		}
	}
	var b bytes.Buffer
	w, err := age.Encrypt(&b, k.id.Recipient())
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAnOldCopyIsRefusedUnlessSomebodyInsists(t *testing.T) {
	t.Parallel()
	file, dir, _ := founded(t)
	for name, c := range map[string]struct {
		line, keys time.Duration // ago
		newer      bool          // there is a newer copy of the keys
		says       string
	}{
		"fresh":                          {0, 0, false, ""},
		"as old as copies may be":        {14 * 24 * time.Hour, 14 * 24 * time.Hour, false, ""},
		"older than copies may be":       {15 * 24 * time.Hour, 15 * 24 * time.Hour, false, "15 days old"},
		"an old line with fresh keys":    {15 * 24 * time.Hour, 0, false, "copy of the line is 15 days old"},
		"keys older than the line":       {24 * time.Hour, 48 * time.Hour, false, "older than the copy of the line"},
		"keys that are not the newest":   {48 * time.Hour, 48 * time.Hour, true, "is newer than the copy of the keys"},
		"a line older than the new keys": {48 * time.Hour, 24 * time.Hour, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			k := keepingLine(t, file, dir)
			now := onOneDay()
			at := func(ago time.Duration, p store.Part) string {
				at := now.Add(-ago)
				path := filepath.Join(k.to, nameOf(p, at))
				if _, err := os.Stat(path); err != nil {
					k.backupAt(at)
				}
				return path
			}
			args := []string{"--config", k.file, "--identity", k.identity}
			args = append(args, "--keys-from", at(c.keys, store.Shreds), "--from", at(c.line, store.Main))
			if !c.newer { // only what was named is there
				for path := range contents(t, k.to) {
					if !slices.Contains(args, path) {
						if err := os.Remove(path); err != nil {
							t.Fatal(err)
						}
					}
				}
			} else {
				k.backupAt(now)
			}
			if c.says == "" {
				k.run(exitDone, "It can be restored", append([]string{"verify"}, args...)...)
				return
			}
			k.run(exitFailed, c.says, append([]string{"verify"}, args...)...)
			k.run(exitDone, "It can be restored", append([]string{"verify", "--old"}, args...)...)
		})
	}
}

// A copy is made whole or not at all, and older ones stay.
func TestADiskThatFillsUpInMidBackupLeavesTheEarlierCopies(t *testing.T) {
	t.Parallel()
	file, dir, _ := founded(t)
	k := keepingLine(t, file, dir)
	k.backupAt(time.Now().Add(-20 * 24 * time.Hour)) // due to be removed, but only by a backup that ends well
	before, live := contents(t, k.to), contents(t, dir)
	db, err := store.Open(t.Context(), dir, store.Options{Beside: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, part := range []store.Part{store.Main, store.Shreds} {
		c := copies{To: []age.Recipient{k.id.Recipient()}, Dir: k.to, Days: 14}
		full := copier{db: db, to: c.To, now: time.Now(), see: func(p store.Part, size int64) io.Writer {
			if p == part {
				return fills{}
			}
			return io.Discard
		}}
		if _, err := c.run(t.Context(), full, dir); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("a full disk under the copy of the %s gives %v", part, err)
		}
		if !maps.Equal(contents(t, k.to), before) {
			t.Errorf("the copies have changed: %v", slices.Collect(maps.Keys(contents(t, k.to))))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := copies{To: []age.Recipient{k.id.Recipient()}, Dir: k.to, Days: 14}
	if _, err := c.run(ctx, copier{db: db, to: c.To, now: time.Now()}, dir); err == nil {
		t.Error("a backup that was called off ended well")
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	now := contents(t, dir)
	delete(now, filepath.Join(dir, "keys", "backup.key"))
	delete(live, filepath.Join(dir, "keys", "backup.key"))
	if !maps.Equal(now, live) {
		t.Error("the data folder has changed")
	}
}

// Of two that are begun in one second, the slower takes nothing from the other.
func TestACopyThatSomebodyElseIsWritingIsLeft(t *testing.T) {
	t.Parallel()
	file, dir, _ := founded(t)
	k := keepingLine(t, file, dir)
	db, err := store.Open(t.Context(), dir, store.Options{Beside: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	now := time.Now()
	for _, part := range []store.Part{store.Main, store.Shreds} {
		theirs := filepath.Join(k.to, unfinished+nameOf(part, now))
		if err := os.WriteFile(theirs, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		before := contents(t, k.to)
		c := copies{To: []age.Recipient{k.id.Recipient()}, Dir: k.to, Days: 14}
		if _, err := c.run(t.Context(), copier{db: db, to: c.To, now: now}, dir); err == nil {
			t.Error("two copies were written into one file")
		}
		if !maps.Equal(contents(t, k.to), before) {
			t.Errorf("beside %s the folder has changed", theirs)
		}
		if err := os.Remove(theirs); err != nil {
			t.Fatal(err)
		}
	}
}

type fills struct{}

func (fills) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestWhereACopyMustNotGo(t *testing.T) {
	t.Parallel()
	file, dir, _ := founded(t)
	k := keepingLine(t, file, dir)
	inside := filepath.Join(dir, "copies")
	if err := os.Mkdir(inside, 0o700); err != nil {
		t.Fatal(err)
	}
	hidden := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.Symlink(inside, hidden); err != nil {
		t.Fatal(err)
	}
	k.run(exitConfig, "inside the data folder", "backup", "--config", k.file, "--to", inside)
	k.run(exitConfig, "inside the data folder", "backup", "--config", k.file, "--to", hidden)
	k.run(exitConfig, "mount the disk", "backup", "--config", k.file, "--to", filepath.Join(k.to, "none"))
	k.run(exitConfig, "mount the disk", "backup", "--config", k.file, "--keys-to", k.file)
	k.run(exitConfig, "public keys of age", "backup", "--config", k.file, "--backup-recipients", k.id.String())
	if code, out, errs := command(t, "backup", "--config", k.file, "--backup-recipients", k.id.String()); strings.Contains(out+errs, k.id.String()) {
		t.Errorf("a secret key in the wrong place is printed (%d)", code)
	}
	if len(contents(t, k.to)) > 0 {
		t.Error("something was written")
	}
	k.run(exitDone, "AGE-SECRET-KEY-1", "backup", "keygen")
	out := k.run(exitDone, "age-encryption.org", "backup", "--config", k.file, "--to", "-", "--part", "shred")
	if _, err := age.Decrypt(strings.NewReader(out), k.id); err != nil {
		t.Errorf("the copy on the output does not open: %v", err)
	}
}

func TestCopiesGoAfterTheirDaysAndNothingElseDoes(t *testing.T) {
	t.Parallel()
	dir, keys := t.TempDir(), t.TempDir()
	now := time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)
	stay := []string{
		"line-20261109-235959.age", "shred-20261122-040000.age", "line-20270101-000000.age", // the last is from the future
		unfinished + "line-20261122-030000.age", // somebody writes it just now
		"line-20261108-235959.age.bak", "holiday.jpg", "line-20261301-000000.age", "xline-20200101-000000.age",
	}
	gone := []string{"line-20261108-235959.age", "shred-20200101-000000.age", unfinished + "shred-20261121-210000.age"}
	for _, name := range append(slices.Clone(stay), gone...) {
		for _, d := range []string{dir, keys} {
			if err := os.WriteFile(filepath.Join(d, name), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "line-20200101-000000.age"), 0o700); err != nil { // a folder is no set
		t.Fatal(err)
	}
	removed, err := copies{Dir: dir, KeysDir: keys, Days: 14}.tidy(now)
	if err != nil || removed != 2*len(gone) {
		t.Errorf("%d were removed, %v", removed, err)
	}
	for _, d := range []string{dir, keys} {
		var left []string
		for path := range contents(t, d) {
			left = append(left, filepath.Base(path))
		}
		slices.Sort(left)
		slices.Sort(stay)
		if !slices.Equal(left, stay) {
			t.Errorf("left are %v, want %v", left, stay)
		}
	}
}

func TestTheCopyOfTheDayIsMadeOnceAfterItsHour(t *testing.T) {
	t.Parallel()
	file, dir, _ := founded(t)
	k := keepingLine(t, file, dir)
	conf, err := configure(nil, noEnv, k.file)
	if err != nil {
		t.Fatal(err)
	}
	l, err := openLine(t.Context(), conf, cheap, newLog(io.Discard, 0), func(*store.DB) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	defer l.db.Close()
	day := time.Now().In(conf.Zone)
	at := func(days, hour int) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day()+days, hour, 30, 0, 0, conf.Zone)
	}
	want := func(when string, now time.Time, due bool) {
		t.Helper()
		if got := l.backupDue(t.Context(), now); got != due {
			t.Errorf("%s a copy is due: %v", when, got)
		}
	}
	want("before the hour", at(0, 3), false)
	want("after the hour", at(0, 5), true)
	l.backUp(t.Context(), at(0, 5))
	if n := len(contents(t, k.to)); n != 2 {
		t.Fatalf("there are %d copies", n)
	}
	want("later that day", at(0, 23), false)
	want("the next morning", at(1, 3), false)
	want("the next day", at(1, 5), true)
	l.conf.Copies.Dir = ""
	want("without a folder", at(1, 5), false)
}
