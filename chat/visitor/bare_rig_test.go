package visitor_test

import (
	"bufio"
	"context"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/chattest"
	"helpline/chat/gate"
	"helpline/chat/link"
	"helpline/chat/promise"
	"helpline/chat/sim"
	"helpline/chat/ticket"
	"helpline/chat/visitor"
	"helpline/chat/wire"
)

// A hall is a line in a bubble of fake time, behind a real web server on a
// network in memory: for browsers that run no scripts.
type hall struct {
	gate *gate.Gate
	*testing.T
	net     *chattest.Net
	journal *chattest.Journal
	keys    *ticket.Keys
	hours   *chattest.Hours
	engine  *chat.Engine
	site    *visitor.Site
	halt    func()
	guest   []*browser
	letters letterbox
	box     *cardbox      // in place of letters, from the next start on
	slow    time.Duration // before a link is taken, from the next start on
}

// slowly is an engine that takes its time for a link.
type slowly struct {
	*chat.Engine
	by time.Duration
}

func (e slowly) Visit(ctx context.Context, t ticket.Ticket, l chat.Link) (*chat.Seat, error) {
	time.Sleep(e.by) // on the bubble's clock
	return e.Engine.Visit(ctx, t, l)
}

// inAHall runs a test on a running line and ends everything after it.
func inAHall(t *testing.T, do func(h *hall)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := &hall{T: t, gate: gate.New(100, nil), net: chattest.NewNet(1, 2*time.Millisecond), journal: chattest.NewJournal(), hours: &chattest.Hours{}, keys: ticket.NewKeys(days(9))}
		h.hours.Set(helpline.Hours{Open: true})
		h.start()
		do(h)
		for _, b := range h.guest {
			b.close()
		}
		h.halt()
		h.net.Crash(true)
		synctest.Wait()
	})
}

// placed counts live links as the edge does.
func (h *hall) placed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/talk/link") {
			release, ok := h.gate.Admit(gate.Talks, "")
			if !ok {
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			ctx, leave := gate.WithStay(r.Context(), release)
			defer leave()
			r = r.WithContext(ctx)
		}
		next.ServeHTTP(w, r)
	})
}

func (h *hall) start() {
	words, err := catalogue()
	if err != nil {
		h.Fatal(err)
	}
	profile, err := promise.For("nl")
	if err != nil {
		h.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	h.engine = chat.New(chat.Defaults(), h.hours, h.journal, &chattest.Counters{}, h.keys, quiet)
	if err := h.engine.Start(context.Background()); err != nil {
		h.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = h.engine.Run(ctx)
	}()
	o := visitor.Options{
		Line:    helpline.Line{Name: "Talk", Country: "nl", Locales: []helpline.Locale{"en", "nl"}, NoteDays: 90, NeutralURL: "https://weather.example/"},
		Profile: profile, Words: words, Engine: slowly{h.engine, h.slow}, Hours: h.hours, Tickets: h.keys, Mover: h.engine, Inbox: &h.letters,
		Sockets: &link.Sockets{Origins: []string{origin}}, Now: time.Now, Log: quiet,
	}
	if h.box != nil {
		o.Inbox, o.Cards, o.Returns = h.box, h.box, h.box
	}
	site := visitor.New(o)
	h.site = site
	mux := http.NewServeMux()
	site.Mount(mux)
	srv := &http.Server{Handler: h.placed(mux), ErrorLog: log.New(io.Discard, "", 0), ReadTimeout: 30 * time.Second, WriteTimeout: 60 * time.Second}
	served := make(chan struct{})
	listener := h.net.Listen()
	go func() {
		defer close(served)
		_ = srv.Serve(listener)
	}()
	h.halt = func() {
		stop()
		<-ended
		_ = srv.Close()
		<-served
	}
}

// kill is kill -9, and the server coming up again.
func (h *hall) kill() {
	h.net.Crash(true)
	h.halt()
	h.start()
}

// counsellor sits at a desk and shows what the real page would.
type counsellor struct {
	h      *hall
	member chat.Member
	lane   *chattest.Link
	board  *chat.Seat

	mu   sync.Mutex
	page *sim.Page
	link *chattest.Link
	seat *chat.Seat
}

func (h *hall) counsellor() *counsellor {
	c := &counsellor{h: h, member: chat.Member{
		Person: helpline.NewID(), Alias: "Robin", Roles: []helpline.Role{helpline.Counsellor},
		Locales: []helpline.Locale{"en", "nl"}, Audiences: helpline.Audiences(), Chats: 4,
	}}
	c.attend()
	return c
}

func (c *counsellor) attend() {
	c.lane = chattest.NewLink()
	seat, err := c.h.engine.Attend(context.Background(), c.member, c.lane)
	if err != nil {
		c.h.Fatal(err)
	}
	c.board = seat
	seat.Receive(&wire.Frame{Kind: wire.Duty, On: true})
	synctest.Wait()
}

// next asks for a visitor.
func (c *counsellor) next() {
	time.Sleep(6 * time.Second) // after a start nobody is asked at once
	c.board.Receive(&wire.Frame{Kind: wire.Next, On: true})
	time.Sleep(2 * time.Second)
}

// accept takes who is ready.
func (c *counsellor) accept() {
	c.h.Helper()
	time.Sleep(2 * time.Second)
	b := c.lane.Last(wire.Board)
	if b == nil || len(b.Ready) == 0 {
		c.h.Fatal("nobody is ready")
	}
	contact := b.Ready[0].Contact
	c.board.Receive(&wire.Frame{Kind: wire.Accept, Contact: contact})
	time.Sleep(time.Second)
	c.page = sim.NewPage(wire.Counsellor, helpline.ID{})
	c.sit(contact)
}

// sit opens the conversation's own link.
func (c *counsellor) sit(contact helpline.ID) {
	c.h.Helper()
	l := chattest.NewLink()
	seat, err := c.h.engine.Sit(context.Background(), c.member, contact, l)
	if err != nil {
		c.h.Fatal(err)
	}
	c.mu.Lock()
	c.link, c.seat = l, seat
	c.tell(c.page.Open())
	c.mu.Unlock()
	go func() {
		for range l.News() {
			frames, open := l.Take()
			c.mu.Lock()
			for _, f := range frames {
				c.tell(c.page.Handle(f))
			}
			c.mu.Unlock()
			if !open {
				seat.Gone()
				return
			}
		}
	}()
	synctest.Wait()
}

// tell is the page saying something. The lock is held.
func (c *counsellor) tell(frames []*wire.Frame) {
	for _, f := range frames {
		c.seat.Receive(f)
	}
}

func (c *counsellor) say(text string) {
	c.mu.Lock()
	_, out := c.page.Say(`{"text":"` + text + `"}`)
	c.tell(out)
	c.mu.Unlock()
	synctest.Wait()
}

func (c *counsellor) press(f *wire.Frame) {
	c.seat.Receive(f)
	synctest.Wait()
}

// screen is what the counsellor sees: words of the visitor plain, own ones with
// their state.
func (c *counsellor) screen() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, l := range c.page.Screen() {
		text, _ := link.Text(l.Body)
		if l.Mine {
			text += " [" + string(l.State) + "]"
		}
		out = append(out, text)
	}
	return strings.Join(out, " | ")
}

// browser is one without scripts: it keeps cookies, follows redirects, and asks
// for the pictures of what it shows.
type browser struct {
	h       *hall
	name    string
	dest    string      // Sec-Fetch-Dest of what it asks for; empty: it sends none
	blind   atomic.Bool // loads no pictures
	client  *http.Client
	mu      sync.Mutex
	cookies map[string]string
	stops   []context.CancelFunc // of its streams
}

func (h *hall) browser(name string) *browser {
	b := &browser{h: h, name: name, dest: "iframe", cookies: map[string]string{}}
	b.client = &http.Client{
		Transport:     &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return h.net.Dial(name) }},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	h.guest = append(h.guest, b)
	return b
}

func (b *browser) close() {
	for _, stop := range b.stops {
		stop()
	}
	b.client.CloseIdleConnections()
}

// as says what it asks for from now on: a document, a frame, or nothing of it.
func (b *browser) as(dest string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.dest = dest
}

// open sends a request and gives the answer to be read.
func (b *browser) open(ctx context.Context, method, path string, form url.Values) (*http.Response, error) {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://talk.example"+path, body)
	if err != nil {
		return nil, err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	b.mu.Lock()
	if b.dest != "" {
		req.Header.Set("Sec-Fetch-Dest", b.dest)
	}
	for name, value := range b.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	b.mu.Unlock()
	resp, err := b.client.Do(req)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	for _, c := range resp.Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	b.mu.Unlock()
	return resp, nil
}

// do sends a request, follows redirects, and gives status and text.
func (b *browser) do(method, path string, form url.Values) (int, string) {
	b.h.Helper()
	resp, err := b.open(context.Background(), method, path, form)
	if err != nil {
		b.h.Fatalf("%s: %s %s: %v", b.name, method, path, err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.h.Fatalf("%s: %s %s: %v", b.name, method, path, err)
	}
	_ = resp.Body.Close()
	if to := resp.Header.Get("Location"); to != "" && resp.StatusCode == http.StatusSeeOther {
		return b.do("GET", to, nil)
	}
	return resp.StatusCode, string(body)
}

// bare is the page without scripts, as a browser has it open.
type bare struct {
	*browser
	words, write string // addresses of its frames
	flow         *flow
}

// start walks through door and promise to the page.
func (b *browser) start() *bare {
	b.h.Helper()
	b.do("POST", "/en/door", url.Values{"door": {"self"}})
	_, page := b.do("GET", "/en/before/1", nil)
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(page)
	if version == nil {
		b.h.Fatal("the promise has no form")
	}
	_, page = b.do("POST", "/en/start", url.Values{"door": {"self"}, "version": {version[1]}})
	return b.page(page)
}

// load opens the page anew.
func (b *browser) load() *bare {
	b.h.Helper()
	_, page := b.do("GET", "/en/talk/plain", nil)
	return b.page(page)
}

func (b *browser) page(page string) *bare {
	b.h.Helper()
	src := regexp.MustCompile(`<iframe[^>]* src="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(src) != 2 {
		b.h.Fatalf("the page has %d frames: %s", len(src), page)
	}
	return &bare{browser: b, words: src[0][1], write: src[1][1]}
}

// looks asks for the frame that changes, once.
func (p *bare) looks() string {
	p.h.Helper()
	_, body := p.do("GET", p.words, nil)
	return body
}

// press presses a button of the frame that changes.
func (p *bare) press(do string) string {
	p.h.Helper()
	_, body := p.do("POST", p.words, url.Values{"do": {do}})
	return body
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)"`)

// form gives the hidden fields of a page.
func form(page string) url.Values {
	out := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(page, -1) {
		out.Set(m[1], m[2])
	}
	return out
}

// box is the frame with the box, as it would be sent with these words.
func (p *bare) box(text string) url.Values {
	p.h.Helper()
	_, page := p.do("GET", p.write, nil)
	f := form(page)
	f.Set("text", text)
	f.Set("do", "say")
	return f
}

// say sends words, and gives the frame that comes back.
func (p *bare) say(text string) string {
	p.h.Helper()
	_, page := p.do("POST", p.write, p.box(text))
	return page
}

// flow is a stream that a browser shows as it comes.
type flow struct {
	mu    sync.Mutex
	text  strings.Builder
	ended bool
	stop  context.CancelFunc
}

// stream opens the frame that changes and leaves it open.
func (p *bare) stream() *flow {
	p.h.Helper()
	ctx, stop := context.WithCancel(context.Background())
	f := &flow{stop: stop}
	p.flow, p.stops = f, append(p.stops, stop)
	resp, err := p.open(ctx, "GET", p.words+"?by=stream", nil)
	if err != nil {
		p.h.Fatal(err)
	}
	picture := regexp.MustCompile(`<img class="seen" src="([^"]+)"`)
	go func() {
		defer func() {
			_ = resp.Body.Close()
			f.mu.Lock()
			f.ended = true
			f.mu.Unlock()
		}()
		in := bufio.NewReader(resp.Body)
		for {
			line, err := in.ReadString('>')
			f.mu.Lock()
			f.text.WriteString(line)
			f.mu.Unlock()
			if m := picture.FindStringSubmatch(line); m != nil && !p.blind.Load() {
				if pic, err := p.open(ctx, "GET", m[1], nil); err == nil {
					_, _ = io.Copy(io.Discard, pic.Body)
					_ = pic.Body.Close()
				}
			}
			if err != nil {
				return
			}
		}
	}()
	time.Sleep(time.Second)
	return f
}

// shows is what stands in the frame now.
func (f *flow) shows() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.text.String()
}

func (f *flow) over() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ended
}

// talk brings a visitor without scripts and a counsellor together.
func (h *hall) talk() (*bare, *counsellor) {
	h.Helper()
	c := h.counsellor()
	p := h.browser("visitor").start()
	p.looks()
	c.next()
	p.looks()
	p.press("yes")
	c.accept()
	p.stream()
	return p, c
}
