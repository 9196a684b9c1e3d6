package rota

import (
	"testing"
	"time"

	"helpline"
)

// A supervisor's word on a shift that is over: it can be given, changed and
// taken back, and each is an event.
func TestAWordOnAShiftThatIsOverCanBeGivenAndTakenBack(t *testing.T) {
	d := begin(t, SelfSignUp)
	a := d.of("A", 0)
	say := func(do Doing) Step { return Step{Do: do, Assignment: a.ID} }
	is := func(when string, want State) {
		t.Helper()
		got := d.of("A", 0)
		if got.State != want || got.Revision <= a.Revision {
			t.Errorf("%s: %+v", when, got)
		}
		a = got
	}
	d.now = d.Shifts[0].End.Add(-time.Second)
	d.refuses("nobody said", helpline.Conflict, "L!", say(DoCame))
	d.refuses("nobody has said", helpline.Conflict, "L!", say(DoUnsure))
	d.now = d.Shifts[0].End
	for _, do := range []Doing{DoCame, DoNoShow, DoUnsure} {
		d.refuses("only a supervisor", helpline.Forbidden, "A", say(do))
	}
	d.refuses("nobody has said", helpline.Conflict, "L!", say(DoUnsure))
	d.must("L!", say(DoCame))
	is("came", Worked)
	d.refuses("said so already", helpline.Conflict, "L!", say(DoCame))
	d.must("L!", say(DoNoShow))
	is("did not come", NoShow)
	d.refuses("said so already", helpline.Conflict, "L!", say(DoNoShow))
	d.must("L!", say(DoCame))
	is("came after all", Worked)
	d.must("L!", say(DoUnsure))
	is("nobody knows", Held)

	d.Shifts[0].Cancelled = true
	d.refuses("does not take place", helpline.Conflict, "L!", say(DoCame))
}

func TestNobodyWorkedAPlaceThatSomebodyOnlyAnswersFor(t *testing.T) {
	d := begin(t, SelfSignUp)
	a := d.of("A", 0)
	d.must("L!", Step{Do: DoMind, Assignment: a.ID})
	d.now = d.Shifts[0].End
	d.refuses("somebody else has the place", helpline.Conflict, "L!", Step{Do: DoCame, Assignment: a.ID})
	for _, one := range d.Assignments {
		if one.Minds {
			d.refuses("nobody was to come", helpline.Conflict, "L!", Step{Do: DoCame, Assignment: one.ID})
			return
		}
	}
	t.Error("nobody answers for the place")
}
