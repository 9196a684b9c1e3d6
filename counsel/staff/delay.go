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
	atOnce       = 64               // attempts that may wait under one name
)

// delays makes guessing under one name slow, without ever locking anybody out.
type delays struct {
	mu    sync.Mutex
	names map[[32]byte]*tries
}

type tries struct {
	wrong   int
	waiting int
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
// ask for. Unavailable when ctx ends first or too many wait under the name.
func (d *delays) wait(ctx context.Context, name string) error {
	key := sha256.Sum256([]byte(name))
	d.mu.Lock()
	t := d.names[key]
	if t == nil || time.Since(t.last) > forgotten {
		d.mu.Unlock()
		return nil
	}
	if t.waiting >= atOnce {
		d.mu.Unlock()
		return helpline.Errorf(helpline.Unavailable, "login: too many tries under this name at once")
	}
	t.waiting++
	held := after(t.wrong)
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		t.waiting--
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
