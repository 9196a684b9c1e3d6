package store

import (
	"context"
	"database/sql"
	"time"

	"helpline"
	"helpline/counsel"
)

var (
	_ counsel.ReachRows  = (*DB)(nil)
	_ counsel.OutboxRows = (*DB)(nil)
	_ counsel.CallRows   = (*DB)(nil)
)

// Reaches gives where everybody is reached, sealed.
func (db *DB) Reaches(ctx context.Context) ([]counsel.ReachRow, error) {
	const doing = "read where notices go"
	rows, err := db.main.read.QueryContext(ctx, `SELECT person, revision, sealed FROM reach ORDER BY person`)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var out []counsel.ReachRow
	for rows.Next() {
		var r counsel.ReachRow
		var person []byte
		if err := rows.Scan(&person, &r.Revision, &r.Sealed); err != nil {
			return nil, explain(doing, err)
		}
		if len(person) != len(helpline.ID{}) {
			return nil, helpline.Errorf(helpline.Internal, "%s: a row is damaged", doing)
		}
		r.Person = helpline.ID(person)
		out = append(out, r)
	}
	return out, explain(doing, rows.Err())
}

// PutReach writes the next revision of where a person is reached; Conflict when
// another stands there.
func (db *DB) PutReach(ctx context.Context, r counsel.ReachRow) error {
	const doing = "keep where notices go"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		query := `UPDATE reach SET revision = ?2, sealed = ?3 WHERE person = ?1 AND revision = ?2 - 1`
		if r.Revision == 1 {
			query = `INSERT INTO reach (person, revision, sealed) VALUES (?1, ?2, ?3) ON CONFLICT (person) DO NOTHING`
		}
		done, err := tx.ExecContext(ctx, query, r.Person[:], r.Revision, r.Sealed)
		if err := one(done, err, doing); helpline.KindOf(err) == helpline.NotFound {
			return helpline.Errorf(helpline.Conflict, "%s: it was changed elsewhere: look again", doing)
		} else if err != nil {
			return err
		}
		return nil
	})
}

// DropReach forgets where a person is reached, and every notice for them.
func (db *DB) DropReach(ctx context.Context, person helpline.ID) error {
	return db.main.tx(ctx, "forget where notices go", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM reach WHERE person = ?`, person[:]); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM notice WHERE person = ?`, person[:])
		return err
	})
}

// WipeReaches takes what was dropped out of the log of writes too.
func (db *DB) WipeReaches(ctx context.Context) error {
	return db.main.forget(ctx, "wipe where notices went")
}

// QueueNotices adds what nobody was told yet. Of changes one waits for a person.
func (db *DB) QueueNotices(ctx context.Context, all []counsel.NoticeRow) error {
	return db.main.tx(ctx, "queue notices", func(ctx context.Context, tx *sql.Tx) error { return queueNotices(ctx, tx, all) })
}

// How many notices of changes a person gets within an hour, before the next one
// waits a while after the last: whoever mends a week of the rota, or offers and
// takes back, makes nobody's telephone ring without end.
const (
	mostChanges   = 3
	changesWithin = time.Hour
	betweenMany   = 20 * time.Minute
)

// rested is when the next notice of changes for a person leaves at the soonest.
func rested(ctx context.Context, tx *sql.Tx, n counsel.NoticeRow) (time.Time, error) {
	var many int
	var last sql.NullInt64
	err := tx.QueryRowContext(ctx, `
		SELECT count(*), max(ended) FROM notice WHERE person = ? AND kind = 'changes' AND state = 'sent' AND ended > ?`,
		n.Person[:], seconds(n.Made.Add(-changesWithin))).Scan(&many, &last)
	if next := moment(last.Int64).Add(betweenMany); many >= mostChanges && next.After(n.Due) {
		return next, err
	}
	return n.Due, err
}

// queueNotices does it within another change too. Somebody whose invitation was
// withdrawn meanwhile is passed over.
func queueNotices(ctx context.Context, tx *sql.Tx, all []counsel.NoticeRow) error {
	for _, n := range all {
		if n.Kind == counsel.NoticeChanges {
			done, err := tx.ExecContext(ctx, `
				UPDATE notice SET until = max(until, ?) WHERE person = ? AND kind = 'changes' AND state = 'waits'`, seconds(n.Until), n.Person[:])
			if err != nil {
				return err
			}
			if waits, err := done.RowsAffected(); err != nil || waits > 0 {
				if err != nil {
					return err
				}
				continue
			}
			if n.Due, err = rested(ctx, tx, n); err != nil {
				return err
			}
		}
		var call []byte
		if !n.Call.IsZero() {
			call = n.Call[:]
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO notice (id, person, kind, cause, call, made, due, until, tries, failed, state, ended)
			SELECT ?, id, ?, ?, ?, ?, ?, ?, 0, 0, 'waits', 0 FROM person WHERE id = ?
			ON CONFLICT (person, kind, cause) DO NOTHING`,
			n.ID[:], string(n.Kind), n.Cause[:], call, seconds(n.Made), seconds(n.Due), seconds(n.Until), n.Person[:])
		if err != nil {
			return err
		}
	}
	return nil
}

const noticeColumns = `id, person, kind, cause, call, made, due, until, tries, failed, state, ended`

// DueNotices gives the oldest that wait and are due, and when the next is.
func (db *DB) DueNotices(ctx context.Context, now time.Time, urgent bool, most int) ([]counsel.NoticeRow, time.Time, error) {
	const doing = "look what is to be sent"
	which := `kind NOT IN ('oncall', 'test')`
	if urgent {
		which = `kind IN ('oncall', 'test')`
	}
	due, err := db.listNotices(ctx, doing, `
		SELECT `+noticeColumns+` FROM notice
		WHERE state = 'waits' AND due <= ? AND `+which+` ORDER BY due, id LIMIT ?`, seconds(now), most)
	if err != nil {
		return nil, time.Time{}, err
	}
	var next sql.NullInt64
	err = db.main.read.QueryRowContext(ctx, `SELECT min(due) FROM notice WHERE state = 'waits' AND `+which).Scan(&next)
	return due, moment(next.Int64), explain(doing, err)
}

// MarkNotice writes what became of a notice that waits.
func (db *DB) MarkNotice(ctx context.Context, n counsel.NoticeRow) error {
	return db.main.tx(ctx, "note what became of a notice", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE notice SET due = ?, tries = ?, failed = ?, state = ?, ended = ? WHERE id = ? AND state = 'waits'`,
			seconds(n.Due), n.Tries, stamp(n.Failed), string(n.State), stamp(n.Ended), n.ID[:])
		return err
	})
}

// Notice gives one; NotFound.
func (db *DB) Notice(ctx context.Context, id helpline.ID) (counsel.NoticeRow, error) {
	const doing = "look for a notice"
	all, err := db.listNotices(ctx, doing, `SELECT `+noticeColumns+` FROM notice WHERE id = ?`, id[:])
	if err != nil {
		return counsel.NoticeRow{}, err
	}
	if len(all) == 0 {
		return counsel.NoticeRow{}, missing(doing, sql.ErrNoRows)
	}
	return all[0], nil
}

// NoticesMade gives those made since, newest first.
func (db *DB) NoticesMade(ctx context.Context, since time.Time) ([]counsel.NoticeRow, error) {
	return db.listNotices(ctx, "look at the outbox", `
		SELECT `+noticeColumns+` FROM notice WHERE made >= ? ORDER BY made DESC, id`, seconds(since))
}

func (db *DB) listNotices(ctx context.Context, doing, query string, args ...any) ([]counsel.NoticeRow, error) {
	rows, err := db.main.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var out []counsel.NoticeRow
	for rows.Next() {
		var n counsel.NoticeRow
		var id, person, cause, call []byte
		var made, due, until, failed, ended int64
		if err := rows.Scan(&id, &person, &n.Kind, &cause, &call, &made, &due, &until, &n.Tries, &failed, &n.State, &ended); err != nil {
			return nil, explain(doing, err)
		}
		if len(id) != 16 || len(person) != 16 || len(cause) != 32 || len(call) != 0 && len(call) != 16 {
			return nil, helpline.Errorf(helpline.Internal, "%s: a row is damaged", doing)
		}
		n.ID, n.Person, n.Cause = helpline.ID(id), helpline.ID(person), [32]byte(cause)
		copy(n.Call[:], call)
		n.Made, n.Due, n.Until, n.Failed, n.Ended = moment(made), moment(due), moment(until), moment(failed), moment(ended)
		out = append(out, n)
	}
	return out, explain(doing, rows.Err())
}

// stamp and moment write an instant that may be missing.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func moment(s int64) time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.Unix(s, 0).UTC()
}
