package store

import (
	"context"
	"database/sql"

	"helpline"
	"helpline/counsel"
)

var (
	_ counsel.MeetingRows = (*DB)(nil)
	_ counsel.NodRows     = (*DB)(nil)
)

// Meet counts a conversation in which a member of staff met the owner of a thread's
// code, and keeps that a nod is asked when it is the number from, or more: both or
// neither. NotFound without the thread.
func (db *DB) Meet(ctx context.Context, thread helpline.ID, mark counsel.Bar, from int, nod counsel.Nod) error {
	const doing = "count a meeting"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		var n int
		err := missing(doing, tx.QueryRowContext(ctx, `
			INSERT INTO meeting (thread, mark, n, agreed) SELECT id, ?2, 1, 0 FROM thread WHERE id = ?1
			ON CONFLICT (thread, mark) DO UPDATE SET n = n + 1
			RETURNING n`, thread[:], mark[:]).Scan(&n))
		if err != nil || n < from {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO nod (id, person) VALUES (?, ?)`, nod.ID[:], nod.Person[:])
		return err
	})
}

// Agree notes that they have agreed on a card.
func (db *DB) Agree(ctx context.Context, thread helpline.ID, mark counsel.Bar) error {
	return db.main.tx(ctx, "note an agreement", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO meeting (thread, mark, n, agreed) SELECT id, ?2, 0, 1 FROM thread WHERE id = ?1
			ON CONFLICT (thread, mark) DO UPDATE SET agreed = 1`, thread[:], mark[:])
		return err
	})
}

// Agreed gives the marks of those who have agreed on a card.
func (db *DB) Agreed(ctx context.Context, thread helpline.ID) ([]counsel.Bar, error) {
	all, err := blobs(ctx, db.main.read, `SELECT mark FROM meeting WHERE thread = ? AND agreed = 1 ORDER BY mark`, thread[:])
	var out []counsel.Bar
	for _, m := range all {
		out = append(out, counsel.Bar(m))
	}
	return out, explain("look who agreed", err)
}

// Nods lists who waits for one.
func (db *DB) Nods(ctx context.Context) ([]counsel.Nod, error) {
	const doing = "list who waits for a nod"
	rows, err := db.main.read.QueryContext(ctx, `SELECT id, person FROM nod ORDER BY id`)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var out []counsel.Nod
	for rows.Next() {
		var id, person []byte
		var n counsel.Nod
		if err := rows.Scan(&id, &person); err != nil {
			return nil, explain(doing, err)
		}
		n.ID, n.Person = helpline.ID(id), helpline.ID(person)
		out = append(out, n)
	}
	return out, explain(doing, rows.Err())
}

// DropNod forgets one that was given; NotFound when nobody waits for it.
func (db *DB) DropNod(ctx context.Context, nod helpline.ID) error {
	const doing = "give a nod"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `DELETE FROM nod WHERE id = ?`, nod[:])
		return one(done, err, doing)
	})
}
