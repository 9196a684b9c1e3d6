package link

import (
	"context"
	"io"
	"math"
	"net/http"
	"sync"
	"time"

	"helpline"
	"helpline/chat/wire"
)

// silentPost is how long a page on a stream may say nothing: it asks every
// twenty seconds whether we are there.
const silentPost = 50 * time.Second

// Stream is a link where sockets are blocked: frames to the page are lines of
// one answer that never ends, frames of the page come as the bodies of requests
// that name the stream. The rules are those of a socket. It implements chat.Link
// and is safe for concurrent use.
type Stream struct {
	ID helpline.ID // the first line of the answer; what the page's requests name

	budget Budget
	check  func(id helpline.ID, body string) error

	mu      sync.Mutex
	to      Receiver
	queue   []byte
	sent    int           // frames queued since the beginning
	wake    chan struct{} // holds one when there is something to write
	over    chan struct{} // closed when the link has been dropped
	dropped bool
	piece   []byte        // what the page was given last, where it fetches pieces
	pieces  int           // how many it was given
	asked   chan struct{} // closed when it asks again
	tokens  float64
	last    time.Time
	quiet   *time.Timer
	read    sync.Mutex // requests are read one after the other
}

// NewStream makes the stream of a page, for as long as its answer is written.
func (s *Sockets) NewStream() *Stream {
	budget, check := s.rules()
	return &Stream{
		ID: helpline.NewID(), budget: budget, check: check, tokens: float64(budget.Burst), last: time.Now(),
		wake: make(chan struct{}, 1), over: make(chan struct{}),
	}
}

// Scripted says that a page behind a stream keeps the chain itself.
func (s *Stream) Scripted() bool { return true }

// Send queues a packet. A page that does not keep up loses its link, and
// resumes on the next.
func (s *Stream) Send(p *wire.Packet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dropped {
		return
	}
	s.queue = append(p.AppendTo(s.queue), '\n')
	s.sent++
	if len(s.queue) > maxPending {
		s.queue = nil
		s.end()
	}
	s.ring()
}

// Drop ends the link after what is queued.
func (s *Stream) Drop(again int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dropped {
		return
	}
	if again > 0 {
		s.queue = append(wire.Pack(&wire.Frame{Kind: wire.Problem, Code: "stopping", Retry: again}).AppendTo(s.queue), '\n')
	}
	s.end()
	s.ring()
}

// end takes nothing more. The lock is held.
func (s *Stream) end() {
	if !s.dropped {
		s.dropped = true
		close(s.over)
	}
}

// Sent is how many frames the page should have: one that has fewer for long sits
// behind something that keeps answers back.
func (s *Stream) Sent() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent
}

// begin gives the link to its receiver.
func (s *Stream) begin(to Receiver) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to = to
	s.quiet = time.AfterFunc(silentPost, func() { s.Drop(0) })
}

// ring wakes the writer. The lock is held.
func (s *Stream) ring() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Serve writes the answer until the link ends, then calls to.Gone once.
func (s *Stream) Serve(ctx context.Context, w http.ResponseWriter, to Receiver) {
	s.begin(to)
	defer to.Gone()
	defer s.quiet.Stop()
	out := http.NewResponseController(w)
	_ = out.SetReadDeadline(time.Time{}) // the server's limits are for pages
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no")
	write := func(b []byte) bool {
		_ = out.SetWriteDeadline(time.Now().Add(writeWithin))
		_, err := w.Write(b)
		return err == nil && out.Flush() == nil
	}
	if !write([]byte(s.ID.String() + "\n")) {
		return
	}
	beat := time.NewTicker(pingEvery)
	defer beat.Stop()
	for {
		s.mu.Lock()
		queue, dropped := s.queue, s.dropped
		s.queue = nil
		s.mu.Unlock()
		if len(queue) > 0 && !write(queue) || dropped {
			return
		}
		select {
		case <-s.wake:
		case <-beat.C:
			if !write([]byte("\n")) {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// Take reads frames of the page, one a line. It is Invalid when there is
// something that is no frame, and Unavailable when the link has ended or the
// page sent more than it may: then the link ends too.
func (s *Stream) Take(body io.Reader) error {
	s.read.Lock()
	defer s.read.Unlock()
	all, err := io.ReadAll(io.LimitReader(body, 4*wire.MaxFrame))
	if err != nil {
		return helpline.Errorf(helpline.Invalid, "stream: not readable")
	}
	for len(all) > 0 {
		var line []byte
		if line, all = cutLine(all); len(line) == 0 {
			continue
		}
		f, err := wire.FromPage(line)
		if err != nil {
			s.refuse("frame", 0)
			return err
		}
		to, wait := s.spend(time.Now())
		switch {
		case to == nil:
			return helpline.Errorf(helpline.Unavailable, "stream: ended")
		case wait > 0:
			s.refuse("slow", wait)
			return helpline.Errorf(helpline.Unavailable, "stream: too much")
		}
		if f.Kind == wire.Say {
			if err := s.check(f.ID, f.Body); err != nil {
				s.Send(wire.Pack(&wire.Frame{Kind: wire.Problem, Code: refusal(err), ID: f.ID}))
				continue
			}
		}
		to.Receive(f)
	}
	return nil
}

func cutLine(b []byte) (line, rest []byte) {
	for i, c := range b {
		if c == '\n' {
			return b[:i], b[i+1:]
		}
	}
	return b, nil
}

// spend takes one token, and puts off when a silent page is given up. It gives
// nobody when the link has ended.
func (s *Stream) spend(now time.Time) (to Receiver, wait int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dropped || s.to == nil {
		return nil, 0
	}
	s.quiet.Reset(silentPost)
	s.tokens = min(float64(s.budget.Burst), s.tokens+now.Sub(s.last).Seconds()*float64(s.budget.PerSecond))
	s.last = now
	if s.tokens < 1 {
		return s.to, int(math.Ceil((float64(s.budget.Burst)/4 + 1) / float64(s.budget.PerSecond)))
	}
	s.tokens--
	return s.to, 0
}

// refuse tells the page why, and ends the link.
func (s *Stream) refuse(code string, retry int) {
	s.Send(wire.Pack(&wire.Frame{Kind: wire.Problem, Code: code, Retry: retry}))
	s.Drop(0)
}
