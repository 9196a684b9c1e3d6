package rota

import (
	"testing"
	"time"

	"helpline"
)

// TestPromiseNoExchangeGoesRoundTheSupervisorOfAManagedRota: of two rotas one
// where people swap among themselves, the other managed, whichever side it is
// asked from.
func TestPromiseNoExchangeGoesRoundTheSupervisorOfAManagedRota(t *testing.T) {
	for _, c := range []struct {
		mine, theirs Way
		asks         bool
	}{{SelfSignUp, SelfSignUp, false}, {SelfSignUp, Managed, true}, {Managed, SelfSignUp, true}, {Preferences, Managed, true}} {
		d := begin(t, c.mine)
		d.Rotas = append(d.Rotas, Rota{ID: d.id(), Name: "Other", Way: c.theirs, Setup: Pair})
		d.Shifts[1].Rota = d.Rotas[1].ID
		d.must("A", Step{Do: DoExchange, Assignment: d.of("A", 0).ID, Other: d.of("C", 1).ID})
		d.must("C", Step{Do: DoClaim, Swap: d.last().ID})
		w := d.last()
		if d.Managed(w) != c.asks || (w.State == Claimed) != c.asks {
			t.Errorf("%s for %s: asked %v, the swap is %s", c.mine, c.theirs, d.Managed(w), w.State)
		}
		if c.asks {
			d.of("A", 0) // still theirs
			d.must("L!", Step{Do: DoApprove, Swap: w.ID})
		}
		d.of("A", 1)
		d.of("C", 0)
	}
	d := begin(t, SelfSignUp)
	if !d.Managed(Swap{From: Bound{Assignment: d.id()}}) {
		t.Error("a swap of nothing needs nobody")
	}
}

// What takes place on no day can be given away by nobody, and nothing is moved
// onto such a day.
func TestNothingIsOfferedOrPutOnADayThatIsClosed(t *testing.T) {
	d := begin(t, SelfSignUp)
	shut := d.Shifts[1].Date // C's evening
	d.Closures = []Closure{{ID: d.id(), First: shut, Last: shut}}
	d.refuses("closed", helpline.Conflict, "A", Step{Do: DoExchange, Assignment: d.of("A", 0).ID, Other: d.of("C", 1).ID})
	for _, do := range []Doing{DoOffer, DoDrop} {
		d.refuses("closed", helpline.Conflict, "C", Step{Do: do, Assignment: d.of("C", 1).ID})
	}
	d.refuses("closed", helpline.Conflict, "L! for C", Step{Do: DoOffer, Assignment: d.of("C", 1).ID})
	to := Interval{d.Shifts[1].Start.Add(-time.Hour), d.Shifts[1].End}
	d.refuses("closed", helpline.Invalid, "L!", Step{Do: DoMove, Shift: d.Shifts[0].ID, To: to})
	d.must("A", Step{Do: DoExchange, Assignment: d.of("A", 0).ID, Other: d.of("D", 2).ID})
}
