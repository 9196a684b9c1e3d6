package gate

import (
	"container/list"
	"hash/maphash"
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
// What all of them share goes round by lane in the same way: each lane has one
// place in the round, and whoever comes in sends their lane to its end. So of two
// networks the one that asks oftener gets no more.
//
// There are so many lanes and no more. When each has an owner, another network is
// a guest in one of two, picked by a hash under a seed of the process, and takes
// its place there behind who came before: no set of networks keeps another out.
//
// Who does not ask again loses the place, and so does who was called and does
// not come: a lane always moves on. It is safe for concurrent use.
type lanes struct {
	burst int
	every time.Duration
	seed  maphash.Seed

	mu    sync.Mutex
	all   map[string]*lane // by the network that owns it
	slots [mostLanes]*lane // the same
	round *lane            // of lanes; its keys are the owners
	swept time.Time
}

const (
	mostLanes  = 256
	mostInLane = 4096
	lostAfter  = 100 * time.Second // without a word; a page says when to look again, and its person may be slow
	calledFor  = 60 * time.Second  // to come when it is one's turn: also with a new turn, when the old one was over just then
)

type lane struct {
	owner string
	slot  int
	used  bucket
	order *list.List // of *laneplace
	of    map[string]*list.Element
}

func newLane(owner string, slot int) *lane {
	return &lane{owner: owner, slot: slot, order: list.New(), of: map[string]*list.Element{}}
}

type laneplace struct {
	key    string
	heard  time.Time
	called time.Time // zero: not yet
}

func newLanes(burst int, every time.Duration) *lanes {
	return &lanes{burst: burst, every: every, seed: maphash.MakeSeed(), all: map[string]*lane{}, round: newLane("", -1)}
}

// take lets a rate key of a network in when it is its turn, in its lane and of
// the room there is for all lanes; or it gives the rate key its place and says
// after how long to look again. Nobody knows how long that will be in the end:
// those before may come or not.
func (l *lanes) take(network, key string, room int, now time.Time) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	one := l.lane(network, key)
	at := one.place(key, now)
	// Several of a lane may come at once where there is room for all lanes that stand; else the first alone.
	free := min(one.used.room(now, l.burst, l.every), max(1, room-l.round.order.Len()))
	if at == nil || !one.call(at, free, now) {
		return l.every, false
	}
	if turn := l.round.place(one.owner, now); !l.round.call(turn, room, now) {
		at.Value.(*laneplace).called = time.Time{} // who was called and came is not to be blamed
		return l.every, false
	}
	if wait, ok = one.used.take(now, 1, l.burst, l.every); ok {
		one.drop(at)
		l.round.forget(one.owner)
	}
	return wait, ok
}

// lane is where a rate key of a network stands, or would: its own, or one of two
// in which it is a guest. The lock is held.
func (l *lanes) lane(network, key string) *lane {
	if one := l.all[network]; one != nil {
		return one
	}
	if len(l.all) < mostLanes {
		for slot, taken := range l.slots {
			if taken == nil {
				l.slots[slot] = newLane(network, slot)
				l.all[network] = l.slots[slot]
				return l.slots[slot]
			}
		}
	}
	sum := maphash.String(l.seed, network)
	a, b := l.slots[sum%mostLanes], l.slots[sum>>32%mostLanes]
	if b.of[key] != nil || a.of[key] == nil && b.order.Len() < a.order.Len() {
		return b
	}
	return a
}

// place is where a key stands, at the end of the lane when it has just come; nil
// when there are too many already.
func (n *lane) place(key string, now time.Time) *list.Element {
	n.heard(key, now)
	at := n.of[key]
	if at == nil && n.order.Len() < mostInLane {
		at = n.order.PushBack(&laneplace{key: key, heard: now})
		n.of[key] = at
	}
	return at
}

// look is a sign of life of a rate key that may have a place.
func (l *lanes) look(network, key string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all[network] != nil || len(l.all) == mostLanes {
		l.lane(network, key).heard(key, now)
	}
}

func (n *lane) heard(key string, now time.Time) {
	if at := n.of[key]; at != nil {
		at.Value.(*laneplace).heard = now
	}
}

func (n *lane) forget(key string) {
	if at := n.of[key]; at != nil {
		n.drop(at)
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
	l.round.sweep(now)
	for network, one := range l.all {
		one.sweep(now)
		if one.order.Len() == 0 && !one.used.until.After(now) {
			delete(l.all, network)
			l.slots[one.slot] = nil
			l.round.forget(network)
		}
	}
}

// sweep drops who has said nothing for long.
func (n *lane) sweep(now time.Time) {
	for at := n.order.Front(); at != nil; {
		next := at.Next()
		if now.Sub(at.Value.(*laneplace).heard) >= lostAfter {
			n.drop(at)
		}
		at = next
	}
}
