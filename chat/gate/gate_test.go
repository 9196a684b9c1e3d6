package gate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"helpline/chat/gate"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestRateKeysGroupNetworks(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b string
		same bool
	}{
		{"the port does not count", "192.0.2.7:4000", "192.0.2.7:5000", true},
		{"with and without a port", "192.0.2.7:4000", "192.0.2.7", true},
		{"two IPv4 addresses differ", "192.0.2.7", "192.0.2.8", false},
		{"one /64 is one household", "[2001:db8:1:2::1]:80", "2001:db8:1:2:ffff::9", true},
		{"two /64 differ", "2001:db8:1:2::1", "2001:db8:1:3::1", false},
		{"an IPv4 address inside IPv6 is the IPv4 address", "::ffff:192.0.2.7", "192.0.2.7", true},
		{"a zone does not count", "fe80::1%eth0", "fe80::1%eth1", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var keys gate.Keys
			if a, b := keys.Of(c.a, noon), keys.Of(c.b, noon); (a == b) != c.same {
				t.Errorf("Of(%s) = %s, Of(%s) = %s, want the same: %v", c.a, a, c.b, b, c.same)
			}
		})
	}
}

func TestTheNetworkOfARateKeyIsTheWiderOne(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b string
		same bool
	}{
		{"two addresses of one /16", "192.0.2.7", "192.0.77.8", true},
		{"two /16 differ", "192.0.2.7", "192.1.2.7", false},
		{"two /64 of one /40", "2001:db8:1:2::1", "2001:db8:99:3::1", true},
		{"two /40 differ", "2001:db8:100::1", "2001:db8:200::1", false},
		{"what cannot be read is one network", "?", "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var keys gate.Keys
			a, b := keys.Of(c.a, noon), keys.Of(c.b, noon)
			if (gate.Network(a) == gate.Network(b)) != c.same {
				t.Errorf("networks of %s and %s are %s and %s, want the same: %v", c.a, c.b, gate.Network(a), gate.Network(b), c.same)
			}
		})
	}
}

func TestRateKeyChangesWithTheHourAndTheProcess(t *testing.T) {
	var keys, others gate.Keys
	first := keys.Of("192.0.2.7", noon)
	if again := keys.Of("192.0.2.7", noon.Add(59*time.Minute)); again != first {
		t.Errorf("within the hour the key changed from %s to %s", first, again)
	}
	if later := keys.Of("192.0.2.7", noon.Add(time.Hour)); later == first {
		t.Error("an hour later the rate key is the same")
	}
	if back := keys.Of("192.0.2.7", noon); back == first {
		t.Error("a clock set back brought an old key back")
	}
	if other := others.Of("192.0.2.7", noon); other == first {
		t.Error("another process makes the same rate key")
	}
}

func TestRateKeyShowsNothingOfTheAddress(t *testing.T) {
	var keys gate.Keys
	key := keys.Of("192.0.2.7", noon)
	if len(key) != 24 || strings.ContainsAny(key, ".:") {
		t.Errorf("rate key is %q, want 24 hexadecimal digits", key)
	}
	for _, nonsense := range []string{"", "@", "192.0.2", "localhost:80", "1.2.3.4:99999"} {
		if got := keys.Of(nonsense, noon); got != gate.Unknown {
			t.Errorf("Of(%q) = %q, want %q", nonsense, got, gate.Unknown)
		}
	}
}

func TestBudgetGivesABurstAndThenOneAtATime(t *testing.T) {
	b := gate.NewBudget(3, 10*time.Second, 100)
	for i := range 3 {
		if _, ok := b.Take("a", noon); !ok {
			t.Fatalf("take %d of the burst was refused", i+1)
		}
	}
	wait, ok := b.Take("a", noon)
	if ok || wait != 10*time.Second {
		t.Fatalf("after the burst: wait %v, ok %v, want 10s and a refusal", wait, ok)
	}
	if _, ok := b.Take("b", noon); !ok {
		t.Error("one rate key emptied the budget of another")
	}
	if wait, ok := b.Take("a", noon.Add(4*time.Second)); ok || wait != 6*time.Second {
		t.Errorf("four seconds later: wait %v, ok %v, want 6s and a refusal", wait, ok)
	}
	if _, ok := b.Take("a", noon.Add(10*time.Second)); !ok {
		t.Error("after the wait that was named the take is still refused")
	}
	if _, ok := b.Take("a", noon.Add(10*time.Second)); ok {
		t.Error("one wait gave two takes")
	}
}

// rateKey makes a rate key of a network out of two numbers.
func rateKey(network, n int) string { return fmt.Sprintf("%08x%016x", network, n) }

func TestBudgetStaysBoundedAndKeysItForgotShareABucketOfTheirNetwork(t *testing.T) {
	b := gate.NewBudget(2, time.Minute, 50)
	granted := 0
	for i := range 5000 {
		if _, ok := b.Take(rateKey(1, i), noon); ok {
			granted++
		}
	}
	if b.Len() > 50 {
		t.Errorf("%d rate keys are remembered, want at most 50", b.Len())
	}
	if want := 50 + 2; granted != want {
		t.Errorf("%d takes were granted to a flood, want %d", granted, want)
	}
	others := 0
	for network := range 20 {
		if _, ok := b.Take(rateKey(100+network, 1), noon); ok {
			others++
		}
	}
	if others < 15 { // 256 buckets: few share the flood's or each other's
		t.Errorf("of 20 from other networks %d were let in during the flood", others)
	}
	if _, ok := b.Take(rateKey(1, 3), noon); !ok {
		t.Error("one of those remembered has one take left and did not get it")
	}
	if _, ok := b.Take(rateKey(1, 3), noon); ok {
		t.Error("a flood of other keys gave an old one a fresh budget")
	}
	if _, ok := b.Take(rateKey(1, 9999), noon.Add(3*time.Minute)); !ok {
		t.Error("when the flood is over a new rate key is still refused")
	}
	if b.Len() > 50 {
		t.Errorf("%d rate keys after the sweep, want at most 50", b.Len())
	}
}

func TestBudgetTakesSeveralAtOnceOrNone(t *testing.T) {
	b := gate.NewBudget(8, time.Second, 10)
	for range 2 {
		if _, ok := b.TakeMany("a", 4, noon); !ok {
			t.Fatal("four of eight were refused")
		}
	}
	if wait, ok := b.TakeMany("a", 4, noon); ok || wait != 4*time.Second {
		t.Errorf("wait %v, ok %v, want 4s and a refusal", wait, ok)
	}
	if _, ok := b.TakeMany("b", 100, noon); !ok {
		t.Error("more than the burst can never be taken: it must count as the burst")
	}
}

func TestBudgetSurvivesAClockSetBack(t *testing.T) {
	b := gate.NewBudget(2, time.Minute, 10)
	b.Take("a", noon.Add(24*time.Hour))
	if wait, ok := b.Take("a", noon); ok || wait > time.Minute {
		t.Errorf("wait %v, ok %v, want at most a minute's wait", wait, ok)
	}
	if _, ok := b.Take("a", noon.Add(2*time.Minute)); !ok {
		t.Error("two minutes later the key is still shut out")
	}
}
