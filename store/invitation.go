package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"helpline"
	"helpline/counsel/staff"
)

// Invited gives the person an invitation is for, without spending it; NotFound
// when it is spent, unknown or has expired.
func (db *DB) Invited(ctx context.Context, invitation [32]byte, now time.Time) (staff.Person, error) {
	p, err := scanPerson(db.main.read.QueryRowContext(ctx, `
		SELECT p.id, p.name, p.alias, p.roles, p.locales, p.audiences, p.chats, p.state, p.language, p.demo, p.renew
		FROM invitation i JOIN person p ON p.id = i.person
		WHERE i.hash = ? AND i.expires > ? AND p.state <> ?`, invitation[:], seconds(now), staff.Removed))
	return p, missing("look at an invitation", err)
}

// Activate spends the invitation, sets the secret and makes the person active,
// all or nothing; NotFound when the invitation is spent, unknown or has
// expired. Expired invitations of anybody go at the same time.
func (db *DB) Activate(ctx context.Context, invitation [32]byte, now time.Time, s staff.Secret) (staff.Person, error) {
	const doing = "use an invitation"
	// Written down first, so that no older copy of the database brings it back.
	if _, err := db.Invited(ctx, invitation, now); err == nil {
		if err := db.spend(ctx, invitation[:], now); err != nil {
			return staff.Person{}, err
		}
	}
	var p staff.Person
	var spent error
	err := db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM invitation WHERE expires <= ?`, seconds(now)); err != nil {
			return err
		}
		var id []byte
		err := tx.QueryRowContext(ctx, `DELETE FROM invitation WHERE hash = ? RETURNING person`, invitation[:]).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			spent = missing(doing, err) // and keep that expired ones are gone
			return nil
		}
		if err != nil {
			return err
		}
		p, err = activate(ctx, tx, id, s)
		return missing(doing, err)
	})
	if err == nil {
		err = spent
	}
	if err != nil {
		return staff.Person{}, err
	}
	return p, nil
}

func activate(ctx context.Context, tx *sql.Tx, id []byte, s staff.Secret) (staff.Person, error) {
	p, err := scanPerson(tx.QueryRowContext(ctx, `
		UPDATE person SET state = ? WHERE id = ? AND state <> ?
		RETURNING id, name, alias, roles, locales, audiences, chats, state, language, demo, renew`,
		staff.Active, id, staff.Removed))
	if err != nil {
		return p, err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO secret (person, salt, passes, memory_kib, threads, verifier)
		VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (person) DO UPDATE SET
		  salt = excluded.salt, passes = excluded.passes, memory_kib = excluded.memory_kib,
		  threads = excluded.threads, verifier = excluded.verifier`,
		id, s.Salt, s.Params.Time, s.Params.MemoryKiB, s.Params.Threads, s.Verifier)
	return p, err
}

// Reinvite puts a new invitation in place of an unspent or expired one; NotFound
// for unknown people and for those who are not waiting for one, because it would
// let whoever holds the new token take over an account that is in use.
func (db *DB) Reinvite(ctx context.Context, person helpline.ID, i staff.Invitation) error {
	const doing = "invite a person again"
	if i.Person != person {
		return helpline.Errorf(helpline.Invalid, "%s: the invitation is for somebody else", doing)
	}
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		var waits int
		err := tx.QueryRowContext(ctx, `SELECT 1 FROM person WHERE id = ? AND state = ?`, person[:], staff.Invited).Scan(&waits)
		if err != nil {
			return missing(doing, err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM invitation WHERE person = ?`, person[:]); err != nil {
			return err
		}
		return insertInvitation(ctx, tx, i)
	})
}

func insertInvitation(ctx context.Context, tx *sql.Tx, i staff.Invitation) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO invitation (hash, person, expires) VALUES (?, ?, ?)`,
		i.Hash[:], i.Person[:], seconds(i.Expires))
	return err
}
