package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"helpline"
	"helpline/chat/link"
	"helpline/chat/sim"
	"helpline/counsel/console"
)

// target is the line under load, as browsers know it.
type target struct {
	visitors, staff origin
	one             bool   // all come from one address
	locale          string // first segment of the visitors' pages
	version         string // of the promise that is read
}

// origin is one host of the line and where it answers.
type origin struct {
	base    string // scheme, host and port
	address string // to connect to
}

// originAt reads the address of a host. Only this machine is taken, unless
// owned: a load test of somebody else's line is an attack on it.
func originAt(ctx context.Context, flag, text string, owned bool) (origin, error) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return origin{}, fmt.Errorf("%s %s: write scheme and host, such as http://talk.localhost:8080", flag, text)
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	name := u.Hostname()
	ip := "127.0.0.1" // browsers take every name below localhost for this machine
	if name != "localhost" && !strings.HasSuffix(name, ".localhost") {
		all, err := net.DefaultResolver.LookupNetIP(ctx, "ip", name)
		if err != nil || len(all) == 0 {
			return origin{}, fmt.Errorf("%s %s: the host has no address", flag, text)
		}
		ip = all[0].Unmap().String()
		_, literal := netip.ParseAddr(name)
		if at := all[0].Unmap(); (!at.IsLoopback() || literal != nil) && !owned { // a real line's own name may lead to this machine
			return origin{}, fmt.Errorf("%s %s may be a real line: thousands of simulated visitors keep out whoever needs it. If it is yours and nobody real uses it, say --yes-this-is-mine", flag, text)
		} else if !at.IsLoopback() && u.Scheme == "http" {
			return origin{}, fmt.Errorf("%s %s: passphrases and tickets do not leave this machine in clear; write https://", flag, text)
		}
	}
	return origin{base: u.Scheme + "://" + u.Host, address: net.JoinHostPort(ip, port)}, nil
}

// local says whether the line is on this machine.
func (o origin) local() bool {
	at, err := netip.ParseAddrPort(o.address)
	return err == nil && at.Addr().IsLoopback() && at.Addr().Is4()
}

// Where the addresses of visitors and counsellors begin in 127.0.0.0/8.
const (
	visitorsFrom = 1 << 16
	staffFrom    = 1 << 23
)

// browser makes the browser of somebody with an address of their own.
func (t *target) browser(o origin, number int) *loadBrowser {
	b := &loadBrowser{origin: o, cookies: map[string]string{}}
	d := &net.Dialer{Timeout: 10 * time.Second}
	if !t.one && o.local() {
		d.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, byte(number>>16), byte(number>>8), byte(number))}
	}
	b.connect = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return d.DialContext(ctx, network, o.address)
	}
	return b
}

// spread says whether this machine lets every visitor have an address.
func spread() error {
	l, err := net.Listen("tcp", "127.1.2.3:0")
	if err != nil {
		return errors.New("this machine has only one loopback address: say --one-address, and mind that the line lets only so many start from one")
	}
	return l.Close()
}

// loadBrowser keeps cookies and speaks to one host. It is safe for concurrent use.
type loadBrowser struct {
	origin
	connect func(ctx context.Context, network, address string) (net.Conn, error)

	mu      sync.Mutex
	cookies map[string]string
}

func (b *loadBrowser) header() http.Header {
	h := http.Header{"Origin": {b.base}}
	b.mu.Lock()
	defer b.mu.Unlock()
	for name, value := range b.cookies {
		h.Add("Cookie", name+"="+value)
	}
	return h
}

// has says whether the browser has a cookie.
func (b *loadBrowser) has(cookie string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cookies[cookie] != ""
}

// ask sends one request on a connection of its own. Somebody whose address has
// spent its budget waits as long as the line says, and asks again.
func (b *loadBrowser) ask(ctx context.Context, method, path string, form url.Values) (*http.Response, string, error) {
	for {
		answer, text, err := b.once(ctx, method, path, form)
		if err != nil || answer.StatusCode != http.StatusTooManyRequests {
			return answer, text, err
		}
		seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
		if !pause(ctx, time.Duration(max(1, seconds))*time.Second) {
			return nil, "", helpline.Errorf(helpline.Unavailable, "the line lets only so many in from one address at a time")
		}
	}
}

func (b *loadBrowser) once(ctx context.Context, method, path string, form url.Values) (*http.Response, string, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, b.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, "", err
	}
	r.Header = b.header()
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	answer, err := (&http.Transport{DialContext: b.connect, DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		return nil, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return nil, "", err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range answer.Cookies() {
		b.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return answer, string(text), nil
}

// dial opens a live link.
func (b *loadBrowser) dial(ctx context.Context, path string) (sim.Link, error) {
	page, err := link.Dialer{Conn: b.connect}.Dial(ctx, strings.Replace(b.base, "http", "ws", 1)+path, b.header())
	if err != nil {
		return nil, err
	}
	return page, nil
}

var windowMark = regexp.MustCompile(`data-window="([\w-]+)"`)

// windowOf is what the sockets of a page of the desk add to their address, so that
// they open while the screen is locked: nobody touches the page of a simulated
// counsellor.
func windowOf(page string) (string, error) {
	mark := windowMark.FindStringSubmatch(page)
	if mark == nil {
		return "", errors.New("the desk's page has no mark for its sockets: is this a line of this program?")
	}
	return "?window=" + mark[1], nil
}

// desk opens the desk's page and gives its windowOf.
func (b *loadBrowser) desk(ctx context.Context) (string, error) {
	answer, page, err := b.ask(ctx, http.MethodGet, "/desk", nil)
	if err != nil {
		return "", fmt.Errorf("open the desk: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("open the desk: answered %d", answer.StatusCode)
	}
	return windowOf(page)
}

var promiseVersion = regexp.MustCompile(`name="version" value="(\d+)"`)

// learn finds the language and the promise of the line the way a browser does.
func (t *target) learn(ctx context.Context) error {
	b := t.browser(t.visitors, visitorsFrom)
	answer, _, err := b.ask(ctx, http.MethodGet, "/", nil)
	if err != nil {
		return fmt.Errorf("open the front page: %w", err)
	}
	t.locale = strings.Trim(answer.Header.Get("Location"), "/")
	if _, err := helpline.ParseLocale(t.locale); answer.StatusCode != http.StatusSeeOther || err != nil {
		return fmt.Errorf("open the front page: %s answered %d: is this the visitors' host of a line?", t.visitors.base, answer.StatusCode)
	}
	answer, page, err := b.ask(ctx, http.MethodGet, "/"+t.locale+"/before/1", nil)
	if err != nil {
		return fmt.Errorf("open the promise: %w", err)
	}
	version := promiseVersion.FindStringSubmatch(page)
	if version == nil && answer.StatusCode == http.StatusOK {
		return errors.New("the line is closed: somebody must be on duty")
	}
	if version == nil {
		return fmt.Errorf("open the promise: answered %d, without the form this program knows", answer.StatusCode)
	}
	t.version = version[1]
	return nil
}

// arrive walks through the door: it starts a contact.
func (t *target) arrive(ctx context.Context, b *loadBrowser) error {
	answer, _, err := b.ask(ctx, http.MethodPost, "/"+t.locale+"/start", url.Values{"door": {string(helpline.Self)}, "version": {t.version}})
	switch {
	case err != nil:
		return err
	case answer.StatusCode == http.StatusSeeOther && b.has(placeCookie):
		return nil
	case answer.StatusCode == http.StatusSeeOther:
		return helpline.Errorf(helpline.Unavailable, "the line is under load and asks visitors to wait or work before they start, which this program does not: let fewer arrive")
	case answer.StatusCode == http.StatusServiceUnavailable:
		return helpline.Errorf(helpline.Unavailable, "the line is closed or full: somebody must be on duty, and max_waiting must be at least the number who wait")
	}
	return helpline.Errorf(helpline.Unavailable, "start: answered %d", answer.StatusCode)
}

// renew is a sign of life; NotFound when the contact has ended.
func (t *target) renew(ctx context.Context, b *loadBrowser) error {
	answer, _, err := b.ask(ctx, http.MethodPost, "/"+t.locale+"/talk/renew", nil)
	if err == nil && (answer.StatusCode == http.StatusGone || answer.StatusCode == http.StatusUnauthorized) {
		return helpline.Errorf(helpline.NotFound, "renew: the contact has ended")
	}
	return err
}

// login enters the desk with a passphrase. The error names the person and the
// answer, never the passphrase.
func (t *target) login(ctx context.Context, b *loadBrowser, l loginLine) error {
	for {
		answer, _, err := b.ask(ctx, http.MethodPost, "/login", url.Values{"name": {l.Name}, "passphrase": {l.Pass.Reveal()}})
		switch {
		case err != nil:
			return fmt.Errorf("log in %s: %w", l.Name, err)
		case answer.StatusCode == http.StatusSeeOther && b.has(console.CookieName) && answer.Header.Get("Location") == "/desk":
			return nil
		case answer.StatusCode == http.StatusSeeOther && answer.Header.Get("Location") == "/second":
			return t.second(ctx, b, l)
		case answer.StatusCode == http.StatusSeeOther && answer.Header.Get("Location") == "/second/new":
			return fmt.Errorf("log in %s: there is no second factor yet: log in once in a browser and set up an app for codes", l.Name)
		case answer.StatusCode == http.StatusSeeOther && answer.Header.Get("Location") == "/board":
			return fmt.Errorf("log in %s: this person is no counsellor", l.Name)
		case answer.StatusCode == http.StatusForbidden:
			return fmt.Errorf("log in %s: the name or the passphrase is not right", l.Name)
		case answer.StatusCode != http.StatusServiceUnavailable:
			return fmt.Errorf("log in %s: answered %d: is --desk the staff's host?", l.Name, answer.StatusCode)
		}
		if !pause(ctx, time.Second) { // busy: passphrases are weighed one at a time
			return fmt.Errorf("log in %s: %w", l.Name, ctx.Err())
		}
	}
}

// second shows the second factor. A code that was used already, by an earlier
// run, is followed by the next one.
func (t *target) second(ctx context.Context, b *loadBrowser, l loginLine) error {
	if l.App == nil {
		return fmt.Errorf("log in %s: a second factor is asked for: name its secret as totp", l.Name)
	}
	for range 3 {
		code, err := l.App.Code(time.Now())
		if err != nil {
			return err
		}
		answer, _, err := b.ask(ctx, http.MethodPost, "/second", url.Values{"code": {code}})
		switch {
		case err != nil:
			return fmt.Errorf("log in %s: %w", l.Name, err)
		case answer.StatusCode == http.StatusSeeOther && answer.Header.Get("Location") == "/desk":
			return nil
		case answer.StatusCode == http.StatusSeeOther:
			return fmt.Errorf("log in %s: this person is no counsellor", l.Name)
		}
		if next := time.Now().Truncate(30 * time.Second).Add(30 * time.Second); !pause(ctx, time.Until(next)) {
			return fmt.Errorf("log in %s: %w", l.Name, ctx.Err())
		}
	}
	return fmt.Errorf("log in %s: the code is not right: is totp this person's, and do the clocks agree?", l.Name)
}
