package storetest

import (
	"testing"
	"time"

	"helpline/counsel"
	"helpline/counsel/rota"
)

// Arrivals runs the contract of counsel.ArrivalRows.
func Arrivals(t *testing.T, fresh Fresh[counsel.ArrivalRows]) {
	monday := rota.Date{Year: 2026, Month: time.November, Day: 16}
	t.Run("weeks come back as they were kept, the oldest first", func(t *testing.T) {
		open := fresh(t)
		rows := open()
		for _, ago := range []int{0, 2, 1} {
			must(t, rows.AddArrivals(t.Context(), seenWeek(t, monday.Plus(-7*ago), ago+1)))
		}
		rows = open()
		got, err := rows.Arrivals(t.Context(), monday.Plus(-7))
		must(t, err)
		if len(got) != 2 || got[0] != seenWeek(t, monday.Plus(-7), 2).Week() || got[1] != seenWeek(t, monday, 1).Week() {
			t.Errorf("got %d weeks, want the two last, as they were kept", len(got))
		}
	})
	t.Run("two parts of a week add up, below zero too", func(t *testing.T) {
		rows := fresh(t)()
		must(t, rows.AddArrivals(t.Context(), seenWeek(t, monday, 2)))
		must(t, rows.AddArrivals(t.Context(), seenWeek(t, monday, 3)))
		got, err := rows.Arrivals(t.Context(), monday)
		must(t, err)
		if len(got) != 1 || got[0] != seenWeek(t, monday, 5).Week() {
			t.Errorf("two parts do not add up: %d weeks", len(got))
		}
	})
	t.Run("a year that begins in an old week keeps its order", func(t *testing.T) {
		rows := fresh(t)()
		for _, m := range []rota.Date{{Year: 2027, Month: time.January, Day: 4}, {Year: 2026, Month: time.December, Day: 28}} {
			must(t, rows.AddArrivals(t.Context(), seenWeek(t, m, 1)))
		}
		got, err := rows.Arrivals(t.Context(), rota.Date{Year: 2026, Month: time.December, Day: 28})
		must(t, err)
		if len(got) != 2 || got[0].Monday.Year != 2026 {
			t.Errorf("got %d weeks", len(got))
		}
	})
	t.Run("nothing was kept", func(t *testing.T) {
		got, err := fresh(t)().Arrivals(t.Context(), monday)
		if err != nil || len(got) != 0 {
			t.Errorf("got %d weeks, %v", len(got), err)
		}
	})
}

// seenWeek is a week in which all numbers are n times small ones, and whose
// lots are all 0.
func seenWeek(t *testing.T, monday rota.Date, n int) rota.Blurred {
	t.Helper()
	w := rota.SeenWeek{Monday: monday}
	for d := range w.Days {
		w.Days[d] = rota.Seen{Came: n * d, Missed: n, Shut: n, Flood: n, Open: 60 * n, Up: 90 * n}
	}
	for c := range w.Halves {
		w.Halves[c] = rota.Seen{Came: n * (c%5 - 2), Missed: -n, Shut: n * 2, Flood: 0, Open: n * 20, Up: n * 30}
	}
	b, err := w.Blur(func() (uint64, error) { return 1 | 1<<32, nil })
	must(t, err)
	return b
}
