package store_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
)

// there checks somebody in for their first place and out again.
func (p *planned) there(who string, from, to time.Time) {
	p.t.Helper()
	before := p.now
	a := p.of(who)
	p.now = from
	if err := p.rotas.CheckIn(p.t.Context(), p.who[who], a.ID, helpline.ID{}); err != nil {
		p.t.Fatal(err)
	}
	if p.now = to; !to.IsZero() {
		if err := p.rotas.CheckOut(p.t.Context(), p.who[who]); err != nil {
			p.t.Fatal(err)
		}
	}
	p.now = before
}

func TestHoursWorkedAreThoseOfCheckInsWithinTheShift(t *testing.T) {
	p := plan(t, rota.Managed)
	v := p.draft(7)
	shifts := p.own(v.ID)
	for i := range 2 { // three hours with a quarter of rest, and 20 minutes to talk about it
		shifts[i].Break, shifts[i].Debrief = 15, 20
		p.edit(counsel.RotaEdit{ShiftAt: &shifts[i]})
	}
	for i, name := range []string{"A", "B", "C", "D", "E"} {
		p.edit(counsel.RotaEdit{Place: &rota.Assignment{Shift: shifts[i/2].ID, Person: p.who[name].Person, Role: rota.Counsellor}})
	}
	p.publish(v.ID)
	first, second := shifts[0], shifts[1]
	p.there("A", first.Start.Add(-20*time.Minute), first.End.Add(40*time.Minute)) // early, and late: the shift counts
	p.there("B", first.Start.Add(30*time.Minute), first.Start.Add(time.Hour))     // went home
	p.there("C", second.Start, time.Time{})                                       // forgot to check out
	p.now = second.Start
	if err := p.rotas.CheckIn(t.Context(), p.who["F"], helpline.ID{}, p.rota.ID); err != nil {
		t.Fatal(err)
	}
	p.now = second.Start.Add(90 * time.Minute)
	if err := p.rotas.CheckOut(t.Context(), p.who["F"]); err != nil {
		t.Fatal(err)
	}
	p.now = second.End.Add(2 * time.Hour)
	all, err := p.rotas.HoursWorked(t.Context(), p.who["S"], rota.Date{Year: 2026, Month: 11, Day: 30})
	if err != nil {
		t.Fatal(err)
	}
	full := 180 - 15 + 20
	want := map[string]counsel.Worked{
		"A": {Shifts: 1, Planned: full, Work: full, Unsocial: full},
		"B": {Shifts: 1, Planned: full, Work: 30, Unsocial: 30},
		"C": {Shifts: 1, Planned: full, Work: full, Unsocial: full},
		"D": {Planned: full, Unknown: 1},
		"F": {Work: 90, WalkOn: 90},
	}
	if len(all) != len(want) { // E's shift is to come
		t.Errorf("%d people have hours: %+v", len(all), all)
	}
	for who, w := range want {
		w.Person = p.who[who].Person
		if !slices.Contains(all, w) {
			t.Errorf("%s: want %+v of %+v", who, w, all)
		}
	}
	own, err := p.rotas.HoursWorked(t.Context(), p.who["B"], first.Date)
	if err != nil || len(own) != 1 || own[0].Person != p.who["B"].Person {
		t.Errorf("B is told of %+v, %v", own, err)
	}
	sheet, err := p.rotas.HoursSheet(t.Context(), p.who["S"], first.Date)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(sheet)).ReadAll()
	if err != nil || len(rows) != 6 || !slices.Equal(rows[1], []string{"2026-11", "Person A", "1", "3.08", "3.08", "0.00", "3.08", "0", "0"}) {
		t.Errorf("%v, %v", rows, err)
	}
	if last := p.deeds.all[len(p.deeds.all)-1]; last.Code != audit.Export {
		t.Errorf("recorded: %+v", last)
	}
	if _, err := p.rotas.HoursSheet(t.Context(), p.who["L"], first.Date); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("a shift leader has the hours of all: %v", err)
	}
	if next, err := p.rotas.HoursWorked(t.Context(), p.who["S"], rota.Date{Year: 2026, Month: 12, Day: 1}); err != nil || len(next) != 0 {
		t.Errorf("December: %+v, %v", next, err)
	}
	p.sameAsKept()
}

func TestFairnessSetsWhatPeopleHaveBesideTheirShare(t *testing.T) {
	p := plan(t, rota.Managed)
	p.edit(counsel.RotaEdit{Terms: &rota.Terms{Person: p.who["B"].Person, Employment: rota.Employee, Target: 600, Share: 2}})
	v := p.draft(7) // Monday to Sunday
	shifts := p.own(v.ID)
	for i, who := range []string{"A", "A", "B", "C", "C", "B", "A"} {
		shifts[i].Break, shifts[i].Debrief = 20, 20 // 180 minutes of work all in all
		p.edit(counsel.RotaEdit{ShiftAt: &shifts[i]})
		p.edit(counsel.RotaEdit{Place: &rota.Assignment{Shift: shifts[i].ID, Person: p.who[who].Person, Role: rota.Counsellor}})
	}
	p.publish(v.ID)
	got, err := p.rotas.Fairness(t.Context(), p.who["S"], v.First, v.Last)
	if err != nil {
		t.Fatal(err)
	}
	by := map[helpline.ID]counsel.FairShare{}
	sum := 0
	for _, f := range got {
		by[f.Person] = f
		sum += f.Fair
	}
	a, b, c := by[p.who["A"].Person], by[p.who["B"].Person], by[p.who["C"].Person]
	if len(got) != 7 || sum < 7*180-7 || sum > 7*180+7 { // S takes no shifts; the shares are all of it
		t.Errorf("%d people share %d minutes", len(got), sum)
	}
	if a.Shifts != 3 || a.Hard != 540 || a.Unsocial[rota.Evening] != 540 || a.Weekends != 1 || a.Agreed != 0 {
		t.Errorf("A: %+v", a)
	}
	if b.Shifts != 2 || b.Weekends != 1 || b.Agreed != 600 || b.Fair != 2*a.Fair && b.Fair != 2*a.Fair-1 && b.Fair != 2*a.Fair+1 {
		t.Errorf("B: %+v beside %+v", b, a)
	}
	if c.Weekends != 0 || got[0].Person != a.Person {
		t.Errorf("C: %+v; first %+v", c, got[0])
	}
	for _, last := range []rota.Date{v.First.Plus(-1), {}, v.First.Plus(4000)} {
		if _, err := p.rotas.Fairness(t.Context(), p.who["S"], v.First, last); helpline.KindOf(err) != helpline.Invalid {
			t.Errorf("until %v: %v", last, err)
		}
	}
	if _, err := p.rotas.Fairness(t.Context(), p.who["L"], v.First, v.Last); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("a shift leader: %v", err)
	}
}

// TestPromiseAWalkOnThroughOnesOwnShiftCountsOnce: on the page, in the table and
// for whoever is asked who was there.
func TestPromiseAWalkOnThroughOnesOwnShiftCountsOnce(t *testing.T) {
	p := plan(t, rota.Managed)
	v := p.draft(7)
	shifts := p.own(v.ID)
	shifts[0].Debrief = 20
	p.edit(counsel.RotaEdit{ShiftAt: &shifts[0]})
	for _, name := range []string{"A", "B", "C"} {
		p.edit(counsel.RotaEdit{Place: &rota.Assignment{Shift: shifts[0].ID, Person: p.who[name].Person, Role: rota.Counsellor}})
	}
	p.publish(v.ID)
	begins, ends := shifts[0].Start, shifts[0].End
	walk := func(who string, from, to time.Time) {
		t.Helper()
		p.now = from
		if err := p.rotas.CheckIn(t.Context(), p.who[who], helpline.ID{}, p.rota.ID); err != nil {
			t.Fatal(err)
		}
		p.now = to
		if err := p.rotas.CheckOut(t.Context(), p.who[who]); err != nil {
			t.Fatal(err)
		}
	}
	walk("A", begins.Add(-45*time.Minute), ends.Add(30*time.Minute))
	walk("B", begins.Add(-time.Hour), begins.Add(30*time.Minute)) // went home
	walk("C", ends.Add(5*time.Minute), ends.Add(30*time.Minute))  // into the debriefing of a shift of which nobody knows
	p.now = ends.Add(time.Hour)

	open, err := p.rotas.Unconfirmed(p.who["S"], shifts[0].Date)
	if err != nil || len(open) != 1 || open[0].Person != p.who["C"].Person {
		t.Fatalf("asked of %+v, %v", open, err)
	}
	for _, a := range p.book(v.ID).Assignments {
		if a.Person != p.who["A"].Person && a.Person != p.who["B"].Person {
			continue
		}
		for _, do := range []rota.Doing{rota.DoCame, rota.DoNoShow} {
			if _, err := p.rotas.Edit(t.Context(), p.who["S"], counsel.RotaEdit{Word: &counsel.RotaWord{Do: do, Places: []helpline.ID{a.ID}}}); helpline.KindOf(err) != helpline.Conflict {
				t.Errorf("%s of somebody who was there: %v", do, err)
			}
		}
	}
	if w := p.worked("C", shifts[0].Date); w.Work != 25 || w.WalkOn != 25 || w.Unknown != 1 {
		t.Errorf("C, not confirmed: %+v", w)
	}
	p.edit(counsel.RotaEdit{Word: &counsel.RotaWord{Do: rota.DoCame, Places: []helpline.ID{open[0].Assignment}}})
	for who, want := range map[string]counsel.Worked{
		"A": {Shifts: 1, Planned: 200, Work: 255, WalkOn: 55, Unsocial: 200}, // 45 minutes before, and 10 after the debriefing
		"B": {Shifts: 1, Planned: 200, Work: 90, WalkOn: 60, Unsocial: 30},
		"C": {Shifts: 1, Planned: 200, Work: 210, WalkOn: 10, Unsocial: 200},
	} {
		want.Person = p.who[who].Person
		if got := p.worked(who, shifts[0].Date); got != want {
			t.Errorf("%s: %+v, want %+v", who, got, want)
		}
	}
	sheet, err := p.rotas.HoursSheet(t.Context(), p.who["S"], shifts[0].Date)
	if err != nil || !bytes.Contains(sheet, []byte("\n2026-11,Person A,1,3.33,4.25,0.92,3.33,0,0\n")) {
		t.Errorf("the table is %q, %v", sheet, err)
	}

	p.edit(counsel.RotaEdit{Closure: &rota.Closure{First: shifts[0].Date, Last: shifts[0].Date}})
	if w := p.worked("A", shifts[0].Date); w.Shifts != 0 || w.Work != 255 || w.WalkOn != 255 {
		t.Errorf("a shift that does not take place took a walk-on: %+v", w)
	}
	p.sameAsKept()
}
