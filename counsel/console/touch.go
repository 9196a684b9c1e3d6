package console

import (
	"maps"
	"slices"
	"sync"
	"time"

	"helpline/chat"
	"helpline/chat/link"
)

// touches remembers when each login was used last: by a request, or by a page
// that says that somebody still sits there. It is in memory only; a login
// without a touch counts from the start of the program. What has become idle is
// kept in the store as locked.
type touches struct {
	mu    sync.Mutex
	start time.Time
	last  map[[32]byte]time.Time
	at    map[[32]byte]*place
}

// place is what a login has open.
type place struct {
	shut  bool // locked, and its desks know it
	kept  bool // and so does the store
	seen  bool // unlocked since the start of the program
	talks map[string]bool
	lanes map[*chat.Covered]bool
}

func newTouches() *touches {
	return &touches{start: time.Now(), last: map[[32]byte]time.Time{}, at: map[[32]byte]*place{}}
}

// of gives the place of a login; mu is held.
func (t *touches) of(login [32]byte) *place {
	if t.at[login] == nil {
		t.at[login] = &place{talks: map[string]bool{}, lanes: map[*chat.Covered]bool{}}
	}
	if _, ok := t.last[login]; !ok {
		t.last[login] = t.start
	}
	return t.at[login]
}

func (t *touches) touch(login [32]byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last[login] = time.Now()
	t.of(login).seen = true
}

// opened notes that the passphrase came.
func (t *touches) opened(login [32]byte) {
	t.touch(login)
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.of(login)
	p.shut, p.kept = false, false
}

// toKeep says, once, that a login which is locked is to be kept as that.
func (t *touches) toKeep(login [32]byte) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.of(login)
	if p.kept || !p.shut {
		return false
	}
	p.kept = true
	return true
}

// unkept notes that it could not be kept.
func (t *touches) unkept(login [32]byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.of(login).kept = false
}

// see notes that a login is not locked.
func (t *touches) see(login [32]byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.of(login).seen = true
}

// found notes a login that was locked when the program started. Any other has been
// noted by shut, and a request that read it a moment ago is no news.
func (t *touches) found(login [32]byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.of(login); !p.seen {
		p.shut = true
	}
}

// shut notes that a login is locked, and gives its desks the first time. One that
// was touched in the meantime stays open, unless it was locked by hand.
func (t *touches) shut(login [32]byte, byHand bool) []*chat.Covered {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.of(login)
	if p.shut || !byHand && time.Since(t.last[login]) < IdleFor {
		return nil
	}
	p.shut = true
	return slices.Collect(maps.Keys(p.lanes))
}

// locked says whether a login is locked, by hand or by nobody's touch.
func (t *touches) locked(login [32]byte) bool {
	t.mu.Lock()
	p := t.at[login]
	shut := p != nil && p.shut
	t.mu.Unlock()
	return shut || t.idle(login)
}

// talks notes a conversation that a login has opened.
func (t *touches) talks(login [32]byte, contact string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.of(login).talks[contact] = true
}

// had says whether a login had a conversation open before it was locked. Of one
// that was locked already when the program started nobody knows: the engine lets
// it have what its owner holds.
func (t *touches) had(login [32]byte, contact string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.at[login]
	return p == nil || !p.seen || p.talks[contact]
}

// lane covers a desk's lane with the lock of its login.
func (t *touches) lane(login [32]byte, to link.Receiver) link.Receiver {
	c := chat.Cover(to, func() bool { return t.locked(login) })
	t.mu.Lock()
	t.of(login).lanes[c] = true
	t.mu.Unlock()
	return covered{c, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if p := t.at[login]; p != nil {
			delete(p.lanes, c)
		}
	}}
}

type covered struct {
	*chat.Covered
	done func()
}

// Gone forgets the lane.
func (c covered) Gone() {
	c.done()
	c.Covered.Gone()
}

// idle says whether nobody has used a login for long.
func (t *touches) idle(login [32]byte) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	last, ok := t.last[login]
	if !ok {
		last = t.start
	}
	return time.Since(last) >= IdleFor
}

// over gives the logins that have become idle, and forgets those that have
// ended by now.
func (t *touches) over() [][32]byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out [][32]byte
	for login, last := range t.last {
		switch gone := time.Since(last); {
		case gone > shift:
			delete(t.last, login)
			delete(t.at, login)
		case gone >= IdleFor:
			out = append(out, login)
		}
	}
	return out
}
