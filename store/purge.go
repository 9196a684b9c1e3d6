package store

import (
	"context"
	"database/sql"

	"helpline"
	"helpline/counsel"
)

var _ counsel.PurgeRows = (*DB)(nil)

// Expired lists what has expired on a day: notes whose end has come or that are
// so many days old, and drafts whose contact has gone or was begun elsewhere
// days ago. The key of a draft stays with the note once that is saved.
func (db *DB) Expired(ctx context.Context, today, days int) (counsel.Expired, error) {
	var e counsel.Expired
	err := db.listExpired(ctx, &e.Notes, &e.Shreds, `
		SELECT id, shred FROM note WHERE ends <= ?1
		UNION ALL
		SELECT id, shred FROM note WHERE day <= ?2 AND +ends > ?1`, today, today-days)
	if err != nil {
		return counsel.Expired{}, err
	}
	var taken []int64
	err = db.listExpired(ctx, &e.Drafts, &taken, `
		SELECT c.contact, CASE c.saved WHEN 0 THEN c.shred ELSE -1 END
		FROM closing c
		WHERE c.contact NOT IN (SELECT contact FROM standing) AND c.day + ? <= ?`, counsel.DraftDays, today)
	if err != nil {
		return counsel.Expired{}, err
	}
	for _, n := range taken {
		if n >= 0 {
			e.Shreds = append(e.Shreds, n)
		}
	}
	return e, nil
}

func (db *DB) listExpired(ctx context.Context, ids *[]helpline.ID, shreds *[]int64, query string, args ...any) error {
	const doing = "look for what has expired"
	rows, err := db.main.read.QueryContext(ctx, query, args...)
	if err != nil {
		return explain(doing, err)
	}
	defer rows.Close()
	for rows.Next() {
		var id []byte
		var shred int64
		if err := rows.Scan(&id, &shred); err != nil {
			return explain(doing, err)
		}
		*ids = append(*ids, helpline.ID(id))
		*shreds = append(*shreds, shred)
	}
	return explain(doing, rows.Err())
}

// Drop deletes the rows of what has expired.
func (db *DB) Drop(ctx context.Context, e counsel.Expired) error {
	return db.main.tx(ctx, "purge what has expired", func(ctx context.Context, tx *sql.Tx) error {
		for _, id := range e.Notes {
			if _, err := tx.ExecContext(ctx, `DELETE FROM note WHERE id = ?`, id[:]); err != nil {
				return err
			}
		}
		for _, id := range e.Drafts {
			if _, err := tx.ExecContext(ctx, `DELETE FROM closing WHERE contact = ?`, id[:]); err != nil {
				return err
			}
		}
		return nil
	})
}

// EmptyLogs moves SQLite's log into the file, where what was deleted has been
// overwritten. Unavailable while somebody reads.
func (db *DB) EmptyLogs(ctx context.Context) error {
	return db.main.forget(ctx, "empty the log of the database")
}
