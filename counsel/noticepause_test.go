package counsel

import (
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/rota"
)

// TestACallPassesOverWhoDoesNotWorkHereAtTheMoment: whatever a row or a role says.
func TestACallPassesOverWhoDoesNotWorkHereAtTheMoment(t *testing.T) {
	inTime(t, func(t *testing.T, p *post) {
		p.tested(t, "Kim", "Sam", "Lou")
		p.change(func() { p.oncall, p.off = p.ids("Kim"), p.ids("Kim", "Sam") })
		if err := p.Call(t.Context(), "c", time.Now().Add(3*time.Hour)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		if got := to(p.mail.taken()); !slices.Equal(got, []string{"lou"}) {
			t.Errorf("first: %v", got)
		}
		p.change(func() { p.off = nil })
		if got := p.told(5); !sameTold(got, [][]string{{"kim"}, {"kim"}, {"kim"}, {"lou", "sam"}, {"lou", "sam"}}) {
			t.Errorf("and works again: %v", got)
		}
	})
}

// TestWhoLosesShiftsByAPauseIsToldAsOfAnyChange: with the neutral sentence, and
// nobody when nothing of theirs changes.
func TestWhoLosesShiftsByAPauseIsToldAsOfAnyChange(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	ada, sam := helpline.NewID(), helpline.NewID()
	was := rota.Assignment{ID: helpline.NewID(), Shift: helpline.NewID(), Person: ada, Role: rota.Counsellor, State: rota.Held}
	dropped, minds := was, was
	dropped.State, minds.ID, minds.Person, minds.Minds = rota.Dropped, helpline.NewID(), sam, true
	pauses := []rota.Pause{{Person: ada, Since: now}}
	c := RotaChange{
		Put: RotaState{Pauses: pauses, Assignments: []rota.Assignment{dropped, minds}}, Was: RotaState{Assignments: []rota.Assignment{was}},
		Events: []rota.Event{{ID: helpline.NewID(), At: now, By: sam, Kind: rota.EventAssign, Shift: was.Shift, Assignment: minds.ID}},
	}
	if got := affected(c, now); len(got) != 1 || got[0].Kind != NoticeChanges || !slices.Equal(got[0].People, []helpline.ID{ada}) {
		t.Errorf("told: %+v", got)
	}
	if got := affected(RotaChange{Put: RotaState{Pauses: pauses}}, now); len(got) != 0 {
		t.Errorf("without a shift: %+v", got)
	}
}
