package rota

import (
	"testing"
	"time"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestAWallTimeIsTheInstantThatIsMeant(t *testing.T) {
	for _, c := range []struct {
		zone, day   string
		minute      int
		first, last string // UTC
	}{
		{"Europe/Amsterdam", "2026-11-22", 19 * 60, "2026-11-22T18:00:00Z", "2026-11-22T18:00:00Z"},
		{"Europe/Amsterdam", "2026-07-01", 19 * 60, "2026-07-01T17:00:00Z", "2026-07-01T17:00:00Z"},
		{"Europe/Amsterdam", "2026-03-29", 2*60 + 30, "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
		{"Europe/Amsterdam", "2026-03-29", 2 * 60, "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
		{"Europe/Amsterdam", "2026-03-29", 3 * 60, "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
		{"Europe/Amsterdam", "2026-03-29", 1*60 + 59, "2026-03-29T00:59:00Z", "2026-03-29T00:59:00Z"},
		{"Europe/Amsterdam", "2026-10-25", 2*60 + 30, "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
		{"Europe/Amsterdam", "2026-10-25", 2 * 60, "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"},
		{"Europe/Amsterdam", "2026-10-25", 3 * 60, "2026-10-25T02:00:00Z", "2026-10-25T02:00:00Z"},
		{"Europe/Amsterdam", "2026-10-24", 26*60 + 30, "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
		{"Europe/Amsterdam", "2026-12-31", 1440, "2026-12-31T23:00:00Z", "2026-12-31T23:00:00Z"},
		{"Europe/London", "2026-03-29", 1*60 + 15, "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
		{"Europe/London", "2026-10-25", 1*60 + 15, "2026-10-25T00:15:00Z", "2026-10-25T01:15:00Z"},
		{"Australia/Lord_Howe", "2026-10-04", 2*60 + 10, "2026-10-03T15:30:00Z", "2026-10-03T15:30:00Z"}, // half an hour forward
		{"Australia/Lord_Howe", "2026-10-04", 2*60 + 30, "2026-10-03T15:30:00Z", "2026-10-03T15:30:00Z"},
		{"Australia/Lord_Howe", "2026-04-05", 1*60 + 45, "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"}, // half an hour back
		{"Pacific/Apia", "2011-12-30", 12 * 60, "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"},          // a day that never was
		{"UTC", "2026-03-29", 2*60 + 30, "2026-03-29T02:30:00Z", "2026-03-29T02:30:00Z"},
	} {
		day, err := time.Parse(time.DateOnly, c.day)
		if err != nil {
			t.Fatal(err)
		}
		z := zone(t, c.zone)
		first, last := FirstOf(DateOf(day), c.minute, z), LastOf(DateOf(day), c.minute, z)
		if got := first.UTC().Format(time.RFC3339); got != c.first {
			t.Errorf("%s %s minute %d: first at %s, want %s", c.zone, c.day, c.minute, got, c.first)
		}
		if got := last.UTC().Format(time.RFC3339); got != c.last {
			t.Errorf("%s %s minute %d: last at %s, want %s", c.zone, c.day, c.minute, got, c.last)
		}
	}
}

// Every minute of two years shows the wall time that was asked for, or it does
// not exist; and who asks for what a clock shows gets that instant back.
func TestEveryInstantIsOneOfItsWallTime(t *testing.T) {
	for _, name := range []string{"Europe/Amsterdam", "Europe/London", "Australia/Lord_Howe"} {
		z := zone(t, name)
		for at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2028; at = at.Add(15 * time.Minute) {
			in := at.In(z)
			minute := in.Hour()*60 + in.Minute()
			first, last := FirstOf(DateOf(in), minute, z), LastOf(DateOf(in), minute, z)
			if !first.Equal(at) && !last.Equal(at) {
				t.Fatalf("%s: %s is neither the first %s nor the last %s of what its clock shows", name, in, first, last)
			}
			if last.Before(first) || last.Sub(first) > time.Hour {
				t.Fatalf("%s: first %s, last %s", name, first, last)
			}
		}
	}
}

// The last day of a leap year that stands in no table of the zone: its stretch
// of one offset ends, as ZoneBounds says it, before it begins.
func TestTheLastDaysOfAFarLeapYearHaveWallTimes(t *testing.T) {
	for _, name := range []string{"Europe/Amsterdam", "Europe/London", "Australia/Lord_Howe", "Antarctica/Troll"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for day := (Date{2060, 12, 27}); day != (Date{2061, 1, 4}); day = day.Plus(1) {
			for _, minute := range []int{0, 74, 720, 1440} {
				want := time.Date(day.Year, day.Month, day.Day, 0, minute, 0, 0, zone)
				if first, last := FirstOf(day, minute, zone), LastOf(day, minute, zone); !first.Equal(want) || !last.Equal(want) {
					t.Errorf("%s, %v and %d minutes: %v to %v, want %v", name, day, minute, first, last, want)
				}
			}
		}
	}
}
