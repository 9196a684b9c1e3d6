package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"helpline"
	"helpline/chat/link"
	"helpline/chat/sim"
	"helpline/chat/wire"
	"helpline/counsel/staff"
)

// world is a program that runs, as somebody outside of it sees it.
type world struct {
	t        testing.TB
	addr     string
	clock    *codeClock // of second factors; nil for one in a process of its own
	out, err *shared
	stop     func() int // ends it and gives the exit code
}

// cheap are the costs of passphrases in tests.
var cheap = staff.Params{Time: 1, MemoryKiB: 64, Threads: 1}

// begin runs the program in this process until its output matches ready,
// whose first group is the address it listens on.
func begin(t testing.TB, ready string, args ...string) *world {
	t.Helper()
	return beginAt(t, cheap, ready, args...)
}

// beginAt is begin with other costs of new passphrases.
func beginAt(t testing.TB, costs staff.Params, ready string, args ...string) *world {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w := &world{t: t, out: new(shared), err: new(shared), clock: new(codeClock)}
	code := make(chan int, 1)
	go func() {
		pprof.SetGoroutineLabels(pprof.WithLabels(ctx, pprof.Labels(worldLabel, w.name()))) // and of all that it starts
		code <- run(ctx, args, &place{env: noEnv, in: strings.NewReader(""), out: w.out, err: w.err, costs: costs, clock: w.clock.now})
	}()
	stopped := false
	w.stop = func() int {
		stopped = true
		cancel()
		select {
		case c := <-code:
			return c
		case <-time.After(20 * time.Second):
			t.Error("the program did not stop within 20 seconds")
			return -1
		}
	}
	t.Cleanup(func() {
		if !stopped {
			w.stop()
		}
	})
	pattern := regexp.MustCompile(ready)
	wait(t, "the program to start", func() bool {
		if m := pattern.FindStringSubmatch(w.out.String()); m != nil {
			w.addr = m[1]
		}
		return w.addr != "" || len(code) > 0
	})
	if w.addr == "" {
		t.Fatalf("the program ended at once: %s", w.err)
	}
	return w
}

// worldLabel marks the goroutines of a world, so that those of one can be
// counted while others run.
const worldLabel = "world"

func (w *world) name() string { return fmt.Sprintf("%p", w) }

// goroutines are how many the program of this world has now.
func (w *world) goroutines() int {
	w.t.Helper()
	n := 0
	for _, stack := range w.stacks() {
		// "3 @ 0x46e5a1 ...", and then "# labels: {...}".
		count, _, _ := strings.Cut(strings.TrimSpace(stack), " @ ")
		several, err := strconv.Atoi(count)
		if err != nil {
			w.t.Errorf("a record of goroutines that says no number: %q", stack)
		}
		n += several
	}
	if n == 0 {
		w.t.Error("a program that runs has no goroutine: the count is broken")
	}
	return n
}

// stacks are those of the world's goroutines, equal ones together.
func (w *world) stacks() (out []string) {
	w.t.Helper()
	var all strings.Builder
	if err := pprof.Lookup("goroutine").WriteTo(&all, 1); err != nil {
		w.t.Fatal(err)
	}
	_, records, _ := strings.Cut(all.String(), "\n") // its head would make the first record, of the most goroutines, one that is not counted
	for stack := range strings.SplitSeq(records, "\n\n") {
		if strings.Contains(stack, strconv.Quote(worldLabel)+":"+strconv.Quote(w.name())) {
			out = append(out, stack)
		}
	}
	return out
}

// onOneDay is now, on a day that does not end within a minute: copies and
// records age at midnight, and no test is to meet it between two steps.
func onOneDay() time.Time {
	const day = 24 * time.Hour
	if left := day - time.Duration(time.Now().UnixNano())%day; left < time.Minute {
		time.Sleep(left)
	}
	return time.Now()
}

// wait waits for something that must become true within a few seconds.
func wait(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// browser is one browser at one of the hosts: it keeps cookies and sends what
// it is told to.
type browser struct {
	w       *world
	host    string // as in the address bar
	origin  string
	header  http.Header
	cookies map[string]string
	phone   *phone // of whoever sits there
}

func (w *world) browser(host, origin string) *browser {
	return &browser{w: w, host: host, origin: origin, header: http.Header{}, cookies: map[string]string{}}
}

func (b *browser) headers() http.Header {
	h := b.header.Clone()
	for name, value := range b.cookies {
		h.Add("Cookie", name+"="+value)
	}
	return h
}

func (b *browser) ask(method, path string, form url.Values) (*http.Response, string) {
	b.w.t.Helper()
	r, err := http.NewRequest(method, "http://"+b.w.addr+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.w.t.Fatal(err)
	}
	r.Header = b.headers()
	r.Host = b.host
	if method == http.MethodPost {
		r.Header.Set("Origin", b.origin)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		b.w.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	for _, c := range answer.Cookies() {
		b.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return answer, string(text)
}

func (b *browser) get(path string) (*http.Response, string) { return b.ask("GET", path, nil) }

func (b *browser) post(path string, pairs ...string) (*http.Response, string) {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.ask("POST", path, form)
}

// start walks through the door and the promise, as the form of that page says.
func (b *browser) start(door string) {
	b.w.t.Helper()
	answer, _ := b.post("/en/door", "door", door)
	_, page := b.get(answer.Header.Get("Location"))
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(page)
	if version == nil {
		b.w.t.Fatalf("the promise has no form: %s", page)
	}
	if answer, page = b.post("/en/start", "door", door, "version", version[1], "by", "script"); answer.StatusCode != 303 || answer.Header.Get("Location") != "/en/talk" {
		b.w.t.Fatalf("start was answered %d %s: %s", answer.StatusCode, answer.Header.Get("Location"), page)
	}
}

// end is one end of a live link: a lane or a page of a conversation. A
// goroutine of its own handles what comes in.
type end struct {
	t    testing.TB
	link *link.Page

	mu     sync.Mutex
	page   *sim.Page // nil on a lane
	board  wire.Frame
	mine   bool // an accept was answered: yours
	broken bool
	see    func(*wire.Frame) // looks at every frame; nil looks at none
}

func (b *browser) dial(path string, page *sim.Page) *end {
	b.w.t.Helper()
	h := b.headers()
	h.Set("Origin", b.origin)
	h.Set("Host", b.host)
	l, err := link.Dial(context.Background(), "ws://"+b.w.addr+path, h)
	if err != nil {
		b.w.t.Fatalf("dial %s: %v", path, err)
	}
	e := &end{t: b.w.t, link: l, page: page}
	b.w.t.Cleanup(func() { _ = l.Close() })
	if page != nil {
		e.send(page.Open()...)
	}
	go func() {
		for {
			f, err := l.Receive()
			e.mu.Lock()
			if err == nil && e.see != nil {
				e.see(f)
			}
			switch {
			case err != nil:
				e.broken = true
			case e.page != nil:
				e.send(e.page.Handle(f)...)
			case f.Kind == wire.Board:
				e.board = *f
			case f.Kind == wire.Accept:
				e.mine = f.Mine
			}
			e.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return e
}

func (e *end) send(frames ...*wire.Frame) {
	for _, f := range frames {
		_ = e.link.Send(f) // a broken link shows in until
	}
}

// until waits until something about this end is so.
func (e *end) until(what string, is func() bool) {
	e.t.Helper()
	wait(e.t, what, func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		if is() {
			return true
		}
		if e.broken {
			e.t.Fatalf("the link broke while waiting for %s", what)
		}
		return false
	})
}

// gone waits until the link has broken, so that its page can take another.
func (e *end) gone() {
	e.t.Helper()
	wait(e.t, "the link to break", func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		return e.broken
	})
}

// say writes a message and waits until the other page has it.
func (e *end) say(text string) {
	e.t.Helper()
	e.mu.Lock()
	id, frames := e.page.Say(`{"text":"` + text + `"}`)
	e.send(frames...)
	e.mu.Unlock()
	e.until("delivery of a message", func() bool {
		for _, l := range e.page.Screen() {
			if l.ID == id && l.State == sim.Delivered {
				return true
			}
		}
		return false
	})
}

// hears waits until a text stands on the page.
func (e *end) hears(text string) {
	e.t.Helper()
	e.until("the message "+text, func() bool {
		for _, l := range e.page.Screen() {
			if strings.Contains(l.Body, text) {
				return true
			}
		}
		return false
	})
}

// talk brings a visitor and a counsellor together: the counsellor goes on duty
// and asks, the visitor comes and is ready, the counsellor accepts.
func talkBetween(visitor, counsellor *browser) (v, c, lane *end) {
	lane = counsellor.dial("/desk/lane", nil)
	lane.send(&wire.Frame{Kind: wire.Duty, On: true}, &wire.Frame{Kind: wire.Next, On: true})
	lane.until("duty", func() bool { return lane.board.On && lane.board.Asking })
	visitor.start("self")
	v = visitor.dial("/en/talk/link", sim.NewPage(wire.Visitor, helpline.NewID()))
	v.until("the ready question", func() bool { return v.page.Stage == "offered" })
	v.send(&wire.Frame{Kind: wire.Ready})
	lane.until("a visitor who is ready", func() bool { return len(lane.board.Ready) > 0 })
	contact := lane.board.Ready[0].Contact
	lane.send(&wire.Frame{Kind: wire.Accept, Contact: contact})
	lane.until("the accept", func() bool { return lane.mine })
	c = counsellor.dial("/desk/talk/"+contact.String(), sim.NewPage(wire.Counsellor, helpline.ID{}))
	c.until("the conversation", c.page.Synced)
	v.until("the conversation", func() bool { return v.page.Stage == "talking" && v.page.Synced() })
	visitor.post("/en/talk/renew") // as a page does when its stage changes: the ticket now names this window
	return v, c, lane
}

// enter goes through the demonstration's one-button page of somebody.
func (w *world) enter(who string) *browser {
	w.t.Helper()
	_, port, _ := strings.Cut(w.addr, ":")
	guest := w.browser("localhost:"+port, "http://localhost:"+port)
	_, tour := guest.get("/tour")
	entry := regexp.MustCompile(`href="http://` + who + `\.localhost:\d+(/demo/enter/[A-Z0-9]+)"`).FindStringSubmatch(tour)
	if entry == nil {
		w.t.Fatalf("the tour has no way in for the %s: %s", who, tour)
	}
	b := w.browser(who+".localhost:"+port, "http://"+who+".localhost:"+port)
	if answer, page := b.get(entry[1]); answer.StatusCode != 200 || strings.Count(page, "<button") != 1 {
		w.t.Fatalf("the page behind the link was answered %d: %s", answer.StatusCode, page)
	}
	if answer, page := b.post(entry[1]); answer.StatusCode != 303 {
		w.t.Fatalf("the button was answered %d: %s", answer.StatusCode, page)
	}
	if answer, _ := w.browser(b.host, b.origin).post(entry[1]); answer.StatusCode != 410 {
		w.t.Errorf("a link that was used was answered %d, want 410", answer.StatusCode)
	}
	return b
}

// begins runs a demonstration on a folder.
func beginDemo(t *testing.T, dir string, more ...string) *world {
	t.Helper()
	return begin(t, `tour http://localhost:(\d+)/tour`, append([]string{"demo", "--addr", "127.0.0.1:0", "--data", dir, "--visitors", "0", "--no-rota"}, more...)...).onPort()
}

// onPort turns the port that was found into an address.
func (w *world) onPort() *world {
	w.addr = "127.0.0.1:" + cmp.Or(w.addr, "0")
	return w
}

// upgrade asks for a live link and gives the status of the answer.
func (b *browser) upgrade(path, origin string) int {
	b.w.t.Helper()
	r, err := http.NewRequest("GET", "http://"+b.w.addr+path, nil)
	if err != nil {
		b.w.t.Fatal(err)
	}
	r.Header, r.Host = b.headers(), b.host
	for name, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Sec-Websocket-Version": "13", "Sec-Websocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
	} {
		r.Header.Set(name, value)
	}
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		b.w.t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}
