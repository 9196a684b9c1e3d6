package store_test

import (
	"strings"
	"sync"
	"testing"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
)

func TestPromiseOfSeveralWhoClaimAShiftOneHasItAndTheOthersAreToldSo(t *testing.T) {
	p := plan(t, rota.SelfSignUp)
	p.filled()
	beside := p.another() // as a second program has it
	for _, way := range []string{"claim", "answer"} {
		whose := map[string]string{"claim": "A", "answer": "C"}[way]
		place := p.of(whose)
		var id helpline.ID
		if way == "claim" {
			id = p.do(whose, rota.Step{Do: rota.DoOffer, Assignment: place.ID}).Swaps[0].ID
		} else {
			p.do("S", rota.Step{Do: rota.DoMind, Assignment: place.ID})
			ask, err := p.rotas.Ask(t.Context(), p.who["S"], counsel.AskFor{Shift: place.Shift, People: p.ids("E F L")})
			if err != nil {
				t.Fatal(err)
			}
			id = ask.ID
		}
		if err := beside.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		begin := make(chan struct{})
		errs := make([]error, 6)
		for i, who := range []string{"E", "F", "L", "E", "F", "L"} {
			of := p.rotas
			if i >= 3 {
				of = beside
			}
			all.Go(func() {
				<-begin
				if way == "answer" {
					errs[i] = of.Answer(t.Context(), p.who[who], id, true)
					return
				}
				_, errs[i] = of.Do(t.Context(), p.who[who], rota.Step{Do: rota.DoClaim, Swap: id})
			})
		}
		close(begin)
		all.Wait()
		won := map[int]bool{}
		for i, err := range errs {
			switch {
			case err == nil:
				won[i%3] = true
			case helpline.KindOf(err) != helpline.Conflict || !strings.Contains(err.Error(), "swap has ended") && !strings.Contains(err.Error(), "somebody") && !strings.Contains(err.Error(), "twice"):
				t.Errorf("%s: %v", way, err)
			}
		}
		if len(won) != 1 {
			t.Errorf("%s: %d of them have it: %v", way, len(won), errs)
		}
		if err := p.rotas.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.sameAsKept()
		s, err := p.db.LoadRotas(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		owners := 0
		for _, a := range s.Assignments {
			if a.Place == place.Place && a.State.Stands() {
				owners++
			}
		}
		if owners != 1 {
			t.Errorf("%s: the place has %d owners", way, owners)
		}
	}
}
