package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

var _ counsel.TeamRows = (*DB)(nil)

// ChangePerson changes a person's roles, or removes a person, with the key log
// and everything that follows: all of it or nothing. Conflict when somebody else
// wrote the key log, or wrapping counsel.ErrLastSupervisor; NotFound for whoever
// is not known or removed already.
func (db *DB) ChangePerson(ctx context.Context, c counsel.PersonChange) error {
	doing := "change a person's roles"
	if c.Remove {
		doing = "remove a person"
	}
	remembered := false
	if c.Remove {
		fresh, err := db.shred.rememberPerson(ctx, c.Person, time.Now())
		if err != nil {
			return err
		}
		remembered = fresh
	}
	err := db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		if err := extend(ctx, tx, doing, c.Extension); err != nil {
			return err
		}
		if !c.Known {
			if err := changeRow(ctx, tx, doing, c); err != nil {
				return err
			}
		}
		for _, g := range c.Leaves {
			if _, err := tx.ExecContext(ctx, `DELETE FROM seat WHERE circle = ? AND person = ?`, g, c.Person[:]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && remembered {
		// Nobody was removed. If this fails too, only a restore of an older copy
		// removes a person who works here: an error on the safe side.
		_ = db.shred.unremember(ctx, c.Person)
	}
	return err
}

func changeRow(ctx context.Context, tx *sql.Tx, doing string, c counsel.PersonChange) error {
	query, args := `UPDATE person SET roles = ? WHERE id = ? AND state <> ?`, []any{join(c.Roles), c.Person[:], staff.Removed}
	if c.Remove {
		query, args = `UPDATE person SET roles = ?, state = ?3 WHERE id = ?2 AND state <> ?3`, []any{"", c.Person[:], staff.Removed}
	}
	done, err := tx.ExecContext(ctx, query, args...)
	if refusedBy(err, "last supervisor") {
		return helpline.Errorf(helpline.Conflict, "%s: %w", doing, counsel.ErrLastSupervisor)
	}
	if err := one(done, err, doing); err != nil || !c.Remove {
		return err
	}
	return dropBelongings(ctx, tx, c.Person[:])
}

// refusedBy says whether a trigger of ours has refused a statement with this word.
func refusedBy(err error, word string) bool {
	return err != nil && strings.Contains(err.Error(), word)
}

// extend adds entries to the key log and what comes with them; Conflict when
// others stand there already. A new generation of the supervisors begins the
// granting of older notes.
func extend(ctx context.Context, tx *sql.Tx, doing string, e counsel.Extension) error {
	var stand int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM keylog`).Scan(&stand); err != nil {
		return err
	}
	if stand != e.At {
		return helpline.Errorf(helpline.Conflict, "%s: somebody else was faster: look again", doing)
	}
	for i, entry := range e.Entries {
		if _, err := tx.ExecContext(ctx, `INSERT INTO keylog (place, statement) VALUES (?, ?)`, e.At+i, entry); err != nil {
			return err
		}
	}
	if k := e.Keyring; k != nil {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO keyring (person, intro, wrapped) VALUES (?, ?, ?)
			ON CONFLICT (person) DO UPDATE SET intro = excluded.intro, wrapped = excluded.wrapped`,
			k.Person[:], k.Intro, k.Wrapped)
		if err != nil {
			return err
		}
	}
	if e.Custody != nil {
		if err := insertCustody(ctx, tx, *e.Custody); err != nil {
			return err
		}
	}
	turned := uint64(1)
	for _, s := range e.Seats {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO seat (circle, generation, person, sealed) VALUES (?, ?, ?, ?)
			ON CONFLICT (circle, generation, person) DO UPDATE SET sealed = excluded.sealed`,
			s.Group, int64(s.Generation), s.Person[:], s.Sealed)
		if err != nil {
			return err
		}
		if s.Group == vault.Supervisors {
			turned = max(turned, s.Generation)
		}
	}
	return beginRegrant(ctx, tx, turned)
}
