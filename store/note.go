package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/vault"
)

var _ counsel.NoteRows = (*DB)(nil)

// ofAuthor is the reader of an author's own grant; a group's is its name.
const ofAuthor = "author"

// The statements of a save. They are compiled once: compiling them took a third
// of its time.
const (
	mayWriteSQL = `
		SELECT coalesce(s.holder, CASE WHEN c.day > 0 THEN c.author END), coalesce(c.saved, 0)
		FROM (SELECT ? AS contact) this
		LEFT JOIN standing s ON s.contact = this.contact
		LEFT JOIN closing c ON c.contact = this.contact`
	markSavedSQL = `
		INSERT INTO closing (contact, author, shred, saved, sealed)
		SELECT ?1, ?2, 0, 1, x''
		WHERE ?2 = coalesce((SELECT holder FROM standing WHERE contact = ?1),
		                    (SELECT author FROM closing WHERE contact = ?1 AND day > 0))
		ON CONFLICT (contact) DO UPDATE SET
		  author = excluded.author, shred = 0, saved = 1, sealed = x''
		WHERE saved = 0`
	insertNoteSQL = `
		INSERT INTO note (id, author, day, ends, revision, edition, shred, sealed)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	insertPermitsSQL = `
		INSERT INTO permit (note, reader, generation, sealed)
		VALUES (?, ?, 0, ?), (?, ?, ?, ?)`
)

// SaveNote keeps a note with its grants, raises the counters, drops the draft
// and marks the contact: all of it or nothing. NotFound unless the author holds
// or began the contact, Conflict when it has its note already.
func (db *DB) SaveNote(ctx context.Context, contact helpline.ID, n counsel.NoteRow, counts []counsel.Coded, at time.Time) error {
	const doing = "save a note"
	texts := []string{markSavedSQL, insertNoteSQL, insertPermitsSQL}
	rest := [][]any{
		{n.ID[:], n.Author[:], n.Day, n.Ends, int64(n.Revision), int64(n.Schema), n.Shred, n.Sealed},
		permits(n),
	}
	if len(counts) > 0 {
		text, args := raises(at.In(db.tally.zone), counts)
		texts, rest = append(texts, text), append(rest, args)
	}
	steps, err := db.main.prepared(ctx, doing, texts...)
	if err != nil {
		return err
	}
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		done, err := tx.StmtContext(ctx, steps[0]).ExecContext(ctx, contact[:], n.Author[:])
		if err != nil {
			return err
		}
		if marked, err := done.RowsAffected(); err != nil {
			return err
		} else if marked != 1 {
			return cmp.Or(mayWrite(tx.QueryRowContext(ctx, mayWriteSQL, contact[:]), doing, n.Author),
				helpline.Errorf(helpline.Internal, "%s: the contact could not be marked", doing))
		}
		for i, args := range rest {
			if _, err := tx.StmtContext(ctx, steps[i+1]).ExecContext(ctx, args...); err != nil {
				return turned(doing, err)
			}
		}
		return nil
	})
}

// mayWrite says whether a person may write about a contact now, by the row that
// mayWriteSQL gave: NotFound unless the person holds or began it, Conflict when
// its note is saved.
func mayWrite(row scanner, doing string, author helpline.ID) error {
	var holder []byte
	var saved bool
	err := row.Scan(&holder, &saved)
	switch {
	case err != nil:
		return err
	case string(holder) != string(author[:]):
		return missing(doing, sql.ErrNoRows)
	case saved:
		return helpline.Errorf(helpline.Conflict, "%s: this contact has its note already", doing)
	}
	return nil
}

// turned explains the refusal of a grant to an earlier generation.
func turned(doing string, err error) error {
	if refusedBy(err, "old generation") {
		return helpline.Errorf(helpline.Conflict, "%s: %w", doing, counsel.ErrTurned)
	}
	return err
}

func permits(n counsel.NoteRow) []any {
	return []any{n.ID[:], ofAuthor, n.ToAuthor, n.ID[:], vault.Supervisors, int64(n.Generation), n.ToGroup}
}

// raises is the statement that raises so many counters in the slots of a closing
// on the wall clock of the line, with what goes into it. There is one text for
// each length of a record.
func raises(local time.Time, counts []counsel.Coded) (string, []any) {
	day := fmt.Sprintf("d%d", (int(local.Weekday())+6)%7+1) // Monday is 1
	args := []any{week(local)}
	for _, c := range counts {
		slot := "w"
		if c.Daily {
			slot = day
		}
		args = append(args, slot, c.Field, c.Code)
	}
	return `INSERT INTO coded (week, slot, field, code, n) VALUES ` +
		strings.TrimSuffix(strings.Repeat(`(?1, ?, ?, ?, 1), `, len(counts)), `, `) +
		` ON CONFLICT DO UPDATE SET n = n + 1`, args
}

// ReviseNote replaces what is in a note if its revision still is from; Conflict
// otherwise, NotFound without a note.
func (db *DB) ReviseNote(ctx context.Context, n counsel.NoteRow, from uint64) error {
	const doing = "revise a note"
	return db.main.tx(ctx, doing, func(ctx context.Context, tx *sql.Tx) error {
		var stands int64
		err := tx.QueryRowContext(ctx, `SELECT revision FROM note WHERE id = ? AND author = ?`, n.ID[:], n.Author[:]).Scan(&stands)
		if err != nil {
			return missing(doing, err)
		}
		if stands != int64(from) {
			return helpline.Errorf(helpline.Conflict, "%s: it was changed meanwhile: open it again", doing)
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE note SET revision = ?, edition = ?, sealed = ? WHERE id = ?`,
			int64(n.Revision), int64(n.Schema), n.Sealed, n.ID[:])
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM permit WHERE note = ?`, n.ID[:]); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, insertPermitsSQL, permits(n)...)
		return turned(doing, err)
	})
}

// Note gives a note with its grants; NotFound.
func (db *DB) Note(ctx context.Context, id helpline.ID) (counsel.NoteRow, error) {
	const doing = "find a note"
	n, err := scanNote(db.main.read.QueryRowContext(ctx, `
		SELECT n.id, n.author, n.day, n.ends, n.revision, n.edition, n.shred,
		       h.shred, h.asked, h.confirmed, h.lifted,
		       n.sealed, own.sealed, theirs.sealed, theirs.generation
		FROM note n
		LEFT JOIN hold h ON h.note = n.id
		LEFT JOIN permit own ON own.note = n.id AND own.reader = ? AND own.generation = 0
		LEFT JOIN permit theirs ON theirs.note = n.id AND theirs.reader = ?
		WHERE n.id = ?
		ORDER BY theirs.generation DESC LIMIT 1`, ofAuthor, vault.Supervisors, id[:]), true)
	return n, missing(doing, err)
}

// NoteHeads lists the notes of an author, of everybody for the zero ID, without
// what is in them, the newest day first.
func (db *DB) NoteHeads(ctx context.Context, author helpline.ID) ([]counsel.NoteRow, error) {
	const doing = "list the notes"
	rows, err := db.main.read.QueryContext(ctx, `
		SELECT n.id, n.author, n.day, n.ends, n.revision, n.edition, n.shred,
		       h.shred, h.asked, h.confirmed, h.lifted
		FROM note n
		LEFT JOIN hold h ON h.note = n.id
		WHERE n.author = ? OR ?
		ORDER BY n.day DESC, n.id`, author[:], author.IsZero())
	if err != nil {
		return nil, explain(doing, err)
	}
	defer rows.Close()
	var all []counsel.NoteRow
	for rows.Next() {
		n, err := scanNote(rows, false)
		if err != nil {
			return nil, explain(doing, err)
		}
		all = append(all, n)
	}
	return all, explain(doing, rows.Err())
}

func scanNote(row scanner, whole bool) (counsel.NoteRow, error) {
	var n counsel.NoteRow
	var id, author, held []byte
	var revision, schema int64
	var generation sql.NullInt64
	into := []any{&id, &author, &n.Day, &n.Ends, &revision, &schema, &n.Shred, &held, &n.Held.Ask, &n.Held.Confirm, &n.Held.Lift}
	if whole {
		into = append(into, &n.Sealed, &n.ToAuthor, &n.ToGroup, &generation)
	}
	if err := row.Scan(into...); err != nil {
		return counsel.NoteRow{}, err
	}
	copy(n.ID[:], id)
	copy(n.Author[:], author)
	copy(n.HeldBy[:], held)
	clear(held)
	n.Revision, n.Schema, n.Generation = uint64(revision), uint64(schema), uint64(generation.Int64)
	return n, nil
}
