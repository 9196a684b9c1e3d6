package retention

import (
	"slices"
	"testing"
	"time"
)

func at(day int, clock time.Duration) time.Time { return Midnight(day).Add(clock) }

func TestANoteLivesAtMostAsLongAsWasPromised(t *testing.T) {
	for name, c := range map[string]struct {
		days, written, promised int
		now                     time.Time
		expired                 bool
	}{
		"on the day it was written":                   {90, 100, 190, at(100, 23*time.Hour), false},
		"in its last second":                          {90, 100, 190, at(190, -time.Second), false},
		"at midnight of its last day":                 {90, 100, 190, at(190, 0), true},
		"long after":                                  {90, 100, 190, at(400, 0), true},
		"the rule was set lower later":                {30, 100, 190, at(130, 0), true},
		"the day before the lower rule ends it":       {30, 100, 190, at(129, 0), false},
		"the rule was set higher later":               {90, 100, 130, at(130, 0), true},
		"a row that promises itself more":             {90, 100, 9000, at(190, 0), true},
		"a rule of one day":                           {1, 100, 101, at(101, 0), true},
		"a rule of nothing keeps the longest":         {0, 100, 190, at(189, 0), false},
		"a rule beyond the longest keeps the longest": {400, 100, 500, at(190, 0), true},
		"a clock that was set back":                   {90, 100, 190, at(50, 0), false},
	} {
		t.Run(name, func(t *testing.T) {
			r := Rules{NoteDays: c.days}
			if got := r.Expired(c.written, c.promised, c.now); got != c.expired {
				t.Errorf("expired is %v", got)
			}
		})
	}
}

func TestANewNoteNeverLivesLongerThanItsDays(t *testing.T) {
	for _, days := range []int{1, 30, 90} {
		r := Rules{NoteDays: days}
		for _, clock := range []time.Duration{0, time.Hour, 24*time.Hour - time.Nanosecond} {
			written := at(20_000, clock)
			ends := Midnight(r.NoteEnds(Day(written)))
			if lives := ends.Sub(written); lives > time.Duration(days)*24*time.Hour || lives <= time.Duration(days-1)*24*time.Hour {
				t.Errorf("with %d days, a note of %v lives %v", days, clock, lives)
			}
		}
	}
}

func TestDaysBeginAtMidnightUTC(t *testing.T) {
	for _, c := range []struct {
		at  time.Time
		day int
	}{
		{time.Unix(0, 0), 0},
		{time.Unix(-1, 0), -1},
		{time.Unix(-86400, 0), -1},
		{time.Date(2026, 11, 16, 23, 59, 59, 0, time.UTC), 20_773},
		{time.Date(2026, 11, 17, 0, 30, 0, 0, time.FixedZone("", 3600)), 20_773},
	} {
		if got := Day(c.at); got != c.day {
			t.Errorf("%v is day %d, want %d", c.at, got, c.day)
		}
	}
	if got := Day(Midnight(20_773)); got != 20_773 {
		t.Errorf("midnight of a day is in day %d", got)
	}
}

func TestAKeyIsForgottenBeforeItsRow(t *testing.T) {
	if !slices.Equal(Order(), []Step{ShredKeys, Rows, Logs}) {
		t.Errorf("the order is %v: after a crash a key could be left that no row names", Order())
	}
}
