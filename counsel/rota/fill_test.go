package rota

import (
	"context"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

func hard(breaches []Breach) (out []Breach) {
	for _, b := range breaches {
		if b.Level == Hard {
			out = append(out, b)
		}
	}
	return out
}

func mustProfile(t testing.TB, id string) Profile {
	t.Helper()
	p, err := ProfileNamed(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestEveryChangeCostsWhatAFullCountSays lets the moves of the search run wild
// over books of all kinds and adds everything up anew after each.
func TestEveryChangeCostsWhatAFullCountSays(t *testing.T) {
	for seed := range uint64(6) {
		b := makeBook(seed, 2, 12)
		for i := range b.Assignments {
			if i%3 > 0 {
				b.Assignments[i].State = Held
			}
		}
		f := NewFiller(b, mustProfile(t, "nl-atw"), Given{MovePublished: true})
		m := &mover{grid: f.grid, rnd: rand.New(rand.NewPCG(seed, 1))}
		bag := weighed()
		for i := range 1500 {
			if !bag[m.rnd.IntN(len(bag))](m) || i%3 == 0 {
				f.undo()
			} else {
				f.keep()
			}
			if got, want := f.price, f.recount(); got != want {
				t.Fatalf("seed %d, step %d: %+v by steps, %+v counted anew", seed, i, got, want)
			}
		}
		constant := f.sheet.constant()
		if got, want := f.price.soft+constant.points(&f.sheet.weights), f.sheet.score(f.has).Total; got != want {
			t.Errorf("seed %d: the search says %d points, the score %d", seed, got, want)
		}
	}
}

// TestTheScoreOfAFillingIsThatOfItsBook reads the book that a filling makes,
// from the start.
func TestTheScoreOfAFillingIsThatOfItsBook(t *testing.T) {
	b := makeEmptyBook(3, 2, 20)
	d := NewFiller(b, mustProfile(t, "nl-atw"), Given{}).Draft(t.Context(), 1)
	if again := ScoreOf(d.In(b, ids(9)), UsualWeights()); !reflect.DeepEqual(again, d.Score) {
		t.Errorf("the filling says %+v, its book %+v", d.Score, again)
	}
}

// TestPromiseWhateverFillsIsCheckedAgain drafts and improves books of many
// sizes, some too small to be covered and some with places that are not legal
// to begin with: the checker finds no hard breach that was not there before.
func TestPromiseWhateverFillsIsCheckedAgain(t *testing.T) {
	for seed := range uint64(8) {
		law := mustProfile(t, []string{"nl-atw", "eu-2003-88", "be", "volunteer-default"}[seed%4])
		for _, b := range []*Book{makeEmptyBook(seed, 2, 6+3*int(seed)), makeBook(seed, 2, 20)} {
			f := NewFiller(b, law, Given{})
			for _, d := range []Filling{f.Draft(t.Context(), seed), f.Improve(t.Context(), Effort{Seed: seed, Steps: 5000}, nil)} {
				if found := hard(Check(d.In(b, ids(seed+100)), law)); len(found) > 0 {
					t.Errorf("seed %d: %d hard breaches, the first %+v", seed, len(found), found[0])
				}
			}
		}
	}
}

// TestSixWeeksOfFortyPeopleAreCovered is the size that a line is promised.
func TestSixWeeksOfFortyPeopleAreCovered(t *testing.T) {
	b := makeEmptyBook(1, 6, 40)
	law := mustProfile(t, "nl-atw")
	d := NewFiller(b, law, Given{}).Draft(t.Context(), 1)
	if found := hard(Check(d.In(b, ids(9)), law)); len(d.Gaps) > 0 || len(found) > 0 {
		t.Errorf("%d gaps and %d hard breaches", len(d.Gaps), len(found))
	}
	if d.Score.Of(PartLeadless).Amount+d.Score.Of(PartAlone).Amount > 0 {
		t.Errorf("somebody is alone or without a leader: %+v", d.Score)
	}
}

func TestTheSameSeedGivesTheSameFilling(t *testing.T) {
	b := makeEmptyBook(2, 2, 15)
	law := mustProfile(t, "nl-atw")
	fill := func(seed uint64) Filling {
		f := NewFiller(b, law, Given{})
		f.Draft(t.Context(), seed)
		return f.Improve(t.Context(), Effort{Seed: seed, Steps: 30000}, nil)
	}
	if a, again := fill(1), fill(1); !reflect.DeepEqual(a, again) {
		t.Error("the same seed gave two fillings")
	}
	if a, other := fill(1), fill(2); reflect.DeepEqual(a.Places, other.Places) {
		t.Error("another seed gave the same filling")
	}
}

// TestImprovingNeverCostsMore also shows progress, and that whoever cancels
// keeps the best so far.
func TestImprovingNeverCostsMore(t *testing.T) {
	b := makeEmptyBook(4, 2, 20)
	f := NewFiller(b, mustProfile(t, "nl-atw"), Given{})
	before := f.Draft(t.Context(), 1).Score.Total
	ctx, cancel := context.WithCancel(t.Context())
	var told []Progress
	after := f.Improve(ctx, Effort{Seed: 1, Steps: 1 << 20}, func(p Progress) {
		if told = append(told, p); p.Part > 0.02 {
			cancel()
		}
	})
	if after.Score.Total > before || after.Steps >= 1<<20 {
		t.Errorf("%d points before, %d after %d steps", before, after.Score.Total, after.Steps)
	}
	for i, p := range told {
		if i > 0 && (p.Part <= told[i-1].Part || p.Cost > told[i-1].Cost) {
			t.Errorf("progress went back: %+v after %+v", p, told[i-1])
		}
	}
	if len(told) < 2 {
		t.Errorf("%d words of progress", len(told))
	}
}

// TestAnEffortEndsByTheClockItIsGiven never looks at a real one.
func TestAnEffortEndsByTheClockItIsGiven(t *testing.T) {
	f := NewFiller(makeEmptyBook(4, 1, 8), mustProfile(t, "nl-atw"), Given{})
	now := time.Unix(0, 0)
	d := f.Improve(t.Context(), Effort{Seed: 1, Time: 20 * time.Second, Now: func() time.Time {
		now = now.Add(time.Second)
		return now
	}}, nil)
	if d.Steps != 19*lookUp {
		t.Errorf("%d steps, want %d", d.Steps, 19*lookUp)
	}
}

func TestAFillingOfNothingIsNothing(t *testing.T) {
	law := mustProfile(t, "nl-atw")
	d := NewFiller(&Book{}, law, Given{}).Draft(t.Context(), 1)
	if len(d.Places)+len(d.Gaps)+len(d.Gone) > 0 || d.Score.Total != 0 {
		t.Errorf("%+v", d)
	}
	b := makeEmptyBook(1, 1, 8)
	b.People = nil
	if d := NewFiller(b, law, Given{}).Draft(t.Context(), 1); len(d.Places) > 0 || len(d.Gaps) != 84 {
		t.Errorf("%d places and %d gaps without anybody", len(d.Places), len(d.Gaps))
	}
}
