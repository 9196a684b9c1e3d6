package store

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// asked is the database as SQLite gives it, page by page, for the moment of a snapshot.
func asked(t *testing.T, s *Snapshot) []byte {
	t.Helper()
	rows, err := s.conn.QueryContext(t.Context(), `SELECT data FROM sqlite_dbpage('main')`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []byte
	for rows.Next() {
		var page []byte
		if err := rows.Scan(&page); err != nil {
			t.Fatal(err)
		}
		all = append(all, page...)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// scribble changes rows of all sizes, old ones and new ones.
func scribble(ctx context.Context, db *DB, round int) error {
	if _, err := db.main.write.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS paper (place INTEGER PRIMARY KEY, words BLOB) STRICT`); err != nil {
		return err
	}
	for i := range 25 {
		_, err := db.main.write.ExecContext(ctx, `
			INSERT INTO paper (place, words) VALUES (?, randomblob(?))
			ON CONFLICT (place) DO UPDATE SET words = excluded.words`,
			(round*7+i*i)%90, 100+(round*i*97)%9000)
		if err != nil {
			return err
		}
	}
	return nil
}

// Most pages are read from the file and not through SQLite, so all depends on
// which: a copy must be what SQLite sees, wherever the log stands, and whatever
// is written and moved into the file meanwhile.
func TestACopyIsTheDatabaseOfItsMomentWhateverIsWrittenMeanwhile(t *testing.T) {
	db := open(t, t.TempDir())
	checkpoint := func(how string) {
		if _, err := db.main.write.ExecContext(t.Context(), `PRAGMA wal_checkpoint(`+how+`)`); err != nil {
			t.Error(err)
		}
	}
	if err := scribble(t.Context(), db, 0); err != nil {
		t.Fatal(err)
	}
	for round, before := range []func(){
		func() {},                                          // all in the log
		func() { checkpoint("PASSIVE") },                   // all in both
		func() { checkpoint("TRUNCATE") },                  // all in the file, and no log
		func() { _ = scribble(t.Context(), db, 3) },        // the log begun anew
		func() { checkpoint("RESTART") },                   // a log of which nothing counts
		func() { _ = db.main.rebuild(t.Context(), "try") }, // written anew
	} {
		before()
		s, err := db.Snapshot(t.Context(), Main)
		if err != nil {
			t.Fatal(err)
		}
		want := asked(t, s)
		var others sync.WaitGroup
		others.Go(func() {
			for i := range 3 {
				if err := scribble(t.Context(), db, 10*round+i); err != nil {
					t.Error(err)
				}
				checkpoint("PASSIVE")
			}
		})
		for range 2 {
			var got bytes.Buffer
			if err := s.Copy(t.Context(), &got); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("round %d: the copy of %d bytes is not the database of %d", round, got.Len(), len(want))
			}
		}
		others.Wait()
		var after bytes.Buffer
		if err := s.Copy(t.Context(), &after); err != nil || !bytes.Equal(after.Bytes(), want) {
			t.Errorf("round %d: after much was written the copy is another one, %v", round, err)
		}
		s.Close()
	}
	s, err := db.Snapshot(t.Context(), Main)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if now := asked(t, s); int64(len(now)) != s.Size {
		t.Errorf("the database has %d bytes, and %d were promised", len(now), s.Size)
	}
}

// A file that was cut behind SQLite's back gives no copy.
func TestAFileThatWasCutGivesNoCopy(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	if err := scribble(t.Context(), db, 0); err != nil {
		t.Fatal(err)
	}
	if err := db.main.forget(t.Context(), "empty the log"); err != nil {
		t.Fatal(err)
	}
	s, err := db.Snapshot(t.Context(), Main)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := os.Truncate(filepath.Join(dir, mainName), s.Size/2); err != nil {
		t.Fatal(err)
	}
	if err := s.Copy(t.Context(), new(bytes.Buffer)); err == nil {
		t.Error("half a database was copied")
	}
}

// A process that closes a file loses all its locks on it. Without SQLite's lock
// another program would think itself alone and remove the log under a line that
// runs. The system is asked, because a lock cannot be seen from inside.
func TestACopyTakesNoLockFromTheLine(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	locked := func() bool {
		t.Helper()
		f, err := os.Stat(filepath.Join(dir, mainName))
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile("/proc/locks")
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Contains(text, fmt.Appendf(nil, ":%d ", f.Sys().(*syscall.Stat_t).Ino))
	}
	if _, err := db.Standings(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !locked() {
		t.Fatal("SQLite holds no lock: this test shows nothing")
	}
	s, err := db.Snapshot(t.Context(), Main)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Copy(t.Context(), new(bytes.Buffer)); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if !locked() {
		t.Error("after a copy the line holds no lock on its database")
	}
}
