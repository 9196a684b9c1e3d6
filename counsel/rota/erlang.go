package rota

import (
	"math"

	"helpline"
)

// Limits of what is worked out: a line is far below them, and a hostile number
// must not keep the machine busy.
const (
	mostServers = 100_000
	mostLoad    = 100_000.0 // erlangs
)

// ErlangB is the share of contacts that find all n places taken, when whoever
// finds them taken leaves at once (Erlang 1917). load is in erlangs: contacts
// an hour times hours each. Invalid for a negative number, or none at all.
func ErlangB(n int, load float64) (float64, error) {
	if err := checkLoad(n, load); err != nil {
		return 0, err
	}
	return erlangB(n, load), nil
}

// erlangB goes up one place at a time: each step stays between 0 and 1, so
// nothing overflows where the factorials of the textbook would.
func erlangB(n int, load float64) float64 {
	b := 1.0
	for k := 1; k <= n; k++ {
		b = load * b / (float64(k) + load*b)
	}
	return b
}

// ErlangC is the share of contacts that have to wait for one of n places when
// nobody ever leaves: 1 when there is more to do than n can ever do. Errors
// like ErlangB.
func ErlangC(n int, load float64) (float64, error) {
	if err := checkLoad(n, load); err != nil {
		return 0, err
	}
	if load == 0 {
		if n == 0 {
			return 1, nil // whoever came would wait
		}
		return 0, nil
	}
	if load >= float64(n) {
		return 1, nil
	}
	b := erlangB(n, load)
	return float64(n) * b / (float64(n) - load*(1-b)), nil
}

// ErlangCWithin is the share that is answered within so many times a usual
// contact, when nobody ever leaves; ErlangCWait the mean wait, in the same
// measure, +Inf when there is too much to do. Errors like ErlangB.
func ErlangCWithin(n int, load, within float64) (float64, error) {
	waits, err := ErlangC(n, load)
	if err != nil {
		return 0, err
	}
	if math.IsNaN(within) || within < 0 {
		return 0, helpline.Errorf(helpline.Invalid, "a wait must be a number and not below 0")
	}
	if load >= float64(n) {
		return 0, nil
	}
	return 1 - waits*math.Exp(-(float64(n)-load)*within), nil
}

// ErlangCWait is described at ErlangCWithin.
func ErlangCWait(n int, load float64) (float64, error) {
	waits, err := ErlangC(n, load)
	if err != nil {
		return 0, err
	}
	if load >= float64(n) {
		return math.Inf(1), nil
	}
	return waits / (float64(n) - load), nil
}

func checkLoad(n int, load float64) error {
	switch {
	case n < 0 || n > mostServers:
		return helpline.Errorf(helpline.Invalid, "places must be 0 to %d", mostServers)
	case math.IsNaN(load) || load < 0 || load > mostLoad:
		return helpline.Errorf(helpline.Invalid, "the load must be 0 to %.0f erlangs", mostLoad)
	}
	return nil
}
