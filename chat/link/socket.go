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
	Receive(*wire.Frame) // the frame is the receiver's from here on
	Gone()               // called once, after the last Receive
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
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return nil, helpline.Errorf(helpline.Invalid, "socket: %w", err)
	}
	budget := s.Budget
	if budget == (Budget{}) {
		budget = DefaultBudget
	}
	check := s.Check
	if check == nil {
		check = func(_ helpline.ID, body string) error { return CheckBody(body) }
	}
	return &Socket{conn: conn, check: check, budget: budget, tokens: float64(budget.Burst), last: time.Now()}, nil
}

// Socket is a WebSocket to one page. It implements chat.Link.
type Socket struct {
	conn   *websocket.Conn
	check  func(id helpline.ID, body string) error
	budget Budget
	tokens float64 // read loop only
	last   time.Time

	mu      sync.Mutex
	queue   [][]byte
	pending int
	writing bool
	dropped bool // nothing more is queued
	refused bool // the reader ends the connection, once the page has had its answer
	status  int  // of the close frame
	ping    bool
	pings   *time.Timer
}

// Scripted says that a page behind a socket keeps the chain itself.
func (s *Socket) Scripted() bool { return true }

// Send queues a packet. A page that does not keep up loses its link, never
// makes the sender wait, and resumes on the next.
func (s *Socket) Send(p *wire.Packet) {
	b := p.Bytes()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dropped {
		return
	}
	if s.pending += len(b); s.pending > maxPending {
		s.queue, s.dropped = nil, true
		_ = s.conn.NetConn().Close()
		return
	}
	s.queue = append(s.queue, b)
	s.write()
}

// Drop writes what is queued, then closes; again > 0 tells the page to come
// back after so many seconds.
func (s *Socket) Drop(again int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dropped {
		return
	}
	if again > 0 {
		s.queue = append(s.queue, wire.Pack(&wire.Frame{Kind: wire.Problem, Code: "stopping", Retry: again}).Bytes())
	}
	s.end(websocket.CloseGoingAway)
}

// end makes the queue the last that is written. The lock is held.
func (s *Socket) end(status int) {
	s.dropped, s.status = true, status
	s.write()
}

// write starts a writer unless one is at work. The lock is held.
func (s *Socket) write() {
	if !s.writing {
		s.writing = true
		go s.drain()
	}
}

func (s *Socket) drain() {
	for {
		s.mu.Lock()
		queue, ping, status, refused := s.queue, s.ping, s.status, s.refused
		s.queue, s.pending, s.ping = nil, 0, false
		if len(queue) == 0 && !ping && status == 0 {
			s.writing = false
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		// From the end on, writing stays true, so that no second writer starts.
		switch err := s.flush(queue, ping, status); {
		case err == nil && status == 0:
		case err == nil && refused:
			s.hangUp()
			return
		default:
			s.cut()
			return
		}
	}
}

func (s *Socket) flush(queue [][]byte, ping bool, status int) error {
	_ = s.conn.SetWriteDeadline(time.Now().Add(writeWithin))
	for _, b := range queue {
		if err := s.conn.WriteMessage(websocket.TextMessage, b); err != nil {
			return err
		}
	}
	if ping {
		if err := s.conn.WriteMessage(websocket.PingMessage, nil); err != nil {
			return err
		}
	}
	if status != 0 {
		return s.conn.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(status, ""))
	}
	return nil
}

// cut ends the connection under the reader, who tells the receiver.
func (s *Socket) cut() {
	s.mu.Lock()
	s.dropped, s.queue = true, nil
	s.mu.Unlock()
	_ = s.conn.NetConn().Close()
}

// Serve reads until the connection ends, then calls to.Gone once. Run it in a
// goroutine of its own, so that the handler's buffers are given back.
func (s *Socket) Serve(to Receiver) {
	s.mu.Lock()
	s.pings = time.AfterFunc(pingEvery, s.beat)
	s.mu.Unlock()
	s.read(to)
	s.pings.Stop()
	to.Gone()
}

func (s *Socket) read(to Receiver) {
	s.conn.SetReadLimit(wire.MaxFrame)
	alive := func() { _ = s.conn.SetReadDeadline(time.Now().Add(readWithin)) }
	pong := s.conn.PingHandler()
	s.conn.SetPingHandler(func(data string) error {
		if err := s.control(); err != nil {
			return err
		}
		return pong(data)
	})
	s.conn.SetPongHandler(func(string) error { alive(); return s.control() })
	buf := make([]byte, 0, readBuffer)
	for {
		alive()
		kind, r, err := s.conn.NextReader()
		if err != nil {
			s.lost(err)
			return
		}
		if kind != websocket.TextMessage {
			s.refuse("frame", 0, websocket.CloseUnsupportedData)
			return
		}
		if buf, err = readAll(r, buf[:0]); err != nil {
			s.lost(err)
			return
		}
		f, err := wire.FromPage(buf)
		if err != nil {
			s.refuse("frame", 0, websocket.ClosePolicyViolation)
			return
		}
		if wait := s.spend(time.Now()); wait > 0 {
			s.refuse("slow", wait, websocket.CloseTryAgainLater)
			return
		}
		if f.Kind == wire.Say {
			if err := s.check(f.ID, f.Body); err != nil {
				s.Send(wire.Pack(&wire.Frame{Kind: wire.Problem, Code: refusal(err), ID: f.ID}))
				continue
			}
		}
		to.Receive(f)
		if cap(buf) > 4096 {
			buf = make([]byte, 0, readBuffer) // a long message is rare; its buffer is not kept for the visit
		}
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

// flood is more control frames than a link may send; its value is how many
// seconds to stay away.
type flood int

func (flood) Error() string { return "socket: too many pings or pongs" }

// lost ends a connection that cannot be read on: the page is gone, or sent too
// many control frames, or a frame over the limit, which the library has
// answered with 1009.
func (s *Socket) lost(err error) {
	if f, ok := errors.AsType[flood](err); ok {
		s.refuse("slow", int(f), websocket.CloseTryAgainLater)
		return
	}
	if errors.Is(err, websocket.ErrReadLimit) {
		s.hangUp()
		s.swallow()
	}
	s.cut()
}

// refuse answers and ends the link.
func (s *Socket) refuse(code string, retry, status int) {
	s.mu.Lock()
	if !s.dropped {
		s.refused = true
		s.queue = append(s.queue, wire.Pack(&wire.Frame{Kind: wire.Problem, Code: code, Retry: retry}).Bytes())
		s.end(status)
	}
	s.mu.Unlock()
	s.swallow()
	s.cut()
}

// hangUp says that nothing more will be written.
func (s *Socket) hangUp() {
	s.mu.Lock()
	s.dropped, s.queue = true, nil
	s.mu.Unlock()
	if c, ok := s.conn.NetConn().(interface{ CloseWrite() error }); ok {
		_ = c.CloseWrite()
	}
}

// swallow reads on, within bounds, until the page has closed: closing with
// unread bytes would reset the connection and take the answer with it.
func (s *Socket) swallow() {
	_ = s.conn.SetReadDeadline(time.Now().Add(writeWithin))
	_, _ = io.CopyN(io.Discard, s.conn.NetConn(), maxPending)
}

func (s *Socket) beat() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dropped {
		return
	}
	s.ping = true
	s.write()
	s.pings.Reset(pingEvery)
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
