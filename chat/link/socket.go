package link

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"helpline"
	"helpline/chat/wire"
)

// Times and sizes of a socket.
const (
	pingEvery   = 15 * time.Second
	readWithin  = 35 * time.Second // two pings unanswered; with the grace of the room: two minutes until gone
	writeWithin = 10 * time.Second
	maxPending  = 3 << 19 // bytes queued for one page: a full ring in its largest buckets
	readBuffer  = 512
	writeBuffer = 2048
)

// Receiver takes what a link reads.
type Receiver interface {
	// Receive takes a frame. When it is free the frame is the caller's again, and
	// otherwise the receiver's from here on.
	Receive(*wire.Frame) (free bool)
	Gone() // called once, after the last Receive
}

// Sockets turns requests into sockets for pages of the given origins.
type Sockets struct {
	Origins []string // exact: scheme, host and, where it is not the scheme's own, port
	Budget  Budget   // frames a link may send; zero means DefaultBudget

	// Check says whether a message may be carried; id is the same in every
	// repetition. An error refuses it: the page is told its kind and nothing
	// else. Nil carries words only.
	Check func(id helpline.ID, body string) error
}

var buffers sync.Pool

var upgrader = websocket.Upgrader{
	HandshakeTimeout: writeWithin,
	ReadBufferSize:   readBuffer,
	WriteBufferSize:  writeBuffer,
	WriteBufferPool:  &buffers,
	// The library's own check lets a missing Origin pass. Ours ran before.
	CheckOrigin: func(*http.Request) bool { return true },
	Error: func(w http.ResponseWriter, _ *http.Request, status int, _ error) {
		http.Error(w, http.StatusText(status), status)
	},
}

// Upgrade checks the Origin, answers the request and gives the socket. On an
// error the request has been answered.
func (s *Sockets) Upgrade(w http.ResponseWriter, r *http.Request) (*Socket, error) {
	origin := r.Header["Origin"]
	if len(origin) != 1 || !slices.Contains(s.Origins, origin[0]) {
		http.Error(w, http.StatusText(http.StatusForbidden), http.StatusForbidden)
		return nil, helpline.Errorf(helpline.Forbidden, "socket: origin missing or not ours")
	}
	h := &hijacker{ResponseWriter: w}
	conn, err := upgrader.Upgrade(h, r, nil)
	if err != nil {
		return nil, helpline.Errorf(helpline.Invalid, "socket: %w", err)
	}
	budget, check := s.rules()
	socket := &Socket{conn: conn, from: h.conn, out: out{net: h.conn.Conn}, check: check, budget: budget, tokens: float64(budget.Burst), last: time.Now()}
	socket.raw = rawOf(socket.net)
	h.conn.to = &socket.out // from here on the library writes nothing past us
	return socket, nil
}

// rules are what every link of these pages keeps to.
func (s *Sockets) rules() (budget Budget, check func(id helpline.ID, body string) error) {
	budget, check = s.Budget, s.Check
	if budget == (Budget{}) {
		budget = DefaultBudget
	}
	if check == nil {
		check = func(_ helpline.ID, body string) error { return CheckBody(body) }
	}
	return budget, check
}

// Socket is a WebSocket to one page. It implements chat.Link. What it reads
// goes through the library, what it writes through out.
type Socket struct {
	out
	conn   *websocket.Conn
	from   *guarded // what the library reads from
	check  func(id helpline.ID, body string) error
	budget Budget
	tokens float64 // this and what follows is the read loop's
	last   time.Time
	alive  time.Time // when the read deadline was last put off
}

// Scripted says that a page behind a socket keeps the chain itself.
func (s *Socket) Scripted() bool { return true }

// Serve reads until the connection ends, then calls to.Gone once. Run it in a
// goroutine of its own, so that the handler's buffers are given back.
func (s *Socket) Serve(to Receiver) {
	s.beatFrom(pingEvery)
	s.read(to)
	s.pings.Stop()
	to.Gone()
}

func (s *Socket) read(to Receiver) {
	s.conn.SetReadLimit(wire.MaxFrame)
	pong := s.conn.PingHandler()
	s.conn.SetPingHandler(func(data string) error {
		if err := s.control(); err != nil {
			return err
		}
		return pong(data)
	})
	s.conn.SetPongHandler(func(string) error { s.heard(time.Now()); return s.control() })
	s.heard(time.Now())
	for {
		kind, r, err := s.conn.NextReader()
		if err != nil {
			s.lost(err)
			return
		}
		if kind != websocket.TextMessage {
			s.refuse("frame", 0, websocket.CloseUnsupportedData)
			return
		}
		in := frames.Get().(*frame) // who waits holds no buffer
		if in.bytes, err = readAll(r, in.bytes[:0]); err != nil {
			in.done()
			s.lost(err)
			return
		}
		f := said.Get().(*wire.Frame)
		err = wire.ReadPage(f, in.bytes)
		in.done()
		if err != nil {
			s.refuse("frame", 0, websocket.ClosePolicyViolation)
			return
		}
		now := time.Now()
		s.heard(now)
		if wait := s.spend(now); wait > 0 {
			s.refuse("slow", wait, websocket.CloseTryAgainLater)
			return
		}
		if f.Kind == wire.Say {
			if err := s.check(f.ID, f.Body); err != nil {
				s.Send(wire.Pack(&wire.Frame{Kind: wire.Problem, Code: refusal(err), ID: f.ID}))
				continue
			}
		}
		if to.Receive(f) {
			*f = wire.Frame{} // nothing of it is left for the next
			said.Put(f)
		}
	}
}

// said are frames that nobody holds any more, wiped, for the next that comes in
// on any connection.
var said = sync.Pool{New: func() any { return new(wire.Frame) }}

// heard puts the time off at which a silent page is given up. To do so for
// every frame would cost more than it tells.
func (s *Socket) heard(now time.Time) {
	if now.Sub(s.alive) >= time.Second {
		s.alive = now
		_ = s.conn.SetReadDeadline(now.Add(readWithin))
	}
}

// refusal is the code for a message that is not carried.
func refusal(err error) string {
	switch helpline.KindOf(err) {
	case helpline.Invalid:
		return "text"
	case helpline.NotFound:
		return "removed"
	case helpline.Conflict:
		return "changed"
	}
	return "unchecked"
}

func readAll(r io.Reader, b []byte) ([]byte, error) {
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if errors.Is(err, io.EOF) {
			return b, nil
		}
		if err != nil {
			return b, err
		}
	}
}

// control pays for a ping or a pong: the library answers them within the
// reading of a message, so they are weighed there.
func (s *Socket) control() error {
	if wait := s.spend(time.Now()); wait > 0 {
		return flood(wait)
	}
	return nil
}

// flood is more control frames, or pieces of a message, than a link may send; its value is how many
// seconds to stay away.
type flood int

func (flood) Error() string { return "socket: too many pings, pongs or pieces" }

// lost ends a connection that cannot be read on: the page is gone, or has said
// goodbye, or sent too many control frames or pieces, or a frame over the limit, which
// the library has answered with 1009. What was answered is written first.
func (s *Socket) lost(err error) {
	if f, ok := errors.AsType[flood](err); ok {
		s.refuse("slow", int(f), websocket.CloseTryAgainLater)
		return
	}
	_, bye := errors.AsType[*websocket.CloseError](err)
	if long := errors.Is(err, websocket.ErrReadLimit); long || bye {
		s.end(0, long)
		s.swallow()
	}
	s.cut()
}

// refuse answers and ends the link.
func (s *Socket) refuse(code string, retry, status int) {
	s.mu.Lock()
	s.put(text, wire.Pack(&wire.Frame{Kind: wire.Problem, Code: code, Retry: retry}).Bytes())
	s.finish(status, true)
	s.mu.Unlock()
	s.swallow()
	s.cut()
}

// swallow reads on, within bounds, until the page has closed: closing with
// unread bytes would reset the connection and take the answer with it.
func (s *Socket) swallow() {
	_ = s.net.SetReadDeadline(time.Now().Add(writeWithin))
	_, _ = io.CopyN(io.Discard, s.net, maxPending)
}

// Page is a page's end of a socket, for simulated people.
type Page struct{ conn *websocket.Conn }

// Dialer opens sockets as pages would. The zero Dialer is ready.
type Dialer struct {
	// Conn opens the connection below a socket; nil: a plain one.
	Conn func(ctx context.Context, network, address string) (net.Conn, error)
}

// Dial opens a socket with the zero Dialer.
func Dial(ctx context.Context, url string, header http.Header) (*Page, error) {
	return Dialer{}.Dial(ctx, url, header)
}

// Dial opens a socket. The header carries Origin and cookies.
func (o Dialer) Dial(ctx context.Context, url string, header http.Header) (*Page, error) {
	d := websocket.Dialer{NetDialContext: o.Conn, ReadBufferSize: readBuffer, WriteBufferSize: writeBuffer, WriteBufferPool: &buffers, HandshakeTimeout: writeWithin}
	conn, resp, err := d.DialContext(ctx, url, header)
	if err != nil {
		if resp != nil {
			return nil, helpline.Errorf(helpline.Unavailable, "dial: answered %d: %w", resp.StatusCode, err)
		}
		return nil, helpline.Errorf(helpline.Unavailable, "dial: %w", err)
	}
	conn.SetReadLimit(1 << 20)
	return &Page{conn}, nil
}

// Send writes one frame.
func (p *Page) Send(f *wire.Frame) error {
	_ = p.conn.SetWriteDeadline(time.Now().Add(writeWithin))
	return p.conn.WriteMessage(websocket.TextMessage, wire.Append(nil, f))
}

// Receive reads the next frame.
func (p *Page) Receive() (*wire.Frame, error) {
	_, b, err := p.conn.ReadMessage()
	if err != nil {
		return nil, err
	}
	return wire.FromServer(b)
}

// Close cuts the connection.
func (p *Page) Close() error { return p.conn.NetConn().Close() }
