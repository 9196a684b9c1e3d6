package rota

import (
	"slices"
	"testing"
	"time"
)

func TestPromiseWhoAsksForAPlaceThatHasGoneIsNotLeftAsking(t *testing.T) {
	for name, goes := range map[string]func(*acted){
		"a supervisor gives it to somebody": func(d *acted) { d.must("L!", Step{Do: DoAssign, Assignment: d.of("C", 1).ID, Person: d.who["E"]}) },
		"a supervisor answers for it":       func(d *acted) { d.must("L!", Step{Do: DoMind, Assignment: d.of("C", 1).ID}) },
		"they offer it to everybody":        func(d *acted) { d.must("C", Step{Do: DoOffer, Assignment: d.of("C", 1).ID}) },
		"they swap it with somebody else": func(d *acted) {
			d.must("C", Step{Do: DoExchange, Assignment: d.of("C", 1).ID, Other: d.of("D", 2).ID})
			d.must("D", Step{Do: DoClaim, Swap: d.last().ID})
		},
		"it is swapped for another one that was asked for it": func(d *acted) {
			d.must("D", Step{Do: DoExchange, Assignment: d.of("D", 2).ID, Other: d.of("C", 1).ID})
			d.must("C", Step{Do: DoClaim, Swap: d.last().ID})
		},
		"they have said yes, and then give it back": func(d *acted) {
			d.Rotas[0].Way = Managed
			d.must("C", Step{Do: DoClaim, Swap: d.Swaps[0].ID})
			d.must("C", Step{Do: DoDrop, Assignment: d.of("C", 1).ID})
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := begin(t, SelfSignUp)
			d.must("A", Step{Do: DoExchange, Assignment: d.of("A", 0).ID, Other: d.of("C", 1).ID})
			w := d.last().ID
			goes(d)
			if a := d.of("A", 0); a.State != Held {
				t.Errorf("the shift of the one who asks is %s", a.State)
			}
			if i := slices.IndexFunc(d.Swaps, func(o Swap) bool { return o.ID == w }); d.Swaps[i].State != Withdrawn {
				t.Errorf("what was asked is %s", d.Swaps[i].State)
			}
			d.must("A", Step{Do: DoOffer, Assignment: d.of("A", 0).ID}) // there is no second swap of it
		})
	}
}

func TestWhoAsksForAShiftThatBeginsIsNotLeftAsking(t *testing.T) {
	d := begin(t, SelfSignUp)
	d.must("D", Step{Do: DoExchange, Assignment: d.of("D", 2).ID, Other: d.of("A", 0).ID})
	w := d.last().ID
	d.now = d.Shifts[0].Start.Add(-time.Second)
	d.refuses("not ended", "conflict", "", Step{Do: DoExpire, Swap: w})
	d.now = d.Shifts[0].Start
	d.must("", Step{Do: DoExpire, Swap: w})
	if a := d.of("D", 2); a.State != Held || d.last().State != Expired {
		t.Errorf("%s, and what was asked is %s", a.State, d.last().State)
	}
}
