package chat_test

import (
	"math/rand"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

func TestPromiseAReloadKeepsThePlace(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		a, b, c := ev.visitor(), ev.visitor(), ev.visitor()
		for range 3 {
			b.reload()
			if b.place() != 2 || b.stage() != "waiting" {
				t.Fatalf("after a reload the visitor is %s at %d", b.stage(), b.place())
			}
		}
		pass(time.Minute)
		if a.place() != 1 || b.place() != 2 || c.place() != 3 {
			t.Errorf("places are %d %d %d", a.place(), b.place(), c.place())
		}
	})
}

func TestPromiseAClosedTabKeepsThePlaceForTenMinutes(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		ev.desk(counsellor("Robin")) // somebody is on duty, so nobody is sent away
		a, b := ev.visitor(), ev.visitor()
		a.lose()
		pass(ev.set.PlaceHeld - time.Second)
		if b.place() != 2 {
			t.Errorf("the one behind has moved to %d while the place is held", b.place())
		}
		a.open()
		if a.place() != 1 || a.ended() != "" {
			t.Errorf("back within ten minutes: place %d, ended %q", a.place(), a.ended())
		}
	})
}

func TestAPlaceIsLostAfterTenMinutes(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		ev.desk(counsellor("Robin"))
		a, b := ev.visitor(), ev.visitor()
		a.lose()
		pass(ev.set.PlaceHeld + ev.set.QueueEvery + time.Second)
		if b.place() != 1 {
			t.Errorf("the one behind stands at %d", b.place())
		}
		if _, err := ev.e.Renew(t.Context(), a.card); helpline.KindOf(err) != helpline.NotFound {
			t.Errorf("renewing gives %v", err)
		}
		a.open()
		if reason, next := a.end(); reason != "left" || next != "again" {
			t.Errorf("coming too late ends as %q with next %q", reason, next)
		}
		if n := count(ev, chat.LostQueue); n != 1 {
			t.Errorf("counted %d times", n)
		}
	})
}

func TestASignOfLifeWithoutALinkHoldsThePlace(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		ev.desk(counsellor("Robin"))
		a := ev.arrive(helpline.Self, "en")
		for range 5 { // a page without scripts, say, that only reloads
			pass(ev.set.PlaceHeld - time.Minute)
			card, err := ev.e.Renew(t.Context(), a.card)
			if err != nil {
				t.Fatal(err)
			}
			if left := time.Until(card.Expires); left > ticket.Life || left < ticket.Life-time.Second {
				t.Errorf("the renewed ticket lasts %s", left)
			}
			a.card = card
		}
	})
}

// TestPromiseARestartKeepsTheOrderOfArrival: tickets come back in any order,
// from several boots, while the clock is of no help at all.
func TestPromiseARestartKeepsTheOrderOfArrival(t *testing.T) {
	for seed := range int64(6) {
		inAnEvening(t, func(t *testing.T, ev *evening) {
			ev.desk(counsellor("Robin"))
			r := rand.New(rand.NewSource(seed))
			var order []*person
			for range 3 {
				for range 4 {
					order = append(order, ev.visitor())
					pass(time.Duration(r.Intn(3000)) * time.Millisecond)
				}
				for _, p := range order { // the pages have renewed their tickets
					p.card, _ = ev.e.Renew(t.Context(), p.card)
				}
				ev.restart()
				ev.desk(counsellor("Robin"))
				for _, i := range r.Perm(len(order)) {
					order[i].open()
					pass(time.Duration(r.Intn(2000)) * time.Millisecond)
				}
				pass(2 * ev.set.QueueEvery)
				for i, p := range order {
					if p.place() != i+1 {
						t.Errorf("seed %d: number %d stands at %d after a restart", seed, i+1, p.place())
					}
				}
			}
		})
	}
}

func TestMissesSurviveARestart(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		d := ev.desk(counsellor("Robin"))
		v := ev.visitor()
		d.next()
		pass(ev.set.Settle + ev.set.ReadyFor + 2*time.Second)
		v.card, _ = ev.e.Renew(t.Context(), v.card)
		ev.restart()
		d.open()
		d.tell(&wire.Frame{Kind: wire.Duty, On: true})
		v.open()
		d.next()
		pass(ev.set.Settle + ev.set.ReadyFor + 2*time.Second)
		if reason, _ := v.end(); reason != "missed" {
			t.Errorf("the second miss, after a restart, ends as %q", reason)
		}
	})
}

// TestThePlaceOnThePageIsTheTruePlace: people come, go, lose their line and
// come back; after every broadcast each page shows the true place.
func TestThePlaceOnThePageIsTheTruePlace(t *testing.T) {
	for seed := range int64(8) {
		inAnEvening(t, func(t *testing.T, ev *evening) {
			ev.desk(counsellor("Robin"))
			r := rand.New(rand.NewSource(seed))
			var line []*person
			for range 60 {
				switch k := r.Intn(10); {
				case k < 5 || len(line) == 0:
					line = append(line, ev.visitor())
				case k < 8:
					i := r.Intn(len(line))
					line[i].tell(&wire.Frame{Kind: wire.Leave, Reason: "left"})
					line = slices.Delete(line, i, i+1)
				default:
					line[r.Intn(len(line))].reload()
				}
				pass(time.Duration(r.Intn(2500)) * time.Millisecond)
				if r.Intn(4) > 0 {
					continue
				}
				pass(ev.set.QueueEvery + time.Second)
				for i, p := range line {
					if p.place() != i+1 {
						t.Fatalf("seed %d: the page says %d, the truth is %d of %d", seed, p.place(), i+1, len(line))
					}
				}
			}
		})
	}
}

func TestAFullQueueIsRefusedAndCounted(t *testing.T) {
	set := chat.Defaults()
	set.MaxWaiting = 3
	inAnEveningWith(t, set, func(t *testing.T, ev *evening) {
		a := ev.visitor()
		ev.visitor()
		ev.visitor()
		_, err := ev.e.Arrive(t.Context(), chat.Arrival{Audience: helpline.Self, Locale: "en"})
		if helpline.KindOf(err) != helpline.Unavailable || count(ev, chat.RefusedFull) != 1 {
			t.Errorf("the fourth is answered %v and counted %d times", err, count(ev, chat.RefusedFull))
		}
		a.reload()
		if a.place() != 1 {
			t.Error("a full queue keeps somebody out who has a place")
		}
		a.tell(&wire.Frame{Kind: wire.Leave, Reason: "left"})
		ev.visitor() // there is room again
	})
}

func TestAClosedLineIsRefusedAndCounted(t *testing.T) {
	able := []helpline.Capacity{{Locales: []helpline.Locale{"nl"}, Audiences: []helpline.Audience{helpline.Self}, Chats: 1}}
	for _, c := range []struct {
		name  string
		hours helpline.Hours
		open  bool
	}{
		{"shut", helpline.Hours{}, false},
		{"shut, though people are there", helpline.Hours{Capacity: able}, false},
		{"open, but nobody there takes this language", helpline.Hours{Open: true, Capacity: []helpline.Capacity{{Locales: []helpline.Locale{"en"}, Audiences: []helpline.Audience{helpline.Self}}}}, false},
		{"open, but nobody there takes this door", helpline.Hours{Open: true, Capacity: []helpline.Capacity{{Locales: []helpline.Locale{"nl"}, Audiences: []helpline.Audience{helpline.Young}}}}, false},
		{"open, and somebody takes both", helpline.Hours{Open: true, Capacity: able}, true},
		{"open, and nobody says who takes what", helpline.Hours{Open: true}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			inAnEvening(t, func(t *testing.T, ev *evening) {
				ev.h.Set(c.hours)
				_, err := ev.e.Arrive(t.Context(), chat.Arrival{Audience: helpline.Self, Locale: "nl"})
				want := []chat.Event{chat.RefusedShut}
				if c.open {
					want = []chat.Event{chat.Arrived}
				}
				if (err == nil) != c.open || !slices.Equal(ev.c.Raised(), want) {
					t.Errorf("answered %v, counted %v", err, ev.c.Raised())
				}
			})
		})
	}
}

func TestAClosingLineSendsNobodyAway(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		ev.desk(counsellor("Robin"))
		a := ev.visitor()
		ev.h.Set(helpline.Hours{})
		a.reload()
		pass(time.Minute)
		if a.place() != 1 || a.ended() != "" {
			t.Errorf("place %d, ended %q", a.place(), a.ended())
		}
	})
}

// TestWhoOpensTheAddressNextIsNotSeated: a window without the secret the
// contact is bound to hears only that it may continue.
func TestWhoOpensTheAddressNextIsNotSeated(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		a := ev.visitor()
		other := &person{ev: ev, card: a.card, who: a.who, secret: helpline.NewID()}
		other.open()
		if other.stage() != "continue" || other.link.Last(wire.Queue) != nil || a.stage() != "waiting" {
			t.Errorf("a new window is %q, the first %q", other.stage(), a.stage())
		}
		other.mu.Lock()
		hello := other.page.ContinueHere()
		other.mu.Unlock()
		other.tell(hello...)
		if other.place() != 1 || !quiet(a) {
			t.Errorf("continuing: place %d, the first window quiet: %v", other.place(), quiet(a))
		}
	})
}

func TestOfTwoTabsTheNewerHasThePlace(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		a := ev.visitor()
		b := &person{ev: ev, card: a.card, who: a.who, secret: a.secret}
		b.open()
		if !quiet(a) || b.place() != 1 {
			t.Errorf("first tab quiet: %v, second at %d", quiet(a), b.place())
		}
		a.mu.Lock()
		a.page.Quiet = false // an older tab that comes back by itself keeps its number
		a.mu.Unlock()
		a.dial()
		if !quiet(a) || quiet(b) {
			t.Errorf("an older tab displaces the one that is looked at")
		}
		a.mu.Lock()
		a.page.UseHere()
		a.mu.Unlock()
		a.dial()
		if quiet(a) || !quiet(b) || a.place() != 1 {
			t.Errorf("use here does not take the seat")
		}
	})
}

func quiet(p *person) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.page.Quiet
}

func count(ev *evening, what chat.Event) int {
	n := 0
	for _, e := range ev.c.Raised() {
		if e == what {
			n++
		}
	}
	return n
}
