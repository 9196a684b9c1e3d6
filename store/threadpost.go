package store

import (
	"context"
	"database/sql"
	"errors"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/vault"
)

var _ counsel.PostRows = (*DB)(nil)

// BeginThread keeps a thread with its first letter, or its card: all of it or
// nothing. Conflict wrapping ErrKept when thread or letter is there already, or
// ErrTurned.
func (db *DB) BeginThread(ctx context.Context, t counsel.ThreadRow, first ...counsel.LetterRow) error {
	const doing = "begin a thread"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO thread (id, name, sealkey, kind, locale, audience, urgent, waiting, holder, barred, doubt, due, ends, used)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, x'', ?, ?, ?, ?, ?)`,
			t.ID[:], t.Name[:], t.Key[:], t.Kind, t.Locale, t.Audience, t.Urgent, t.Waiting, barred(t.Barred), t.Doubt, t.Due, t.Ends, t.Used)
		if unique(err) {
			return kept(doing)
		}
		for _, l := range first {
			if err == nil {
				err = putLetter(ctx, tx, doing, l)
			}
		}
		return err
	})
}

// barred writes the marks of whom a thread is kept from, one behind the other.
func barred(marks []counsel.Bar) []byte {
	out := make([]byte, 0, 16*len(marks))
	for _, m := range marks {
		out = append(out, m[:]...)
	}
	return out
}

func kept(doing string) error {
	return helpline.Errorf(helpline.Conflict, "%s: %w", doing, counsel.ErrKept)
}

func putLetter(ctx context.Context, tx *sql.Tx, doing string, l counsel.LetterRow) error {
	var there int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM letter WHERE id = ?`, l.ID[:]).Scan(&there); err != nil {
		return err
	}
	if there > 0 {
		return kept(doing)
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO letter (id, thread, number, side, author, day, seen, shred, generation, sealed, to_thread, to_group)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		l.ID[:], l.Thread[:], int64(l.Number), int(l.Side), idOrNone(l.Author), l.Day, l.Seen, l.Shred, int64(l.Generation),
		l.Sealed, l.ToThread, append([]byte{}, l.ToGroup...))
	if unique(err) {
		return helpline.Errorf(helpline.Conflict, "%s: %w", doing, counsel.ErrBehind)
	}
	return turned(doing, err)
}

// AddLetter adds a letter and changes its thread. Conflict wrapping ErrKept,
// ErrBehind or ErrTurned, or when another holds it; NotFound without the thread.
func (db *DB) AddLetter(ctx context.Context, l counsel.LetterRow, t counsel.ThreadTurn) error {
	const doing = "keep a letter"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		if err := stands(ctx, tx, doing, l.Thread, t.Holder); err != nil {
			return err
		}
		if err := putLetter(ctx, tx, doing, l); err != nil {
			return err
		}
		return turnThread(ctx, tx, l.Thread, t)
	})
}

// stands says whether a thread is there and, when somebody is named, is held by
// that person.
func stands(ctx context.Context, tx *sql.Tx, doing string, thread, holder helpline.ID) error {
	var has []byte
	err := tx.QueryRowContext(ctx, `SELECT holder FROM thread WHERE id = ?`, thread[:]).Scan(&has)
	if err != nil {
		return missing(doing, err)
	}
	if !holder.IsZero() && string(has) != string(holder[:]) {
		return helpline.Errorf(helpline.Conflict, "%s: somebody else has it", doing)
	}
	return nil
}

// turnThread changes a thread with its new letter. What an answer ends, how
// urgent it was and by when it was due, stays until the answer was seen: it may
// be taken back.
func turnThread(ctx context.Context, tx *sql.Tx, thread helpline.ID, t counsel.ThreadTurn) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE thread SET waiting = ?1,
		  urgent = CASE ?1 WHEN 1 THEN ?2 ELSE urgent END, due = CASE ?1 WHEN 1 THEN ?3 ELSE due END,
		  ends = ?4, used = max(used, ?5),
		  kind = CASE kind WHEN 'card' THEN 'letter' ELSE kind END
		WHERE id = ?6`, t.Waiting, t.Urgent, t.Due, t.Ends, t.Used, thread[:])
	return err
}

// PutCard keeps a card in place of an earlier one and gives the number of the
// shred key of that one.
func (db *DB) PutCard(ctx context.Context, l counsel.LetterRow, used int) (replaced []int64, err error) {
	const doing = "keep a card"
	err = db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		replaced = nil
		if err := stands(ctx, tx, doing, l.Thread, helpline.ID{}); err != nil {
			return err
		}
		var old int64
		err := tx.QueryRowContext(ctx, `SELECT shred FROM letter WHERE thread = ? AND side = ? AND id <> ?`, l.Thread[:], int(vault.OnCard), l.ID[:]).Scan(&old)
		if err == nil {
			replaced = []int64{old}
		} else if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM letter WHERE thread = ? AND side = ? AND id <> ?`, l.Thread[:], int(vault.OnCard), l.ID[:]); err != nil {
			return err
		}
		if err := putLetter(ctx, tx, doing, l); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE thread SET used = max(used, ?) WHERE id = ?`, used, l.Thread[:])
		return err
	})
	if err != nil {
		return nil, err
	}
	return replaced, nil
}

// TakeBack takes back an answer of its author that nobody has seen, and gives
// the number of its shred key; Conflict once it was seen, NotFound. Where nothing
// else answers the visitor's newest letter the thread waits again, as urgent as it
// was and due when it was.
func (db *DB) TakeBack(ctx context.Context, thread, letter, author helpline.ID, t counsel.ThreadTurn) (shred int64, err error) {
	const doing = "withdraw an answer"
	err = db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		var seen bool
		err := tx.QueryRowContext(ctx, `SELECT seen, shred FROM letter WHERE id = ? AND thread = ? AND side = ? AND author = ?`,
			letter[:], thread[:], int(vault.ByLine), author[:]).Scan(&seen, &shred)
		if err != nil {
			return missing(doing, err)
		}
		if seen {
			return helpline.Errorf(helpline.Conflict, "%s: it was read already", doing)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM letter WHERE id = ?`, letter[:]); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE thread SET waiting = 1, due = CASE due WHEN 0 THEN ?2 ELSE due END, ends = ?3
			WHERE id = ?1 AND NOT EXISTS (
			  SELECT 1 FROM letter a WHERE a.thread = ?1 AND a.side = 2 AND a.number >
			    coalesce((SELECT max(v.number) FROM letter v WHERE v.thread = ?1 AND v.side = 1), 0))`, thread[:], t.Due, t.Ends)
		return err
	})
	return shred, err
}

// Visited marks a use of the code, and answers as seen.
func (db *DB) Visited(ctx context.Context, thread helpline.ID, day int, seen []helpline.ID) error {
	const doing = "mark what was read"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `
			UPDATE thread SET used = max(used, ?),
			  urgent = CASE waiting WHEN 1 THEN urgent ELSE 0 END, due = CASE waiting WHEN 1 THEN due ELSE 0 END
			WHERE id = ?`, day, thread[:])
		if err := one(done, err, doing); err != nil {
			return err
		}
		for _, id := range seen {
			if _, err := tx.ExecContext(ctx, `UPDATE letter SET seen = 1 WHERE id = ? AND thread = ?`, id[:], thread[:]); err != nil {
				return err
			}
		}
		return nil
	})
}
