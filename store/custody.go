package store

import (
	"context"
	"database/sql"

	"helpline"
	"helpline/counsel"
)

var (
	_ counsel.EscrowRows  = (*DB)(nil)
	_ counsel.CustodyRows = (*DB)(nil)
	_ counsel.EndLogins   = (*Logins)(nil)
)

// tidyEscrow drops keyrings sealed to an older recovery key, of those who have
// one for a newer key whose shares are all written down.
const tidyEscrow = `
	DELETE FROM escrow WHERE generation < (
	  SELECT max(e.generation) FROM escrow e
	  WHERE e.person = escrow.person
	    AND EXISTS (SELECT 1 FROM share s WHERE s.generation = e.generation)
	    AND NOT EXISTS (SELECT 1 FROM share s WHERE s.generation = e.generation AND length(s.sealed) > 0))`

// Escrows gives a person's keyrings in escrow, the newest generation first.
func (db *DB) Escrows(ctx context.Context, person helpline.ID) ([]counsel.EscrowRow, error) {
	const doing = "find keyrings in escrow"
	rows, err := db.main.read.QueryContext(ctx, `
		SELECT generation, sealed FROM escrow
		WHERE person = ? ORDER BY generation DESC`, person[:])
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var all []counsel.EscrowRow
	for rows.Next() {
		r := counsel.EscrowRow{Person: person}
		if err := rows.Scan(&r.Generation, &r.Sealed); err != nil {
			return nil, explain(doing, err)
		}
		all = append(all, r)
	}
	return all, explain(doing, rows.Err())
}

// PutEscrow keeps a keyring in escrow in place of the one of the same
// generation; those for older keys go once they are of no use.
func (db *DB) PutEscrow(ctx context.Context, r counsel.EscrowRow) error {
	return db.main.tx(ctx, "keep a keyring in escrow", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO escrow (person, generation, sealed) VALUES (?, ?, ?)
			ON CONFLICT (person, generation) DO UPDATE SET sealed = excluded.sealed`,
			r.Person[:], int64(r.Generation), r.Sealed)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, tidyEscrow)
		return err
	})
}

// Escrowed lists who has a keyring in escrow for a generation.
func (db *DB) Escrowed(ctx context.Context, generation uint64) ([]helpline.ID, error) {
	const doing = "list keyrings in escrow"
	rows, err := db.main.read.QueryContext(ctx, `SELECT person FROM escrow WHERE generation = ?`, int64(generation))
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var all []helpline.ID
	for rows.Next() {
		var id []byte
		if err := rows.Scan(&id); err != nil {
			return nil, explain(doing, err)
		}
		all = append(all, helpline.ID(id))
	}
	return all, explain(doing, rows.Err())
}

// Custodies lists the generations of the recovery key, the newest first.
func (db *DB) Custodies(ctx context.Context) ([]counsel.CustodyRow, error) {
	const doing = "list the recovery keys"
	rows, err := db.main.read.QueryContext(ctx, `
		SELECT r.generation, r.day, r.used, s.person, s.sealed
		FROM recovery r JOIN share s ON s.generation = r.generation
		ORDER BY r.generation DESC, s.part`)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var all []counsel.CustodyRow
	for rows.Next() {
		var c counsel.CustodyRow
		var s counsel.ShareRow
		var person []byte
		if err := rows.Scan(&c.Generation, &c.Day, &c.Used, &person, &s.Sealed); err != nil {
			return nil, explain(doing, err)
		}
		s.Person = helpline.ID(person)
		if len(all) == 0 || all[len(all)-1].Generation != c.Generation {
			all = append(all, c)
		}
		last := &all[len(all)-1]
		last.Shares = append(last.Shares, s)
	}
	return all, explain(doing, rows.Err())
}

// insertCustody keeps a generation of the recovery key with its shares; only
// with the entry of the key log that makes it.
func insertCustody(ctx context.Context, tx *sql.Tx, c counsel.CustodyRow) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO recovery (generation, day, used) VALUES (?, ?, 0)`, int64(c.Generation), c.Day)
	for i, s := range c.Shares {
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO share (generation, part, person, sealed)
			VALUES (?, ?, ?, ?)`, int64(c.Generation), i+1, s.Person[:], s.Sealed)
	}
	return err
}

// ShareWritten empties a share that its custodian has written down; NotFound.
// The bytes are gone from the file when it returns nil.
func (db *DB) ShareWritten(ctx context.Context, generation uint64, part int) error {
	const doing = "take away a share that was written down"
	err := db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `
			UPDATE share SET sealed = x'' WHERE generation = ? AND part = ? AND length(sealed) > 0`, int64(generation), part)
		if err := one(done, err, doing); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, tidyEscrow)
		return err
	})
	if err != nil {
		return err
	}
	return db.emptied(ctx, doing)
}

// emptied tries to take deleted bytes out of SQLite's log at once. While
// somebody reads it cannot; then the daily purge does it.
func (db *DB) emptied(ctx context.Context, doing string) error {
	err := db.main.forget(ctx, doing)
	if helpline.KindOf(err) == helpline.Unavailable {
		return nil
	}
	return err
}
