package staff

import (
	"context"
	"sync"
	"time"

	"helpline"
)

// Turns makes guessing of second factors slow, without ever locking anybody
// out: the tries for one person are weighed one after the other, and each after
// the third waits longer, up to half a minute. Every try counts as wrong until
// it turns out right, so that many at once gain nothing. The count is kept in
// memory only. Safe for concurrent use; the zero Turns is ready.
type Turns struct {
	mu   sync.Mutex
	each map[helpline.ID]*turn
}

type turn struct {
	wrong int
	next  time.Time // nobody is weighed before
	last  time.Time
}

// longestTurn is how far ahead a turn may be; whoever would wait longer is told
// to come back.
const longestTurn = 2 * longestDelay

// Wait gives the caller its turn. Unavailable when ctx ends first or the turn
// would be too far away.
func (t *Turns) Wait(ctx context.Context, person helpline.ID) error {
	held, err := t.take(person)
	if err != nil || held == 0 {
		return err
	}
	timer := time.NewTimer(held)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return helpline.Errorf(helpline.Unavailable, "second factor: %w", ctx.Err())
	}
}

func (t *Turns) take(person helpline.ID) (time.Duration, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if t.each == nil {
		t.each = map[helpline.ID]*turn{}
	}
	for id, one := range t.each {
		if now.Sub(one.last) > forgotten {
			delete(t.each, id)
		}
	}
	one := t.each[person]
	if one == nil {
		one = &turn{}
		t.each[person] = one
	}
	at := now
	if one.next.After(at) {
		at = one.next
	}
	if at.Sub(now) > longestTurn {
		return 0, helpline.Errorf(helpline.Unavailable, "second factor: too many tries at once")
	}
	one.wrong++
	one.next = at.Add(after(one.wrong))
	one.last = at
	return at.Sub(now), nil
}

// Right says that the last try was right: the count begins anew.
func (t *Turns) Right(person helpline.ID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.each, person)
}
