package gate_test

import (
	"fmt"
	"testing"
	"time"

	"helpline/chat/gate"
)

// circuits is a flood over Tor: so many circuits, of which each asks again all
// the time and comes with a turn whose time has come.
type circuits struct {
	ts    *gate.Turns
	turns map[string]string
	in    int
}

func (c *circuits) ask(now time.Time) {
	for key, name := range c.turns {
		way, next, ok := c.ts.Take(key, 1, name, "", now)
		if ok && way == gate.Waited {
			c.in++
			next, _ = c.ts.Ask(key, 1, now)
		}
		if next.Name != "" {
			c.turns[key] = next.Name
		}
	}
}

// TestPromiseAFloodOverTorStarvesNobodyWithoutScripts: all circuits are of one
// network, so its places go round by circuit. One that asks all the time gets no
// more of them than a person who looks again when the page says so.
func TestPromiseAFloodOverTorStarvesNobodyWithoutScripts(t *testing.T) {
	for _, many := range []int{20, 200} {
		t.Run(fmt.Sprint(many), func(t *testing.T) {
			ts := pressed()
			flood := &circuits{ts: ts, turns: map[string]string{}}
			for i := range many {
				turn, _ := ts.Ask(rateKey(1, 1000+i), 1, noon)
				flood.turns[rateKey(1, 1000+i)] = turn.Name
			}
			now := noon.Add(20 * time.Second)
			flood.ask(now)
			honest := rateKey(1, 7)
			mine, asked := ts.Ask(honest, 1, now)
			if !asked {
				t.Fatal("the honest visitor is not asked")
			}
			began, next := now, now.Add(mine.Wait)
			for limit := now.Add(time.Duration(many)*5*time.Second + 2*time.Minute); ; now = now.Add(time.Second) {
				if now.After(limit) {
					t.Fatalf("after %v nobody has let the honest visitor in, and %d of the flood", now.Sub(began), flood.in)
				}
				press(ts, 1, 20, now)
				flood.ask(now)
				if now.Before(next) {
					continue
				}
				way, again, ok := ts.Take(honest, 1, mine.Name, "", now)
				if ok && way == gate.Waited {
					break
				}
				if again.Name != mine.Name { // it is over: the page has another
					mine = again
				}
				next = now.Add(max(again.Wait, 10*time.Second) + 7*time.Second) // and a person presses it
			}
			if flood.in > many+60 {
				t.Errorf("%d of %d circuits came in before", flood.in, many)
			}
		})
	}
}

// TestPromiseNoFixedSetOfNetworksKeepsAnotherOut: many networks, with two machines
// each, ask every six seconds (oftener would make a crowd of each), and from one more somebody looks
// again when the page says so. What all of them share goes round: no lane is
// missing, and the fastest gets no more than others.
func TestPromiseNoFixedSetOfNetworksKeepsAnotherOut(t *testing.T) {
	for _, c := range []struct {
		networks int
		within   time.Duration
	}{
		{102, 4 * time.Minute},  // one a second, and each of them once before
		{270, 20 * time.Minute}, // as a guest behind two or three in its lane, which is served every 256 seconds
	} {
		t.Run(fmt.Sprint(c.networks), func(t *testing.T) {
			ts := busy()
			var flood [6]*circuits
			came := func() (in int) {
				for _, f := range flood {
					in += f.in
				}
				return in
			}
			for i := range flood {
				flood[i] = &circuits{ts: ts, turns: map[string]string{}}
				for n := range c.networks / len(flood) {
					for machine := range 2 { // so that a lane is never empty
						flood[i].turns[rateKey(100+len(flood)*n+i, machine)] = ""
					}
				}
				flood[i].ask(noon)
			}
			now, second := noon, 0
			for ; second < 120; second++ { // what there is at once is taken
				now = now.Add(time.Second)
				flood[second%len(flood)].ask(now)
			}
			honest := rateKey(7, 7)
			mine, asked := ts.Ask(honest, 1, now)
			if !asked {
				t.Fatal("the honest visitor is not asked")
			}
			began, next := now, now.Add(mine.Wait)
			for ; ; second++ {
				now = now.Add(time.Second)
				if now.Sub(began) > c.within {
					t.Fatalf("after %v nobody has let the honest visitor in, and %d of the flood", now.Sub(began), came())
				}
				flood[second%len(flood)].ask(now)
				if now.Before(next) {
					continue
				}
				way, again, ok := ts.Take(honest, 1, mine.Name, "", now)
				if ok && way != gate.Waited {
					t.Fatal("nobody is asked for a turn: this test sees nothing")
				}
				if ok {
					t.Logf("in after %v, with %d of the flood", now.Sub(began), came())
					break
				}
				mine, next = again, now.Add(max(again.Wait, 10*time.Second)+7*time.Second)
			}
			if came() < 50 {
				t.Errorf("only %d of the flood came in: there was no crowd", came())
			}
		})
	}
}

// TestALaneMovesOnWhenNobodyComes: those who stand first and never ask again,
// or only look, keep nobody else out.
func TestALaneMovesOnWhenNobodyComes(t *testing.T) {
	for _, looks := range []bool{false, true} {
		ts := pressed()
		names := map[string]string{}
		for i := range 60 {
			turn, _ := ts.Ask(rateKey(1, 1000+i), 1, noon)
			names[rateKey(1, 1000+i)] = turn.Name
		}
		now := noon.Add(30 * time.Second)
		for key, name := range names { // eight come in, the others have a place
			ts.Take(key, 1, name, "", now)
		}
		honest := rateKey(1, 7)
		mine, _ := ts.Ask(honest, 1, now)
		in := false
		for range 60 { // ten minutes
			now = now.Add(10 * time.Second)
			press(ts, 1, 40, now)
			for key, name := range names {
				if looks {
					ts.Look(key, 1, name, now)
				}
			}
			if way, next, ok := ts.Take(honest, 1, mine.Name, "", now); ok && way == gate.Waited {
				in = true
				break
			} else if next.Name != "" {
				mine = next
			}
		}
		if !in {
			t.Errorf("looks %v: nobody comes in behind those who do not come", looks)
		}
	}
}

// TestATurnOutlivesTheHour in which it was asked for: the rate key of the hour
// before counts for it, and for no longer than it could.
func TestATurnOutlivesTheHour(t *testing.T) {
	const address, circuit = "203.0.113.7:4711", 77
	var keys gate.Keys
	hour := noon.Truncate(time.Hour).Add(time.Hour)
	old, oldTor := keys.Of(address, hour.Add(-time.Second)), keys.OfCircuit(circuit, hour.Add(-time.Second))
	if keys.Before(address, hour.Add(-time.Second)) != "" {
		t.Error("the first hour has one before it")
	}
	now := hour.Add(11 * time.Minute)
	if keys.Of(address, now) == old || keys.Before(address, now) != old || keys.OfCircuitBefore(circuit, now) != oldTor {
		t.Error("the hour before is not known in the next")
	}
	if keys.Before("203.0.114.7:1", now) == old || keys.Before("nonsense", now) != "" {
		t.Error("another address has the same key")
	}
	if now = hour.Add(12 * time.Minute); keys.Before(address, now) != "" || keys.OfCircuitBefore(circuit, now) != "" {
		t.Error("the key of the hour before is kept for longer than a turn")
	}
	for name, later := range map[string]time.Duration{"two hours later": 2*time.Hour + time.Minute, "after the clock was set back": -3 * time.Hour} {
		if keys.Of(address, hour.Add(later)); keys.Before(address, hour.Add(later)) != "" {
			t.Errorf("%s there is a key of the hour before", name)
		}
	}
}
