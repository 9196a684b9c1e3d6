package store_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
)

// owned says what is wrong with who answers for what is published; nothing when
// every place is exactly one person's and nobody works twice at once.
func owned(s counsel.RotaState, places map[helpline.ID]helpline.ID) string {
	versions, shifts := map[helpline.ID]rota.Version{}, map[helpline.ID]rota.Shift{}
	for _, v := range s.Versions {
		versions[v.ID] = v
	}
	for _, o := range s.Shifts {
		shifts[o.ID] = o
	}
	offers := map[helpline.ID]int{}
	for _, w := range s.Swaps {
		if w.State == rota.Open || w.State == rota.Claimed {
			offers[w.From.Assignment]++
		}
	}
	owners := map[helpline.ID]int{}
	hours := map[helpline.ID][]rota.Interval{}
	for _, a := range s.Assignments {
		o := shifts[a.Shift]
		if versions[o.Version].State == rota.Draft {
			if a.State != rota.Proposed {
				return "a place of a draft is " + string(a.State)
			}
			continue
		}
		if a.State == rota.Proposed {
			return "a published place is only proposed"
		}
		if was, known := places[a.Place]; known && was != a.Shift {
			return "a place has moved to another shift"
		}
		places[a.Place] = a.Shift
		if !a.State.Stands() {
			if offers[a.ID] > 0 {
				return "a swap gives away what is gone"
			}
			continue
		}
		owners[a.Place]++
		if want := map[rota.State]int{rota.Offered: 1}[a.State]; offers[a.ID] != want {
			return "a place is " + string(a.State) + " and the swaps say otherwise"
		}
		if a.Minds || o.Cancelled {
			continue
		}
		for _, in := range hours[a.Person] {
			if in.Meets(o.Interval()) {
				return "an hour is double-booked"
			}
		}
		hours[a.Person] = append(hours[a.Person], o.Interval())
	}
	for place := range places {
		if owners[place] != 1 {
			return "a place is not exactly one person's"
		}
	}
	return ""
}

func TestPromiseWhateverIsDoneEveryPublishedPlaceIsOnePersonsAndTheDiskKnowsIt(t *testing.T) {
	took := map[rota.Doing]int{}
	undone, refused := 0, 0
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 17))
		p := plan(t, []rota.Way{rota.Managed, rota.SelfSignUp}[seed%2])
		names := []string{"S", "L", "A", "B", "C", "D", "E", "F"}
		places := map[helpline.ID]helpline.ID{}
		pick := func(ids []helpline.ID) helpline.ID {
			if len(ids) == 0 || r.IntN(30) == 0 {
				return helpline.NewID()
			}
			return ids[r.IntN(len(ids))]
		}
		p.filled()
		v := p.draft(7) // the same days anew, with everybody
		for i, o := range p.own(v.ID) {
			for _, name := range []string{names[2+i%6], names[2+(i+3)%6]} {
				p.edit(counsel.RotaEdit{Place: &rota.Assignment{Shift: o.ID, Person: p.who[name].Person, Role: rota.Counsellor}})
			}
		}
		p.publish(v.ID)
		var undo []counsel.RotaEdit
		for n := range 220 {
			p.now = p.now.Add(time.Duration(r.IntN(20)) * time.Minute)
			s, err := p.db.LoadRotas(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var live, drafted, swaps, shifts, drafts, draftShifts []helpline.ID
			state := map[helpline.ID]rota.VersionState{}
			for _, v := range s.Versions {
				if state[v.ID] = v.State; v.State == rota.Draft {
					drafts = append(drafts, v.ID)
				}
			}
			of, owner := map[helpline.ID]helpline.ID{}, map[helpline.ID]helpline.ID{}
			for _, o := range s.Shifts {
				if of[o.ID] = o.Version; state[o.Version] == rota.Draft {
					draftShifts = append(draftShifts, o.ID)
				} else {
					shifts = append(shifts, o.ID)
				}
			}
			for _, a := range s.Assignments {
				owner[a.ID] = a.Person
				if state[of[a.Shift]] == rota.Draft {
					drafted = append(drafted, a.ID)
				} else if a.State.Stands() || r.IntN(10) == 0 {
					live = append(live, a.ID)
				}
			}
			for _, w := range s.Swaps {
				if w.State == rota.Open || w.State == rota.Claimed || r.IntN(10) == 0 {
					swaps = append(swaps, w.ID)
				}
			}
			who := names[r.IntN(len(names))]
			if r.IntN(3) == 0 {
				who = "S"
			}
			any := p.who[names[r.IntN(len(names))]].Person
			switch r.IntN(10) {
			case 0, 1: // an edit of a draft, or of what somebody says of their time
				from := p.now.AddDate(0, 0, 1+r.IntN(9)).Truncate(time.Hour)
				e := []counsel.RotaEdit{
					{NewVersion: &rota.Version{Rota: p.rota.ID, First: rota.Date{Year: 2026, Month: 11, Day: 23 + r.IntN(5)}, Last: rota.Date{Year: 2026, Month: 11, Day: 28}}, CopyFrom: func() helpline.ID {
						if r.IntN(2) == 0 {
							return helpline.ID{}
						}
						return s.Versions[r.IntN(len(s.Versions))].ID
					}()},
					{Place: &rota.Assignment{Shift: pick(append(draftShifts, shifts[0])), Person: any, Role: rota.ShiftRoles()[r.IntN(3)]}},
					{DropPlace: pick(append(drafted, live...))},
					{Pin: pick(append(drafted, live...))},
					{DropVersion: s.Versions[r.IntN(len(s.Versions))].ID},
					{Leave: &rota.Leave{Person: any, Interval: rota.Interval{Start: from, End: from.Add(30 * time.Hour)}}},
					{WishesOf: any, Wishes: []rota.Availability{{Interval: rota.Interval{Start: from, End: from.Add(time.Hour)}, Wish: rota.Cannot}}},
					{ShiftAt: &rota.Shift{Version: pick(append(drafts, s.Versions[0].ID)), Name: "By hand", Start: from, End: from.Add(2 * time.Hour)}},
				}[r.IntN(8)]
				if back, err := p.rotas.Edit(t.Context(), p.who[who], e); err == nil {
					undo = append(undo, back)
				} else if helpline.KindOf(err) == helpline.Internal {
					t.Fatalf("seed %d, step %d: %v", seed, n, err)
				} else {
					refused++
				}
			case 2:
				if len(undo) == 0 {
					continue
				}
				if _, err := p.rotas.Edit(t.Context(), p.who["S"], undo[len(undo)-1]); err == nil {
					undone++
				} else if helpline.KindOf(err) == helpline.Internal {
					t.Fatalf("seed %d, step %d: undo: %v", seed, n, err)
				}
				undo = undo[:len(undo)-1]
			case 3:
				if len(drafts) > 0 {
					for _, b := range rota.Check(p.book(drafts[0]), p.rotas.Law()) {
						if b.Level == rota.Advisory && !b.Accepted {
							p.edit(counsel.RotaEdit{Accept: &counsel.RotaAccept{Version: drafts[0], Key: b.Key(), Reason: rota.ReasonOnce}})
						}
					}
					if _, err := p.rotas.Do(t.Context(), p.who["S"], rota.Step{Do: rota.DoPublish, Version: drafts[0]}); err == nil {
						took[rota.DoPublish]++
						undo = nil
					} else if len(rota.RefusedFor(err)) == 0 {
						t.Fatalf("seed %d, step %d: publish: %v", seed, n, err)
					} else {
						p.edit(counsel.RotaEdit{DropVersion: drafts[0]})
						undo = nil
					}
				}
			case 4:
				if err := p.rotas.Tend(t.Context()); err != nil {
					t.Fatal(err)
				}
			default:
				from := p.now.Add(time.Duration(r.IntN(100)) * time.Hour)
				do := rota.Step{
					Do:         []rota.Doing{rota.DoOffer, rota.DoOffer, rota.DoExchange, rota.DoDrop, rota.DoClaim, rota.DoClaim, rota.DoApprove, rota.DoApprove, rota.DoRefuse, rota.DoWithdraw, rota.DoExpire, rota.DoAssign, rota.DoMind, rota.DoMove, rota.DoCancel}[r.IntN(15)],
					Assignment: pick(live), Other: pick(live), Swap: pick(swaps), Shift: pick(shifts), Person: any, To: rota.Interval{Start: from, End: from.Add(3 * time.Hour)},
				}
				if do.Do == rota.DoCancel && r.IntN(3) > 0 {
					continue
				}
				switch do.Do {
				case rota.DoOffer, rota.DoExchange, rota.DoDrop:
					if r.IntN(4) > 0 {
						who, do.For, do.Person = "S", owner[do.Assignment], helpline.ID{}
					}
				case rota.DoClaim: // who may, as far as one can know
					if i := slices.IndexFunc(s.Swaps, func(w rota.Swap) bool { return w.ID == do.Swap }); i >= 0 && s.Swaps[i].Kind == rota.Exchange {
						who, do.For = "S", s.Swaps[i].Person
					}
				case rota.DoApprove, rota.DoMove, rota.DoAssign, rota.DoMind:
					who = "S"
				}
				if i := slices.IndexFunc(s.Shifts, func(o rota.Shift) bool { return o.ID == do.Shift }); i >= 0 && do.Do == rota.DoMove {
					do.To = rota.Interval{Start: s.Shifts[i].Start.Add(-time.Hour), End: s.Shifts[i].End}
				}
				if _, err := p.rotas.Do(t.Context(), p.who[who], do); err == nil {
					took[do.Do]++
				} else if helpline.KindOf(err) == helpline.Internal {
					t.Fatalf("seed %d, step %d: %s: %v", seed, n, do.Do, err)
				}
			}
			if s, err = p.db.LoadRotas(t.Context()); err != nil {
				t.Fatal(err)
			}
			if why := owned(s, places); why != "" {
				t.Fatalf("seed %d, step %d: %s", seed, n, why)
			}
			p.sameAsKept()
		}
	}
	for _, do := range []rota.Doing{rota.DoOffer, rota.DoClaim, rota.DoAssign, rota.DoMind, rota.DoMove, rota.DoPublish} {
		if took[do] == 0 {
			t.Errorf("no sequence had a %s that was taken: %v", do, took)
		}
	}
	if undone == 0 || refused == 0 {
		t.Errorf("%d edits were undone and %d refused", undone, refused)
	}
}
