package store

import (
	"context"
	"database/sql"

	"helpline"
	"helpline/counsel"
)

var _ counsel.NoteEnds = (*DB)(nil)

// EndNotes sets the end of notes to a day, where theirs is later.
func (db *DB) EndNotes(ctx context.Context, notes []helpline.ID, day int) error {
	return db.main.tx(ctx, "end notes before their time", func(ctx context.Context, tx *sql.Tx) error {
		for _, id := range notes {
			// No note ends on the day it was written.
			_, err := tx.ExecContext(ctx, `UPDATE note SET ends = max(?, day + 1) WHERE id = ? AND ends > max(?, day + 1)`, day, id[:], day)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
