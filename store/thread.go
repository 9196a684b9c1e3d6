package store

import (
	"context"
	"database/sql"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/vault"
)

var (
	_ counsel.ThreadRows  = (*DB)(nil)
	_ counsel.HolderRows  = (*DB)(nil)
	_ counsel.WaitingRows = (*DB)(nil)
	_ counsel.ErasedRows  = (*DB)(nil)
)

const threadColumns = `t.id, t.name, t.sealkey, t.kind, t.locale, t.audience, t.urgent, t.waiting,
	t.holder, t.about, t.due, t.ends, t.used`

// Thread gives a thread by its identifier; NotFound.
func (db *DB) Thread(ctx context.Context, id helpline.ID) (counsel.ThreadRow, error) {
	return db.thread(ctx, `SELECT `+threadColumns+` FROM thread t WHERE t.id = ?`, id)
}

// ThreadNamed gives a thread by the name out of a code; NotFound.
func (db *DB) ThreadNamed(ctx context.Context, name helpline.ID) (counsel.ThreadRow, error) {
	return db.thread(ctx, `SELECT `+threadColumns+` FROM thread t WHERE t.name = ?`, name)
}

func (db *DB) thread(ctx context.Context, query string, id helpline.ID) (counsel.ThreadRow, error) {
	r, err := scanThread(db.main.read.QueryRowContext(ctx, query, id[:]))
	return r, missing("find a thread", err)
}

// Threads lists what has letters, the most urgent and then the oldest due first;
// what waits for nobody comes last.
func (db *DB) Threads(ctx context.Context) ([]counsel.ThreadRow, error) {
	const doing = "list the threads"
	rows, err := db.main.read.QueryContext(ctx, `
		SELECT `+threadColumns+`,
		  (SELECT count(*) FROM letter l WHERE l.thread = t.id AND l.side = 1 AND l.number >
		    coalesce((SELECT max(a.number) FROM letter a WHERE a.thread = t.id AND a.side = 2), 0)),
		  (SELECT count(*) FROM letter l WHERE l.thread = t.id AND l.side < 3)
		FROM thread t
		WHERE t.ends > 0
		ORDER BY t.waiting DESC, t.urgent DESC, t.due, t.id`)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var all []counsel.ThreadRow
	for rows.Next() {
		var news, letters int
		r, err := scanThread(rows, &news, &letters)
		if err != nil {
			return nil, explain(doing, err)
		}
		r.News, r.Letters = news, letters
		all = append(all, r)
	}
	return all, explain(doing, rows.Err())
}

func scanThread(row scanner, more ...any) (counsel.ThreadRow, error) {
	var r counsel.ThreadRow
	var id, name, key, holder, about []byte
	into := []any{
		&id, &name, &key, &r.Kind, &r.Locale, &r.Audience, &r.Urgent, &r.Waiting,
		&holder, &about, &r.Due, &r.Ends, &r.Used,
	}
	if err := row.Scan(append(into, more...)...); err != nil {
		return counsel.ThreadRow{}, err
	}
	copy(r.ID[:], id)
	copy(r.Name[:], name)
	copy(r.Key[:], key)
	copy(r.Holder[:], holder)
	copy(r.About[:], about)
	return r, nil
}

// Letters gives a thread's letters in order, the card first.
func (db *DB) Letters(ctx context.Context, thread helpline.ID) ([]counsel.LetterRow, error) {
	const doing = "read a thread"
	rows, err := db.main.read.QueryContext(ctx, `
		SELECT id, number, side, author, day, seen, shred, generation, sealed, to_thread, to_group
		FROM letter WHERE thread = ? ORDER BY number`, thread[:])
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var all []counsel.LetterRow
	for rows.Next() {
		l := counsel.LetterRow{Thread: thread}
		var id, author []byte
		var number, generation int64
		var side int
		if err := rows.Scan(&id, &number, &side, &author, &l.Day, &l.Seen, &l.Shred, &generation, &l.Sealed, &l.ToThread, &l.ToGroup); err != nil {
			return nil, explain(doing, err)
		}
		copy(l.ID[:], id)
		copy(l.Author[:], author)
		l.Number, l.Generation, l.Side = uint64(number), uint64(generation), vault.Side(side)
		all = append(all, l)
	}
	return all, explain(doing, rows.Err())
}

// ThreadsWaiting is how many threads wait for an answer.
func (db *DB) ThreadsWaiting(ctx context.Context) (all int, err error) {
	err = db.main.read.QueryRowContext(ctx, `SELECT count(*) FROM thread WHERE waiting = 1`).Scan(&all)
	return all, explain("count the threads that wait", err)
}

// LettersWaiting is how many threads wait for a counsellor, and how many of them
// because somebody may be hurt soon and nobody has taken them yet.
func (db *DB) LettersWaiting(ctx context.Context) (all, alarms int, err error) {
	err = db.main.read.QueryRowContext(ctx, `
		SELECT count(*), coalesce(sum(urgent = 1 AND holder = x''), 0)
		FROM thread WHERE waiting = 1 AND kind <> 'wrong'`).Scan(&all, &alarms)
	return all, alarms, explain("count the letters that wait", err)
}

// Take gives a thread to a person if it is still held by from; Conflict
// otherwise, NotFound.
func (db *DB) Take(ctx context.Context, thread, from, to helpline.ID) error {
	const doing = "take a thread"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE thread SET holder = ? WHERE id = ? AND holder = ? AND ends > 0`, idOrNone(to), thread[:], idOrNone(from))
		return held(ctx, tx, done, err, doing, thread)
	})
}

// Finish says that a thread waits for nobody any more and lets go of it, if the
// person holds it; Conflict otherwise.
func (db *DB) Finish(ctx context.Context, thread, holder helpline.ID, ends int) error {
	const doing = "finish a thread"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `
			UPDATE thread SET holder = x'', waiting = 0, urgent = 0, due = 0, ends = CASE waiting WHEN 1 THEN ? ELSE ends END
			WHERE id = ? AND holder = ? AND ends > 0`, ends, thread[:], holder[:])
		return held(ctx, tx, done, err, doing, thread)
	})
}

// held explains a change that found no row: the thread is not there, or another
// holds it.
func held(ctx context.Context, tx *sql.Tx, done sql.Result, err error, doing string, thread helpline.ID) error {
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n > 0 {
		return err
	}
	var there int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM thread WHERE id = ? AND ends > 0`, thread[:]).Scan(&there); err != nil {
		return err
	}
	if there == 0 {
		return missing(doing, sql.ErrNoRows)
	}
	return helpline.Errorf(helpline.Conflict, "%s: somebody else has it", doing)
}

// idOrNone writes the zero identifier as nothing.
func idOrNone(id helpline.ID) []byte {
	if id.IsZero() {
		return []byte{}
	}
	return id[:]
}

// Links gives the sealed links of a thread.
func (db *DB) Links(ctx context.Context, thread helpline.ID) ([][]byte, error) {
	all, err := blobs(ctx, db.main.read, `SELECT sealed FROM link WHERE thread = ? ORDER BY id`, thread[:])
	return all, explain("find what belongs to a thread", err)
}

// KeepLink keeps a sealed link; NotFound without the thread.
func (db *DB) KeepLink(ctx context.Context, thread helpline.ID, sealed []byte) error {
	const doing = "link a note to a thread"
	id := helpline.NewID()
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `
			INSERT INTO link (id, thread, sealed) SELECT ?, id, ? FROM thread WHERE id = ?`, id[:], sealed, thread[:])
		return one(done, err, doing)
	})
}

// RememberErased writes down what must stay gone, where a restore of an older
// copy finds it.
func (db *DB) RememberErased(ctx context.Context, ids []helpline.ID, now time.Time) error {
	all := make([][]byte, len(ids))
	for i := range ids {
		all[i] = ids[i][:]
	}
	return db.shred.rememberAll(ctx, goneErased, all, now)
}

// DropErased deletes a thread with all that hangs on it, and notes, in one
// durable transaction; what is not there is gone already. It gives the numbers of
// the shred keys of the letters that stood there.
func (db *DB) DropErased(ctx context.Context, thread helpline.ID, notes []helpline.ID) (shreds []int64, err error) {
	err = db.main.tx(ctx, "erase a thread", func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `DELETE FROM letter WHERE thread = ? RETURNING shred`, thread[:])
		if err != nil {
			return err
		}
		defer rows.Close()
		shreds = nil
		for rows.Next() {
			var n int64
			if err := rows.Scan(&n); err != nil {
				return err
			}
			shreds = append(shreds, n)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM thread WHERE id = ?`, thread[:]); err != nil {
			return err
		}
		for _, id := range notes {
			if _, err := tx.ExecContext(ctx, `DELETE FROM note WHERE id = ?`, id[:]); err != nil {
				return err
			}
		}
		return nil
	})
	return shreds, err
}
