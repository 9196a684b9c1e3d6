package staff

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"helpline"
)

const (
	freeTries    = 3                // wrong answers that cost no waiting
	firstDelay   = time.Second      // doubled with each further one
	longestDelay = 30 * time.Second // nobody waits longer than this
	forgotten    = 15 * time.Minute // after the last wrong answer
	tracked      = 4096             // names at once; the one longest untouched goes first
	atOnce       = 256              // attempts that may wait under one name
	fromOne      = 4                // of them from one rate key, so that one address does not take every place
)

// Asked is on whose behalf a login is weighed: the rate key it comes from and
// the name that was typed. Known: from a browser in which somebody has logged in
// before, whose name then stands in From.
type Asked struct {
	From, Name string
	Known      bool
}

type askedKey struct{}

// AskedFrom says from which rate key the logins of a context come. Nothing of
// it is kept once they have been answered.
func AskedFrom(ctx context.Context, rate string) context.Context {
	return context.WithValue(ctx, askedKey{}, Asked{From: rate})
}

// AskerOf is what is known of on whose behalf something is asked.
func AskerOf(ctx context.Context) Asked {
	a, _ := ctx.Value(askedKey{}).(Asked)
	return a
}

// delays makes guessing under one name slow, without ever locking anybody out.
type delays struct {
	mu    sync.Mutex
	names map[[32]byte]*tries
}

type tries struct {
	wrong   int
	waiting int
	from    map[string]int // who waits, by rate key
	last    time.Time
}

func newDelays() *delays { return &delays{names: map[[32]byte]*tries{}} }

func after(wrong int) time.Duration {
	if wrong < freeTries {
		return 0
	}
	d := firstDelay
	for range wrong - freeTries {
		d *= 2
		if d >= longestDelay {
			return longestDelay
		}
	}
	return d
}

// wait holds an attempt back for as long as the wrong answers under this name
// ask for. Unavailable when ctx ends first or too many wait under the name, in
// all or from the same rate key.
func (d *delays) wait(ctx context.Context, name string) error {
	key := sha256.Sum256([]byte(name))
	d.mu.Lock()
	t := d.names[key]
	if t == nil || time.Since(t.last) > forgotten {
		d.mu.Unlock()
		return nil
	}
	from := AskerOf(ctx).From
	if t.waiting >= atOnce || t.from[from] >= fromOne {
		d.mu.Unlock()
		return helpline.Errorf(helpline.Unavailable, "login: too many tries under this name at once")
	}
	t.enter(from)
	held := after(t.wrong)
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		t.leave(from)
		d.mu.Unlock()
	}()
	if held == 0 {
		return nil
	}
	timer := time.NewTimer(held)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return helpline.Errorf(helpline.Unavailable, "login: %w", ctx.Err())
	}
}

func (t *tries) enter(from string) {
	if t.from == nil {
		t.from = map[string]int{}
	}
	t.waiting++
	t.from[from]++
}

func (t *tries) leave(from string) {
	t.waiting--
	if t.from[from]--; t.from[from] <= 0 {
		delete(t.from, from)
	}
}

// answered notes how an attempt went.
func (d *delays) answered(name string, right bool) {
	key := sha256.Sum256([]byte(name))
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.names[key]
	switch {
	case right:
		if t != nil {
			t.wrong = 0
		}
		return
	case t == nil:
		d.makeRoom()
		t = &tries{}
		d.names[key] = t
	case time.Since(t.last) > forgotten:
		t.wrong = 0
	}
	t.wrong++
	t.last = time.Now()
}

// makeRoom keeps the table bounded. d.mu is held.
func (d *delays) makeRoom() {
	if len(d.names) < tracked {
		return
	}
	var oldest [32]byte
	var when time.Time
	for key, t := range d.names {
		if time.Since(t.last) > forgotten && t.waiting == 0 {
			delete(d.names, key)
			continue
		}
		if when.IsZero() || t.last.Before(when) {
			oldest, when = key, t.last
		}
	}
	if len(d.names) >= tracked {
		delete(d.names, oldest)
	}
}
