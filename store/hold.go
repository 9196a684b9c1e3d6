package store

import (
	"context"
	"database/sql"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/vault"
)

var _ counsel.HoldRows = (*DB)(nil)

// Holds lists all holds, in the order of the notes.
func (db *DB) Holds(ctx context.Context) ([]counsel.HoldRow, error) {
	const doing = "list the holds"
	rows, err := db.main.read.QueryContext(ctx, `SELECT note, shred, asked, confirmed, lifted FROM hold ORDER BY note`)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var all []counsel.HoldRow
	for rows.Next() {
		var r counsel.HoldRow
		var note, shred []byte
		if err := rows.Scan(&note, &shred, &r.Papers.Ask, &r.Papers.Confirm, &r.Papers.Lift); err != nil {
			return nil, explain(doing, err)
		}
		copy(r.Note[:], note)
		copy(r.Shred[:], shred)
		clear(shred)
		all = append(all, r)
	}
	return all, explain(doing, rows.Err())
}

// AddHold keeps a hold that was asked for; Conflict when the note has one,
// NotFound without the note.
func (db *DB) AddHold(ctx context.Context, r counsel.HoldRow) error {
	const doing = "hold a note"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `
			INSERT INTO hold (note, shred, asked, confirmed, lifted)
			SELECT id, ?, ?, x'', x'' FROM note WHERE id = ?`, r.Shred[:], r.Papers.Ask, r.Note[:])
		if unique(err) {
			return helpline.Errorf(helpline.Conflict, "%s: somebody has asked already", doing)
		}
		return one(done, err, doing)
	})
}

// SignHold replaces the papers of a hold if they still are before; Conflict
// otherwise.
func (db *DB) SignHold(ctx context.Context, note helpline.ID, before, after vault.HoldPapers) error {
	const doing = "sign a hold"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `
			UPDATE hold SET confirmed = ?, lifted = ?
			WHERE note = ? AND asked = ? AND confirmed = ? AND lifted = ?`,
			papers(after.Confirm), papers(after.Lift), note[:], before.Ask, papers(before.Confirm), papers(before.Lift))
		return changed(done, err, doing)
	})
}

// DropHold removes a hold with its copy of the key; Conflict when its papers are
// others by now.
func (db *DB) DropHold(ctx context.Context, note helpline.ID, before vault.HoldPapers) error {
	const doing = "lift a hold"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `
			DELETE FROM hold WHERE note = ? AND asked = ? AND confirmed = ? AND lifted = ?`,
			note[:], before.Ask, papers(before.Confirm), papers(before.Lift))
		return changed(done, err, doing)
	})
}

// papers is never NULL: a paper that nobody has signed yet is empty.
func papers(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// changed turns a change of no row into a Conflict.
func changed(done sql.Result, err error, doing string) error {
	if err := one(done, err, doing); helpline.KindOf(err) != helpline.NotFound {
		return err
	}
	return helpline.Errorf(helpline.Conflict, "%s: somebody else was faster: look again", doing)
}
