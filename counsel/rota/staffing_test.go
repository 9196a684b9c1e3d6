package rota

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestNeedIsTheFewestWhoReachTheAim(t *testing.T) {
	aim := Usual()
	last := 0
	for _, rate := range []float64{0, 0.3, 1, 2, 3, 6, 12} {
		n, enough, err := aim.Need(rate)
		if err != nil || !enough || n < aim.Least || n < last {
			t.Fatalf("%v an hour need %d, %v, %v", rate, n, enough, err)
		}
		if share, _ := aim.traffic(rate).Within(aim.crew(n), aim.Within); share < aim.Share {
			t.Errorf("%v an hour: %d reach %v", rate, n, share)
		}
		if n > aim.Least {
			if share, _ := aim.traffic(rate).Within(aim.crew(n-1), aim.Within); share >= aim.Share {
				t.Errorf("%v an hour: %d would do", rate, n-1)
			}
		}
		last = n
	}
	if _, enough, err := aim.Need(2_000); err != nil || enough {
		t.Errorf("two thousand an hour: %v, %v", enough, err)
	}
	aim.Each = 2
	two, _, _ := aim.Need(6)
	aim.Each = 1
	if one, _, _ := aim.Need(6); two >= one {
		t.Errorf("with two at once %d are needed, with one %d", two, one)
	}
}

func TestAnAimThatCannotBeIsRefused(t *testing.T) {
	for name, change := range map[string]func(*Aim){
		"no time for a conversation": func(a *Aim) { a.Handle = 0 },
		"patience below zero":        func(a *Aim) { a.Patience = -time.Minute },
		"none at once":               func(a *Aim) { a.Each = 0 },
		"fewer than none":            func(a *Aim) { a.Least = -1 },
		"a share that is no number":  func(a *Aim) { a.Share = math.NaN() },
		"all of them":                func(a *Aim) { a.Share = 1 },
		"none of them":               func(a *Aim) { a.Share = 0 },
		"a wait below zero":          func(a *Aim) { a.Within = -1 },
		"places below zero":          func(a *Aim) { a.Queue = -1 },
	} {
		aim := Usual()
		change(&aim)
		if _, _, err := aim.Need(3); err == nil {
			t.Errorf("%s: needs", name)
		}
		if _, err := aim.WhatIf(&Forecast{}, nil, 2); err == nil {
			t.Errorf("%s: what if", name)
		}
	}
	for _, rate := range []float64{-1, math.NaN(), math.Inf(1)} {
		if _, _, err := Usual().Need(rate); err == nil {
			t.Errorf("%v an hour are taken", rate)
		}
	}
	for _, c := range []Cell{-1, Cells} {
		if _, err := Usual().Advise(&Forecast{}, []Cell{c}); err == nil {
			t.Errorf("half hour %d is advised on", c)
		}
		if _, err := Usual().WhatIf(&Forecast{}, []Cell{c}, 2); err == nil {
			t.Errorf("what if in half hour %d", c)
		}
	}
	if _, err := Usual().WhatIf(&Forecast{}, []Cell{1}, -1); err == nil {
		t.Error("what if with fewer than nobody")
	}
}

func TestAdviceHoldsToTheLeastAndRisesWithTheForecast(t *testing.T) {
	f := Fit(played(t, rand.New(rand.NewPCG(20, 20)), 26, rates, true), lastMonday, HalfLife, Coming)
	cells := []Cell{5*Halves + 28, 40, 6*Halves + 40}
	all, err := Usual().Advise(f, cells)
	if err != nil || len(all) != 3 {
		t.Fatal(all, err)
	}
	for _, a := range all {
		if a.People < 2 || a.Upper < a.Mean || !a.Enough {
			t.Errorf("%+v", a)
		}
	}
	if !all[1].Known || all[2].Known {
		t.Error("it does not say what it knows")
	}
	if all[1].People <= all[0].People {
		t.Errorf("a busy half hour asks for %d, a quiet one for %d", all[1].People, all[0].People)
	}
}

func TestWhatIfSaysAnsweredAndMissed(t *testing.T) {
	f := Fit(played(t, rand.New(rand.NewPCG(21, 21)), 26, rates, true), lastMonday, HalfLife, Coming)
	cells, err := CellsOf(time.Sunday, 19*60, 22*60)
	if err != nil || len(cells) != 6 || cells[0] != 6*Halves+38 {
		t.Fatal(cells, err)
	}
	lastMissed := math.Inf(1)
	for people := range 8 {
		o, err := Usual().WhatIf(f, cells, people)
		if err != nil || math.Abs(o.Answered+o.Missed-o.Came) > 1e-9 || o.Missed > lastMissed+1e-9 || o.Known != 0 || o.Halves != 6 || float64(o.Upper) < o.Came-1 {
			t.Fatalf("with %d: %+v, %v", people, o, err)
		}
		if people == 0 && o.Answered != 0 {
			t.Errorf("nobody answers %v", o.Answered)
		}
		lastMissed = o.Missed
	}
	if o, err := Usual().WhatIf(&Forecast{}, cells, 2); err != nil || o.Came != 0 || o.Missed != 0 || o.Upper != 0 {
		t.Errorf("of nothing: %+v, %v", o, err)
	}
}

func TestHoursAreHalfHoursOverMidnightToo(t *testing.T) {
	for _, c := range []struct {
		day         time.Weekday
		from, to, n int
		first, last Cell
	}{
		{time.Thursday, 19 * 60, 22 * 60, 6, 3*Halves + 38, 3*Halves + 43},
		{time.Thursday, 19*60 + 10, 20*60 - 10, 2, 3*Halves + 38, 3*Halves + 39},
		{time.Sunday, 23 * 60, 60, 4, 6*Halves + 46, 1},
		{time.Monday, 0, 1440, 48, 0, 47},
		{time.Monday, 15, 15 + 1440, 48, 0, 47},
	} {
		got, err := CellsOf(c.day, c.from, c.to)
		if err != nil || len(got) != c.n || got[0] != c.first || got[len(got)-1] != c.last {
			t.Errorf("%s %d-%d is %v, %v", c.day, c.from, c.to, got, err)
		}
	}
	for _, bad := range [][3]int{{-1, 0, 60}, {7, 0, 60}, {1, -1, 60}, {1, 1440, 60}, {1, 60, 60}, {1, 0, 2881}, {1, 0, 2000}} {
		if got, err := CellsOf(time.Weekday(bad[0]), bad[1], bad[2]); err == nil {
			t.Errorf("%v is %v", bad, got)
		}
	}
}
