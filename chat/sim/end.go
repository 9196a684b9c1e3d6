package sim

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"helpline"
	"helpline/chat/wire"
)

// Times of a page under load: those of static/js/thread.js.
const (
	ackWithin = 200 * time.Millisecond // an acknowledgement that found nothing to ride on goes alone
	askAfter  = 20 * time.Second       // of silence, the page asks whether the line is there
	cutAfter  = 8 * time.Second        // without an answer to that, it looks for a new link
)

// End is one page that stays: it keeps its link, comes back when the line
// breaks, acknowledges like a browser and never says anything by itself. Set
// the exported fields before Stay. The other methods are safe for concurrent use.
type End struct {
	Dial  func(context.Context) (Link, error)
	Stage func(*wire.Frame) // optional: a stage was told
	Heard func(*wire.Frame) // optional: an entry was put on the screen, or was there already

	page  *Page
	alive atomic.Int64 // Unix nanoseconds since when this page is back where it was; 0: away

	mu    sync.Mutex
	link  Link
	dials int
	due   int64       // newest entry that is not acknowledged yet; 0: none
	ack   *time.Timer // made with the first
	heard time.Time
	asked time.Time
	wait  int // seconds the server asked for
	fault error
}

// NewEnd makes an end around a fresh page.
func NewEnd(page *Page) *End { return &End{page: page} }

// Stay lives until ctx ends or the contact does. It returns why the contact
// ended, empty when ctx did.
func (e *End) Stay(ctx context.Context) string {
	for tries := 0; ctx.Err() == nil; tries++ {
		if e.once(ctx) {
			tries = 0
		}
		e.alive.Store(0)
		e.mu.Lock()
		reason, wait := e.page.Ended, time.Duration(e.wait)*time.Second
		e.wait = 0
		e.mu.Unlock()
		if reason != "" {
			return reason
		}
		rest(ctx, wait+backoff(tries))
	}
	return ""
}

// backoff is how long a page waits before it tries again: almost nothing at
// first, and a crowd that lost its server comes back spread out.
func backoff(tries int) time.Duration {
	most := min(15*time.Second, 250*time.Millisecond<<min(tries, 6))
	return most/2 + rand.N(most/2)
}

// once lives on one link until it breaks; true when anything was heard on it.
func (e *End) once(ctx context.Context) (heard bool) {
	link, err := e.Dial(ctx)
	e.mu.Lock()
	e.fault = err
	if err != nil {
		e.mu.Unlock()
		return false
	}
	e.link, e.heard, e.asked = link, time.Now(), time.Time{}
	e.dials++
	e.send(e.page.Open())
	e.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { _ = link.Close() })
	defer func() {
		stop()
		_ = link.Close()
		e.mu.Lock()
		e.link = nil
		e.mu.Unlock()
	}()
	for {
		f, err := link.Receive()
		if err != nil {
			return heard
		}
		heard = true
		if e.take(f) {
			return true
		}
	}
}

// take handles one frame; true when the contact has ended.
func (e *End) take(f *wire.Frame) (over bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard, e.asked = time.Now(), time.Time{}
	e.send(e.page.Handle(f))
	switch f.Kind {
	case wire.Said, wire.Held:
		if e.Heard != nil {
			e.Heard(f)
		}
	case wire.Stage:
		if f.Stage == "offered" {
			e.send([]*wire.Frame{{Kind: wire.Ready}})
		}
		if f.Stage == "waiting" && e.alive.Load() == 0 {
			e.alive.Store(time.Now().UnixNano())
		}
		if e.Stage != nil {
			e.Stage(f)
		}
	case wire.Synced:
		if e.page.Synced() && e.alive.Load() == 0 {
			e.alive.Store(time.Now().UnixNano())
		}
		if top := e.page.top(); top > 0 { // what was acknowledged on the old link may not have arrived
			e.later(top)
		}
	case wire.Idle:
		if f.Left > 0 {
			e.send([]*wire.Frame{{Kind: wire.Extend}})
		}
	case wire.Problem:
		e.wait = max(e.wait, f.Retry)
		e.fault = helpline.Errorf(helpline.Unavailable, "the line answered %q", f.Code)
	}
	return e.page.Ended != "" && e.page.Final
}

// Say writes a message and notes it, before anybody can have been shown it.
func (e *End) Say(body string, note func(Line)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	id, frames := e.page.Say(body)
	note(Line{ID: id, Side: e.page.side, Body: body, Mine: true, State: Sending})
	e.send(frames)
}

// Back is when this page was last back where it was; zero while it is away.
func (e *End) Back() time.Time {
	ns := e.alive.Load()
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns)
}

// Screen is what the page shows.
func (e *End) Screen() []Line {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.page.Screen()
}

// Place says the stage and the own number in the queue as last told, how often
// the page had a link, and what hinders it now.
func (e *End) Place() (stage string, number int64, links int, fault error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.page.Stage, e.page.Number, e.dials, e.fault
}

// Beat is to be called every second or so: a page that hears nothing asks, and
// one that is not answered looks for a new link.
func (e *End) Beat(now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.link == nil:
	case !e.asked.IsZero() && now.Sub(e.asked) > cutAfter:
		_ = e.link.Close()
	case e.asked.IsZero() && now.Sub(e.heard) > askAfter:
		e.asked = now
		_ = e.link.Send(&wire.Frame{Kind: wire.Have})
	}
}

// send writes frames the way a browser does: an acknowledgement rides on the
// next message, or goes alone a moment later. The lock is held; a link that is
// broken shows when it is read.
func (e *End) send(frames []*wire.Frame) {
	for _, f := range frames {
		switch {
		case f.Kind == wire.Have:
			e.later(f.Upto)
			continue
		case f.Kind == wire.Say && e.due > 0:
			f.Have, e.due = e.due, 0
		}
		if e.link != nil {
			_ = e.link.Send(f)
		}
	}
}

func (e *End) later(upto int64) {
	armed := e.due > 0
	e.due = max(e.due, upto)
	switch {
	case armed:
	case e.ack == nil:
		e.ack = time.AfterFunc(ackWithin, e.acknowledge)
	default:
		e.ack.Reset(ackWithin)
	}
}

func (e *End) acknowledge() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.due > 0 && e.link != nil {
		_ = e.link.Send(&wire.Frame{Kind: wire.Have, Upto: e.due})
	}
	e.due = 0
}
