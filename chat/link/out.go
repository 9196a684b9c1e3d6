package link

import (
	"bufio"
	"encoding/binary"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"helpline/chat/wire"
)

// The first byte of a frame that is whole: its sort.
const (
	text     = 0x80 | 0x1
	closing  = 0x80 | 0x8
	pinging  = 0x80 | 0x9
	goingOff = 1001 // status of a close frame: the server drops the link
)

// out writes the frames of one connection and never makes the sender wait. What
// the network takes at once is written by the sender itself, without a
// goroutine or a deadline; only what it does not take is queued, and a writer
// exists while there is a queue.
type out struct {
	net net.Conn
	raw syscall.RawConn // nil where only a writer that may wait can write: TLS, pipes

	mu      sync.Mutex
	queue   []byte // whole frames, but for the first, whose beginning may be written
	writing bool
	dropped bool // nothing more is taken
	last    bool // the connection ends when the queue is written
	refused bool // and it is the reader who ends it, once the page has had its answer
	pings   *time.Timer
}

// Send takes a packet. A page that does not keep up loses its link, and resumes
// on the next.
func (o *out) Send(p *wire.Packet) {
	f := frames.Get().(*frame)
	f.bytes = p.AppendTo(append(f.bytes[:0], text, 126, 0, 0)) // no frame is so short or so long that its head differs
	binary.BigEndian.PutUint16(f.bytes[2:], uint16(len(f.bytes)-4))
	o.mu.Lock()
	o.pass(f)
	o.mu.Unlock()
}

// Drop writes what is queued, then closes; again > 0 tells the page to come
// back after so many seconds.
func (o *out) Drop(again int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if again > 0 {
		o.put(text, wire.Pack(&wire.Frame{Kind: wire.Problem, Code: "stopping", Retry: again}).Bytes())
	}
	o.finish(goingOff, false)
}

// beatFrom begins to ping the page.
func (o *out) beatFrom(every time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.pings = time.AfterFunc(every, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		if !o.dropped {
			o.put(pinging, nil)
			o.pings.Reset(every)
		}
	})
}

// put writes or queues one frame. The lock is held.
func (o *out) put(sort byte, b []byte) {
	f := frames.Get().(*frame)
	f.bytes = append(f.head(sort, len(b)), b...)
	o.pass(f)
}

// pass hands a whole frame to the network, or to the queue. The lock is held.
func (o *out) pass(f *frame) {
	if o.dropped {
		return
	}
	rest := f.bytes
	if !o.writing && o.raw != nil {
		n, err := f.write(o.raw)
		if err != nil {
			o.dropped, o.queue = true, nil
			o.close() // the reader tells the receiver
			return
		}
		rest = rest[n:]
	}
	if len(rest) > 0 {
		if len(o.queue)+len(rest) > maxPending {
			o.dropped, o.queue = true, nil
			o.close()
			return
		}
		o.queue = append(o.queue, rest...)
		if !o.writing {
			o.writing = true
			go o.drain()
		}
	}
	f.done()
}

// finish makes what is queued, and a close frame if status is not 0, the last
// that is written. The lock is held.
func (o *out) finish(status int, refused bool) {
	if o.dropped {
		return
	}
	if status != 0 {
		o.put(closing, binary.BigEndian.AppendUint16(nil, uint16(status)))
	}
	o.dropped, o.last, o.refused = true, true, refused
	if !o.writing {
		o.over()
	}
}

// end is finish for who does not hold the lock.
func (o *out) end(status int, refused bool) {
	o.mu.Lock()
	o.finish(status, refused)
	o.mu.Unlock()
}

// over ends the connection after the last frame. The lock is held.
func (o *out) over() {
	if c, ok := o.net.(interface{ CloseWrite() error }); ok && o.refused {
		o.unlocked(c.CloseWrite) // the page reads its answer, and the reader then closes
		return
	}
	if !o.refused {
		o.close()
	}
}

// close ends the connection. The lock is held.
func (o *out) close() { o.unlocked(o.net.Close) }

// unlocked does what may wait for the network where TLS has something to say
// in the end, and nobody who holds the lock may wait.
func (o *out) unlocked(end func() error) {
	if o.raw != nil {
		_ = end()
		return
	}
	go func() { _ = end() }()
}

// drain writes the queue and may wait for the network, for a while.
func (o *out) drain() {
	for {
		o.mu.Lock()
		queue := o.queue
		o.queue = nil
		if len(queue) == 0 {
			if o.last {
				o.over()
			}
			_ = o.net.SetWriteDeadline(time.Time{}) // senders write by themselves again
			o.writing = false
			o.mu.Unlock()
			return
		}
		o.mu.Unlock()
		_ = o.net.SetWriteDeadline(time.Now().Add(writeWithin))
		if _, err := o.net.Write(queue); err != nil {
			o.cut()
			return
		}
	}
}

// cut ends the connection at once. The reader tells the receiver.
func (o *out) cut() {
	o.mu.Lock()
	o.dropped, o.queue = true, nil
	o.mu.Unlock()
	_ = o.net.Close()
}

// keptFrame is the longest buffer that is kept for the next frame.
const keptFrame = 4096 + 16

// frame is a buffer for one frame and the call that writes it.
type frame struct {
	bytes []byte
	n     int
	err   error
	call  func(uintptr) bool
}

var frames = sync.Pool{New: func() any {
	f := &frame{bytes: make([]byte, 0, 512)}
	f.call = func(fd uintptr) bool {
		f.n, f.err = writeNow(fd, f.bytes)
		return true // never wait
	}
	return f
}}

// done gives the buffer back for another frame, of any connection.
func (f *frame) done() {
	if cap(f.bytes) <= keptFrame { // a long message is rare
		clear(f.bytes[:cap(f.bytes)])
		frames.Put(f)
	}
}

// head begins a frame: what a server writes is not masked.
func (f *frame) head(sort byte, n int) []byte {
	if n < 126 {
		return append(f.bytes[:0], sort, byte(n))
	}
	return append(f.bytes[:0], sort, 126, byte(n>>8), byte(n)) // no frame needs more than 16 bits
}

// write gives the network as much as it takes at once.
func (f *frame) write(raw syscall.RawConn) (int, error) {
	if err := raw.Write(f.call); err != nil {
		return 0, err
	}
	return f.n, f.err
}

// hijacker takes the connection of a request with the library's knowledge.
type hijacker struct {
	http.ResponseWriter
	conn *guarded
}

// Hijack gives the connection.
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	h.conn = &guarded{Conn: conn}
	return h.conn, rw, nil
}

// guarded is a connection on which the library writes only through out: it
// answers pings and ends a bad connection by itself, and must neither wait nor
// write between two halves of a frame of ours.
type guarded struct {
	net.Conn
	to    *out // nil until the request has been answered
	since int  // bytes read since the link last paid for a frame; the read loop's
}

// mostBetween is what a page may send for one frame: the largest, in pieces,
// and what the library reads ahead. A message in pieces without words would
// otherwise never end and never cost anything.
const mostBetween = wire.MaxFrame + 4096

// Read counts.
func (g *guarded) Read(b []byte) (int, error) {
	n, err := g.Conn.Read(b)
	if g.since += n; g.since > mostBetween && err == nil {
		err = flood(1)
	}
	return n, err
}

// Write hands over a control frame of the library, which is always whole.
func (g *guarded) Write(b []byte) (int, error) {
	if g.to == nil {
		return g.Conn.Write(b)
	}
	f := frames.Get().(*frame)
	f.bytes = append(f.bytes[:0], b...)
	g.to.mu.Lock()
	defer g.to.mu.Unlock()
	if g.to.dropped {
		return 0, net.ErrClosed
	}
	g.to.pass(f)
	return len(b), nil
}

// SetWriteDeadline does nothing once deadlines are out's affair.
func (g *guarded) SetWriteDeadline(at time.Time) error {
	if g.to == nil {
		return g.Conn.SetWriteDeadline(at)
	}
	return nil
}

// rawOf gives the way to write to a connection without waiting, if it has one.
func rawOf(c net.Conn) syscall.RawConn {
	if s, ok := c.(syscall.Conn); ok && canWriteNow {
		if raw, err := s.SyscallConn(); err == nil {
			return raw
		}
	}
	return nil
}
