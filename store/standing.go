package store

import (
	"context"
	"database/sql"

	"helpline"
	"helpline/chat"
)

var _ chat.Journal = (*DB)(nil)

// Boot raises and returns the number of this start; 1 is the first.
func (db *DB) Boot(ctx context.Context) (int64, error) {
	var boot int64
	err := db.main.tx(ctx, "count this start", func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `UPDATE line SET boot = boot + 1 WHERE id = 1 RETURNING boot`).Scan(&boot)
	})
	return boot, err
}

// Standings returns every row, open and closed, in no order.
func (db *DB) Standings(ctx context.Context) ([]chat.Standing, error) {
	const doing = "read the standings"
	rows, err := db.main.read.QueryContext(ctx, `
		SELECT contact, channel, term, holder, since, closed, epoch
		FROM standing`)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var all []chat.Standing
	for rows.Next() {
		s, err := scanStanding(rows)
		if err != nil {
			return nil, explain(doing, err)
		}
		all = append(all, s)
	}
	return all, explain(doing, rows.Err())
}

// Accept inserts the row if the contact has none and returns the row that
// stands afterwards.
func (db *DB) Accept(ctx context.Context, s chat.Standing) (chat.Standing, error) {
	var stands chat.Standing
	err := db.main.tx(ctx, "accept a contact", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO standing (contact, channel, term, holder, since, closed, epoch)
			VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (contact) DO NOTHING`,
			s.Contact[:], s.Channel, s.Term, s.Holder[:], s.Since, s.Closed, s.Epoch)
		if err != nil {
			return err
		}
		stands, err = scanStanding(tx.QueryRowContext(ctx, `
			SELECT contact, channel, term, holder, since, closed, epoch
			FROM standing WHERE contact = ?`, s.Contact[:]))
		return err
	})
	return stands, err
}

// Change replaces the row if it is still open and its term is still from;
// otherwise it changes nothing and returns a Conflict.
func (db *DB) Change(ctx context.Context, from int, to chat.Standing) error {
	return db.main.tx(ctx, "change a standing", func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `
			UPDATE standing
			SET channel = ?, term = ?, holder = ?, since = ?, closed = ?, epoch = ?
			WHERE contact = ? AND closed = 0 AND term = ?`,
			to.Channel, to.Term, to.Holder[:], to.Since, to.Closed, to.Epoch, to.Contact[:], from)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 1 {
			return err
		}
		return helpline.Errorf(helpline.Conflict, "change a standing: the contact is closed, has gone to somebody else, or is not known")
	})
}

// Keep moves the epoch of the contacts that are still alive to the new day. An
// epoch never moves back; contacts without a row are passed over.
func (db *DB) Keep(ctx context.Context, epoch int, contacts []helpline.ID) error {
	if len(contacts) == 0 {
		return nil
	}
	return db.main.tx(ctx, "keep the standings of today", func(ctx context.Context, tx *sql.Tx) error {
		for _, c := range contacts {
			_, err := tx.ExecContext(ctx, `UPDATE standing SET epoch = ? WHERE contact = ? AND epoch < ?`, epoch, c[:], epoch)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// HoldersOf lists everybody who has or had a contact, in the order of their
// identifiers; nobody when it was not taken, or its row has gone with the keys of
// its day. The zero contact is any: everybody who had one that still stands here.
func (db *DB) HoldersOf(ctx context.Context, contact helpline.ID) ([]helpline.ID, error) {
	const doing = "find who had a contact"
	people, err := blobs(ctx, db.main.read, `
		SELECT holder FROM standing WHERE contact = ?1 OR ?2
		UNION
		SELECT person FROM former WHERE contact = ?1 OR ?2
		ORDER BY 1`, contact[:], contact.IsZero())
	if err != nil {
		return nil, explain(doing, err)
	}
	out := make([]helpline.ID, len(people))
	for i, p := range people {
		out[i] = helpline.ID(p)
	}
	return out, nil
}

// PurgeStandings removes the rows whose epoch is before oldest, the day of the
// oldest ticket key there is: no ticket of theirs can be opened any more. Those
// that stay are written anew in the order of their keys, so that the order in
// which people came is gone.
func (db *DB) PurgeStandings(ctx context.Context, oldest int) error {
	const doing = "purge the standings of earlier days"
	err := db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		for _, step := range []struct {
			text string
			args []any
		}{
			{`CREATE TEMP TABLE stays AS SELECT * FROM standing WHERE epoch >= ?`, []any{oldest}}, // in memory: temp_store
			{`DELETE FROM standing`, nil},
			{`INSERT INTO standing SELECT * FROM stays ORDER BY contact`, nil},
			{`DROP TABLE stays`, nil},
			{`DELETE FROM former WHERE contact NOT IN (SELECT contact FROM standing)`, nil},
		} {
			if _, err := tx.ExecContext(ctx, step.text, step.args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return db.main.forget(ctx, doing)
}

// scanner is a row, of one or of many.
type scanner interface{ Scan(...any) error }

func scanStanding(row scanner) (chat.Standing, error) {
	var s chat.Standing
	var contact, holder []byte
	err := row.Scan(&contact, &s.Channel, &s.Term, &holder, &s.Since, &s.Closed, &s.Epoch)
	copy(s.Contact[:], contact)
	copy(s.Holder[:], holder)
	return s, err
}
