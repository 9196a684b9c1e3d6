package store

import (
	"context"
	"database/sql"

	"helpline"
	"helpline/counsel"
)

var _ counsel.DraftRows = (*DB)(nil)

// Begin keeps that the author may write about a contact elsewhere; Conflict
// when the contact is known.
func (db *DB) Begin(ctx context.Context, d counsel.DraftRow) error {
	const doing = "begin a contact"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `
			INSERT INTO closing (contact, author, day, shred, saved, sealed)
			SELECT ?1, ?2, ?3, ?4, 0, x''
			WHERE NOT EXISTS (SELECT 1 FROM standing WHERE contact = ?1)
			  AND NOT EXISTS (SELECT 1 FROM closing WHERE contact = ?1)`,
			d.Contact[:], d.Author[:], d.Day, d.Shred)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 1 {
			return err
		}
		return helpline.Errorf(helpline.Conflict, "%s: it is known already", doing)
	})
}

// PutDraft keeps a draft in place of an earlier one; NotFound unless the author
// holds or began the contact, Conflict when its note is saved.
func (db *DB) PutDraft(ctx context.Context, d counsel.DraftRow) error {
	const doing = "keep a draft"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		if err := mayWrite(tx.QueryRowContext(ctx, mayWriteSQL, d.Contact[:]), doing, d.Author); err != nil {
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

// MayWrite is nil when a person may write about a contact now.
func (db *DB) MayWrite(ctx context.Context, contact, person helpline.ID) error {
	const doing = "write about a contact"
	return explain(doing, mayWrite(db.main.read.QueryRowContext(ctx, mayWriteSQL, contact[:]), doing, person))
}

// Draft gives the row of a contact; NotFound.
func (db *DB) Draft(ctx context.Context, contact helpline.ID) (counsel.DraftRow, error) {
	d := counsel.DraftRow{Contact: contact}
	var author []byte
	err := db.main.read.QueryRowContext(ctx, `
		SELECT author, day, shred, saved, sealed FROM closing
		WHERE contact = ?`, contact[:]).Scan(&author, &d.Day, &d.Shred, &d.Saved, &d.Sealed)
	copy(d.Author[:], author)
	return d, missing("find a draft", err)
}

// Drafts lists the drafts of an author, without what is in them; a contact that
// was begun and never written about is none.
func (db *DB) Drafts(ctx context.Context, author helpline.ID) ([]counsel.DraftRow, error) {
	const doing = "list the drafts"
	rows, err := db.main.read.QueryContext(ctx, `
		SELECT contact, day, shred FROM closing
		WHERE author = ? AND saved = 0 AND sealed <> x'' ORDER BY contact`, author[:])
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var all []counsel.DraftRow
	for rows.Next() {
		d := counsel.DraftRow{Author: author}
		var contact []byte
		if err := rows.Scan(&contact, &d.Day, &d.Shred); err != nil {
			return nil, explain(doing, err)
		}
		copy(d.Contact[:], contact)
		all = append(all, d)
	}
	return all, explain(doing, rows.Err())
}
