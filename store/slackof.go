package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
)

// slackOf looks through a database as it stands and gives how many pages it has
// and which of them hold bytes of no row.
func (f *file) slackOf(ctx context.Context) (pages int, dirty []uint32, err error) {
	doing := "look through the pages of " + f.name
	conn, err := f.read.Conn(ctx)
	if err != nil {
		return 0, nil, explain(doing, err)
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // one moment for all pages
	if err != nil {
		return 0, nil, explain(doing, err)
	}
	defer func() { _ = tx.Rollback() }() // it has only read
	page := func(n uint32) ([]byte, error) {
		var b []byte
		return b, tx.QueryRowContext(ctx, `SELECT data FROM sqlite_dbpage('main') WHERE pgno = ?`, n).Scan(&b)
	}
	first, err := page(1)
	if err != nil {
		return 0, nil, explain(doing, err)
	}
	s := newSlack(len(first))
	for at := binary.BigEndian.Uint32(first[32:]); at != 0; {
		b, err := page(at)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return 0, nil, explain(doing, err)
		}
		next, ok := s.trunk(at, b)
		if !ok {
			s.dirty = append(s.dirty, at)
			break
		}
		at = next
	}
	rows, err := tx.QueryContext(ctx, `SELECT data FROM sqlite_dbpage('main')`)
	if err != nil {
		return 0, nil, explain(doing, err)
	}
	defer rows.Close()
	var b sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&b); err != nil {
			return 0, nil, explain(doing, err)
		}
		s.see(b)
	}
	return int(s.pages), s.end(), explain(doing, rows.Err())
}
