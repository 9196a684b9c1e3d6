package rota

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"helpline"
)

// onMinute reads a book for one instant and nothing else: it shares no code
// with the timetable but Person.Speaks.
func onMinute(b *Book, at time.Time) (on []helpline.ID, open bool) {
	line := b.Rotas[0]
	person := func(id helpline.ID) *Person {
		for i := range b.People {
			if b.People[i].ID == id && b.People[i].Standing == Active {
				return &b.People[i]
			}
		}
		return nil
	}
	type place struct {
		person helpline.ID
		role   Role
	}
	var there []place
	running, covered, taken := false, false, false
	for _, s := range b.Shifts {
		if s.Rota != line.ID || s.Cancelled || at.Before(s.Start) || !at.Before(s.End) || s.Version == b.Version.ID && b.Version.State != Published {
			continue
		}
		shut := false
		for _, c := range b.Closures {
			d := s.Date.String()
			shut = shut || (c.Rota.IsZero() || c.Rota == line.ID) && c.First.String() <= d && d <= c.Last.String()
		}
		if shut {
			continue
		}
		running = true
		var mine []place
		for _, a := range b.Assignments {
			if a.Shift == s.ID && !a.Minds && person(a.Person) != nil && (a.State == Held || a.State == Offered || a.State == Worked || a.State == Proposed) {
				mine = append(mine, place{a.Person, a.Role})
			}
		}
		least, met, heads := 0, true, 0
		for _, p := range mine {
			if p.role == Counsellor || p.role == Leader {
				heads++
			}
		}
		for _, r := range b.Requirements {
			if r.Template != s.Template {
				continue
			}
			least = max(least, r.Min)
			who := map[helpline.ID]bool{}
			for _, p := range mine {
				if (r.Role == "" && (p.role == Counsellor || p.role == Leader) || r.Role == p.role) && (r.Language == "" || person(p.person).Speaks(r.Language)) {
					who[p.person] = true
				}
			}
			met = met && len(who) >= r.Min
		}
		covered = covered || met && heads > 0
		taken = taken || line.Way == Elsewhere && len(mine) == 0 && least > 0
		there = append(there, mine...)
	}
	if !running {
		return nil, false
	}
	heads, second := map[helpline.ID]bool{}, map[helpline.ID]bool{}
	for _, p := range there {
		on = append(on, p.person)
		switch {
		case p.role == Leader || p.role == Counsellor:
			heads[p.person] = true
		case p.role == Buddy && (line.Setup != Small || !person(p.person).Unreached):
			second[p.person] = true
		}
	}
	if line.Setup == Small {
		for _, o := range b.OnCalls {
			if !at.Before(o.Start) && at.Before(o.End) && person(o.Leader) != nil && person(o.Leader).May(Leader) && !person(o.Leader).Unreached {
				second[o.Leader] = true
			}
		}
	}
	backed := false
	for h := range heads {
		for s := range second {
			backed = backed || h != s
		}
	}
	slices.SortFunc(on, byID)
	switch {
	case taken:
		return on, true
	case line.Setup == Team:
		return on, covered
	}
	return on, len(heads) >= 2 || backed
}

// anyBook is a random book of a week around a day, in a zone.
func anyBook(t *testing.T, r *rand.Rand, zoneName string, day Date) *Book {
	id := ids(r.Uint64())
	pick := func(n int) bool { return r.IntN(n) == 0 }
	b := &Book{Site: Site{ID: id(), Zone: zoneName}}
	b.Rotas = []Rota{{ID: id(), Way: []Way{Managed, SelfSignUp, Elsewhere}[r.IntN(3)], Setup: []Setup{Small, Pair, Team}[r.IntN(3)]}, {ID: id()}}
	b.Version = Version{ID: id(), Rota: b.Rotas[0].ID, First: day.Plus(-2), Last: day.Plus(2), State: Published}
	for range 1 + r.IntN(4) {
		x := Template{ID: id(), Rota: b.Rotas[0].ID, Name: "x", Days: Weekdays(r.IntN(128)), From: r.IntN(1440)}
		if pick(5) {
			x.Rota = b.Rotas[1].ID
		}
		if pick(3) {
			x.From = 110 + r.IntN(90) // where clocks are set
		}
		long := 10 + r.IntN(700)
		x.To, x.EndDay = (x.From+long)%1440, (x.From+long)/1440
		if len(x.Faults()) > 0 {
			continue
		}
		b.Templates = append(b.Templates, x)
		for range r.IntN(3) {
			b.Requirements = append(b.Requirements, Requirement{ID: id(), Template: x.ID, Min: r.IntN(3), Role: []Role{"", Leader, Counsellor, Buddy}[r.IntN(4)], Language: []helpline.Locale{"", "nl", "fr"}[r.IntN(3)]})
		}
	}
	for i := range 6 {
		p := Person{ID: id(), Standing: Active, Languages: []helpline.Locale{"nl"}, Unreached: pick(3)}
		if i%2 == 0 {
			p.Languages = append(p.Languages, "fr")
		}
		if i%3 != 0 { // others lead no more
			p.Roles = []Role{Counsellor, Leader}
		}
		if pick(8) {
			p.Standing = []Standing{Suspended, Removed}[r.IntN(2)]
		}
		b.People = append(b.People, p)
	}
	z := zone(t, zoneName)
	for _, line := range b.Rotas {
		v := b.Version
		v.Rota = line.ID
		shifts, _, err := Materialise(v, b.Templates, nil, z, id)
		if err != nil {
			t.Fatal(err)
		}
		b.Shifts = append(b.Shifts, shifts...)
	}
	for i := range b.Shifts {
		b.Shifts[i].Cancelled = pick(12)
		if pick(12) {
			b.Shifts[i].Version = id() // background: published long ago
		}
		for range r.IntN(4) {
			b.Assignments = append(b.Assignments, Assignment{
				ID: id(), Shift: b.Shifts[i].ID, Person: b.People[r.IntN(6)].ID, Role: ShiftRoles()[r.IntN(4)], Minds: pick(10),
				State: []State{Held, Held, Held, Offered, Worked, NoShow, Swapped, Dropped}[r.IntN(8)],
			})
		}
	}
	if pick(4) {
		b.Version.State = []VersionState{Draft, Superseded}[r.IntN(2)]
	}
	if pick(3) {
		b.Closures = []Closure{{Rota: []helpline.ID{{}, b.Rotas[0].ID, b.Rotas[1].ID}[r.IntN(3)], First: day, Last: day.Plus(r.IntN(2))}}
	}
	for range r.IntN(3) {
		from := FirstOf(day, r.IntN(1440)-700, z)
		b.OnCalls = append(b.OnCalls, OnCall{ID: id(), Leader: b.People[r.IntN(6)].ID, Interval: Interval{from, from.Add(time.Duration(r.IntN(1500)) * time.Minute)}})
	}
	return b
}

// dstNights are the nights on which clocks are set, in three zones.
var dstNights = []struct {
	zone string
	day  Date
}{
	{"Europe/Amsterdam", Date{2026, time.March, 29}},
	{"Europe/Amsterdam", Date{2026, time.October, 25}},
	{"Europe/London", Date{2026, time.March, 29}},
	{"Europe/London", Date{2026, time.October, 25}},
	{"Australia/Lord_Howe", Date{2026, time.October, 4}},
	{"Australia/Lord_Howe", Date{2026, time.April, 5}},
}

func TestPromiseWhoIsOnDutyIsWhatEveryMinuteOfTheRotaSays(t *testing.T) {
	r := rand.New(rand.NewPCG(2026, 3))
	opened, shut := 0, 0
	for round := range 150 {
		night := dstNights[round%len(dstNights)]
		b := anyBook(t, r, night.zone, night.day)
		table := b.OnDuty(b.Rotas[0].ID)
		openings := table.Openings()
		for i, in := range openings {
			if !in.Start.Before(in.End) || i > 0 && !openings[i-1].End.Before(in.Start) {
				t.Fatalf("round %d: the openings touch or run backwards: %v", round, openings)
			}
		}
		watches := table.Watches()
		for i, w := range watches {
			if !w.Start.Before(w.End) || i > 0 && w.Start.Before(watches[i-1].End) {
				t.Fatalf("round %d: two stretches say who is on duty at %s", round, w.Start)
			}
		}
		z := zone(t, night.zone)
		for at, end := FirstOf(night.day.Plus(-2), 0, z), FirstOf(night.day.Plus(5), 0, z); at.Before(end); at = at.Add(time.Minute) {
			want, open := onMinute(b, at)
			w, runs := table.At(at)
			var got []helpline.ID
			for _, p := range w.On {
				got = append(got, p.Person)
			}
			if !slices.Equal(got, want) || w.Open != open || !runs && (len(want) > 0 || open) {
				t.Fatalf("round %d, %s %s: on duty %v and open %v, the minute says %v and %v", round, night.zone, at.In(z), got, w.Open, want, open)
			}
			if inside := slices.ContainsFunc(openings, func(in Interval) bool { return in.holds(at) }); inside != open {
				t.Fatalf("round %d, %s: in an opening %v, open %v", round, at.In(z), inside, open)
			}
			if open {
				opened++
			} else {
				shut++
			}
		}
	}
	if opened < 10000 || shut < 10000 {
		t.Fatalf("%d minutes open and %d shut: that shows little", opened, shut)
	}
}

func TestTheLineIsPlannedOpenWhenItsSetUpIsMet(t *testing.T) {
	for _, c := range []struct {
		name  string
		setup Setup
		on    []string
		call  string
		open  bool
	}{
		{"small: nobody", Small, nil, "L", false},
		{"small: one alone", Small, []string{"A"}, "", false},
		{"small: one and a leader on call", Small, []string{"A"}, "L", true},
		{"small: a leader who is on call for himself", Small, []string{"L leader"}, "L", false},
		{"small: one and a buddy", Small, []string{"A", "B buddy"}, "", true},
		{"small: a buddy alone", Small, []string{"B buddy"}, "L", false},
		{"small: two", Small, []string{"A", "B"}, "", true},
		{"small: one and a buddy whom no notice reaches", Small, []string{"A", "D buddy"}, "", false},
		{"small: one and a leader on call whom none reaches", Small, []string{"A"}, "F", false},
		{"small: one of two behind it is reached", Small, []string{"A", "D buddy"}, "L", true},
		{"small: two whom no notice reaches", Small, []string{"D", "F"}, "", true},
		{"pair: one and a buddy whom no notice reaches", Pair, []string{"A", "D buddy"}, "", true},
		{"small: one and a trainee", Small, []string{"A", "T trainee"}, "", false},
		{"pair: one and a leader on call", Pair, []string{"A"}, "L", false},
		{"pair: one and a buddy", Pair, []string{"A", "B buddy"}, "", true},
		{"pair: one in both places", Pair, []string{"A", "A buddy"}, "", false},
		{"pair: two", Pair, []string{"A", "B"}, "", true},
		{"pair: a trainee is no second", Pair, []string{"A", "T trainee"}, "", false},
		{"team: the least cover", Team, []string{"A", "B", "L leader"}, "", true},
		{"team: one too few", Team, []string{"A", "L leader"}, "", false},
		{"team: the leader that is asked lacks", Team, []string{"A", "B", "C"}, "L", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := draw(t, ams, "")
			d.Rotas[0].Setup = c.setup
			s := d.shift("2026-11-30 19:00-22:00")
			d.on(s, c.on...)
			d.person("D").Unreached, d.person("F").Unreached, d.person("F").Roles = true, true, []Role{Leader}
			d.Requirements = []Requirement{{Shift: s.ID, Min: 3}, {Shift: s.ID, Role: Leader, Min: 1}}
			if c.call != "" {
				d.OnCalls = []OnCall{{Leader: d.who[c.call], Interval: d.stretch("2026-11-30 18:00-23:00")}}
			}
			w, runs := d.OnDuty(d.Version.Rota).At(d.stretch("2026-11-30 20:00-21:00").Start)
			if !runs || w.Open != c.open {
				t.Errorf("it runs %v and is open %v, want %v", runs, w.Open, c.open)
			}
		})
	}
}

// What visitors read and what supervisors read of it is one thing.
func TestAShiftSaysWhomNoNoticeReachesSoThatItStaysShut(t *testing.T) {
	d := lineOf(t, Small)
	first := d.shift("2026-11-30 19:00-22:00")
	d.on(first, "A", "B buddy")
	last := d.shift("2026-11-30 22:00-23:00")
	d.on(last, "A", "C")
	d.OnCalls = []OnCall{{ID: d.id(), Leader: d.who["L"], Interval: d.stretch("2026-11-30 21:00-22:30")}}
	d.person("B").Unreached, d.person("L").Unreached = true, true
	told := func() []string { return d.said(Check(d.Book, Profile{}), quiet...) }
	if got := told(); !slices.Equal(got, []string{"behind B", "behind BL"}) {
		t.Errorf("%q", got)
	}
	if got := NewChecker(d.Book, Profile{}).Unheard(); len(got) != 1 || len(got[d.Shifts[0].ID]) != 2 {
		t.Errorf("by shift %v", got)
	}
	gaps := func() []Shortage {
		return d.hours("2026-11-20 12:00").Shortages(d.instant("2026-11-20 12:00"), d.instant("2026-12-04 12:00"))
	}
	got := gaps()
	if len(got) != 2 || got[0].Lacking != LackingNotice || !slices.Equal(got[0].Unreached, []helpline.ID{d.who["B"]}) || len(got[1].Unreached) != 2 || !got[1].End.Equal(d.Shifts[0].End) {
		t.Errorf("%+v", got)
	}
	if lean := d.hours("2026-11-20 12:00").Leans(d.instant("2026-11-20 12:00"), d.instant("2026-12-04 12:00")); len(lean) != 0 {
		t.Errorf("what stays shut leans on nobody: %v", lean)
	}
	d.person("B").Unreached = false
	if got, open := told(), d.OnDuty(d.Version.Rota).Openings(); len(got) != 0 || len(gaps()) != 0 || len(open) != 1 || open[0] != (Interval{d.Shifts[0].Start, d.Shifts[1].End}) {
		t.Errorf("reached: %q, open %v", got, open)
	}
	if lean := d.hours("2026-11-20 12:00").Leans(d.instant("2026-11-20 12:00"), d.instant("2026-12-04 12:00")); len(lean) != 1 || lean[0] != d.Shifts[0].Interval() {
		t.Errorf("it leans on B: %v", lean)
	}
	for _, setup := range []Setup{Pair, Team} {
		d.Rotas[0].Setup, d.person("B").Unreached = setup, true
		if got := told(); len(got) != 0 {
			t.Errorf("%s: %q", setup, got)
		}
	}
}

// A line that plans its names elsewhere opens when its shifts say so.
func TestARotaWithoutNamesOpensWhereNamesArePlannedElsewhere(t *testing.T) {
	d := draw(t, ams, "")
	s := d.shift("2026-11-30 19:00-22:00")
	d.Requirements = []Requirement{{Shift: s.ID, Min: 2}}
	d.shift("2026-12-01 19:00-22:00") // nothing is asked of this one
	if got := d.OnDuty(d.Version.Rota).Openings(); len(got) != 0 {
		t.Errorf("nobody is on a shift, and it is planned open: %v", got)
	}
	d.Rotas[0].Way = Elsewhere
	got := d.OnDuty(d.Version.Rota).Openings()
	if len(got) != 1 || got[0] != d.Shifts[0].Interval() {
		t.Errorf("planned open %v", got)
	}
	if said := d.said(Check(d.Book, Profile{})); len(said) != 0 {
		t.Errorf("what is planned elsewhere is found to lack: %v", said)
	}
}
