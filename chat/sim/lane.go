package sim

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"helpline"
	"helpline/chat/wire"
)

// Lane is the desk of a simulated counsellor with as many conversations as the
// line allows: on duty as long as it stays, and asking for visitors until it is
// told to stop. Set the exported fields before Stay.
type Lane struct {
	Dial  func(context.Context) (Link, error)
	Taken func(contact helpline.ID) // a visitor was accepted; called once for each

	alive atomic.Int64
	full  atomic.Bool
	ask   atomic.Bool

	mu     sync.Mutex
	link   Link
	heard  time.Time
	board  *wire.Frame // newest; nil before the first
	fault  error
	taken  map[helpline.ID]bool
	wanted helpline.ID // accept that is not answered yet
	turn   int         // accepts that were refused: somebody else was faster
}

// NewLane makes a lane.
func NewLane() *Lane { return &Lane{taken: map[helpline.ID]bool{}} }

// Ask says whether this counsellor wants more visitors.
func (l *Lane) Ask(on bool) {
	l.ask.Store(on)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next()
}

// Full says whether the line has refused another visitor to this counsellor.
func (l *Lane) Full() bool { return l.full.Load() }

// Back is when the lane was last on duty again; zero while it is away.
func (l *Lane) Back() time.Time {
	ns := l.alive.Load()
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns)
}

// Board is the newest board, nil before the first, and what hinders the lane.
func (l *Lane) Board() (*wire.Frame, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.board, l.fault
}

// Stay is on duty until ctx ends; it comes back like any page.
func (l *Lane) Stay(ctx context.Context) {
	for tries := 0; ctx.Err() == nil; tries++ {
		if l.once(ctx) {
			tries = 0
		}
		l.alive.Store(0)
		rest(ctx, backoff(tries))
	}
}

func (l *Lane) once(ctx context.Context) (heard bool) {
	link, err := l.Dial(ctx)
	l.mu.Lock()
	l.fault = err
	if err != nil {
		l.mu.Unlock()
		return false
	}
	l.link, l.heard, l.wanted = link, time.Now(), helpline.ID{}
	l.send(&wire.Frame{Kind: wire.Duty, On: true})
	l.next()
	l.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { _ = link.Close() })
	defer func() {
		stop()
		_ = link.Close()
		l.mu.Lock()
		l.link = nil
		l.mu.Unlock()
	}()
	for {
		f, err := link.Receive()
		if err != nil {
			return heard
		}
		heard = true
		l.take(f)
	}
}

func (l *Lane) take(f *wire.Frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = time.Now()
	switch f.Kind {
	case wire.Board:
		l.board = f
		if f.On && l.alive.Load() == 0 {
			l.alive.Store(time.Now().UnixNano())
		}
		if !f.Asking {
			l.next()
		}
		l.choose()
	case wire.Accept:
		l.wanted = helpline.ID{}
		if f.Mine && !l.taken[f.Contact] {
			l.taken[f.Contact] = true
			l.Taken(f.Contact)
		}
		l.next()
	case wire.Problem:
		if f.Code == "holding" {
			l.full.Store(true)
		}
		l.turn++
		l.wanted = helpline.ID{}
	}
}

// choose accepts the first who is ready, or another when that did not go well.
func (l *Lane) choose() {
	if n := len(l.board.Ready); n > 0 && l.ask.Load() && !l.full.Load() && l.wanted.IsZero() {
		l.wanted = l.board.Ready[l.turn%n].Contact
		l.send(&wire.Frame{Kind: wire.Accept, Contact: l.wanted})
	}
}

// next says whether this counsellor wants somebody.
func (l *Lane) next() {
	if on := l.ask.Load() && !l.full.Load(); on || (l.board != nil && l.board.Asking) {
		l.send(&wire.Frame{Kind: wire.Next, On: on})
	}
}

// Beat is to be called every second or so, as for an End.
func (l *Lane) Beat(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.heard) > askAfter {
		l.heard = now
		l.send(&wire.Frame{Kind: wire.Have})
	}
}

func (l *Lane) send(f *wire.Frame) {
	if l.link != nil {
		_ = l.link.Send(f) // a link that is broken shows when it is read
	}
}
