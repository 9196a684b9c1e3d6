package rota

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
)

// lineOf is a published rota of one week that a test writes in words: A, B and
// L are counsellors and a leader.
func lineOf(t *testing.T, setup Setup) *drawn {
	t.Helper()
	d := draw(t, ams, "")
	d.Rotas[0].Setup, d.Rotas[0].Way = setup, Managed
	return d
}

func (d *drawn) hours(at string) *Hours {
	return ReadHours(d.Book, []Version{d.Version}, d.instant(at))
}

func (d *drawn) instant(text string) time.Time {
	d.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, d.zone)
	if err != nil {
		d.t.Fatal(err)
	}
	return at
}

func TestALineThatIsPlannedElsewhereHasHoursWithoutAVersion(t *testing.T) {
	d := draw(t, ams, "")
	d.Rotas[0].Way = Elsewhere
	d.Version.ID = helpline.ID{}
	evening := Template{ID: d.id(), Rota: d.Rotas[0].ID, Name: "Evening", Days: On(time.Monday, time.Tuesday), From: 19 * 60, To: 22 * 60}
	d.Templates = []Template{evening}
	d.Requirements = []Requirement{{ID: d.id(), Template: evening.ID, Min: 1}}
	d.Closures = []Closure{{ID: d.id(), First: Date{2026, 12, 1}, Last: Date{2026, 12, 1}}}
	monday := d.instant("2026-11-30 20:00")
	h := ReadHours(d.Book, nil, monday)
	if in, open := h.At(monday); !open || !in.End.Equal(d.instant("2026-11-30 22:00")) {
		t.Errorf("on Monday %v %v", in, open)
	}
	if c := h.Cover(monday, nil); !c.Runs || c.Asks || !c.Met {
		t.Errorf("whoever plans elsewhere answers for it: %+v", c)
	}
	if next, ok := h.Next(monday); !ok || !next.Start.Equal(d.instant("2026-12-07 19:00")) {
		t.Errorf("the Tuesday is closed, and next is %v", next)
	}
	if gaps := h.Shortages(monday, monday.AddDate(0, 0, 14)); len(gaps) != 0 {
		t.Errorf("%+v", gaps)
	}
	if _, ok := h.Next(monday.AddDate(1, 0, 0)); !ok {
		t.Error("a year from now nothing is planned")
	}
	if cells := h.Cells(monday); len(cells) != 12 || cells[0] != Cell(38) {
		t.Errorf("a usual week has %v", cells)
	}
	// A day that a version covers is read from it alone.
	d.Version = Version{ID: d.id(), Rota: d.Rotas[0].ID, First: Date{2026, 12, 7}, Last: Date{2026, 12, 7}, State: Published}
	h = ReadHours(d.Book, []Version{d.Version}, monday)
	if next, _ := h.Next(monday); !next.Start.Equal(d.instant("2026-12-08 19:00")) {
		t.Errorf("a version without shifts keeps its day free, and next is %v", next)
	}
	if (&Hours{}).Said() || ReadHours(&Book{Site: d.Site}, nil, monday).Said() {
		t.Error("a line without a rota says hours")
	}
}

func TestPromiseALineWhoseHoursRunOutIsShut(t *testing.T) {
	d := draw(t, ams, "")
	d.Rotas[0].Way = Elsewhere
	evening := Template{ID: d.id(), Rota: d.Rotas[0].ID, Name: "Evening", Days: On(time.Monday), From: 19 * 60, To: 22 * 60, Last: Date{2026, 11, 30}}
	d.Requirements = []Requirement{{ID: d.id(), Template: evening.ID, Min: 1}}
	at := d.instant("2027-01-04 20:00")
	for name, templates := range map[string][]Template{"the season is over": {evening}, "the last template is dropped": nil} {
		d.Templates = templates
		h := ReadHours(d.Book, nil, at)
		_, open := h.At(at)
		if _, soon := h.Next(at); !h.Said() || open || soon {
			t.Errorf("%s: hours %v, open %v, soon %v", name, h.Said(), open, soon)
		}
		if c := h.Cover(at, []helpline.ID{d.who["A"]}); c.Runs || c.Met {
			t.Errorf("%s: whoever is at a desk opens the line: %+v", name, c)
		}
	}
}

func TestWhoIsThereOpensWhatTheSetUpAsks(t *testing.T) {
	at := "2026-11-30 20:00"
	for _, c := range []struct {
		name  string
		setup Setup
		on    []string
		here  []string
		call  bool // L is on call
		deaf  bool // and would not hear
		want  bool
	}{
		{"a pair of two", Pair, []string{"A", "B"}, []string{"A", "B"}, false, false, true},
		{"one of a pair", Pair, []string{"A", "B"}, []string{"A"}, false, false, false},
		{"one of a pair and a walk-on", Pair, []string{"A", "B"}, []string{"A", "C"}, false, false, true},
		{"two walk-ons", Pair, []string{"A", "B"}, []string{"C", "D"}, false, false, true},
		{"one and a trainee", Pair, []string{"A", "T trainee"}, []string{"A", "T"}, false, false, false},
		{"one and a buddy who came", Pair, []string{"A", "B buddy"}, []string{"A", "B"}, false, false, true},
		{"one and a buddy who did not", Pair, []string{"A", "B buddy"}, []string{"A"}, false, false, false},
		{"the same one twice", Pair, []string{"A", "B"}, []string{"A", "A"}, false, false, false},
		{"nobody", Small, []string{"A"}, nil, true, false, false},
		{"one and a leader on call", Small, []string{"A"}, []string{"A"}, true, false, true},
		{"one and nobody on call", Small, []string{"A"}, []string{"A"}, false, false, false},
		{"one and one on call who leads no more", Small, []string{"A"}, []string{"A"}, true, false, false},
		{"one and a leader who would not hear", Small, []string{"A"}, []string{"A"}, true, true, false},
		{"one and a buddy at home", Small, []string{"A", "B buddy"}, []string{"A"}, false, false, true},
		{"one and a buddy at home who would not hear", Small, []string{"A", "B buddy"}, []string{"A"}, false, true, false},
		{"one and a buddy who would not hear, and came", Small, []string{"A", "B buddy"}, []string{"A", "B"}, false, true, true},
		{"one and a buddy of a pair who would not hear, and came", Pair, []string{"A", "B buddy"}, []string{"A", "B"}, false, true, true},
		{"one and a leader on call who would not hear, and came as a buddy", Small, []string{"A", "L buddy"}, []string{"A", "L"}, true, true, true},
		{"two of a small line", Small, []string{"A"}, []string{"A", "B"}, false, false, true},
		{"a team with its leader", Team, []string{"A", "B", "L leader"}, []string{"A", "B", "L"}, false, false, true},
		{"a team without its leader", Team, []string{"A", "B", "L leader"}, []string{"A", "B"}, false, false, false},
		{"a leader walks on", Team, []string{"A", "B", "L leader"}, []string{"A", "B", "L"}, false, false, true},
		{"a leader alone", Team, []string{"A", "B", "L leader"}, []string{"L"}, false, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := lineOf(t, c.setup)
			s := d.shift("2026-11-30 19:00-22:00")
			d.on(s, c.on...)
			if c.setup == Team {
				d.Requirements = []Requirement{{ID: d.id(), Shift: s.ID, Min: 2}, {ID: d.id(), Shift: s.ID, Role: Leader, Min: 1}}
			}
			if c.call {
				d.OnCalls = []OnCall{{ID: d.id(), Leader: d.who["L"], Interval: d.stretch("2026-11-30 18:00-23:00")}}
			}
			if strings.Contains(c.name, "leads no more") {
				d.person("L").Roles = []Role{Counsellor}
			}
			var here []helpline.ID
			for _, n := range c.here {
				here = append(here, d.who[n])
			}
			for i := range d.People {
				d.People[i].Unreached = c.deaf
			}
			h := d.hours(at)
			got := h.Cover(d.instant(at), here)
			if !got.Runs || !got.Asks || got.Met != c.want {
				t.Errorf("%+v, want met %v", got, c.want)
			}
			if got := h.Cover(d.instant("2026-11-30 22:00"), here); got.Runs || got.Met {
				t.Errorf("after the end %+v", got)
			}
		})
	}
}

func TestGapsSayWhatLacks(t *testing.T) {
	for _, c := range []struct {
		name  string
		setup Setup
		on    []string
		want  Lacking
		have  int
		heads int
	}{
		{"nobody", Pair, nil, LackingNobody, 0, 0},
		{"one of two", Pair, []string{"A"}, LackingPeople, 1, 2},
		{"nobody behind", Small, []string{"A"}, LackingBehind, 0, 0},
		{"no leader", Team, []string{"A", "B"}, LackingLeader, 0, 0},
		{"one of two, and no leader", Team, []string{"A"}, LackingPeople, 1, 2},
		{"no language", Team, []string{"A", "L leader"}, LackingSkill, 0, 0},
		{"enough", Pair, []string{"A", "B"}, "", 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := lineOf(t, c.setup)
			s := d.shift("2026-11-30 19:00-22:00")
			d.on(s, c.on...)
			d.Requirements = []Requirement{{ID: d.id(), Shift: s.ID, Min: 2}, {ID: d.id(), Shift: s.ID, Role: Leader, Min: 1}}
			if c.want == LackingSkill {
				d.Requirements = append(d.Requirements, Requirement{ID: d.id(), Shift: s.ID, Language: "fr", Min: 1})
			}
			h := d.hours("2026-11-20 12:00")
			got := h.Shortages(d.instant("2026-11-20 12:00"), d.instant("2026-12-04 12:00"))
			if c.want == "" {
				if len(got) != 0 {
					t.Errorf("%+v", got)
				}
				return
			}
			if len(got) != 1 || got[0].Lacking != c.want || got[0].Have != c.have || got[0].Want != c.heads || got[0].Shift != s.ID || !got[0].End.Equal(s.End) {
				t.Errorf("%+v", got)
			}
			if got := h.Shortages(d.instant("2026-11-20 12:00"), d.instant("2026-11-30 12:00")); len(got) != 0 {
				t.Errorf("a gap that begins later is told already: %+v", got)
			}
		})
	}
}

func TestARotaThatEndsSoonIsAGap(t *testing.T) {
	d := lineOf(t, Pair)
	d.Version.First, d.Version.Last = Date{2026, 11, 23}, Date{2026, 11, 29}
	now := d.instant("2026-11-25 12:00")
	evening := Template{ID: d.id(), Rota: d.Rotas[0].ID, Name: "Evening", Days: On(time.Tuesday), From: 19 * 60, To: 22 * 60}
	d.Templates = []Template{evening}
	h := d.hours("2026-11-25 12:00")
	got := h.Shortages(now, now.AddDate(0, 0, 14))
	if len(got) != 1 || got[0].Lacking != LackingVersion || !got[0].Start.Equal(d.instant("2026-12-01 19:00")) || !got[0].Shift.IsZero() {
		t.Errorf("%+v", got)
	}
	draft := d.Version
	draft.State = Draft
	if got := ReadHours(d.Book, []Version{draft}, now).Shortages(now, now.AddDate(0, 0, 14)); len(got) != 0 {
		t.Errorf("of a rota that never was published something lacks: %+v", got)
	}
	d.Closures = []Closure{{ID: d.id(), Rota: d.Rotas[0].ID, First: Date{2026, 11, 30}, Last: Date{2026, 12, 31}}}
	if got := d.hours("2026-11-25 12:00").Shortages(now, now.AddDate(0, 0, 14)); len(got) != 0 {
		t.Errorf("in a holiday something lacks: %+v", got)
	}
}

// TestPromiseOpeningsOfAllRotasAreWhatEveryMinuteSays: two rotas of one line,
// one with names and one that is planned elsewhere, over the nights on which
// clocks are set, against a reading that looks at one minute alone.
func TestPromiseOpeningsOfAllRotasAreWhatEveryMinuteSays(t *testing.T) {
	for _, night := range []struct {
		zone string
		day  Date
	}{
		{"Europe/Amsterdam", Date{2026, 3, 28}},
		{"Europe/Amsterdam", Date{2026, 10, 24}},
		{"Europe/London", Date{2026, 3, 28}},
		{"Europe/London", Date{2026, 10, 24}},
		{"Australia/Lord_Howe", Date{2026, 4, 4}},
		{"Australia/Lord_Howe", Date{2026, 10, 3}},
	} {
		for seed := range uint64(3) {
			r := rand.New(rand.NewPCG(seed, 6))
			d := draw(t, night.zone, "")
			d.Rotas[0].Way, d.Rotas[0].Setup = Managed, []Setup{Small, Pair, Team}[seed]
			d.Version.First, d.Version.Last = night.day, night.day.Plus(1)
			other := Rota{ID: d.id(), Site: d.Site.ID, Name: "Night", Way: Elsewhere, Setup: Small}
			d.Rotas = append(d.Rotas, other)
			from := r.IntN(24) * 60
			d.Templates = []Template{{ID: d.id(), Rota: other.ID, Name: "N", Days: On(night.day.Weekday()), From: from, To: (from + 300) % 1440, EndDay: (from + 300) / 1440}}
			d.Requirements = []Requirement{{ID: d.id(), Template: d.Templates[0].ID, Min: 1}}
			for range 6 {
				start := FirstOf(night.day, r.IntN(96)*30, d.zone)
				s := Shift{ID: d.id(), Version: d.Version.ID, Rota: d.Rotas[0].ID, Date: DateOf(start.In(d.zone)), Start: start, End: start.Add(time.Duration(1+r.IntN(9)) * time.Hour), Cancelled: r.IntN(6) == 0}
				d.Shifts = append(d.Shifts, s)
				for _, n := range []string{"A", "B", "L leader"}[:r.IntN(4)] {
					d.on(&d.Shifts[len(d.Shifts)-1], n)
				}
			}
			now := FirstOf(night.day, 720, d.zone)
			h := ReadHours(d.Book, []Version{d.Version}, now)
			for at := FirstOf(night.day, 0, d.zone); at.Before(now.Add(60 * time.Hour)); at = at.Add(time.Minute) {
				named := *d.Book
				_, open := onMinute(&named, at)
				wall := at.In(d.zone)
				begun := FirstOf(night.day, from, d.zone)
				end := LastOf(night.day.Plus((from+300)/1440), (from+300)%1440, d.zone)
				open = open || !at.Before(begun) && at.Before(end)
				in, got := h.At(at)
				if got != open {
					t.Fatalf("%s, seed %d, %s: open %v, the minute says %v", night.zone, seed, wall, got, open)
				}
				if next, ok := h.Next(at); ok && (!next.Start.After(at) || got && next.Start.Before(in.End)) {
					t.Fatalf("%s, seed %d, %s: next %s", night.zone, seed, wall, next.Start)
				}
			}
		}
	}
}

func TestSomebodyWhoDidNotComeIsNoCoverAndMayComeAfterAll(t *testing.T) {
	d := begin(t, SelfSignUp)
	a := d.of("A", 0)
	d.refuses("only a supervisor", helpline.Forbidden, "A", Step{Do: DoNoShow, Assignment: a.ID})
	d.refuses("has not begun", helpline.Conflict, "L!", Step{Do: DoNoShow, Assignment: a.ID})
	d.must("A", Step{Do: DoOffer, Assignment: a.ID})
	offer := d.last().ID
	d.now = d.Shifts[0].Start.Add(16 * time.Minute)
	d.refuses("nobody said", helpline.Conflict, "L!", Step{Do: DoCame, Assignment: a.ID})
	d.must("L!", Step{Do: DoNoShow, Assignment: a.ID})
	if got := d.of("A", 0); got.State != NoShow || got.Revision <= a.Revision || d.last().ID != offer || d.last().State != Withdrawn {
		t.Errorf("%+v, swap %+v", got, d.last())
	}
	w, _ := d.OnDuty(d.Rotas[0].ID).At(d.now)
	if slices.ContainsFunc(w.On, func(p Presence) bool { return p.Person == d.who["A"] }) {
		t.Error("somebody who did not come is on duty")
	}
	d.refuses("said so already", helpline.Conflict, "L!", Step{Do: DoNoShow, Assignment: a.ID})
	d.refuses("only a supervisor", helpline.Forbidden, "A", Step{Do: DoCame, Assignment: a.ID})
	d.refuses("no such place", helpline.NotFound, "L!", Step{Do: DoCame, Assignment: d.id()})
	d.must("L!", Step{Do: DoCame, Assignment: a.ID})
	if got := d.of("A", 0); got.State != Held {
		t.Errorf("%+v", got)
	}
}
