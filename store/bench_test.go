package store

import (
	"testing"

	"helpline"
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
