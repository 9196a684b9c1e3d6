package gate

import (
	"container/list"
	"sync"
	"time"
)

// lanes are where those wait whose time has come and for whom there is no room
// yet: one lane a network. In a lane every rate key has one place, in the order
// in which they came, and what frees is kept for who stands first. So asking
// again and again brings nobody forward, and whoever waits comes nearer: a flood
// over Tor from many circuits is served in turn with an honest one, and cannot
// snatch every place from who looks again only when the page says so.
//
// Who does not ask again loses the place, and so does who was called and does
// not come: a lane always moves on. It is safe for concurrent use.
type lanes struct {
	burst int
	every time.Duration

	mu    sync.Mutex
	all   map[string]*lane // by network
	swept time.Time
}

const (
	mostLanes  = 256
	mostInLane = 4096
	lostAfter  = 100 * time.Second // without a word; a page says when to look again, and its person may be slow
	calledFor  = 45 * time.Second  // to come when it is one's turn
)

type lane struct {
	used  bucket
	order *list.List // of *laneplace
	of    map[string]*list.Element
}

type laneplace struct {
	key    string
	heard  time.Time
	called time.Time // zero: not yet
}

func newLanes(burst int, every time.Duration) *lanes {
	return &lanes{burst: burst, every: every, all: map[string]*lane{}}
}

// take lets a rate key of a network in when it is its turn, or gives it its
// place in the lane and says after how long to look again. Nobody knows how long
// that will be in the end: those before may come or not.
func (l *lanes) take(network, key string, now time.Time) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	one, at := l.place(network, key, now)
	if at == nil || !one.call(at, l.free(one, now), now) {
		return l.every, false
	}
	if wait, ok = one.used.take(now, 1, l.burst, l.every); ok {
		one.drop(at)
	}
	return wait, ok
}

// stand gives a rate key its place in the lane, or keeps it, while there is no
// room for anybody: who was called and came is not to be blamed for that.
func (l *lanes) stand(network, key string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	if _, at := l.place(network, key, now); at != nil {
		at.Value.(*laneplace).called = time.Time{}
	}
}

// place is where a rate key stands, at the end of the lane when it has just
// come; nil when there are too many already. The lock is held.
func (l *lanes) place(network, key string, now time.Time) (*lane, *list.Element) {
	one := l.all[network]
	if one == nil {
		if len(l.all) >= mostLanes {
			return nil, nil
		}
		one = &lane{order: list.New(), of: map[string]*list.Element{}}
		l.all[network] = one
	}
	one.heard(key, now)
	at := one.of[key]
	if at == nil && one.order.Len() < mostInLane {
		at = one.order.PushBack(&laneplace{key: key, heard: now})
		one.of[key] = at
	}
	return one, at
}

// look is a sign of life of a rate key that may have a place.
func (l *lanes) look(network, key string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if one := l.all[network]; one != nil {
		one.heard(key, now)
	}
}

// free is how many may come in now.
func (l *lanes) free(one *lane, now time.Time) int {
	ahead := min(max(0, one.used.until.Sub(now)), time.Duration(l.burst)*l.every) // more than that: the clock was set back
	return l.burst - int((ahead+l.every-1)/l.every)
}

func (n *lane) heard(key string, now time.Time) {
	if at := n.of[key]; at != nil {
		at.Value.(*laneplace).heard = now
	}
}

func (n *lane) drop(at *list.Element) {
	delete(n.of, at.Value.(*laneplace).key)
	n.order.Remove(at)
}

// call calls as many as may come in, drops on the way who has gone or did not
// come, and says whether mine was called.
func (n *lane) call(mine *list.Element, free int, now time.Time) bool {
	for at := n.order.Front(); at != nil && free > 0; {
		p, next := at.Value.(*laneplace), at.Next()
		since, silent := now.Sub(p.called), now.Sub(p.heard)
		switch {
		case at == mine:
			return true
		case since < 0 || silent < 0: // the clock was set back
			p.called, p.heard = now, now
			free--
		case silent >= lostAfter || !p.called.IsZero() && since >= calledFor:
			n.drop(at)
		default:
			if p.called.IsZero() {
				p.called = now
			}
			free--
		}
		at = next
	}
	return false
}

// sweep forgets lanes in which nobody waits and nothing is taken, at most once a
// second. The lock is held.
func (l *lanes) sweep(now time.Time) {
	if since := now.Sub(l.swept); since >= 0 && since < time.Second {
		return
	}
	l.swept = now
	for network, one := range l.all {
		for at := one.order.Front(); at != nil; {
			next := at.Next()
			if now.Sub(at.Value.(*laneplace).heard) >= lostAfter {
				one.drop(at)
			}
			at = next
		}
		if one.order.Len() == 0 && !one.used.until.After(now) {
			delete(l.all, network)
		}
	}
}
