package rota

import (
	"math/rand/v2"
	"testing"
	"time"
)

// debriefed gives every shift of the book so many minutes after its end.
func (d *drawn) debriefed(minutes int) *drawn {
	for i := range d.Shifts {
		d.Shifts[i].Debrief = minutes
	}
	return d
}

func TestADebriefIsWorkAndNoRest(t *testing.T) {
	late := func() *drawn {
		return draw(t, ams, "eu-2003-88").work("A", "2026-11-30 14:00-22:00 30", "2026-12-01 09:00-14:00").narrow()
	}
	late().want("eleven hours of rest")
	late().debriefed(30).want("half an hour of them is the debrief", "rest.day A 630/660")

	six := func(minutes int) *drawn {
		return draw(t, ams, "eu-2003-88").work("A", "2026-11-30 09:00-15:00").narrow().debriefed(minutes)
	}
	six(0).want("six hours need no break")
	six(15).want("more than six do", "break A 0/1")
}

// A person's second shift ends the debrief of the first: no minute is worked
// twice, and no rest is missed that nobody can have.
func TestADebriefEndsWhereTheNextShiftBegins(t *testing.T) {
	d := draw(t, ams, "").work("A", "2026-11-30 09:00-11:00", "2026-11-30 11:10-13:00").narrow().debriefed(30)
	d.Terms = []Terms{{Person: d.who["A"], Max: 1}}
	var got []Breach
	for _, b := range Check(d.Book, Profile{}) {
		if b.Rule == RuleTermsMax {
			got = append(got, b)
		}
	}
	if len(got) != 1 || got[0].Have != 120+10+110+30 {
		t.Fatalf("%+v", got)
	}
	d.Shifts[1].Start = d.Shifts[0].End.Add(-time.Minute)
	if got := d.said(Check(d.Book, Profile{}), append(quiet, RuleTermsMax)...); len(got) != 1 || got[0] != "overlap A 1/0" {
		t.Errorf("a debrief hides that somebody is at two places: %q", got)
	}
}

// Nobody is cover in a debrief, and the line is not open for it.
func TestADebriefIsNobodysCover(t *testing.T) {
	d := draw(t, ams, "")
	d.on(d.shift("2026-11-30 09:00-11:00"), "A", "B").narrow().debriefed(60)
	open := d.OnDuty(d.Version.Rota).Openings()
	if len(open) != 1 || !open[0].End.Equal(d.Shifts[0].End) {
		t.Errorf("%v", open)
	}
}

func TestATemplateHandsItsDebriefToItsShifts(t *testing.T) {
	d := draw(t, ams, "")
	tpl := Template{ID: d.id(), Rota: d.Version.Rota, Name: "Evening", Days: On(1), From: 19 * 60, To: 22 * 60, Debrief: 15}
	shifts, _, err := Materialise(d.Version, []Template{tpl}, nil, d.zone, d.id)
	if err != nil || len(shifts) == 0 || shifts[0].Debrief != 15 || shifts[0].Work() != 195 || shifts[0].Minutes() != 180 {
		t.Fatalf("%+v %v", shifts[:min(1, len(shifts))], err)
	}
	for _, wrong := range []int{-1, 121} {
		tpl.Debrief = wrong
		if f := tpl.Faults(); len(f) != 1 || f[0] != (Fault{"debrief", "debrief"}) {
			t.Errorf("%d minutes: %v", wrong, f)
		}
	}
}

// A filling with debriefs keeps every rule, and what it costs by differences is
// what it costs counted from nothing.
func TestAFillingKeepsItsDebriefs(t *testing.T) {
	b := makeEmptyBook(4, 2, 24)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range b.Shifts {
		b.Shifts[i].Debrief = 15 * r.IntN(4)
	}
	law := mustProfile(t, "volunteer-default")
	f := NewFiller(b, law, Given{})
	got := f.Draft(t.Context(), 1)
	full := got.In(b, ids(9))
	if n := len(hard(Check(full, law))); n > 0 {
		t.Errorf("%d hard breaches", n)
	}
	if s := ScoreOf(full, UsualWeights()); s.Total != got.Score.Total {
		t.Errorf("%d points counted anew, %d told", s.Total, got.Score.Total)
	}
	var soft int64
	rows := newWorkRows(f.sheet)
	for p := range f.has {
		has := newSet(len(f.sheet.slots))
		soft = rows.whole(p, has).soft
		for range 200 {
			at := r.IntN(len(f.sheet.slots))
			has.flip(at)
			soft += rows.flip(p, at, has.has(at)).soft
		}
		if want := rows.whole(p, has).soft; soft != want {
			t.Fatalf("person %d: %d by differences, %d from nothing", p, soft, want)
		}
	}
}
