package store

import (
	"context"
	"database/sql"

	"helpline"
	"helpline/counsel"
)

var _ counsel.Approvals = (*DB)(nil)

// KeepApproval keeps a person's word on a text in the place of an older one.
func (db *DB) KeepApproval(ctx context.Context, a counsel.Approval) error {
	return db.main.tx(ctx, "keep an approval", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO approval (what, digest, person, alias, day) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (what) DO UPDATE SET digest = excluded.digest, person = excluded.person, alias = excluded.alias, day = excluded.day`,
			a.What, a.Digest[:], a.Person[:], a.Alias, a.Day)
		return err
	})
}

// Approvals gives every word that was given, by the text.
func (db *DB) Approvals(ctx context.Context) (map[string]counsel.Approval, error) {
	const doing = "read what was approved"
	rows, err := db.main.read.QueryContext(ctx, `SELECT what, digest, person, alias, day FROM approval`)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	all := map[string]counsel.Approval{}
	for rows.Next() {
		var a counsel.Approval
		var digest, person []byte
		if err := rows.Scan(&a.What, &digest, &person, &a.Alias, &a.Day); err != nil {
			return nil, explain(doing, err)
		}
		if len(digest) != len(a.Digest) || len(person) != len(helpline.ID{}) {
			return nil, helpline.Errorf(helpline.Internal, "%s: a row is damaged", doing)
		}
		a.Digest, a.Person = [32]byte(digest), helpline.ID(person)
		all[a.What] = a
	}
	return all, explain(doing, rows.Err())
}
