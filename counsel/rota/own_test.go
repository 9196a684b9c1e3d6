package rota

import (
	"testing"
	"time"

	"helpline"
)

func TestOwnShiftsAreThoseOneStillWorks(t *testing.T) {
	d := begin(t, Managed)
	d.work("A", "2026-12-03 19:00-22:00")
	d.Assignments = append(d.Assignments, Assignment{ID: d.id(), Shift: d.Shifts[1].ID, Person: d.who["A"], State: Held, Minds: true})
	mine := d.Own(d.who["A"], d.now)
	if len(mine) != 2 || mine[0].Shift.ID != d.Shifts[0].ID || !mine[0].Gives.ID.IsZero() {
		t.Fatalf("%+v", mine)
	}
	d.must("A", Step{Do: DoOffer, Assignment: mine[0].Assignment.ID})
	if mine = d.Own(d.who["A"], d.now); mine[0].Gives.ID != d.last().ID {
		t.Errorf("%+v", mine[0].Gives)
	}
	d.must("L!", Step{Do: DoCancel, Shift: mine[1].Shift.ID})
	if mine = d.Own(d.who["A"], d.now); len(mine) != 1 {
		t.Errorf("cancelled: %+v", mine)
	}
	if mine = d.Own(d.who["A"], d.Shifts[0].Start); len(mine) != 1 {
		t.Errorf("while it runs: %+v", mine)
	}
	if mine = d.Own(d.who["A"], d.Shifts[0].End); len(mine) != 0 {
		t.Errorf("when it is over: %+v", mine)
	}
}

func TestWhatIsOfferedIsSeenByWhoMayTakeItAndOnlyWhileItIs(t *testing.T) {
	d := begin(t, Managed)
	offers := func(who string) int { return len(d.Offers(d.who[who], d.now)) }
	d.must("A", Step{Do: DoOffer, Assignment: d.of("A", 0).ID})
	d.must("B", Step{Do: DoOffer, Assignment: d.of("B", 0).ID, Person: d.who["E"]})
	d.must("C", Step{Do: DoExchange, Assignment: d.of("C", 1).ID, Other: d.of("D", 2).ID})
	if offers("A") != 0 || offers("E") != 2 || offers("F") != 1 || offers("D") != 2 {
		t.Errorf("A %d, E %d, F %d, D %d", offers("A"), offers("E"), offers("F"), offers("D"))
	}
	if first := d.Offers(d.who["D"], d.now)[0]; first.Swap.Kind != Exchange || first.For.Assignment.ID != d.of("D", 2).ID || first.Shift.ID != d.Shifts[1].ID {
		t.Errorf("what asks for an answer does not come first: %+v", first)
	}
	d.must("F", Step{Do: DoClaim, Swap: d.Offers(d.who["F"], d.now)[0].Swap.ID})
	if offers("D") != 1 || len(d.Hopes(d.who["F"], d.now)) != 1 || len(d.Hopes(d.who["E"], d.now)) != 0 {
		t.Error("what is claimed is still offered, or is nobody's hope")
	}
	d.Shifts[0].Revision++ // it has moved
	if offers("E") != 0 {
		t.Error("what has moved since is offered")
	}
	d.Shifts[0].Revision--
	d.now = d.Shifts[0].Start
	if offers("E") != 0 || len(d.Hopes(d.who["F"], d.now)) != 0 {
		t.Error("what has begun is offered")
	}
}

func wish(w Wish, in Interval) Availability {
	return Availability{Person: helpline.ID{1}, Interval: in, Wish: w}
}

func TestAWishThatComesBackIsEachOfItsHours(t *testing.T) {
	z := zone(t, ams)
	march := func(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, z) }
	for _, c := range []struct {
		name string
		p    Pattern
		want []Interval
	}{
		{"one evening", Pattern{First: Date{2026, 3, 3}, Last: Date{2026, 3, 3}, From: 1080, To: 1320}, []Interval{{march(3, 18), march(3, 22)}}},
		{"Tuesdays", Pattern{First: Date{2026, 3, 1}, Last: Date{2026, 3, 16}, Days: On(time.Tuesday), From: 1080, To: 1440}, []Interval{{march(3, 18), march(4, 0)}, {march(10, 18), march(11, 0)}}},
		{"over midnight", Pattern{First: Date{2026, 3, 3}, Last: Date{2026, 3, 3}, From: 1320, To: 360}, []Interval{{march(3, 22), march(4, 6)}}},
		{"whole days are one stretch", Pattern{First: Date{2026, 3, 28}, Last: Date{2026, 3, 30}}, []Interval{{march(28, 0), march(31, 0)}}},
		{"two whole weekends", Pattern{First: Date{2026, 3, 2}, Last: Date{2026, 3, 15}, Days: On(time.Saturday, time.Sunday)}, []Interval{{march(7, 0), march(9, 0)}, {march(14, 0), march(16, 0)}}},
		{"the hour that does not exist", Pattern{First: Date{2026, 3, 29}, Last: Date{2026, 3, 29}, From: 125, To: 170}, nil},
		{"no such day", Pattern{First: Date{2026, 3, 3}, Last: Date{2026, 3, 3}, Days: On(time.Monday)}, nil},
		{"backwards", Pattern{First: Date{2026, 3, 3}, Last: Date{2026, 3, 2}}, nil},
		{"no length", Pattern{First: Date{2026, 3, 3}, Last: Date{2026, 3, 3}, From: 600, To: 600}, nil},
	} {
		got := c.p.Stretches(z)
		if len(got) != len(c.want) {
			t.Errorf("%s: %v", c.name, got)
			continue
		}
		for i := range got {
			if !got[i].Start.Equal(c.want[i].Start) || !got[i].End.Equal(c.want[i].End) {
				t.Errorf("%s: %v, want %v", c.name, got[i], c.want[i])
			}
		}
	}
}

func TestTheNewerWordCountsAndTheOlderStaysAroundIt(t *testing.T) {
	z := zone(t, ams)
	days := func(from, to int) Interval {
		return Days(Date{2026, 3, from}, Date{2026, 3, to}, z)
	}
	got, err := Wishing([]Availability{wish(Cannot, days(1, 10)), wish(Prefer, days(20, 21))}, []Availability{wish(PreferNot, days(4, 5))})
	if err != nil || len(got) != 4 || got[0].Interval != days(1, 3) || got[1].Wish != PreferNot || got[2].Interval != days(6, 10) {
		t.Errorf("%v, %v", got, err)
	}
	var many []Availability
	for d := (Date{2026, 1, 1}); len(many) <= mostWishes; d = d.Plus(1) {
		many = append(many, wish(Cannot, Interval{FirstOf(d, 600, z), FirstOf(d, 660, z)}))
	}
	if _, err := Wishing(nil, many); helpline.KindOf(err) != helpline.Invalid {
		t.Errorf("%v", err)
	}
}

func TestWishesThatWereSaidTogetherAreTakenBackTogether(t *testing.T) {
	z := zone(t, ams)
	tuesdays := Pattern{First: Date{2026, 3, 3}, Last: Date{2026, 4, 28}, Days: On(time.Tuesday), From: 1080, To: 1440} // clocks are set in between
	var all []Availability
	for _, in := range tuesdays.Stretches(z) {
		all = append(all, wish(Cannot, in))
	}
	for _, in := range (Pattern{First: Date{2026, 3, 10}, Last: Date{2026, 3, 14}}).Stretches(z) {
		all = append(all, wish(PreferNot, in))
	}
	runs := Runs(all, z)
	if len(runs) != 2 || runs[0].Count != 9 || runs[0].Pattern != tuesdays || runs[1].Pattern.First != (Date{2026, 3, 10}) || runs[1].Pattern.Last != (Date{2026, 3, 14}) {
		t.Fatalf("%+v", runs)
	}
	rest, found := Unsaid(all, runs[0].Key, z)
	if !found || len(rest) != 1 || rest[0].Wish != PreferNot {
		t.Errorf("%v %v", rest, found)
	}
	if rest, found = Unsaid(all, "x", z); found || len(rest) != len(all) {
		t.Errorf("%v %v", rest, found)
	}
}
