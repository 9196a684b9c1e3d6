package chat_test

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/wire"
)

// from lets somebody arrive from a rate key in a network; nil when there was
// no place.
func (ev *evening) from(rate, network string) *person {
	ev.t.Helper()
	return ev.through(helpline.Self, rate, network)
}

func (ev *evening) through(door helpline.Audience, rate, network string) *person {
	ev.t.Helper()
	card, err := ev.e.Arrive(ev.t.Context(), chat.Arrival{Audience: door, Locale: "en", Version: 3, Rate: rate, Network: network})
	if helpline.KindOf(err) == helpline.Unavailable {
		return nil
	}
	if err != nil {
		ev.t.Fatal(err)
	}
	p := &person{ev: ev, card: card, who: card.Contact, secret: helpline.NewID()}
	p.open()
	return p
}

// crowded is an evening with room for many and nobody free, so that the order
// can be looked at.
func crowded(t *testing.T, most int, do func(*testing.T, *evening)) {
	t.Helper()
	set := chat.Defaults()
	set.MaxWaiting = most
	inAnEveningWith(t, set, func(t *testing.T, ev *evening) {
		ev.desk(counsellor("Robin")) // on duty, so nobody is sent away
		pass(set.Settle)
		do(t, ev)
	})
}

// TestAFloodFromOneAddressStandsBehindWhoeverComesFromElsewhere: however many
// came before, at most as many stand before an honest visitor as come before
// the line is busy.
func TestAFloodFromOneAddressStandsBehindWhoeverComesFromElsewhere(t *testing.T) {
	for _, flood := range []int{1, 8, 30, 150} {
		t.Run(fmt.Sprint(flood), func(t *testing.T) {
			crowded(t, 1000, func(t *testing.T, ev *evening) {
				for range flood {
					ev.from("flood", "flooding")
				}
				first, second := ev.from("a", "a"), ev.from("b", "b")
				pass(ev.set.QueueEvery)
				if most := min(flood, 8) + 1; first.place() > most || second.place() > most+1 {
					t.Errorf("after a flood of %d two visitors stand at %d and %d, want at most %d and %d", flood, first.place(), second.place(), most, most+1)
				}
				if first.place() < 1 || second.place() <= first.place() {
					t.Errorf("places %d and %d", first.place(), second.place())
				}
			})
		})
	}
}

// asked says who of them is asked whether they are ready, the first of them in
// the order of arrival when more are, and lets that one go.
func (ev *evening) asked(d *desk, all []*person) int {
	ev.t.Helper()
	d.next()
	pass(time.Second)
	first := -1
	for i, p := range all {
		if p.ended() == "" && p.stage() == "offered" && (first < 0 || p.card.Number < all[first].card.Number) {
			first = i
		}
	}
	if first < 0 {
		ev.t.Fatal("nobody was asked")
	}
	all[first].tell(&wire.Frame{Kind: wire.Leave, Reason: "left"})
	return first
}

// TestABusyLineIsServedInTurnOverRateKeys: two rate keys with 40 and 20 who
// wait, and six visitors of their own, who come last.
func TestABusyLineIsServedInTurnOverRateKeys(t *testing.T) {
	crowded(t, 1000, func(t *testing.T, ev *evening) {
		var all []*person
		var keys []string
		come := func(n int, key string) {
			for range n {
				all, keys = append(all, ev.from(key, key)), append(keys, key)
			}
		}
		come(40, "a")
		come(20, "b")
		for i := range 6 {
			come(1, fmt.Sprint("own ", i))
		}
		d := ev.desk(counsellor("Alex"))
		served, last := map[string]int{}, 0
		for n := range 30 {
			key := keys[ev.asked(d, all)]
			served[key]++
			if key != "a" && key != "b" {
				last = n + 1
			}
		}
		// Eight of a came before it was busy, four of b are its share, and one of
		// a comes in between every eight others.
		if last > 8+4+6+1 {
			t.Errorf("the last of six visitors was asked as number %d", last)
		}
		if apart := served["a"] - served["b"]; apart < 2 || apart > 8 {
			t.Errorf("of 30 asked: %v", served)
		}
	})
}

// TestAPlaceThatWasToldNeverRises, whoever comes and goes, from wherever.
func TestAPlaceThatWasToldNeverRises(t *testing.T) {
	for seed := range int64(4) {
		crowded(t, 400, func(t *testing.T, ev *evening) {
			r := rand.New(rand.NewSource(seed))
			var all []*person
			for range 150 {
				key := fmt.Sprint(r.Intn(3) * r.Intn(12)) // one third from one
				if p := ev.from(key, "n"+key); p != nil {
					all = append(all, p)
				}
				if r.Intn(3) == 0 {
					all[r.Intn(len(all))].tell(&wire.Frame{Kind: wire.Leave, Reason: "left"})
				}
				pass(time.Duration(r.Intn(2000)) * time.Millisecond)
			}
			pass(2 * ev.set.QueueEvery)
			told := 0
			for i, p := range all {
				last := 0
				for _, f := range p.link.Frames(wire.Stage) {
					if f.Place > 0 && last > 0 && f.Place > last {
						t.Errorf("seed %d: visitor %d was told %d and then %d", seed, i, last, f.Place)
					}
					if f.Place > 0 {
						last = f.Place
						told++
					}
				}
			}
			if told < 50 {
				t.Errorf("seed %d: only %d places were told", seed, told)
			}
			// What the screens say is the order in which they are asked.
			d := ev.desk(counsellor("Alex"))
			for range 10 {
				first, n := -1, 0
				for i, p := range all {
					if p.ended() == "" && p.place() == 1 {
						first, n = i, n+1
					}
				}
				if got := ev.asked(d, all); n != 1 || got != first {
					t.Fatalf("seed %d: %d are told that they are first, the last of them %d, asked is %d", seed, n, first, got)
				}
				d.tell(&wire.Frame{Kind: wire.Next, On: false}) // who was asked beside one of a crowd is asked no more
				pass(2 * ev.set.QueueEvery)
			}
		})
	}
}

// TestPromiseARestartKeepsTheOrderOfABusyLine: no ticket says where somebody
// came from, and still a flood does not go before others after a restart.
func TestPromiseARestartKeepsTheOrderOfABusyLine(t *testing.T) {
	crowded(t, 400, func(t *testing.T, ev *evening) {
		r := rand.New(rand.NewSource(1))
		var all []*person
		for i := range 60 {
			key := "flood"
			if i%6 == 5 {
				key = fmt.Sprint(i)
			}
			all = append(all, ev.from(key, key))
		}
		pass(ev.set.QueueEvery)
		for _, p := range all {
			p.card, _ = ev.e.Renew(t.Context(), p.card)
		}
		before := ev.order(t, all)
		ev.restart()
		ev.desk(counsellor("Robin"))
		for _, i := range r.Perm(len(all)) {
			all[i].open()
		}
		pass(ev.set.Settle + 2*ev.set.QueueEvery)
		if after := ev.order(t, all); !slices.Equal(before, after) {
			t.Errorf("before %v\nafter %v", before, after)
		}
		if place := all[11].place(); place > 8+2 {
			t.Errorf("the second honest visitor stands at %d", place)
		}
	})
}

// order gives who would be asked, by their tickets.
func (ev *evening) order(t *testing.T, all []*person) []int {
	t.Helper()
	var list []int
	for i := range all {
		list = append(list, i)
	}
	slices.SortFunc(list, func(a, b int) int {
		x, y := all[a].card, all[b].card
		return cmp.Or(cmp.Compare(x.Boot, y.Boot), cmp.Compare(x.Number, y.Number), bytes.Compare(x.Contact[:], y.Contact[:]))
	})
	return list
}

func TestOneAddressOrOneNetworkNeverTakesEveryPlace(t *testing.T) {
	for _, c := range []struct {
		name string
		from func(i int) (rate, network string)
		want int
	}{
		{"one address takes a third", func(int) (string, string) { return "a", "n" }, 67},
		{"a network of many addresses leaves a twentieth", func(i int) (string, string) { return fmt.Sprint(i), "n" }, 190},
		{"many networks take what there is", func(i int) (string, string) { return fmt.Sprint(i), fmt.Sprint("n", i) }, 200},
		{"where nothing is known nothing is counted", func(int) (string, string) { return "", "" }, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			crowded(t, 200, func(t *testing.T, ev *evening) {
				got := 0
				for i := range 400 {
					rate, network := c.from(i)
					if ev.from(rate, network) != nil {
						got++
					}
				}
				if got != c.want {
					t.Errorf("%d got a place, want %d", got, c.want)
				}
				if n := count(ev, chat.RefusedFull); n != 400-c.want {
					t.Errorf("%d refusals were counted", n)
				}
				if honest := ev.from("honest", "elsewhere"); (honest != nil) != (c.want < 200) {
					t.Errorf("somebody from elsewhere got a place: %v", honest != nil)
				}
			})
		})
	}
}

// TestMisuseCoolsARateKeyForAWhile: who comes from there later is behind
// others and few, but not kept out.
func TestMisuseCoolsARateKeyForAWhile(t *testing.T) {
	inAnEvening(t, func(t *testing.T, ev *evening) {
		d := ev.desk(counsellor("Robin"))
		v := ev.from("bad", "bad")
		c := ev.together(d, v)
		c.tell(&wire.Frame{Kind: wire.Leave, Reason: "misuse"})
		pass(time.Minute)
		one, two := ev.from("bad", "bad"), ev.from("bad", "bad")
		if one == nil || two == nil {
			t.Fatal("somebody on cool-down is kept out")
		}
		if ev.from("bad", "bad") != nil {
			t.Error("a third may wait during the cool-down")
		}
		other := ev.from("other", "bad")
		pass(ev.set.QueueEvery)
		if other.place() > 2 || two.place() == 1 || two.place() == 2 {
			t.Errorf("places %d, %d, and of somebody else %d", one.place(), two.place(), other.place())
		}
		for _, p := range []*person{one, two} {
			p.tell(&wire.Frame{Kind: wire.Leave, Reason: "left"})
		}
		pass(20 * time.Minute)
		for i := range 3 {
			if ev.from("bad", "bad") == nil {
				t.Errorf("number %d is refused after the cool-down", i+1)
			}
		}
	})
}

// TestWhoIsTakenOutOfTurnTakesNoCrowdAlong: the last of a flood comes through a
// door for which a counsellor is free, and is accepted before all others.
func TestWhoIsTakenOutOfTurnTakesNoCrowdAlong(t *testing.T) {
	crowded(t, 1000, func(t *testing.T, ev *evening) {
		for range 60 {
			ev.from("flood", "flooding")
		}
		last := ev.through(helpline.Relative, "flood", "flooding")
		only := counsellor("Alex")
		only.Audiences = []helpline.Audience{helpline.Relative}
		ev.together(ev.desk(only), last)
		honest := ev.from("a", "a")
		pass(ev.set.QueueEvery)
		if honest.place() < 1 || honest.place() > busyAtMost+1 {
			t.Errorf("an honest visitor stands at %d, want at most %d", honest.place(), busyAtMost+1)
		}
	})
}

// busyAtMost is how many wait before the line is busy.
const busyAtMost = 8

// TestNeitherWayInTakesThePlacesOfTheOther while there is load: a flood that
// works leaves a quarter of the places to those who wait without scripts, and
// the other way round.
func TestNeitherWayInTakesThePlacesOfTheOther(t *testing.T) {
	for _, flood := range []chat.Way{1, 2} {
		crowded(t, 40, func(t *testing.T, ev *evening) {
			arrive := func(way chat.Way, n int) *person {
				card, err := ev.e.Arrive(t.Context(), chat.Arrival{
					Audience: helpline.Self, Locale: "en", Version: 3, Way: way, Rate: fmt.Sprintf("%d from %d", n, way), Network: fmt.Sprintf("of %d %d", way, n),
				})
				if err != nil {
					return nil
				}
				p := &person{ev: ev, card: card, who: card.Contact, secret: helpline.NewID()}
				p.open()
				return p
			}
			var in []*person
			for n := range 100 {
				if p := arrive(flood, n); p != nil {
					in = append(in, p)
				}
			}
			if len(in) != 30 {
				t.Errorf("by way %d came %d of 40, want 30", flood, len(in))
			}
			if arrive(3-flood, 1) == nil {
				t.Errorf("a flood by way %d leaves no place for the other", flood)
			}
			if err := ev.e.Leave(t.Context(), in[0].card); err != nil {
				t.Fatal(err)
			}
			if arrive(flood, 101) == nil {
				t.Error("a place that was given up is not given again")
			}
		})
	}
}

// TestTheNewDoorsAreServedInTurnOverRateKeys: whoever has worked or waited is
// numbered like anybody else.
func TestTheNewDoorsAreServedInTurnOverRateKeys(t *testing.T) {
	crowded(t, 400, func(t *testing.T, ev *evening) {
		for n := range 60 {
			if _, err := ev.e.Arrive(t.Context(), chat.Arrival{Audience: helpline.Self, Locale: "en", Version: 3, Rate: "flood", Network: "flooding", Way: chat.Way(1 + n%2)}); err != nil {
				t.Fatal(err)
			}
		}
		for _, way := range []chat.Way{1, 2} {
			card, err := ev.e.Arrive(t.Context(), chat.Arrival{Audience: helpline.Self, Locale: "en", Version: 3, Rate: fmt.Sprint("honest", way), Network: fmt.Sprint("home", way), Way: way})
			if err != nil {
				t.Fatal(err)
			}
			if card.Number > 12 {
				t.Errorf("an honest visitor by way %d has number %d behind a flood of 60", way, card.Number)
			}
		}
	})
}
