package store

import (
	"context"
	"database/sql"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/vault"
)

var _ counsel.GrantRows = (*DB)(nil)

// UngrantedLetters lists at most so many letters after a place that are sealed to
// an earlier generation of a group, in the order of their identifiers, each with
// its thread.
func (db *DB) UngrantedLetters(ctx context.Context, g vault.Group, generation uint64, after helpline.ID, most int) ([]counsel.LetterRow, []counsel.ThreadRow, error) {
	const doing = "look for letters of an earlier generation"
	rows, err := db.main.read.QueryContext(ctx, `
		SELECT l.id, l.thread, l.number, l.side, l.day, l.generation, l.sealed, l.to_group, t.sealkey, t.kind
		FROM letter l JOIN thread t ON t.id = l.thread
		WHERE l.id > ?1 AND l.generation BETWEEN 1 AND ?2 - 1 AND (t.kind = 'wrong') = ?3
		ORDER BY l.id LIMIT ?4`, after[:], int64(generation), g == vault.Safeguarding, most)
	if err != nil {
		return nil, nil, explain(doing, err)
	}
	defer rows.Close()
	var letters []counsel.LetterRow
	var threads []counsel.ThreadRow
	for rows.Next() {
		var l counsel.LetterRow
		var t counsel.ThreadRow
		var id, thread, key []byte
		var number, generation int64
		var side int
		if err := rows.Scan(&id, &thread, &number, &side, &l.Day, &generation, &l.Sealed, &l.ToGroup, &key, &t.Kind); err != nil {
			return nil, nil, explain(doing, err)
		}
		l.ID, l.Thread, t.ID = helpline.ID(id), helpline.ID(thread), helpline.ID(thread)
		l.Number, l.Generation, l.Side = uint64(number), uint64(generation), vault.Side(side)
		copy(t.Key[:], key)
		letters, threads = append(letters, l), append(threads, t)
	}
	return letters, threads, explain(doing, rows.Err())
}

// GrantLetters replaces grants in one durable transaction; what went or was granted
// again meanwhile is passed over.
func (db *DB) GrantLetters(ctx context.Context, all []counsel.LetterGrant) error {
	return db.main.tx(ctx, "grant letters again", func(ctx context.Context, tx *sql.Tx) error {
		for _, g := range all {
			_, err := tx.ExecContext(ctx, `UPDATE letter SET to_group = ?, generation = ? WHERE id = ? AND generation = ? AND to_group = ?`,
				g.Sealed, int64(g.Now), g.Letter[:], int64(g.Before), g.Replaces)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
