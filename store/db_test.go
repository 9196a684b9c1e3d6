package store

import (
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"helpline"
)

// open opens a data folder for a test and closes it at the end.
func open(t testing.TB, dir string) *DB {
	t.Helper()
	db, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// wantError fails unless err has the kind and its text has all the parts.
func wantError(t *testing.T, err error, kind helpline.Kind, parts ...string) {
	t.Helper()
	if got := helpline.KindOf(err); got != kind {
		t.Errorf("got an error of kind %q (%v), want %q", got, err, kind)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error says %q, and nothing of %q", err, part)
		}
	}
}

func TestEveryConnectionHasThePragmas(t *testing.T) {
	db := open(t, t.TempDir())
	want := map[string]string{
		"foreign_keys": "1", "journal_mode": "wal", "synchronous": "2", "secure_delete": "1",
		"trusted_schema": "0", "temp_store": "2", "busy_timeout": "5000",
	}
	for _, f := range []*file{db.main, db.logins.file} {
		for pool, connections := range map[*sql.DB]int{f.write: 1, f.read: readers} {
			for range connections { // all held until the end, so that each is another one
				conn, err := pool.Conn(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				for name, value := range want {
					var got string
					if err := conn.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got); err != nil || got != value {
						t.Errorf("%s: pragma %s is %q (%v), want %q", f.name, name, got, err, value)
					}
				}
			}
		}
	}
}

func TestReadersCannotWrite(t *testing.T) {
	db := open(t, t.TempDir())
	_, err := db.main.read.ExecContext(t.Context(), `UPDATE line SET boot = 9`)
	wantError(t, explain("write", err), helpline.Unavailable, "read-only")
}

func TestNobodyElseCanReadTheDataFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "line")
	db := open(t, dir)
	if _, err := db.Boot(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.HostKeys().MakeInstallation(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := db.HostKeys().Days(day(20_000)); err != nil {
		t.Fatal(err)
	}
	seen := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		at, err := e.Info()
		if err != nil {
			return err
		}
		seen++
		if at.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has permissions %v", path, at.Mode())
		}
		return nil
	})
	if err != nil || seen < 9 { // two folders, lock, two databases with a log each, two keys
		t.Errorf("saw %d files, %v", seen, err)
	}
}

func TestAFolderThatOthersCanReadIsClosedToThem(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	at, err := os.Stat(dir)
	if err != nil || at.Mode().Perm() != 0o700 {
		t.Errorf("permissions are %v, %v; want 0700", at.Mode(), err)
	}
}

func TestAFolderThatCannotBeOneIsRefused(t *testing.T) {
	base := t.TempDir()
	write := func(path ...string) string {
		name := filepath.Join(append([]string{base}, path...)...)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("something else, long enough to be looked at as a database of a hundred bytes or more, which it is not at all"), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	mkdir := func(path ...string) {
		if err := os.MkdirAll(filepath.Join(append([]string{base}, path...)...), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write("file")
	write("shared", "letter.txt")
	if err := os.Chmod(filepath.Join(base, "shared"), 0o755); err != nil {
		t.Fatal(err)
	}
	write("garbage", mainName)
	mkdir("folder", mainName)
	mkdir("locked", lockName)
	for name, c := range map[string]struct {
		dir  string
		kind helpline.Kind
		says string
	}{
		"the folder is a file":                   {"file", helpline.Invalid, "name another data folder"},
		"the folder would lie under a file":      {"file/line", helpline.Invalid, "name another data folder"},
		"the folder is shared with other files":  {"shared", helpline.Invalid, "chmod 700"},
		"the database is no database":            {"garbage", helpline.Internal, "restore the last backup"},
		"the database is a folder":               {"folder", helpline.Invalid, "move it away"},
		"nothing can be written into the folder": {"locked", helpline.Invalid, "move it away"},
		"a null byte, which no path may have":    {"a\x00b", helpline.Internal, "data folder"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(t.Context(), filepath.Join(base, c.dir), Options{})
			wantError(t, err, c.kind, c.says)
		})
	}
	if at, err := os.Stat(filepath.Join(base, "shared")); err != nil || at.Mode().Perm() != 0o755 {
		t.Errorf("the shared folder was changed: %v, %v", at.Mode(), err)
	}
}

func TestASecondProgramOnOneFolderIsRefused(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	_, err := Open(t.Context(), dir, Options{})
	wantError(t, err, helpline.Conflict, "another helpline program", "stop that one first")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
}

func TestACommandBesideARunningLineSharesTheFolder(t *testing.T) {
	dir := t.TempDir()
	line := open(t, dir)
	if _, err := line.Boot(t.Context()); err != nil {
		t.Fatal(err)
	}
	beside, err := Open(t.Context(), dir, Options{Beside: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := beside.People(t.Context()); err != nil {
		t.Error(err)
	}
	var waits [2]int // milliseconds for a lock: a command has time, a page has not
	for i, db := range []*DB{line, beside} {
		if err := db.main.write.QueryRowContext(t.Context(), `PRAGMA busy_timeout`).Scan(&waits[i]); err != nil {
			t.Fatal(err)
		}
	}
	if waits != [2]int{5000, 20000} {
		t.Errorf("the line and the command wait for %d ms", waits)
	}
	if err := beside.Close(); err != nil {
		t.Error(err)
	}
	if boot, err := line.Boot(t.Context()); err != nil || boot != 2 {
		t.Errorf("the line goes on with boot %d, %v; want 2", boot, err)
	}
	if _, err := Open(t.Context(), dir, Options{}); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("the command has let go of the line's lock: %v", err)
	}
}

func TestAClosedStoreSaysSo(t *testing.T) {
	db := open(t, t.TempDir())
	for range 2 {
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, err := db.Boot(t.Context())
	wantError(t, err, helpline.Unavailable, "closed")
	_, err = db.Standings(t.Context())
	wantError(t, err, helpline.Unavailable, "closed")
}
