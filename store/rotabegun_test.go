package store_test

import (
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
)

// TestPromisePublishingLeavesAloneWhatHasBegun: a week that is planned anew on
// its third evening keeps the hours that were worked and whoever is there.
func TestPromisePublishingLeavesAloneWhatHasBegun(t *testing.T) {
	p := plan(t, rota.Managed)
	old := p.filled()
	shifts := p.own(old.ID)
	p.there("A", shifts[0].Start, shifts[0].End)
	absent := p.of("B")
	p.now = shifts[0].End.Add(-time.Hour)
	p.do("S", rota.Step{Do: rota.DoNoShow, Assignment: absent.ID})
	p.now = shifts[2].Start.Add(time.Hour)
	if err := p.rotas.CheckIn(t.Context(), p.who["L"], p.of("L").ID, helpline.ID{}); err != nil {
		t.Fatal(err)
	}
	before, err := p.rotas.HoursWorked(t.Context(), p.who["S"], shifts[0].Date)
	if err != nil {
		t.Fatal(err)
	}
	v := rota.Version{ID: helpline.NewID(), Rota: p.rota.ID, First: old.First, Last: old.Last}
	p.edit(counsel.RotaEdit{NewVersion: &v, CopyFrom: old.ID})
	drawn := p.own(v.ID)
	p.edit(counsel.RotaEdit{Place: &rota.Assignment{Shift: drawn[6].ID, Person: p.who["F"].Person, Role: rota.Counsellor}})
	c := p.publish(v.ID)
	if len(c.Gone) != 3 {
		t.Errorf("%d shifts of the draft have begun", len(c.Gone))
	}
	after, err := p.rotas.HoursWorked(t.Context(), p.who["S"], shifts[0].Date)
	if err != nil || !slices.Equal(before, after) {
		t.Errorf("worked before %+v and afterwards %+v, %v", before, after, err)
	}
	b, err := p.rotas.Standing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	days := map[rota.Date]int{}
	for _, s := range b.Shifts {
		if s.Cancelled {
			continue
		}
		days[s.Date]++
		if want := map[bool]helpline.ID{true: old.ID, false: v.ID}[s.Date.Before(shifts[3].Date)]; s.Version != want {
			t.Errorf("the evening of %s is of another version", s.Date)
		}
	}
	if len(days) != 7 || days[shifts[2].Date] != 1 {
		t.Errorf("evenings: %v", days)
	}
	if got := p.of("L"); got.Shift != shifts[2].ID {
		t.Errorf("whoever is there has another place: %+v", got)
	}
	if got := p.of("F"); got.Shift != drawn[6].ID || got.State != rota.Held {
		t.Errorf("what is to come was not published: %+v", got)
	}
	p.sameAsKept()
}

// TestADraftDoesNotTakeSomebodyAwayFromAShiftThatRuns: the checker holds a draft
// against the days as if none of them had begun.
func TestADraftDoesNotTakeSomebodyAwayFromAShiftThatRuns(t *testing.T) {
	p := plan(t, rota.Managed)
	old := p.filled()
	first := p.own(old.ID)[0]
	v := rota.Version{ID: helpline.NewID(), Rota: p.rota.ID, First: old.First, Last: old.Last}
	p.edit(counsel.RotaEdit{NewVersion: &v, CopyFrom: old.ID})
	late := rota.Shift{ID: helpline.NewID(), Version: v.ID, Name: "Late", Start: first.Start.Add(2 * time.Hour), End: first.End.Add(time.Hour)}
	drawn := p.own(v.ID)
	for _, a := range p.book(v.ID).Assignments {
		if a.Shift == drawn[0].ID && a.Person == p.who["A"].Person {
			p.edit(counsel.RotaEdit{DropPlace: a.ID})
		}
	}
	p.edit(counsel.RotaEdit{ShiftAt: &late})
	p.edit(counsel.RotaEdit{Place: &rota.Assignment{Shift: late.ID, Person: p.who["A"].Person, Role: rota.Counsellor}})
	for _, b := range rota.Check(p.book(v.ID), p.rotas.Law()) {
		if b.Level == rota.Advisory && b.Rule != rota.RuleCoverMin {
			p.edit(counsel.RotaEdit{Accept: &counsel.RotaAccept{Version: v.ID, Key: b.Key(), Reason: rota.ReasonKnown}})
		}
	}
	p.now = first.Start.Add(time.Hour)
	if _, err := p.rotas.Do(t.Context(), p.who["S"], rota.Step{Do: rota.DoPublish, Version: v.ID}); helpline.KindOf(err) != helpline.Conflict || len(rota.RefusedFor(err)) != 0 {
		t.Errorf("A would work at two places: %v", err)
	}
}
