package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
)

// TestPromiseWhoIsPlannedOnADayThatClosesHearsOfIt: and of the day that opens
// again, by an undo too.
func TestPromiseWhoIsPlannedOnADayThatClosesHearsOfIt(t *testing.T) {
	p := plan(t, rota.Managed)
	v := p.filled()
	first := p.own(v.ID)[0]
	var heard counsel.RotaChange
	p.rotas.Changed(func(c counsel.RotaChange) { heard = c })
	sees := func(who string) (own int, status string) {
		t.Helper()
		b, err := p.rotas.Standing(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		feed := rota.Feed(b, p.who[who].Person, rota.FeedWords{Name: "Shifts", Shift: "Shift"}, p.now)
		_, status, _ = strings.Cut(feed, "\r\nSTATUS:")
		status, _, _ = strings.Cut(status, "\r\n")
		return len(b.Own(p.who[who].Person, p.now)), status
	}
	check := func(when string, own int, status string, kinds ...rota.EventKind) {
		t.Helper()
		if n, is := sees("A"); n != own || is != status {
			t.Errorf("%s: %d shifts of A's own, the calendar says %s", when, n, is)
		}
		if n, is := sees("C"); n != 1 || is != "CONFIRMED" {
			t.Errorf("%s: C works on another day, and sees %d shifts and %s", when, n, is)
		}
		told := slices.Clone(heard.Told)
		byBytes := func(a, b helpline.ID) int { return slices.Compare(a[:], b[:]) }
		slices.SortFunc(told, byBytes)
		want := p.ids("A B")
		slices.SortFunc(want, byBytes)
		var got []rota.EventKind
		for _, e := range heard.Events {
			got = append(got, e.Kind)
		}
		if !slices.Equal(told, want) || !slices.Equal(got, kinds) {
			t.Errorf("%s: %v are told, of %v", when, told, got)
		}
		p.sameAsKept()
	}
	p.do("S", rota.Step{Do: rota.DoMind, Assignment: p.of("L").ID}) // nobody works the third evening
	shut := rota.Closure{ID: helpline.NewID(), First: first.Date, Last: first.Date}
	undo := p.edit(counsel.RotaEdit{Closure: &shut})
	check("closed", 0, "CANCELLED", rota.EventCancel)
	events, err := p.rotas.Events(t.Context(), p.who["A"], p.now, p.now.Add(time.Hour))
	if err != nil || !slices.ContainsFunc(events, func(e rota.Event) bool { return e.Kind == rota.EventCancel && e.Shift == first.ID }) {
		t.Errorf("A reads %+v, %v", events, err)
	}
	p.edit(undo)
	check("undone", 1, "CONFIRMED", rota.EventAssign, rota.EventAssign)
	p.edit(counsel.RotaEdit{Closure: &shut})
	p.edit(counsel.RotaEdit{DropClosure: shut.ID})
	check("opened", 1, "CONFIRMED", rota.EventAssign, rota.EventAssign)
}
