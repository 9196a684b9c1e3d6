package vault

import (
	"context"
	"fmt"
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
				d, err := w.Derive(ctx, OtherLogin, Asker{}, p, nil, cheap)
				if err != nil || d.Verifier[0] != p[0] {
					t.Errorf("%s: got %v, %v", p, d.Verifier[0], err)
				}
			})
		}
		wait.Wait()
		if took := time.Since(begin); took != 7*time.Second || len(*order) != 4 {
			t.Errorf("took %v for %d, want four and a rest as long after each but the last", took, len(*order))
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
			wait.Go(func() { _, _ = w.Derive(ctx, ReturnCodes, Asker{}, "flood", nil, cheap) })
		}
		synctest.Wait()
		wait.Go(func() { _, _ = w.Derive(ctx, KnownDevice, Asker{}, "known", nil, cheap) })
		synctest.Wait()
		if _, err := w.Derive(ctx, ReturnCodes, Asker{}, "one more", nil, cheap); helpline.KindOf(err) != helpline.Unavailable {
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
		if _, err := w.Derive(short, OtherLogin, Asker{}, "impatient", nil, cheap); helpline.KindOf(err) != helpline.Unavailable {
			t.Errorf("got %v, want unavailable", err)
		}
		go w.Run(ctx)
		if _, err := w.Derive(ctx, OtherLogin, Asker{}, "patient", nil, cheap); err != nil {
			t.Error(err)
		}
		if !slices.Equal(*order, []string{"patient"}) {
			t.Errorf("worked for %v", *order)
		}
	})
}

func TestAFloodFromOneAddressOrUnderOneNameKeepsNobodyWaiting(t *testing.T) {
	for _, c := range []struct {
		name  string
		flood func(i int) Asker
		me    Asker
		most  int // derivations before mine
	}{
		{"one address, many names", func(i int) Asker { return Asker{"flood", fmt.Sprint(i)} }, Asker{"me", "robin"}, 3},
		{"many addresses, one name", func(i int) Asker { return Asker{fmt.Sprint(i), "alex"} }, Asker{"me", "robin"}, 3},
		{"one address under my name", func(int) Asker { return Asker{"flood", "robin"} }, Asker{"me", "robin"}, 3},
		{"my address, other names", func(i int) Asker { return Asker{"me", "alex"} }, Asker{"me", "robin"}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, order := slow(t, 16)
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				go w.Run(ctx)
				var wait sync.WaitGroup
				refused := 0
				flood := func(n int) {
					for i := range n {
						wait.Go(func() {
							if _, err := w.Derive(ctx, OtherLogin, c.flood(i), "flood", nil, cheap); err != nil {
								refused++
							}
						})
						synctest.Wait()
					}
				}
				flood(40)
				time.Sleep(3500 * time.Millisecond)
				synctest.Wait()
				before := len(*order)
				wait.Go(func() {
					if _, err := w.Derive(ctx, OtherLogin, c.me, "mine", nil, cheap); err != nil {
						t.Errorf("an honest login is refused: %v", err)
					}
				})
				synctest.Wait()
				flood(40)
				wait.Wait()
				if at := slices.Index(*order, "mine") - before; at < 0 || at > c.most {
					t.Errorf("an honest login came after %d others, want at most %d", at, c.most)
				}
				if refused < 40 {
					t.Errorf("%d of 80 were refused: the queue is not bounded", refused)
				}
			})
		})
	}
}

func TestAFloodOfLoginsGetsHalfOfTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, order := slow(t, 64)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go w.Run(ctx)
		for i := range 60 {
			go func() { _, _ = w.Derive(ctx, OtherLogin, Asker{From: fmt.Sprint(i)}, "flood", nil, cheap) }()
		}
		time.Sleep(20*time.Second + 500*time.Millisecond)
		synctest.Wait()
		if n := len(*order); n < 9 || n > 11 { // each takes a second
			t.Errorf("%d derivations in 20 seconds, want about 10", n)
		}
		stop()
		time.Sleep(2 * time.Second)
	})
}

func TestNobodyIsRememberedWhenNobodyWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := slow(t, 8)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go w.Run(ctx)
		var wait sync.WaitGroup
		for i := range 3 {
			wait.Go(func() { _, _ = w.Derive(ctx, OtherLogin, Asker{"key", fmt.Sprint("name ", i)}, "p", nil, cheap) })
		}
		wait.Wait()
		synctest.Wait()
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.served[0])+len(w.served[1]) != 0 {
			t.Errorf("remembered: %v", w.served)
		}
	})
}
