package store

import (
	"context"
	"database/sql"
	"time"

	"helpline/counsel"
	"helpline/counsel/retention"
)

var _ counsel.KeepingRows = (*DB)(nil)

// Done writes down that a chore was done today. A day never moves back, so a
// clock that was set back does not make a chore look older than it is.
func (db *DB) Done(ctx context.Context, c retention.Chore, now time.Time) error {
	return db.main.tx(ctx, "write down a chore", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO chore (name, day) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET day = max(day, excluded.day)`, c, retention.Day(now))
		return err
	})
}

// Chores gives the day on which each chore was last done, as package retention
// counts days; one that never was is not there.
func (db *DB) Chores(ctx context.Context) (map[retention.Chore]int, error) {
	const doing = "look when the chores were done"
	rows, err := db.main.read.QueryContext(ctx, `SELECT name, day FROM chore`)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	all := map[retention.Chore]int{}
	for rows.Next() {
		var c retention.Chore
		var day int
		if err := rows.Scan(&c, &day); err != nil {
			return nil, explain(doing, err)
		}
		all[c] = day
	}
	return all, explain(doing, rows.Err())
}
