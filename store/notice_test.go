package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/retention"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// somebody is a person of the line with an open invitation.
func somebody(t *testing.T, db *DB, name string) helpline.ID {
	t.Helper()
	p := staff.Person{ID: helpline.NewID(), Name: name, Alias: name, Roles: []helpline.Role{helpline.Counsellor}, State: staff.Active, Language: "en", Chats: 1, Locales: []helpline.Locale{"en"}, Audiences: helpline.Audiences()}
	if err := db.Add(t.Context(), p, staff.Invitation{Person: p.ID, Hash: [32]byte(noise(32)), Expires: noon.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	return p.ID
}

func aNotice(person helpline.ID, kind counsel.NoticeKind, due time.Time) counsel.NoticeRow {
	return counsel.NoticeRow{
		ID: helpline.NewID(), Person: person, Kind: kind, Cause: [32]byte(noise(32)), Made: noon, Due: due, Until: noon.Add(time.Hour), State: counsel.NoticeWaits,
	}
}

// dueIDs are the notices that are to be sent, with the urgent ones or without.
func dueIDs(t *testing.T, db *DB, now time.Time, urgent bool) (out []helpline.ID, next time.Time) {
	t.Helper()
	rows, next, err := db.DueNotices(t.Context(), now, urgent, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		out = append(out, r.ID)
	}
	return out, next
}

func TestPromiseACopyOfTheDatabaseAloneTellsNoAddress(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	robin := somebody(t, db, "Robin")
	key, err := db.HostKeys().Notices()
	if err != nil {
		t.Fatal(err)
	}
	again, err := db.HostKeys().Notices()
	if err != nil || again != key || key == (Key{}) {
		t.Fatalf("the key of notices changes: %v", err)
	}
	seal, err := vault.NewReaches(vault.Key(key), helpline.NewID())
	if err != nil {
		t.Fatal(err)
	}
	const address = "robin.de.vries@example.org"
	for revision := 1; revision <= 3; revision++ {
		row := counsel.ReachRow{Person: robin, Revision: revision, Sealed: seal.Seal(robin, revision, []byte(address))}
		if err := db.PutReach(t.Context(), row); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := db.Reaches(t.Context())
	if err != nil || len(rows) != 1 || rows[0].Revision != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if plain, err := seal.Open(robin, 3, rows[0].Sealed); err != nil || string(plain) != address {
		t.Fatalf("with the key: %q, %v", plain, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	looked := 0
	for _, name := range []string{mainName, mainName + "-wal", loginsName} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		looked++
		for what, secret := range map[string][]byte{"the address": []byte("vries"), "the key": key[:], "the sort of address": []byte("example.org")} {
			if bytes.Contains(text, secret) {
				t.Errorf("%s shows %s", name, what)
			}
		}
	}
	if looked < 2 {
		t.Error("the test looked at the wrong files")
	}
}

func TestAnAddressIsChangedOnlyFromWhatStands(t *testing.T) {
	db := open(t, t.TempDir())
	robin := somebody(t, db, "Robin")
	put := func(revision int) error {
		return db.PutReach(t.Context(), counsel.ReachRow{Person: robin, Revision: revision, Sealed: noise(600)})
	}
	for _, c := range []struct {
		revision int
		want     helpline.Kind
	}{{2, helpline.Conflict}, {1, ""}, {1, helpline.Conflict}, {3, helpline.Conflict}, {2, ""}, {2, helpline.Conflict}} {
		if err := put(c.revision); helpline.KindOf(err) != c.want {
			t.Errorf("revision %d: %v, want %q", c.revision, err, c.want)
		}
	}
}

func TestTheOutboxKeepsItsOrderAndTellsNobodyTwice(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	robin, kim := somebody(t, db, "Robin"), somebody(t, db, "Kim")
	late, soon := aNotice(robin, counsel.NoticeAsks, noon.Add(time.Minute)), aNotice(kim, counsel.NoticeAsks, noon)
	call := aNotice(kim, counsel.NoticeOnCall, noon)
	again := late
	again.ID = helpline.NewID()
	if err := db.QueueNotices(t.Context(), []counsel.NoticeRow{late, soon, call, again}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil { // and nothing of it is lost
		t.Fatal(err)
	}
	db = open(t, dir)
	if got, next := dueIDs(t, db, noon, false); !slices.Equal(got, []helpline.ID{soon.ID}) || !next.Equal(noon) {
		t.Errorf("due at noon: %d, next %v", len(got), next)
	}
	if got, _ := dueIDs(t, db, noon.Add(time.Hour), false); !slices.Equal(got, []helpline.ID{soon.ID, late.ID}) {
		t.Errorf("due later: %d", len(got))
	}
	if got, _ := dueIDs(t, db, noon, true); !slices.Equal(got, []helpline.ID{call.ID}) {
		t.Errorf("urgent: %d", len(got))
	}
	soon.State, soon.Ended, soon.Tries, soon.Failed = counsel.NoticeSent, noon.Add(time.Second), 2, noon
	if err := db.MarkNotice(t.Context(), soon); err != nil {
		t.Fatal(err)
	}
	if got, err := db.Notice(t.Context(), soon.ID); err != nil || got != soon {
		t.Errorf("it comes back as %+v, %v; want %+v", got, err, soon)
	}
	back := soon
	back.State = counsel.NoticeWaits
	if err := db.MarkNotice(t.Context(), back); err != nil {
		t.Fatal(err)
	}
	if got, next := dueIDs(t, db, noon, false); len(got) != 0 || !next.Equal(noon.Add(time.Minute)) {
		t.Error("what was sent waits again")
	}
	if _, err := db.Notice(t.Context(), again.ID); helpline.KindOf(err) != helpline.NotFound {
		t.Errorf("a second notice of one cause stands: %v", err)
	}
	// Of changes one waits, as long as the latest would.
	first, second := aNotice(robin, counsel.NoticeChanges, noon), aNotice(robin, counsel.NoticeChanges, noon)
	second.Until = noon.Add(9 * time.Hour)
	if err := db.QueueNotices(t.Context(), []counsel.NoticeRow{first, second}); err != nil {
		t.Fatal(err)
	}
	if got, err := db.Notice(t.Context(), first.ID); err != nil || !got.Until.Equal(second.Until) {
		t.Errorf("the one that waits: %+v, %v", got, err)
	}
	if _, err := db.Notice(t.Context(), second.ID); helpline.KindOf(err) != helpline.NotFound {
		t.Error("two notices of changes wait for one person")
	}
}

// TestPromiseNobodyIsToldOfChangesWithoutEnd: whoever mends ten places one after
// the other sends a colleague three notices at once, and then one now and then.
func TestPromiseNobodyIsToldOfChangesWithoutEnd(t *testing.T) {
	db := open(t, t.TempDir())
	kim, robin := somebody(t, db, "Kim"), somebody(t, db, "Robin")
	told := func(who helpline.ID, at time.Time) (due time.Time) {
		t.Helper()
		n := aNotice(who, counsel.NoticeChanges, at)
		n.Made, n.Until = at, at.Add(24*time.Hour)
		if err := db.QueueNotices(t.Context(), []counsel.NoticeRow{n}); err != nil {
			t.Fatal(err)
		}
		n, err := db.Notice(t.Context(), n.ID)
		if err != nil {
			t.Fatal(err)
		}
		due = n.Due
		n.State, n.Ended, n.Tries = counsel.NoticeSent, due, 1
		if err := db.MarkNotice(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		return due
	}
	for i := range 3 {
		at := noon.Add(time.Duration(i) * time.Minute)
		if due := told(kim, at); !due.Equal(at) {
			t.Errorf("the %d. leaves at %s", i+1, due)
		}
	}
	if due := told(kim, noon.Add(3*time.Minute)); !due.Equal(noon.Add(22 * time.Minute)) {
		t.Errorf("the fourth leaves at %s", due)
	}
	if due := told(robin, noon.Add(3*time.Minute)); !due.Equal(noon.Add(3 * time.Minute)) {
		t.Errorf("somebody else waits until %s", due)
	}
	later := noon.Add(3 * time.Hour)
	if due := told(kim, later); !due.Equal(later) {
		t.Errorf("hours later it waits until %s", due)
	}
}

func TestOfTwoWhoEndACallOneDoes(t *testing.T) {
	db := open(t, t.TempDir())
	kim := somebody(t, db, "Kim")
	c := counsel.CallRow{ID: helpline.NewID(), Cause: [32]byte(noise(32)), Next: noon, Until: noon.Add(time.Hour), State: counsel.CallOpen}
	if err := db.AddCall(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	twin := c
	twin.ID = helpline.NewID()
	if err := db.AddCall(t.Context(), twin); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("called twice: %v", err)
	}
	n := aNotice(kim, counsel.NoticeOnCall, noon)
	n.Call = c.ID
	if err := db.QueueNotices(t.Context(), []counsel.NoticeRow{n}); err != nil {
		t.Fatal(err)
	}
	c.Step, c.Round, c.Next = 1, 2, noon.Add(time.Minute)
	if err := db.MoveCall(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if all, err := db.Calls(t.Context(), noon); err != nil || len(all) != 1 || all[0] != c {
		t.Errorf("it stands as %+v, %v", all, err)
	}
	c.State, c.Person, c.Ended = counsel.CallConfirmed, kim, noon.Add(2*time.Minute)
	if err := db.EndCall(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := db.EndCall(t.Context(), c); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("ended twice: %v", err)
	}
	if err := db.MoveCall(t.Context(), c); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("it goes on after its end: %v", err)
	}
	if got, err := db.Notice(t.Context(), n.ID); err != nil || got.State != counsel.NoticePast {
		t.Errorf("its notice: %+v, %v", got, err)
	}
	if all, err := db.Calls(t.Context(), noon.Add(time.Hour)); err != nil || len(all) != 0 {
		t.Errorf("it is still listed: %+v, %v", all, err)
	}
}

func TestPromiseAnAddressGoesWithThePersonAndAfterACompromise(t *testing.T) {
	db := open(t, t.TempDir())
	robin, kim := somebody(t, db, "Robin"), somebody(t, db, "Kim")
	for _, p := range []helpline.ID{robin, kim} {
		if err := db.PutReach(t.Context(), counsel.ReachRow{Person: p, Revision: 1, Sealed: noise(600)}); err != nil {
			t.Fatal(err)
		}
		if err := db.QueueNotices(t.Context(), []counsel.NoticeRow{aNotice(p, counsel.NoticeAsks, noon)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.ChangePerson(t.Context(), counsel.PersonChange{Person: robin, Remove: true}); err != nil {
		t.Fatal(err)
	}
	if got := reaching(t, db); got != [2]int{1, 1} {
		t.Errorf("after the removal of one: %v", got)
	}
	before, err := db.HostKeys().Notices()
	if err != nil {
		t.Fatal(err)
	}
	done, err := db.Compromised(t.Context(), noon)
	if err != nil || done.Reaches != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	if got := reaching(t, db); got != [2]int{} {
		t.Errorf("after a compromise: %v", got)
	}
	if after, err := db.HostKeys().Notices(); err != nil || after == before {
		t.Errorf("the key is the same: %v", err)
	}
}

// reaching counts addresses and notices.
func reaching(t *testing.T, db *DB) (n [2]int) {
	t.Helper()
	for i, table := range []string{"reach", "notice"} {
		if err := db.main.read.QueryRowContext(t.Context(), `SELECT count(*) FROM `+table).Scan(&n[i]); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

func TestNoticesAndCallsGoAfterTheirDays(t *testing.T) {
	db := open(t, t.TempDir())
	robin := somebody(t, db, "Robin")
	sent, waits := aNotice(robin, counsel.NoticeAsks, noon), aNotice(robin, counsel.NoticeCover, noon)
	waits.Until = noon.Add(20 * 24 * time.Hour)
	if err := db.QueueNotices(t.Context(), []counsel.NoticeRow{sent, waits}); err != nil {
		t.Fatal(err)
	}
	sent.State, sent.Ended = counsel.NoticeSent, noon
	if err := db.MarkNotice(t.Context(), sent); err != nil {
		t.Fatal(err)
	}
	c := counsel.CallRow{ID: helpline.NewID(), Cause: [32]byte(noise(32)), Next: noon, Until: noon.Add(time.Hour)}
	if err := db.AddCall(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	days := 24 * time.Hour
	for _, step := range []struct {
		at   time.Time
		want int
	}{{noon.Add((retention.NoticeDays - 1) * days), 0}, {noon.Add(retention.NoticeDays * days), 2}, {noon.Add(26 * days), 0}, {noon.Add(27 * days), 1}} {
		gone, err := db.Sweep(t.Context(), retention.Rules{}, step.at)
		if err != nil || gone[retention.Notices] != step.want {
			t.Errorf("on %v %d go, want %d, %v", step.at.Format(time.DateOnly), gone[retention.Notices], step.want, err)
		}
	}
}

func TestWhereNoticesWentIsDroppedThoughSomebodyReads(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	robin := somebody(t, db, "Robin")
	sealed := noise(600)
	if err := db.PutReach(t.Context(), counsel.ReachRow{Person: robin, Revision: 1, Sealed: sealed}); err != nil {
		t.Fatal(err)
	}
	reader, err := db.main.read.QueryContext(t.Context(), `SELECT person FROM reach`)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if !reader.Next() {
		t.Fatal("the reader sees nothing")
	}
	if err := db.DropReach(t.Context(), robin); err != nil {
		t.Fatalf("beside a reader: %v", err)
	}
	if got := reaching(t, db); got != [2]int{} {
		t.Errorf("after it: %v", got)
	}
	if err := errors.Join(reader.Err(), reader.Close()); err != nil {
		t.Fatal(err)
	}
	if err := db.WipeReaches(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{mainName, mainName + "-wal"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, sealed) {
			t.Errorf("%s still holds it", name)
		}
	}
}
