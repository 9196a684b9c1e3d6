package counsel

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/rota"
)

// busyWeeks fills rows with weeks before a Monday: open on weekdays from 19 to
// 22, and asked for on Sunday evenings while closed.
func busyWeeks(t *testing.T, rows *binWeeks, monday rota.Date, n, each int) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 5))
	for age := n; age > 0; age-- {
		w := rota.SeenWeek{Monday: monday.Plus(-7 * age)}
		for c := range w.Halves {
			s := rota.Seen{Up: 30}
			cell := rota.Cell(c)
			switch {
			case cell.Day() < 5 && cell.Half() >= 38 && cell.Half() < 44:
				s.Open, s.Came = 30, each
				s.Missed = each / 3
			case cell.Day() == 6 && cell.Half() >= 38 && cell.Half() < 44:
				s.Shut = each
			}
			w.Halves[c] = s
			d := &w.Days[cell.Day()]
			d.Came, d.Missed, d.Shut, d.Open, d.Up = d.Came+s.Came, d.Missed+s.Missed, d.Shut+s.Shut, d.Open+s.Open, d.Up+s.Up
		}
		b, err := w.Blur(func() (uint64, error) { return r.Uint64(), nil })
		if err != nil {
			t.Fatal(err)
		}
		if err := rows.AddArrivals(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
}

var leader = helpline.Actor{Person: helpline.ID{1}, Roles: []helpline.Role{helpline.Leader}}

// planned is a line that means to be open on weekday evenings, as of a Tuesday.
func planned(t *testing.T, rows *binWeeks) (*Staffing, rota.Date) {
	t.Helper()
	week, err := rota.ParseWeek([]string{"mon-fri 19:00-22:00"})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	return NewStaffing(rows, plannedElsewhere(t, time.UTC, func() time.Time { return now }, week), nil, 200, func() time.Time { return now }), rota.Date{Year: 2026, Month: time.November, Day: 23}
}

func TestWithTooFewWeeksNothingIsShown(t *testing.T) {
	for n := range FewestWeeks + 1 {
		rows := &binWeeks{}
		s, monday := planned(t, rows)
		busyWeeks(t, rows, monday, n, 6)
		busyWeeks(t, rows, monday.Plus(14), 2, 6) // the running week and one to come do not count
		p, err := s.Look(t.Context(), leader, s.Aim())
		if err != nil || p.Weeks != n || p.Enough() != (n == FewestWeeks) {
			t.Fatalf("%d weeks: %d, enough %v, %v", n, p.Weeks, p.Enough(), err)
		}
		if !p.Enough() && (p.Heat != [rota.Cells]Heat{} || p.Days != [7]Heat{} || len(p.Advice) != 0) {
			t.Errorf("%d weeks show something", n)
		}
		if _, err := s.WhatIf(t.Context(), leader, s.Aim(), []rota.Cell{1}, 2); (err == nil) != p.Enough() {
			t.Errorf("%d weeks: what if says %v", n, err)
		}
	}
}

func TestTheMapShowsWhoCameAndWasMissedAndKeepsSmallNumbersBack(t *testing.T) {
	rows := &binWeeks{}
	s, monday := planned(t, rows)
	busyWeeks(t, rows, monday, 12, 6)
	p, err := s.Look(t.Context(), leader, s.Aim())
	if err != nil {
		t.Fatal(err)
	}
	if p.First != monday.Plus(-28) || p.Last != monday.Plus(-1) {
		t.Errorf("it shows %s to %s", p.First, p.Last)
	}
	open := p.Heat[40]
	if open.Open != 120 || open.Came.N < 16 || open.Came.N > 32 || open.Missed.N < 4 || open.Missed.N > 13 {
		t.Errorf("Monday at eight is %+v, want about 24 and 8", open)
	}
	if d := p.Days[0]; d.Came != (Number{N: 144}) || d.Missed != (Number{N: 48}) {
		t.Errorf("Monday is %+v, want exactly 144 and 48", d)
	}
	shut := p.Heat[6*rota.Halves+40]
	if shut.Open != 0 || shut.Shut.Few || !shut.Came.Few || shut.Came.N != 0 {
		t.Errorf("Sunday evening is %+v", shut)
	}
	hour := p.Hours[20]
	if hour.Open != 240 || hour.Came.N < 34 || hour.Came.N > 62 {
		t.Errorf("Monday from eight to nine is %+v", hour)
	}
	if len(p.Advice) != 30 || p.Advice[0].People < 2 || !p.Advice[0].Known {
		t.Errorf("advice: %d, %+v", len(p.Advice), p.Advice[0])
	}
	if len(p.Cells) != 30 || !p.Planned {
		t.Errorf("advice is for %d half hours, planned %v", len(p.Cells), p.Planned)
	}
	unplanned := NewStaffing(rows, (*Attendance)(nil), nil, 200, s.clock)
	if q, err := unplanned.Look(t.Context(), leader, s.Aim()); err != nil || q.Planned || len(q.Advice) != 30 {
		t.Errorf("without hours: %d, planned %v, %v; want the half hours it was open", len(q.Advice), q.Planned, err)
	}
	if p.Trial.Weeks != 8 {
		t.Errorf("%d weeks were tried", p.Trial.Weeks)
	}
}

func TestPromiseNoSmallNumberIsShown(t *testing.T) {
	for n := range 8 {
		got := number(float64(n))
		if got.Few != (n < FewestShown) {
			t.Errorf("%d is %+v", n, got)
		}
		h := heatOf(30, [3]float64{40, float64(n), float64(n)})
		if h.Missed.Few && h.Share != 0 {
			t.Errorf("of %d missed, which is kept back, the share %v is told", n, h.Share)
		}
	}
	if got := number(-3); !got.Few {
		t.Errorf("below zero is %+v", got)
	}
}

func TestStaffingIsForLeadersAndSupervisors(t *testing.T) {
	rows := &binWeeks{}
	s, monday := planned(t, rows)
	busyWeeks(t, rows, monday, 6, 6)
	for _, role := range helpline.Roles() {
		who := helpline.Actor{Person: helpline.ID{2}, Roles: []helpline.Role{role}}
		want := role == helpline.Leader || role == helpline.Supervisor
		_, look := s.Look(t.Context(), who, s.Aim())
		_, ask := s.WhatIf(t.Context(), who, s.Aim(), []rota.Cell{40}, 2)
		if (look == nil) != want || (ask == nil) != want {
			t.Errorf("%s: %v, %v", role, look, ask)
		}
	}
	bad := s.Aim()
	bad.Handle = 0
	if _, err := s.Look(t.Context(), leader, bad); helpline.KindOf(err) != helpline.Invalid {
		t.Errorf("an aim that cannot be: %v", err)
	}
}

func TestWhatIfAsksTheForecastAlsoOfClosedHours(t *testing.T) {
	rows := &binWeeks{}
	s, monday := planned(t, rows)
	busyWeeks(t, rows, monday, 12, 3)
	cells, err := rota.CellsOf(time.Saturday, 19*60, 22*60)
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.WhatIf(t.Context(), leader, s.Aim(), cells, 4)
	if err != nil || o.Known != 0 || o.Came < 10 || o.Came > 26 || o.Answered >= o.Came || o.Answered <= 0 {
		t.Errorf("Saturday evening: %+v, %v; want about 18", o, err)
	}
}

func BenchmarkThePageOfStaffing(b *testing.B) {
	rows := &binWeeks{}
	for age := 60; age > 0; age-- {
		var w rota.SeenWeek
		w.Monday = rota.Date{Year: 2026, Month: time.November, Day: 23}.Plus(-7 * age)
		for c := range w.Halves {
			w.Halves[c] = rota.Seen{Came: c % 4, Open: 30, Up: 30}
			w.Days[c/rota.Halves].Open += 30
		}
		rows.kept = append(rows.kept, w)
	}
	week, _ := rota.ParseWeek([]string{"mon-sun 08:00-24:00"})
	n := 0
	s := NewStaffing(rows, plannedElsewhere(b, time.UTC, time.Now, week), nil, 2_000, func() time.Time {
		n++ // past what is remembered, each time
		return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC).Add(time.Duration(n%1000) * 2 * time.Minute)
	})
	for b.Loop() {
		if p, err := s.Look(b.Context(), leader, s.Aim()); err != nil || p.Weeks != 60 {
			b.Fatal(strconv.Itoa(p.Weeks), err)
		}
	}
}
