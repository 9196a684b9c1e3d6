package store_test

import (
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/retention"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
)

// remove ends somebody's work on the line.
func (p *planned) remove(who string) {
	p.t.Helper()
	if err := p.db.ChangePerson(p.t.Context(), counsel.PersonChange{Person: p.who[who].Person, Remove: true}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *planned) tend() {
	p.t.Helper()
	if err := p.rotas.Tend(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	p.sameAsKept()
}

func TestPromiseThePlacesOfSomebodyWhoIsRemovedAreAnsweredForAndNamed(t *testing.T) {
	p := plan(t, rota.Managed)
	v := p.filled()
	at := p.now.Add(24 * time.Hour)
	p.edit(counsel.RotaEdit{Leave: &rota.Leave{Person: p.who["A"].Person, Interval: rota.Interval{Start: at.AddDate(0, 1, 0), End: at.AddDate(0, 2, 0)}}})
	p.edit(counsel.RotaEdit{Terms: &rota.Terms{Person: p.who["A"].Person, Employment: rota.Volunteer}})
	mine := p.of("A")
	p.do("A", rota.Step{Do: rota.DoOffer, Assignment: mine.ID})
	claimed := p.do("B", rota.Step{Do: rota.DoOffer, Assignment: p.of("B").ID}).Swaps[0].ID
	p.do("E", rota.Step{Do: rota.DoClaim, Swap: claimed})
	wanted := p.do("C", rota.Step{Do: rota.DoExchange, Assignment: p.of("C").ID, Other: p.of("L").ID}).Swaps[0].ID
	p.remove("A")
	p.remove("E") // had claimed the shift of B
	p.remove("L") // should have exchanged with C
	p.tend()
	left, err := p.rotas.Left(p.who["S"])
	if err != nil || len(left) != 2 || left[0].Person != p.who["A"].Person || left[0].Minder != p.who["S"].Person || left[0].Shift.ID != mine.Shift {
		t.Fatalf("left: %+v, %v", left, err)
	}
	b := p.book(v.ID)
	for _, w := range b.Swaps {
		want := map[bool]rota.SwapState{w.ID == claimed: rota.Open, w.ID == wanted: rota.Withdrawn, w.From.Assignment == mine.ID: rota.Withdrawn}[true]
		if w.State != want {
			t.Errorf("a %s is %s, want %s", w.Kind, w.State, want)
		}
	}
	if len(b.Leaves)+len(b.Terms) != 0 {
		t.Errorf("kept of somebody who has gone: %+v %+v", b.Leaves, b.Terms)
	}
	if n := len(p.deeds.all); p.deeds.codes()[n-1] != audit.RotaLeft || !p.deeds.all[n-1].By.IsZero() {
		t.Errorf("recorded: %v", p.deeds.codes())
	}
	n := len(p.deeds.all)
	p.tend() // a second time there is nothing to do
	if len(p.deeds.all) != n {
		t.Error("the same is recorded twice")
	}
	p.do("S", rota.Step{Do: rota.DoAssign, Assignment: left[0].Assignment.ID, Person: p.who["F"].Person})
	if left, err := p.rotas.Left(p.who["S"]); err != nil || len(left) != 1 {
		t.Errorf("still left: %+v, %v", left, err)
	}
	if _, err := p.rotas.Left(p.who["B"]); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("a counsellor is told who was removed: %v", err)
	}
}

func TestNobodyAnswersForAPlaceWhoHasNeverSignedIn(t *testing.T) {
	p := plan(t, rota.Managed)
	p.filled() // S has published it
	first, last := helpline.ID{1}, helpline.ID{255}
	for _, id := range []helpline.ID{first, last} {
		one := staff.Person{ID: id, Name: id.String(), Alias: "Sam", Roles: []helpline.Role{helpline.Supervisor}, Language: "en"}
		if err := p.db.Add(t.Context(), one, staff.Invitation{Hash: [32]byte{id[0]}, Person: id, Expires: p.now.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	secret := staff.Secret{Salt: []byte{1}, Params: staff.Params{Time: 1, MemoryKiB: 8, Threads: 1}, Verifier: []byte{1}}
	if _, err := p.db.Activate(t.Context(), [32]byte{last[0]}, p.now, secret); err != nil {
		t.Fatal(err)
	}
	mine := p.of("A")
	p.remove("S")
	p.remove("A")
	p.tend()
	left, err := p.rotas.Left(helpline.Actor{Person: last, Roles: []helpline.Role{helpline.Supervisor}})
	if err != nil || len(left) == 0 || left[0].Assignment.Place != mine.Place {
		t.Fatalf("left: %+v, %v", left, err)
	}
	if left[0].Minder != last {
		t.Errorf("%v answers for it, and %v has never signed in", left[0].Minder, first)
	}
}

func TestAnOfferEndsByItselfWhenItsTimeIsOver(t *testing.T) {
	p := plan(t, rota.SelfSignUp)
	p.filled()
	p.do("A", rota.Step{Do: rota.DoOffer, Assignment: p.of("A").ID, Until: p.now.Add(time.Hour)})
	p.do("C", rota.Step{Do: rota.DoOffer, Assignment: p.of("C").ID})
	p.now = p.now.Add(90 * time.Minute)
	p.tend()
	if a, c := p.of("A"), p.of("C"); a.State != rota.Held || c.State != rota.Offered {
		t.Errorf("%s and %s", a.State, c.State)
	}
	p.now = p.now.AddDate(0, 3, 0) // the program was off all the time
	p.tend()
	b, err := p.db.LoadRotas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range b.Swaps {
		if w.State != rota.Expired {
			t.Errorf("an offer of long ago is %s", w.State)
		}
	}
}

func TestASwapEndsByItselfWhenTheShiftItWantsBegins(t *testing.T) {
	p := plan(t, rota.SelfSignUp)
	v := p.filled()
	wants := p.of("A")
	begins := p.own(v.ID)[0]
	if begins.ID != wants.Shift {
		t.Fatal("A has another shift than the first")
	}
	w := p.do("C", rota.Step{Do: rota.DoExchange, Assignment: p.of("C").ID, Other: wants.ID}).Swaps[0].ID
	state := func() rota.SwapState {
		b := p.book(v.ID)
		return b.Swaps[slices.IndexFunc(b.Swaps, func(o rota.Swap) bool { return o.ID == w })].State
	}
	for _, c := range []struct {
		at   time.Time
		swap rota.SwapState
		own  rota.State
	}{{begins.Start.Add(-time.Second), rota.Open, rota.Offered}, {begins.Start, rota.Expired, rota.Held}} {
		p.now = c.at
		p.tend()
		if s, a := state(), p.of("C"); s != c.swap || a.State != c.own {
			t.Errorf("at %s what was asked is %s, and the own shift %s", c.at, s, a.State)
		}
	}
}

func TestWhatAnotherProgramWroteCountsSoonAndIsNotOverwritten(t *testing.T) {
	p := plan(t, rota.SelfSignUp)
	p.filled()
	other := p.another()
	w := p.do("A", rota.Step{Do: rota.DoOffer, Assignment: p.of("A").ID}).Swaps[0].ID
	// The other knows nothing of the offer yet: it reads again and then decides.
	if _, err := other.Do(t.Context(), p.who["E"], rota.Step{Do: rota.DoClaim, Swap: w}); helpline.KindOf(err) != helpline.NotFound {
		t.Fatalf("claimed what it does not know: %v", err)
	}
	if err := other.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Do(t.Context(), p.who["E"], rota.Step{Do: rota.DoClaim, Swap: w}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.rotas.Do(t.Context(), p.who["F"], rota.Step{Do: rota.DoClaim, Swap: w}); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("claimed twice: %v", err)
	}
	p.tend()
	p.of("E")
}

func TestPromiseTheRotaForgetsInItsTime(t *testing.T) {
	p := plan(t, rota.SelfSignUp)
	v := p.filled()
	p.draft(3)
	in := func(days int) rota.Interval {
		return rota.Interval{Start: p.now.AddDate(0, 0, days), End: p.now.AddDate(0, 0, days+1)}
	}
	p.edit(counsel.RotaEdit{Leave: &rota.Leave{Person: p.who["F"].Person, Interval: in(2)}})
	p.edit(counsel.RotaEdit{WishesOf: p.who["F"].Person, Wishes: []rota.Availability{{Interval: in(3), Wish: rota.Cannot}}})
	p.edit(counsel.RotaEdit{OnCall: &rota.OnCall{Leader: p.who["L"].Person, Interval: in(3)}})
	p.edit(counsel.RotaEdit{Closure: &rota.Closure{First: v.First.Plus(5), Last: v.First.Plus(5)}})
	p.do("A", rota.Step{Do: rota.DoOffer, Assignment: p.of("A").ID})
	if err := p.rotas.CheckIn(t.Context(), p.who["E"], helpline.ID{}, p.rota.ID); err != nil {
		t.Fatal(err)
	}
	gone := func(days int) map[retention.Code]int {
		t.Helper()
		at := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, days) // all is over by the first of December
		out, err := p.db.Sweep(t.Context(), retention.Rules{}, at)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.rotas.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		counts, err := p.db.Census(t.Context(), retention.Rules{}, at)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range counts {
			if slices.Contains([]retention.Code{retention.Rota, retention.Wishes, retention.Plans}, c.Code) && c.Overdue > 0 {
				t.Errorf("%d days later %d rows of %s are overdue", days, c.Overdue, c.Code)
			}
		}
		return out
	}
	if out := gone(20); out[retention.Wishes]+out[retention.Rota] != 0 {
		t.Errorf("gone after 20 days: %v", out)
	}
	s, err := p.db.LoadRotas(t.Context())
	if err != nil || len(s.Leaves)+len(s.Availability)+len(s.OnCalls)+len(s.Swaps) != 4 {
		t.Fatalf("%+v, %v", s, err)
	}
	gone(61)
	s, err = p.db.LoadRotas(t.Context())
	if err != nil || len(s.Leaves)+len(s.Availability)+len(s.OnCalls)+len(s.Swaps) != 0 {
		t.Errorf("kept after 61 days: %+v, %v", s, err)
	}
	if len(s.Versions) != 1 || len(s.Shifts) != 7 || len(s.CheckIns) != 1 || len(s.Closures) != 1 {
		t.Errorf("shifts, check-ins and the days that were closed are gone too early: %+v", s)
	}
	gone(2*365 + 1)
	s, err = p.db.LoadRotas(t.Context())
	if err != nil || len(s.Versions)+len(s.Shifts)+len(s.Assignments)+len(s.CheckIns)+len(s.Acceptances)+len(s.Closures) != 0 || len(s.Templates) != 1 {
		t.Errorf("kept after two years: %+v, %v", s, err)
	}
}
