package store

import (
	"context"
	"database/sql"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/vault"
)

var (
	_ counsel.RescueRows = (*DB)(nil)
	_ counsel.RescueEnds = (*DB)(nil)
)

// Ask keeps a rescue. Those that have expired go, and of those for one person
// that nobody has approved only the newest most stay.
func (db *DB) Ask(ctx context.Context, r counsel.RescueRow, most int, now time.Time) error {
	return db.main.tx(ctx, "ask for the custodians", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM rescue WHERE expires <= ?`, seconds(now)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO rescue (id, person, key, expires, approval) VALUES (?, ?, ?, ?, x'')`,
			r.ID[:], r.Person[:], r.Key, seconds(r.Expires))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			DELETE FROM rescue WHERE id IN (
			  SELECT id FROM rescue
			  WHERE person = ? AND length(approval) = 0 AND id <> ?
			  ORDER BY expires DESC, id LIMIT -1 OFFSET ?)`, r.Person[:], r.ID[:], most-1)
		return err
	})
}

// Rescue gives a rescue with its pieces; NotFound.
func (db *DB) Rescue(ctx context.Context, id helpline.ID, now time.Time) (counsel.RescueRow, error) {
	const doing = "look at a rescue"
	r, err := scanRescue(db.main.read.QueryRowContext(ctx, `
		SELECT id, person, key, expires, approval
		FROM rescue WHERE id = ? AND expires > ?`, id[:], seconds(now)))
	if err != nil {
		return r, missing(doing, err)
	}
	rows, err := db.main.read.QueryContext(ctx, `SELECT part, sealed FROM piece WHERE rescue = ? ORDER BY part`, id[:])
	if err != nil {
		return r, explain(doing, err)
	}
	defer rows.Close()
	for rows.Next() {
		var p vault.Piece
		if err := rows.Scan(&p.Part, &p.Sealed); err != nil {
			return r, explain(doing, err)
		}
		r.Pieces = append(r.Pieces, p)
	}
	return r, explain(doing, rows.Err())
}

// Rescues lists the rescues of people who are known, without pieces.
func (db *DB) Rescues(ctx context.Context, now time.Time) ([]counsel.RescueRow, error) {
	const doing = "list the rescues"
	rows, err := db.main.read.QueryContext(ctx, `
		SELECT r.id, r.person, r.key, r.expires, r.approval
		FROM rescue r JOIN person p ON p.id = r.person
		WHERE r.expires > ? ORDER BY r.expires, r.id`, seconds(now))
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var all []counsel.RescueRow
	for rows.Next() {
		r, err := scanRescue(rows)
		if err != nil {
			return nil, explain(doing, err)
		}
		all = append(all, r)
	}
	return all, explain(doing, rows.Err())
}

// Approve keeps the approval of a rescue; Conflict when it has one, or another
// of the same person has.
func (db *DB) Approve(ctx context.Context, id helpline.ID, approval []byte, now time.Time) error {
	const doing = "approve a rescue"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		var approved int
		err := tx.QueryRowContext(ctx, `
			SELECT count(*) FROM rescue a JOIN rescue b ON b.person = a.person
			WHERE a.id = ? AND b.expires > ? AND length(b.approval) > 0`, id[:], seconds(now)).Scan(&approved)
		if err != nil {
			return err
		}
		if approved > 0 {
			return helpline.Errorf(helpline.Conflict, "%s: one of this person's is approved already", doing)
		}
		done, err := tx.ExecContext(ctx, `UPDATE rescue SET approval = ? WHERE id = ? AND expires > ?`, approval, id[:], seconds(now))
		return one(done, err, doing)
	})
}

// AddPiece keeps a share that was entered; Conflict when that part is there,
// NotFound when the rescue is over.
func (db *DB) AddPiece(ctx context.Context, id helpline.ID, p vault.Piece, now time.Time) error {
	const doing = "keep a share for a rescue"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		var stands int
		err := tx.QueryRowContext(ctx, `SELECT 1 FROM rescue WHERE id = ? AND expires > ?`, id[:], seconds(now)).Scan(&stands)
		if err != nil {
			return missing(doing, err)
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO piece (rescue, part, sealed) VALUES (?, ?, ?)`, id[:], p.Part, p.Sealed)
		if unique(err) {
			return helpline.Errorf(helpline.Conflict, "%s: it was entered already", doing)
		}
		return err
	})
}

// EndRescue takes a rescue away with its pieces; NotFound.
func (db *DB) EndRescue(ctx context.Context, id helpline.ID) error {
	const doing = "stop a rescue"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `DELETE FROM rescue WHERE id = ?`, id[:])
		return one(done, err, doing)
	})
}

func scanRescue(row scanner) (counsel.RescueRow, error) {
	var r counsel.RescueRow
	var id, person []byte
	var expires int64
	err := row.Scan(&id, &person, &r.Key, &expires, &r.Approval)
	copy(r.ID[:], id)
	copy(r.Person[:], person)
	r.Expires = time.Unix(expires, 0).UTC()
	return r, err
}
