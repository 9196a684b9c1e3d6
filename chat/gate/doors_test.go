package gate_test

import (
	"slices"
	"testing"
	"time"

	"helpline/chat/gate"
)

func quiet() float64 { return 0 }

// TestTwoHundredPeopleBehindOneAddressAreNotRefused in quiet times, when they
// all come within the same half minute.
func TestTwoHundredPeopleBehindOneAddressAreNotRefused(t *testing.T) {
	g := gate.New(2400, quiet)
	for i := range 200 {
		now := noon.Add(time.Duration(i) * 150 * time.Millisecond)
		for range 3 { // front, door, promise
			if _, ok := g.Take(gate.Pages, "school", now); !ok {
				t.Fatalf("visitor %d was refused a page", i)
			}
		}
		if _, ok := g.Take(gate.Starts, "school", now); !ok {
			t.Fatalf("visitor %d could not start", i)
		}
		if _, ok := g.Admit(gate.Waits, "school"); !ok {
			t.Fatalf("visitor %d got no live link", i)
		}
	}
	if g.Loaded(noon.Add(30 * time.Second)) {
		t.Error("two hundred visitors count as load")
	}
}

func TestARushOfStrangersIsLoadAndBudgetsBiteThen(t *testing.T) {
	g := gate.New(2400, quiet)
	granted := 0
	for i := range 5000 {
		if _, ok := g.Take(gate.Pages, rateKey(i, i), noon.Add(time.Duration(i)*time.Millisecond)); ok {
			granted++
		}
	}
	after := noon.Add(5 * time.Second)
	if granted != 5000 || !g.Loaded(after) {
		t.Fatalf("%d granted, load %v", granted, g.Loaded(after))
	}
	starts := 0
	for range 500 {
		if _, ok := g.Take(gate.Starts, "one", after); ok {
			starts++
		}
	}
	if starts != 60 {
		t.Errorf("under load one rate key started %d at once, want 60", starts)
	}
	if later := after.Add(31 * time.Second); g.Loaded(later) {
		t.Error("half a minute after the rush there still is load")
	}
}

func TestAFullQueueOrManyLinksAreLoad(t *testing.T) {
	full := 0.0
	g := gate.New(100, func() float64 { return full })
	if g.Loaded(noon) {
		t.Fatal("load at the start")
	}
	full = 0.5
	if !g.Loaded(noon) {
		t.Error("half a queue is no load")
	}
	full = 0
	later := noon.Add(time.Minute)
	if g.Loaded(later) {
		t.Error("load does not end")
	}
	var release []func()
	for range 50 {
		r, ok := g.Admit(gate.Talks, "")
		if !ok {
			t.Fatal("refused")
		}
		release = append(release, r)
	}
	if !g.Loaded(later) {
		t.Error("half of the links are no load")
	}
	for _, r := range release {
		r()
		r()
	}
	if g.Links() != 0 {
		t.Errorf("%d links are left after each was given back twice", g.Links())
	}
}

// TestAFloodAtOneDoorDoesNotCloseAnother, nor that of a ticket through the
// same address.
func TestAFloodAtOneDoorDoesNotCloseAnother(t *testing.T) {
	g := gate.New(2400, quiet)
	for _, d := range []gate.Door{gate.Pages, gate.Starts, gate.Logins, gate.Codes} {
		refused := false
		for range 5000 {
			wait, ok := g.Take(d, "exit", noon)
			if refused = refused || !ok; !ok && (wait <= 0 || wait > 2*time.Minute) {
				t.Fatalf("door %d: wait %v", d, wait)
			}
		}
		if !refused {
			t.Errorf("door %d takes whatever comes", d)
		}
	}
	if _, ok := g.Take(gate.Held, "ticket", noon); !ok {
		t.Error("a ticket holder is refused")
	}
	if _, ok := g.Take(gate.Desks, "login", noon); !ok {
		t.Error("a desk is refused")
	}
}

func TestThoseWhoTalkAlwaysComeBack(t *testing.T) {
	g := gate.New(100, quiet)
	waiting := 0
	for i := range 1000 {
		if _, ok := g.Admit(gate.Waits, rateKey(i, i)); ok {
			waiting++
		}
	}
	if waiting != 90 {
		t.Errorf("%d who wait have links, want 90 of 100", waiting)
	}
	for i := range 10 {
		if _, ok := g.Admit(gate.Talks, "x"); !ok {
			t.Errorf("number %d who talks was refused", i+1)
		}
	}
	if _, ok := g.Admit(gate.Talks, "x"); ok {
		t.Error("the number of links has no end")
	}
}

func TestOneRateKeyLeavesLinksToOthers(t *testing.T) {
	g := gate.New(1000, quiet)
	got := 0
	for range 5000 {
		if _, ok := g.Admit(gate.Waits, "flood"); ok {
			got++
		}
	}
	if got != 300 {
		t.Errorf("one rate key has %d links of 1000, want 300", got)
	}
	for i := range 100 {
		if _, ok := g.Admit(gate.Waits, rateKey(i, i)); !ok {
			t.Errorf("visitor %d from elsewhere was refused", i)
		}
	}
}

func TestTheNewestConnectionIsLetInAndTheFloodLosesItsOldest(t *testing.T) {
	p := gate.NewPlaces(20, 5)
	var out []string
	enter := func(key, name string) *gate.Place {
		return p.Enter(key, key == "proxy", func() { out = append(out, name) })
	}
	first := enter("honest", "honest")
	for i := range 7 {
		enter("flood", string(rune('a'+i)))
	}
	if !slices.Equal(out, []string{"a", "b"}) || p.Taken() != 6 {
		t.Errorf("out %v, %d taken; want the two oldest of the flood out and 6 taken", out, p.Taken())
	}
	out = nil
	for i := range 30 {
		enter("proxy", "proxy")
		if p.Taken() > 20 {
			t.Fatalf("%d places are taken after %d", p.Taken(), i)
		}
	}
	if slices.Contains(out, "honest") || len(out) != 16 {
		t.Errorf("out: %v; the one honest connection must stay and 16 others go", out)
	}
	first.Leave()
	first.Leave()
	if p.Taken() != 19 {
		t.Errorf("%d taken after one has left, want 19", p.Taken())
	}
}

// TestOneTicketOrLoginNeverTakesManyLinks although it was let in.
func TestOneTicketOrLoginNeverTakesManyLinks(t *testing.T) {
	g := gate.New(1000, quiet)
	for name, staff := range map[string]bool{"a visitor": false, "a counsellor": true} {
		var release []func()
		for {
			r, ok := g.Own(name, staff)
			if !ok {
				break
			}
			if release = append(release, r); len(release) > 200 {
				t.Fatalf("%s has more than 200 links", name)
			}
		}
		if len(release) < 20 {
			t.Errorf("%s may have %d links only", name, len(release))
		}
		release[0]()
		release[0]()
		if _, ok := g.Own(name, staff); !ok {
			t.Error("a link that has ended makes no room")
		}
		if _, ok := g.Own(name, staff); ok {
			t.Error("a link that was given back twice makes room for two")
		}
	}
	if _, ok := g.Own("another", false); !ok {
		t.Error("another is refused")
	}
}
