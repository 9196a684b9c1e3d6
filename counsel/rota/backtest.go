package rota

import "math"

// Likely is the chance that a forecast's upper end is made for: on four days of
// five no more come.
const Likely = 0.8

// Foresight is a way to say beforehand what will come.
type Foresight string

// The ways that are held against each other.
const (
	Forecasting Foresight = "forecast"     // Fit
	SameWeekday Foresight = "same weekday" // the mean of the last eight of that weekday
	LastWeek    Foresight = "last week"    // what came a week before
)

// Foresights are all of them, ours first.
func Foresights() []Foresight { return []Foresight{Forecasting, SameWeekday, LastWeek} }

const (
	warmUp   = 4 // weeks before the first that is tried
	lookBack = 8 // weeks that SameWeekday looks at
)

// Trial is how the ways did on weeks that they had not seen: how far they were
// off on average, by day and by half hour, in contacts. Half hours carry lots
// (Blur), for all ways alike, so their errors are larger than the truth. Only
// what all ways had an answer to is counted.
type Trial struct {
	Weeks, Days, Halves int
	ByDay, ByHalf       map[Foresight]float64
	Held                int // days on which no more came than the forecast's upper end
}

// Best is the way with the smallest error by day, in tenths, as it is shown;
// ours only when it is better than the others, not as good. Empty without days.
func (t Trial) Best() Foresight {
	if t.Days == 0 {
		return ""
	}
	best := LastWeek
	for _, w := range []Foresight{SameWeekday, Forecasting} {
		if math.Round(10*t.ByDay[w]) < math.Round(10*t.ByDay[best]) {
			best = w
		}
	}
	return best
}

// Backtest tries the ways on each week that has enough weeks before it, with
// nothing but those. Weeks stand in order, each once.
func Backtest(weeks []SeenWeek, halfLife float64) Trial {
	t := Trial{ByDay: map[Foresight]float64{}, ByHalf: map[Foresight]float64{}}
	for i := warmUp; i < len(weeks); i++ {
		before, now := weeks[:i], &weeks[i]
		f := Fit(before, now.Monday, halfLife, Coming)
		if f.Weeks < warmUp {
			continue
		}
		tried := false
		for day := range 7 {
			if t.day(f, before, now, day) {
				tried = true
			}
			for h := range Halves {
				t.half(f, before, now, Cell(day*Halves+h))
			}
		}
		if tried {
			t.Weeks++
		}
	}
	for _, w := range Foresights() {
		t.ByDay[w] /= max(1, float64(t.Days))
		t.ByHalf[w] /= max(1, float64(t.Halves))
	}
	return t
}

// day tries one day of a week.
func (t *Trial) day(f *Forecast, before []SeenWeek, now *SeenWeek, day int) bool {
	open := now.minutes(day)
	mean, upper := f.Sum(open, Likely)
	usual, ok := lately(before, now.Monday, func(w *SeenWeek) (float64, float64) { return dayCount(w, day) })
	last, was := lastly(before, now.Monday, func(w *SeenWeek) (float64, float64) { return dayCount(w, day) })
	came, minutes := dayCount(now, day)
	if !ok || !was || minutes <= 0 || mean == 0 {
		return false
	}
	t.Days++
	t.ByDay[Forecasting] += math.Abs(mean - came)
	t.ByDay[SameWeekday] += math.Abs(usual*minutes - came)
	t.ByDay[LastWeek] += math.Abs(last*minutes - came)
	if int(came) <= upper {
		t.Held++
	}
	return true
}

// half tries one half hour of a week.
func (t *Trial) half(f *Forecast, before []SeenWeek, now *SeenWeek, c Cell) {
	count := func(w *SeenWeek) (float64, float64) {
		s := w.Halves[c]
		return float64(s.Came), float64(s.Open)
	}
	usual, ok := lately(before, now.Monday, count)
	last, was := lastly(before, now.Monday, count)
	came, minutes := count(now)
	if !ok || !was || minutes <= 0 {
		return
	}
	t.Halves++
	t.ByHalf[Forecasting] += math.Abs(f.Mean(c)*minutes/30 - came)
	t.ByHalf[SameWeekday] += math.Abs(usual*minutes - came)
	t.ByHalf[LastWeek] += math.Abs(last*minutes - came)
}

// minutes gives the half hours of a day in which the line was open.
func (w *SeenWeek) minutes(day int) map[Cell]int {
	out := map[Cell]int{}
	for h := range Halves {
		if c := Cell(day*Halves + h); w.Halves[c].Open > 0 {
			out[c] = w.Halves[c].Open
		}
	}
	return out
}

func dayCount(w *SeenWeek, day int) (n, minutes float64) {
	for _, m := range w.minutes(day) {
		minutes += float64(m)
	}
	return float64(w.Days[day].Came), minutes
}

// lately is how many came per minute in the last weeks; false when it was open
// in none of them.
func lately(before []SeenWeek, monday Date, count func(*SeenWeek) (n, minutes float64)) (float64, bool) {
	var n, minutes float64
	for i := range before {
		if age := before[i].Monday.weeksTo(monday); age >= 1 && age <= lookBack {
			if a, m := count(&before[i]); m > 0 {
				n, minutes = n+a, minutes+m
			}
		}
	}
	if minutes == 0 {
		return 0, false
	}
	return n / minutes, true
}

// lastly is the same of the week before alone.
func lastly(before []SeenWeek, monday Date, count func(*SeenWeek) (n, minutes float64)) (float64, bool) {
	for i := range before {
		if before[i].Monday.weeksTo(monday) == 1 {
			if n, minutes := count(&before[i]); minutes > 0 {
				return n / minutes, true
			}
		}
	}
	return 0, false
}
