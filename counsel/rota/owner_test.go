package rota

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"helpline"
)

// owned says what is wrong with who answers for what: every place of a
// published shift is exactly one person's, nobody is at two places at once,
// and what is on offer has one swap that can still become something.
func owned(b *Book, places map[helpline.ID]helpline.ID) string {
	owners, offers := map[helpline.ID]int{}, map[helpline.ID]int{}
	hours := map[helpline.ID][]Interval{}
	shifts := map[helpline.ID]Shift{}
	for _, s := range b.Shifts {
		shifts[s.ID] = s
	}
	for _, w := range b.Swaps {
		if w.State == Open || w.State == Claimed {
			offers[w.From.Assignment]++
		}
	}
	for _, a := range b.Assignments {
		if a.State == Proposed {
			continue
		}
		if places[a.Place] != a.Shift {
			return "a place has moved to another shift"
		}
		if a.State == Swapped || a.State == Dropped {
			if offers[a.ID] != 0 {
				return "a swap gives away what is gone"
			}
			continue
		}
		owners[a.Place]++
		if want := map[State]int{Held: 0, Offered: 1}[a.State]; offers[a.ID] != want {
			return "a place is " + string(a.State) + " and the swaps say otherwise"
		}
		s := shifts[a.Shift]
		if a.Minds || s.Cancelled {
			continue
		}
		for _, in := range hours[a.Person] {
			if in.Start.Before(s.End) && s.Start.Before(in.End) {
				return "an hour is double-booked"
			}
		}
		hours[a.Person] = append(hours[a.Person], Interval{s.Start, s.End})
	}
	for place := range places {
		if owners[place] != 1 {
			return "a place is not exactly one person's"
		}
	}
	return ""
}

// edit changes a draft by hand, in whatever way comes to mind.
func edit(r *rand.Rand, b *Book, id func() helpline.ID) {
	if b.Version.State != Draft {
		return
	}
	if n := len(b.Assignments); n > 0 && r.IntN(2) == 0 {
		b.Assignments = slices.Delete(b.Assignments, 0, 1)
		return
	}
	a := Assignment{ID: id(), Shift: b.Shifts[r.IntN(len(b.Shifts))].ID, Person: b.People[r.IntN(len(b.People))].ID, Role: ShiftRoles()[r.IntN(3)], State: Proposed}
	if len(NewChecker(b, Profile{}).Could(a)) == 0 {
		b.Assignments = append(b.Assignments, a)
	}
}

// again begins a draft over some days of a published book, with some of its
// people.
func again(t *testing.T, r *rand.Rand, b *Book, id func() helpline.ID) {
	t.Helper()
	old := b.Version
	b.Version = Version{ID: id(), Rota: old.Rota, First: old.First.Plus(r.IntN(3)), Last: old.First.Plus(3 + r.IntN(3)), State: Draft}
	shifts, _, err := Materialise(b.Version, b.Templates, nil, zone(t, b.Site.Zone), id)
	if err != nil {
		t.Fatal(err)
	}
	b.Shifts = append(b.Shifts, shifts...)
	for n := range 40 {
		a := Assignment{ID: id(), Shift: shifts[n%len(shifts)].ID, Person: b.People[r.IntN(len(b.People))].ID, Role: ShiftRoles()[r.IntN(3)], State: Proposed}
		if len(NewChecker(b, Profile{}).Could(a)) == 0 {
			b.Assignments = append(b.Assignments, a)
		}
	}
}

func acceptAll(t *testing.T, b *Book, by helpline.ID, at time.Time) {
	t.Helper()
	b.Acceptances = nil
	for _, x := range Check(b, Profile{}) {
		if x.Level == Advisory {
			a, err := x.Accept(by, at, ReasonKnown)
			if err != nil {
				t.Fatal(err)
			}
			b.Acceptances = append(b.Acceptances, a)
		}
	}
}

func TestPromiseEveryPlaceIsExactlyOnePersonsAndNoHourIsDoubleBooked(t *testing.T) {
	took := map[Doing]int{}
	ends := map[SwapState]int{}
	opened := 0 // minutes of the weeks in which clocks are set
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 77))
		id := ids(seed + 100)
		b := makeBook(seed, 1, 14)
		b.Rotas[0].Way = []Way{Managed, SelfSignUp}[seed/2%2]
		every := 7 * time.Minute
		if seed%2 == 0 { // a week in which clocks are set: each such night of the three zones once
			night := dstNights[seed/2]
			b.Site.Zone, b.Rotas[0].Setup, every = night.zone, []Setup{Pair, Small, Team}[seed/2%3], time.Minute
			b.Version.First, b.Version.Last = night.day.Plus(-4), night.day.Plus(2)
			b.Shifts, b.Assignments, b.Leaves = nil, nil, nil
			var err error
			if b.Shifts, _, err = Materialise(b.Version, b.Templates, nil, zone(t, b.Site.Zone), id); err != nil {
				t.Fatal(err)
			}
			for n := range 60 {
				b.Assignments = append(b.Assignments, Assignment{ID: id(), Shift: b.Shifts[n%len(b.Shifts)].ID, Person: b.People[r.IntN(len(b.People))].ID, Role: ShiftRoles()[r.IntN(3)], State: Proposed})
			}
		}
		b.Assignments = slices.DeleteFunc(b.Assignments, func(a Assignment) bool {
			with := *b
			with.Assignments = []Assignment{a}
			return len(NewChecker(&with, Profile{}).hard()) > 0
		})
		now := b.Shifts[0].Start.Add(-72 * time.Hour)
		places := map[helpline.ID]helpline.ID{}
		pick := func(of []helpline.ID) helpline.ID {
			if len(of) == 0 || r.IntN(40) == 0 {
				return id()
			}
			return of[r.IntN(len(of))]
		}
		for n := range 260 {
			now = now.Add(time.Duration(r.IntN(60)) * time.Minute)
			if n < 20 {
				edit(r, b, id)
			}
			var people, live, swaps, shifts []helpline.ID
			owner := map[helpline.ID]helpline.ID{}
			for _, p := range b.People {
				people = append(people, p.ID)
			}
			for _, a := range b.Assignments {
				if a.State.Stands() || r.IntN(10) == 0 {
					live = append(live, a.ID)
				}
				owner[a.ID] = a.Person
			}
			for _, w := range b.Swaps {
				if w.State.alive() || r.IntN(10) == 0 {
					swaps = append(swaps, w.ID)
				}
			}
			for _, s := range b.Shifts {
				shifts = append(shifts, s.ID)
			}
			do := Step{
				Do:         []Doing{DoOffer, DoOffer, DoOffer, DoExchange, DoDrop, DoClaim, DoClaim, DoClaim, DoApprove, DoApprove, DoRefuse, DoWithdraw, DoExpire, DoAssign, DoMind, DoMove, DoCancel, DoTake}[r.IntN(18)],
				Assignment: pick(live), Other: pick(live), Swap: pick(swaps), Shift: pick(shifts), Person: pick(people),
				By: pick(people), Supervises: r.IntN(2) == 0, At: now, Fresh: id,
			}
			if n >= 20 && n <= 120 && b.Version.State == Draft {
				do.Do, do.Supervises = DoPublish, true
				acceptAll(t, b, do.By, now)
				if hard := NewChecker(b, Profile{}).hard(); len(hard) > 0 { // take somebody off and come again
					b.Assignments = slices.DeleteFunc(b.Assignments, func(a Assignment) bool { return slices.Contains(hard[0].Assignments, a.ID) })
				}
			}
			if n > 120 && n%60 == 0 && b.Version.State == Published { // the next three days are planned anew
				again(t, r, b, id)
			} else if n%60 > 20 && b.Version.State == Draft && n > 120 {
				do.Do, do.Supervises = DoPublish, true
				acceptAll(t, b, do.By, now)
			}
			switch do.Do {
			case DoOffer, DoExchange, DoDrop, DoWithdraw:
				do.For = owner[do.Assignment]
				if do.Do != DoOffer || r.IntN(2) == 0 {
					do.Person = helpline.ID{}
				}
				if i := slices.IndexFunc(b.Swaps, func(w Swap) bool { return w.ID == do.Swap }); do.Do == DoWithdraw && i >= 0 {
					do.For = owner[b.Swaps[i].From.Assignment]
				}
				do.Supervises = true
			case DoMove:
				from := now.Add(time.Duration(r.IntN(100)) * time.Hour)
				do.To = Interval{from, from.Add(time.Duration(r.IntN(9)) * time.Hour)}
			case DoCancel:
				if r.IntN(4) > 0 {
					continue
				}
			}
			c, err := Decide(b, Profile{}, do)
			if err != nil {
				if k := helpline.KindOf(err); k == helpline.Internal {
					t.Fatalf("seed %d: %s: %v", seed, do.Do, err)
				}
				continue
			}
			took[do.Do]++
			b.Apply(c)
			if do.Do == DoPublish || do.Do == DoTake {
				for _, a := range b.Assignments {
					if a.State != Proposed {
						places[a.Place] = a.Shift
					}
				}
			}
			if wrong := owned(b, places); wrong != "" {
				t.Fatalf("seed %d, step %d, %s: %s", seed, n, do.Do, wrong)
			}
		}
		for _, w := range b.Swaps {
			ends[w.State]++
		}
		table := b.OnDuty(b.Rotas[0].ID)
		for at := b.Shifts[0].Start; at.Before(b.Shifts[len(b.Shifts)-1].End); at = at.Add(every) {
			want, open := onMinute(b, at)
			w, _ := table.At(at)
			if every == time.Minute && open {
				opened++
			}
			if len(w.On) != len(want) || w.Open != open {
				t.Fatalf("seed %d, %s: %d on duty and open %v, the minute says %d and %v", seed, at, len(w.On), w.Open, len(want), open)
			}
		}
	}
	if opened < 1000 {
		t.Errorf("only %d minutes of the weeks in which clocks are set are open", opened)
	}
	if took[DoPublish] < 18 {
		t.Errorf("only %d publications: days are hardly planned anew", took[DoPublish])
	}
	for _, do := range []Doing{DoOffer, DoExchange, DoDrop, DoClaim, DoApprove, DoRefuse, DoWithdraw, DoExpire, DoAssign, DoMind, DoMove, DoCancel, DoTake, DoPublish} {
		if took[do] == 0 {
			t.Errorf("no sequence had a %s that was taken: %v", do, took)
		}
	}
	for _, end := range []SwapState{Approved, Refused, Expired, Withdrawn} {
		if ends[end] == 0 {
			t.Errorf("no swap ended as %s: %v", end, ends)
		}
	}
}
