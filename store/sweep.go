package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"helpline/counsel/retention"
)

// sweep says where the rows of a class stand, and which of them have had their
// time. Every sweep knows the parameters :today (a day), :now (seconds) and
// :days (of the class).
type sweep struct {
	class retention.Code
	file  func(*DB) *file
	table string
	over  string // condition; empty never is
	swept bool   // Sweep deletes them; others go with keys, or by their own rules
	of    string // condition on the rows of this class, where others share the table
}

func inMain(db *DB) *file   { return db.main }
func inLogins(db *DB) *file { return db.logins.file }
func inShred(db *DB) *file  { return db.shred.file }

// sweeps is the table of where each class stands.
var sweeps = []sweep{
	{retention.Notes, inMain, "note", "(ends <= :today OR day <= :today - :days) AND id NOT IN (SELECT note FROM hold WHERE length(confirmed) > 0)", false, ""},
	{retention.Drafts, inMain, "closing", "contact NOT IN (SELECT contact FROM standing) AND day + :days <= :today", false, ""},
	{retention.Letters, inMain, "letter", "side < 3 AND thread IN (SELECT id FROM thread WHERE ends > 0 AND ends <= :today)", false, "side < 3"},
	{retention.Cards, inMain, "thread", "used + :days <= :today", false, ""},
	{retention.Cards, inMain, "meeting", "thread NOT IN (SELECT id FROM thread)", false, ""},
	{retention.Holds, inMain, "hold", "", false, ""},
	{retention.Standings, inMain, "standing", "epoch < :today - 1", false, ""},
	{retention.Standings, inMain, "former", "contact NOT IN (SELECT contact FROM standing)", false, ""},
	{retention.Standings, inMain, "nod", "person NOT IN (SELECT id FROM person WHERE state <> 'removed')", true, ""}, // else until it is given
	{retention.Logins, inLogins, "login", "expiry <= :now", true, ""},
	{retention.Passes, inLogins, "pass", "expiry <= :now", true, ""},
	{retention.Invitations, inMain, "invitation", "expires <= :now", true, ""},
	{retention.Rescues, inMain, "rescue", "expires <= :now", true, ""},
	{retention.Spent, inShred, "gone", "sort = 'invitation' AND day + :days <= :today", true, "sort = 'invitation'"},
	{retention.Erased, inShred, "gone", "sort = 'erased' AND day + :days <= :today", true, "sort = 'erased'"},
	{retention.Rota, inMain, "rota_shift", "ends <= :now - :days * 86400", true, ""},
	{retention.Rota, inMain, "rota_assignment", "shift NOT IN (SELECT id FROM rota_shift)", true, ""}, // goes with its shift
	{retention.Rota, inMain, "rota_checkin", "came <= :now - :days * 86400", true, ""},
	{retention.Rota, inMain, "rota_version", "state <> 'draft' AND last_day < date((:today - :days) * 86400, 'unixepoch') AND id NOT IN (SELECT version FROM rota_shift)", true, "state <> 'draft'"},
	{retention.Rota, inMain, "rota_closure", "last_day < date((:today - :days) * 86400, 'unixepoch')", true, ""}, // a shift on a closed day was not worked: as long as there are such
	{retention.Wishes, inMain, "rota_version", "state = 'draft' AND last_day < date((:today - :days) * 86400, 'unixepoch')", true, "state = 'draft'"},
	{retention.Wishes, inMain, "rota_leave", "ends <= :now - :days * 86400", true, ""},
	{retention.Wishes, inMain, "rota_wish", "ends <= :now - :days * 86400", true, ""},
	{retention.Wishes, inMain, "rota_oncall", "ends <= :now - :days * 86400", true, ""},
	{retention.Wishes, inMain, "rota_event", "at <= :now - :days * 86400", true, ""},
	{retention.Wishes, inMain, "rota_swap", "gives IN (" + overPlaces + ")", true, ""},
	{retention.Wishes, inMain, "rota_ask", "place IN (" + overPlaces + ")", true, ""},
	{retention.Wishes, inMain, "rota_asked", "ask NOT IN (SELECT id FROM rota_ask)", true, ""}, // goes with its ask
	{retention.Plans, inMain, "rota", "", false, ""},
	{retention.Plans, inMain, "rota_template", "", false, ""},
	{retention.Plans, inMain, "rota_requirement", "", false, ""},
	{retention.Plans, inMain, "rota_acceptance", "", false, ""}, // goes with its version
	{retention.Plans, inMain, "rota_terms", "", false, ""},
	{retention.Plans, inMain, "rota_skill", "", false, ""},
	{retention.Plans, inMain, "rota_pause", "", false, ""},
	{retention.Removed, inShred, "gone", "", false, "sort = 'person'"},
	{retention.People, inMain, "person", "", false, ""},
	{retention.Audit, inMain, "trail", trailOver, false, ""},
	{retention.KeyLog, inMain, "keylog", "", false, ""},
	{retention.Notices, inMain, "notice", "state <> 'waits' AND ended / 86400 + :days <= :today", true, ""},
	{retention.Notices, inMain, "notice", "state = 'waits' AND until / 86400 + :days <= :today", true, "FALSE"}, // notices were switched off
	{retention.Notices, inMain, "call", "until / 86400 + :days <= :today", true, ""},
	{retention.Reaches, inMain, "reach", "", false, ""},
	{retention.Counters, inMain, "counter", "", false, ""},
	{retention.Counters, inMain, "arrival", "", false, ""},
}

// overPlaces picks the places whose shifts ended so many days ago.
const overPlaces = "SELECT a.id FROM rota_assignment a JOIN rota_shift s ON s.id = a.shift WHERE s.ends <= :now - :days * 86400"

// trailOver picks the entries of the audit log that are too old; those of keys
// stay, because the chain hangs on them, and so does the last entry.
const trailOver = "day + :days < :today AND code NOT IN ('log.first', 'log.key', 'log.restart') AND number < (SELECT max(number) FROM trail)"

// TrailBefore counts the entries of the audit log from before a day that are to
// be cut.
func (db *DB) TrailBefore(ctx context.Context, oldest int) (n int, err error) {
	err = db.main.read.QueryRowContext(ctx, `SELECT count(*) FROM trail WHERE `+trailOver,
		sql.Named("days", 0), sql.Named("today", oldest)).Scan(&n)
	return n, explain("look for old entries of the audit log", err)
}

func (s sweep) args(r retention.Rules, now time.Time) []any {
	days := 0
	for _, c := range r.Classes() {
		if c.Code == s.class {
			days = c.Days
		}
	}
	return []any{sql.Named("today", retention.Day(now)), sql.Named("now", seconds(now)), sql.Named("days", days)}
}

// Sweep deletes what has had its time and needs no key to be forgotten first.
// EmptyLogs must follow, of every file.
func (db *DB) Sweep(ctx context.Context, r retention.Rules, now time.Time) (map[retention.Code]int, error) {
	gone := map[retention.Code]int{}
	for _, s := range sweeps {
		if !s.swept {
			continue
		}
		doing := "remove what has expired: " + string(s.class)
		err := s.file(db).tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
			done, err := tx.ExecContext(ctx, fmt.Sprintf(`DELETE FROM %s WHERE %s`, s.table, s.over), s.args(r, now)...)
			if err != nil {
				return err
			}
			n, err := done.RowsAffected()
			gone[s.class] += int(n)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return gone, nil
}

// Census counts the rows of every class, in all its tables, and those that should
// have gone.
func (db *DB) Census(ctx context.Context, r retention.Rules, now time.Time) ([]retention.Count, error) {
	const doing = "count what is kept"
	var all []retention.Count
	for _, s := range sweeps {
		c := retention.Count{Code: s.class}
		from := s.file(db).read
		these := s.of
		if these == "" {
			these = "TRUE"
		}
		if err := from.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*) FROM %s WHERE %s`, s.table, these)).Scan(&c.Rows); err != nil {
			return nil, explain(doing, err)
		}
		if s.over != "" {
			if err := from.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*) FROM %s WHERE %s`, s.table, s.over), s.args(r, now)...).Scan(&c.Overdue); err != nil {
				return nil, explain(doing, err)
			}
		}
		at := slices.IndexFunc(all, func(o retention.Count) bool { return o.Code == s.class })
		if at < 0 {
			all = append(all, c)
			continue
		}
		all[at].Rows += c.Rows
		all[at].Overdue += c.Overdue
	}
	return all, nil
}

// small is up to how many bytes a file is written anew at every purge. Larger
// ones are once a week, because it takes as long as copying them twice.
const small = 64 << 20

// Rebuild writes the files anew, which removes the last bytes of rows that were
// moved or deleted, and the order in which rows were written. Without all it
// passes over the database of the line when that is large. It says whether it
// has written every file.
func (db *DB) Rebuild(ctx context.Context, all bool) (every bool, err error) {
	const doing = "write the files anew"
	if err := db.logins.file.rebuild(ctx, doing); err != nil {
		return false, err
	}
	if err := db.shred.file.rebuild(ctx, doing); err != nil {
		return false, err
	}
	var bytes int64
	err = db.main.read.QueryRowContext(ctx, `SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`).Scan(&bytes)
	if err != nil {
		return false, explain(doing, err)
	}
	if !all && bytes > small {
		return false, db.main.forget(ctx, doing)
	}
	return true, db.main.rebuild(ctx, doing)
}
