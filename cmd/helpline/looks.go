package main

import (
	"hash/maphash"
	"maps"
	"net/http"
	"sync"
	"time"

	"helpline/chat/gate"
	"helpline/counsel/console"
)

// looks weighs how often the store is asked whether a login stands. A cookie
// that was found good lately, or that we have just given, is always looked up;
// any other, which may be made up, within the budget of its rate key.
type looks struct {
	gate *gate.Gate
	seed maphash.Seed

	mu   sync.Mutex
	good map[uint64]time.Time // cookies, as numbers that mean nothing elsewhere: until when
}

// Of cookies that were found good.
const (
	goodFor  = 10 * time.Minute
	mostGood = 4096
)

// look says whose login a request carries. One that is not looked up is that
// of a stranger.
func (l *looks) look(r *http.Request, now time.Time, find func(*http.Request) (string, bool)) (login string, ok bool) {
	cookie, err := r.Cookie(console.CookieName)
	if err != nil {
		return "", false
	}
	if !l.known(cookie.Value, now) {
		if _, ok := l.gate.Take(gate.Looks, r.RemoteAddr, now); !ok {
			return "", false
		}
	}
	if login, ok = find(r); ok {
		l.note(cookie.Value, now)
	}
	return login, ok
}

func (l *looks) known(cookie string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return now.Before(l.good[maphash.String(l.seed, cookie)])
}

func (l *looks) note(cookie string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.good) >= mostGood {
		maps.DeleteFunc(l.good, func(_ uint64, until time.Time) bool { return !now.Before(until) })
	}
	if len(l.good) >= mostGood {
		clear(l.good) // more logins than any line has: all are weighed once more
	}
	l.good[maphash.String(l.seed, cookie)] = now.Add(goodFor)
}

// gave notes a login that we hand out: who has just logged in is no stranger,
// whatever else comes from there.
func (l *looks) gave(h http.Header, now time.Time) {
	for _, line := range h["Set-Cookie"] {
		if c, err := http.ParseSetCookie(line); err == nil && c.Name == console.CookieName && c.MaxAge >= 0 && c.Value != "" {
			l.note(c.Value, now)
		}
	}
}
