package store

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"

	"helpline"
	"helpline/counsel/audit"
)

// TrailCopy is the audit log in a copy of helpline.db, far from the line. It is
// only read.
type TrailCopy struct {
	trail *Trail
}

// OpenTrailCopy opens a copy of helpline.db. Which installation it is of is
// read from its first entry, whose signature covers it. Call Close.
func OpenTrailCopy(ctx context.Context, path string) (*TrailCopy, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, explainOS("find the copy", err)
	}
	if _, err := os.Stat(path); err != nil {
		return nil, explainOS("open the copy "+filepath.Base(path), err)
	}
	extra := url.Values{"mode": {"ro"}, "_query_only": {"1"}}
	if _, err := os.Stat(path + "-wal"); err != nil { // else SQLite would want to make files beside it
		extra.Set("immutable", "1")
	}
	q := url.Values{"_pragma": {"busy_timeout(5000)", "trusted_schema(0)"}}
	for k, v := range extra {
		q[k] = v
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: q.Encode()}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, explain("open the copy", err)
	}
	db.SetMaxOpenConns(1)
	c := &TrailCopy{&Trail{main: &file{name: filepath.Base(path), read: db, write: db}}}
	var found int
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'trail'`).Scan(&found)
	if err == nil && found == 0 {
		err = helpline.Errorf(helpline.Invalid, "open the copy %s: it holds no audit log: name a copy of helpline.db", filepath.Base(path))
	}
	if err != nil {
		_ = db.Close()
		return nil, explain("open the copy "+filepath.Base(path), err)
	}
	return c, nil
}

// Verify checks the copy against what is wanted.
func (c *TrailCopy) Verify(ctx context.Context, w audit.Wanted) (audit.Report, error) {
	rows, err := c.trail.Rows(ctx, 0, 1)
	if err != nil {
		return audit.Report{}, err
	}
	for _, r := range rows { // a first entry that was changed names another, and its signature is wrong
		w.Install, _ = helpline.ParseID(r.Detail("install"))
	}
	return audit.Verify(ctx, c.trail, w)
}

// Close lets go of the file.
func (c *TrailCopy) Close() { _ = c.trail.main.read.Close() }
