package visitor_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"helpline"
	"helpline/chat/chattest"
	"helpline/chat/link"
	"helpline/chat/sim"
	"helpline/chat/wire"
)

// page is one page of one person in a story, with whatever link it has. Its
// story's lock guards it.
type page struct {
	s      *story
	person helpline.ID // of a counsellor; zero: the visitor
	gen    int
	name   string
	secret helpline.ID
	m      *sim.Page
	sent   int
	bound  time.Time // this window was bound to the contact then; words from before are not for it
	gone   bool
	away   bool // its ticket was refused: it left, or its contact has ended
	liar   bool
	wake   chan struct{}
	live   *live
	tabs   []int64 // numbers it was given
	asks   int     // for a number, and not answered yet
	takes  []int64 // its number when it was told that another has the seat
}

// live is one link of a page.
type live struct {
	conn  *link.Page
	line  *chattest.Line
	out   []*wire.Frame
	news  chan struct{}
	done  chan struct{}
	heard time.Time
	asked time.Time
	stall time.Time // the page reads nothing before
}

func (p *page) visitor() bool { return p.person.IsZero() }

// push puts frames on the page's link. The lock is held; nothing waits.
func (p *page) push(frames ...*wire.Frame) {
	for _, f := range frames {
		if p.liar {
			p.lie(f)
		}
		if f.Kind == wire.Hello && f.Tab == 0 {
			p.asks++
		}
		if p.live == nil {
			continue
		}
		p.s.note(p, true, f)
		p.live.out = append(p.live.out, f)
	}
	if p.live != nil {
		select {
		case p.live.news <- struct{}{}:
		default:
		}
	}
}

// lie makes of what a page says something that is not so.
func (p *page) lie(f *wire.Frame) {
	switch f.Kind {
	case wire.Hello:
		if p.s.rand.IntN(3) == 0 {
			f.Upto += int64(p.s.rand.IntN(4) + 1)
		}
	case wire.Refill:
		for i := range f.Items {
			if f.Items[i].Side != wire.Visitor {
				f.Items[i].Body = `{"text":"never said"}`
			}
		}
	}
}

// run is the life of a page: a link, and another when it breaks.
func (p *page) run() {
	for tries := 0; ; tries++ {
		p.s.mu.Lock()
		over, quiet := p.gone || p.m.Final || p.m.Ended == "moved", p.m.Quiet
		header, path := p.address()
		name := p.name
		p.s.mu.Unlock()
		switch {
		case over:
			return
		case quiet:
			<-p.wake
			tries = 0
			continue
		}
		conn, line, err := p.s.town.dial(name, path, header)
		if err == nil {
			if p.stay(conn, line) {
				tries = 0
			}
		} else if p.visitor() && p.s.renew() {
			p.s.mu.Lock()
			p.s.turnedAway(p)
			p.s.mu.Unlock()
			return
		}
		most := min(15, 0.25*float64(int(1)<<min(tries, 8)))
		p.s.mu.Lock()
		rest := time.Duration(most * (0.5 + p.s.rand.Float64()/2) * float64(time.Second))
		p.s.mu.Unlock()
		select {
		case <-time.After(rest):
		case <-p.wake:
		}
	}
}

func (p *page) address() (http.Header, string) {
	if p.visitor() {
		return http.Header{"Cookie": {p.s.cookie}}, "/en/talk/link"
	}
	return http.Header{"Person": {p.person.String()}}, "/desk/talk/" + p.s.contact.String()
}

// stay lives on one link until it breaks. It says whether anything came.
func (p *page) stay(conn *link.Page, line *chattest.Line) bool {
	l := &live{conn: conn, line: line, news: make(chan struct{}, 1), done: make(chan struct{}), heard: time.Now()}
	p.s.mu.Lock()
	if p.gone || p.m.Quiet {
		p.s.mu.Unlock()
		_ = conn.Close()
		return false
	}
	p.live = l
	p.push(p.m.Open()...)
	p.s.mu.Unlock()
	written := make(chan struct{})
	go func() {
		defer close(written)
		p.write(l)
	}()
	came := false
	for {
		f, err := conn.Receive()
		if err != nil {
			break
		}
		p.s.mu.Lock()
		stall := time.Until(l.stall)
		p.s.mu.Unlock()
		if stall > 0 {
			time.Sleep(stall)
		}
		came = true
		if !p.take(l, f) {
			break
		}
	}
	close(l.done)
	_ = conn.Close()
	<-written
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if p.live == l {
		p.live = nil
		p.s.say(p, "lost its link")
	}
	return came
}

// write sends what is pushed, and asks when nothing is heard.
func (p *page) write(l *live) {
	beat := time.NewTicker(5 * time.Second)
	defer beat.Stop()
	for {
		select {
		case <-l.done:
			return
		case <-l.news:
		case now := <-beat.C:
			p.s.mu.Lock()
			quiet := now.Sub(l.heard)
			switch {
			case !l.asked.IsZero() && now.Sub(l.asked) > 8*time.Second:
				_ = l.conn.Close()
			case l.asked.IsZero() && quiet > 20*time.Second && p.live == l:
				l.asked = now
				p.push(&wire.Frame{Kind: wire.Have})
			}
			p.s.mu.Unlock()
		}
		p.s.mu.Lock()
		out := l.out
		l.out = nil
		p.s.mu.Unlock()
		for _, f := range out {
			if l.conn.Send(f) != nil {
				select {
				case <-l.done: // what had come before is read first
				case <-time.After(2 * time.Second):
					_ = l.conn.Close()
				}
				return
			}
		}
	}
}

// take lets the page handle one frame. It says whether the link goes on.
func (p *page) take(l *live, f *wire.Frame) bool {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if p.live != l || p.gone {
		return false
	}
	l.heard, l.asked = time.Now(), time.Time{}
	p.s.note(p, false, f)
	p.s.look(p, f)
	was := p.m.Stage
	p.push(p.m.Handle(f)...)
	p.s.check(p)
	switch f.Kind {
	case wire.Stage:
		if f.Tab != 0 {
			p.tabs, p.asks = append(p.tabs, f.Tab), 0
		}
		if p.visitor() && was != f.Stage {
			p.s.town.people.Go(func() { p.s.renew() })
		}
	case wire.Taken:
		p.takes = append(p.takes, p.tab())
		return false
	case wire.Closed:
		return !f.Final
	}
	return true
}

func (p *page) tab() int64 {
	if n := len(p.tabs); n > 0 {
		return p.tabs[n-1]
	}
	return 0
}

// unlink ends the page's link from its side. The lock is held.
func (p *page) unlink() {
	if p.live != nil {
		_ = p.live.conn.Close()
		p.live = nil
	}
}

func (p *page) stir() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// post is what a visitor's browser does beside the link: the answer's status,
// 0 without a network. The ticket it brings stands in the cookie from then on.
func (s *story) post(path string, form url.Values) int {
	s.mu.Lock()
	cookie := s.cookie
	s.mu.Unlock()
	s.town.count("posts")
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://talk.example/en/"+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.town.t.Error(err)
		return 0
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	transport := &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			line, err := s.town.net.Dial(s.name + "/" + path)
			if err != nil {
				return nil, err
			}
			return line, nil
		},
	}
	resp, err := transport.RoundTrip(r)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range resp.Cookies() {
		if c.Name == "__Host-place" {
			if s.cookie = ""; c.MaxAge >= 0 {
				s.cookie = c.Name + "=" + c.Value
			}
		}
	}
	return resp.StatusCode
}

// renew is a sign of life. It says whether the contact is over.
func (s *story) renew() bool {
	status := s.post("talk/renew", url.Values{})
	return status == http.StatusGone || status == http.StatusUnauthorized
}
