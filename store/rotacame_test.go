package store_test

import (
	"bytes"
	"reflect"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
)

// worked is what the hours of a month say of somebody.
func (p *planned) worked(who string, month rota.Date) counsel.Worked {
	p.t.Helper()
	all, err := p.rotas.HoursWorked(p.t.Context(), p.who["S"], month)
	if err != nil {
		p.t.Fatal(err)
	}
	one, _ := find(all, func(w counsel.Worked) bool { return w.Person == p.who[who].Person })
	return one
}

func find[T any](all []T, is func(T) bool) (one T, found bool) {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i], true
	}
	return one, false
}

// TestPromiseAShiftIsConfirmedInOnePressAndCounts: months later too, in the
// table, in the log, and back again.
func TestPromiseAShiftIsConfirmedInOnePressAndCounts(t *testing.T) {
	p := plan(t, rota.Managed)
	v := p.draft(7)
	shifts := p.own(v.ID)
	for i := range 3 {
		p.edit(counsel.RotaEdit{Place: &rota.Assignment{Shift: shifts[i].ID, Person: p.who["A"].Person, Role: rota.Counsellor}})
	}
	p.edit(counsel.RotaEdit{Place: &rota.Assignment{Shift: shifts[0].ID, Person: p.who["B"].Person, Role: rota.Counsellor}})
	p.publish(v.ID)
	p.there("B", shifts[0].Start, shifts[0].End)
	told := 0
	p.rotas.Changed(func(c counsel.RotaChange) { told += len(c.Told) })

	p.now = shifts[2].End.Add(-time.Minute)
	open, err := p.rotas.Unconfirmed(p.who["S"], shifts[0].Date)
	if err != nil || len(open) != 2 || open[0].Person != p.who["A"].Person || open[0].Shift.ID != shifts[0].ID || open[1].Shift.ID != shifts[1].ID {
		t.Fatalf("not confirmed: %+v, %v", open, err)
	}
	var places []helpline.ID
	for _, a := range p.book(v.ID).Assignments {
		if a.Person == p.who["A"].Person {
			places = append(places, a.ID)
		}
	}
	all := func(do rota.Doing, ids ...helpline.ID) counsel.RotaEdit {
		return counsel.RotaEdit{Word: &counsel.RotaWord{Do: do, Places: ids}}
	}
	refuse := func(why string, who string, kind helpline.Kind, e counsel.RotaEdit) {
		t.Helper()
		if _, err := p.rotas.Edit(t.Context(), p.who[who], e); helpline.KindOf(err) != kind {
			t.Errorf("%s: %v", why, err)
		}
	}
	refuse("one is not over", "S", helpline.Conflict, all(rota.DoCame, places...))
	if w := p.worked("A", shifts[0].Date); w.Unknown != 2 || w.Work != 0 {
		t.Fatalf("half of it was done: %+v", w)
	}
	p.now = p.now.AddDate(0, 3, 0) // a book of what stands would not reach back so far
	refuse("a leader", "L", helpline.Forbidden, all(rota.DoCame, places...))
	refuse("oneself", "A", helpline.Forbidden, all(rota.DoCame, places...))
	refuse("nothing", "S", helpline.Invalid, all(rota.DoCame))
	refuse("another step", "S", helpline.Invalid, all(rota.DoDrop, places...))
	refuse("no such place", "S", helpline.NotFound, all(rota.DoCame, helpline.NewID()))
	refuse("the same place twice", "S", helpline.Conflict, all(rota.DoCame, places[0], places[0]))
	refuse("whoever checked in", "S", helpline.Conflict, all(rota.DoNoShow, p.book(v.ID).Assignments[slices.IndexFunc(p.book(v.ID).Assignments, func(a rota.Assignment) bool { return a.Person == p.who["B"].Person })].ID))

	n := len(p.deeds.all)
	undo := p.edit(all(rota.DoCame, places...))
	if w := p.worked("A", shifts[0].Date); w.Unknown != 0 || w.Shifts != 3 || w.Work != 3*180 || w.Unsocial != 3*180 || w.Planned != 3*180 {
		t.Errorf("confirmed: %+v", w)
	}
	sheet, err := p.rotas.HoursSheet(t.Context(), p.who["S"], shifts[0].Date)
	if err != nil || !bytes.HasPrefix(sheet, []byte("\xef\xbb\xbfmonth,name,")) || !bytes.Contains(sheet, []byte("\n2026-11,Person A,3,9.00,9.00,0.00,9.00,0,0\n")) {
		t.Errorf("the table is %q, %v", sheet, err)
	}
	want := audit.Deed{By: p.who["S"].Person, Code: audit.RotaStep, Details: []audit.Detail{audit.Word("step", "came"), audit.Whom("person", p.who["A"].Person), audit.Number("times", 3)}}
	if got := p.deeds.all[n : len(p.deeds.all)-1]; len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("recorded: %+v", got)
	}
	if told != 0 {
		t.Errorf("%d people are told of what they did months ago", told)
	}
	p.sameAsKept()

	back := p.edit(all(rota.DoNoShow, places[0]))
	if w := p.worked("A", shifts[0].Date); w.Shifts != 2 || w.NoShows != 1 || w.Unknown != 0 {
		t.Errorf("did not come to one: %+v", w)
	}
	p.edit(back)
	if w := p.worked("A", shifts[0].Date); w.Shifts != 3 || w.NoShows != 0 {
		t.Errorf("that is taken back: %+v", w)
	}
	p.edit(undo)
	if w := p.worked("A", shifts[0].Date); w.Unknown != 3 || w.Work != 0 {
		t.Errorf("all is taken back: %+v", w)
	}
	if open, err := p.rotas.Unconfirmed(p.who["S"], shifts[0].Date); err != nil || len(open) != 3 {
		t.Errorf("not confirmed again: %+v, %v", open, err)
	}
	if _, err := p.rotas.Unconfirmed(p.who["L"], shifts[0].Date); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("a leader reads who did not check in: %v", err)
	}
	p.sameAsKept()

	p.edit(counsel.RotaEdit{Closure: &rota.Closure{First: shifts[1].Date, Last: shifts[1].Date}})
	if w := p.worked("A", shifts[0].Date); w.Unknown != 2 || w.Planned != 2*180 {
		t.Errorf("a day that was closed waits for a word: %+v", w)
	}
}

func TestPromiseAnOldBoardGivesNobodyTheHoursOfAShift(t *testing.T) {
	p := plan(t, rota.Managed)
	shift := p.own(p.filled().ID)[0]
	place := p.of("A").ID
	mark := func(who string, do rota.Doing, want helpline.Kind, state rota.State) {
		t.Helper()
		if err := p.rotas.Mark(t.Context(), p.who[who], do, place); helpline.KindOf(err) != want {
			t.Errorf("%s by %s: %v", do, who, err)
		}
		if got := p.of("A").State; got != state {
			t.Errorf("%s by %s: the place is %s, want %s", do, who, got, state)
		}
	}
	p.now = shift.Start.Add(time.Hour)
	mark("L", rota.DoNoShow, helpline.Forbidden, rota.Held)
	mark("S", rota.DoUnsure, helpline.Invalid, rota.Held)
	mark("S", rota.DoNoShow, "", rota.NoShow)
	mark("S", rota.DoCame, "", rota.Held)
	mark("S", rota.DoNoShow, "", rota.NoShow)
	p.now = shift.End
	mark("S", rota.DoCame, helpline.Conflict, rota.NoShow)
	mark("S", rota.DoNoShow, helpline.Conflict, rota.NoShow)
	if w := p.worked("A", shift.Date); w.Work != 0 || w.NoShows != 1 {
		t.Errorf("their hours: %+v", w)
	}
	if err := p.rotas.Mark(t.Context(), p.who["S"], rota.DoCame, helpline.NewID()); helpline.KindOf(err) != helpline.NotFound {
		t.Errorf("no such place: %v", err)
	}
	p.edit(counsel.RotaEdit{Word: &counsel.RotaWord{Do: rota.DoCame, Places: []helpline.ID{place}}})
	if w := p.worked("A", shift.Date); w.Shifts != 1 {
		t.Errorf("a word gives them: %+v", w)
	}
	p.sameAsKept()
}
