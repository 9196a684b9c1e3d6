package store

import (
	"context"
	"database/sql"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/vault"
)

var (
	_ counsel.KeyRows    = (*DB)(nil)
	_ counsel.KeyLogRows = (*DB)(nil)
)

// Keyring gives a person's keyring; NotFound.
func (db *DB) Keyring(ctx context.Context, person helpline.ID) (counsel.KeyringRow, error) {
	r := counsel.KeyringRow{Person: person}
	err := db.main.read.QueryRowContext(ctx, `SELECT intro, wrapped FROM keyring WHERE person = ?`, person[:]).Scan(&r.Intro, &r.Wrapped)
	return r, missing("find a keyring", err)
}

// Enrol keeps the keyring of a person who has none; Conflict.
func (db *DB) Enrol(ctx context.Context, r counsel.KeyringRow) error {
	const doing = "keep a keyring"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO keyring (person, intro, wrapped) VALUES (?, ?, ?)`, r.Person[:], r.Intro, r.Wrapped)
		if unique(err) {
			return helpline.Errorf(helpline.Conflict, "%s: the person has one", doing)
		}
		return err
	})
}

// Rewrap replaces the wrapped half of a person's keyring; NotFound.
func (db *DB) Rewrap(ctx context.Context, person helpline.ID, wrapped []byte) error {
	const doing = "wrap a keyring again"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE keyring SET wrapped = ? WHERE person = ?`, wrapped, person[:])
		return one(done, err, doing)
	})
}

// Introductions lists all keyrings without their wrapped half.
func (db *DB) Introductions(ctx context.Context) ([]counsel.KeyringRow, error) {
	const doing = "list the keyrings"
	rows, err := db.main.read.QueryContext(ctx, `SELECT person, intro FROM keyring`)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var all []counsel.KeyringRow
	for rows.Next() {
		var r counsel.KeyringRow
		var person []byte
		if err := rows.Scan(&person, &r.Intro); err != nil {
			return nil, explain(doing, err)
		}
		copy(r.Person[:], person)
		all = append(all, r)
	}
	return all, explain(doing, rows.Err())
}

// Seat gives a person's seat in a generation of a group; NotFound.
func (db *DB) Seat(ctx context.Context, g vault.Group, generation uint64, person helpline.ID) ([]byte, error) {
	var sealed []byte
	err := db.main.read.QueryRowContext(ctx, `
		SELECT sealed FROM seat
		WHERE circle = ? AND generation = ? AND person = ?`, g, int64(generation), person[:]).Scan(&sealed)
	return sealed, missing("find a seat", err)
}

// KeyLog gives all entries in order.
func (db *DB) KeyLog(ctx context.Context) ([][]byte, error) {
	const doing = "read the key log"
	rows, err := db.main.read.QueryContext(ctx, `SELECT place, statement FROM keylog ORDER BY place`)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var all [][]byte
	for rows.Next() {
		var place int
		var statement []byte
		if err := rows.Scan(&place, &statement); err != nil {
			return nil, explain(doing, err)
		}
		if place != len(all) {
			return nil, helpline.Errorf(helpline.Internal, "%s: an entry is missing: restore the last backup", doing)
		}
		all = append(all, statement)
	}
	return all, explain(doing, rows.Err())
}

// ExtendKeyLog adds entries and what comes with them; Conflict when others
// stand there already.
func (db *DB) ExtendKeyLog(ctx context.Context, e counsel.Extension) error {
	const doing = "write the key log"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		return extend(ctx, tx, doing, e)
	})
}
