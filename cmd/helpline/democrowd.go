package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"helpline"
	"helpline/chat/link"
	"helpline/chat/sim"
	"helpline/counsel/console"
	"helpline/counsel/staff"
)

// simulatedHeader marks the requests of this process's own simulated people.
// It holds a secret of this process, so nobody else can be taken for one.
const simulatedHeader = "Helpline-Simulated"

// crowd keeps simulated visitors coming and going. They walk in through the
// same addresses, forms and sockets as everybody else.
type crowd struct {
	site   *demoSite
	addr   string // where we listen
	secret string
	pace   sim.Pace
	log    *slog.Logger
}

func newCrowd(site *demoSite, addr string) *crowd {
	return &crowd{site: site, addr: addr, secret: rand.Text(), pace: sim.Human(), log: site.line.log}
}

// is says whether a request is one of a simulated person.
func (c *crowd) is(r *http.Request) bool {
	return subtle.ConstantTimeCompare([]byte(r.Header.Get(simulatedHeader)), []byte(c.secret)) == 1
}

// run keeps n of them alive until ctx is done.
func (c *crowd) run(ctx context.Context, n int) {
	scripts := sim.Scripts()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			for turn := i; pause(ctx, 4*time.Second+mathrand.N(40*time.Second)); turn += n {
				if !c.site.line.duty.Now().Open || c.site.progress.human() {
					continue
				}
				c.one(ctx, scripts[turn%len(scripts)])
			}
		})
	}
	all.Wait()
}

func (c *crowd) one(ctx context.Context, script sim.Script) {
	v := sim.Visitor{Script: script, Pace: c.pace, Way: &walk{crowd: c}, Yield: c.site.progress.human}
	if err := v.Visit(ctx); err != nil && ctx.Err() == nil && helpline.KindOf(err) != helpline.Unavailable {
		c.log.Warn("a simulated visitor could not come", "err", err)
	}
}

// work keeps n simulated counsellors at their desks until ctx is done.
func (c *crowd) work(ctx context.Context, people []staff.Person) {
	var all sync.WaitGroup
	for _, person := range people {
		all.Go(func() {
			for pause(ctx, time.Second) {
				desk := &desk{crowd: c, host: demoCounsellor + ":" + c.site.port, origin: c.site.origin(demoCounsellor)}
				if err := desk.enter(ctx, person.ID); err != nil {
					if ctx.Err() == nil {
						c.log.Warn("a simulated counsellor could not log in", "err", err)
					}
					continue
				}
				(&sim.Counsellor{Desk: desk, Pace: c.pace, Yield: c.site.progress.onDuty}).Work(ctx)
			}
		})
	}
	all.Wait()
}

// desk is the browser of a simulated counsellor.
type desk struct {
	*crowd
	host, origin, login string
	window              string // see windowOf
}

func (d *desk) header() http.Header {
	h := http.Header{"Origin": {d.origin}, "Host": {d.host}, simulatedHeader: {d.secret}}
	if d.login != "" {
		h.Set("Cookie", console.CookieName+"="+d.login)
	}
	return h
}

// enter logs in by a one-use link, as everybody does here.
func (d *desk) enter(ctx context.Context, person helpline.ID) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+d.addr+"/demo/enter/"+d.site.entries.add(person, time.Now()), nil)
	if err != nil {
		return err
	}
	r.Header, r.Host = d.header(), d.host
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	for _, cookie := range answer.Cookies() {
		if cookie.Name == console.CookieName {
			d.login = cookie.Value
		}
	}
	if d.login == "" {
		return helpline.Errorf(helpline.Unavailable, "log in: answered %d", answer.StatusCode)
	}
	return d.sit(ctx)
}

// sit opens the desk's page.
func (d *desk) sit(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+d.addr+"/desk", nil)
	if err != nil {
		return err
	}
	r.Header, r.Host = d.header(), d.host
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err == nil {
		d.window, err = windowOf(string(page))
	}
	if err != nil {
		return helpline.Errorf(helpline.Unavailable, "open the desk: answered %d: %w", answer.StatusCode, err)
	}
	return nil
}

// Lane opens the desk's lane.
func (d *desk) Lane(ctx context.Context) (sim.Link, error) { return d.open(ctx, "/desk/lane"+d.window) }

// Talk opens one conversation.
func (d *desk) Talk(ctx context.Context, contact helpline.ID) (sim.Link, error) {
	return d.open(ctx, "/desk/talk/"+contact.String()+d.window)
}

func (d *desk) open(ctx context.Context, path string) (sim.Link, error) {
	page, err := link.Dial(ctx, "ws://"+d.addr+path, d.header())
	if err != nil {
		return nil, err
	}
	return page, nil
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// walk is one simulated visitor's browser: it has the cookie and nothing else.
type walk struct {
	*crowd
	locale helpline.Locale
	place  string // value of the cookie
}

// placeCookie is the visitor's cookie.
const placeCookie = "__Host-place"

// Start walks through the door and the promise.
func (w *walk) Start(ctx context.Context, door helpline.Audience, locale helpline.Locale) error {
	w.locale = locale
	form := url.Values{"door": {string(door)}, "version": {strconv.Itoa(int(w.site.line.profile.Version))}}
	answer, err := w.post(ctx, "start", form)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusSeeOther || w.place == "" {
		return helpline.Errorf(helpline.Unavailable, "start: answered %d", answer.StatusCode)
	}
	return nil
}

// Renew is a sign of life.
func (w *walk) Renew(ctx context.Context) error {
	answer, err := w.post(ctx, "talk/renew", nil)
	if err == nil && answer.StatusCode == http.StatusGone {
		return helpline.Errorf(helpline.NotFound, "renew: the contact has ended")
	}
	return err
}

// Dial opens the live link.
func (w *walk) Dial(ctx context.Context) (sim.Link, error) {
	page, err := link.Dial(ctx, "ws://"+w.addr+"/"+string(w.locale)+"/talk/link", w.header())
	if err != nil {
		return nil, err
	}
	return page, nil
}

func (w *walk) header() http.Header {
	h := http.Header{"Origin": {w.site.visitorOrigin}, "Host": {w.site.line.conf.VisitorHost}, simulatedHeader: {w.secret}}
	if w.place != "" {
		h.Set("Cookie", placeCookie+"="+w.place)
	}
	return h
}

func (w *walk) post(ctx context.Context, path string, form url.Values) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, fmt.Sprintf("http://%s/%s/%s", w.addr, w.locale, path), strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	r.Header = w.header()
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Host = w.site.line.conf.VisitorHost
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	for _, cookie := range answer.Cookies() {
		if cookie.Name == placeCookie {
			w.place = cookie.Value
		}
	}
	return answer, nil
}
