package store

import (
	"context"
	"database/sql"

	"helpline"
	"helpline/counsel"
)

var _ counsel.DraftRows = (*DB)(nil)

// PutDraft keeps a draft in place of an earlier one; NotFound unless the author
// holds the contact, Conflict when its note is saved.
func (db *DB) PutDraft(ctx context.Context, d counsel.DraftRow) error {
	const doing = "keep a draft"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		if err := mayWrite(ctx, tx, doing, d.Contact, d.Author); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO closing (contact, author, shred, saved, sealed)
			VALUES (?, ?, ?, 0, ?)
			ON CONFLICT (contact) DO UPDATE SET
			  author = excluded.author, shred = excluded.shred, sealed = excluded.sealed`,
			d.Contact[:], d.Author[:], d.Shred, d.Sealed)
		return err
	})
}

// Draft gives the row of a contact; NotFound.
func (db *DB) Draft(ctx context.Context, contact helpline.ID) (counsel.DraftRow, error) {
	d := counsel.DraftRow{Contact: contact}
	var author []byte
	err := db.main.read.QueryRowContext(ctx, `
		SELECT author, shred, saved, sealed FROM closing
		WHERE contact = ?`, contact[:]).Scan(&author, &d.Shred, &d.Saved, &d.Sealed)
	copy(d.Author[:], author)
	return d, missing("find a draft", err)
}

// Drafts lists the drafts of an author, without what is in them.
func (db *DB) Drafts(ctx context.Context, author helpline.ID) ([]counsel.DraftRow, error) {
	const doing = "list the drafts"
	rows, err := db.main.read.QueryContext(ctx, `
		SELECT contact, shred FROM closing
		WHERE author = ? AND saved = 0 ORDER BY contact`, author[:])
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var all []counsel.DraftRow
	for rows.Next() {
		d := counsel.DraftRow{Author: author}
		var contact []byte
		if err := rows.Scan(&contact, &d.Shred); err != nil {
			return nil, explain(doing, err)
		}
		copy(d.Contact[:], contact)
		all = append(all, d)
	}
	return all, explain(doing, rows.Err())
}
