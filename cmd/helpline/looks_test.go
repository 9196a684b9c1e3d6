package main

import (
	"fmt"
	"hash/maphash"
	"net/http"
	"testing"
	"time"

	"helpline/chat/gate"
	"helpline/counsel/console"
)

// TestMadeUpLoginsDoNotReachTheStore without end, and nobody who has logged in
// suffers from those who make them up behind the same address.
func TestMadeUpLoginsDoNotReachTheStore(t *testing.T) {
	l := &looks{gate: gate.New(100, nil), good: map[uint64]time.Time{}, seed: maphash.MakeSeed()}
	now, reads := time.Unix(1_800_000_000, 0), 0
	standing := map[string]bool{"robin": true, "sam": true, "kim": true}
	ask := func(cookie, address string) bool {
		r, _ := http.NewRequest("GET", "http://desk.example/desk", nil)
		r.RemoteAddr = address
		if cookie != "" {
			r.Header.Set("Cookie", console.CookieName+"="+cookie)
		}
		login, ok := l.look(r, now, func(r *http.Request) (string, bool) {
			reads++
			c, _ := r.Cookie(console.CookieName)
			return c.Value, standing[c.Value]
		})
		return ok && login == cookie
	}
	if !ask("robin", "school") {
		t.Fatal("a login is not found")
	}
	for i := range 5000 {
		if ask(fmt.Sprint("made up ", i), "school") {
			t.Fatal("a login that does not stand was found")
		}
	}
	if reads > 1000 {
		t.Errorf("5,000 made-up logins cost %d reads of the store", reads)
	}
	if reads = 0; ask("", "school") || reads > 0 {
		t.Error("a request without a login costs a read")
	}
	if !ask("robin", "school") {
		t.Error("who was found good is turned away because of others")
	}
	if !ask("sam", "elsewhere") {
		t.Error("somebody from elsewhere is turned away")
	}
	// Kim logs in behind that address now.
	h := http.Header{}
	http.SetCookie(probeWith(h), &http.Cookie{Name: console.CookieName, Value: "kim"})
	http.SetCookie(probeWith(h), &http.Cookie{Name: "other", Value: "made up 4999"})
	l.gave(h, now)
	if !ask("kim", "school") {
		t.Error("who has just logged in is turned away")
	}
	if reads = 0; ask("made up 4999", "school") || reads > 0 {
		t.Error("another cookie of ours opens the door to the store")
	}
	// A login that has ended is asked for and not found: nothing is taken on trust.
	standing["robin"] = false
	if ask("robin", "school") {
		t.Error("a login that has ended still counts")
	}
	now = now.Add(2 * goodFor)
	for i := range 3 * mostGood {
		l.note(fmt.Sprint("good ", i), now)
	}
	if len(l.good) > mostGood {
		t.Errorf("%d cookies are remembered", len(l.good))
	}
}

func probeWith(h http.Header) http.ResponseWriter { return &probe{header: h} }
