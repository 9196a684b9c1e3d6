package store

import (
	"context"
	"database/sql"
	"errors"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
)

var (
	_ counsel.RenewRows = (*DB)(nil)
	_ counsel.CodeRows  = (*DB)(nil)
)

// Renew replaces secret and wrapped keyring of an active person, with
// everything that changes with them: all or nothing. NotFound.
func (db *DB) Renew(ctx context.Context, r counsel.Renewal) error {
	const doing = "change a passphrase"
	err := db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE person SET renew = 0 WHERE id = ? AND state = ?`, r.Person[:], staff.Active)
		if err := one(done, err, doing); err != nil {
			return err
		}
		s := r.Secret
		done, err = tx.ExecContext(ctx, `
			UPDATE secret SET salt = ?, passes = ?, memory_kib = ?, threads = ?, verifier = ?
			WHERE person = ?`, s.Salt, s.Params.Time, s.Params.MemoryKiB, s.Params.Threads, s.Verifier, r.Person[:])
		if err := one(done, err, doing); err != nil {
			return err
		}
		done, err = tx.ExecContext(ctx, `UPDATE keyring SET wrapped = ? WHERE person = ?`, r.Wrapped, r.Person[:])
		if err := one(done, err, doing); err != nil {
			return err
		}
		if r.Spent {
			if _, err := tx.ExecContext(ctx, `DELETE FROM code WHERE person = ?`, r.Person[:]); err != nil {
				return err
			}
		}
		if r.Rescue.IsZero() {
			return nil
		}
		done, err = tx.ExecContext(ctx, `DELETE FROM rescue WHERE id = ? AND person = ?`, r.Rescue[:], r.Person[:])
		if err := one(done, err, doing); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM rescue WHERE person = ?`, r.Person[:]); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE recovery SET used = 1 WHERE generation = ?`, int64(r.Used))
		return err
	})
	if err != nil {
		return err
	}
	return db.emptied(ctx, doing) // what the old passphrase opens is not left in the log
}

// MustRenew says that a person must choose a new passphrase before anything
// else; NotFound for unknown and removed people.
func (db *DB) MustRenew(ctx context.Context, person helpline.ID) error {
	const doing = "ask for a new passphrase"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE person SET renew = 1 WHERE id = ? AND state <> ?`, person[:], staff.Removed)
		return one(done, err, doing)
	})
}

// Code gives the row of the code that works, or of the one that has still to be
// typed back; NotFound.
func (db *DB) Code(ctx context.Context, person helpline.ID, confirmed bool) (counsel.CodeRow, error) {
	r := counsel.CodeRow{Person: person}
	err := db.main.read.QueryRowContext(ctx, `
		SELECT salt, passes, memory_kib, threads, wrapped
		FROM code WHERE person = ? AND confirmed = ?`, person[:], confirmed).
		Scan(&r.Salt, &r.Costs.Time, &r.Costs.MemoryKiB, &r.Costs.Threads, &r.Wrapped)
	return r, missing("find a recovery code", err)
}

// PutCode keeps a code that has still to be typed back, in place of an earlier
// one of those.
func (db *DB) PutCode(ctx context.Context, r counsel.CodeRow) error {
	return db.main.tx(ctx, "keep a recovery code", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO code (person, confirmed, salt, passes, memory_kib, threads, wrapped)
			VALUES (?, 0, ?, ?, ?, ?, ?)
			ON CONFLICT (person, confirmed) DO UPDATE SET
			  salt = excluded.salt, passes = excluded.passes, memory_kib = excluded.memory_kib,
			  threads = excluded.threads, wrapped = excluded.wrapped`,
			r.Person[:], r.Salt, r.Costs.Time, r.Costs.MemoryKiB, r.Costs.Threads, r.Wrapped)
		return err
	})
}

// ConfirmCode puts the code that was typed back in place of the one that works;
// Conflict when another was made meanwhile.
func (db *DB) ConfirmCode(ctx context.Context, r counsel.CodeRow) error {
	const doing = "confirm a recovery code"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		var waits int
		err := tx.QueryRowContext(ctx, `
			SELECT 1 FROM code WHERE person = ? AND confirmed = 0 AND wrapped = ?`, r.Person[:], r.Wrapped).Scan(&waits)
		if errors.Is(err, sql.ErrNoRows) {
			return helpline.Errorf(helpline.Conflict, "%s: another was made meanwhile: use that one", doing)
		}
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM code WHERE person = ? AND confirmed = 1`, r.Person[:]); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE code SET confirmed = 1 WHERE person = ?`, r.Person[:])
		return err
	})
}
