package store

import (
	"context"
	"database/sql"
	"time"

	"helpline"
	"helpline/counsel"
)

// Calls gives those that are open, and those that ended since.
func (db *DB) Calls(ctx context.Context, since time.Time) ([]counsel.CallRow, error) {
	const doing = "look who is called"
	rows, err := db.main.read.QueryContext(ctx, `
		SELECT id, cause, step, round, next, until, state, person, ended FROM call
		WHERE state = 'open' OR ended >= ? ORDER BY next, id`, seconds(since))
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var out []counsel.CallRow
	for rows.Next() {
		var c counsel.CallRow
		var id, cause, person []byte
		var next, until, ended int64
		if err := rows.Scan(&id, &cause, &c.Step, &c.Round, &next, &until, &c.State, &person, &ended); err != nil {
			return nil, explain(doing, err)
		}
		if len(id) != 16 || len(cause) != 32 {
			return nil, helpline.Errorf(helpline.Internal, "%s: a row is damaged", doing)
		}
		c.ID, c.Cause = helpline.ID(id), [32]byte(cause)
		copy(c.Person[:], person)
		c.Next, c.Until, c.Ended = moment(next), moment(until), moment(ended)
		out = append(out, c)
	}
	return out, explain(doing, rows.Err())
}

// AddCall begins one; Conflict when its cause has one already.
func (db *DB) AddCall(ctx context.Context, c counsel.CallRow) error {
	const doing = "call whoever is on call"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO call (id, cause, step, round, next, until, state, person, ended) VALUES (?, ?, ?, ?, ?, ?, 'open', x'', 0)`,
			c.ID[:], c.Cause[:], c.Step, c.Round, seconds(c.Next), seconds(c.Until))
		if unique(err) {
			return helpline.Errorf(helpline.Conflict, "%s: they have been called already", doing)
		}
		return err
	})
}

// MoveCall writes how far an open call is; Conflict when it has ended.
func (db *DB) MoveCall(ctx context.Context, c counsel.CallRow) error {
	const doing = "go on with a call"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE call SET step = ?, round = ?, next = ? WHERE id = ? AND state = 'open'`,
			c.Step, c.Round, seconds(c.Next), c.ID[:])
		return stillOpen(done, err, doing)
	})
}

// EndCall ends an open call, and what waits of it is past; Conflict when it has
// ended already.
func (db *DB) EndCall(ctx context.Context, c counsel.CallRow) error {
	const doing = "end a call"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		person := c.Person[:]
		if c.Person.IsZero() {
			person = []byte{}
		}
		done, err := tx.ExecContext(ctx, `UPDATE call SET state = ?, person = ?, ended = ? WHERE id = ? AND state = 'open'`,
			string(c.State), person, seconds(c.Ended), c.ID[:])
		if err := stillOpen(done, err, doing); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE notice SET state = 'past', ended = ? WHERE call = ? AND state = 'waits'`, seconds(c.Ended), c.ID[:])
		return err
	})
}

func stillOpen(done sql.Result, err error, doing string) error {
	if err := one(done, err, doing); helpline.KindOf(err) == helpline.NotFound {
		return helpline.Errorf(helpline.Conflict, "%s: it has ended", doing)
	} else if err != nil {
		return err
	}
	return nil
}
