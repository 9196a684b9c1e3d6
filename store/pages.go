package store

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"

	"helpline"
)

// piece is how many bytes of a database are read at once.
const piece = 1 << 20

// Copy writes the database page by page. Errors of the writer come back as
// they are. No copy of it is made on this host.
//
// While somebody reads, SQLite changes no page of the database file but those
// that its log held for the reader already. So a page that the log does not name
// stands in the file as the snapshot sees it, and is read from there, many at a
// time; SQLite is asked for the others.
func (s *Snapshot) Copy(ctx context.Context, to io.Writer) error {
	doing := "copy " + s.from.name
	logged, err := s.logged()
	if err != nil {
		return explainOS(doing, err)
	}
	buf := make([]byte, max(piece/s.page, 1)*s.page)
	for at := int64(0); at < s.Size; at += int64(len(buf)) {
		if err := ctx.Err(); err != nil {
			return explain(doing, err)
		}
		b := buf[:min(int64(len(buf)), s.Size-at)]
		n, err := s.from.plain.ReadAt(b, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return explainOS(doing, err)
		}
		for off := int64(0); off < int64(len(b)); off += s.page {
			page := b[off : off+s.page]
			number := (at + off) / s.page // counted from 0
			switch {
			case logged.has(number):
				if err := s.ask(ctx, number+1, page); err != nil {
					return explain(doing, err)
				}
			case off+s.page > int64(n): // nobody has this page
				return helpline.Errorf(helpline.Internal, "%s: the file is shorter than the database: stop helpline, copy the data folder aside and restore the last backup", doing)
			}
		}
		if _, err := to.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// ask lets SQLite fill in a page; the first is number 1.
func (s *Snapshot) ask(ctx context.Context, number int64, into []byte) error {
	var b []byte
	if err := s.conn.QueryRowContext(ctx, `SELECT data FROM sqlite_dbpage('main') WHERE pgno = ?`, number).Scan(&b); err != nil {
		return err
	}
	if len(b) != len(into) {
		return code(codeCorrupt)
	}
	copy(into, b)
	return nil
}

// marks is a set of pages, counted from 0.
type marks []uint64

func (m marks) has(n int64) bool { return m[n/64]&(1<<(n%64)) != 0 }

// logged gives the pages that SQLite's log may hold for this snapshot. What the
// log got later, or kept from before, is among them: that costs a question and
// harms nothing. None is missing: the log is not begun anew as long as somebody
// reads from it.
func (s *Snapshot) logged() (marks, error) {
	pages := s.Size / s.page
	m := make(marks, pages/64+1)
	log, err := os.Open(s.from.path + "-wal") // SQLite has no locks on this one
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return nil, err
	}
	defer log.Close()
	var head [frameHeader]byte
	for at := int64(walHeader); ; at += frameHeader + s.page {
		_, err := log.ReadAt(head[:], at)
		if errors.Is(err, io.EOF) {
			return m, nil
		}
		if err != nil {
			return nil, err
		}
		if n := int64(binary.BigEndian.Uint32(head[:])) - 1; n >= 0 && n < pages {
			m[n/64] |= 1 << (n % 64)
		}
	}
}
