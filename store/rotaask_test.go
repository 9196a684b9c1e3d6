package store_test

import (
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
)

// sick is a published week in which A, who had the first evening, is ill: the
// supervisor answers for the place.
func sick(t *testing.T) (*planned, rota.Shift) {
	t.Helper()
	p := plan(t, rota.Managed)
	v := p.filled()
	p.do("S", rota.Step{Do: rota.DoMind, Assignment: p.of("A").ID})
	return p, p.own(v.ID)[0]
}

func (p *planned) ids(names string) (out []helpline.ID) {
	for name := range strings.FieldsSeq(names) {
		out = append(out, p.who[name].Person)
	}
	return out
}

func TestOfSeveralWhoAreAskedTheFirstYesHasTheShift(t *testing.T) {
	p, s := sick(t)
	ask, err := p.rotas.Ask(t.Context(), p.who["S"], counsel.AskFor{Shift: s.ID, Role: rota.Counsellor, People: p.ids("C D E F")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.rotas.Ask(t.Context(), p.who["S"], counsel.AskFor{Shift: s.ID, People: p.ids("C")}); helpline.KindOf(err) != helpline.Conflict {
		t.Errorf("asked twice for one place: %v", err)
	}
	for _, bad := range []struct {
		who  string
		kind helpline.Kind
		want string
	}{{"B", helpline.NotFound, "not asked"}, {"L", helpline.NotFound, "not asked"}} {
		if err := p.rotas.Answer(t.Context(), p.who[bad.who], ask.ID, true); helpline.KindOf(err) != bad.kind || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%s: %v", bad.who, err)
		}
	}
	if err := p.rotas.Answer(t.Context(), p.who["C"], ask.ID, false); err != nil {
		t.Fatal(err)
	}
	if n := len(p.rotas.Asks(p.who["C"].Person)); n != 0 {
		t.Errorf("C said no and is asked %d times", n)
	}
	if err := p.rotas.Answer(t.Context(), p.who["E"], ask.ID, true); err != nil {
		t.Fatal(err)
	}
	if err := p.rotas.Answer(t.Context(), p.who["E"], ask.ID, true); err != nil { // a second tap
		t.Errorf("E has it already: %v", err)
	}
	err = p.rotas.Answer(t.Context(), p.who["F"], ask.ID, true)
	if helpline.KindOf(err) != helpline.Conflict || !strings.Contains(err.Error(), "somebody took it") {
		t.Errorf("F came second: %v", err)
	}
	if got := p.of("E"); got.Shift != s.ID || got.Source != rota.BySelf {
		t.Errorf("%+v", got)
	}
	all := p.rotas.AsksOf(s.ID)
	if len(all) != 1 || all[0].State != counsel.AskTaken || all[0].Taker != p.who["E"].Person {
		t.Errorf("%+v", all)
	}
	if codes := p.deeds.codes(); codes[len(codes)-1] != audit.RotaAsk {
		t.Errorf("recorded: %v", codes)
	}
	p.sameAsKept()
}

func TestWhoWasAskedLongestAgoIsAskedFirst(t *testing.T) {
	p, s := sick(t)
	if _, err := p.rotas.Ask(t.Context(), p.who["S"], counsel.AskFor{Shift: s.ID, People: p.ids("C E")}); err != nil {
		t.Fatal(err)
	}
	second := p.of("B")
	p.now = p.now.Add(time.Hour)
	p.do("S", rota.Step{Do: rota.DoMind, Assignment: second.ID})
	ask, err := p.rotas.Ask(t.Context(), p.who["S"], counsel.AskFor{Shift: s.ID, N: 3})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range ask.Asked {
		if one.Person == p.who["C"].Person || one.Person == p.who["E"].Person {
			t.Errorf("somebody who was just asked is asked before others")
		}
	}
	if at := p.rotas.AskedAt(); !at[p.who["C"].Person].Before(at[ask.Asked[0].Person]) {
		t.Errorf("%v", at)
	}
}

func TestAnAskEndsWithItsPlaceItsShiftAndItsTime(t *testing.T) {
	for name, c := range map[string]func(p *planned, s rota.Shift, place helpline.ID){
		"somebody is put there": func(p *planned, _ rota.Shift, place helpline.ID) {
			p.do("S", rota.Step{Do: rota.DoAssign, Assignment: place, Person: p.who["F"].Person})
		},
		"the shift is cancelled": func(p *planned, s rota.Shift, _ helpline.ID) { p.do("S", rota.Step{Do: rota.DoCancel, Shift: s.ID}) },
		"the shift is moved": func(p *planned, s rota.Shift, _ helpline.ID) {
			p.do("S", rota.Step{Do: rota.DoMove, Shift: s.ID, To: rota.Interval{Start: s.Start.Add(-time.Hour), End: s.End}})
		},
		"it is stopped": func(p *planned, s rota.Shift, _ helpline.ID) {
			if err := p.rotas.StopAsk(p.t.Context(), p.who["S"], p.rotas.AsksOf(s.ID)[0].ID); err != nil {
				p.t.Fatal(err)
			}
		},
		"all say no": func(p *planned, s rota.Shift, _ helpline.ID) {
			for _, who := range []string{"C", "E"} {
				if err := p.rotas.Answer(p.t.Context(), p.who[who], p.rotas.AsksOf(s.ID)[0].ID, false); err != nil {
					p.t.Fatal(err)
				}
			}
		},
		"its time is over": func(p *planned, _ rota.Shift, _ helpline.ID) { p.now = p.now.Add(3 * time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			p, s := sick(t)
			ask, err := p.rotas.Ask(t.Context(), p.who["S"], counsel.AskFor{Shift: s.ID, People: p.ids("C E"), Until: p.now.Add(2 * time.Hour)})
			if err != nil {
				t.Fatal(err)
			}
			c(p, s, ask.Place)
			if err := p.rotas.Answer(t.Context(), p.who["E"], ask.ID, true); helpline.KindOf(err) != helpline.Conflict {
				t.Errorf("an answer counts all the same: %v", err)
			}
			if n := len(p.rotas.Asks(helpline.ID{})); n != 0 {
				t.Errorf("%d asks are open", n)
			}
			p.sameAsKept()
		})
	}
}

func TestPromiseAYesTakesNoShiftFromSomebodyWhoHasKeptIt(t *testing.T) {
	for name, ends := range map[string]func(p *planned, swap helpline.ID){
		"withdrawn": func(p *planned, swap helpline.ID) { p.do("A", rota.Step{Do: rota.DoWithdraw, Swap: swap}) },
		"refused": func(p *planned, swap helpline.ID) {
			p.do("F", rota.Step{Do: rota.DoClaim, Swap: swap})
			p.do("S", rota.Step{Do: rota.DoRefuse, Swap: swap})
		},
		"expired": func(p *planned, _ helpline.ID) {
			p.now = p.now.Add(2 * time.Hour)
			if err := p.rotas.Tend(p.t.Context()); err != nil {
				p.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := plan(t, rota.Managed)
			v := p.filled()
			hers := p.of("A")
			offer := p.do("A", rota.Step{Do: rota.DoOffer, Assignment: hers.ID, Until: p.now.Add(time.Hour)})
			ask, err := p.rotas.Ask(t.Context(), p.who["S"], counsel.AskFor{Shift: p.own(v.ID)[0].ID, Role: rota.Counsellor, People: p.ids("C E")})
			if err != nil || ask.Place != hers.ID {
				t.Fatalf("%+v, %v", ask, err)
			}
			ends(p, offer.Swaps[0].ID)
			if n := len(p.rotas.Asks(helpline.ID{})); n != 0 {
				t.Errorf("%d asks are open", n)
			}
			if err := p.rotas.Answer(t.Context(), p.who["E"], ask.ID, true); helpline.KindOf(err) != helpline.Conflict {
				t.Errorf("a yes counts all the same: %v", err)
			}
			if got := p.of("A"); got.ID != hers.ID || got.State != rota.Held {
				t.Errorf("A has lost the shift: %+v", got)
			}
			p.sameAsKept()
		})
	}
}

func TestWhomItIsNoUseToAskIsNotAsked(t *testing.T) {
	p, s := sick(t)
	for name, c := range map[string]struct {
		f    counsel.AskFor
		kind helpline.Kind
	}{
		"somebody who is there":   {counsel.AskFor{Shift: s.ID, People: p.ids("E B")}, helpline.Conflict},
		"a stranger":              {counsel.AskFor{Shift: s.ID, People: []helpline.ID{helpline.NewID()}}, helpline.Conflict},
		"nobody":                  {counsel.AskFor{Shift: s.ID}, helpline.Invalid},
		"a crowd":                 {counsel.AskFor{Shift: s.ID, N: 500}, helpline.Invalid},
		"no such shift":           {counsel.AskFor{Shift: helpline.NewID(), N: 2}, helpline.NotFound},
		"nobody is missing there": {counsel.AskFor{Shift: s.ID, Role: rota.Leader, N: 2}, helpline.Conflict},
		"it ends before it began": {counsel.AskFor{Shift: s.ID, N: 2, Until: p.now.Add(-time.Hour)}, helpline.Invalid},
	} {
		if _, err := p.rotas.Ask(t.Context(), p.who["S"], c.f); helpline.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := p.rotas.Ask(t.Context(), p.who["L"], counsel.AskFor{Shift: s.ID, N: 2}); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("a shift leader: %v", err)
	}
}
