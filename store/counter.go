package store

import (
	"context"
	"database/sql"
	"time"

	"helpline/chat"
)

var _ chat.Counters = (*DB)(nil)

// Count takes one raise. It never waits for the disk.
func (db *DB) Count(r chat.Count) { db.tally.add(r) }

// Flush writes what was counted so far. Pages that show counters need not call
// it: they are at most about a second behind.
func (db *DB) Flush(ctx context.Context) error { return db.tally.flush(ctx) }

// Week names the week of an instant in the line's time zone, as in 2026-W47.
func (db *DB) Week(at time.Time) string { return week(at.In(db.tally.zone)) }

// Totals gives how often each event happened in a week (as named by Week),
// over all days, doors, languages and channels. What did not happen is absent.
// The numbers are exact: whoever publishes them must not show small ones.
func (db *DB) Totals(ctx context.Context, week string) (map[chat.Event]int64, error) {
	const doing = "read the counters"
	rows, err := db.main.read.QueryContext(ctx, `
		SELECT event, sum(n) FROM counter
		WHERE week = ? AND slot LIKE 'd%'
		GROUP BY event`, week)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	totals := map[chat.Event]int64{}
	for rows.Next() {
		var event chat.Event
		var n int64
		if err := rows.Scan(&event, &n); err != nil {
			return nil, explain(doing, err)
		}
		totals[event] = n
	}
	return totals, explain(doing, rows.Err())
}

// raise adds a batch to the counters, all of it or nothing. Then it empties
// SQLite's log, which holds every change in the order in which it was made: it
// would tell who came after whom.
func (db *DB) raise(ctx context.Context, batch map[cell]int64) error {
	if err := db.add(ctx, batch); err != nil {
		return err
	}
	// A reader at work is in the way only for now: the next batch comes, and the purge.
	_ = db.main.forget(ctx, "empty the log after counting")
	return nil
}

func (db *DB) add(ctx context.Context, batch map[cell]int64) error {
	return db.main.tx(ctx, "write the counters", func(ctx context.Context, tx *sql.Tx) error {
		raise, err := tx.PrepareContext(ctx, `
			INSERT INTO counter (week, slot, event, channel, audience, locale, n)
			VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET n = n + excluded.n`)
		if err != nil {
			return err
		}
		defer raise.Close()
		for c, n := range batch {
			if _, err := raise.ExecContext(ctx, c.week, c.slot, c.event, c.channel, c.audience, c.locale, n); err != nil {
				return err
			}
		}
		return nil
	})
}
