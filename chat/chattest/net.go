package chattest

import (
	"hash/fnv"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"helpline"
)

// Net is a faulty network in memory, for a bubble of fake time. Every byte
// takes its time, which is drawn from the seed, the name of the line and the
// count of writes on it: not from the order in which goroutines run. The two
// directions of a line know nothing of each other.
type Net struct {
	seed  uint64
	lines chan *Line // dialled, not yet accepted

	mu    sync.Mutex
	slow  time.Duration // the most that a write takes, nearly always
	up    bool
	lists *listener
	open  map[*Line]struct{}
	count map[string]int
}

// NewNet makes a network on which a write takes up to slow, and sometimes ten
// times as long.
func NewNet(seed uint64, slow time.Duration) *Net {
	return &Net{seed: seed, slow: slow, lines: make(chan *Line, 4096), open: map[*Line]struct{}{}, count: map[string]int{}}
}

// Calm makes the network fast and even from now on.
func (n *Net) Calm() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.slow = 2 * time.Millisecond
}

func (n *Net) slowest() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.slow
}

// Listen opens the one address of the network.
func (n *Net) Listen() net.Listener {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.up, n.lists = true, &listener{n: n, done: make(chan struct{})}
	return n.lists
}

// Dial opens a line with a name of its own. It is refused while nobody
// listens.
func (n *Net) Dial(name string) (*Line, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.up {
		return nil, helpline.Errorf(helpline.Unavailable, "network: refused")
	}
	n.count[name]++
	l := newLine(n, n.draw(name, uint64(n.count[name])), n.draw(name, uint64(n.count[name])<<32))
	n.open[l] = struct{}{}
	n.lines <- l
	return l, nil
}

func (n *Net) draw(name string, salt uint64) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return rand.New(rand.NewPCG(n.seed^salt, h.Sum64()))
}

// Crash is what the network sees when the process at the address dies: at once
// nothing more comes from it or goes to it. With told, the pages hear of it, as
// from a machine that goes on without the process; otherwise nobody says
// anything, as when the machine itself is gone.
func (n *Net) Crash(told bool) {
	n.mu.Lock()
	n.up = false
	lines := make([]*Line, 0, len(n.open))
	for l := range n.open {
		lines = append(lines, l)
	}
	clear(n.open)
	if n.lists != nil {
		n.lists.once.Do(func() { close(n.lists.done) })
	}
	for len(n.lines) > 0 {
		<-n.lines
	}
	n.mu.Unlock()
	for _, l := range lines {
		l.toServer.kill()
		l.toPage.kill()
		if told {
			l.toPage.reset()
			l.toServer.reset()
		}
		l.server.Close()
	}
}

func (n *Net) forget(l *Line) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.open, l)
}

type listener struct {
	n    *Net
	once sync.Once
	done chan struct{}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case line := <-l.n.lines:
		return line.server, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *listener) Addr() net.Addr { return address{} }

type address struct{}

func (address) Network() string { return "memory" }
func (address) String() string  { return "127.0.0.1:1" } // what a server writes down of a line is always this

// Line is one connection between a page and the server. As a net.Conn it is
// the page's end.
type Line struct {
	end
	server           *end
	toServer, toPage *pipe
}

func newLine(n *Net, up, down *rand.Rand) *Line {
	l := &Line{toServer: newPipe(n, up), toPage: newPipe(n, down)}
	l.toServer.back, l.toPage.back = l.toPage, l.toServer
	l.end = end{line: l, net: n, in: l.toPage, out: l.toServer}
	l.server = &end{line: l, net: n, in: l.toServer, out: l.toPage}
	return l
}

// Cut ends both directions without a word to anybody, in the middle of
// whatever is on its way.
func (l *Line) Cut() { l.CutUp(); l.CutDown() }

// CutUp ends the direction to the server: what the page writes goes nowhere,
// and it still hears.
func (l *Line) CutUp() { l.toServer.kill() }

// CutDown ends the direction to the page.
func (l *Line) CutDown() { l.toPage.kill() }

// Reset ends the line for both, who are told at once.
func (l *Line) Reset() { l.toServer.reset(); l.toPage.reset() }

// Hold keeps everything back for a while, in one direction or both; then it
// comes at once.
func (l *Line) Hold(up, down time.Duration) { l.toServer.hold(up); l.toPage.hold(down) }

// end is one end of a line.
type end struct {
	line    *Line
	net     *Net
	in, out *pipe
}

func (e *end) Read(b []byte) (int, error)  { return e.in.read(b) }
func (e *end) Write(b []byte) (int, error) { return e.out.write(b) }

// Close ends both directions. Whoever closes without having read everything
// loses what is still on its way to the other, as on a real network.
func (e *end) Close() error {
	if e.in.abandon() {
		e.out.reset()
	} else {
		e.out.finish()
	}
	e.net.forget(e.line)
	return nil
}

// CloseWrite says that nothing more will be written.
func (e *end) CloseWrite() error { e.out.finish(); return nil }

func (e *end) LocalAddr() net.Addr                { return address{} }
func (e *end) RemoteAddr() net.Addr               { return address{} }
func (e *end) SetReadDeadline(t time.Time) error  { e.in.until(t, true); return nil }
func (e *end) SetWriteDeadline(t time.Time) error { e.out.until(t, false); return nil }
func (e *end) SetDeadline(t time.Time) error {
	e.in.until(t, true)
	e.out.until(t, false)
	return nil
}
