package store

import (
	"context"
	"database/sql"
	"time"

	"helpline"
	"helpline/counsel"
)

var _ counsel.Sayings = (*DB)(nil)

// KeepSaying keeps a word in the place of the older one of its slot.
func (db *DB) KeepSaying(ctx context.Context, slot string, s counsel.Saying) error {
	return db.main.tx(ctx, "keep what was said of the line", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO saying (slot, word, reason, person, until) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (slot) DO UPDATE SET word = excluded.word, reason = excluded.reason, person = excluded.person, until = excluded.until`,
			slot, string(s.Word), s.Reason, s.By[:], s.Until.Unix())
		return err
	})
}

// DropSaying forgets the word of a slot.
func (db *DB) DropSaying(ctx context.Context, slot string) error {
	return db.main.tx(ctx, "take back what was said of the line", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM saying WHERE slot = ?`, slot)
		return err
	})
}

// Sayings gives what was said of the line, by slot.
func (db *DB) Sayings(ctx context.Context) (map[string]counsel.Saying, error) {
	const doing = "read what was said of the line"
	rows, err := db.main.read.QueryContext(ctx, `SELECT slot, word, reason, person, until FROM saying`)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	all := map[string]counsel.Saying{}
	for rows.Next() {
		var slot string
		var s counsel.Saying
		var person []byte
		var until int64
		if err := rows.Scan(&slot, &s.Word, &s.Reason, &person, &until); err != nil {
			return nil, explain(doing, err)
		}
		if len(person) != len(helpline.ID{}) {
			return nil, helpline.Errorf(helpline.Internal, "%s: a row is damaged", doing)
		}
		s.By, s.Until = helpline.ID(person), time.Unix(until, 0)
		all[slot] = s
	}
	return all, explain(doing, rows.Err())
}
