package chattest

import (
	"io"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// window is how many bytes one direction takes before a write has to wait:
// the buffers of two kernels.
const window = 128 << 10

// pipe is one direction of a line.
type pipe struct {
	net  *Net
	rand *rand.Rand

	mu     sync.Mutex
	turn   sync.Cond
	queue  []piece
	bytes  int // in the queue, or swallowed by a dead direction
	last   time.Time
	free   time.Time // nothing arrives before
	dead   bool      // takes bytes and gives none
	broken bool      // reset: both ends are told
	doomed time.Time // a reset is on its way and arrives then
	back   *pipe     // the other direction
	fin    bool      // the writer has closed
	left   bool      // the reader has closed
	limit  [2]time.Time
	timers [2]*time.Timer // that wake a writer, a reader
}

type piece struct {
	at    time.Time
	bytes []byte
}

func newPipe(n *Net, r *rand.Rand) *pipe {
	p := &pipe{net: n, rand: r}
	p.turn.L = &p.mu
	return p
}

// write sends b in one to three pieces, so that a cut may fall between them.
func (p *pipe) write(b []byte) (int, error) {
	slow := p.net.slowest()
	if lost, err := p.unheard(); lost {
		if err == nil {
			p.back.doom() // whoever has closed answers like this, a while later
		}
		return len(b), err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.bytes > window && !p.broken && !p.fin && (p.dead || !p.left) {
		if !p.wait(0, time.Time{}) {
			return 0, os.ErrDeadlineExceeded
		}
	}
	switch {
	case p.fin:
		return 0, net.ErrClosed
	case p.broken:
		return 0, syscall.EPIPE
	case p.expired(0):
		return 0, os.ErrDeadlineExceeded
	}
	n := len(b)
	p.bytes += n
	now := time.Now()
	for parts := 1 + p.rand.IntN(10)/8 + p.rand.IntN(10)/8; len(b) > 0; parts-- {
		size := len(b)
		if parts > 1 {
			size = 1 + p.rand.IntN(size)
		}
		delay := slow/20 + time.Duration(p.rand.Int64N(int64(slow)))
		if p.rand.IntN(50) == 0 {
			delay *= 10 // something was lost on the way and came again
		}
		at := now.Add(delay)
		if at.Before(p.last) {
			at = p.last.Add(time.Duration(1 + p.rand.IntN(1000)))
		}
		p.last = at
		if !p.dead {
			p.queue = append(p.queue, piece{at, append([]byte(nil), b[:size]...)})
		}
		b = b[size:]
	}
	p.turn.Broadcast()
	return n, nil
}

// unheard says that the reader has closed, and what its writer is told: at
// first nothing.
func (p *pipe) unheard() (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case !p.left || p.dead || p.fin || p.broken: // nobody tells who writes into a dead direction
		return false, nil
	case !p.doomed.IsZero():
		return true, syscall.EPIPE
	}
	p.doomed = time.Now()
	return true, nil
}

// doom lets the answer of a closed end arrive, after all that was on its way
// before it.
func (p *pipe) doom() {
	slow := p.net.slowest()
	p.change(func() {
		at := time.Now().Add(slow/10 + time.Duration(p.rand.Int64N(int64(slow))))
		if at.Before(p.last) {
			at = p.last
		}
		p.doomed = at
	})
}

func (p *pipe) read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		var next time.Time
		switch {
		case p.left:
			return 0, net.ErrClosed
		case p.broken, !p.dead && !p.doomed.IsZero() && !p.left && !time.Now().Before(p.doomed):
			return 0, syscall.ECONNRESET
		case p.expired(1):
			return 0, os.ErrDeadlineExceeded
		case p.dead:
		case len(p.queue) > 0:
			if next = p.queue[0].at; next.Before(p.free) {
				next = p.free
			}
			if !time.Now().Before(next) {
				n := copy(b, p.queue[0].bytes)
				if p.queue[0].bytes = p.queue[0].bytes[n:]; len(p.queue[0].bytes) == 0 {
					p.queue = p.queue[1:]
				}
				p.bytes -= n
				p.turn.Broadcast()
				return n, nil
			}
		case p.fin:
			return 0, io.EOF
		default:
			next = p.doomed
		}
		p.wait(1, next)
	}
}

func (p *pipe) expired(who int) bool {
	return !p.limit[who].IsZero() && !time.Now().Before(p.limit[who])
}

// wait until something has changed, the deadline has come or it is next. It
// says whether the deadline is still ahead.
func (p *pipe) wait(who int, next time.Time) bool {
	if l := p.limit[who]; !l.IsZero() && (next.IsZero() || l.Before(next)) {
		next = l
	}
	if !next.IsZero() {
		d := time.Until(next)
		if p.timers[who] == nil {
			p.timers[who] = time.AfterFunc(d, p.wake)
		} else {
			p.timers[who].Reset(d)
		}
	}
	p.turn.Wait()
	if t := p.timers[who]; t != nil {
		t.Stop()
	}
	return !p.expired(who)
}

func (p *pipe) wake() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.turn.Broadcast()
}

// change does something to the direction that everybody waiting looks at.
func (p *pipe) change(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	do()
	p.turn.Broadcast()
}

func (p *pipe) kill() { p.change(func() { p.dead, p.queue = true, nil }) }

func (p *pipe) reset() { p.change(func() { p.broken, p.queue = true, nil }) }

func (p *pipe) finish() { p.change(func() { p.fin = true }) }

func (p *pipe) hold(d time.Duration) {
	p.change(func() { p.free = time.Now().Add(d) })
}

// abandon ends the reading. It says whether something was left unread that had
// arrived.
func (p *pipe) abandon() (unread bool) {
	p.change(func() {
		unread = !p.left && !p.dead && len(p.queue) > 0 && !time.Now().Before(p.queue[0].at)
		p.left, p.queue = true, nil
	})
	return unread
}

func (p *pipe) until(t time.Time, reading bool) {
	p.change(func() {
		who := 0
		if reading {
			who = 1
		}
		p.limit[who] = t
	})
}
