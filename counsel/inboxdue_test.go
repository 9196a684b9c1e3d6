package counsel

import (
	"testing"
	"time"

	"helpline/counsel/retention"
	"helpline/counsel/rota"
)

func TestADayOnWhichTheLineIsClosedIsNoWorkingDay(t *testing.T) {
	closed, err := rota.ParseClosed([]string{"2026-12-24..2027-01-01", "2026-11-25"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, now string
		days      int
		want      string
	}{
		{"over a weekend", "2026-11-20 12:00", 3, "2026-11-26"}, // the 25th is closed
		{"on a Sunday", "2026-11-22 12:00", 1, "2026-11-23"},
		{"late at night, by the clock of the line", "2026-11-22 23:30", 1, "2026-11-24"}, // it is Monday there
		{"before a closed week", "2026-12-23 12:00", 1, "2027-01-04"},
		{"no days are one", "2026-11-23 12:00", 0, "2026-11-24"},
	} {
		now, err := time.Parse("2006-01-02 15:04", c.now)
		if err != nil {
			t.Fatal(err)
		}
		due := DueDay(now, time.FixedZone("", 3600), c.days, closed)
		if got := retention.Midnight(due).Format(time.DateOnly); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	var always []rota.Date
	for d := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC); len(always) < 1000; d = d.AddDate(0, 0, 1) {
		always = append(always, rota.DateOf(d))
	}
	if due := DueDay(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), time.UTC, 3, always); due <= 0 {
		t.Error("a line that is always closed promises no day")
	}
}
