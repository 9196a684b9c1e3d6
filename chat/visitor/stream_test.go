package visitor_test

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/chat/link"
	"helpline/chat/sim"
	"helpline/chat/wire"
)

// posting is a page with scripts on a network that lets no socket through.
type posting struct {
	*browser
	mu   sync.Mutex
	page *sim.Page
	id   string
	out  chan []*wire.Frame
	stop context.CancelFunc
	over chan struct{}
}

// connect opens a stream for a page, and posts what the page says.
func (b *browser) connect(page *sim.Page) *posting {
	b.h.Helper()
	ctx, stop := context.WithCancel(context.Background())
	b.stops = append(b.stops, stop)
	p := &posting{browser: b, page: page, out: make(chan []*wire.Frame, 64), stop: stop, over: make(chan struct{})}
	resp, err := p.open(ctx, "POST", "/en/talk/link", url.Values{})
	if err != nil {
		b.h.Fatal(err)
	}
	in := bufio.NewReader(resp.Body)
	line, err := in.ReadString('\n')
	if err != nil || resp.StatusCode != http.StatusOK {
		b.h.Fatalf("the stream is answered %d: %v", resp.StatusCode, err)
	}
	p.id = strings.TrimSpace(line)
	go func() {
		for {
			select {
			case frames := <-p.out:
				p.post(ctx, frames)
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() {
		defer close(p.over)
		defer func() { _ = resp.Body.Close() }()
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			if line = strings.TrimSpace(line); line == "" {
				continue
			}
			f, err := wire.FromServer([]byte(line))
			if err != nil {
				b.h.Errorf("the server says %q", line)
				return
			}
			p.mu.Lock()
			answer := p.page.Handle(f)
			p.mu.Unlock()
			p.out <- answer
		}
	}()
	p.mu.Lock()
	p.out <- page.Open()
	p.mu.Unlock()
	time.Sleep(time.Second)
	return p
}

func (p *posting) post(ctx context.Context, frames []*wire.Frame) {
	if len(frames) == 0 {
		return
	}
	var body strings.Builder
	for _, f := range frames {
		body.Write(wire.Append(nil, f))
		body.WriteByte('\n')
	}
	if status := p.raw(ctx, p.id, body.String()); status != http.StatusNoContent && ctx.Err() == nil {
		p.h.Errorf("what the page says is answered %d", status)
	}
}

// raw posts to a stream whatever it is given.
func (p *posting) raw(ctx context.Context, id, body string) int {
	req, err := http.NewRequestWithContext(ctx, "POST", "http://talk.example/en/talk/link/"+id, strings.NewReader(body))
	if err != nil {
		p.h.Error(err)
		return 0
	}
	p.browser.mu.Lock()
	for name, value := range p.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	p.browser.mu.Unlock()
	resp, err := p.client.Do(req)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func (p *posting) tell(frames ...*wire.Frame) {
	p.out <- frames
	time.Sleep(time.Second)
}

func (p *posting) says(text string) {
	p.mu.Lock()
	_, out := p.page.Say(`{"text":"` + text + `"}`)
	p.mu.Unlock()
	p.tell(out...)
}

func (p *posting) screen() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, l := range p.page.Screen() {
		text, _ := link.Text(l.Body)
		out = append(out, text+" "+string(l.State))
	}
	return strings.Join(out, "|")
}

// TestWhereSocketsAreBlockedAStreamCarriesTheSameFrames: the same protocol, the
// same seat, the same resuming, over an answer that goes on and posts.
func TestWhereSocketsAreBlockedAStreamCarriesTheSameFrames(t *testing.T) {
	inAHall(t, func(h *hall) {
		c := h.counsellor()
		b := h.browser("visitor")
		b.start()
		page := sim.NewPage(wire.Visitor, helpline.NewID())
		p := b.connect(page)
		c.next()
		p.tell(&wire.Frame{Kind: wire.Ready})
		c.accept()
		time.Sleep(time.Second)
		p.says("One.")
		c.say("Two.")
		time.Sleep(time.Second)
		if got := p.screen(); got != "One. delivered|Two. " {
			t.Errorf("the visitor sees %q", got)
		}
		if got := c.screen(); got != "One. | Two. [delivered]" {
			t.Errorf("the counsellor sees %q", got)
		}
		p.stop()
		<-p.over
		c.say("Three.")
		again := b.connect(page)
		if got := again.screen(); got != "One. delivered|Two. |Three. " {
			t.Errorf("back on another stream the visitor sees %q", got)
		}
		again.says("Four.")
		if got := c.screen(); !strings.HasSuffix(got, "| Four.") {
			t.Errorf("the counsellor sees %q", got)
		}
		if got := again.raw(context.Background(), p.id, `{"k":"have","upto":0}`); got != http.StatusGone {
			t.Errorf("a stream that has ended is answered %d", got)
		}
		other := &posting{browser: h.browser("other")}
		other.start()
		if got := other.raw(context.Background(), again.id, `{"k":"leave","reason":"left"}`); got != http.StatusGone {
			t.Errorf("another person's stream is answered %d", got)
		}
		if got := again.raw(context.Background(), again.id, `{"k":"nothing"}`); got != http.StatusBadRequest {
			t.Errorf("what is no frame is answered %d", got)
		}
		<-again.over
		synctest.Wait()
		if got := c.screen(); !strings.HasSuffix(got, "| Four.") {
			t.Errorf("the counsellor sees %q", got)
		}
	})
}

func TestASilentPageOnAStreamIsMissed(t *testing.T) {
	inAHall(t, func(h *hall) {
		b := h.browser("visitor")
		b.start()
		p := b.connect(sim.NewPage(wire.Visitor, helpline.NewID()))
		time.Sleep(time.Minute)
		select {
		case <-p.over:
		default:
			t.Error("a page that asks nothing for a minute keeps its stream")
		}
	})
}
