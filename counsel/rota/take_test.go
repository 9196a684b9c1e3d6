package rota

import (
	"slices"
	"testing"
	"time"

	"helpline"
)

// gapped is a book whose first evening asks for three, has two, and has a place
// that L only answers for.
func gapped(t *testing.T, way Way) *acted {
	t.Helper()
	d := begin(t, way)
	s := d.Shifts[0]
	d.Requirements = append(d.Requirements, Requirement{ID: d.id(), Shift: s.ID, Min: 3, Target: 4})
	id := d.id()
	d.Assignments = append(d.Assignments, Assignment{ID: id, Shift: s.ID, Person: d.who["L"], Role: Counsellor, State: Held, Minds: true, Source: ByHand, Place: id})
	return d
}

func TestPeopleSignUpThemselvesWhereTheirRotaLetsThem(t *testing.T) {
	d := gapped(t, SelfSignUp)
	s := d.Shifts[0].ID
	free := NewChecker(d.Book, Profile{}).Free(d.now)
	if len(free) != 1 || free[0].Place.IsZero() || free[0].Role != Counsellor {
		t.Fatalf("%+v", free)
	}
	d.must("E", Step{Do: DoTake, Shift: s})
	if a := d.of("E", 0); a.Minds || a.Source != BySelf || a.Place != free[0].Place {
		t.Errorf("%+v", a)
	}
	if slices.ContainsFunc(d.Assignments, func(a Assignment) bool { return a.ID == free[0].Place && a.State.Stands() }) {
		t.Error("whoever answered for the place still does")
	}
	d.refuses("already", helpline.Conflict, "E", Step{Do: DoTake, Shift: s})
	d.must("F", Step{Do: DoTake, Shift: s}) // up to the target
	if a := d.of("F", 0); a.Place != a.ID {
		t.Errorf("%+v", a)
	}
	d.refuses("somebody else was first", helpline.Conflict, "D", Step{Do: DoTake, Shift: s})
}

func TestNobodySignsUpForWhatIsNotTheirs(t *testing.T) {
	d := gapped(t, SelfSignUp)
	s := d.Shifts[0].ID
	d.refuses("no such published shift", helpline.NotFound, "E", Step{Do: DoTake, Shift: d.id()})
	d.refuses("only whoever", helpline.Forbidden, "A for E", Step{Do: DoTake, Shift: s})
	d.refuses("role", helpline.Conflict, "T", Step{Do: DoTake, Shift: s})
	d.Leaves = append(d.Leaves, Leave{ID: d.id(), Person: d.who["E"], Interval: d.Shifts[0].Interval()})
	if err := d.step("E", Step{Do: DoTake, Shift: s}); len(RefusedFor(err)) != 1 || RefusedFor(err)[0].Rule != RuleLeave {
		t.Errorf("%v", err)
	}
	d.now = d.Shifts[0].Start
	d.refuses("has begun", helpline.Conflict, "F", Step{Do: DoTake, Shift: s})
	d.now = d.Shifts[0].Start.Add(-time.Hour)
	d.must("L! for F", Step{Do: DoTake, Shift: s})
	for _, way := range []Way{Managed, Elsewhere} {
		d := gapped(t, way)
		d.refuses("a supervisor fills", helpline.Forbidden, "E", Step{Do: DoTake, Shift: d.Shifts[0].ID})
		if free := NewChecker(d.Book, Profile{}).Free(d.now); len(free) != 0 {
			t.Errorf("%s: %+v", way, free)
		}
	}
	d = gapped(t, Preferences)
	d.Shifts[0].Cancelled = true
	d.refuses("does not take place", helpline.Conflict, "E", Step{Do: DoTake, Shift: d.Shifts[0].ID})
	d = gapped(t, Preferences)
	d.must("E", Step{Do: DoTake, Shift: d.Shifts[0].ID})
}
