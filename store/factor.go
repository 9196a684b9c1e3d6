package store

import (
	"context"
	"database/sql"

	"helpline"
	"helpline/counsel"
)

var _ counsel.FactorRows = (*DB)(nil)

// Factors gives the second factors of a person.
func (db *DB) Factors(ctx context.Context, person helpline.ID) ([]counsel.FactorRow, error) {
	const doing = "read second factors"
	rows, err := db.main.read.QueryContext(ctx, `
		SELECT id, kind, revision, sealed, wrapped FROM factor WHERE person = ? ORDER BY id`, person[:])
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var all []counsel.FactorRow
	for rows.Next() {
		r := counsel.FactorRow{Person: person}
		var id []byte
		var revision int64
		if err := rows.Scan(&id, &r.Kind, &revision, &r.Sealed, &r.Wrapped); err != nil {
			return nil, explain(doing, err)
		}
		r.ID, r.Revision = helpline.ID(id), uint64(revision)
		all = append(all, r)
	}
	return all, explain(doing, rows.Err())
}

// AddFactor keeps a new second factor; Conflict when its ID is known or the
// person has most already.
func (db *DB) AddFactor(ctx context.Context, r counsel.FactorRow, most int) error {
	const doing = "keep a second factor"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM factor WHERE person = ?`, r.Person[:]).Scan(&n); err != nil {
			return err
		}
		if n >= most {
			return helpline.Errorf(helpline.Conflict, "%s: there are %d already", doing, n)
		}
		done, err := tx.ExecContext(ctx, `
			INSERT INTO factor (id, person, kind, revision, sealed, wrapped) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO NOTHING`,
			r.ID[:], r.Person[:], r.Kind, int64(r.Revision), r.Sealed, notNil(r.Wrapped))
		return onlyOne(done, err, doing+": it is kept already")
	})
}

// RenewFactor replaces a second factor if its revision still is one less.
func (db *DB) RenewFactor(ctx context.Context, r counsel.FactorRow) error {
	const doing = "use a second factor"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `
			UPDATE factor SET revision = ?, sealed = ?, wrapped = ?
			WHERE id = ? AND person = ? AND revision = ?`,
			int64(r.Revision), r.Sealed, notNil(r.Wrapped), r.ID[:], r.Person[:], int64(r.Revision)-1)
		return onlyOne(done, err, doing+": it was used meanwhile")
	})
}

// RemoveFactor deletes one; NotFound, and Conflict when it is the last.
func (db *DB) RemoveFactor(ctx context.Context, person, id helpline.ID) error {
	const doing = "remove a second factor"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		var all, this int
		err := tx.QueryRowContext(ctx, `
			SELECT count(*), coalesce(sum(id = ?), 0) FROM factor WHERE person = ?`, id[:], person[:]).Scan(&all, &this)
		switch {
		case err != nil:
			return err
		case this == 0:
			return helpline.Errorf(helpline.NotFound, "%s: there is none", doing)
		case all == 1:
			return helpline.Errorf(helpline.Conflict, "%s: it is the last", doing)
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM factor WHERE id = ? AND person = ?`, id[:], person[:])
		return err
	})
}

// ResetFactors deletes all second factors of a person.
func (db *DB) ResetFactors(ctx context.Context, person helpline.ID) error {
	return db.main.tx(ctx, "reset second factors", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM factor WHERE person = ?`, person[:])
		return err
	})
}

// onlyOne turns a change of no row into a Conflict.
func onlyOne(done sql.Result, err error, why string) error {
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return helpline.Errorf(helpline.Conflict, "%s", why)
}

func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
