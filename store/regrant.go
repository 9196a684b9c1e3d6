package store

import (
	"context"
	"database/sql"
	"errors"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/vault"
)

var _ counsel.RegrantRows = (*DB)(nil)

// beginRegrant starts the granting of older notes to a generation, if that is
// newer than the one they are granted to by now.
func beginRegrant(ctx context.Context, tx *sql.Tx, generation uint64) error {
	if generation < 2 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO regrant (id, generation, upto, total, done, failed)
		SELECT 1, ?1, zeroblob(16), (SELECT count(*) FROM permit WHERE reader = ?2 AND generation < ?1), 0, 0
		WHERE ?1 > coalesce((SELECT generation FROM regrant), 1)
		ON CONFLICT (id) DO UPDATE SET
		  generation = excluded.generation, upto = excluded.upto, total = excluded.total, done = 0, failed = 0`,
		int64(generation), vault.Supervisors)
	return err
}

// Regranting says how far the granting of older notes is; all zero when there
// was never a second generation.
func (db *DB) Regranting(ctx context.Context) (counsel.Regranting, error) {
	var r counsel.Regranting
	var generation int64
	var upto []byte
	err := db.main.read.QueryRowContext(ctx, `SELECT generation, upto, total, done, failed FROM regrant`).Scan(
		&generation, &upto, &r.Total, &r.Done, &r.Failed)
	if errors.Is(err, sql.ErrNoRows) {
		return counsel.Regranting{}, nil
	}
	if err != nil {
		return counsel.Regranting{}, explain("look how far older notes are granted", err)
	}
	r.Generation, r.Upto = uint64(generation), helpline.ID(upto)
	return r, nil
}

// Ungranted lists notes after a place, in the order of their identifiers, whose
// supervisors' grant is of an earlier generation; at most so many.
func (db *DB) Ungranted(ctx context.Context, generation uint64, after helpline.ID, most int) ([]counsel.NoteRow, error) {
	const doing = "list notes to be granted again"
	rows, err := db.main.read.QueryContext(ctx, `
		SELECT n.id, n.author, n.day, n.ends, n.revision, n.edition, n.shred,
		       NULL, NULL, NULL, NULL, n.sealed, x'', p.sealed, p.generation
		FROM permit p JOIN note n ON n.id = p.note
		WHERE p.reader = ? AND p.generation < ? AND p.note > ?
		ORDER BY p.note LIMIT ?`, vault.Supervisors, int64(generation), after[:], most)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var all []counsel.NoteRow
	for rows.Next() {
		n, err := scanNote(rows, true)
		if err != nil {
			return nil, explain(doing, err)
		}
		all = append(all, n)
	}
	return all, explain(doing, rows.Err())
}

// The statements of a batch, compiled once.
const (
	dropPermitSQL  = `DELETE FROM permit WHERE note = ? AND reader = ? AND generation = ? AND sealed = ?`
	grantAgainSQL  = `INSERT INTO permit (note, reader, generation, sealed) VALUES (?, ?, ?, ?)`
	moveRegrantSQL = `
		UPDATE regrant SET upto = ?, done = done + ?, failed = failed + ?
		WHERE generation = ?`
)

// GrantAgain replaces grants and remembers how far it is, in one durable
// transaction. A note that was revised, or went, since it was read is passed
// over. Conflict when the group has turned again.
func (db *DB) GrantAgain(ctx context.Context, b counsel.RegrantBatch) error {
	const doing = "grant notes again"
	steps, err := db.main.prepared(ctx, doing, dropPermitSQL, grantAgainSQL, moveRegrantSQL)
	if err != nil {
		return err
	}
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.StmtContext(ctx, steps[2]).ExecContext(ctx, b.Upto[:], len(b.Grants), b.Failed, int64(b.Generation))
		if err := one(done, err, doing); helpline.KindOf(err) == helpline.NotFound {
			return helpline.Errorf(helpline.Conflict, "%s: the group has a newer key: begin again", doing)
		} else if err != nil {
			return err
		}
		drop, grant := tx.StmtContext(ctx, steps[0]), tx.StmtContext(ctx, steps[1])
		for _, g := range b.Grants {
			done, err := drop.ExecContext(ctx, g.Note[:], vault.Supervisors, int64(g.Before), g.Replaces)
			if err != nil {
				return err
			}
			if n, err := done.RowsAffected(); err != nil {
				return err
			} else if n == 0 {
				continue
			}
			if _, err := grant.ExecContext(ctx, g.Note[:], vault.Supervisors, int64(b.Generation), g.Sealed); err != nil {
				return err
			}
		}
		return nil
	})
}

// AgainRegrant begins another pass over the notes that are left, for somebody
// who can perhaps open what the last one could not.
func (db *DB) AgainRegrant(ctx context.Context, generation uint64) error {
	return db.main.tx(ctx, "look at the notes that are left", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE regrant SET upto = zeroblob(16), failed = 0 WHERE generation = ?`, int64(generation))
		return err
	})
}

// UngrantedCount is how many notes are granted to an earlier generation of the
// supervisors. It reads every grant.
func (db *DB) UngrantedCount(ctx context.Context, generation uint64) (int, error) {
	var n int
	err := db.main.read.QueryRowContext(ctx, `
		SELECT count(*) FROM permit WHERE reader = ? AND generation < ?`, vault.Supervisors, int64(generation)).Scan(&n)
	return n, explain("count the notes to be granted again", err)
}
