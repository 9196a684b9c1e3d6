package vault

import (
	"context"
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

// Work is the one place where passphrases are stretched: one at a time, in
// turn over the queues, whoever asks. Its methods are safe for concurrent use.
type Work struct {
	in     [queues]chan job
	wake   chan struct{}
	derive func(passphrase, salt []byte, c Costs) (Derived, error)
}

type job struct {
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

// NewWork makes the place of work; nothing is answered until Run works. each
// is how many may stand in one queue.
func NewWork(each int) *Work {
	w := &Work{wake: make(chan struct{}, 1), derive: derive}
	for q := range w.in {
		w.in[q] = make(chan job, each)
	}
	return w
}

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
				select {
				case <-ctx.Done():
					return
				case j := <-w.in[q]:
					worked = true
					w.one(j)
				default:
				}
			}
		}
	}
}

func (w *Work) one(j job) {
	defer clear(j.passphrase)
	if err := j.ctx.Err(); err != nil {
		return // nobody waits any more
	}
	d, err := w.derive(j.passphrase, j.salt, j.costs)
	j.answer <- answer{d, err}
}

// Derive stretches a passphrase: about half a second of one core with
// RealCosts, longer when others stand before. It returns Unavailable when the
// queue is full or ctx ends first.
func (w *Work) Derive(ctx context.Context, q Queue, passphrase string, salt []byte, c Costs) (Derived, error) {
	j := job{
		ctx: ctx, passphrase: []byte(passphrase), salt: salt, costs: c,
		answer: make(chan answer, 1),
	}
	select {
	case w.in[q] <- j:
	default:
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
