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
// code, and gives how many there were; NotFound without the thread.
func (db *DB) Meet(ctx context.Context, thread helpline.ID, mark counsel.Bar) (n int, err error) {
	const doing = "count a meeting"
	err = db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		return missing(doing, tx.QueryRowContext(ctx, `
			INSERT INTO meeting (thread, mark, n, agreed) SELECT id, ?2, 1, 0 FROM thread WHERE id = ?1
			ON CONFLICT (thread, mark) DO UPDATE SET n = n + 1
			RETURNING n`, thread[:], mark[:]).Scan(&n))
	})
	return n, err
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

// AskNod keeps that somebody waits for a nod; once for one conversation.
func (db *DB) AskNod(ctx context.Context, n counsel.Nod) error {
	return db.main.tx(ctx, "ask for a nod", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO nod (contact, person, times) VALUES (?, ?, ?)`, n.Contact[:], n.Person[:], n.Times)
		return err
	})
}

// Nods lists who waits for one.
func (db *DB) Nods(ctx context.Context) ([]counsel.Nod, error) {
	const doing = "list who waits for a nod"
	rows, err := db.main.read.QueryContext(ctx, `SELECT contact, person, times FROM nod ORDER BY contact, person`)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var out []counsel.Nod
	for rows.Next() {
		var contact, person []byte
		var n counsel.Nod
		if err := rows.Scan(&contact, &person, &n.Times); err != nil {
			return nil, explain(doing, err)
		}
		n.Contact, n.Person = helpline.ID(contact), helpline.ID(person)
		out = append(out, n)
	}
	return out, explain(doing, rows.Err())
}

// DropNod forgets one that was given; NotFound when nobody waits for it.
func (db *DB) DropNod(ctx context.Context, contact, person helpline.ID) error {
	const doing = "give a nod"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `DELETE FROM nod WHERE contact = ? AND person = ?`, contact[:], person[:])
		return one(done, err, doing)
	})
}
