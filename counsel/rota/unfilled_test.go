package rota

import (
	"slices"
	"testing"
	"time"
)

func TestWhyAPlaceIsUnfilledSaysItOfEverybody(t *testing.T) {
	e := anEvening(t)
	law := mustProfile(t, "volunteer-default")
	e.People[1].Languages = append(e.People[1].Languages, "fr")
	e.People[2].Roles = []Role{Trainee}
	e.say(e.ben, Cannot)
	e.give(e.shift, e.dia, Proposed)
	gaps := Gaps(e.Book)
	if len(gaps) != 2 || gaps[0].Have != 1 || gaps[1].Requirement.Language != "fr" {
		t.Fatalf("gaps %+v", gaps)
	}
	heads := Why(e.Book, law, gaps[0])
	if !heads[0].Free() || heads[0].Person != e.ada {
		t.Errorf("nothing keeps Ada from it: %+v", heads[0])
	}
	for _, o := range Why(e.Book, law, gaps[1]) {
		ok := false
		switch o.Person {
		case e.ada:
			ok = slices.Equal(o.Lacks, []Lack{LackLanguage}) && len(o.Blocks) == 0
		case e.ben:
			ok = len(o.Lacks) == 0 && len(o.Blocks) == 1 && o.Blocks[0].Rule == RuleCannot
		case e.cem:
			ok = slices.Equal(o.Lacks, []Lack{LackRole, LackLanguage})
		case e.dia:
			ok = o.There
		}
		if !ok || o.Free() {
			t.Errorf("%+v", o)
		}
	}
	if Why(e.Book, law, Gap{Shift: e.next()}) != nil {
		t.Error("something was said of a shift that is not there")
	}
}

func TestHelpIsSummedUpByDayAndLanguage(t *testing.T) {
	tuesday := Date{2026, time.December, 1}
	french := Requirement{Language: "fr", Min: 1}
	id := ids(4)
	a, b, c := id(), id(), id()
	got := HelpFor([]Gap{
		{a, tuesday, french, 0, 1},
		{a, tuesday, Requirement{Min: 3}, 2, 3},
		{b, tuesday.Plus(7), french, 0, 1},
		{c, tuesday.Plus(1), Requirement{Min: 3}, 1, 3},
	})
	want := []Help{{Language: "fr", Day: time.Tuesday, Heads: 1, Shifts: 2}, {Day: time.Wednesday, Heads: 2, Shifts: 1}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want one with French on Tuesdays and two on Wednesday", got)
	}
}

// TestWhatIsUnfilledAfterADraftIsBlocked holds a draft to its word: where a
// gap stays, nobody could simply be put there.
func TestWhatIsUnfilledAfterADraftIsBlocked(t *testing.T) {
	for seed := range uint64(3) {
		b := makeEmptyBook(seed, 2, 12)
		law := mustProfile(t, "nl-atw")
		d := NewFiller(b, law, Given{}).Draft(t.Context(), seed)
		if len(d.Gaps) == 0 {
			t.Fatalf("seed %d: twelve people cover everything", seed)
		}
		full := d.In(b, ids(seed+50))
		f := NewFiller(full, law, Given{})
		for _, g := range d.Gaps {
			for _, o := range Why(full, law, g) {
				role := roleFor(g.Requirement.Role, f.sheet.people[f.sheet.personOf[o.Person]])
				if at, is := f.sheet.slotOf[slot{f.sheet.shiftOf[g.Shift], role}]; o.Free() && is && f.best(at) {
					t.Errorf("seed %d: %v was free for %v", seed, o.Person, g)
				}
			}
		}
	}
}

func TestAProofSaysHowFarTheBestCanBe(t *testing.T) {
	for _, c := range []struct {
		cost, least int64
		percent     int
	}{{100, 100, 0}, {105, 100, 5}, {1001, 1000, 1}, {10, 0, 100}, {0, 0, 0}} {
		p := Proof{c.cost, c.least}
		if p.Percent() != c.percent || p.Proved() != (c.percent == 0) {
			t.Errorf("%+v: %d per cent, want %d", p, p.Percent(), c.percent)
		}
	}
}
