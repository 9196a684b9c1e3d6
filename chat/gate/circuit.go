package gate

import (
	"strconv"
	"strings"
	"time"
)

// CircuitLine is the longest line by which Tor names a circuit.
const CircuitLine = 64

// Circuit reads the line that Tor writes first on every connection to an onion
// service that has HiddenServiceExportCircuitID haproxy:
//
//	PROXY TCP6 fc00:dead:beef:4dad::HIGH:LOW ::1 PORT PORT CR LF
//
// The two groups are the number of the circuit in hexadecimal digits. Nothing
// else is such a line: not another address, another spelling or a longer one.
func Circuit(line string) (number uint32, ok bool) {
	if len(line) > CircuitLine {
		return 0, false
	}
	rest, ok := strings.CutPrefix(line, "PROXY TCP6 fc00:dead:beef:4dad::")
	if !ok {
		return 0, false
	}
	groups, rest, ok := strings.Cut(rest, " ::1 ")
	if !ok {
		return 0, false
	}
	ports, ok := strings.CutSuffix(rest, "\r\n")
	if !ok {
		return 0, false
	}
	from, to, ok := strings.Cut(ports, " ")
	if _, good := digits(from, 10); !ok || !good {
		return 0, false
	}
	if _, good := digits(to, 10); !good {
		return 0, false
	}
	first, second, ok := strings.Cut(groups, ":")
	high, good := digits(first, 16)
	low, fine := digits(second, 16)
	return uint32(high)<<16 | uint32(low), ok && good && fine
}

// digits reads a number below 65536 that is written as Tor writes it.
func digits(text string, base int) (uint64, bool) {
	n, err := strconv.ParseUint(text, base, 16)
	return n, err == nil && strconv.FormatUint(n, base) == text
}

// OfCircuit gives the rate key of a circuit of Tor, in the shape of Of. All
// circuits are of one network: whoever wants many of them gets them.
func (k *Keys) OfCircuit(number uint32, now time.Time) string {
	return sumUnder(k.current(now), onions, 'c', circuit(number))
}

// OfCircuitBefore is Before for a circuit.
func (k *Keys) OfCircuitBefore(number uint32, now time.Time) string {
	key, kept := k.earlier(now)
	if !kept {
		return ""
	}
	return sumUnder(key, onions, 'c', circuit(number))
}

var onions = []byte("onion")

func circuit(number uint32) []byte {
	return []byte{byte(number >> 24), byte(number >> 16), byte(number >> 8), byte(number)}
}
