package rota

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"helpline"
)

func TestTheRulesOfTheHouse(t *testing.T) {
	const evening = "2026-11-30 19:00-22:00"
	for _, c := range []struct {
		name string
		draw func(d *drawn)
		want []string
	}{
		{"a plain shift", func(d *drawn) { d.work("A", evening) }, nil},
		{"one person at two places", func(d *drawn) { d.work("A", evening, "2026-11-30 21:00-23:00") }, []string{"overlap A 60/0"}},
		{"shifts that touch do not overlap", func(d *drawn) { d.work("A", evening, "2026-11-30 22:00-23:00") }, nil},
		{"at the places of two rotas", func(d *drawn) {
			d.work("A", evening)
			s := d.shift("2026-11-30 18:00-20:00")
			s.Rota, s.Version = d.id(), d.id()
			d.on(s, "A")
		}, []string{"overlap A 60/0"}},
		{"what overlaps among other rotas alone is theirs", func(d *drawn) {
			s := d.shift(evening)
			d.on(s, "A", "A")
			s.Rota, s.Version = d.id(), d.id()
		}, nil},
		{"one person in two places of a shift", func(d *drawn) { d.on(d.shift(evening), "A", "A buddy") }, []string{"twice A 180/0"}},
		{"three at once", func(d *drawn) { d.work("A", evening, evening, evening) }, []string{"overlap A 180/0", "overlap A 180/0", "overlap A 180/0"}},
		{"a cancelled shift takes nobody's time", func(d *drawn) {
			d.work("A", evening, evening)
			d.Shifts[1].Cancelled = true
		}, nil},
		{"who only answers for a place is not busy", func(d *drawn) {
			d.work("A", evening, evening)
			d.Assignments[1].Minds = true
		}, nil},
		{"what was swapped away is not theirs", func(d *drawn) {
			d.work("A", evening, evening, evening)
			d.Assignments[1].State, d.Assignments[2].State = Swapped, Dropped
		}, nil},
		{"leave over a published shift", func(d *drawn) {
			d.work("A", evening)
			d.Leaves = []Leave{{Person: d.who["A"], Interval: Days(Date{2026, 11, 30}, Date{2026, 11, 30}, d.zone)}}
		}, []string{"leave A"}},
		{"leave that ends when the shift begins", func(d *drawn) {
			d.work("A", evening)
			d.Leaves = []Leave{{Person: d.who["A"], Interval: d.stretch("2026-11-30 08:00-19:00")}, {Person: d.who["B"], Interval: d.stretch(evening)}}
		}, nil},
		{"cannot, and would rather not", func(d *drawn) {
			d.work("A", evening).work("B", evening)
			d.Availability = []Availability{{d.who["A"], d.stretch(evening), Cannot}, {d.who["B"], d.stretch(evening), PreferNot}}
		}, []string{"cannot A"}},
		{"somebody who is suspended", func(d *drawn) { d.work("A", evening).person("A").Standing = Suspended }, []string{"person.suspended A"}},
		{"somebody who was removed with shifts", func(d *drawn) { d.work("A", evening).person("A").Standing = Removed }, []string{"person.removed A"}},
		{"somebody of whom nothing is known", func(d *drawn) { d.work("A", evening).person("A").Standing = "" }, []string{"person.suspended A"}},
		{"somebody who is not in the book", func(d *drawn) {
			d.work("A", evening)
			d.Assignments[0].Person = d.id()
		}, []string{"person.unknown "}},
		{"a place on no shift", func(d *drawn) {
			d.work("A", evening)
			d.Assignments[0].Shift = d.id()
		}, []string{"shift.unknown A"}},
		{"a counsellor as leader", func(d *drawn) { d.on(d.shift(evening), "A leader") }, []string{"role A"}},
		{"a leader as counsellor and as buddy", func(d *drawn) { d.work("L", evening).on(d.shift("2026-12-03 19:00-22:00"), "L buddy") }, nil},
		{"a trainee as counsellor", func(d *drawn) { d.work("T", evening) }, []string{"role T"}},
		{"a role there is not", func(d *drawn) { d.on(d.shift(evening), "A boss") }, []string{"role A"}},
		{"a trainee alone", func(d *drawn) { d.on(d.shift(evening), "T trainee") }, []string{"mentor T"}},
		{"beside a counsellor who is no mentor", func(d *drawn) { d.on(d.shift(evening), "T trainee", "A") }, []string{"mentor T"}},
		{"beside a mentor", func(d *drawn) {
			d.on(d.shift(evening), "T trainee", "A")
			d.Skills = []Skill{{d.who["A"], Mentor, Date{2026, 11, 30}}}
		}, nil},
		{"beside one whose skill ended yesterday", func(d *drawn) {
			d.on(d.shift(evening), "T trainee", "A")
			d.Skills = []Skill{{d.who["A"], Mentor, Date{2026, 11, 29}}}
		}, []string{"mentor T"}},
		{"beside a leader", func(d *drawn) { d.on(d.shift(evening), "T trainee", "L leader") }, nil},
		{"beside a mentor who is away", func(d *drawn) {
			d.on(d.shift(evening), "T trainee", "L leader").person("L").Standing = Removed
		}, []string{"mentor T", "person.removed L"}},
		{"a skill that ends on the day", func(d *drawn) {
			d.work("A", evening).Rotas[0].Needs = []string{"chat"}
			d.Skills = []Skill{{d.who["A"], "chat", Date{2026, 11, 30}}}
		}, nil},
		{"a skill that ended the day before", func(d *drawn) {
			d.work("A", evening).Rotas[0].Needs = []string{"chat"}
			d.Skills = []Skill{{d.who["A"], "chat", Date{2026, 11, 29}}, {d.who["A"], "phone", Date{}}}
		}, []string{"skill.expired A"}},
		{"a skill that was renewed", func(d *drawn) {
			d.work("A", evening).Rotas[0].Needs = []string{"chat"}
			d.Skills = []Skill{{d.who["A"], "chat", Date{2026, 11, 29}}, {d.who["A"], "chat", Date{}}}
		}, nil},
		{"a skill that was never learned", func(d *drawn) {
			d.work("A", evening).Rotas[0].Needs = []string{"chat"}
			d.on(&d.Shifts[0], "B buddy")
		}, []string{"skill.missing A"}},
		{"a shift of 0 hours", func(d *drawn) {
			d.work("A", evening)
			d.Shifts[0].End = d.Shifts[0].Start
		}, []string{"shift.empty A"}},
		{"one that ends before it starts", func(d *drawn) {
			d.work("A", evening)
			d.Shifts[0].End = d.Shifts[0].Start.Add(-time.Hour)
		}, []string{"shift.empty A -60/0"}},
		{"one of 30 hours", func(d *drawn) { d.on(d.shift("2026-11-30 00:00-06:00+1"), "A") }, []string{"shift.endless A 1800/1500"}},
		{"one of a million hours", func(d *drawn) {
			d.work("A", evening)
			d.Shifts[0].End = d.Shifts[0].Start.AddDate(120, 0, 0)
		}, []string{"shift.endless A 63113760/1500"}},
		{"one on a day of another version", func(d *drawn) { d.work("A", "2027-01-01 19:00-22:00") }, []string{"shift.outside A 180/0"}},
		{"one template twice on a day", func(d *drawn) {
			d.work("A", evening).work("B", evening)
			d.Shifts[0].Template = d.id()
			d.Shifts[1].Template = d.Shifts[0].Template
		}, []string{"shift.same B 180/0", "template.gone A 180/0", "template.gone B 180/0"}},
		{"too few, too many and the wrong ones", func(d *drawn) {
			s := d.shift(evening)
			d.on(s, "A", "B", "T trainee", "L leader")
			d.Requirements = []Requirement{{Shift: s.ID, Min: 4}, {Shift: s.ID, Min: 0, Max: 2, Role: Counsellor}, {Shift: s.ID, Role: Counsellor, Max: 1}, {Shift: s.ID, Min: 1, Language: "fr"}, {Shift: s.ID, Min: 1, Skill: "phone"}}
		}, []string{"cover.max ABLT 2/1", "cover.min  0/1", "cover.min  0/1", "cover.min  3/4"}},
		{"a shift of its own asks more than its template", func(d *drawn) {
			s := d.shift(evening)
			s.Template = d.id()
			d.on(s, "A")
			d.Requirements = []Requirement{{Template: s.Template, Min: 1}, {Shift: s.ID, Min: 2}, {Template: s.Template, Language: "nl", Min: 2}}
		}, []string{"cover.min  1/2", "cover.min  1/2", "template.gone A 180/0"}},
		{"more than was agreed", func(d *drawn) {
			d.Version.First, d.Version.Last = Date{2026, 11, 30}, Date{2026, 12, 13}
			d.work("A", evening, "2026-12-02 19:00-22:00", "2026-12-08 19:00-22:01")
			d.Terms = []Terms{{Person: d.who["A"], Max: 270}}
		}, []string{"terms.max A 271/270"}},
		{"fewer hours than were agreed, and nobody who has left", func(d *drawn) {
			d.Version.First, d.Version.Last = Date{2026, 11, 30}, Date{2026, 12, 13}
			d.work("A", evening, "2026-12-02 19:00-22:00").work("C", "2026-12-03 19:00-22:00", "2026-12-05 19:00-22:00")
			d.Terms = []Terms{{Person: d.who["A"], Min: 181}, {Person: d.who["B"], Min: 60}, {Person: d.who["C"], Min: 180}, {Person: d.who["D"], Min: 60}}
			d.person("D").Standing = Removed
		}, []string{"terms.min A 180/181", "terms.min B 0/60"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := draw(t, ams, "")
			c.draw(d)
			d.want(c.name, c.want...)
		})
	}
}

func TestWhoIsAloneAndWhereNoLeaderIs(t *testing.T) {
	d := draw(t, ams, "")
	d.on(d.shift("2026-11-30 18:00-20:00"), "A").on(d.shift("2026-11-30 19:00-22:00"), "B", "C").on(d.shift("2026-11-30 22:00-23:00"), "C")
	all := func() []string { return d.said(Check(d.Book, Profile{})) }
	want := []string{"alone A 60/0", "alone C 60/0", "leaderless  180/0"}
	if got := all(); !slices.Equal(got, want) {
		t.Errorf("the breaches are %q, want %q", got, want)
	}
	d.OnCalls = []OnCall{{Leader: d.who["L"], Interval: d.stretch("2026-11-30 18:00-21:00")}}
	want = []string{"alone A 60/0", "alone C 60/0", "leaderless  60/0"}
	if got := all(); !slices.Equal(got, want) {
		t.Errorf("with a leader on call for a pair: %q, want %q", got, want)
	}
	d.Rotas[0].Setup = Team
	want = []string{"alone A 60/0", "alone C 60/0", "leaderless  300/0"}
	if got := all(); !slices.Equal(got, want) {
		t.Errorf("a team wants one on duty: %q, want %q", got, want)
	}
	d.on(&d.Shifts[1], "L leader")
	want = []string{"alone A 60/0", "alone C 60/0", "leaderless  60/0", "leaderless  60/0"}
	if got := all(); !slices.Equal(got, want) {
		t.Errorf("with a leader in the middle: %q, want %q", got, want)
	}
	long := d.on(d.shift("2026-12-01 12:00-18:01"), "A", "B", "L leader").on(d.shift("2026-12-02 12:00-18:00"), "A", "B", "L leader")
	want = append(want, "shift.long ABL 361/360")
	if got := long.said(Check(d.Book, Profile{})); !slices.Equal(got, want) {
		t.Errorf("a long shift: %q, want %q", got, want)
	}
}

func TestAnAdvisoryBreachIsAcceptedWithAReasonAndAHardOneNever(t *testing.T) {
	d := draw(t, ams, "").work("A", "2026-11-30 19:00-22:00", "2026-11-30 21:00-23:00")
	at := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	for _, b := range Check(d.Book, Profile{}) {
		a, err := b.Accept(d.who["L"], at, ReasonOnce)
		if (err == nil) != (b.Level == Advisory) {
			t.Errorf("%s, %s: %v", b.Rule, b.Level, err)
		}
		if err != nil {
			continue
		}
		for _, bad := range []func() (Acceptance, error){
			func() (Acceptance, error) { return b.Accept(helpline.ID{}, at, ReasonOnce) },
			func() (Acceptance, error) { return b.Accept(d.who["L"], time.Time{}, ReasonOnce) },
			func() (Acceptance, error) { return b.Accept(d.who["L"], at, "") },
			func() (Acceptance, error) { return b.Accept(d.who["L"], at, "because she said so") },
		} {
			if _, err := bad(); helpline.KindOf(err) != helpline.Invalid {
				t.Errorf("%s: %v", b.Rule, err)
			}
		}
		d.Acceptances = append(d.Acceptances, a)
	}
	accepted := func() (n int) {
		for _, b := range Check(d.Book, Profile{}) {
			if b.Accepted {
				n++
			}
			if b.Accepted && b.Level != Advisory {
				t.Errorf("%s was accepted", b.Rule)
			}
		}
		return n
	}
	if got := accepted(); got != 1 || len(d.Acceptances) != 1 {
		t.Fatalf("%d accepted of %d", got, len(d.Acceptances))
	}
	d.Shifts[1].End = d.Shifts[1].End.Add(time.Minute) // she is alone for longer now
	if got := accepted(); got != 0 {
		t.Error("another breach counts as the one that was accepted")
	}
	forged := Acceptance{Key: Check(d.Book, Profile{})[0].Key(), By: d.who["A"], At: at, Reason: ReasonOnce}
	if d.Acceptances = []Acceptance{forged}; accepted() != 0 {
		t.Error("an acceptance that was put in by hand covers a hard breach")
	}
}

func TestWhatWasPinnedStays(t *testing.T) {
	d := draw(t, ams, "")
	d.on(d.shift("2026-11-30 19:00-22:00"), "A", "B", "L leader")
	d.Shifts[0].Template = d.id()
	d.Assignments[0].Pinned, d.Assignments[2].Pinned = true, true
	after := *d.Book
	next := d.id() // another version has other shifts and other places, of the same template and day
	after.Shifts = slices.Clone(d.Shifts)
	after.Shifts[0].ID = next
	after.Assignments = slices.Clone(d.Assignments)
	for i := range after.Assignments {
		after.Assignments[i].ID, after.Assignments[i].Shift = d.id(), next
	}
	if got := Pinned(d.Book, &after); len(got) != 0 {
		t.Errorf("nothing was moved: %v", d.said(got))
	}
	after.Assignments[0].Person, after.Assignments[1].Person = d.who["C"], d.who["D"]
	after.Assignments[2].Role = Counsellor
	if got, want := d.said(Pinned(d.Book, &after)), []string{"pinned A", "pinned L"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Could says of one more assignment what Check says of the book with it.
func TestWhoCouldTakeItIsWhatTheCheckerSaysAfterwards(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	eu, err := ProfileNamed("eu-2003-88")
	if err != nil {
		t.Fatal(err)
	}
	yes, no := 0, 0
	for seed := range uint64(6) {
		b := makeBook(seed, 3, 25)
		c := NewChecker(b, eu)
		before := map[string]bool{}
		for _, h := range c.hard() {
			before[h.Key()] = true
		}
		for range 30 {
			a := Assignment{ID: helpline.NewID(), Shift: b.Shifts[r.IntN(len(b.Shifts))].ID, Person: b.People[r.IntN(len(b.People))].ID, Role: ShiftRoles()[r.IntN(4)], State: Proposed}
			with := *b
			with.Assignments = append(slices.Clone(b.Assignments), a)
			var want []string
			for _, h := range NewChecker(&with, eu).hard() {
				if !before[h.Key()] && slices.Contains(h.People, a.Person) {
					want = append(want, string(h.Rule))
				}
			}
			var got []string
			for _, h := range c.Could(a) {
				got = append(got, string(h.Rule))
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(slices.Compact(got), slices.Compact(want)) {
				t.Fatalf("could says %v, the checker afterwards %v", got, want)
			}
			if len(got) == 0 {
				yes++
			} else {
				no++
			}
		}
	}
	if yes < 20 || no < 20 {
		t.Fatalf("%d could and %d could not: that shows little", yes, no)
	}
	d := draw(t, ams, "")
	if got := NewChecker(d.Book, Profile{}).Could(Assignment{Shift: d.id(), Person: d.who["A"]}); len(got) != 1 || got[0].Rule != RuleStray {
		t.Errorf("of a shift that is not: %v", got)
	}
	s := d.shift("2026-11-30 19:00-22:00")
	if got := NewChecker(d.Book, Profile{}).Could(Assignment{Shift: s.ID, Person: d.id()}); len(got) != 1 || got[0].Rule != RuleUnknown {
		t.Errorf("of a person who is not: %v", got)
	}
}

func TestEveryBreachNamesItsRuleItsWayOutAndWhatItIsAbout(t *testing.T) {
	rules := map[RuleID]int{}
	for seed := range uint64(4) {
		b := makeBook(seed, 4, 30)
		for i := 0; i < len(b.Assignments); i += 5 { // somebody who may not suit at all
			b.Assignments[i].Person = b.People[(i*7)%len(b.People)].ID
		}
		breaches := Check(b, Profile{})
		keys := map[string]RuleID{}
		for i, x := range breaches {
			rules[x.Rule]++
			if x.Way != ways[x.Rule] || x.Way == "" || !slices.Contains([]Level{Hard, Advisory, Note}, x.Level) {
				t.Fatalf("%+v", x)
			}
			if len(x.People) == 0 && len(x.Shifts) == 0 && x.Template.IsZero() && x.Matter == "" {
				t.Fatalf("%s is about nothing", x.Rule)
			}
			if other, twice := keys[x.Key()]; twice {
				t.Fatalf("%s and %s have the same key", other, x.Rule)
			}
			keys[x.Key()] = x.Rule
			if i > 0 && weight(breaches[i-1].Level) > weight(x.Level) {
				t.Fatal("what is hard comes first")
			}
		}
		c := NewChecker(b, Profile{})
		for _, p := range b.People[:5] { // a person's own duties give a person's own breaches
			for _, x := range c.Person(p.ID, c.Duties(p.ID)) {
				if !slices.Equal(x.People, []helpline.ID{p.ID}) {
					t.Fatalf("%+v", x)
				}
				if _, there := keys[x.Key()]; !there && x.Rule != RuleBreak && x.Rule != RuleHoursShift && x.Rule != RuleNightShift { // these are gathered
					t.Fatalf("%s is said of a person and not of the book", x.Rule)
				}
			}
		}
		if again := Check(b, Profile{}); len(again) != len(breaches) || again[len(again)/2].Key() != breaches[len(again)/2].Key() {
			t.Fatal("the same book gives other breaches")
		}
	}
	if len(rules) < 8 {
		t.Errorf("only %v were met", rules)
	}
}
