package gate_test

import (
	"strings"
	"testing"
	"testing/quick"
	"time"

	"helpline/chat/gate"
)

// busy are turns of a line with 200 places that is under load.
func busy() *gate.Turns { return gate.NewTurns(200, func(time.Time) bool { return true }).Lightly() }

// press lets so many try to start from different rate keys of one network.
func press(ts *gate.Turns, network, many int, now time.Time) (free int) {
	for i := range many {
		if way, _, ok := ts.Take(rateKey(network, i), 1, "", "", now); ok && way == gate.Free {
			free++
		}
	}
	return free
}

// TestInQuietTimesNobodyIsAskedForATurn: not a school, and not half a dozen
// people a minute from everywhere.
func TestInQuietTimesNobodyIsAskedForATurn(t *testing.T) {
	ts := gate.NewTurns(200, func(time.Time) bool { return false })
	for i := range 60 {
		if _, _, ok := ts.Take(rateKey(1000+i, 1), 1, "", "", noon.Add(-time.Hour+time.Duration(i)*10*time.Second)); !ok {
			t.Fatalf("visitor %d of a busy evening is asked", i)
		}
	}
	if free := press(ts, 1, 1000, noon); free != 1000 {
		t.Errorf("%d of 1000 started without being asked", free)
	}
	if _, asked := ts.Ask(rateKey(1, 1), 1, noon); asked {
		t.Error("the promise comes with a turn")
	}
}

// TestUnderLoadOnlyACrowdIsAskedForATurn: whoever comes from a network of few
// goes on as before.
func TestUnderLoadOnlyACrowdIsAskedForATurn(t *testing.T) {
	ts := busy()
	if free := press(ts, 1, 5000, noon); free != 25 {
		t.Errorf("%d of a flood from one network started at once, want 25", free)
	}
	for n := range 30 {
		if way, _, ok := ts.Take(rateKey(2000+n, 1), 1, "", "", noon); !ok || way != gate.Free {
			t.Fatalf("honest visitor %d from elsewhere is asked for a turn", n+1)
		}
	}
	strangers := 0
	for n := range 1000 {
		if _, asked := ts.Ask(rateKey(100+n, 1), 1, noon); asked {
			strangers++
		}
	}
	if strangers > 2 {
		t.Errorf("of 1000 from elsewhere %d are asked for a turn", strangers)
	}
	if _, asked := ts.Ask(rateKey(1, 77), 1, noon); !asked {
		t.Error("the promise comes without a turn for one of the crowd")
	}
	if _, asked := ts.Ask(rateKey(1, 77), 1, noon.Add(5*time.Minute)); asked {
		t.Error("five minutes later the crowd is still one")
	}
}

// TestAFloodFromEverywhereAsksEverybodyForATurn whatever else the load is.
func TestAFloodFromEverywhereAsksEverybodyForATurn(t *testing.T) {
	ts := gate.NewTurns(200, func(time.Time) bool { return false }).Lightly()
	free := 0
	for i := range 5000 {
		if _, _, ok := ts.Take(rateKey(i, 1), 1, "", "", noon); ok {
			free++
		}
	}
	if free != 34 {
		t.Errorf("%d of 5000 from 5000 networks started at once, want 120", free)
	}
	if _, _, ok := ts.Take(rateKey(9999, 1), 1, "", "", noon); ok {
		t.Error("one more is not asked")
	}
}

// pressed are turns of which every rate key of network 1 is asked for one.
func pressed() *gate.Turns {
	ts := busy()
	press(ts, 1, 100, noon)
	return ts
}

func TestWorkLetsAStartInOnce(t *testing.T) {
	ts := pressed()
	me := rateKey(1, 500)
	turn, _ := ts.Ask(me, 1, noon)
	work := gate.LightWork(turn.Name)
	if way, _, ok := ts.Take(me, 1, turn.Name, work, noon.Add(time.Second)); !ok || way != gate.Worked {
		t.Fatalf("way %d, ok %v", way, ok)
	}
	for _, later := range []time.Duration{time.Second, time.Minute, 11 * time.Minute} {
		press(ts, 1, 100, noon.Add(later))
		_, next, ok := ts.Take(me, 1, turn.Name, work, noon.Add(later))
		if ok || next.Name == turn.Name {
			t.Errorf("after %v a turn that was spent is worth something", later)
		}
	}
}

// TestAWrongOldSpentOrForeignTurnGetsANewOne and never a dead end: each answer
// is a turn with which the next try comes through.
func TestAWrongOldSpentOrForeignTurnGetsANewOne(t *testing.T) {
	me := rateKey(1, 500)
	flip := func(s string, at int) string {
		b := []byte(s)
		b[at] = map[bool]byte{true: 'B', false: 'A'}[b[at] == 'A']
		return string(b)
	}
	for _, c := range []struct {
		name  string
		later time.Duration
		send  func(ts *gate.Turns, turn gate.Turn, work string) (name, proof string)
		same  bool // the turn holds good still, only the work is worth nothing
	}{
		{"nothing", 0, func(_ *gate.Turns, _ gate.Turn, _ string) (string, string) { return "", "" }, false},
		{"nonsense", 0, func(_ *gate.Turns, _ gate.Turn, _ string) (string, string) { return "../../etc", "DROP" }, false},
		{"no work", 0, func(_ *gate.Turns, turn gate.Turn, _ string) (string, string) { return turn.Name, "" }, true},
		{"wrong work", 0, func(_ *gate.Turns, turn gate.Turn, _ string) (string, string) { return turn.Name, "1.2.3.4" }, true},
		{"a script that has not ended", 0, func(_ *gate.Turns, turn gate.Turn, _ string) (string, string) { return turn.Name, "-" }, true},
		{"work for a turn that was changed", 0, func(_ *gate.Turns, turn gate.Turn, work string) (string, string) { return flip(turn.Name, 3), work }, false},
		{"a forged seal", 0, func(_ *gate.Turns, turn gate.Turn, work string) (string, string) {
			return flip(turn.Name, len(turn.Name)-2), work
		}, false},
		{"the turn of another address", 0, func(ts *gate.Turns, _ gate.Turn, _ string) (string, string) {
			other, _ := ts.Ask(rateKey(1, 501), 1, noon)
			return other.Name, gate.LightWork(other.Name)
		}, false},
		{"the turn of another door", 0, func(ts *gate.Turns, _ gate.Turn, _ string) (string, string) {
			other, _ := ts.Ask(me, 2, noon)
			return other.Name, gate.LightWork(other.Name)
		}, false},
		{"the turn of another process", 0, func(_ *gate.Turns, _ gate.Turn, _ string) (string, string) {
			other, _ := pressed().Ask(me, 1, noon)
			return other.Name, gate.LightWork(other.Name)
		}, false},
		{"a turn of the future, after the clock was set back", -time.Hour, func(_ *gate.Turns, turn gate.Turn, work string) (string, string) { return turn.Name, work }, false},
		{"an old turn", 13 * time.Minute, func(_ *gate.Turns, turn gate.Turn, work string) (string, string) { return turn.Name, work }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := pressed()
			turn, _ := ts.Ask(me, 1, noon)
			name, proof := c.send(ts, turn, gate.LightWork(turn.Name))
			now := noon.Add(c.later)
			press(ts, 1, 100, now)
			way, next, ok := ts.Take(me, 1, name, proof, now)
			if ok {
				t.Fatalf("let in by way %d", way)
			}
			if (next.Name == turn.Name) != c.same {
				t.Errorf("the answer is the same turn: %v", next.Name == turn.Name)
			}
			if way, _, ok := ts.Take(me, 1, next.Name, gate.LightWork(next.Name), now.Add(time.Second)); !ok || way != gate.Worked {
				t.Errorf("with the work of the answer: way %d, ok %v", way, ok)
			}
		})
	}
}

func TestWorkIsWorthNothingAfterTwoMinutes(t *testing.T) {
	ts := pressed()
	me := rateKey(1, 500)
	turn, _ := ts.Ask(me, 1, noon)
	now := noon.Add(2 * time.Minute)
	press(ts, 1, 100, now)
	way, _, ok := ts.Take(me, 1, turn.Name, gate.LightWork(turn.Name), now)
	if !ok || way != gate.Waited {
		t.Errorf("way %d, ok %v: want that it counts as having waited", way, ok)
	}
}

// TestWaitingLetsOneOfARateKeyInAtATime: a page that waits cannot be multiplied.
func TestWaitingLetsOneOfARateKeyInAtATime(t *testing.T) {
	ts := pressed()
	me := rateKey(1, 500)
	var names []string
	for range 1000 {
		turn, _ := ts.Ask(me, 1, noon)
		names = append(names, turn.Name)
	}
	if ts.Spent() != 0 {
		t.Errorf("%d turns that nobody took are remembered", ts.Spent())
	}
	if _, same, ok := ts.Take(me, 1, names[0], "", noon.Add(14*time.Second)); ok || same.Wait != time.Second || same.Name != names[0] {
		t.Errorf("a second too early: ok %v, wait %v", ok, same.Wait)
	}
	in := 0
	for i := range 60 { // a minute
		for _, name := range names {
			if way, next, ok := ts.Take(me, 1, name, "", noon.Add(15*time.Second+time.Duration(i)*time.Second)); ok && way == gate.Waited {
				in++
			} else if !ok && next.Wait <= 0 {
				t.Fatal("refused without a time to look again")
			}
		}
	}
	if in != 4 {
		t.Errorf("in a minute %d came from one rate key by waiting, want 4", in)
	}
}

// TestAFloodThatWaitsLeavesRoomForOthersWhoWait: few of one network, and none
// of the other way's share.
func TestAFloodThatWaitsLeavesRoomForOthersWhoWait(t *testing.T) {
	ts := busy()
	turns := map[string]string{}
	for n := range 400 { // all networks together are a crowd
		for i := range 5 {
			if _, turn, ok := ts.Take(rateKey(n%3, n*5+i), 1, "", "", noon); !ok {
				turns[rateKey(n%3, n*5+i)] = turn.Name
			}
		}
	}
	press(ts, 7, 100, noon)
	honest := rateKey(7, 500)
	mine, asked := ts.Ask(honest, 1, noon)
	if !asked {
		t.Fatal("the honest visitor is not asked")
	}
	now := noon.Add(40 * time.Second)
	in := 0
	for key, name := range turns {
		if _, _, ok := ts.Take(key, 1, name, "", now); ok {
			in++
		}
	}
	if in > 24 {
		t.Errorf("%d of a flood from three networks came in at once by waiting, want at most 24", in)
	}
	if way, next, ok := ts.Take(honest, 1, mine.Name, "", now); !ok || way != gate.Waited {
		t.Errorf("the honest visitor who waited too: way %d, ok %v, wait %v", way, ok, next.Wait)
	}
	other, _ := ts.Ask(rateKey(1, 9999), 1, now)
	if way, _, ok := ts.Take(rateKey(1, 9999), 1, other.Name, gate.LightWork(other.Name), now); !ok || way != gate.Worked {
		t.Errorf("who works beside them: way %d, ok %v", way, ok)
	}
}

// TestEachWayHasItsShare: when all of those who work have come, who waits goes on.
func TestEachWayHasItsShare(t *testing.T) {
	ts := pressed()
	waits := rateKey(1, 500)
	mine, _ := ts.Ask(waits, 1, noon)
	in, most := 0, 0
	for i := range 130 {
		key := rateKey(1, 1000+i)
		turn, _ := ts.Ask(key, 1, noon)
		most = max(most, turn.Bits)
		way, next, ok := ts.Take(key, 1, turn.Name, gate.LightWork(turn.Name), noon)
		if ok && way == gate.Worked {
			in++
		} else if next.Name != turn.Name || next.Wait < 10*time.Second {
			t.Fatal("work that found no room is lost, or is told to come back at once")
		}
	}
	if in != 100 {
		t.Errorf("%d came in at once by work, want 100", in)
	}
	if most != 12 {
		t.Errorf("the most that is asked for is %d bits, want 12", most)
	}
	if way, _, ok := ts.Take(waits, 1, mine.Name, "", noon.Add(15*time.Second)); !ok || way != gate.Waited {
		t.Errorf("who waited: way %d, ok %v", way, ok)
	}
}

func TestALoadThatIsGoneLetsEveryTurnIn(t *testing.T) {
	load := true
	ts := gate.NewTurns(200, func(time.Time) bool { return load })
	press(ts, 1, 100, noon)
	turn, _ := ts.Ask(rateKey(1, 500), 1, noon)
	load = false
	if way, _, ok := ts.Take(rateKey(1, 500), 1, turn.Name, "", noon.Add(time.Second)); !ok || way != gate.Free {
		t.Errorf("way %d, ok %v", way, ok)
	}
}

// TestSpentTurnsAreForgottenInTime and are few at any time.
func TestSpentTurnsAreForgottenInTime(t *testing.T) {
	ts := pressed()
	for i := range 1000 {
		now := noon.Add(time.Duration(i) * time.Second)
		key := rateKey(1, i)
		press(ts, 1, 2, now)
		if turn, asked := ts.Ask(key, 1, now); asked {
			ts.Take(key, 1, turn.Name, "", now.Add(30*time.Second))
		}
	}
	if n := ts.Spent(); n == 0 || n > 800 {
		t.Errorf("%d spent turns are remembered", n)
	}
	late := noon.Add(time.Hour)
	press(ts, 1, 100, late)
	turn, _ := ts.Ask(rateKey(1, 1), 1, late)
	if _, _, ok := ts.Take(rateKey(1, 1), 1, turn.Name, "", late.Add(30*time.Second)); !ok || ts.Spent() != 1 {
		t.Errorf("an hour later %d spent turns are remembered, ok %v", ts.Spent(), ok)
	}
}

func TestATurnShowsNothingOfTheRateKey(t *testing.T) {
	ts := pressed()
	me := rateKey(1, 500)
	turn, _ := ts.Ask(me, 1, noon)
	if len(turn.Name) != 48 || strings.Contains(turn.Name, me[:8]) {
		t.Errorf("the turn is %q", turn.Name)
	}
	if again, _ := ts.Ask(me, 1, noon); again.Name == turn.Name {
		t.Error("two turns of one moment are the same: one would spend the other")
	}
}

// TestTheLeastWorkInEarnest is what a page does first.
func TestTheLeastWorkInEarnest(t *testing.T) {
	ts := gate.NewTurns(200, func(time.Time) bool { return true })
	press(ts, 1, 100, noon)
	turn, _ := ts.Ask(rateKey(1, 500), 1, noon)
	if turn.Bits != 9 {
		t.Errorf("the least is %d bits", turn.Bits)
	}
	if _, _, ok := ts.Take(rateKey(1, 500), 1, turn.Name, gate.LightWork(turn.Name), noon); ok {
		t.Error("less than the work is enough")
	}
	if way, _, ok := ts.Take(rateKey(1, 500), 1, turn.Name, gate.Work(turn.Name, turn.Bits), noon); !ok || way != gate.Worked {
		t.Errorf("way %d, ok %v", way, ok)
	}
}

func TestWorkIsOnlyWhatItIs(t *testing.T) {
	work := gate.Work("a turn", 4)
	if !gate.Worth("a turn", 4, work) {
		t.Fatalf("%q is worth nothing", work)
	}
	parts := strings.Split(work, ".")
	for _, bad := range []string{
		"", ".", "...", work + ".", "." + work, work + ".1", strings.Join(parts[:3], "."), "0" + work, "+" + work, " " + work, work + "\n",
		strings.Replace(work, parts[0]+".", parts[0]+"_0.", 1), "16777216.1.1.1", "-1.0.0.0", "1e3.0.0.0", "0x1.0.0.0", strings.Repeat("9", 40),
	} {
		if gate.Worth("a turn", 4, bad) {
			t.Errorf("%q is worth something", bad)
		}
	}
	if gate.Worth("another turn", 12, work) {
		t.Error("the work for one turn is worth something for another")
	}
}

// FuzzTurns sends anything as a turn and as work: nobody comes in by it, and
// the answer is always a turn that holds good.
func FuzzTurns(f *testing.F) {
	ts := pressed()
	turn, _ := ts.Ask(rateKey(1, 500), 1, noon)
	f.Add(turn.Name, "1.2.3.4", 1)
	f.Add(turn.Name[:47]+"=", "-", 2)
	f.Add("", strings.Repeat("1.", 40), 1)
	f.Fuzz(func(t *testing.T, name, work string, door int) {
		if _, next, ok := ts.Take(rateKey(1, 501), 1, name, work, noon.Add(time.Second)); ok {
			t.Error("let in")
		} else if _, good := ts.Look(rateKey(1, 501), 1, next.Name, noon.Add(time.Second)); !good {
			t.Error("the answer is worth nothing")
		}
		if _, good := ts.Look(rateKey(1, 501), door, name, noon); good {
			t.Error("a turn of somebody else is worth something")
		}
	})
}

func TestNoTextIsATurn(t *testing.T) {
	ts := pressed()
	if err := quick.Check(func(name, work string) bool {
		_, _, ok := ts.Take(rateKey(1, 501), 1, name, work, noon)
		return !ok
	}, nil); err != nil {
		t.Error(err)
	}
}
