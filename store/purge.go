package store

import (
	"context"
	"database/sql"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/retention"
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
	erased, err := blobs(ctx, db.shred.file.read, `SELECT id FROM gone WHERE sort = ?`, goneErased)
	if err != nil {
		return counsel.Expired{}, explain("look for what was erased", err)
	}
	for _, id := range erased { // a crash came in between
		err := db.listExpired(ctx, &e.Notes, &e.Shreds, `SELECT id, shred FROM note WHERE id = ?1 AND ends > ?2 AND day > ?3`, id, today, today-days)
		if err != nil {
			return counsel.Expired{}, err
		}
	}
	if err := db.expiredThreads(ctx, &e, today, erased); err != nil {
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

// expiredThreads lists letters and threads whose time has come, and threads that
// were erased and still stand.
func (db *DB) expiredThreads(ctx context.Context, e *counsel.Expired, today int, erased [][]byte) error {
	err := db.listExpired(ctx, &e.Letters, &e.Shreds, `
		SELECT l.id, l.shred FROM letter l JOIN thread t ON t.id = l.thread
		WHERE t.ends > 0 AND t.ends <= ?1 AND t.used + ?2 > ?1 AND l.side < 3`, today, retention.CodeDays)
	if err != nil {
		return err
	}
	threads, err := blobs(ctx, db.main.read, `SELECT id FROM thread WHERE used + ?2 <= ?1`, today, retention.CodeDays)
	if err != nil {
		return explain("look for what has expired", err)
	}
	for _, id := range append(threads, erased...) {
		var there []helpline.ID
		var none []int64
		if err := db.listExpired(ctx, &there, &none, `SELECT id, 0 FROM thread WHERE id = ?`, id); err != nil {
			return err
		}
		if e.Threads = append(e.Threads, there...); len(there) == 0 {
			continue
		}
		var letters []helpline.ID // they go with their thread
		if err := db.listExpired(ctx, &letters, &e.Shreds, `SELECT id, shred FROM letter WHERE thread = ?`, id); err != nil {
			return err
		}
	}
	return nil
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
		for _, id := range e.Letters {
			if _, err := tx.ExecContext(ctx, `DELETE FROM letter WHERE id = ?`, id[:]); err != nil {
				return err
			}
		}
		for _, id := range e.Threads {
			if _, err := tx.ExecContext(ctx, `DELETE FROM thread WHERE id = ?`, id[:]); err != nil {
				return err
			}
		}
		if len(e.Letters) > 0 {
			_, err := tx.ExecContext(ctx, `
				UPDATE thread SET ends = 0, waiting = 0, urgent = 0, due = 0, holder = x''
				WHERE ends > 0 AND NOT EXISTS (SELECT 1 FROM letter l WHERE l.thread = thread.id AND l.side < 3)`)
			return err
		}
		return nil
	})
}

// EmptyLogs moves SQLite's log into the file, where what was deleted has been
// overwritten. Unavailable while somebody reads.
func (db *DB) EmptyLogs(ctx context.Context) error {
	return db.main.forget(ctx, "empty the log of the database")
}
