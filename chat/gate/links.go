package gate

import "sync"

// Who opens a live link, for Admit.
const (
	Waits = iota // somebody in the queue
	Talks        // somebody in a conversation, and staff
)

// links counts live links.
type links struct {
	mu   sync.Mutex
	most int
	all  int
	keys map[string]int // of those who wait
	own  map[string]int // of one ticket or login
}

// How many live links one ticket, and one login, may have. A page that comes
// back over a bad network leaves some behind that are not given up yet.
const (
	mostOfTicket = 32
	mostOfLogin  = 64
)

// Own counts a live link of one ticket or login, so that nobody who was let in
// takes the places of others. release gives it back and may be called again.
func (g *Gate) Own(name string, staff bool) (release func(), ok bool) {
	most := mostOfTicket
	if staff {
		most = mostOfLogin
	}
	l := &g.links
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.own[name] >= most {
		return nil, false
	}
	l.own[name]++
	return sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.own[name]--; l.own[name] <= 0 {
			delete(l.own, name)
		}
	}), true
}

func (l *links) share() float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return float64(l.all) / float64(l.most)
}

// Admit lets a live link in; release gives its place back and may be called
// again. Those who wait never take the last tenth, which is for conversations
// and staff, and one rate key never takes more than half of what it leaves to
// others: so a visitor in a conversation can always come back.
func (g *Gate) Admit(who int, key string) (release func(), ok bool) {
	l := &g.links
	l.mu.Lock()
	defer l.mu.Unlock()
	if who == Talks {
		if l.all >= l.most {
			return nil, false
		}
		l.all++
		return l.once(""), true
	}
	left := l.most - l.most/10 - l.all
	if left <= 0 || l.keys[key] >= max(left/2, 8) {
		return nil, false
	}
	l.all++
	l.keys[key]++
	return l.once(key), true
}

// once gives a place back, once. key is empty for who talks.
func (l *links) once(key string) func() {
	return sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.all--
		if key == "" {
			return
		}
		if l.keys[key]--; l.keys[key] <= 0 {
			delete(l.keys, key)
		}
	})
}

// Links is how many live links there are.
func (g *Gate) Links() int {
	g.links.mu.Lock()
	defer g.links.mu.Unlock()
	return g.links.all
}
