package store

import (
	"fmt"
	"path/filepath"
	"testing"
	"testing/fstest"

	"helpline"
)

// setVersion writes the schema version of a database that nobody has open.
func setVersion(t *testing.T, dir string, of func(*DB) *file, version int) {
	t.Helper()
	db, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := of(db).write.ExecContext(t.Context(), fmt.Sprintf(`PRAGMA user_version = %d`, version)); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestASchemaThatThisProgramDoesNotKnowIsRefused(t *testing.T) {
	line := func(db *DB) *file { return db.main }
	logins := func(db *DB) *file { return db.logins.file }
	shred := func(db *DB) *file { return db.shred.file }
	for name, c := range map[string]struct {
		of      func(*DB) *file
		version int
		kind    helpline.Kind
		says    []string
	}{
		"a newer line":      {line, 99, helpline.Conflict, []string{"helpline.db", "version 99", "up to 20", "install the newer helpline program"}},
		"newer logins":      {logins, 99, helpline.Conflict, []string{"logins.db", "version 99", "up to", "install the newer helpline program"}},
		"newer shred keys":  {shred, 99, helpline.Conflict, []string{"shred.db", "version 99", "up to", "install the newer helpline program"}},
		"a version below 0": {line, -3, helpline.Internal, []string{"version -3", "restore the last backup"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			setVersion(t, dir, c.of, c.version)
			for _, beside := range []bool{false, true} {
				_, err := Open(t.Context(), dir, Options{Beside: beside})
				wantError(t, err, c.kind, c.says...)
			}
		})
	}
}

func TestACommandBesideAnOlderLineChangesNoSchema(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	if _, err := db.main.write.ExecContext(t.Context(), `PRAGMA user_version = 1`); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), dir, Options{Beside: true})
	wantError(t, err, helpline.Conflict, "restart it with this program")
	if v, err := db.main.version(t.Context()); err != nil || v != 1 {
		t.Errorf("version %d, %v; want 1", v, err)
	}
}

func migrations1(names ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i, n := range names {
		m[n] = &fstest.MapFile{Data: fmt.Appendf(nil, `CREATE TABLE t%d (a INTEGER) STRICT;`, i)}
	}
	return m
}

func TestMigrationsAreNumberedWithoutAGap(t *testing.T) {
	for name, files := range map[string][]string{
		"a gap":               {"0001_a.sql", "0003_b.sql"},
		"a number twice":      {"0001_a.sql", "0001_b.sql"},
		"not from one":        {"0002_a.sql"},
		"another width":       {"1_a.sql"},
		"a word for a number": {"abcd_a.sql"},
	} {
		if _, err := readSteps(migrations1(files...)); err == nil {
			t.Errorf("%s: %q passes", name, files)
		}
	}
	if got, err := readSteps(migrations1("0001_a.sql", "0002_b.sql")); err != nil || len(got) != 2 {
		t.Errorf("good names give %d steps, %v", len(got), err)
	}
}

func TestAMigrationThatFailsLeavesTheSchemaBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "one.db")
	fsys := migrations1("0001_a.sql")
	fsys["0002_b.sql"] = &fstest.MapFile{Data: []byte(`CREATE TABLE half (a INTEGER) STRICT; CREATE TABLE t0 (a INTEGER) STRICT;`)}
	_, err := openFile(t.Context(), path, fsys, false)
	wantError(t, err, helpline.Internal, "bring one.db to schema version 2")

	delete(fsys, "0002_b.sql")
	f, err := openFile(t.Context(), path, fsys, false)
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	var tables int
	if err := f.read.QueryRowContext(t.Context(), `SELECT count(*) FROM sqlite_schema`).Scan(&tables); err != nil || tables != 1 {
		t.Errorf("%d tables, %v; want the one of version 1", tables, err)
	}
	if v, err := f.version(t.Context()); err != nil || v != 1 {
		t.Errorf("version %d, %v; want 1", v, err)
	}
}
