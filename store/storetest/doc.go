// Package storetest holds the contracts that every store must keep: SQLite
// today, another one on the day that one machine is not enough. Each suite is
// given a function that makes an empty store and returns how to open it;
// opening once more means closing and starting again on what was kept.
package storetest

import (
	"testing"

	"helpline"
)

// Fresh makes an empty store and returns how to open it. A second call of what
// it returns closes the first opening and opens the same store again.
type Fresh[T any] func(t *testing.T) (open func() T)

// wantKind fails unless err has the kind; "" stands for no error.
func wantKind(t *testing.T, err error, kind helpline.Kind) {
	t.Helper()
	if got := helpline.KindOf(err); got != kind {
		t.Errorf("got an error of kind %q (%v), want %q", got, err, kind)
	}
}

// must fails the test at once on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
