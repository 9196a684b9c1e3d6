package store

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"helpline"
)

// Re-granting with progress. Must reach 500 notes a second.
func BenchmarkRegrant(b *testing.B) {
	const notes = 10_000
	ctx := b.Context()
	db := open(b, b.TempDir())
	s, err := openSite(ctx, db)
	defer s.stop()
	if err != nil {
		b.Fatal(err)
	}
	kim, err := s.person(ctx, "Kim Visser", helpline.Supervisor, helpline.Counsellor)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := db.main.write.ExecContext(ctx, `PRAGMA synchronous = OFF`); err != nil { // filling is not what is measured
		b.Fatal(err)
	}
	for range notes {
		if err := s.note(ctx, kim); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := db.main.write.ExecContext(ctx, `PRAGMA synchronous = FULL`); err != nil {
		b.Fatal(err)
	}
	var spent, worked time.Duration
	leaves := kim.Person
	for b.Loop() {
		if err := s.team.Remove(ctx, s.anna, leaves); err != nil {
			b.Fatal(err)
		}
		from, cpu := time.Now(), processor(b)
		r, err := s.regrant(ctx)
		spent += time.Since(from)
		worked += processor(b) - cpu
		if err != nil || r.Done != notes || r.Failed != 0 {
			b.Fatalf("%+v, %v", r, err)
		}
		next, err := s.person(ctx, fmt.Sprint("Person ", rand.Uint64()), helpline.Supervisor)
		if err != nil {
			b.Fatal(err)
		}
		leaves = next.Person
	}
	b.ReportMetric(float64(notes)*float64(b.N)/spent.Seconds(), "notes/s")
	b.ReportMetric(float64(notes)*float64(b.N)/worked.Seconds(), "notes/cpu-s") // what is left of it on a machine with other work
}

// processor is how long this process has worked so far.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
