package store

import (
	"context"
	"database/sql"
	"time"

	"helpline"
	"helpline/counsel"
)

var _ counsel.PassRows = (*Logins)(nil)

// AddPass keeps a new one; Conflict when the person has most already. Expired
// ones of anybody go first.
func (l *Logins) AddPass(ctx context.Context, r counsel.PassRow, now time.Time, most int) error {
	const doing = "keep a login for own shifts"
	return l.file.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM pass WHERE expiry <= ?`, seconds(now)); err != nil {
			return err
		}
		var has int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM pass WHERE person = ?`, r.Person[:]).Scan(&has); err != nil {
			return err
		}
		if has >= most {
			return helpline.Errorf(helpline.Conflict, "%s: the person has %d already", doing, has)
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO pass (id, hash, person, device, entered, expiry)
			VALUES (?, ?, ?, ?, ?, ?)`,
			r.ID[:], r.Hash[:], r.Person[:], r.Device, r.Entered, seconds(r.Expiry))
		return err
	})
}

// EnterPass turns a link that nobody has used into a login; NotFound when it is
// spent, unknown or has expired.
func (l *Logins) EnterPass(ctx context.Context, link [32]byte, now time.Time, to [32]byte, until time.Time) (counsel.PassRow, error) {
	const doing = "enter by a link to own shifts"
	var r counsel.PassRow
	err := l.file.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		var err error
		r, err = scanPass(tx.QueryRowContext(ctx, `
			UPDATE pass SET hash = ?, entered = 1, expiry = ?
			WHERE hash = ? AND entered = 0 AND expiry > ?
			RETURNING id, hash, person, device, entered, expiry`,
			to[:], seconds(until), link[:], seconds(now)))
		return missing(doing, err)
	})
	return r, err
}

// Pass gives the one with this hash, used or not; NotFound when it has expired.
func (l *Logins) Pass(ctx context.Context, hash [32]byte, now time.Time) (counsel.PassRow, error) {
	r, err := scanPass(l.file.read.QueryRowContext(ctx, `
		SELECT id, hash, person, device, entered, expiry
		FROM pass WHERE hash = ? AND expiry > ?`, hash[:], seconds(now)))
	return r, missing("find a login for own shifts", err)
}

// PassesOf lists those of a person by device.
func (l *Logins) PassesOf(ctx context.Context, person helpline.ID, now time.Time) ([]counsel.PassRow, error) {
	const doing = "list the logins for own shifts"
	rows, err := l.file.read.QueryContext(ctx, `
		SELECT id, hash, person, device, entered, expiry
		FROM pass WHERE person = ? AND expiry > ? ORDER BY device, id`, person[:], seconds(now))
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var all []counsel.PassRow
	for rows.Next() {
		r, err := scanPass(rows)
		if err != nil {
			return nil, explain(doing, err)
		}
		all = append(all, r)
	}
	return all, explain(doing, rows.Err())
}

// EndPass ends one of a person's; another person's is left alone, and one that
// is not there is ended already.
func (l *Logins) EndPass(ctx context.Context, person, id helpline.ID) error {
	return l.file.tx(ctx, "end a login for own shifts", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM pass WHERE id = ? AND person = ?`, id[:], person[:])
		return err
	})
}

func scanPass(row scanner) (counsel.PassRow, error) {
	var r counsel.PassRow
	var id, hash, person []byte
	var expiry int64
	if err := row.Scan(&id, &hash, &person, &r.Device, &r.Entered, &expiry); err != nil {
		return r, err
	}
	copy(r.ID[:], id)
	copy(r.Hash[:], hash)
	copy(r.Person[:], person)
	r.Expiry = time.Unix(expiry, 0).UTC()
	return r, nil
}
