package chat

import (
	"math/rand"
	"strings"
	"testing"
)

// choices lists each action as often as its weight: a byte chooses one.
var choices = func() (list []int) {
	for k, n := range weights {
		for range n {
			list = append(list, k)
		}
	}
	return list
}()

// follow does what the bytes say, then heals the world and judges it.
func (w *world) follow(acts []byte) {
	for n, b := range acts {
		w.step = n + 1
		w.act(choices[int(b)%len(choices)])
		w.check()
		w.prune()
	}
	w.heal()
	w.check()
	w.final()
}

// FuzzHistories lets bytes choose what happens to a conversation: the kinds of
// page and ring, the small choices by seed, and the actions one by one.
func FuzzHistories(f *testing.F) {
	for seed := range int64(12) { // histories like those of the property tests
		r := rand.New(rand.NewSource(seed))
		acts := make([]byte, 60+r.Intn(40))
		for i := range acts {
			acts[i] = byte(r.Intn(256))
		}
		f.Add(byte(seed), seed, acts)
	}
	rings := []int{2, 4, 200, 4}
	f.Fuzz(func(t *testing.T, kind byte, seed int64, acts []byte) {
		if len(acts) > 400 {
			acts = acts[:400]
		}
		plain, evil := kind%4 == 1, kind%4 == 3
		w := newWorld(seed, rings[kind/4%4], plain, evil)
		w.follow(acts)
		if evil {
			for _, k := range selfHarm {
				delete(w.bad, k)
			}
		}
		if len(w.bad) == 0 {
			return
		}
		again := newWorld(seed, rings[kind/4%4], plain, evil)
		again.tracing = true
		again.follow(acts)
		t.Fatalf("%v\n%s", w.bad, strings.Join(again.trace, "\n"))
	})
}
