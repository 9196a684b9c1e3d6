package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"helpline"
	"helpline/counsel/retention"
	"helpline/counsel/staff"
)

// What must stay gone, as the table of shred.db calls it.
const (
	gonePerson     = "person"
	goneInvitation = "invitation"
	goneErased     = "erased" // threads, and the notes that went with them
)

// RememberRemoved writes down that a person is removed, where a restore of an
// older copy of the database finds it. Call it before the change that removes
// the person: a crash in between errs on the safe side.
func (db *DB) RememberRemoved(ctx context.Context, person helpline.ID, now time.Time) error {
	return db.shred.remember(ctx, gonePerson, person[:], now)
}

// rememberPerson does it, and says whether the person was not on the list yet.
func (s *Shred) rememberPerson(ctx context.Context, person helpline.ID, now time.Time) (fresh bool, err error) {
	var n int
	err = s.file.read.QueryRowContext(ctx, `SELECT count(*) FROM gone WHERE sort = ? AND id = ?`, gonePerson, person[:]).Scan(&n)
	if err != nil {
		return false, explain("look who was removed", err)
	}
	return n == 0, s.remember(ctx, gonePerson, person[:], now)
}

// unremember takes a person off the list whose removal did not come about.
func (s *Shred) unremember(ctx context.Context, person helpline.ID) error {
	return s.file.tx(ctx, "take a person off the list of the removed", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM gone WHERE sort = ? AND id = ?`, gonePerson, person[:])
		return err
	})
}

// spend does the same for an invitation that is about to be used or replaced.
func (db *DB) spend(ctx context.Context, invitation []byte, now time.Time) error {
	return db.shred.remember(ctx, goneInvitation, invitation, now)
}

func (s *Shred) remember(ctx context.Context, sort string, id []byte, now time.Time) error {
	return s.rememberAll(ctx, sort, [][]byte{id}, now)
}

func (s *Shred) rememberAll(ctx context.Context, sort string, ids [][]byte, now time.Time) error {
	return s.file.tx(ctx, "write down what is gone", func(ctx context.Context, tx *sql.Tx) error {
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, `
				INSERT INTO gone (sort, id, day) VALUES (?, ?, ?)
				ON CONFLICT (sort, id) DO NOTHING`, sort, id, retention.Day(now)); err != nil {
				return err
			}
		}
		return nil
	})
}

// ApplyGone removes again, from a database that came from an older copy, the
// people who were removed, the invitations that were used and what was erased
// since. It says how many people it was.
func (db *DB) ApplyGone(ctx context.Context) (people int, err error) {
	const doing = "remove again what was removed since the copy"
	ids, err := blobs(ctx, db.shred.file.read, `SELECT id FROM gone WHERE sort = ?`, gonePerson)
	if err != nil {
		return 0, explain(doing, err)
	}
	spent, err := blobs(ctx, db.shred.file.read, `SELECT id FROM gone WHERE sort = ?`, goneInvitation)
	if err != nil {
		return 0, explain(doing, err)
	}
	erased, err := blobs(ctx, db.shred.file.read, `SELECT id FROM gone WHERE sort = ?`, goneErased)
	if err != nil {
		return 0, explain(doing, err)
	}
	err = db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		people = 0
		for _, hash := range spent {
			if _, err := tx.ExecContext(ctx, `DELETE FROM invitation WHERE hash = ?`, hash); err != nil {
				return err
			}
		}
		for _, id := range erased {
			for _, text := range []string{`DELETE FROM thread WHERE id = ?`, `DELETE FROM note WHERE id = ?`} {
				if _, err := tx.ExecContext(ctx, text, id); err != nil {
					return err
				}
			}
		}
		for _, id := range ids {
			was, err := removeAgain(ctx, tx, id)
			if err != nil {
				return err
			}
			people += was
		}
		return nil
	})
	return people, err
}

// removeAgain marks a person as removed and deletes every row that opens
// something for them.
func removeAgain(ctx context.Context, tx *sql.Tx, person []byte) (int, error) {
	done, err := tx.ExecContext(ctx, `UPDATE person SET state = ? WHERE id = ? AND state <> ?`, staff.Removed, person, staff.Removed)
	if refusedBy(err, "last supervisor") {
		return 0, helpline.Errorf(helpline.Conflict, "remove again what was removed since the copy: when it was made, somebody who was removed since was the only supervisor: take a newer copy")
	}
	if err != nil {
		return 0, err
	}
	was, err := done.RowsAffected()
	if err != nil {
		return 0, err
	}
	return int(was), dropBelongings(ctx, tx, person)
}

// dropBelongings deletes every row that opens something for a person: whatever
// refers to one and dies with one, and the grants of the own notes. What the
// person wrote stays with the supervisors.
func dropBelongings(ctx context.Context, tx *sql.Tx, person []byte) error {
	deletes, err := texts(ctx, tx, `
		SELECT 'DELETE FROM "' || t.name || '" WHERE "' || f."from" || '" = ?'
		FROM sqlite_schema t, pragma_foreign_key_list(t.name) f
		WHERE t.type = 'table' AND f."table" = 'person' AND f.on_delete = 'CASCADE'`)
	if err != nil {
		return err
	}
	deletes = append(deletes, `DELETE FROM nod WHERE person = ?`)
	for _, d := range append(deletes, `DELETE FROM permit WHERE reader = 'author' AND note IN (SELECT id FROM note WHERE author = ?)`) {
		if _, err := tx.ExecContext(ctx, d, person); err != nil {
			return err
		}
	}
	return nil
}

// TakeGone adds to the list what the list of another data folder has: of the
// one whose place this one will take. It says whether that could be read; a
// folder that holds no list is read.
func (db *DB) TakeGone(ctx context.Context, dir string) bool {
	path, err := filepath.Abs(filepath.Join(dir, keysName, shredName))
	if err != nil {
		return false
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return true
	}
	old, err := sql.Open("sqlite", dsn(path, url.Values{"mode": {"rw"}}))
	if err != nil {
		return false
	}
	defer old.Close()
	rows, err := old.QueryContext(ctx, `SELECT sort, id, day FROM gone`)
	if err != nil {
		return false
	}
	defer rows.Close()
	return db.shred.file.tx(ctx, "take over what is gone", func(ctx context.Context, tx *sql.Tx) error {
		for rows.Next() {
			var sort string
			var id []byte
			var day int
			if err := rows.Scan(&sort, &id, &day); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `
				INSERT INTO gone (sort, id, day) VALUES (?, ?, ?)
				ON CONFLICT (sort, id) DO NOTHING`, sort, id, day); err != nil {
				return err
			}
		}
		return rows.Err()
	}) == nil
}

// KnowGone writes down the people who stand as removed and are not on the list
// yet.
func (db *DB) KnowGone(ctx context.Context, now time.Time) error {
	const doing = "write down who was removed"
	removed, err := blobs(ctx, db.main.read, `SELECT id FROM person WHERE state = ?`, staff.Removed)
	if err != nil {
		return explain(doing, err)
	}
	return db.shred.file.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		for _, id := range removed {
			_, err := tx.ExecContext(ctx, `
				INSERT INTO gone (sort, id, day) VALUES (?, ?, ?)
				ON CONFLICT (sort, id) DO NOTHING`, gonePerson, id, retention.Day(now))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func blobs(ctx context.Context, from asker, query string, args ...any) ([][]byte, error) {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all [][]byte
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, rows.Err()
}
