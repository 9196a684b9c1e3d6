package visitor_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
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
	p.begin(ctx)
	go func() {
		defer close(p.over)
		defer func() { _ = resp.Body.Close() }()
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			p.hears(line)
		}
	}()
	time.Sleep(time.Second)
	return p
}

// fetch opens a stream whose frames come in pieces, each an answer of its own.
func (b *browser) fetch(page *sim.Page) *posting {
	b.h.Helper()
	ctx, stop := context.WithCancel(context.Background())
	b.stops = append(b.stops, stop)
	p := &posting{browser: b, page: page, out: make(chan []*wire.Frame, 64), stop: stop, over: make(chan struct{})}
	status, name := p.piece(ctx, "?pieces")
	if status != http.StatusOK {
		b.h.Fatalf("the stream is answered %d", status)
	}
	p.id = strings.TrimSpace(name)
	p.begin(ctx)
	go func() {
		defer close(p.over)
		for n := 1; ; n++ {
			status, text := p.piece(ctx, "/"+p.id+"?piece="+strconv.Itoa(n))
			if status != http.StatusOK {
				return
			}
			for line := range strings.Lines(text) {
				p.hears(line)
			}
		}
	}()
	time.Sleep(time.Second)
	return p
}

// piece asks for one answer that ends.
func (p *posting) piece(ctx context.Context, rest string) (int, string) {
	resp, err := p.open(ctx, "POST", "/en/talk/link"+rest, nil)
	if err != nil {
		return 0, ""
	}
	text, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		return 0, ""
	}
	return resp.StatusCode, string(text)
}

// begin posts what the page says, from its hello on.
func (p *posting) begin(ctx context.Context) {
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
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out <- p.page.Open()
}

// hears takes a line of the server.
func (p *posting) hears(line string) {
	if line = strings.TrimSpace(line); line == "" {
		return
	}
	f, err := wire.FromServer([]byte(line))
	if err != nil {
		p.h.Errorf("the server says %q", line)
		return
	}
	p.mu.Lock()
	answer := p.page.Handle(f)
	p.mu.Unlock()
	p.out <- answer
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

// TestPromiseTheThreadIsNotLostWhereAnswersAreKeptBack: something on the way
// passes an answer on only when it has ended. The same frames come in pieces,
// and a piece whose answer was lost is given again.
func TestPromiseTheThreadIsNotLostWhereAnswersAreKeptBack(t *testing.T) {
	inAHall(t, func(h *hall) {
		c := h.counsellor()
		b := h.browser("visitor")
		b.start()
		page := sim.NewPage(wire.Visitor, helpline.NewID())
		p := b.fetch(page)
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
		time.Sleep(5 * time.Minute) // nobody writes: pieces are asked for all the same
		select {
		case <-p.over:
			t.Error("a page that fetches its pieces is given up")
		default:
		}
		p.stop()
		<-p.over

		q := &posting{browser: b}
		_, name := q.piece(h.Context(), "?pieces")
		name = strings.TrimSpace(name)
		q.raw(h.Context(), name, string(wire.Append(nil, page.Open()[0])))
		c.say("Three.")
		time.Sleep(time.Second)
		_, lost := q.piece(h.Context(), "/"+name+"?piece=1")
		if _, again := q.piece(h.Context(), "/"+name+"?piece=1"); again != lost || !strings.Contains(again, "Three.") {
			t.Errorf("a piece that was lost is given again as %q, and was %q", again, lost)
		}
		for _, n := range []string{"0", "3", "-1", "99999999999999999999", "x"} {
			if status, text := q.piece(h.Context(), "/"+name+"?piece="+n); status != http.StatusGone || text != "" {
				t.Errorf("piece %s is answered %d: %q", n, status, text)
			}
		}
		older := make(chan int)
		go func() {
			status, _ := q.piece(h.Context(), "/"+name+"?piece=2")
			older <- status
		}()
		synctest.Wait()
		go q.piece(h.Context(), "/"+name+"?piece=2")
		if got := <-older; got != http.StatusGone {
			t.Errorf("who waits twice is answered %d", got)
		}
		other := &posting{browser: h.browser("other")}
		other.start()
		if status, text := other.piece(h.Context(), "/"+name+"?piece=1"); status != http.StatusGone || text != "" {
			t.Errorf("another person's pieces are answered %d: %q", status, text)
		}
		time.Sleep(2 * time.Minute) // this page asks for no more
		if status, _ := q.piece(h.Context(), "/"+name+"?piece=3"); status != http.StatusGone {
			t.Errorf("a link nobody used for minutes is answered %d", status)
		}

		last := b.fetch(page)
		if got := last.screen(); got != "One. delivered|Two. |Three. " {
			t.Errorf("back on another link the visitor sees %q", got)
		}
		c.press(&wire.Frame{Kind: wire.Leave, Reason: "done"})
		time.Sleep(time.Second)
		last.mu.Lock()
		defer last.mu.Unlock()
		if page.Ended == "" {
			t.Error("the last piece does not say that it is over")
		}
	})
}

// TestALinkInPiecesKeepsItsPlaceAmongTheLinks: its first answer ends at once, and
// the link goes on. Whoever opens many is counted as with any other link.
func TestALinkInPiecesKeepsItsPlaceAmongTheLinks(t *testing.T) {
	inAHall(t, func(h *hall) {
		b := h.browser("visitor")
		b.start()
		page := sim.NewPage(wire.Visitor, helpline.NewID())
		for name, open := range map[string]func(*sim.Page) *posting{"a stream": b.connect, "pieces": b.fetch} {
			p := open(page)
			time.Sleep(30 * time.Second)
			if n := h.gate.Links(); n != 1 {
				t.Errorf("%s: %d links are counted", name, n)
			}
			p.stop()
			<-p.over
			time.Sleep(3 * time.Minute)
			if n := h.gate.Links(); n != 0 {
				t.Errorf("%s: %d links are counted when it is over", name, n)
			}
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
