package gate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"helpline/chat/gate"
)

func TestOnlyTorsOwnLineNamesACircuit(t *testing.T) {
	for line, want := range map[string]uint32{
		"PROXY TCP6 fc00:dead:beef:4dad::0:29a ::1 666 42\r\n":          666,
		"PROXY TCP6 fc00:dead:beef:4dad::ffff:ffff ::1 65535 80\r\n":    1<<32 - 1,
		"PROXY TCP6 fc00:dead:beef:4dad::1:0 ::1 0 80\r\n":              1 << 16,
		"PROXY TCP6 fc00:dead:beef:4dad::0:0 ::1 1 0\r\n":               0,
		"PROXY TCP6 fc00:dead:beef:4dad::ffff:ffff ::1 65535 65535\r\n": 1<<32 - 1,
		"PROXY TCP6 fc00:dead:beef:4dad::0:29a ::1 666 42\n":            fails,
		"PROXY TCP6 fc00:dead:beef:4dad::0:29a ::1 666 42":              fails,
		"PROXY TCP6 fc00:dead:beef:4dad::0:29a ::1 666 42 \r\n":         fails,
		"PROXY TCP6 fc00:dead:beef:4dad::0:29a ::1 666  42\r\n":         fails,
		"PROXY TCP6 fc00:dead:beef:4dad::0:29a ::1 666 65536\r\n":       fails,
		"PROXY TCP6 fc00:dead:beef:4dad::0:29a ::1 -1 42\r\n":           fails,
		"PROXY TCP6 fc00:dead:beef:4dad::0:29a ::1 0666 42\r\n":         fails,
		"PROXY TCP6 fc00:dead:beef:4dad::0:029a ::1 666 42\r\n":         fails,
		"PROXY TCP6 fc00:dead:beef:4dad::0:29A ::1 666 42\r\n":          fails,
		"PROXY TCP6 fc00:dead:beef:4dad::0:1ffff ::1 666 42\r\n":        fails,
		"PROXY TCP6 fc00:dead:beef:4dad::29a ::1 666 42\r\n":            fails,
		"PROXY TCP6 fc00:dead:beef:4dad::1:0:29a ::1 666 42\r\n":        fails,
		"PROXY TCP6 fc00:dead:beef:4dad:0:0:0:29a ::1 666 42\r\n":       fails,
		"PROXY TCP6 fc00:dead:beef:4dae::0:29a ::1 666 42\r\n":          fails,
		"PROXY TCP6 fc00:dead:beef:4dad::0:29a ::2 666 42\r\n":          fails,
		"PROXY TCP6 2001:db8::1 ::1 666 42\r\n":                         fails,
		"PROXY TCP4 192.0.2.7 127.0.0.1 666 42\r\n":                     fails,
		"PROXY UNKNOWN\r\n": fails,
		"proxy TCP6 fc00:dead:beef:4dad::0:29a ::1 666 42\r\n":  fails,
		" PROXY TCP6 fc00:dead:beef:4dad::0:29a ::1 666 42\r\n": fails,
		"GET / HTTP/1.1\r\n": fails,
		"\r\n":               fails,
		"":                   fails,
		"PROXY TCP6 fc00:dead:beef:4dad::0:29a ::1 666 42\r\nPROXY ":          fails,
		"PROXY TCP6 fc00:dead:beef:4dad::0:29a ::1 666 4\x002\r\n":            fails,
		"PROXY TCP6 fc00:dead:beef:4dad::0:29a ::1 +666 42\r\n":               fails,
		"PROXY TCP6 fc00:dead:beef:4dad::0_:29a ::1 666 42\r\n":               fails,
		"\r\n\x00\r\nQUIT\n!\x11\x00\x0c" + strings.Repeat("\x7f", 12) + "\n": fails,
	} {
		number, ok := gate.Circuit(line)
		if ok != (want != fails) || ok && number != want {
			t.Errorf("Circuit(%q) = %d, %v", line, number, ok)
		}
	}
}

// fails stands for a line that names none.
const fails = 0xdeadbeef

func TestEachCircuitHasARateKeyAndAllAreOneNetwork(t *testing.T) {
	var keys gate.Keys
	one, other := keys.OfCircuit(1, noon), keys.OfCircuit(2, noon)
	if one == other || keys.OfCircuit(1, noon) != one || gate.Network(one) != gate.Network(other) || len(one) != 24 {
		t.Errorf("circuits are %s and %s", one, other)
	}
	if keys.OfCircuit(1, noon.Add(time.Hour)) == one {
		t.Error("an hour later the rate key is the same")
	}
	for _, address := range []string{"0.0.0.1", "::1", "fc00:dead:beef:4dad::0:1"} {
		if keys.Of(address, noon) == one || gate.Network(keys.Of(address, noon)) == gate.Network(one) {
			t.Errorf("circuit 1 counts as %s", address)
		}
	}
}

// FuzzCircuit reads anything as the line of a circuit: what is taken is written
// again as Tor writes it.
func FuzzCircuit(f *testing.F) {
	f.Add("PROXY TCP6 fc00:dead:beef:4dad::0:29a ::1 666 42\r\n")
	f.Add("PROXY TCP6 fc00:dead:beef:4dad::ffff:ffff ::1 65535 65535\r\n")
	f.Add("PROXY TCP4 192.0.2.7 127.0.0.1 1 2\r\n")
	f.Fuzz(func(t *testing.T, line string) {
		number, ok := gate.Circuit(line)
		if again := fmt.Sprintf("PROXY TCP6 fc00:dead:beef:4dad::%x:%x ::1 ", number>>16, number&0xffff); ok && (!strings.HasPrefix(line, again) || !strings.HasSuffix(line, "\r\n") || len(line) > gate.CircuitLine) {
			t.Errorf("%q is circuit %d", line, number)
		}
	})
}
