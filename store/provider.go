package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/directory"
)

var (
	_ directory.Shelf     = (*DB)(nil)
	_ counsel.Shelf       = (*DB)(nil)
	_ counsel.UpkeepShelf = (*DB)(nil)
)

// Providers gives the entries of the directory in their order; none before the
// first import.
func (db *DB) Providers(ctx context.Context) ([]directory.Entry, error) {
	const doing = "read the directory"
	rows, err := db.main.read.QueryContext(ctx, `
		SELECT id, json, checked_on, hidden FROM provider
		ORDER BY place, id`)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var all []directory.Entry
	for rows.Next() {
		var e directory.Entry
		var id []byte
		if err := rows.Scan(&id, &e.JSON, &e.CheckedOn, &e.Hidden); err != nil {
			return nil, explain(doing, err)
		}
		copy(e.ID[:], id)
		all = append(all, e)
	}
	return all, explain(doing, rows.Err())
}

// KeepProviders adds entries at the end and replaces those of the same ID where
// they stand, all or nothing. With only set the directory is these entries in
// this order, and what is not among them goes. Hidden is left as it was; new
// entries have their own.
func (db *DB) KeepProviders(ctx context.Context, entries []directory.Entry, only bool) (directory.Change, error) {
	const doing = "change the directory"
	var c directory.Change
	err := db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		before, next := 0, 0
		if err := tx.QueryRowContext(ctx, `SELECT count(*), coalesce(max(place) + 1, 0) FROM provider`).Scan(&before, &next); err != nil {
			return err
		}
		if only {
			next = 0
			// What stays is numbered anew below; what is left beyond the last
			// of these places goes.
			if _, err := tx.ExecContext(ctx, `UPDATE provider SET place = place + ?`, len(entries)); err != nil {
				return err
			}
		}
		for _, e := range entries {
			var json string
			err := tx.QueryRowContext(ctx, `SELECT json FROM provider WHERE id = ?`, e.ID[:]).Scan(&json)
			switch {
			case errors.Is(err, sql.ErrNoRows):
				c.Added++
			case err != nil:
				return err
			case json == string(e.JSON):
				c.Same++
			default:
				c.Changed++
			}
			if _, err := tx.ExecContext(ctx, `
				INSERT INTO provider (id, place, json, checked_on, hidden) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (id) DO UPDATE SET
				  json = excluded.json, checked_on = excluded.checked_on,
				  place = CASE WHEN ? THEN excluded.place ELSE place END`,
				e.ID[:], next, string(e.JSON), e.CheckedOn, e.Hidden, only); err != nil {
				return err
			}
			next++
		}
		c.Left = before - c.Changed - c.Same
		if !only {
			return nil
		}
		c.Removed, c.Left = c.Left, 0
		_, err := tx.ExecContext(ctx, `DELETE FROM provider WHERE place >= ?`, len(entries))
		return err
	})
	if err != nil {
		return directory.Change{}, err
	}
	return c, nil
}

// HideProvider keeps an entry off cards, or no longer; NotFound.
func (db *DB) HideProvider(ctx context.Context, entry helpline.ID, hidden bool) error {
	const doing = "hide a provider"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		var found int
		err := tx.QueryRowContext(ctx, `UPDATE provider SET hidden = ? WHERE id = ? RETURNING 1`, hidden, entry[:]).Scan(&found)
		return missing(doing, err)
	})
}

// Refer counts one referral to a provider, in the week of an instant on the
// wall clock of the line. Whether the provider exists is not asked: the card
// has been given.
func (db *DB) Refer(ctx context.Context, provider helpline.ID, at time.Time) error {
	return db.main.tx(ctx, "count a referral", func(ctx context.Context, tx *sql.Tx) error {
		return raiseReferral(ctx, tx, db.Week(at), provider)
	})
}

// raiseReferral counts one referral as part of a change.
func raiseReferral(ctx context.Context, tx *sql.Tx, week string, provider helpline.ID) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO referral (week, provider, n) VALUES (?, ?, 1)
		ON CONFLICT DO UPDATE SET n = n + 1`, week, provider[:])
	return err
}

// Referrals gives how often each provider was referred to in a week (as named
// by Week). The numbers are exact: whoever publishes them must not show small
// ones.
func (db *DB) Referrals(ctx context.Context, week string) (map[helpline.ID]int64, error) {
	const doing = "read the referrals"
	rows, err := db.main.read.QueryContext(ctx, `SELECT provider, n FROM referral WHERE week = ?`, week)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	all := map[helpline.ID]int64{}
	for rows.Next() {
		var id []byte
		var n int64
		if err := rows.Scan(&id, &n); err != nil {
			return nil, explain(doing, err)
		}
		all[helpline.ID(id)] = n
	}
	return all, explain(doing, rows.Err())
}
