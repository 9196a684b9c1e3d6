package main

import (
	"net/url"
	"regexp"
	"sync"
	"testing"
	"time"

	"helpline/counsel/staff"
)

// codeClock is the clock of a line's second factors. It goes on by a step for
// each code that somebody asks their phone for, so that no test waits for one.
type codeClock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *codeClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *codeClock) step() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += 30 * time.Second
	return time.Now().Add(c.ahead)
}

// phone is somebody's app. Without a clock it goes by the machine's and shows
// one code in half a minute.
type phone struct {
	clock  *codeClock
	secret staff.CodeSecret
}

func (p *phone) code(t testing.TB) string {
	t.Helper()
	at := time.Now()
	if p.clock != nil {
		at = p.clock.step()
	}
	code, err := p.secret.Code(at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

var (
	secretOn = regexp.MustCompile(`id="secret">([A-Z2-7 ]+)<`)
	offerOn  = regexp.MustCompile(`name="offer" value="([^"]+)"`)
)

// scanned reads the page that offers an app its secret, and gives what the
// form of that page sends once the code is added.
func scanned(clock *codeClock, page string) (*phone, url.Values, bool) {
	secret, offer := secretOn.FindStringSubmatch(page), offerOn.FindStringSubmatch(page)
	if secret == nil || offer == nil {
		return nil, nil, false
	}
	s, err := staff.ParseCodeSecret(secret[1])
	return &phone{clock, s}, url.Values{"offer": {offer[1]}, "name": {"My phone"}}, err == nil
}

// scan sets up the second factor after the first passphrase.
func (b *browser) scan() {
	b.w.t.Helper()
	_, page := b.get("/second/new")
	p, form, ok := scanned(b.w.clock, page)
	if !ok {
		b.w.t.Fatalf("no app is set up: %s", page)
	}
	form.Set("code", p.code(b.w.t))
	answer, page := b.ask("POST", "/second/app", form)
	if answer.StatusCode != 303 {
		b.w.t.Fatalf("the second factor was answered %d: %s", answer.StatusCode, page)
	}
	b.phone = p
}

// enterAs logs in with both factors.
func (b *browser) enterAs(name, pass string) {
	b.w.t.Helper()
	if answer, page := b.post("/login", "name", name, "passphrase", pass); answer.StatusCode != 303 || answer.Header.Get("Location") != "/second" {
		b.w.t.Fatalf("the passphrase was answered %d to %s: %s", answer.StatusCode, answer.Header.Get("Location"), page)
	}
	if answer, page := b.post("/second", "code", b.phone.code(b.w.t)); answer.StatusCode != 303 {
		b.w.t.Fatalf("the code was answered %d: %s", answer.StatusCode, page)
	}
}
