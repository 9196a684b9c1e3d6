package rota

import (
	"slices"
	"testing"
	"time"
)

// Openings in plain words and the rota that is made of them say the same of
// every minute, over closed days and over the nights clocks are set.
func TestARotaMadeOfHoursIsOpenWhenTheHoursSay(t *testing.T) {
	for _, c := range []struct {
		name   string
		week   []string
		closed []string
		first  Date
	}{
		{"evenings", []string{"mon-fri 19:00-22:00", "sat 14:00-17:00"}, []string{"2026-12-24..2026-12-26", "2026-12-31"}, Date{2026, 12, 7}},
		{"over midnight", []string{"fri-sun 22:00-02:00", "mon 02:00-24:00"}, nil, Date{2026, 11, 30}},
		{"clocks set forward", []string{"sat-sun 22:00-06:00", "sun 12:00-13:00"}, []string{"2026-03-30"}, Date{2026, 3, 16}},
		{"clocks set back", []string{"sat 22:00-02:30", "sun 02:30-06:00"}, nil, Date{2026, 10, 12}},
		{"day and night", []string{"mon-sun 00:00-24:00"}, []string{"2026-12-25"}, Date{2026, 12, 14}},
	} {
		for _, setup := range []Setup{Small, Pair, Team} {
			spans, err := ParseWeek(c.week)
			if err != nil {
				t.Fatal(err)
			}
			closed, err := ParseClosed(c.closed)
			if err != nil {
				t.Fatal(err)
			}
			id, in := ids(8), zone(t, ams)
			line, templates, needs, shut := FromHours(Rota{Name: "Hours", Setup: setup}, spans, closed, id)
			for _, tpl := range templates {
				if f := tpl.Faults(); len(f) > 0 {
					t.Errorf("%s: %+v: %v", c.name, tpl, f)
				}
			}
			v := Version{ID: id(), Rota: line.ID, First: c.first, Last: c.first.Plus(27), State: Published}
			b := &Book{Site: Site{Zone: ams}, Version: v, Rotas: []Rota{line}, Templates: templates, Requirements: needs, Closures: shut}
			if b.Shifts, _, err = Materialise(v, templates, shut, in, id); err != nil {
				t.Fatal(err)
			}
			table, plan := b.OnDuty(line.ID), NewPlan(in, spans, closed)
			days := Days(c.first, v.Last, in)
			for at := days.Start; at.Before(days.End); at = at.Add(time.Minute) {
				w, _ := table.At(at)
				if opening, open := plan.At(at); open != w.Open && !opening.Start.Before(days.Start) {
					t.Fatalf("%s, %s: at %s the hours say %v and the rota says %v", c.name, setup, at.In(in), open, w.Open)
				}
			}
			if again, _, _, _ := FromHours(line, spans, closed, id); again.ID != line.ID || again.Way != Elsewhere {
				t.Errorf("%s: the rota changed its name", c.name)
			}
		}
	}
}

func TestClosedDaysInARowAreOneClosure(t *testing.T) {
	closed, err := ParseClosed([]string{"2026-12-31..2027-01-01", "2026-12-25", "2026-12-24..2026-12-26"})
	if err != nil {
		t.Fatal(err)
	}
	_, _, _, shut := FromHours(Rota{}, nil, closed, ids(1))
	var got []string
	for _, c := range shut {
		got = append(got, c.First.String()+" "+c.Last.String())
	}
	if want := []string{"2026-12-24 2026-12-26", "2026-12-31 2027-01-01"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
