package audit

import (
	"context"
	"testing"
)

// BenchmarkVerify checks a log of 100,000 entries with a key every 24.
func BenchmarkVerify(b *testing.B) {
	rows, first := long(b, 100_000, 24)
	for b.Loop() {
		if rep, err := Verify(context.Background(), rows, Wanted{Install: install, Keys: []Key{first}}); err != nil || rep.Fault != nil {
			b.Fatal(rep.Fault, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(rows)), "ns/entry")
}

// BenchmarkNext makes and signs one entry.
func BenchmarkNext(b *testing.B) {
	seed := Seed{1}
	at := HeadOf(install, Begin(install, &seed, 20000))
	for b.Loop() {
		if _, err := Next(install, at, &seed, 20000, Deed{Code: KeysTold}); err != nil {
			b.Fatal(err)
		}
	}
}
