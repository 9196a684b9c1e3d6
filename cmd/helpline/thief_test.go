package main

import (
	"context"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/retention"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
	"helpline/store"
)

// thief is somebody who took copies of files and has this program's source.
type thief struct {
	t       *testing.T
	dir     string // data folder as it was put together from what was taken
	db      *store.DB
	install helpline.ID
	keys    map[vault.Key]bool // everything in the loot that could be a key

	papers []paperOf // shares of the recovery key
	seed   []byte    // of the recovery key, from two of them
}

// steal copies files into a new data folder.
func steal(t *testing.T, from ...string) *thief {
	t.Helper()
	dir := t.TempDir()
	for _, f := range from {
		if err := os.CopyFS(dir, without(dir, os.DirFS(f))); err != nil {
			t.Fatal(err)
		}
	}
	th := &thief{t: t, dir: dir, keys: map[vault.Key]bool{}}
	th.gather()
	db, err := store.Open(t.Context(), filepath.Join(dir, "data"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	th.db = db
	key, err := db.HostKeys().Installation()
	if err != nil {
		t.Fatal(err)
	}
	th.install = installID(key)
	return th
}

// without hides what is there already, so that the first copy of a file stays.
func without(dir string, from fs.FS) fs.FS { return unseen{from, dir} }

type unseen struct {
	fs.FS
	dir string
}

func (u unseen) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(u.FS, name)
	return slices.DeleteFunc(all, func(e fs.DirEntry) bool {
		_, err := os.Stat(filepath.Join(u.dir, name, e.Name()))
		return err == nil && !e.IsDir()
	}), err
}

// gather takes every 32 bytes in a row that look random, from every file.
func (th *thief) gather() {
	th.t.Helper()
	err := filepath.WalkDir(th.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, env := range os.Environ() {
			text = append(text, env...)
		}
		var count [256]int
		distinct := 0
		for i, b := range text {
			if count[b]++; count[b] == 1 {
				distinct++
			}
			if i >= 32 {
				out := text[i-32]
				if count[out]--; count[out] == 0 {
					distinct--
				}
			}
			if i >= 31 && distinct >= 22 {
				th.keys[vault.Key(text[i-31:i+1])] = true
			}
		}
		return nil
	})
	if err != nil {
		th.t.Fatal(err)
	}
	if len(th.keys) < 10_000 {
		th.t.Fatalf("only %d keys were gathered", len(th.keys))
	}
}

// learn adds what a passphrase becomes for a person.
func (th *thief) learn(name, pass string) {
	th.t.Helper()
	_, s, err := th.db.Find(th.t.Context(), name)
	if err != nil {
		th.t.Fatal(err)
	}
	work := vault.NewWork(1)
	err = working(th.t.Context(), work, func() error {
		d, err := work.Derive(th.t.Context(), vault.OtherLogin, vault.Asker{}, pass, s.Salt, vault.Costs(s.Params))
		th.keys[d.KEK] = true
		return err
	})
	if err != nil {
		th.t.Fatal(err)
	}
}

// read opens whatever the loot opens and gives the texts.
func (th *thief) read() (texts []string) {
	th.t.Helper()
	ctx := th.t.Context()
	people, err := th.db.People(ctx)
	if err != nil {
		th.t.Fatal(err)
	}
	for _, p := range people {
		ring := th.unwrap(ctx, p)
		if ring == nil {
			continue
		}
		texts = append(texts, th.notes(ctx, p, ring)...)
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

func (th *thief) unwrap(ctx context.Context, p staff.Person) *vault.Keyring {
	row, err := th.db.Keyring(ctx, p.ID)
	if helpline.KindOf(err) == helpline.NotFound {
		return nil // the person was removed, or never unlocked
	}
	if err != nil {
		th.t.Fatal(err)
	}
	_, s, err := th.db.Find(ctx, p.Name)
	if err != nil {
		th.t.Fatal(err)
	}
	w := vault.Wrapping{Install: th.install, Person: p.ID, By: vault.ByPassphrase, Salt: s.Salt, Costs: vault.Costs(s.Params)}
	for kek := range th.keys {
		if ring, err := vault.Unwrap(kek, w, row.Wrapped); err == nil {
			return ring
		}
	}
	return nil
}

// notes tries every note with every shred key there is, whatever the rows say
// about when a note ends.
func (th *thief) notes(ctx context.Context, p staff.Person, ring *vault.Keyring) (texts []string) {
	entries, err := th.db.KeyLog(ctx)
	if err != nil {
		th.t.Fatal(err)
	}
	log, err := vault.ReadLog(th.install, entries)
	if err != nil {
		th.t.Fatal(err)
	}
	v, err := log.Under(ring.Trust())
	if err != nil {
		th.t.Fatal(err)
	}
	groups := map[uint64]*vault.GroupKey{} // by generation
	for n := uint64(1); n <= v.Generation(vault.Supervisors); n++ {
		seat, err := th.db.Seat(ctx, vault.Supervisors, n, p.ID)
		if err != nil {
			continue
		}
		if groups[n], err = ring.OpenSeat(v, vault.Supervisors, seat); err != nil {
			th.t.Fatal(err)
		}
	}
	heads, err := th.db.NoteHeads(ctx, helpline.ID{})
	if err != nil {
		th.t.Fatal(err)
	}
	for _, h := range heads {
		n, err := th.db.Note(ctx, h.ID)
		if err != nil {
			th.t.Fatal(err)
		}
		shred, err := th.db.Shred().Key(ctx, n.Shred)
		tries := []vault.Key{shred, {}, {1}}
		if err != nil { // forgotten: perhaps it is one of the others
			for number, key, err := th.db.Shred().Take(ctx); len(tries) < 50; number, key, err = th.db.Shred().Take(ctx) {
				if err != nil || number < 0 {
					th.t.Fatal(err)
				}
				tries = append(tries, key)
			}
		}
		for _, key := range tries {
			place := vault.Place{Install: th.install, Note: n.ID, Revision: n.Revision, Week: weekOf(n), Schema: n.Schema}
			var opened vault.Opened
			if n.Author == p.ID {
				opened, err = ring.OpenNote(v, place, n.Author, n.Sealed, n.ToAuthor, key)
			} else if group := groups[n.Generation]; group != nil {
				opened, err = ring.OpenNoteAs(group, v, place, n.Author, n.Sealed, n.ToGroup, key)
			} else {
				break
			}
			if err == nil {
				texts = append(texts, opened.Text)
				break
			}
		}
	}
	return texts
}

func weekOf(n counsel.NoteRow) string { return vault.Week(retention.Midnight(n.Day)) }

func TestAThiefOpensNothingWithoutAPassphraseAndNothingExpiredWithOne(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	const old, young = "the note that will expire", "the note that stays"
	for _, text := range []string{old, young} {
		contact := s.talked()
		if got := s.robin.note(contact.String(), s.robin.whoIs(contact), text); got != 204 {
			t.Fatalf("the note was answered %d", got)
		}
	}
	s.vouch("Robin Bakker")
	// Whoever has the secret of a phone shows its codes. The row is on the disk
	// and the secret is not, in none of its spellings.
	var row []byte
	s.query(`SELECT sealed FROM factor LIMIT 1`, &row)
	spelled := strings.ReplaceAll(s.robin.phone.secret.Text(), " ", "")
	bare, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(spelled)
	if err != nil || len(bare) < 20 {
		t.Fatalf("the secret of a phone has %d bytes: %v", len(bare), err)
	}
	s.stop()
	s.search("after the stop", map[string][]byte{"a second factor's row": row[len(row)-48:]}, true)
	s.search("after the stop", map[string][]byte{
		"a phone's secret": bare, "a phone's secret in letters": []byte(spelled), "a phone's secret in small letters": []byte(strings.ToLower(spelled)),
		"a phone's secret in hex": []byte(hex.EncodeToString(bare)), "a phone's secret in base64": []byte(base64.RawStdEncoding.EncodeToString(bare)),
	}, false)
	home := filepath.Dir(s.file)

	early := t.TempDir() // the machine's disk of today, and the ordinary backup made of it
	if err := os.CopyFS(early, os.DirFS(home)); err != nil {
		t.Fatal(err)
	}
	backup := t.TempDir()
	if err := os.MkdirAll(filepath.Join(backup, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(home, "data", "helpline.db"))
	if err == nil {
		err = os.WriteFile(filepath.Join(backup, "data", "helpline.db"), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}

	if got := steal(t, early).read(); len(got) != 0 {
		t.Errorf("without a passphrase the thief reads %q", got)
	}
	if got := steal(t, backup, early).read(); len(got) != 0 {
		t.Errorf("without a passphrase the thief reads %q from a backup", got)
	}
	th := steal(t, early)
	th.learn("Robin Bakker", s.robins+" ") // a slip is another passphrase
	th.learn("Anna Vermeer", strings.ToUpper(s.annas))
	if got := th.read(); len(got) != 0 {
		t.Errorf("with wrong passphrases the thief reads %q", got)
	}
	th.learn("Anna Vermeer", s.annas)
	if got := th.read(); !slices.Equal(got, []string{young, old}) {
		t.Fatalf("with a supervisor's passphrase, before anything has expired, the thief reads %q: this test sees nothing", got)
	}

	s.change(`UPDATE note SET day = day - 91, ends = ends - 91 WHERE shred = (SELECT min(shred) FROM note)`)
	if code, out, errs := command(t, "purge", "--config", s.file); code != exitDone || !strings.Contains(out, "Gone: notes 1,") {
		t.Fatalf("the purge says %d %s %s", code, out, errs)
	}
	for name, loot := range map[string][]string{"the disk after the purge": {home}, "an old backup beside it": {backup, home}} {
		th := steal(t, loot...)
		if got := th.read(); len(got) != 0 {
			t.Errorf("%s, without a passphrase: the thief reads %q", name, got)
		}
		th.learn("Anna Vermeer", s.annas)
		th.learn("Robin Bakker", s.robins)
		if got := th.read(); len(got) != 1 {
			t.Errorf("%s, with two passphrases: the thief reads %q, want the one note that has not expired", name, got)
		}
	}
}

// Yesterday's supervisor took the machine's disk before she was removed, and
// knows her passphrase. Whatever she copies afterwards adds nothing to it.
func TestARemovedSupervisorWithAnOldCopyReadsNothingWrittenSince(t *testing.T) {
	t.Parallel()
	s := staffedLine(t)
	write := func(text string) {
		t.Helper()
		contact := s.talked()
		if got := s.robin.note(contact.String(), s.robin.whoIs(contact), text); got != 204 {
			t.Fatalf("the note was answered %d", got)
		}
	}
	const old, since = "the note of before", "the note of since"
	write(old)
	s.vouch("Robin Bakker")
	s.vouch("Kim Visser")
	home := filepath.Dir(s.file)
	kept := t.TempDir() // beside the running program: its log is copied too
	if err := os.CopyFS(kept, os.DirFS(home)); err != nil {
		t.Fatal(err)
	}
	s.remove("Kim Visser")
	write(since)
	wait(t, "the older note to be granted to the new generation", func() bool {
		var n int
		s.query(`SELECT count(*) FROM permit WHERE reader = 'supervisors' AND generation = 1`, &n)
		return n == 0
	})
	s.stop()

	th := steal(t, kept)
	th.learn("Kim Visser", s.kims)
	if got := th.read(); !slices.Equal(got, []string{old}) {
		t.Fatalf("with her own old copy she reads %q: what she has read cannot be unread, and this test sees nothing else", got)
	}
	if got := steal(t, home).read(); len(got) != 0 {
		t.Errorf("without a passphrase the disk of today gives %q", got)
	}
	// The disk of today, and every key she can have had: what her passphrase
	// becomes, her keyring, her seat in the generation of before.
	now := steal(t, home)
	for key := range th.keys {
		now.keys[key] = true
	}
	ring, mine := th.unwrap(t.Context(), th.person("Kim Visser")), th.person("Kim Visser")
	if ring == nil {
		t.Fatal("her old keyring does not open")
	}
	if got := now.read(); len(got) != 0 {
		t.Errorf("the disk of today gives her %q", got)
	}
	if got := now.notesWith(t.Context(), ring, th.seat(t.Context(), mine.ID)); len(got) != 0 {
		t.Errorf("with her old keyring and her old seat the disk of today gives her %q", got)
	}
	// She writes her old keyring, seat and passphrase back into the database of
	// today: that makes her nobody.
	entries, err := now.db.KeyLog(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	log, err := vault.ReadLog(now.install, entries)
	if err != nil {
		t.Fatal(err)
	}
	if log.Stands(mine.ID) || slices.Contains(log.Members(vault.Supervisors), mine.ID) {
		t.Error("by the key log she is still somebody")
	}
}

func (th *thief) person(name string) staff.Person {
	th.t.Helper()
	p, _, err := th.db.Find(th.t.Context(), name)
	if err != nil {
		th.t.Fatal(err)
	}
	return p
}

func (th *thief) seat(ctx context.Context, person helpline.ID) []byte {
	th.t.Helper()
	seat, err := th.db.Seat(ctx, vault.Supervisors, 1, person)
	if err != nil {
		th.t.Fatal(err)
	}
	return seat
}

// notesWith tries every note of the loot with a keyring and a seat from
// elsewhere.
func (th *thief) notesWith(ctx context.Context, ring *vault.Keyring, seat []byte) (texts []string) {
	entries, err := th.db.KeyLog(ctx)
	if err != nil {
		th.t.Fatal(err)
	}
	log, err := vault.ReadLog(th.install, entries)
	if err != nil {
		th.t.Fatal(err)
	}
	v, err := log.Under(ring.Trust())
	if err != nil {
		th.t.Fatal(err)
	}
	group, err := ring.OpenSeat(v, vault.Supervisors, seat)
	if err != nil {
		th.t.Fatal(err)
	}
	heads, err := th.db.NoteHeads(ctx, helpline.ID{})
	if err != nil || len(heads) != 2 {
		th.t.Fatalf("%d notes, %v", len(heads), err)
	}
	for _, h := range heads {
		n, err := th.db.Note(ctx, h.ID)
		if err != nil {
			th.t.Fatal(err)
		}
		shred, err := th.db.Shred().Key(ctx, n.Shred)
		if err != nil {
			th.t.Fatal(err)
		}
		place := vault.Place{Install: th.install, Note: n.ID, Revision: n.Revision, Week: weekOf(n), Schema: n.Schema}
		if opened, err := ring.OpenNoteAs(group, v, place, n.Author, n.Sealed, n.ToGroup, shred); err == nil {
			texts = append(texts, opened.Text)
		}
	}
	return texts
}
