package store

import (
	"context"
	"database/sql"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
)

// BenchmarkAccept measures what a counsellor waits for: one durable row.
func BenchmarkAccept(b *testing.B) {
	db, err := Open(b.Context(), b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for b.Loop() {
		if _, err := db.Accept(b.Context(), accepted()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPerson measures the read that every request of staff makes.
func BenchmarkPerson(b *testing.B) {
	db, err := Open(b.Context(), b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for b.Loop() {
		if _, err := db.Person(b.Context(), helpline.ID{1}); helpline.KindOf(err) != helpline.NotFound {
			b.Fatal(err)
		}
	}
}

// BenchmarkNoteRead measures what opening a note asks of the disk: the note with
// its grants, its shred key and the key log. With what the vault does
// (BenchmarkOpen in counsel) it must stay under 5 ms.
func BenchmarkNoteRead(b *testing.B) {
	db, err := Open(b.Context(), b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	contact, author := aContact(b, db)
	n := aNote(b, db, author)
	if err := db.SaveNote(b.Context(), contact, n, nil, noon); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		_, err := db.Note(b.Context(), n.ID)
		if err == nil {
			_, err = db.Shred().Key(b.Context(), n.Shred)
		}
		if err == nil {
			_, err = db.KeyLog(b.Context())
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNote holds saving a note with its grants, the mark in place of the
// draft and the counters of a whole record against inserting the one row alone,
// both durable, in turns. "of-plain" is the median of the plain insert by that
// of the save: it must reach 0.6.
func BenchmarkNote(b *testing.B) {
	db, err := Open(b.Context(), b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	counts := make([]counsel.Coded, 17)
	for i := range counts {
		counts[i] = counsel.Coded{Field: "field-" + string(rune('a'+i)), Code: "code", Daily: i < 5}
	}
	insert := func(n counsel.NoteRow) error {
		id := helpline.NewID()
		return db.main.tx(b.Context(), "insert", func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `
				INSERT INTO note (id, author, day, ends, revision, edition, shred, sealed)
				VALUES (?, ?, ?, ?, 1, 1, ?, ?)`, id[:], n.Author[:], n.Day, n.Ends, n.Shred, n.Sealed)
			return err
		})
	}
	var plain, save []time.Duration
	for b.Loop() {
		contact, author := aContact(b, db)
		n := aNote(b, db, author)
		if err := db.PutDraft(b.Context(), counsel.DraftRow{Contact: contact, Author: author, Shred: n.Shred, Sealed: n.Sealed}); err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		if err := insert(n); err != nil {
			b.Fatal(err)
		}
		between := time.Now()
		if err := db.SaveNote(b.Context(), contact, n, counts, noon); err != nil {
			b.Fatal(err)
		}
		plain, save = append(plain, between.Sub(start)), append(save, time.Since(between))
	}
	slices.Sort(plain)
	slices.Sort(save)
	middle := len(plain) / 2
	b.ReportMetric(0, "ns/op") // the two together say nothing
	b.ReportMetric(float64(plain[middle].Nanoseconds()), "plain-ns")
	b.ReportMetric(float64(save[middle].Nanoseconds()), "save-ns")
	b.ReportMetric(float64(plain[middle])/float64(save[middle]), "of-plain")
}

// BenchmarkRecord writes entries of the audit log, each synced; the key file is
// read for each.
func BenchmarkRecord(b *testing.B) {
	db, err := Open(b.Context(), b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	trail := db.Trail(lineID)
	if _, err := trail.Begin(b.Context()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := trail.Record(b.Context(), audit.Deed{Code: audit.KeysTold}); err != nil {
			b.Fatal(err)
		}
	}
}
