package store

import (
	"context"
	"database/sql"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
)

var (
	_ counsel.LoginRows  = (*Logins)(nil)
	_ counsel.DeviceRows = (*Logins)(nil)
)

// Logins keeps staff logins, in a file of its own that is in no backup. What is
// in a row was sealed before it came here.
type Logins struct{ file *file }

// Get gives the login with this id; NotFound. It may have expired: the caller
// knows what time it is.
func (l *Logins) Get(ctx context.Context, id [32]byte) (staff.LoginRow, error) {
	r := staff.LoginRow{ID: id}
	var person []byte
	var expiry int64
	err := l.file.read.QueryRowContext(ctx, `
		SELECT epoch, sealed, person, device, expiry, idle
		FROM login WHERE id = ?`, id[:]).Scan(&r.Epoch, &r.Sealed, &person, &r.Device, &expiry, &r.Idle)
	if err != nil {
		return staff.LoginRow{}, missing("find a login", err)
	}
	copy(r.Person[:], person)
	r.Expiry = time.Unix(expiry, 0).UTC()
	return r, nil
}

// Put inserts the login or replaces the one with the same id; a device that has
// a name keeps it where none is given. Expiry is kept to
// the second. A zero person is nobody yet.
func (l *Logins) Put(ctx context.Context, r staff.LoginRow) error {
	return l.file.tx(ctx, "keep a login", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO login (id, epoch, sealed, person, device, expiry, idle)
			VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET
			  epoch = excluded.epoch, sealed = excluded.sealed, person = excluded.person,
			  device = iif(excluded.device = '', device, excluded.device), expiry = excluded.expiry,
			  idle = excluded.idle`,
			r.ID[:], r.Epoch, r.Sealed, r.Person[:], r.Device, seconds(r.Expiry), r.Idle)
		return err
	})
}

// Change replaces the login with the same id as Put does; one that has ended
// stays ended.
func (l *Logins) Change(ctx context.Context, r staff.LoginRow) error {
	return l.file.tx(ctx, "change a login", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE login SET
			  epoch = ?, sealed = ?, person = ?,
			  device = iif(? = '', device, ?), expiry = ?, idle = ?
			WHERE id = ?`,
			r.Epoch, r.Sealed, r.Person[:], r.Device, r.Device, seconds(r.Expiry), r.Idle, r.ID[:])
		return err
	})
}

// NameLogin sets the device of a login; one that is not there has ended.
func (l *Logins) NameLogin(ctx context.Context, id [32]byte, device string) error {
	return l.file.tx(ctx, "name a device", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE login SET device = ? WHERE id = ?`, device, id[:])
		return err
	})
}

// Idle marks a login as locked because nobody touched it, until it is put or
// changed without the mark; one that is not there has ended.
func (l *Logins) Idle(ctx context.Context, id [32]byte) error {
	return l.file.tx(ctx, "lock an idle login", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE login SET idle = 1 WHERE id = ? AND idle = 0`, id[:])
		return err
	})
}

// Delete ends a login; one that is not there is ended already.
func (l *Logins) Delete(ctx context.Context, id [32]byte) error {
	return l.delete(ctx, "end a login", `DELETE FROM login WHERE id = ?`, id[:])
}

// OfPerson lists the ids of a person's logins, expired ones included.
func (l *Logins) OfPerson(ctx context.Context, person helpline.ID) ([][32]byte, error) {
	const doing = "list the logins of a person"
	rows, err := l.file.read.QueryContext(ctx, `SELECT id FROM login WHERE person = ?`, person[:])
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var all [][32]byte
	for rows.Next() {
		var id []byte
		if err := rows.Scan(&id); err != nil {
			return nil, explain(doing, err)
		}
		all = append(all, [32]byte(id))
	}
	return all, explain(doing, rows.Err())
}

// DeletePerson ends every login of a person, those for own shifts too.
func (l *Logins) DeletePerson(ctx context.Context, person helpline.ID) error {
	return l.file.tx(ctx, "end the logins of a person", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM login WHERE person = ?`, person[:]); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM pass WHERE person = ?`, person[:])
		return err
	})
}

// DeleteExpired removes the logins that have expired by now. The bytes of
// everything deleted so far are gone from the files when it returns nil.
func (l *Logins) DeleteExpired(ctx context.Context, now time.Time) error {
	const doing = "remove expired logins"
	for _, query := range []string{`DELETE FROM login WHERE expiry <= ?`, `DELETE FROM pass WHERE expiry <= ?`} {
		if err := l.delete(ctx, doing, query, seconds(now)); err != nil {
			return err
		}
	}
	return l.file.forget(ctx, doing)
}

func (l *Logins) delete(ctx context.Context, doing, query string, arg any) error {
	return l.file.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, arg)
		return err
	})
}
