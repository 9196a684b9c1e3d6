package rota

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// The size that a line is promised: six weeks, forty people, three shifts a
// day with languages, leaders and leave.
func sixWeeks(b testing.TB) (*Book, Profile) {
	return makeEmptyBook(1, 6, 40), mustProfile(b, "nl-atw")
}

// BenchmarkDraft is the whole way from a book to a legal draft.
func BenchmarkDraft(b *testing.B) {
	book, law := sixWeeks(b)
	var d Filling
	for b.Loop() {
		d = NewFiller(book, law, Given{}).Draft(b.Context(), 1)
	}
	b.ReportMetric(float64(d.Score.Total), "points")
	b.ReportMetric(float64(len(d.Gaps)), "gaps")
	b.ReportMetric(float64(len(hard(Check(d.In(book, ids(9)), law)))), "breaches")
}

// BenchmarkImprove is ten seconds of search after a draft, by the clock.
func BenchmarkImprove(b *testing.B) {
	book, law := sixWeeks(b)
	var d Filling
	for b.Loop() {
		f := NewFiller(book, law, Given{})
		f.Draft(b.Context(), 1)
		d = f.Improve(b.Context(), Effort{Seed: 1, Time: 10 * time.Second, Now: time.Now}, nil)
	}
	b.ReportMetric(float64(d.Score.Total), "points")
	b.ReportMetric(float64(d.Steps)/10, "steps/s")
}

// BenchmarkSuggest ranks forty people for one shift of a full rota.
func BenchmarkSuggest(b *testing.B) {
	book, law := sixWeeks(b)
	full := NewFiller(book, law, Given{}).Draft(b.Context(), 1).In(book, ids(9))
	for b.Loop() {
		if _, err := Suggest(full, law, full.Shifts[40].ID, Counsellor, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRepair mends a full rota after one person falls ill for a week.
func BenchmarkRepair(b *testing.B) {
	book, law := sixWeeks(b)
	full := NewFiller(book, law, Given{}).Draft(b.Context(), 1).In(book, ids(9))
	full.Leaves = append(slices.Clone(full.Leaves), Leave{Person: book.People[3].ID, Interval: Days(book.Version.First.Plus(7), book.Version.First.Plus(13), time.UTC)})
	for b.Loop() {
		Repair(b.Context(), full, law, Given{}, 1)
	}
}

// BenchmarkNurses is a million steps over an instance of the published
// benchmark's kind: thirty people, four weeks, four shifts.
func BenchmarkNurses(b *testing.B) {
	w := mustRead(b, madeTight(5, 30, 4, 4, 1))
	var roster [][]int
	for b.Loop() {
		roster, _ = w.solve(b.Context(), Effort{Seed: 1, Steps: 1_000_000})
	}
	cost, breaks := w.judge(roster)
	b.ReportMetric(float64(cost), "cost")
	b.ReportMetric(float64(len(breaks)), "breaches")
}

// processorTime is a clock of what this process has used of processors, so that
// ten seconds of one core are that beside other work too.
func processorTime() time.Time {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err) // it does not fail for oneself
	}
	return time.Unix(0, used.Utime.Nano()+used.Stime.Nano())
}

// qualityCommand holds short searches against the best of many long ones, on
// one core, by processor time.
func qualityCommand(t testing.TB, env func(string) string, out io.Writer) error {
	runtime.GOMAXPROCS(1)
	length := func(name string, otherwise time.Duration) time.Duration {
		if d, err := time.ParseDuration(env(name)); err == nil && d > 0 {
			return d
		}
		return otherwise
	}
	runs := 10
	if n, err := strconv.Atoi(env("ROTA_RUNS")); err == nil && n > 0 {
		runs = n
	}
	book, law := sixWeeks(t)
	search := func(seed int, long time.Duration) (int64, error) {
		f := NewFiller(book, law, Given{})
		f.Draft(t.Context(), uint64(seed))
		d := f.Improve(t.Context(), Effort{Seed: uint64(seed), Time: long, Now: processorTime}, nil)
		if found := hard(Check(d.In(book, ids(9)), law)); len(found) > 0 {
			return 0, fmt.Errorf("seed %d: %d hard breaches", seed, len(found))
		}
		_, err := fmt.Fprintf(out, "seed=%d time=%s points=%d steps=%d gaps=%d\n", seed, long, d.Score.Total, d.Steps, len(d.Gaps))
		return d.Score.Total, err
	}
	var best int64
	for seed := 1; seed <= runs; seed++ {
		points, err := search(seed, length("ROTA_LONG", 10*time.Minute))
		if err != nil {
			return err
		}
		if best == 0 || points < best {
			best = points
		}
	}
	for seed := 101; seed <= 103; seed++ {
		points, err := search(seed, length("ROTA_SHORT", 10*time.Second))
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%.2f %% above the best\n", 100*float64(points-best)/float64(best)); err != nil {
			return err
		}
	}
	return nil
}

// TestQualityIsHeldAgainstTheBest is a command for whoever has the hours:
//
//	ROTA_QUALITY=1 ROTA_SHORT=10s ROTA_LONG=10m ROTA_RUNS=10 go test -v -timeout 3h -run Quality ./counsel/rota
//
// Without ROTA_QUALITY it runs for a moment, so that it works when it is
// wanted; the checker judges every filling in either.
func TestQualityIsHeldAgainstTheBest(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	env := func(name string) string {
		return map[string]string{"ROTA_SHORT": "1ms", "ROTA_LONG": "1ms", "ROTA_RUNS": "1"}[name]
	}
	if os.Getenv("ROTA_QUALITY") != "" {
		env = os.Getenv
	}
	if err := qualityCommand(t, env, t.Output()); err != nil {
		t.Error(err)
	}
}
