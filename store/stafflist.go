package store

import (
	"context"
	"database/sql"
	"slices"
	"sync"

	"helpline/counsel/staff"
)

// staffList is everybody, read once for as long as nobody writes. Its connection
// does nothing else, so that SQLite can tell it with one number whether anybody,
// this program or another, has written the file since it last looked.
type staffList struct {
	mu      sync.Mutex
	conn    *sql.Conn // nil until it is first asked, and after an error
	version int64     // of the file before all was read
	all     []staff.Person
	reads   int // how often all was read
}

// People lists everybody, by name. Roles, languages and audiences are shared:
// they are replaced and never changed in place.
func (db *DB) People(ctx context.Context) ([]staff.Person, error) {
	const doing = "list the people"
	if err := ctx.Err(); err != nil {
		return nil, explain(doing, err)
	}
	db.people.mu.Lock()
	defer db.people.mu.Unlock()
	all, err := db.people.look(context.WithoutCancel(ctx), db.main.read)
	if err != nil {
		db.people.forget()
		return nil, explain(doing, err)
	}
	return slices.Clone(all), nil
}

// look gives the list, read anew when the file has changed. A write between the
// number and the list makes the list newer than its number, never older.
func (l *staffList) look(ctx context.Context, from *sql.DB) ([]staff.Person, error) {
	var err error
	if l.conn == nil {
		if l.conn, err = from.Conn(ctx); err != nil {
			return nil, err
		}
	}
	var version int64
	if err := l.conn.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&version); err != nil {
		return nil, err
	}
	if l.all != nil && version == l.version {
		return l.all, nil
	}
	rows, err := l.conn.QueryContext(ctx, `
		SELECT id, name, alias, roles, locales, audiences, chats, state, language, demo, renew
		FROM person ORDER BY folded`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []staff.Person{}
	for rows.Next() {
		p, err := scanPerson(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	l.all, l.version = all, version
	l.reads++
	return all, nil
}

// forget drops list and connection: the number of another connection says
// nothing about this list.
func (l *staffList) forget() {
	if l.conn != nil {
		_ = l.conn.Close() // nothing was written through it
	}
	l.conn, l.all = nil, nil
}
