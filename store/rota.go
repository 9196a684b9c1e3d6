package store

import (
	"context"
	"database/sql"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
)

var (
	_ counsel.RotaRows   = (*DB)(nil)
	_ counsel.RotaPeople = (*DB)(nil)
)

// RotaSerial is how often the rotas were changed.
func (db *DB) RotaSerial(ctx context.Context) (int64, error) {
	var n int64
	err := db.main.read.QueryRowContext(ctx, `SELECT serial FROM rota_serial WHERE id = 1`).Scan(&n)
	return n, explain("look whether the rotas have changed", err)
}

// LoadRotas gives every row, as they stood in one moment.
func (db *DB) LoadRotas(ctx context.Context) (counsel.RotaState, error) {
	const doing = "read the rotas"
	tx, err := db.main.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // one moment for all tables
	if err != nil {
		return counsel.RotaState{}, explain(doing, err)
	}
	defer func() { _ = tx.Rollback() }() // it has only read
	s, err := loadRotas(ctx, tx)
	if err != nil {
		return counsel.RotaState{}, explain(doing, err)
	}
	return s, nil
}

// ChangeRotas makes a change and raises the serial: rows that go first, then
// those that are put. All of it or nothing; Conflict when the serial or a row
// has changed since.
func (db *DB) ChangeRotas(ctx context.Context, c counsel.RotaChange) error {
	const doing = "change the rotas"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE rota_serial SET serial = serial + 1 WHERE id = 1 AND serial = ?`, c.Serial)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return rotaMoved(doing)
		}
		w := rotaWriter{ctx: ctx, tx: tx, doing: doing}
		w.drop(c.Gone)
		w.put(c.Put)
		w.note(c.Events)
		if w.err != nil {
			return w.err
		}
		return queueNotices(ctx, tx, c.Notices)
	})
}

func rotaMoved(doing string) error {
	return helpline.Errorf(helpline.Conflict, "%s: somebody else was faster: look again", doing)
}

// RotaEvents gives what happened from one instant until before another, the
// newest first.
func (db *DB) RotaEvents(ctx context.Context, from, until time.Time) ([]rota.Event, error) {
	const doing = "read what happened to the rotas"
	var out []rota.Event
	err := eachRow(ctx, db.main.read, doing, func(r *rotaRow) error {
		var e rota.Event
		err := r.scan(r.id(&e.ID), r.at(&e.At), r.id(&e.By), r.id(&e.For), &e.Kind, r.id(&e.Version), r.id(&e.Shift), r.id(&e.Assignment), r.id(&e.Swap))
		out = append(out, e)
		return err
	}, `
		SELECT id, at, person, behalf, kind, version, shift, assignment, swap FROM rota_event
		WHERE at >= ? AND at < ? ORDER BY at DESC, id`, instant(from), instant(until))
	return out, explain(doing, err)
}

// instant writes a time as seconds of UTC, and the zero time as 0.
func instant(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// dateText writes a date, and the zero date as nothing.
func dateText(d rota.Date) string {
	if d == (rota.Date{}) {
		return ""
	}
	return d.String()
}

// maybe gives an identifier, or NULL for the zero one.
func maybe(id helpline.ID) any {
	if id.IsZero() {
		return nil
	}
	return id[:]
}

// some gives an identifier, or an empty blob for the zero one.
func some(id helpline.ID) []byte {
	if id.IsZero() {
		return []byte{}
	}
	return id[:]
}
