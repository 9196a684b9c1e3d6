package store

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel/staff"
)

func accepted() chat.Standing {
	return chat.Standing{Contact: helpline.NewID(), Channel: helpline.ByChat, Term: 1, Holder: helpline.NewID(), Epoch: 20_000}
}

// fill leaves no room for one page more; the function it returns makes room.
func fill(t *testing.T, f *file) (room func()) {
	t.Helper()
	var pages int
	if err := f.write.QueryRowContext(t.Context(), `PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(pages int) {
		if _, err := f.write.ExecContext(t.Context(), fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages)
	return func() { limit(pages + 1000) }
}

func TestAFullDiskIsSaidAndNothingIsHalfWritten(t *testing.T) {
	db := open(t, t.TempDir())
	room := fill(t, db.main)

	answered := map[string]staff.State{}
	var err error
	for i := 0; err == nil && i < 1000; i++ {
		p := staff.Person{ID: helpline.NewID(), Name: fmt.Sprintf("Person %d", i), Alias: strings.Repeat("marked", 40)}
		if err = db.Add(t.Context(), p, staff.Invitation{Hash: [32]byte{1, byte(i), byte(i >> 8)}, Person: p.ID}); err == nil {
			answered[p.Name] = staff.Invited
		}
	}
	wantError(t, err, helpline.Unavailable, "add a person", "disk is full", "free some space")
	if err != nil && strings.Contains(err.Error(), "marked") {
		t.Errorf("the error quotes a row: %v", err)
	}
	people, err := db.People(t.Context())
	if err != nil || len(people) != len(answered) {
		t.Errorf("%d people stand, %v; %d were answered", len(people), err, len(answered))
	}
	var alone int
	err = db.main.read.QueryRowContext(t.Context(), `
		SELECT (SELECT count(*) FROM person) - (SELECT count(*) FROM invitation)`).Scan(&alone)
	if err != nil || alone != 0 {
		t.Errorf("%d people without an invitation, %v", alone, err)
	}
	room()
	p := staff.Person{ID: helpline.NewID(), Name: "Later"}
	if err := db.Add(t.Context(), p, staff.Invitation{Hash: [32]byte{2}, Person: p.ID}); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestCountersWaitUntilTheDiskHasRoom(t *testing.T) {
	db := open(t, t.TempDir())
	room := fill(t, db.main)
	at := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	const raises = 400 // so many cells that they need new pages
	for i := range raises {
		db.Count(chat.Count{At: at.AddDate(0, 0, i%7).Add(time.Duration(i%48) * 30 * time.Minute), Event: chat.Event(strings.Repeat("a", i%30+1)), Channel: helpline.ByChat})
	}
	wantError(t, db.Flush(t.Context()), helpline.Unavailable, "disk is full")
	sum := func() (n int64) {
		totals, err := db.Totals(t.Context(), db.Week(at))
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range totals {
			n += v
		}
		return n
	}
	if n := sum(); n != 0 {
		t.Errorf("half a batch of %d was written", n)
	}
	room()
	if err := db.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := sum(); n != raises {
		t.Errorf("%d raises stand, want %d", n, raises)
	}
}

func TestAReadOnlyDatabaseIsSaid(t *testing.T) {
	dir := t.TempDir()
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, mainName)
	readOnly := dsn(path, url.Values{"mode": {"ro"}})
	main, err := connect(t.Context(), mainName, readOnly, readOnly, steps("."), false)
	if err != nil {
		t.Fatal(err)
	}
	defer main.close()
	db := &DB{main: main}
	_, err = db.Boot(t.Context())
	wantError(t, err, helpline.Unavailable, "count this start", "read-only", "mounted read-only")
	_, err = db.Accept(t.Context(), accepted())
	wantError(t, err, helpline.Unavailable, "read-only")
	if _, err := db.Standings(t.Context()); err != nil {
		t.Errorf("reading: %v", err)
	}
}

func TestErrorsNeverQuoteARow(t *testing.T) {
	db := open(t, t.TempDir())
	s := accepted()
	s.Channel = "marked words of somebody"
	_, err := db.Accept(t.Context(), s)
	wantError(t, err, helpline.Internal, "does not fit")
	if strings.Contains(err.Error(), "marked") || strings.Contains(err.Error(), s.Contact.String()) {
		t.Errorf("the error quotes the row: %v", err)
	}
	p := staff.Person{ID: helpline.NewID(), Name: "Marked Name"}
	for range 2 {
		err = db.Add(t.Context(), p, staff.Invitation{Hash: [32]byte{1}, Person: p.ID})
	}
	wantError(t, err, helpline.Conflict)
	if strings.Contains(strings.ToLower(err.Error()), "marked") {
		t.Errorf("the error quotes the row: %v", err)
	}
}

// onDisk says in which files of a folder, logs included, the bytes can be read.
func onDisk(t *testing.T, dir string, bytesOf []byte) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err == nil && bytes.Contains(text, bytesOf) {
			found = append(found, filepath.Base(path))
		}
	}
	return found
}

func TestAPurgedStandingIsGoneFromTheFiles(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	old, young := accepted(), accepted()
	old.Epoch, young.Epoch = 19_998, 19_999
	for _, s := range []chat.Standing{old, young} {
		if _, err := db.Accept(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if len(onDisk(t, dir, old.Contact[:])) == 0 {
		t.Fatal("the row cannot be seen on the disk: this test sees nothing")
	}
	if err := db.PurgeStandings(t.Context(), 19_999); err != nil {
		t.Fatal(err)
	}
	if found := onDisk(t, dir, old.Contact[:]); len(found) > 0 {
		t.Errorf("the purged contact can still be read in %v", found)
	}
	left, err := db.Standings(t.Context())
	if err != nil || len(left) != 1 || left[0] != young {
		t.Errorf("left are %+v, %v; want the younger one", left, err)
	}
}

func TestAnExpiredLoginIsGoneFromTheFiles(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir).Logins()
	r := staff.LoginRow{ID: [32]byte{1}, Sealed: []byte("a sealed login of an evening"), Expiry: time.Unix(1000, 0)}
	if err := l.Put(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if len(onDisk(t, dir, r.Sealed)) == 0 {
		t.Fatal("the row cannot be seen on the disk: this test sees nothing")
	}
	if err := l.DeleteExpired(t.Context(), time.Unix(1000, 0)); err != nil {
		t.Fatal(err)
	}
	if found := onDisk(t, dir, r.Sealed); len(found) > 0 {
		t.Errorf("the login can still be read in %v", found)
	}
}

func TestAnUnfinishedReaderDelaysForgettingWithoutLosingIt(t *testing.T) {
	db := open(t, t.TempDir())
	if _, err := db.main.write.ExecContext(t.Context(), `PRAGMA busy_timeout = 1`); err != nil {
		t.Fatal(err)
	}
	s := accepted()
	if _, err := db.Accept(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	reading, err := db.main.read.QueryContext(t.Context(), `SELECT contact FROM standing`)
	if err != nil {
		t.Fatal(err)
	}
	if !reading.Next() {
		t.Fatal("nothing to read")
	}
	wantError(t, db.PurgeStandings(t.Context(), s.Epoch+1), helpline.Unavailable, "try again")
	if err := reading.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.PurgeStandings(t.Context(), s.Epoch+1); err != nil {
		t.Error(err)
	}
}

func TestTheLogDoesNotKeepTheOrderOfVisits(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	for range 3 {
		if _, err := db.Accept(t.Context(), accepted()); err != nil {
			t.Fatal(err)
		}
		db.Count(chat.Count{At: time.Now(), Event: chat.Accepted, Channel: helpline.ByChat, Audience: helpline.Self, Locale: "nl"})
		if err := db.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	about, err := os.Stat(filepath.Join(dir, mainName+"-wal"))
	if err != nil {
		t.Fatal(err)
	}
	if about.Size() != 0 {
		t.Errorf("the log holds %d bytes of changes in their order", about.Size())
	}
}

func TestThePurgeForgetsTheOrderInWhichRowsWereWritten(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	for _, n := range []byte{9, 3, 7, 1, 5} { // not in the order of the key
		if _, err := db.Accept(t.Context(), chat.Standing{Contact: helpline.ID{n, 0xAB, 0xCD, 0xEF}, Channel: helpline.ByChat, Term: 1, Holder: helpline.ID{2}, Epoch: 100}); err != nil {
			t.Fatal(err)
		}
	}
	places := func() (at []int) {
		b, err := os.ReadFile(filepath.Join(dir, "helpline.db"))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []byte{1, 3, 5, 7, 9} {
			at = append(at, bytes.Index(b, []byte{n, 0xAB, 0xCD, 0xEF}))
		}
		return at
	}
	if err := db.main.forget(t.Context(), "look"); err != nil { // into the database, as they were written
		t.Fatal(err)
	}
	if at := places(); slices.IsSorted(at) || slices.IsSortedFunc(at, func(a, b int) int { return b - a }) {
		t.Fatalf("rows at %v show no order of writing: this test shows nothing", at)
	}
	if err := db.PurgeStandings(t.Context(), 99); err != nil {
		t.Fatal(err)
	}
	if at := places(); !slices.IsSorted(at) && !slices.IsSortedFunc(at, func(a, b int) int { return b - a }) {
		t.Errorf("rows at %v, still in the order of the visits", at)
	}
}
