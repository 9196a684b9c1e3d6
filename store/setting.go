package store

import (
	"context"
	"database/sql"
)

// Settings gives what the settings were when they were last kept, as keyed
// hashes by their names; none before the first start.
func (db *DB) Settings(ctx context.Context) (map[string][32]byte, error) {
	const doing = "look at the settings of the last start"
	rows, err := db.main.read.QueryContext(ctx, `SELECT name, digest FROM setting`)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	out := map[string][32]byte{}
	for rows.Next() {
		var name string
		var digest []byte
		if err := rows.Scan(&name, &digest); err != nil {
			return nil, explain(doing, err)
		}
		var d [32]byte
		copy(d[:], digest)
		out[name] = d
	}
	return out, explain(doing, rows.Err())
}

// KeepSettings replaces them all.
func (db *DB) KeepSettings(ctx context.Context, all map[string][32]byte) error {
	return db.main.tx(ctx, "keep the settings of this start", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM setting`); err != nil {
			return err
		}
		for name, digest := range all {
			if _, err := tx.ExecContext(ctx, `INSERT INTO setting (name, digest) VALUES (?, ?)`, name, digest[:]); err != nil {
				return err
			}
		}
		return nil
	})
}
