package store

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// noon is the time of everything that is saved here: a Monday.
var noon = time.Date(2026, 11, 16, 12, 0, 0, 0, time.UTC)

func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// aContact is one that somebody has accepted.
func aContact(t testing.TB, db *DB) (contact, holder helpline.ID) {
	t.Helper()
	s := accepted()
	if _, err := db.Accept(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return s.Contact, s.Holder
}

// aNote is one of an author, as large as notes mostly are.
func aNote(t testing.TB, db *DB, author helpline.ID) counsel.NoteRow {
	t.Helper()
	number, _, err := db.Shred().Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return counsel.NoteRow{
		ID: helpline.NewID(), Author: author, Day: 20_773, Ends: 20_863, Revision: 1, Schema: 1, Shred: number,
		Sealed: noise(1400), ToAuthor: noise(1500), ToGroup: noise(1500), Generation: 1,
	}
}

var someCounts = []counsel.Coded{
	{Field: "group", Code: "own", Daily: true},
	{Field: "level", Code: "support"},
	{Field: "group+level", Code: "own+support"},
}

func counted(t *testing.T, db *DB) map[string]int {
	t.Helper()
	rows, err := db.main.read.QueryContext(t.Context(), `SELECT week, slot, field, code, n FROM coded`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[string]int{}
	for rows.Next() {
		var week, slot, field, code string
		var n int
		if err := rows.Scan(&week, &slot, &field, &code, &n); err != nil {
			t.Fatal(err)
		}
		all[fmt.Sprint(week, " ", slot, " ", field, " ", code)] = n
	}
	return all
}

func TestASavedNoteIsReadBackWhole(t *testing.T) {
	db := open(t, t.TempDir())
	contact, author := aContact(t, db)
	n := aNote(t, db, author)
	if err := db.SaveNote(t.Context(), contact, n, someCounts, noon); err != nil {
		t.Fatal(err)
	}
	got, err := db.Note(t.Context(), n.ID)
	if err != nil || !reflect.DeepEqual(got, n) {
		t.Errorf("got another note, %v", err)
	}
	for name, whose := range map[string]helpline.ID{"the author's": author, "everybody's": {}} {
		heads, err := db.NoteHeads(t.Context(), whose)
		if err != nil || len(heads) != 1 || heads[0].ID != n.ID || heads[0].Sealed != nil || heads[0].ToAuthor != nil {
			t.Errorf("%s list: %d, %v", name, len(heads), err)
		}
	}
	if heads, err := db.NoteHeads(t.Context(), helpline.NewID()); err != nil || len(heads) != 0 {
		t.Errorf("a stranger's list: %d, %v", len(heads), err)
	}
	_, err = db.Note(t.Context(), helpline.NewID())
	wantError(t, err, helpline.NotFound)
	want := map[string]int{"2026-W47 d1 group own": 1, "2026-W47 w level support": 1, "2026-W47 w group+level own+support": 1}
	if got := counted(t, db); !reflect.DeepEqual(got, want) {
		t.Errorf("counters are %v, want %v", got, want)
	}
}

func TestAContactHasOneNoteAndOnlyItsHolderWritesIt(t *testing.T) {
	db := open(t, t.TempDir())
	contact, author := aContact(t, db)
	put := func(c, by helpline.ID) error {
		return db.PutDraft(t.Context(), counsel.DraftRow{Contact: c, Author: by, Shred: 5, Sealed: []byte("sealed")})
	}
	save := func(c, by helpline.ID) error {
		return db.SaveNote(t.Context(), c, aNote(t, db, by), someCounts, noon)
	}
	wantError(t, save(contact, helpline.NewID()), helpline.NotFound)
	wantError(t, put(contact, helpline.NewID()), helpline.NotFound)
	wantError(t, save(helpline.NewID(), author), helpline.NotFound)
	if err := put(contact, author); err != nil {
		t.Fatal(err)
	}
	if d, err := db.Draft(t.Context(), contact); err != nil || d.Saved || string(d.Sealed) != "sealed" || d.Author != author || d.Shred != 5 {
		t.Errorf("the draft is %+v, %v", d, err)
	}
	if list, err := db.Drafts(t.Context(), author); err != nil || len(list) != 1 || list[0].Contact != contact {
		t.Errorf("drafts are %+v, %v", list, err)
	}
	if err := save(contact, author); err != nil {
		t.Fatal(err)
	}
	wantError(t, save(contact, author), helpline.Conflict)
	wantError(t, put(contact, author), helpline.Conflict)
	if d, err := db.Draft(t.Context(), contact); err != nil || !d.Saved || len(d.Sealed) != 0 {
		t.Errorf("after the note the draft is %+v, %v", d, err)
	}
	if list, err := db.Drafts(t.Context(), author); err != nil || len(list) != 0 {
		t.Errorf("drafts left: %+v, %v", list, err)
	}
	if heads, err := db.NoteHeads(t.Context(), author); err != nil || len(heads) != 1 {
		t.Errorf("%d notes, %v", len(heads), err)
	}
	for cell, n := range counted(t, db) {
		if n != 1 {
			t.Errorf("%s was counted %d times", cell, n)
		}
	}
}

func TestANoteIsRevisedOnlyFromTheRevisionThatWasRead(t *testing.T) {
	db := open(t, t.TempDir())
	contact, author := aContact(t, db)
	n := aNote(t, db, author)
	if err := db.SaveNote(t.Context(), contact, n, nil, noon); err != nil {
		t.Fatal(err)
	}
	next := n
	next.Revision, next.Schema = 2, 3
	next.Sealed, next.ToAuthor, next.ToGroup, next.Generation = noise(900), noise(20), noise(30), 2
	if err := db.ReviseNote(t.Context(), next, 1); err != nil {
		t.Fatal(err)
	}
	if got, err := db.Note(t.Context(), n.ID); err != nil || !reflect.DeepEqual(got, next) {
		t.Errorf("got another note, %v", err)
	}
	wantError(t, db.ReviseNote(t.Context(), next, 1), helpline.Conflict)
	other := next
	other.Author = helpline.NewID()
	wantError(t, db.ReviseNote(t.Context(), other, 2), helpline.NotFound)
	other.ID = helpline.NewID()
	wantError(t, db.ReviseNote(t.Context(), other, 2), helpline.NotFound)
}

func TestAFullDiskSavesAllOfANoteOrNothing(t *testing.T) {
	db := open(t, t.TempDir())
	contact, author := aContact(t, db)
	draft := counsel.DraftRow{Contact: contact, Author: author, Shred: 7, Sealed: noise(1000)}
	if err := db.PutDraft(t.Context(), draft); err != nil {
		t.Fatal(err)
	}
	n := aNote(t, db, author)
	n.Sealed = noise(16 << 10)
	room := fill(t, db.main)
	err := db.SaveNote(t.Context(), contact, n, someCounts, noon)
	wantError(t, err, helpline.Unavailable, "save a note", "disk is full")
	_, err = db.Note(t.Context(), n.ID)
	wantError(t, err, helpline.NotFound)
	var permits int
	if err := db.main.read.QueryRowContext(t.Context(), `SELECT count(*) FROM permit`).Scan(&permits); err != nil || permits != 0 {
		t.Errorf("%d grants of a note that was not saved, %v", permits, err)
	}
	if got := counted(t, db); len(got) != 0 {
		t.Errorf("counters of a note that was not saved: %v", got)
	}
	if d, err := db.Draft(t.Context(), contact); err != nil || d.Saved || !bytes.Equal(d.Sealed, draft.Sealed) {
		t.Errorf("the draft is lost: %v", err)
	}
	room()
	if err := db.SaveNote(t.Context(), contact, n, someCounts, noon); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestShredKeysAreMadeAheadAndNeverGivenTwice(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	seen := map[int64]bool{}
	var numbers []int64
	for range 300 {
		number, key, err := db.Shred().Take(t.Context())
		if err != nil || key == (vault.Key{}) || seen[number] {
			t.Fatalf("take: %v, given before %v", err, seen[number])
		}
		again, err := db.Shred().Key(t.Context(), number)
		if err != nil || again != key {
			t.Fatalf("the key of the number is another one, %v", err)
		}
		seen[number] = true
		numbers = append(numbers, number)
	}
	if slices.IsSorted(numbers) {
		t.Error("numbers rise, which tells the order of the records")
	}
	contact, author := aContact(t, db)
	n := aNote(t, db, author)
	if err := db.SaveNote(t.Context(), contact, n, nil, noon); err != nil {
		t.Fatal(err)
	}
	other, holder := aContact(t, db)
	drafted, _, err := db.Shred().Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := db.PutDraft(t.Context(), counsel.DraftRow{Contact: other, Author: holder, Shred: drafted, Sealed: []byte{1}}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, dir)
	for range 600 {
		number, _, err := db.Shred().Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if number == n.Shred || number == drafted {
			t.Fatal("the key of a record was given again after a start")
		}
	}
}

// everywhere says in which files below a folder the bytes can be read.
func everywhere(t *testing.T, dir string, b []byte) []string {
	t.Helper()
	return append(onDisk(t, dir, b), onDisk(t, filepath.Join(dir, keysName), b)...)
}

func TestAPurgedNoteAndItsShredKeyAreGoneFromTheFiles(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	contact, author := aContact(t, db)
	old := aNote(t, db, author)
	old.Sealed = noise(16 << 10) // on overflow pages too
	c2, a2 := aContact(t, db)
	young := aNote(t, db, a2)
	young.Day, young.Ends = old.Day+1, old.Ends+1
	c3, a3 := aContact(t, db)
	draft := counsel.DraftRow{Contact: c3, Author: a3, Sealed: noise(1500)}
	var draftKey vault.Key
	var err error
	if draft.Shred, draftKey, err = db.Shred().Take(t.Context()); err != nil {
		t.Fatal(err)
	}
	key, err := db.Shred().Key(t.Context(), old.Shred)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		db.PutDraft(t.Context(), draft),
		db.SaveNote(t.Context(), contact, old, someCounts, noon),
		db.SaveNote(t.Context(), c2, young, someCounts, noon),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	gone := map[string][]byte{
		"the start of the note": old.Sealed[:64], "its middle": old.Sealed[9000:9064], "its end": old.Sealed[16320:],
		"the author's grant": old.ToAuthor[100:164], "the supervisors' grant": old.ToGroup[1400:1464],
		"its shred key": key[:], "the draft": draft.Sealed[:64], "the draft's shred key": draftKey[:],
	}
	for what, b := range gone {
		if len(everywhere(t, dir, b)) == 0 {
			t.Fatalf("%s cannot be seen on the disk: this test sees nothing", what)
		}
	}
	p := counsel.Purge{Rows: db, Shreds: db.Shred()}
	midnight := time.Unix(int64(old.Ends)*86_400, 0)
	for _, before := range []time.Time{noon, midnight.Add(-time.Second)} {
		if would, err := p.Look(t.Context(), before); err != nil || would != (counsel.Purged{}) {
			t.Fatalf("at %v would go %+v, %v", before, would, err)
		}
	}
	if err := db.PurgeStandings(t.Context(), 20_001); err != nil { // the contacts are over
		t.Fatal(err)
	}
	got, err := p.Run(t.Context(), midnight)
	if err != nil || got.Notes != 1 || got.Keys != 2 {
		t.Fatalf("gone are %+v, %v", got, err)
	}
	for what, b := range gone {
		if found := everywhere(t, dir, b); len(found) > 0 {
			t.Errorf("%s can still be read in %v", what, found)
		}
	}
	if left, err := db.Note(t.Context(), young.ID); err != nil || !reflect.DeepEqual(left, young) {
		t.Errorf("the younger note was touched: %v", err)
	}
	if _, err := db.Shred().Key(t.Context(), young.Shred); err != nil {
		t.Errorf("the younger note's key: %v", err)
	}
	if rows := counted(t, db); len(rows) == 0 {
		t.Error("the sums were purged too")
	}
	if e, err := db.Expired(t.Context(), old.Ends, 90); err != nil || len(e.Notes)+len(e.Drafts)+len(e.Shreds) != 0 {
		t.Errorf("something is left to purge: %+v, %v", e, err)
	}
}

func TestALowerRuleEndsOlderNotesEarlier(t *testing.T) {
	db := open(t, t.TempDir())
	contact, author := aContact(t, db)
	n := aNote(t, db, author)
	if err := db.SaveNote(t.Context(), contact, n, nil, noon); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ today, days, want int }{
		{n.Day + 29, 30, 0}, {n.Day + 30, 30, 1}, {n.Day + 89, 90, 0}, {n.Day + 90, 90, 1}, {n.Day + 90, 400, 1},
	} {
		e, err := db.Expired(t.Context(), c.today, c.days)
		if err != nil || len(e.Notes) != c.want || len(e.Shreds) != c.want {
			t.Errorf("on day %d with %d days: %+v, %v", c.today-n.Day, c.days, e, err)
		}
	}
}

func TestKeyLogKeyringsAndSeats(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	var ids []helpline.ID
	for i, name := range []string{"Sam", "Robin"} {
		p := staff.Person{ID: helpline.NewID(), Name: name}
		if err := db.Add(t.Context(), p, staff.Invitation{Hash: [32]byte{byte(i)}, Person: p.ID}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, p.ID)
	}
	sam, robin := ids[0], ids[1]
	if log, err := db.KeyLog(t.Context()); err != nil || len(log) != 0 {
		t.Fatalf("%d entries, %v", len(log), err)
	}
	founding := counsel.Extension{
		Entries: [][]byte{{1}, {2}},
		Seats:   []counsel.SeatRow{{Group: vault.Supervisors, Generation: 1, Person: sam, Sealed: []byte("seat")}},
		Keyring: &counsel.KeyringRow{Person: sam, Intro: []byte("intro"), Wrapped: []byte("wrapped")},
	}
	if err := db.ExtendKeyLog(t.Context(), founding); err != nil {
		t.Fatal(err)
	}
	founding.Keyring.Person = robin
	wantError(t, db.ExtendKeyLog(t.Context(), founding), helpline.Conflict)
	if _, err := db.Keyring(t.Context(), robin); helpline.KindOf(err) != helpline.NotFound {
		t.Errorf("what lost the race left a keyring: %v", err)
	}
	if err := db.ExtendKeyLog(t.Context(), counsel.Extension{At: 2, Entries: [][]byte{{3}}}); err != nil {
		t.Fatal(err)
	}
	log, err := db.KeyLog(t.Context())
	if err != nil || !reflect.DeepEqual(log, [][]byte{{1}, {2}, {3}}) {
		t.Errorf("the log is %v, %v", log, err)
	}
	if seat, err := db.Seat(t.Context(), vault.Supervisors, 1, sam); err != nil || string(seat) != "seat" {
		t.Errorf("the seat is %q, %v", seat, err)
	}
	for _, missing := range []func() ([]byte, error){
		func() ([]byte, error) { return db.Seat(t.Context(), vault.Supervisors, 2, sam) },
		func() ([]byte, error) { return db.Seat(t.Context(), vault.Supervisors, 1, robin) },
		func() ([]byte, error) { return db.Seat(t.Context(), "others", 1, sam) },
		func() ([]byte, error) { return nil, db.Rewrap(t.Context(), robin, []byte("x")) },
	} {
		_, err := missing()
		wantError(t, err, helpline.NotFound)
	}
	if err := db.Enrol(t.Context(), counsel.KeyringRow{Person: robin, Intro: []byte("i"), Wrapped: []byte("w")}); err != nil {
		t.Fatal(err)
	}
	wantError(t, db.Enrol(t.Context(), counsel.KeyringRow{Person: robin, Intro: []byte("other"), Wrapped: []byte("w")}), helpline.Conflict)
	if err := db.Rewrap(t.Context(), robin, []byte("again")); err != nil {
		t.Fatal(err)
	}
	if k, err := db.Keyring(t.Context(), robin); err != nil || string(k.Wrapped) != "again" || string(k.Intro) != "i" {
		t.Errorf("the keyring is another one, %v", err)
	}
	if all, err := db.Introductions(t.Context()); err != nil || len(all) != 2 || all[0].Wrapped != nil {
		t.Errorf("introductions are %d, %v", len(all), err)
	}
	if _, err := db.main.write.ExecContext(t.Context(), `DELETE FROM keylog WHERE place = 1`); err != nil {
		t.Fatal(err)
	}
	_, err = db.KeyLog(t.Context())
	wantError(t, err, helpline.Internal, "an entry is missing")
}
