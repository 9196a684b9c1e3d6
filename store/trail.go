package store

import (
	"context"
	"database/sql"
	"sync"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/retention"
)

var (
	_ counsel.Trail = (*Trail)(nil)
	_ audit.Source  = (*Trail)(nil)

	_ counsel.TrailLog = (*Trail)(nil)
)

// patience is how long a deed waits for its entry.
const patience = 10 * time.Second

// Trail is the audit log: rows in the database, and the key that signs them in
// keys/audit.key, which is in no backup. Several programs may write at once:
// whoever signs holds the lock of the key file from reading the end of the log
// to the commit. Nothing is remembered between two entries. Safe for
// concurrent use.
type Trail struct {
	main    *file
	dir     string // of keys
	install helpline.ID
	now     func() time.Time
	mu      sync.Mutex // spares the goroutines of this program the asking for the lock
}

// Trail is the audit log of an installation.
func (db *DB) Trail(install helpline.ID) *Trail {
	return &Trail{main: db.main, dir: db.keys.dir, install: install, now: time.Now}
}

// Record writes the entry of a deed. When it returns nil the entry is on the
// disk, signed. An error means that it is not, and the deed must not be done:
// Unavailable when the disk is full or the key does not fit the log.
func (t *Trail) Record(ctx context.Context, d audit.Deed) error {
	return t.signing(ctx, func(ctx context.Context, k *keeper) error { return k.append(ctx, d) })
}

// keeper has the lock of the key file, and knows the end of the log.
type keeper struct {
	t    *Trail
	file *auditFile
	fit  audit.Fit
	head audit.Head
}

// signing does something with the key that is in force. What a crash left in
// the key file is put right first, and recorded.
func (t *Trail) signing(ctx context.Context, do func(context.Context, *keeper) error) error {
	return t.locked(ctx, func(ctx context.Context, k *keeper) error {
		if err := k.fits(ctx); err != nil {
			return err
		}
		return do(ctx, k)
	})
}

func (t *Trail) locked(ctx context.Context, do func(context.Context, *keeper) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	t.mu.Lock()
	defer t.mu.Unlock()
	f, err := openAudit(ctx, t.dir, t.install)
	if err != nil {
		return err
	}
	defer f.close()
	k := &keeper{t: t, file: f}
	if k.head, err = t.head(ctx); err != nil {
		return err
	}
	if k.fit, err = audit.Match(f.slots, f.good, func(n int, h audit.Hash) (bool, error) { return t.stands(ctx, n, h) }); err != nil {
		return err
	}
	return do(ctx, k)
}

// fits refuses a key that does not fit the log, and repairs what a crash left.
func (k *keeper) fits(ctx context.Context) error {
	switch {
	case k.fit.State != audit.Ready && k.head.Entries == 0: // a line of a program that kept no log yet
		keys, err := readAnchors(k.t.dir)
		if err == nil && len(keys) == 0 {
			var first audit.Key
			return k.begin(ctx, &first)
		}
		if err != nil {
			return err
		}
		return lost()
	case k.fit.State == audit.Missing:
		return lost()
	case k.fit.State == audit.Behind:
		return helpline.Errorf(helpline.Unavailable, "sign the audit log: it ends before entry %d, which its key names: the database was restored or the log was cut; what must be recorded is refused until `helpline audit restart` was run", k.fit.Known-1)
	case !k.fit.Stale:
		return nil
	}
	found := "used"
	if k.fit.Unused {
		found = "unused"
	}
	if err := k.file.wipe(1 - k.fit.Use); err != nil {
		return err
	}
	k.fit.Stale = false
	return k.append(ctx, audit.Deed{Code: audit.LogRepair, Details: []audit.Detail{audit.Word("found", found)}})
}

func lost() error {
	return helpline.Errorf(helpline.Unavailable, "sign the audit log: its key is gone: what must be recorded is refused until `helpline audit restart` was run")
}

func (k *keeper) seed() *audit.Seed { return &k.file.slots[k.fit.Use].Seed }

// append writes the entry of a deed with the key in force.
func (k *keeper) append(ctx context.Context, d audit.Deed) error {
	rows, err := audit.Next(k.t.install, k.head, k.seed(), k.today(), d)
	if err != nil {
		return err
	}
	return k.write(ctx, rows)
}

func (k *keeper) today() int { return retention.Day(k.t.now()) }

func (k *keeper) write(ctx context.Context, rows []audit.Row) error {
	err := k.t.main.tx(ctx, "write into the audit log", func(ctx context.Context, tx *sql.Tx) error {
		return insertTrail(ctx, tx, rows)
	})
	if err == nil {
		k.head = audit.HeadOf(k.t.install, rows[len(rows)-1])
	}
	return err
}

func insertTrail(ctx context.Context, tx *sql.Tx, rows []audit.Row) error {
	for _, r := range rows {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO trail (number, day, actor, code, kind, object, details, before, signature)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			r.Number, r.Day, r.Actor[:], string(r.Code), string(r.Object.Kind), objectBytes(r.Object), r.Details, r.Before[:], r.Signature[:])
		if err != nil {
			return err
		}
	}
	return nil
}

func objectBytes(o audit.Object) []byte {
	if o.Kind == "" {
		return []byte{}
	}
	return o.ID[:]
}

// head reads the end of the log.
func (t *Trail) head(ctx context.Context) (audit.Head, error) {
	rows, err := t.query(ctx, "find the end of the audit log", ` ORDER BY number DESC LIMIT 1`)
	if err != nil || len(rows) == 0 {
		return audit.Head{}, err
	}
	return audit.HeadOf(t.install, rows[0]), nil
}

func (t *Trail) stands(ctx context.Context, n int, h audit.Hash) (bool, error) {
	rows, err := t.query(ctx, "look into the audit log", ` WHERE number = ?`, n)
	return err == nil && len(rows) == 1 && rows[0].Hash(t.install) == h, err
}

// Rows gives at most limit rows from a number on.
func (t *Trail) Rows(ctx context.Context, from, limit int) ([]audit.Row, error) {
	return t.query(ctx, "read the audit log", ` WHERE number >= ? ORDER BY number LIMIT ?`, from, limit)
}

// LastCut gives the newest row that says that older ones were cut.
func (t *Trail) LastCut(ctx context.Context) (audit.Row, bool, error) {
	rows, err := t.query(ctx, "read the audit log", ` WHERE code = ? ORDER BY number DESC LIMIT 1`, string(audit.LogCut))
	if err != nil || len(rows) == 0 {
		return audit.Row{}, false, err
	}
	return rows[0], true, nil
}

// query reads rows; where is what follows the name of the table.
func (t *Trail) query(ctx context.Context, doing, where string, args ...any) ([]audit.Row, error) {
	rows, err := t.main.read.QueryContext(ctx, `
		SELECT number, day, actor, code, kind, object, details, before, signature
		FROM trail`+where, args...)
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var out []audit.Row
	for rows.Next() {
		var r audit.Row
		var actor, object, before, signature []byte
		if err := rows.Scan(&r.Number, &r.Day, &actor, &r.Code, &r.Object.Kind, &object, &r.Details, &before, &signature); err != nil {
			return nil, explain(doing, err)
		}
		// The table holds them to their lengths; a changed table is seen as another entry.
		copy(r.Actor[:], actor)
		copy(r.Object.ID[:], object)
		copy(r.Before[:], before)
		copy(r.Signature[:], signature)
		out = append(out, r)
	}
	return out, explain(doing, rows.Err())
}
