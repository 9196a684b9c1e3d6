package rota

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func plan(t *testing.T, zoneName, week, closed string) *Plan {
	t.Helper()
	spans, err := ParseWeek(strings.Split(week, ","))
	if err != nil {
		t.Fatal(err)
	}
	var days []Date
	if closed != "" {
		if days, err = ParseClosed(strings.Split(closed, ",")); err != nil {
			t.Fatal(err)
		}
	}
	return NewPlan(zone(t, zoneName), spans, days)
}

func at(t *testing.T, z, text string) time.Time {
	t.Helper()
	out, err := time.ParseInLocation("2006-01-02 15:04", text, zone(t, z))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAPlanSaysWhenItIsOpenAndWhenNext(t *testing.T) {
	const ams = "Europe/Amsterdam"
	const evenings = "mon-fri 19:00-22:00,sat 14:00-17:00"
	for _, c := range []struct{ name, week, closed, now, until, next string }{
		{"in an opening", evenings, "", "2026-11-23 20:00", "2026-11-23 22:00", "2026-11-24 19:00"},
		{"at its first minute", evenings, "", "2026-11-23 19:00", "2026-11-23 22:00", "2026-11-24 19:00"},
		{"at its end", evenings, "", "2026-11-23 22:00", "", "2026-11-24 19:00"},
		{"before it", evenings, "", "2026-11-23 18:59", "", "2026-11-23 19:00"},
		{"over a Sunday", evenings, "", "2026-11-21 18:00", "", "2026-11-23 19:00"},
		{"a holiday", evenings, "2026-12-25", "2026-12-25 20:00", "", "2026-12-26 14:00"},
		{"a closed week", evenings, "2026-12-24..2027-01-01", "2026-12-24 20:00", "", "2027-01-02 14:00"},
		{"over midnight", "fri 22:00-02:00", "", "2026-11-21 01:00", "2026-11-21 02:00", "2026-11-27 22:00"},
		{"over midnight into a holiday", "fri 22:00-02:00", "2026-11-21", "2026-11-21 01:00", "2026-11-21 02:00", "2026-11-27 22:00"},
		{"over midnight after a holiday", "fri 22:00-02:00", "2026-11-20", "2026-11-21 01:00", "", "2026-11-27 22:00"},
		{"two that touch are one", "fri 19:00-24:00,sat 00:00-02:00", "", "2026-11-20 20:00", "2026-11-21 02:00", "2026-11-27 19:00"},
		{"the night clocks go back", "sat 22:00-02:30", "", "2026-10-25 01:30", "2026-10-25T02:30:00+01:00", "2026-10-31 22:00"},
		{"the night clocks go forward", "sat 22:00-02:30", "", "2026-03-29 01:30", "2026-03-29T03:00:00+02:00", "2026-04-04 22:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := plan(t, ams, c.week, c.closed)
			now := at(t, ams, c.now)
			when := func(text string) time.Time {
				if strings.Contains(text, "T") {
					out, err := time.Parse(time.RFC3339, text)
					if err != nil {
						t.Fatal(err)
					}
					return out
				}
				return at(t, ams, text)
			}
			in, open := p.At(now)
			if open != (c.until != "") || open && !in.End.Equal(when(c.until)) {
				t.Errorf("open %v until %s, want %q", open, in.End, c.until)
			}
			next, ok := p.Next(now)
			if !ok || !next.Start.Equal(when(c.next)) {
				t.Errorf("next %s, want %s", next.Start, c.next)
			}
		})
	}
}

func TestALineThatIsOpenDayAndNightHasAnEnd(t *testing.T) {
	p := plan(t, "Europe/Amsterdam", "mon-sun 00:00-24:00", "")
	now := at(t, "Europe/Amsterdam", "2026-10-24 23:00")
	in, open := p.At(now)
	if !open || in.End.Sub(now) < 28*24*time.Hour {
		t.Errorf("open %v until %s", open, in.End)
	}
}

func TestNoHoursAreNeverOpen(t *testing.T) {
	for _, p := range []*Plan{nil, NewPlan(time.UTC, nil, nil)} {
		if _, open := p.At(time.Now()); open || p.Said() {
			t.Error("nothing was said, and it is open")
		}
		if _, ok := p.Next(time.Now()); ok {
			t.Error("nothing was said, and it opens")
		}
	}
	year := NewPlan(time.UTC, []Span{{time.Monday, 600, 660}}, nil)
	for d := DateOf(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)); d.Year < 2028; d = d.Plus(1) {
		year.closed[d] = true
	}
	if _, ok := year.Next(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)); ok {
		t.Error("every day is closed, and it opens")
	}
}

// At and Next agree all through a year: what is not open
// opens at Next, and what is open is so until its end.
func TestAtAndNextAgree(t *testing.T) {
	for _, z := range []string{"Europe/Amsterdam", "Australia/Lord_Howe"} {
		p := plan(t, z, "mon-fri 19:00-22:00,sat 22:00-03:15,sun 14:00-17:00", "2026-12-24..2027-01-01")
		for now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC); now.Before(time.Date(2027, 1, 10, 0, 0, 0, 0, time.UTC)); now = now.Add(67 * time.Minute) {
			in, open := p.At(now)
			next, ok := p.Next(now)
			if !ok || !next.Start.After(now) {
				t.Fatalf("%s at %s: next %s", z, now, next.Start)
			}
			if open && (!in.holds(now) || next.Start.Before(in.End)) {
				t.Fatalf("%s at %s: open %+v, next %+v", z, now, in, next)
			}
			if got, open := p.At(next.Start); !open || got != next {
				t.Fatalf("%s: the next opening %+v is %+v when it begins", z, next, got)
			}
			if _, open := p.At(next.Start.Add(-time.Second)); open {
				t.Fatalf("%s: open before the next opening %s", z, next.Start)
			}
		}
	}
}

func TestBadHoursAreRefusedWithTheirPlace(t *testing.T) {
	for _, c := range []struct{ week, want string }{
		{"mon", "entry 1: write days and hours"},
		{"mon 19:00", "entry 1: write beginning and end"},
		{"mon 19:00-22:00,foo 1:00-2:00", "entry 2: its days must be"},
		{"mon-xyz 19:00-22:00", "entry 1: its days must be"},
		{"mon- 19:00-22:00", "entry 1: its days must be"},
		{"mon 24:00-02:00", "entry 1: its beginning must be"},
		{"mon 9:00-12:00", "entry 1: its beginning must be"},
		{"mon +9:00-12:00", "entry 1: its beginning must be"},
		{"mon 09:00-24:01", "entry 1: its end must be"},
		{"mon 09:00-12:60", "entry 1: its end must be"},
		{"mon 09:00-12:00-13:00", "entry 1: its end must be"},
		{"mon 09:00-09:00", "entry 1: beginning and end are the same"},
		{"mon-fri 19:00-22:00,wed 21:00-23:00", "entry 2: overlaps entry 1 on wed"},
		{"sat 22:00-03:00,sun 02:00-04:00", "entry 2: overlaps entry 1 on sun"},
		{"sun 22:00-03:00,mon 02:00-04:00", "entry 2: overlaps entry 1 on mon"},
	} {
		if _, err := ParseWeek(strings.Split(c.week, ",")); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v, want %q", c.week, err, c.want)
		}
	}
	var many []string
	for i := range 15 {
		many = append(many, fmt.Sprintf("mon-sun %02d:00-%02d:30", i, i))
	}
	if _, err := ParseWeek(many); err == nil || !strings.Contains(err.Error(), "entry 15: these are more than 100") {
		t.Errorf("for very many the error is %v", err)
	}
	for _, c := range []struct{ closed, want string }{
		{"2026-13-01", "entry 1: must be a day"},
		{"2026-12-25,x", "entry 2: must be a day"},
		{"25-12-2026", "entry 1: must be a day"},
		{"2026-12-25..2026-12-24", "entry 1: its last day"},
		{"2026-01-01..2028-01-01", "entry 1: is longer"},
		{"2026-01-01..2026-12-31,2027-01-01..2027-12-31,2028-01-01..2028-12-31", "entry 3: these are more than 1000"},
	} {
		if _, err := ParseClosed(strings.Split(c.closed, ",")); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v, want %q", c.closed, err, c.want)
		}
	}
}

// FuzzWeek: what is taken is a week without overlaps that opens as it says;
// what is refused names its entry and repeats nothing of it.
func FuzzWeek(f *testing.F) {
	for _, s := range []string{"mon-fri 19:00-22:00,sat 14:00-17:00", "sat-mon 00:00-24:00", "fri 22:00-02:00", "mon 00:00-00:01", "Kuvonu7x 1-2", "mon Kuvonu7x", ",", "mon  19:00-22:00", "sun 23:59-00:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		spans, err := ParseWeek(strings.Split(text, ","))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "entry ") || strings.Contains(text, "Kuvonu7x") && strings.Contains(err.Error(), "Kuvonu7x") {
				t.Fatalf("the error is %v", err)
			}
			return
		}
		for i, s := range spans {
			if s.From < 0 || s.From > 1439 || s.To <= s.From || s.To > s.From+1440 || slices.ContainsFunc(spans[:i], s.meets) {
				t.Fatalf("%+v of %q", s, text)
			}
		}
		p := NewPlan(time.UTC, spans, nil)
		if next, ok := p.Next(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)); ok {
			if got, open := p.At(next.Start); !open || !got.End.Equal(next.End) {
				t.Fatalf("%q: %+v, %+v", text, next, got)
			}
		}
	})
}

// FuzzClosed: days that are taken are days of the calendar, each as often as it
// was written; what is refused names its entry.
func FuzzClosed(f *testing.F) {
	for _, s := range []string{"2026-12-25", "2026-12-24..2027-01-01,2026-12-31", "2026-02-29", "0000-01-01..0001-01-01", "9999-12-31", "2026-12-25..", "..", "2026-12-25 .. 2026-12-26", "Kuvonu7x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		days, err := ParseClosed(strings.Split(text, ","))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "entry ") || strings.Contains(err.Error(), "Kuvonu7x") || days != nil {
				t.Fatalf("%v: %v", days, err)
			}
			return
		}
		if len(days) > mostClosed || len(days) < strings.Count(text, ",")+1 {
			t.Fatalf("%d days of %q", len(days), text)
		}
		for _, d := range days {
			if back, err := ParseClosed([]string{d.String()}); err != nil || len(back) != 1 || back[0] != d {
				t.Fatalf("%v of %q: %v, %v", d, text, back, err)
			}
		}
	})
}

// FuzzWall: a wall time of any day in any zone has a first and a last instant,
// in this order, at which the clock shows it; where it shows it at neither, both
// are the first instant after a gap.
func FuzzWall(f *testing.F) {
	zones := []string{"Europe/Amsterdam", "Europe/London", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu", "Antarctica/Troll", "UTC"}
	for i := range zones {
		f.Add(uint8(i), 2026, 3, 29, 150)
		f.Add(uint8(i), 2026, 10, 25, 150)
		f.Add(uint8(i), 2011, 12, 30, 0)
		f.Add(uint8(i), 2026, 10, 4, 1440)
		f.Add(uint8(i), 2060, 12, 30, 74) // was looked for without an end
	}
	f.Fuzz(func(t *testing.T, at uint8, year, month, day, minute int) {
		if year < 1900 || year > 2200 || minute < 0 || minute > 1440 {
			return
		}
		zone, err := time.LoadLocation(zones[int(at)%len(zones)])
		if err != nil {
			t.Fatal(err)
		}
		d := Date{year, time.Month(month), day}
		if !d.real() {
			return
		}
		first, last := FirstOf(d, minute, zone), LastOf(d, minute, zone)
		wall := time.Date(year, time.Month(month), day, 0, minute, 0, 0, time.UTC).Format("2006-01-02 15:04")
		shows := func(at time.Time) bool { return at.In(zone).Format("2006-01-02 15:04") == wall }
		switch {
		case first.IsZero() || last.Before(first) || last.Sub(first) > 24*time.Hour:
			t.Fatalf("%v %d in %v: %v to %v", d, minute, zone, first, last)
		case shows(first):
			if !shows(last) || shows(first.Add(-30*time.Minute)) || shows(first.Add(-time.Hour)) || shows(last.Add(30*time.Minute)) || shows(last.Add(time.Hour)) {
				t.Fatalf("%v %d in %v: %v to %v, and it is shown before or after", d, minute, zone, first, last)
			}
		case !first.Equal(last):
			t.Fatalf("%v %d in %v is in a gap, and becomes %v and %v", d, minute, zone, first, last)
		default: // the moment of the jump: just before it, the clock is behind what was asked, and just after it is past it
			if a, b := first.Add(-time.Second).In(zone).Format("2006-01-02 15:04"), first.In(zone).Format("2006-01-02 15:04"); a >= wall || b <= wall {
				t.Fatalf("%v %d in %v: the clock jumps from %s to %s", d, minute, zone, a, b)
			}
		}
	})
}
