package store

import (
	"context"
	"database/sql"
	"errors"
)

// prepared gives statements for the writing connection, which are compiled once
// for the life of the file. A transaction takes them with StmtContext; they must
// be asked for before it begins, because it holds the only connection.
func (f *file) prepared(ctx context.Context, doing string, queries ...string) ([]*sql.Stmt, error) {
	f.compiled.Lock()
	defer f.compiled.Unlock()
	if f.stmts == nil {
		f.stmts = map[string]*sql.Stmt{}
	}
	out := make([]*sql.Stmt, len(queries))
	for i, q := range queries {
		if f.stmts[q] == nil {
			stmt, err := f.write.PrepareContext(ctx, q)
			if err != nil {
				return nil, explain(doing, err)
			}
			f.stmts[q] = stmt
		}
		out[i] = f.stmts[q]
	}
	return out, nil
}

// tx runs one change on the writing connection. It waits for its turn as long
// as ctx lasts; a change that has begun is finished whatever becomes of ctx, so
// that nobody is told "failed" about something that stands on the disk. When do
// returns an error nothing is changed. doing names the change in errors.
func (f *file) tx(ctx context.Context, doing string, do func(context.Context, *sql.Tx) error) error {
	conn, err := f.write.Conn(ctx)
	if err != nil {
		return explain(doing, err)
	}
	defer conn.Close()
	ctx = context.WithoutCancel(ctx)
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return explain(doing, err)
	}
	if err := do(ctx, tx); err != nil {
		_ = tx.Rollback() // after a full disk SQLite has done it already
		return explain(doing, err)
	}
	if err := tx.Commit(); err != nil {
		return explain(doing, err)
	}
	return nil
}

// rebuild writes every page anew, in the order of the keys. Rows lie in a page
// in the order in which they were written, and that would be the order of visits.
func (f *file) rebuild(ctx context.Context, doing string) error {
	err := patiently(ctx, func() error {
		_, err := f.write.ExecContext(ctx, `VACUUM`)
		return err
	})
	if err != nil {
		return explain(doing, err)
	}
	return f.forget(ctx, doing)
}

// tries is how often what needs the whole file to itself waits for it: each time
// as long as SQLite waits, and others may write between two.
const tries = 6

// patiently does something again while others hold the file: a backup or a
// page that reads is over in a moment, and on a busy disk the moment is longer.
func patiently(ctx context.Context, do func() error) error {
	for n := 1; ; n++ {
		err := do()
		c, ok := errors.AsType[coded](err)
		if !ok || c.Code()&0xff != codeBusy || n == tries || ctx.Err() != nil {
			return err
		}
	}
}

// forget moves the log into the database and empties it: until then deleted
// bytes can still be read from the log, whatever secure_delete says.
func (f *file) forget(ctx context.Context, doing string) error {
	err := patiently(ctx, func() error {
		var busy, pages, moved int
		if err := f.write.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &moved); err != nil {
			return err
		}
		if busy != 0 {
			return errBusy
		}
		return nil
	})
	if err != nil {
		return explain(doing, err)
	}
	return nil
}
