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

// offButPlanned says who does not work here at the moment and has a published
// shift to come, or is on call; nothing when nobody is.
func offButPlanned(s counsel.RotaState) string {
	drafts, shifts := map[helpline.ID]bool{}, map[helpline.ID]rota.Shift{}
	for _, v := range s.Versions {
		drafts[v.ID] = v.State == rota.Draft
	}
	for _, o := range s.Shifts {
		if !drafts[o.Version] && !o.Cancelled {
			shifts[o.ID] = o
		}
	}
	for _, one := range s.Pauses {
		for _, a := range s.Assignments {
			if o, is := shifts[a.Shift]; is && a.Person == one.Person && !a.Minds && (a.State == rota.Held || a.State == rota.Offered) && o.End.After(one.Since) {
				return "somebody who does not work here has a shift to come"
			}
		}
		for _, o := range s.OnCalls {
			if o.Leader == one.Person && o.End.After(one.Since) {
				return "somebody who does not work here is on call"
			}
		}
		for _, w := range s.Swaps {
			if w.State == rota.Claimed && w.Claimant == one.Person || w.State == rota.Open && w.Person == one.Person {
				return "something waits for somebody who does not work here"
			}
		}
	}
	return ""
}

// clockSteps are done in each week. After each that writes something, who is on
// duty is what the rows on the disk say of each minute of the night; at the end,
// of each minute of the week.
const clockSteps = 90

// Over both nights on which clocks are set, in three zones: whatever is edited,
// swapped, claimed and published on the real store.
func TestPromiseWhateverIsDoneEveryPublishedPlaceIsOnePersonsAndTheDiskKnowsIt(t *testing.T) {
	took := map[rota.Doing]int{}
	undone, refused, opened, twice, off := 0, 0, 0, 0, 0
	names := []string{"S", "L", "A", "B", "C", "D", "E", "F"}
	for seed, year := range clockYears {
		r := rand.New(rand.NewPCG(uint64(seed), 23))
		p := wholeYear(t, year, []rota.Way{rota.Managed, rota.SelfSignUp}[seed%2], names)
		places, came, alias := map[helpline.ID]helpline.ID{}, ages{}, map[helpline.ID]string{}
		for name, who := range p.who {
			alias[who.Person] = name
		}
		pick := func(ids []helpline.ID) helpline.ID {
			if len(ids) == 0 || r.IntN(30) == 0 {
				return helpline.NewID()
			}
			return ids[r.IntN(len(ids))]
		}
		var undo []counsel.RotaEdit
		for half, week := range year.weeks { // from its Thursday on
			p.now = rota.FirstOf(week.Plus(3), 12*60, p.zone).UTC()
			p.anew()
			if sunday := week.Plus(6); rota.FirstOf(sunday, year.edge, p.zone) != rota.LastOf(sunday, year.edge, p.zone) {
				p.overlapsTwice(sunday, year.edge)
				twice++
			}
			s := p.kept()
			came.sort(s, alias)
			night := rota.Interval{Start: rota.FirstOf(week.Plus(5), 18*60, p.zone), End: rota.FirstOf(week.Plus(6), 10*60, p.zone)}
			for n := range clockSteps {
				p.now = p.now.Add(time.Duration(r.IntN(100)) * time.Minute)
				var live, drafted, swaps, shifts, drafts, draftShifts []helpline.ID
				state := map[helpline.ID]rota.VersionState{}
				for _, v := range s.Versions {
					if state[v.ID] = v.State; v.State == rota.Draft {
						drafts = append(drafts, v.ID)
					}
				}
				of, owner, ofNight := map[helpline.ID]helpline.ID{}, map[helpline.ID]helpline.ID{}, map[helpline.ID]bool{}
				for _, o := range s.Shifts {
					of[o.ID], ofNight[o.ID] = o.Version, night.Meets(o.Interval())
					if state[o.Version] == rota.Draft {
						draftShifts = append(draftShifts, o.ID)
					} else if shifts = append(shifts, o.ID); ofNight[o.ID] {
						shifts = append(shifts, o.ID, o.ID) // it is about these
					}
				}
				for _, a := range s.Assignments {
					owner[a.ID] = a.Person
					if state[of[a.Shift]] == rota.Draft {
						drafted = append(drafted, a.ID)
					} else if a.State.Stands() || r.IntN(10) == 0 {
						if live = append(live, a.ID); ofNight[a.Shift] {
							live = append(live, a.ID, a.ID)
						}
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
				switch r.IntN(12) {
				case 0, 1: // an edit of a draft, or of what somebody says of their time
					from := p.now.AddDate(0, 0, 1+r.IntN(9)).Truncate(time.Hour)
					e := []counsel.RotaEdit{
						{NewVersion: &rota.Version{Rota: p.rota.ID, First: week.Plus(3 + r.IntN(4)), Last: week.Plus(6)}, CopyFrom: func() helpline.ID {
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
						{Suspend: any},
						{Reinstate: any},
						{ShiftAt: &rota.Shift{Version: pick(append(drafts, s.Versions[0].ID)), Name: "By hand", Start: from, End: from.Add(2 * time.Hour)}},
					}[r.IntN(10)]
					if back, err := p.rotas.Edit(t.Context(), p.who[who], e); err == nil {
						undo = append(undo, back)
					} else if helpline.KindOf(err) == helpline.Internal {
						t.Fatalf("%s, step %d: %v", year.zone, n, err)
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
						t.Fatalf("%s, step %d: undo: %v", year.zone, n, err)
					}
					undo = undo[:len(undo)-1]
				case 3, 4:
					if len(drafts) > 0 {
						p.acceptAll(drafts[0])
						if _, err := p.rotas.Do(t.Context(), p.who["S"], rota.Step{Do: rota.DoPublish, Version: drafts[0]}); err == nil {
							took[rota.DoPublish]++
							undo = nil
						} else if why := rota.RefusedFor(err); len(why) == 0 {
							t.Fatalf("%s, step %d: publish: %v", year.zone, n, err)
						} else {
							p.takeOff(why[0], drafted) // and come again
							undo = nil
						}
					}
				case 5:
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
						t.Fatalf("%s, step %d: %s: %v", year.zone, n, do.Do, err)
					}
				}
				serial, err := p.db.RotaSerial(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if serial == s.Serial { // nothing was written
					continue
				}
				s = p.kept()
				came.sort(s, alias)
				if why := owned(s, places); why != "" {
					t.Fatalf("%s, step %d: %s", year.zone, n, why)
				}
				if why := offButPlanned(s); why != "" {
					t.Fatalf("%s, step %d: %s", year.zone, n, why)
				}
				off += len(s.Pauses)
				opened += p.byMinutes(s, night)
			}
			for _, first := range year.weeks[half:] {
				opened += p.byMinutes(s, rota.Interval{Start: rota.FirstOf(first, 0, p.zone), End: rota.FirstOf(first.Plus(8), 0, p.zone)})
			}
		}
	}
	for _, do := range []rota.Doing{rota.DoOffer, rota.DoClaim, rota.DoAssign, rota.DoMind, rota.DoMove, rota.DoPublish} {
		if took[do] == 0 {
			t.Errorf("no sequence had a %s that was taken: %v", do, took)
		}
	}
	if opened < 1000 || off == 0 {
		t.Errorf("only %d minutes were open, and %d people off", opened, off)
	}
	if twice != len(clockYears) {
		t.Errorf("in %d nights a time comes twice", twice)
	}
	if undone == 0 || refused == 0 {
		t.Errorf("%d edits were undone and %d refused", undone, refused)
	}
}
