package rota

import (
	"errors"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"
	"time"
)

func TestAHalfHourIsThatOfTheWallClock(t *testing.T) {
	ams := zone(t, "Europe/Amsterdam")
	for text, want := range map[string]Cell{
		"2026-11-23T19:29:59Z": 40, // Monday 20:29 in Amsterdam
		"2026-11-23T19:30:00Z": 41,
		"2026-11-22T22:59:00Z": Cells - 1,
		"2026-11-22T23:00:00Z": 0,
		"2026-10-25T00:15:00Z": 6*Halves + 4, // 02:15 for the first time
		"2026-10-25T01:15:00Z": 6*Halves + 4, // and for the second
		"2026-03-29T01:15:00Z": 6*Halves + 6, // 03:15, there is no 02:15
	} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := CellOf(at.In(ams)); got != want {
			t.Errorf("%s is half hour %d, want %d", text, got, want)
		}
	}
}

// TestAClockThatIsSetGivesAHalfHourTwiceOrNever walks the weeks of both nights
// minute by minute, as the line counts them.
func TestAClockThatIsSetGivesAHalfHourTwiceOrNever(t *testing.T) {
	for _, c := range []struct {
		zone          string
		sunday        Date
		cell          Cell
		minutes, week int
	}{
		{"Europe/Amsterdam", Date{2026, time.October, 25}, 6*Halves + 4, 60, 7*1440 + 60},
		{"Europe/Amsterdam", Date{2026, time.March, 29}, 6*Halves + 4, 0, 7*1440 - 60},
		{"Australia/Lord_Howe", Date{2026, time.April, 5}, 6*Halves + 3, 60, 7*1440 + 30},
		{"Australia/Lord_Howe", Date{2026, time.October, 4}, 6*Halves + 4, 0, 7*1440 - 30},
	} {
		z := zone(t, c.zone)
		monday := Monday(c.sunday)
		var counted [Cells]int
		sum := 0
		for at, end := FirstOf(monday, 0, z), FirstOf(monday.Plus(7), 0, z); at.Before(end); at = at.Add(time.Minute) {
			counted[CellOf(at.In(z))]++
			sum++
		}
		if counted[c.cell] != c.minutes || sum != c.week {
			t.Errorf("%s %s: %d minutes in half hour %d, %d in all; want %d and %d", c.zone, c.sunday, counted[c.cell], c.cell, sum, c.minutes, c.week)
		}
	}
}

func TestWeeksAreNamedAndFoundAgain(t *testing.T) {
	for d := (Date{2019, time.December, 20}); d.Year < 2028; d = d.Plus(1) {
		monday, err := ParseWeekName(WeekName(d))
		if err != nil || monday != Monday(d) || monday.Weekday() != time.Monday {
			t.Fatalf("%s is %s, which begins on %s, %v", d, WeekName(d), monday, err)
		}
	}
	for _, bad := range []string{"", "2026-W00", "2026-W54", "2027-W53", "2026-W471", "2026-w47", "-026-W47", "2026-W4", "0000-W01"} {
		if d, err := ParseWeekName(bad); err == nil {
			t.Errorf("%q is %s", bad, d)
		}
	}
}

func TestALotIsHalfAsLikelyWithEveryStep(t *testing.T) {
	// All pairs of the low eleven bits of each row of coins stand for all 64, up to ten steps.
	count := map[int]float64{}
	const n = 11
	for a := range uint64(1 << n) {
		for b := range uint64(1 << n) {
			if a == 0 || b == 0 {
				continue // longer rows than these bits tell
			}
			count[Lot(a|b<<32)]++
		}
	}
	for step := range 5 {
		for _, sign := range []int{1, -1} {
			ratio := count[sign*(step+1)] / count[sign*step]
			if math.Abs(ratio-0.5) > 0.01 {
				t.Errorf("%d is %.3f as likely as %d, want half", sign*(step+1), ratio, sign*step)
			}
		}
	}
	var mean, spread float64
	r := rand.New(rand.NewPCG(1, 1))
	const draws = 400_000
	for range draws {
		l := float64(Lot(r.Uint64()))
		mean += l / draws
		spread += l * l / draws
	}
	if math.Abs(mean) > 0.02 || math.Abs(spread-LotSpread) > 0.06 {
		t.Errorf("lots have the mean %.3f and the variance %.3f, want 0 and %v", mean, spread, LotSpread)
	}
	if Lot(0) != 0 || Lot(math.MaxUint64) != 0 || bits.Len(uint(Lot(1<<32))) > 5 {
		t.Error("a lot of bits that do not end is not bounded")
	}
}

// TestPromiseNoNumberOfAHalfHourSaysThatSomebodyCame holds two weeks against each
// other that differ by one visitor: whatever is written is at most twice as
// likely under one of them, four times when the visitor was missed too.
func TestPromiseNoNumberOfAHalfHourSaysThatSomebodyCame(t *testing.T) {
	const draws = 60_000
	quiet := SeenWeek{Monday: lastMonday}
	quiet.Halves[40] = Seen{Open: 30, Up: 30}
	visited := quiet
	visited.Halves[40].Came = 1
	visited.Halves[40].Missed = 1
	seen := [2]map[[2]int]float64{{}, {}}
	r := rand.New(rand.NewPCG(2, 9))
	for i, w := range []SeenWeek{quiet, visited} {
		for range draws {
			b, err := w.Blur(func() (uint64, error) { return r.Uint64(), nil })
			if err != nil {
				t.Fatal(err)
			}
			s := b.Week().Halves[40]
			seen[i][[2]int{s.Came, s.Missed}]++
		}
	}
	tried := 0
	for written, n := range seen[0] {
		m := seen[1][written]
		if n < 800 || m < 800 {
			continue // too seldom to weigh
		}
		tried++
		if ratio := max(n/m, m/n); ratio > 4*1.15 {
			t.Errorf("%v is %.2f times as likely with one visitor more or less", written, ratio)
		}
	}
	if tried < 6 {
		t.Errorf("only %d written pairs were weighed", tried)
	}
	// A half hour that saw nobody gets numbers as well, so that having one says nothing.
	if len(seen[0]) < 20 {
		t.Errorf("a quiet half hour is written in %d ways", len(seen[0]))
	}
}

func TestBlurTouchesEveryHalfHourThatWasWatchedAndNoDay(t *testing.T) {
	w := SeenWeek{Monday: lastMonday}
	for c := range w.Halves {
		if c%2 == 0 {
			w.Halves[c] = Seen{Up: 30}
		}
	}
	w.Halves[7] = Seen{Came: 3} // counted while nothing says that it ran
	w.Days[2] = Seen{Came: 11, Missed: 4, Open: 180, Up: 1440}
	draws := 0
	b, err := w.Blur(func() (uint64, error) { draws++; return 1 | 1<<40, nil }) // a lot of -8
	if err != nil {
		t.Fatal(err)
	}
	got := b.Week()
	if draws != 4*Cells/2 || got.Days != w.Days || got.Monday != w.Monday {
		t.Errorf("%d lots were drawn; the days are %v", draws, got.Days)
	}
	for c, s := range got.Halves {
		if want := (Seen{Came: -8, Missed: -8, Shut: -8, Flood: -8, Up: 30}); c%2 == 0 && s != want || c%2 == 1 && s != (Seen{}) {
			t.Fatalf("half hour %d is %+v", c, s)
		}
	}
	if w.Halves[0].Came != 0 {
		t.Error("the week itself was changed")
	}
	broken := errors.New("no chance left")
	if b, err := w.Blur(func() (uint64, error) { return 0, broken }); !errors.Is(err, broken) || b.Week() != (SeenWeek{}) {
		t.Errorf("without chance: %v", err)
	}
}
