package store_test

import (
	"errors"
	"testing"
	"time"

	"helpline/counsel/rota"
)

// TestPromiseAFloodOfOffersOfOneLoginEnds: offering and taking back without end
// leaves a bounded number of rows, and nothing half done.
func TestPromiseAFloodOfOffersOfOneLoginEnds(t *testing.T) {
	p := plan(t, rota.SelfSignUp)
	p.filled()
	offered := func() error {
		t.Helper()
		c, err := p.rotas.Do(t.Context(), p.who["A"], rota.Step{Do: rota.DoOffer, Assignment: p.of("A").ID})
		if err == nil {
			_, err = p.rotas.Do(t.Context(), p.who["A"], rota.Step{Do: rota.DoWithdraw, Swap: c.Swaps[0].ID})
		}
		return err
	}
	began := p.now
	for n := range rota.MostADay {
		if err := offered(); err != nil {
			t.Fatalf("offer %d: %v", n, err)
		}
		p.now = p.now.Add(time.Second)
	}
	before := p.kept()
	for _, s := range []rota.Step{
		{Do: rota.DoOffer, Assignment: p.of("A").ID},
		{Do: rota.DoDrop, Assignment: p.of("A").ID},
		{Do: rota.DoExchange, Assignment: p.of("A").ID, Other: p.of("C").ID},
		{Do: rota.DoTake, Shift: p.own(p.rotas.Versions(p.rota.ID)[0].ID)[5].ID},
	} {
		if _, err := p.rotas.Do(t.Context(), p.who["A"], s); !errors.Is(err, rota.ErrOften) {
			t.Errorf("%s after the flood: %v", s.Do, err)
		}
	}
	theirs := p.do("B", rota.Step{Do: rota.DoOffer, Assignment: p.of("B").ID}).Swaps[0].ID // nobody else is bounded by it
	if _, err := p.rotas.Do(t.Context(), p.who["A"], rota.Step{Do: rota.DoClaim, Swap: theirs}); !errors.Is(err, rota.ErrOften) {
		t.Errorf("a claim after the flood: %v", err)
	}
	if after := p.kept(); len(after.Swaps) != len(before.Swaps)+1 || len(before.Swaps) != rota.MostADay {
		t.Errorf("%d swaps, then %d", len(before.Swaps), len(after.Swaps))
	}
	// A supervisor does it for them, and what is on offer can be taken back.
	mine := p.do("S", rota.Step{Do: rota.DoOffer, For: p.who["A"].Person, Assignment: p.of("A").ID}).Swaps[0].ID
	p.do("A", rota.Step{Do: rota.DoWithdraw, Swap: mine})
	p.now = began.Add(24*time.Hour + time.Minute)
	if _, err := p.rotas.Do(t.Context(), p.who["A"], rota.Step{Do: rota.DoOffer, Assignment: p.of("A").ID}); err != nil {
		t.Errorf("a day later: %v", err)
	}
}
