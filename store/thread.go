package store

import (
	"context"
	"database/sql"
	"slices"
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
	_ counsel.GoneRows    = (*DB)(nil)
)

const threadColumns = `t.id, t.name, t.sealkey, t.kind, t.locale, t.audience, t.urgent, t.waiting,
	t.holder, t.barred, t.doubt, t.due, t.ends, t.used`

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
	var id, name, key, holder, barred []byte
	into := []any{
		&id, &name, &key, &r.Kind, &r.Locale, &r.Audience, &r.Urgent, &r.Waiting,
		&holder, &barred, &r.Doubt, &r.Due, &r.Ends, &r.Used,
	}
	if err := row.Scan(append(into, more...)...); err != nil {
		return counsel.ThreadRow{}, err
	}
	copy(r.ID[:], id)
	copy(r.Name[:], name)
	copy(r.Key[:], key)
	copy(r.Holder[:], holder)
	for mark := range slices.Chunk(barred, 16) {
		r.Barred = append(r.Barred, counsel.Bar(mark))
	}
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

// ThreadsWaiting is how many letters and how many complaints wait for an answer.
func (db *DB) ThreadsWaiting(ctx context.Context) (n counsel.Waiting, err error) {
	err = db.main.read.QueryRowContext(ctx, `
		SELECT count(*) FILTER (WHERE kind <> 'wrong'), count(*) FILTER (WHERE kind = 'wrong' AND doubt = 0),
			count(*) FILTER (WHERE kind = 'wrong' AND doubt = 1)
		FROM thread WHERE waiting = 1`).Scan(&n.Letters, &n.Wrongs, &n.Doubts)
	return n, explain("count the threads that wait", err)
}

// LettersWaiting is how many threads wait for a counsellor on a day, and which of
// them because somebody may be hurt soon.
func (db *DB) LettersWaiting(ctx context.Context, today int) (all int, urgent []counsel.UrgentThread, err error) {
	const doing = "count the letters that wait"
	err = db.main.read.QueryRowContext(ctx, `SELECT count(*) FROM thread WHERE waiting = 1 AND kind <> 'wrong' AND ends > ?`, today).Scan(&all)
	if err != nil {
		return 0, nil, explain(doing, err)
	}
	rows, err := db.main.read.QueryContext(ctx, `
		SELECT id, holder FROM thread WHERE waiting = 1 AND kind <> 'wrong' AND urgent = 1 AND ends > ?`, today)
	if err != nil {
		return 0, nil, explain(doing, err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, holder []byte
		if err := rows.Scan(&id, &holder); err != nil {
			return 0, nil, explain(doing, err)
		}
		one := counsel.UrgentThread{Thread: helpline.ID(id)}
		copy(one.Holder[:], holder)
		urgent = append(urgent, one)
	}
	return all, urgent, explain(doing, rows.Err())
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
			UPDATE thread SET holder = x'', waiting = 0,
			  urgent = CASE waiting WHEN 1 THEN 0 ELSE urgent END, -- of what is answered an answer may still be taken back
			  due = CASE waiting WHEN 1 THEN 0 ELSE due END,
			  ends = CASE waiting WHEN 1 THEN ? ELSE ends END
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

// WasErased says whether a visitor has erased what an identifier names.
func (db *DB) WasErased(ctx context.Context, id helpline.ID) (bool, error) {
	all, err := blobs(ctx, db.shred.file.read, `SELECT id FROM gone WHERE sort = ? AND id = ?`, goneErased, id[:])
	return len(all) > 0, explain("look for what was erased", err)
}

// DropErased deletes a thread with all that hangs on it, and notes, in one
// durable transaction; what is not there is gone already. Notes that are held end
// today: once their hold is lifted nothing keeps them. It gives the numbers of
// the shred keys of the letters that stood there.
func (db *DB) DropErased(ctx context.Context, thread helpline.ID, notes, held []helpline.ID, today int) (shreds []int64, err error) {
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
		for _, id := range held {
			if _, err := tx.ExecContext(ctx, `UPDATE note SET ends = min(ends, max(day + 1, ?)) WHERE id = ?`, today, id[:]); err != nil {
				return err
			}
		}
		return nil
	})
	return shreds, err
}
