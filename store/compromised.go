package store

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"time"

	"helpline/counsel/staff"
)

// Compromised counts what was ended after somebody else was in the machine.
type Compromised struct {
	Logins, Passes, Invitations int
	Spare                       int // shred keys that no record has
	People                      int // who must choose a new passphrase
	Reaches                     int // people who must say anew where notices reach them
}

// Compromised replaces every key this host holds that can be replaced, ends
// logins, the logins that see own shifts, open invitations and unfinished
// recoveries, and lets everybody choose a new passphrase at the next login. The
// line must not run. What is sealed stays as it is: its keys are in nobody's
// hands but its readers', and the installation key only gives the line its
// number, which stands in everything that is sealed. After an error it can be
// called again.
func (db *DB) Compromised(ctx context.Context, now time.Time) (c Compromised, err error) {
	if c.Spare, err = db.shred.renew(ctx); err != nil {
		return c, err
	}
	if err := db.logins.endAll(ctx, &c); err != nil {
		return c, err
	}
	err = db.main.tx(ctx, "end what opens something", func(ctx context.Context, tx *sql.Tx) error {
		count := func(into *int, query string, args ...any) error {
			done, err := tx.ExecContext(ctx, query, args...)
			if err != nil {
				return err
			}
			n, err := done.RowsAffected()
			*into = int(n)
			return err
		}
		if err := count(&c.People, `UPDATE person SET renew = 1 WHERE state = ?`, staff.Active); err != nil {
			return err
		}
		var rescues int
		if err := count(&rescues, `DELETE FROM rescue`); err != nil {
			return err
		}
		// Whoever was in the machine may have read the addresses, or put in their own.
		for _, table := range []string{"notice", "call"} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table); err != nil {
				return err
			}
		}
		if err := count(&c.Reaches, `DELETE FROM reach`); err != nil {
			return err
		}
		return count(&c.Invitations, `DELETE FROM invitation`)
	})
	if err != nil {
		return c, err
	}
	return c, db.keys.renew(now)
}

// renew destroys the keys of all days, the signer of backups and the key of
// notices, and makes those of today.
func (h *HostKeys) renew(now time.Time) error {
	h.mu.Lock()
	entries, err := os.ReadDir(h.dir)
	if err == nil {
		for _, e := range entries {
			if _, day := epochOf(e.Name()); !day && e.Name() != backupKeyName && e.Name() != noticeKeyName {
				continue
			}
			if err = retire(filepath.Join(h.dir, e.Name())); err != nil {
				break
			}
		}
	}
	h.mu.Unlock()
	if err != nil {
		return explainOS("destroy the keys of the days", err)
	}
	if err := syncFolder(h.dir); err != nil {
		return err
	}
	_, _, err = h.Days(now)
	return err
}

// renew destroys the shred keys that no record has: whoever copied the file
// has those, and nothing new is to be sealed with them.
func (s *Shred) renew(ctx context.Context) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.find(ctx); err != nil {
		return 0, err
	}
	spare := s.free
	if err := s.Forget(ctx, spare); err != nil {
		return 0, err
	}
	s.free = nil
	return len(spare), nil
}

// endAll ends every login, of both kinds.
func (l *Logins) endAll(ctx context.Context, c *Compromised) error {
	const doing = "end all logins"
	err := l.file.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		for table, into := range map[string]*int{"login": &c.Logins, "pass": &c.Passes} {
			done, err := tx.ExecContext(ctx, strings.Replace(`DELETE FROM here`, "here", table, 1))
			if err != nil {
				return err
			}
			n, err := done.RowsAffected()
			if err != nil {
				return err
			}
			*into = int(n)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return l.file.forget(ctx, doing)
}
