package main

import (
	"context"
	"math"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"helpline/chat/gate"
)

// How many connections on which requests are made there may be, in all and
// from one address. Live links are counted apart, by the gate.
const (
	mostConns = 8192
	eachConns = 1536 // two hundred browsers with six connections each, and some
)

// mostLinks is how many live links a line with so many places in its queue
// keeps: two for everybody who waits, and room for conversations and staff.
func mostLinks(maxWaiting int) int { return 2*maxWaiting + 2000 }

// admission is how a site lets requests in.
type admission struct {
	gate   *gate.Gate
	doors  map[string]gate.Door // by pattern; what is not here is a page
	free   []string             // patterns that are not counted
	live   []string             // patterns of live links
	holder func(*http.Request) (holder, bool)
	gave   func(http.Header) // optional: sees what was answered
}

// holder is whoever has shown a good ticket or login.
type holder struct {
	name  string    // of the contact or the login, only to count by
	talks bool      // in a conversation, or staff
	door  gate.Door // for what is a page to others
}

// admit lets a request in or says how long to wait. release must be called
// once the request has been answered, or when its live link has ended.
func (d *admission) admit(r *http.Request, pattern string, now time.Time) (release func(), wait time.Duration, ok bool) {
	release = func() {}
	if d == nil || slices.Contains(d.free, pattern) {
		return release, 0, true
	}
	// Good tickets pass before anything new: they are counted by themselves, so
	// no flood through the same address uses their budget up.
	known, good := d.holder(r)
	door, listed := d.doors[pattern]
	key := r.RemoteAddr
	switch {
	case good && (!listed || door == gate.Starts):
		door, key = known.door, known.name
	case good && door == gate.Logins:
		key = known.name
	}
	if wait, ok = d.gate.Take(door, key, now); !ok {
		return nil, wait, false
	}
	if !good || !d.lives(pattern) {
		return release, 0, true
	}
	who := gate.Waits
	if known.talks {
		who = gate.Talks
	}
	own, ok := d.gate.Own(known.name, known.door == gate.Desks)
	if !ok {
		return nil, 20 * time.Second, false
	}
	place, ok := d.gate.Admit(who, r.RemoteAddr)
	if !ok {
		own()
		return nil, 20 * time.Second, false
	}
	return func() { place(); own() }, 0, true
}

// lives says whether a live link may be opened there.
func (d *admission) lives(pattern string) bool { return d != nil && slices.Contains(d.live, pattern) }

// refuse answers a request that was not let in. A live link gets no page: its
// script reads the time and spreads the next try around it.
func (d *admission) refuse(w http.ResponseWriter, r *http.Request, s *site, pattern string, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(wait.Seconds())))))
	if slices.Contains(s.frames, pattern) {
		// Without scripts nobody loads a frame again: it asks again by itself.
		// What stands in one that was written in is not taken away.
		if r.Method != http.MethodPost || slices.Contains(d.live, pattern) {
			w.Header().Set("Refresh", w.Header().Get("Retry-After"))
		}
	} else if slices.Contains(d.live, pattern) {
		http.Error(w, http.StatusText(http.StatusTooManyRequests), http.StatusTooManyRequests)
		return
	}
	if s.again == nil || r.Method != http.MethodPost || !s.again(w, r, http.StatusTooManyRequests) {
		s.problem(w, r, http.StatusTooManyRequests)
	}
}

// Close gives back what the connection held, and closes it.
func (c *blanked) Close() error {
	c.leave()
	c.mu.Lock()
	release := c.release
	c.release = nil
	c.closed = true
	c.mu.Unlock()
	if release != nil {
		release()
	}
	return c.Conn.Close()
}

// leave gives the place among the connections back: it is closed, or carries a
// live link from here on.
func (c *blanked) leave() {
	c.mu.Lock()
	place := c.place
	c.mu.Unlock()
	if place != nil {
		place.Leave()
	}
}

// hold keeps the place of a live link until the connection is closed.
func (c *blanked) hold(release func()) {
	c.mu.Lock()
	closed := c.closed
	if !closed {
		c.release = release
	}
	c.mu.Unlock()
	if closed {
		release()
	}
}

// holds is what a connection gives back when it is closed.
type holds struct {
	mu      sync.Mutex
	place   *gate.Place
	release func() // of its live link
	closed  bool
}

type connKey struct{}

// withConn lets requests find their connection, below whatever stands around it.
func withConn(ctx context.Context, c net.Conn) context.Context {
	for {
		if b, ok := c.(*blanked); ok {
			return context.WithValue(ctx, connKey{}, b)
		}
		below, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			return ctx
		}
		c = below.NetConn()
	}
}

// settle gives the place of a request back, or has the connection of its live
// link keep it.
func settle(r *http.Request, hijacked bool, release func()) {
	b, ok := r.Context().Value(connKey{}).(*blanked)
	if !hijacked || !ok {
		release()
		return
	}
	b.leave()
	b.hold(release)
}
