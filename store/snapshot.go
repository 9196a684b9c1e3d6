package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"net/url"
	"path/filepath"
	"reflect"

	"helpline"
)

// Part is one of the two databases that belong into a backup.
type Part string

// The parts. They are kept apart: the notes of a copy of Main open only with
// the keys of a copy of Shreds.
const (
	Main   Part = "line"
	Shreds Part = "shred"
)

// FileOf is where a part stands in a data folder.
func FileOf(p Part) string {
	if p == Shreds {
		return filepath.Join(keysName, shredName)
	}
	return mainName
}

// AnchorsFile is where the public keys of the audit log stand in a data folder.
const AnchorsFile = keysName + "/" + anchors

// InstallationFile is where the installation key stands in a data folder.
const InstallationFile = keysName + "/" + installationName

// Snapshot is a database as it stood at one moment, while the line goes on
// writing. Close it soon: SQLite's log cannot be emptied meanwhile.
type Snapshot struct {
	conn *sql.Conn
	from *file
	page int64 // bytes
	Size int64 // bytes of the copy
}

// Snapshot holds a part as it stands now. Take Main before Shreds: a key is
// there before the record that needs it.
func (db *DB) Snapshot(ctx context.Context, p Part) (*Snapshot, error) {
	f := db.main
	if p == Shreds {
		f = db.shred.file
	}
	doing := "copy " + f.name
	conn, err := f.read.Conn(ctx)
	if err != nil {
		return nil, explain(doing, err)
	}
	s := &Snapshot{conn: conn, from: f}
	// A read that goes on, begun by looking at something: from here on this
	// connection sees nothing that is written later.
	var pages int64
	_, err = conn.ExecContext(ctx, `BEGIN DEFERRED`)
	if err == nil {
		err = conn.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(new(int))
	}
	if err == nil {
		err = conn.QueryRowContext(ctx, `PRAGMA page_count`).Scan(&pages)
	}
	if err == nil {
		err = conn.QueryRowContext(ctx, `PRAGMA page_size`).Scan(&s.page)
	}
	if err != nil {
		s.Close()
		return nil, explain(doing, err)
	}
	s.Size = pages * s.page
	return s, nil
}

// Close lets the line go on without the snapshot.
func (s *Snapshot) Close() {
	if s.conn == nil {
		return
	}
	// The transaction has read only: there is nothing to lose.
	_, _ = s.conn.ExecContext(context.Background(), `ROLLBACK`)
	_ = s.conn.Close()
	s.conn = nil
}

// Head says what a snapshot holds, in numbers that name nobody.
type Head struct {
	Schema      int            // version
	Rows        map[string]int // of each table
	KeyLog      string         // SHA-256 of the newest entry, in hex; empty without one
	Generations map[string]int // of each group
}

// Head reads what the snapshot holds.
func (s *Snapshot) Head(ctx context.Context) (Head, error) {
	return head(ctx, s.conn, "look at "+s.from.name)
}

// asker is what reads: a connection, or several.
type asker interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

func head(ctx context.Context, from asker, doing string) (Head, error) {
	h := Head{Rows: map[string]int{}}
	if err := from.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&h.Schema); err != nil {
		return Head{}, explain(doing, err)
	}
	tables, err := texts(ctx, from, `SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
	if err != nil {
		return Head{}, explain(doing, err)
	}
	for _, t := range tables {
		var n int
		// The name is one of our own schema, read from the database itself.
		if err := from.QueryRowContext(ctx, `SELECT count(*) FROM "`+t+`"`).Scan(&n); err != nil {
			return Head{}, explain(doing, err)
		}
		h.Rows[t] = n
		switch t {
		case "keylog":
			err = keyLogHead(ctx, from, &h)
		case "seat":
			err = generations(ctx, from, &h)
		}
		if err != nil {
			return Head{}, explain(doing, err)
		}
	}
	return h, nil
}

func keyLogHead(ctx context.Context, from asker, h *Head) error {
	var statement []byte
	err := from.QueryRowContext(ctx, `SELECT statement FROM keylog ORDER BY place DESC LIMIT 1`).Scan(&statement)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	sum := sha256.Sum256(statement)
	h.KeyLog = hex.EncodeToString(sum[:])
	return err
}

func generations(ctx context.Context, from asker, h *Head) error {
	rows, err := from.QueryContext(ctx, `SELECT circle, max(generation) FROM seat GROUP BY circle`)
	if err != nil {
		return err
	}
	defer rows.Close()
	h.Generations = map[string]int{}
	for rows.Next() {
		var circle string
		var n int
		if err := rows.Scan(&circle, &n); err != nil {
			return err
		}
		h.Generations[circle] = n
	}
	return rows.Err()
}

func texts(ctx context.Context, from asker, query string) ([]string, error) {
	rows, err := from.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

// CheckCopy says whether a copy of a part is whole and holds what its manifest
// says. Conflict for a schema newer than the program, Invalid for the rest.
func CheckCopy(ctx context.Context, path string, want Head) error {
	const doing = "look at the copy"
	path, err := filepath.Abs(path)
	if err != nil {
		return explainOS(doing, err)
	}
	db, err := sql.Open("sqlite", dsn(path, url.Values{"mode": {"rw"}}))
	if err != nil {
		return explain(doing, err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	var faults string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&faults); err != nil || faults != "ok" {
		return helpline.Errorf(helpline.Invalid, "%s: its database is damaged", doing)
	}
	got, err := head(ctx, db, doing)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(got, want) {
		return helpline.Errorf(helpline.Invalid, "%s: it does not hold what its manifest says", doing)
	}
	return nil
}
