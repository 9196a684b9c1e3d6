package vault

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
)

// slow makes a place of work whose derivations take a second of the test's
// clock and note in which order they were made.
func slow(t *testing.T, each int) (w *Work, order *[]string) {
	t.Helper()
	w = NewWork(each)
	order = new([]string)
	busy := false
	w.derive = func(passphrase, _ []byte, _ Costs) (Derived, error) {
		if busy {
			t.Error("two derivations at once")
		}
		busy = true
		*order = append(*order, string(passphrase))
		time.Sleep(time.Second)
		busy = false
		return Derived{Verifier: [32]byte{passphrase[0]}}, nil
	}
	return w, order
}

func TestDerivationsAreDoneOneAtATimeAndEachGetsItsOwnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, order := slow(t, 8)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go w.Run(ctx)
		var wait sync.WaitGroup
		begin := time.Now()
		for _, p := range []string{"a", "b", "c", "d"} {
			wait.Go(func() {
				d, err := w.Derive(ctx, OtherLogin, p, nil, cheap)
				if err != nil || d.Verifier[0] != p[0] {
					t.Errorf("%s: got %v, %v", p, d.Verifier[0], err)
				}
			})
		}
		wait.Wait()
		if took := time.Since(begin); took != 4*time.Second || len(*order) != 4 {
			t.Errorf("took %v for %d", took, len(*order))
		}
	})
}

func TestAFloodInOneQueueKeepsNobodyOutOfAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, order := slow(t, 8)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() { _, _ = w.Derive(ctx, ReturnCodes, "flood", nil, cheap) })
		}
		synctest.Wait()
		wait.Go(func() { _, _ = w.Derive(ctx, KnownDevice, "known", nil, cheap) })
		synctest.Wait()
		if _, err := w.Derive(ctx, ReturnCodes, "one more", nil, cheap); helpline.KindOf(err) != helpline.Unavailable {
			t.Errorf("a full queue answers %v, want unavailable", err)
		}
		go w.Run(ctx)
		wait.Wait()
		if at := slices.Index(*order, "known"); at > 1 {
			t.Errorf("the login came after %d codes, want at most one", at)
		}
	})
}

func TestWhoeverGaveUpIsNotWorkedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, order := slow(t, 8)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		short, cancel := context.WithTimeout(ctx, 3*time.Second)
		defer cancel()
		if _, err := w.Derive(short, OtherLogin, "impatient", nil, cheap); helpline.KindOf(err) != helpline.Unavailable {
			t.Errorf("got %v, want unavailable", err)
		}
		go w.Run(ctx)
		if _, err := w.Derive(ctx, OtherLogin, "patient", nil, cheap); err != nil {
			t.Error(err)
		}
		if !slices.Equal(*order, []string{"patient"}) {
			t.Errorf("worked for %v", *order)
		}
	})
}
