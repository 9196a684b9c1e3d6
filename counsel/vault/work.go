package vault

import (
	"context"
	"slices"
	"sync"
	"time"

	"helpline"
)

// Queue is who asks for a derivation.
type Queue int

// The queues, served in turn.
const (
	KnownDevice Queue = iota // a browser that has logged in before
	OtherLogin               // any other login, and joining
	ReturnCodes              // visitors who come back; from the part with return codes on
	queues
)

// Asker is on whose behalf a derivation is asked for: the rate key it came
// from and the name that was typed. Either may be empty. They decide whose turn
// it is, and are forgotten when nobody waits any more.
type Asker struct{ From, Name string }

// Work is the one place where passphrases are stretched: one at a time, in
// turn over the queues, whoever asks. Within a queue every other turn goes to
// the rate key that has been served longest ago, and every other to the name,
// so that neither a flood from one address nor one under one name keeps anybody
// else waiting for more than a few. Between two it rests as long as the last one
// took when others wait: a flood gets half of the time. Its methods are safe
// for concurrent use.
type Work struct {
	wake   chan struct{}
	derive func(passphrase, salt []byte, c Costs) (Derived, error)
	each   int

	mu     sync.Mutex
	in     [queues][]*job
	seq    int64
	turns  int64
	served [2]map[string]int64 // turn in which a rate key, a name was served last
}

type job struct {
	asker      Asker
	seq        int64 // order of arrival
	ctx        context.Context
	passphrase []byte
	salt       []byte
	costs      Costs
	answer     chan answer // holds one, so that the worker never waits
}

type answer struct {
	derived Derived
	err     error
}

// remembered is how many rate keys and names are remembered as served.
const remembered = 1024

// NewWork makes the place of work; nothing is answered until Run works. each
// is how many may stand in one queue.
func NewWork(each int) *Work {
	return &Work{
		wake: make(chan struct{}, 1), derive: Stretcher(Stretch).derive, each: max(each, 1),
		served: [2]map[string]int64{{}, {}},
	}
}

// Through has passphrases stretched by s instead of in this process. It is
// called before Run, and s is called by one goroutine at a time.
func (w *Work) Through(s Stretcher) { w.derive = s.derive }

// Run works until ctx is done. It must run once, in a goroutine of its own.
func (w *Work) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.wake:
		}
		for worked := true; worked; {
			worked = false
			for q := range w.in {
				if ctx.Err() != nil {
					return
				}
				j := w.take(Queue(q))
				if j == nil {
					continue
				}
				worked = true
				begin := time.Now()
				w.one(j)
				if w.waiting() > 0 {
					rest(ctx, time.Since(begin))
				}
			}
		}
	}
}

func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// idle says whether nobody waits in any queue. The lock is held.
func (w *Work) idle() bool {
	for _, q := range w.in {
		if len(q) > 0 {
			return false
		}
	}
	return true
}

func (w *Work) waiting() (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, q := range w.in {
		n += len(q)
	}
	return n
}

// of is the rate key (0) or the name (1) of an asker.
func (a Asker) of(which int) string {
	if which == 0 {
		return a.From
	}
	return a.Name
}

// take gives the job whose turn it is; nil when nobody waits.
func (w *Work) take(q Queue) *job {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.in[q] = slices.DeleteFunc(w.in[q], func(j *job) bool {
		gone := j.ctx.Err() != nil // nobody waits any more
		if gone {
			clear(j.passphrase)
		}
		return gone
	})
	if len(w.in[q]) == 0 {
		if w.idle() {
			clear(w.served[0]) // nobody waits: whose turn it was, and under what name, is nobody's business
			clear(w.served[1])
		}
		return nil
	}
	w.turns++
	which, best := int(w.turns&1), 0
	for i, j := range w.in[q] {
		b := w.in[q][best]
		mine, its := w.served[which][j.asker.of(which)], w.served[which][b.asker.of(which)]
		if mine < its || mine == its && j.seq < b.seq {
			best = i
		}
	}
	j := w.in[q][best]
	w.in[q] = slices.Delete(w.in[q], best, best+1)
	for which, served := range w.served {
		if len(served) >= remembered {
			clear(served) // everybody is as good as new, and a flood is not for long
		}
		served[j.asker.of(which)] = w.turns
	}
	return j
}

func (w *Work) one(j *job) {
	defer clear(j.passphrase)
	d, err := w.derive(j.passphrase, j.salt, j.costs)
	j.answer <- answer{d, err}
}

// enter puts a job into its queue. When that is full the newest job of the
// rate key, or else of the name, that has most goes for one that has fewer.
func (w *Work) enter(q Queue, j *job) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seq++
	j.seq = w.seq
	if len(w.in[q]) >= w.each {
		at := -1
		for which := 0; which < 2 && at < 0; which++ {
			at = w.crowding(q, which, j.asker.of(which))
		}
		if at < 0 {
			return false
		}
		out := w.in[q][at]
		w.in[q] = slices.Delete(w.in[q], at, at+1)
		clear(out.passphrase)
		out.answer <- answer{err: helpline.Errorf(helpline.Unavailable, "stretch a passphrase: others were before you")}
	}
	w.in[q] = append(w.in[q], j)
	return true
}

// crowding is the index of the newest job of whoever has most in a queue, if
// that is at least two more than mine has; otherwise -1. The lock is held.
func (w *Work) crowding(q Queue, which int, mine string) int {
	count := map[string]int{}
	for _, j := range w.in[q] {
		count[j.asker.of(which)]++
	}
	at, most := -1, count[mine]+1
	for i, j := range w.in[q] {
		if n := count[j.asker.of(which)]; n > most || n == most && at >= 0 {
			at, most = i, n
		}
	}
	return at
}

// Derive stretches a passphrase: about half a second of one core with
// RealCosts, longer when others stand before. It returns Unavailable when the
// queue is full or ctx ends first.
func (w *Work) Derive(ctx context.Context, q Queue, by Asker, passphrase string, salt []byte, c Costs) (Derived, error) {
	j := &job{
		asker: by, ctx: ctx, passphrase: []byte(passphrase), salt: salt, costs: c,
		answer: make(chan answer, 1),
	}
	if !w.enter(q, j) {
		clear(j.passphrase)
		return Derived{}, helpline.Errorf(helpline.Unavailable, "stretch a passphrase: too many are waiting")
	}
	select {
	case w.wake <- struct{}{}:
	default: // already awake
	}
	select {
	case a := <-j.answer:
		return a.derived, a.err
	case <-ctx.Done():
		return Derived{}, helpline.Errorf(helpline.Unavailable, "stretch a passphrase: %w", ctx.Err())
	}
}

// Patience is how long a person may be left waiting for a derivation before
// the page says to try again.
const Patience = 20 * time.Second
