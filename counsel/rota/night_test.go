package rota

import (
	"testing"
	"time"
)

// TestEveryMinuteOfADSTNightIsInTheOpeningTheWallClockSays walks two nights on
// which the clocks change, minute by minute, and asks the wall clock.
func TestEveryMinuteOfADSTNightIsInTheOpeningTheWallClockSays(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	week, err := ParseWeek([]string{"sat 22:00-03:30", "sun 19:00-23:00"})
	if err != nil {
		t.Fatal(err)
	}
	p := NewPlan(zone, week, nil)
	for _, day := range []Date{{2026, time.March, 28}, {2026, time.October, 24}} {
		start := time.Date(day.Year, day.Month, day.Day, 12, 0, 0, 0, zone)
		for at := start; at.Before(start.Add(40 * time.Hour)); at = at.Add(time.Minute) {
			wall := at.In(zone)
			m := wall.Hour()*60 + wall.Minute()
			want := wall.Weekday() == time.Saturday && m >= 22*60 || wall.Weekday() == time.Sunday && (m < 3*60+30 || m >= 19*60 && m < 23*60)
			in, open := p.At(at)
			if open != want {
				t.Fatalf("at %s: open %v", wall, open)
			}
			if open && !at.Before(in.End) {
				t.Fatalf("at %s: ends %s", wall, in.End)
			}
			if next, ok := p.Next(at); !ok || !next.Start.After(at) || open && next.Start.Before(in.End) {
				t.Fatalf("at %s: next %s", wall, next.Start)
			}
		}
	}
}
