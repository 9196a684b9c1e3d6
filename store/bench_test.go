package store

import (
	"context"
	"database/sql"
	"testing"

	"helpline"
	"helpline/counsel"
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

// BenchmarkNote holds saving a note with grants, draft, mark and the counters
// of a whole record against inserting the one row alone, both durable. The
// save must reach 0.6 of the plain insert.
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
	b.Run("plain insert", func(b *testing.B) {
		n := aNote(b, db, helpline.NewID())
		for b.Loop() {
			id := helpline.NewID()
			err := db.main.tx(b.Context(), "insert", func(ctx context.Context, tx *sql.Tx) error {
				_, err := tx.ExecContext(ctx, `
					INSERT INTO note (id, author, day, ends, revision, edition, shred, sealed)
					VALUES (?, ?, ?, ?, 1, 1, ?, ?)`, id[:], n.Author[:], n.Day, n.Ends, n.Shred, n.Sealed)
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("save", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			contact, author := aContact(b, db)
			n := aNote(b, db, author)
			b.StartTimer()
			if err := db.SaveNote(b.Context(), contact, n, counts, noon); err != nil {
				b.Fatal(err)
			}
		}
	})
}
