package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
)

var (
	_ counsel.FeedRows = (*DB)(nil)
	_ counsel.SeenRows = (*DB)(nil)
)

// AddFeed keeps a new calendar; Conflict when one of this ID, or of this person
// and device, is there, or when the person has most already.
func (db *DB) AddFeed(ctx context.Context, r counsel.FeedRow, most int) error {
	const doing = "keep a calendar"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		var has, same int
		err := tx.QueryRowContext(ctx, `
			SELECT count(*) FILTER (WHERE person = ?1), count(*) FILTER (WHERE id = ?2 OR person = ?1 AND device = ?3)
			FROM feed`, r.Person[:], r.ID[:], r.Device).Scan(&has, &same)
		switch {
		case err != nil:
			return err
		case same > 0:
			return helpline.Errorf(helpline.Conflict, "%s: there is one of this name or form already", doing)
		case has >= most:
			return helpline.Errorf(helpline.Conflict, "%s: the person has %d already", doing, has)
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO feed (id, hash, person, device) VALUES (?, ?, ?, ?)`, r.ID[:], r.Hash[:], r.Person[:], r.Device)
		return err
	})
}

// FeedHolder gives whose calendar has this hash, if they work here; NotFound.
// What was ended, whose person has left and what never was are found by one
// query alike.
func (db *DB) FeedHolder(ctx context.Context, hash [32]byte) (helpline.ID, error) {
	const doing = "find a calendar"
	var id []byte
	err := db.main.read.QueryRowContext(ctx, `
		SELECT f.person FROM feed f JOIN person p ON p.id = f.person
		WHERE f.hash = ? AND p.state = ? AND p.roles <> ''`, hash[:], staff.Active).Scan(&id)
	if err != nil {
		return helpline.ID{}, missing(doing, err)
	}
	if len(id) != len(helpline.ID{}) {
		return helpline.ID{}, helpline.Errorf(helpline.Internal, "%s: a row is damaged", doing)
	}
	return helpline.ID(id), nil
}

// FeedsOf lists those of a person by device.
func (db *DB) FeedsOf(ctx context.Context, person helpline.ID) ([]counsel.FeedRow, error) {
	const doing = "list calendars"
	rows, err := db.main.read.QueryContext(ctx, `SELECT id, hash, device FROM feed WHERE person = ? ORDER BY device`, person[:])
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var all []counsel.FeedRow
	for rows.Next() {
		r := counsel.FeedRow{Person: person}
		var id, hash []byte
		if err := rows.Scan(&id, &hash, &r.Device); err != nil {
			return nil, explain(doing, err)
		}
		copy(r.ID[:], id)
		copy(r.Hash[:], hash)
		all = append(all, r)
	}
	return all, explain(doing, rows.Err())
}

// EndFeed ends one of a person's; another person's is left alone, and one that
// is not there is ended already.
func (db *DB) EndFeed(ctx context.Context, person, id helpline.ID) error {
	return db.main.tx(ctx, "end a calendar", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM feed WHERE id = ? AND person = ?`, id[:], person[:])
		return err
	})
}

// SeenUntil gives until when a person has seen what changed in their shifts;
// the zero time when nothing was kept.
func (db *DB) SeenUntil(ctx context.Context, person helpline.ID) (time.Time, error) {
	var until int64
	err := db.main.read.QueryRowContext(ctx, `SELECT until FROM seen WHERE person = ?`, person[:]).Scan(&until)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, explain("look what was seen of shifts", err)
	}
	return time.Unix(until, 0).UTC(), nil
}

// SeeUntil keeps it; an earlier time changes nothing.
func (db *DB) SeeUntil(ctx context.Context, person helpline.ID, until time.Time) error {
	return db.main.tx(ctx, "keep what was seen of shifts", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO seen (person, until) VALUES (?, ?)
			ON CONFLICT (person) DO UPDATE SET until = max(until, excluded.until)`, person[:], until.Unix())
		return err
	})
}
