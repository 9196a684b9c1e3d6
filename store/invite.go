package store

import (
	"context"
	"database/sql"
	"time"

	"helpline"
	"helpline/counsel/staff"
)

var _ staff.Invitations = (*DB)(nil)

// AddAll inserts invited people with the hashes of their invitations, all of
// them or none; Conflict (a staff.Taken) names the first whose name is taken,
// without regard to upper and lower case or spaces.
func (db *DB) AddAll(ctx context.Context, people []staff.Person, invitations []staff.Invitation) error {
	const doing = "add people"
	if len(people) != len(invitations) {
		return helpline.Errorf(helpline.Invalid, "%s: %d people and %d invitations", doing, len(people), len(invitations))
	}
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		for i, p := range people {
			if err := insertPerson(ctx, tx, doing, p, invitations[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func insertPerson(ctx context.Context, tx *sql.Tx, doing string, p staff.Person, i staff.Invitation) error {
	folded := fold(p.Name)
	if folded == "" || p.ID.IsZero() || i.Person != p.ID {
		return helpline.Errorf(helpline.Invalid, "%s: give a name, and an invitation for the same person", doing)
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO person (id, name, folded, alias, roles, locales, audiences, chats, state, language, demo)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		p.ID[:], p.Name, folded, p.Alias, join(p.Roles), join(p.Locales), join(p.Audiences), p.Chats, staff.Invited, p.Language, p.Demo)
	if unique(err) {
		return helpline.Errorf(helpline.Conflict, "%s: somebody has this name already, choose another: %w", doing, staff.Taken(p.Name))
	}
	if err != nil {
		return err
	}
	return insertInvitation(ctx, tx, i)
}

// unused is the condition on a person who has never joined: no passphrase, no
// keys, nothing that stands in anybody's name.
const unused = ` id = ? AND state = 'invited'
			AND NOT EXISTS (SELECT 1 FROM secret s WHERE s.person = person.id)
			AND NOT EXISTS (SELECT 1 FROM keyring k WHERE k.person = person.id)`

// Amend replaces name, alias, roles and what Revise replaces of a person who
// has never joined; NotFound for everybody else, Conflict when the name is taken.
func (db *DB) Amend(ctx context.Context, p staff.Person) error {
	const doing = "change an invited person"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `
			UPDATE person SET name = ?, folded = ?, alias = ?, roles = ?, locales = ?, audiences = ?, chats = ?, language = ?
			WHERE`+unused,
			p.Name, fold(p.Name), p.Alias, join(p.Roles), join(p.Locales), join(p.Audiences), p.Chats, p.Language, p.ID[:])
		if unique(err) {
			return helpline.Errorf(helpline.Conflict, "%s: somebody has this name already, choose another: %w", doing, staff.Taken(p.Name))
		}
		return one(done, err, doing)
	})
}

// Withdraw removes a person who has never joined, with the invitation; NotFound
// for everybody else.
func (db *DB) Withdraw(ctx context.Context, person helpline.ID) error {
	const doing = "withdraw an invitation"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `DELETE FROM person WHERE`+unused, person[:])
		return one(done, err, doing)
	})
}

// Waiting says until when each invitation works, expired ones included.
func (db *DB) Waiting(ctx context.Context) (map[helpline.ID]time.Time, error) {
	const doing = "list the invitations"
	rows, err := db.main.read.QueryContext(ctx, `SELECT person, expires FROM invitation`)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	all := map[helpline.ID]time.Time{}
	for rows.Next() {
		var id []byte
		var expires int64
		if err := rows.Scan(&id, &expires); err != nil {
			return nil, explain(doing, err)
		}
		all[helpline.ID(id)] = time.Unix(expires, 0).UTC()
	}
	return all, explain(doing, rows.Err())
}
