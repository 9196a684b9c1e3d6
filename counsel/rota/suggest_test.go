package rota

import (
	"slices"
	"testing"
	"time"

	"helpline"
)

// desk of three counsellors and a leader around one evening that nobody has.
type evening struct {
	*Book
	shift              helpline.ID
	ada, ben, cem, dia helpline.ID
	zone               *time.Location
	day                Date
	next               func() helpline.ID
}

func anEvening(t *testing.T) *evening {
	t.Helper()
	id := ids(1)
	zone, err := LoadZone("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	e := &evening{Book: &Book{Site: Site{ID: id(), Zone: "Europe/Amsterdam"}}, zone: zone, day: Date{2026, time.December, 1}, next: id}
	line := Rota{ID: id(), Site: e.Site.ID, Way: Managed, Setup: Small}
	e.Rotas = []Rota{line}
	e.Version = Version{ID: id(), Rota: line.ID, First: e.day.Plus(-1), Last: e.day.Plus(5), State: Draft}
	e.shift = e.add(e.day, 19, 22)
	e.Requirements = []Requirement{
		{ID: id(), Shift: e.shift, Min: 2, Target: 2},
		{ID: id(), Shift: e.shift, Language: "fr", Min: 1},
	}
	for _, p := range []*helpline.ID{&e.ada, &e.ben, &e.cem, &e.dia} {
		*p = id()
		e.People = append(e.People, Person{ID: *p, Standing: Active, Roles: []Role{Counsellor}, Languages: []helpline.Locale{"nl"}})
		e.Terms = append(e.Terms, Terms{Person: *p, Employment: Volunteer, Profile: "volunteer-default", Target: 600})
	}
	e.People[3].Roles = []Role{Leader}
	return e
}

func (e *evening) add(d Date, from, to int) helpline.ID {
	s := Shift{ID: e.next(), Version: e.Version.ID, Rota: e.Rotas[0].ID, Date: d, Start: FirstOf(d, from*60, e.zone), End: LastOf(d, to*60, e.zone)}
	e.Shifts = append(e.Shifts, s)
	return s.ID
}

func (e *evening) give(shift, person helpline.ID, state State) helpline.ID {
	a := Assignment{ID: e.next(), Shift: shift, Person: person, Role: Counsellor, State: state}
	e.Assignments = append(e.Assignments, a)
	return a.ID
}

func (e *evening) say(person helpline.ID, w Wish) {
	e.Availability = append(e.Availability, Availability{Person: person, Interval: Days(e.day, e.day, e.zone), Wish: w})
}

func (e *evening) suggest(t *testing.T, asked map[helpline.ID]time.Time) []Candidate {
	t.Helper()
	out, err := Suggest(e.Book, mustProfile(t, "volunteer-default"), e.shift, Counsellor, asked)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func order(cs []Candidate) (out []helpline.ID) {
	for _, c := range cs {
		out = append(out, c.Person)
	}
	return out
}

func TestWhoCouldTakeThisIsRankedWithReasons(t *testing.T) {
	e := anEvening(t)
	e.People[2].Languages = append(e.People[2].Languages, "fr")
	e.say(e.ben, Prefer)
	e.say(e.dia, PreferNot)
	got := e.suggest(t, nil)
	if want := []helpline.ID{e.cem, e.ben, e.ada, e.dia}; !slices.Equal(order(got), want) {
		t.Fatalf("order %v, want French, then the wish, then nothing said, then rather not", order(got))
	}
	for i, want := range [][]Ground{{GroundFills, GroundHours}, {GroundFills, GroundWants, GroundHours}, {GroundFills, GroundHours}, {GroundFills, GroundHours, GroundNot}} {
		if !slices.Equal(got[i].Grounds, want) {
			t.Errorf("grounds of %d: %v, want %v", i, got[i].Grounds, want)
		}
	}
	if got[0].Fills != 2 || got[1].Fills != 1 || got[0].Left != 600 {
		t.Errorf("%+v", got[:2])
	}
}

func TestAmongEqualsWhoeverWasAskedLongestAgoComesFirst(t *testing.T) {
	e := anEvening(t)
	now := e.Shifts[0].Start
	asked := map[helpline.ID]time.Time{e.ada: now.Add(-time.Hour), e.ben: now.Add(-48 * time.Hour), e.dia: now.Add(-2 * time.Hour)}
	if want := []helpline.ID{e.cem, e.ben, e.dia, e.ada}; !slices.Equal(order(e.suggest(t, asked)), want) {
		t.Error("want never asked, then longest ago")
	}
}

func TestWhoMayNotIsListedWithTheRule(t *testing.T) {
	e := anEvening(t)
	e.say(e.ada, Cannot)
	e.Leaves = []Leave{{ID: e.next(), Person: e.ben, Interval: Days(e.day, e.day, e.zone)}}
	e.give(e.add(e.day.Plus(1), 6, 10), e.cem, Held)
	got := e.suggest(t, nil)
	if !got[0].May() || got[0].Person != e.dia {
		t.Fatalf("first %+v, want the only one who may", got[0])
	}
	rules := map[helpline.ID]RuleID{}
	for _, c := range got[1:] {
		if c.May() {
			t.Errorf("%+v may", c)
			continue
		}
		rules[c.Person] = c.Blocks[0].Rule
	}
	if rules[e.ada] != RuleCannot || rules[e.ben] != RuleLeave || rules[e.cem] != RuleRestDay {
		t.Errorf("rules %v", rules)
	}
}

func TestASuggestionForNoShiftIsNotFound(t *testing.T) {
	e := anEvening(t)
	_, err := Suggest(e.Book, Profile{}, e.next(), Counsellor, nil)
	e.Shifts[0].Cancelled = true
	_, cancelled := Suggest(e.Book, Profile{}, e.shift, Counsellor, nil)
	if helpline.KindOf(err) != helpline.NotFound || helpline.KindOf(cancelled) != helpline.NotFound {
		t.Errorf("%v, %v", err, cancelled)
	}
}

// TestWhoeverIsSuggestedBreaksNothing takes the word of every suggestion of a
// whole book and asks the checker.
func TestWhoeverIsSuggestedBreaksNothing(t *testing.T) {
	b := makeEmptyBook(5, 1, 15)
	law := mustProfile(t, "nl-atw")
	d := NewFiller(b, law, Given{}).Draft(t.Context(), 1)
	b = d.In(b, ids(3))
	may, not := 0, 0
	for _, s := range b.Shifts {
		list, err := Suggest(b, law, s.ID, Counsellor, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			more := *b
			more.Assignments = append(slices.Clone(b.Assignments), Assignment{ID: ids(8)(), Shift: s.ID, Person: c.Person, Role: Counsellor, State: Proposed})
			if legal := len(hard(Check(&more, law))) == 0; legal != c.May() {
				t.Fatalf("legal %v, suggested %v: %+v", legal, c.May(), c)
			}
			if c.May() {
				may++
			} else {
				not++
			}
		}
	}
	if may == 0 || not == 0 {
		t.Errorf("%d may and %d may not: the book shows nothing", may, not)
	}
}
