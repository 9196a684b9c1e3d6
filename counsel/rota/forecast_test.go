package rota

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// poisson draws a count.
func poisson(r *rand.Rand, mean float64) int {
	n, p := 0, r.Float64()
	for limit := math.Exp(-mean); p > limit; n++ {
		p *= r.Float64()
	}
	return n
}

// lastMonday is the Monday after the weeks of these tests.
var lastMonday = Date{2026, time.November, 23}

// evenings is when the line of these tests is open: 19 to 22 on weekdays, 14 to
// 17 on Saturday.
func evenings(c Cell) bool {
	if c.Day() == 5 {
		return c.Half() >= 28 && c.Half() < 34
	}
	return c.Day() < 5 && c.Half() >= 38 && c.Half() < 44
}

// rates is what truly comes to it in a half hour, open or not.
func rates(c Cell) float64 {
	day := []float64{1.2, 1, 0.9, 1, 0.7, 1.5, 1.6}[c.Day()]
	return 2 * day * math.Exp(-math.Pow(float64(c.Half()-41)/8, 2))
}

// played makes so many weeks by chance, lots and all when blurred.
func played(t *testing.T, r *rand.Rand, n int, rate func(Cell) float64, blurred bool) []SeenWeek {
	t.Helper()
	var out []SeenWeek
	for age := n; age > 0; age-- {
		w := SeenWeek{Monday: lastMonday.Plus(-7 * age)}
		for c := range w.Halves {
			s := Seen{Up: 30}
			if evenings(Cell(c)) {
				s.Open = 30
				s.Came = poisson(r, rate(Cell(c)))
				s.Missed = s.Came / 4
			} else {
				s.Shut = poisson(r, rate(Cell(c))/10)
			}
			w.Halves[c] = s
			w.Days[c/Halves] = w.Days[c/Halves].plus(s)
		}
		if blurred {
			b, err := w.Blur(func() (uint64, error) { return r.Uint64(), nil })
			if err != nil {
				t.Fatal(err)
			}
			w = b.Week()
		}
		out = append(out, w)
	}
	return out
}

// off is the mean distance of a forecast from the truth, over the half hours
// that are picked.
func off(f *Forecast, rate func(Cell) float64, pick func(Cell) bool) float64 {
	var sum, n float64
	for c := range Cell(Cells) {
		if pick(c) {
			sum += math.Abs(f.Mean(c) - rate(c))
			n++
		}
	}
	return sum / n
}

func TestTheForecastFindsTheRatesAlsoUnderLots(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, blurred := range []bool{false, true} {
		weeks := played(t, r, 26, rates, blurred)
		f := Fit(weeks, lastMonday, HalfLife, Coming)
		if d := off(f, rates, evenings); f.Weeks != 26 || d > 0.3 {
			t.Errorf("blurred %v: %d weeks, off by %.2f of about 2", blurred, f.Weeks, d)
		}
		// The raw mean of the last four weeks is what a person would look at.
		raw := func(c Cell) float64 {
			n := 0.0
			for _, w := range weeks[22:] {
				n += float64(w.Halves[c].Came) / 4
			}
			return n
		}
		var sum, n float64
		for c := range Cell(Cells) {
			if evenings(c) {
				sum += math.Abs(raw(c) - rates(c))
				n++
			}
		}
		if off(f, rates, evenings) >= sum/n {
			t.Errorf("blurred %v: off by %.2f, no better than the mean of four weeks, %.2f", blurred, off(f, rates, evenings), sum/n)
		}
	}
}

func TestAHalfHourThatWasNeverOpenIsUnknownAndNotZero(t *testing.T) {
	f := Fit(played(t, rand.New(rand.NewPCG(4, 4)), 26, rates, false), lastMonday, HalfLife, Coming)
	sunday, monday := Cell(6*Halves+40), Cell(40)
	if f.Knows(sunday) || !f.Knows(monday) {
		t.Error("it does not know what it has seen")
	}
	if m := f.Mean(sunday); m < 0.5*f.Mean(monday) {
		t.Errorf("Sunday evening, never open, is expected to bring %.2f", m)
	}
	if f.Upper(sunday, 0.8)/f.Mean(sunday) <= f.Upper(monday, 0.8)/f.Mean(monday) {
		t.Error("what was never seen is as sure as what was")
	}
}

func TestWhatBelongsToOneHalfHourAloneIsLearned(t *testing.T) {
	odd := func(c Cell) float64 { // Tuesdays at eight are not like other evenings
		if c == 1*Halves+40 {
			return 9
		}
		return rates(c)
	}
	f := Fit(played(t, rand.New(rand.NewPCG(5, 5)), 40, odd, true), lastMonday, HalfLife, Coming)
	if m := f.Mean(1*Halves + 40); m < 6 {
		t.Errorf("Tuesday at eight is expected to bring %.1f, want about 9", m)
	}
}

func TestOldWeeksAreForgotten(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	weeks := played(t, r, 40, func(Cell) float64 { return 1 }, false)
	late := played(t, r, 16, func(Cell) float64 { return 5 }, false)
	copy(weeks[24:], late)
	f, all := Fit(weeks, lastMonday, HalfLife, Coming), Fit(weeks, lastMonday, math.Inf(1), Coming)
	if f.Mean(40) < 3.7 || all.Mean(40) > 3.5 {
		t.Errorf("after a rise from 1 to 5 sixteen weeks ago: %.2f with a half-life, %.2f without", f.Mean(40), all.Mean(40))
	}
}

func TestYearsOfNothingExpectLittleAndDivideNothing(t *testing.T) {
	var weeks []SeenWeek
	for age := 150; age > 0; age-- {
		w := SeenWeek{Monday: lastMonday.Plus(-7 * age)}
		for c := range w.Halves {
			w.Halves[c] = Seen{Open: 30, Up: 30}
			w.Days[c/Halves] = w.Days[c/Halves].plus(w.Halves[c])
		}
		weeks = append(weeks, w)
	}
	f := Fit(weeks, lastMonday, HalfLife, Coming)
	for c := range Cell(Cells) {
		if m := f.Mean(c); !(m > 0 && m < 0.01) {
			t.Fatalf("half hour %d expects %v", c, m)
		}
		if u := f.Upper(c, Likely); !(u >= 0 && u < 0.05) {
			t.Fatalf("half hour %d has an upper end of %v", c, u)
		}
	}
}

func TestAForecastOfNothingKnowsNothing(t *testing.T) {
	negative := SeenWeek{Monday: lastMonday.Plus(-7)}
	for c := range negative.Halves {
		negative.Halves[c] = Seen{Came: -9, Open: 30, Up: 30}
	}
	future := SeenWeek{Monday: lastMonday}
	future.Halves[3] = Seen{Came: 5, Open: 30, Up: 30}
	for name, weeks := range map[string][]SeenWeek{"no week": nil, "a closed week": {{Monday: lastMonday.Plus(-7)}}, "a week to come": {future}} {
		f := Fit(weeks, lastMonday, HalfLife, Coming)
		if f.Weeks != 0 || f.Mean(3) != 0 || f.Upper(3, 0.8) != 0 || f.Knows(3) {
			t.Errorf("%s: %d weeks, mean %v", name, f.Weeks, f.Mean(3))
		}
		if mean, upper := f.Sum(map[Cell]int{3: 30}, 0.8); mean != 0 || upper != 0 {
			t.Errorf("%s: a sum of %v up to %v", name, mean, upper)
		}
	}
	if f := Fit([]SeenWeek{negative}, lastMonday, HalfLife, Coming); !(f.Mean(3) >= 0) || math.IsInf(f.Mean(3), 0) {
		t.Errorf("lots below zero expect %v", f.Mean(3))
	}
	one := played(t, rand.New(rand.NewPCG(8, 8)), 1, rates, true)
	if m := Fit(one, lastMonday, HalfLife, Coming).Mean(40); !(m > 0 && m < 10) {
		t.Errorf("one week alone expects %v", m)
	}
}

func TestTheUpperEndHoldsOnFourDaysOfFive(t *testing.T) {
	trial := Backtest(played(t, rand.New(rand.NewPCG(9, 9)), 60, rates, true), HalfLife)
	share := float64(trial.Held) / float64(trial.Days)
	if trial.Days < 300 || share < 0.74 || share > 0.92 {
		t.Errorf("no more came on %d of %d days", trial.Held, trial.Days)
	}
}

func TestTheBacktestSaysWhoWasCloser(t *testing.T) {
	steady := Backtest(played(t, rand.New(rand.NewPCG(10, 10)), 40, rates, true), HalfLife)
	if steady.Best() != Forecasting || steady.ByDay[Forecasting] >= steady.ByDay[LastWeek] || steady.Weeks != 36 {
		t.Errorf("on a steady line: %+v", steady)
	}
	// A line that doubles and halves every week, each week like no other before
	// the last: last week is wrong, and so is everybody; and one that grows by a
	// third each week, where last week is the closest.
	var rising []SeenWeek
	for i, w := range played(t, rand.New(rand.NewPCG(11, 11)), 12, func(Cell) float64 { return 0 }, false) {
		for c := range w.Halves {
			if evenings(Cell(c)) {
				w.Halves[c].Came = int(math.Pow(1.5, float64(i)))
				w.Days[c/Halves].Came += w.Halves[c].Came
			}
		}
		rising = append(rising, w)
	}
	lost := Backtest(rising, HalfLife)
	if lost.Best() != LastWeek {
		t.Errorf("on a line that grows by half each week the best is said to be %q: %+v", lost.Best(), lost)
	}
	if none := Backtest(rising[:warmUp], HalfLife); none.Days != 0 || none.Best() != "" {
		t.Errorf("four weeks are tried: %+v", none)
	}
}

func TestABacktestUsesNothingOfTheWeekItTries(t *testing.T) {
	weeks := played(t, rand.New(rand.NewPCG(12, 12)), 8, rates, false)
	before := Fit(weeks[:7], weeks[7].Monday, HalfLife, Coming)
	after := Fit(weeks, weeks[7].Monday, HalfLife, Coming)
	if *before != *after {
		t.Error("a week changes its own forecast")
	}
}

func TestGammaQuantilesAreThoseOfTheTable(t *testing.T) {
	// Chi-square with 2k degrees is twice a Gamma(k): 95 % of 2 is 5.991, of 10 is 18.307, of 100 is 124.342.
	for shape, want := range map[float64]float64{1: 5.991, 5: 18.307, 50: 124.342} {
		if got := 2 * gammaQuantile(0.95, shape, 1); math.Abs(got-want) > 0.001 {
			t.Errorf("shape %v: %v, want %v", shape, got, want)
		}
	}
	if got := gammaQuantile(0.8, 1e6, 1e6); math.Abs(got-1.00084) > 1e-4 {
		t.Errorf("a very sure one: %v", got)
	}
	if got := gammaQuantile(0.8, 1e-3, 1); !(got >= 0 && got < 1e-3) {
		t.Errorf("a very unsure one: %v", got)
	}
	// Without doubt about the mean it is a Poisson: of mean 4, 80 % lie at or below 6.
	if got := mixedQuantile(0.8, 1e9, 1e9, 4); got != 6 {
		t.Errorf("a Poisson of 4 has %d, want 6", got)
	}
}

func BenchmarkBacktestOfHalfAYear(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	var weeks []SeenWeek
	for age := 26; age > 0; age-- {
		w := SeenWeek{Monday: lastMonday.Plus(-7 * age)}
		for c := range w.Halves {
			w.Halves[c] = Seen{Came: r.IntN(4), Open: 30, Up: 30}
		}
		weeks = append(weeks, w)
	}
	for b.Loop() {
		Backtest(weeks, HalfLife)
	}
}
