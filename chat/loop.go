package chat

import (
	"context"
	"sync"
	"time"

	"helpline"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

// Events of a room, beside framed and left.
type (
	observe struct{ link Link }
	hand    struct {
		to    helpline.ID
		alias string
		reply chan error
	}
	depose struct{ reply chan error } // the visitor leaves by a form or a beacon
	keep   struct{ epoch int }
	named  struct{ alias string } // of the holder; a rebuilt room has forgotten it
	due    struct{}               // a deadline of the room may have come
	halt   struct{}               // the server is stopping
)

// mostBehind is how many events may wait for a room before whoever brings
// another waits too: that holds back one page each. The queue's loop never waits:
// mostGiven is how many there may be before it turns away what pages bring.
const (
	mostBehind = 64
	mostGiven  = 512
)

// roomLoop runs a room: one event after the other, each by whoever brought
// something while nobody ran the room. That one goes on until nothing more has
// come, and everybody else puts what they bring in line and goes. So a room
// belongs to one goroutine at any time, a message costs no switch between two,
// and a quiet room holds none (docs/adr/0023).
//
// The queue's loop never runs a room: a room that ends waits for the queue.
type roomLoop struct {
	room *room
	e    *Engine
	ctx  context.Context
	done chan struct{} // closed when the room is over

	mu    sync.Mutex
	space sync.Cond // for who waits until less is behind
	busy  bool      // somebody runs the room
	shut  bool      // it is over, and takes nothing any more
	line  []any     // what came meanwhile

	// Of whoever runs the room. The timer is moved only when something is due earlier than it will fire: most
	// deadlines are put off by every message, and to find nothing due costs less than moving the timer each time.
	timer  *time.Timer
	fires  time.Time // zero: it does not
	halted bool
}

func newRoomLoop(ctx context.Context, e *Engine, r *room) *roomLoop {
	l := &roomLoop{room: r, e: e, ctx: ctx, done: make(chan struct{})}
	l.space.L = &l.mu
	return l
}

// frame takes a frame of a page, and has mostly handled it when it returns:
// then nobody holds the frame any more. It is not taken when the room is over.
func (l *roomLoop) frame(s *Seat, f *wire.Frame) (handled, taken bool) {
	l.mu.Lock()
	if l.busy || l.shut {
		return false, l.queued(framed{s, f})
	}
	l.busy = true
	l.mu.Unlock()
	defer broken()
	l.framed(s, f)
	l.goOn()
	return true, true
}

// take takes an event as frame does.
func (l *roomLoop) take(ev any) bool {
	l.mu.Lock()
	if l.busy || l.shut {
		return l.queued(ev)
	}
	l.busy = true
	l.mu.Unlock()
	defer broken()
	l.handle(ev)
	l.goOn()
	return true
}

// queued puts an event in line for whoever runs the room, and waits while the
// line is long. The lock is held before and not after.
func (l *roomLoop) queued(ev any) bool {
	defer l.mu.Unlock()
	for len(l.line) >= mostBehind && !l.shut {
		l.space.Wait()
	}
	if l.shut {
		return false
	}
	l.line = append(l.line, ev)
	if !l.busy { // it came to rest while we waited
		l.busy = true
		go l.run()
	}
	return true
}

// give takes an event without ever waiting and without running the room here:
// for the queue's loop. It is false when the room is over. A room that does not
// move, because a disk does not answer, has a line that ends: see tooMuch.
func (l *roomLoop) give(ev any) bool {
	if l.behind() >= mostGiven && tooMuch(ev) {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shut {
		return false
	}
	l.line = append(l.line, ev)
	if !l.busy {
		l.busy = true
		go l.run()
	}
	return true
}

// behind is how many events stand in line; none when the room is over.
func (l *roomLoop) behind() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.line)
}

// tooMuch turns away what a page has brought, and says whether it was that. A page
// loses its link and resumes on the next without loss; a request is asked to come
// again. What is left comes once for each link, or from ourselves.
func tooMuch(ev any) bool {
	const doing = "reach the conversation: it does not keep up"
	switch ev := ev.(type) {
	case framed:
		ev.seat.link.Drop(1)
	case renew:
		ev.reply <- ticketed{err: helpline.Errorf(helpline.Unavailable, doing)}
	case depose:
		ev.reply <- helpline.Errorf(helpline.Unavailable, doing)
	case hand:
		ev.reply <- helpline.Errorf(helpline.Unavailable, doing)
	case admitted: // comes with each renewal: the next one says the same
	default:
		return false
	}
	return true
}

// run is a turn for what stands in line.
func (l *roomLoop) run() {
	defer broken()
	l.goOn()
}

// broken ends the program when a room has panicked, as a goroutine of its own
// would have done: whoever ran it may be a request, whose panics are answered,
// and the room would take everything and never move again.
func broken() {
	if thrown := recover(); thrown != nil {
		go func() { panic(thrown) }()
		select {}
	}
}

// goOn handles what stands in line and comes to rest when nothing does. The
// room is the caller's.
func (l *roomLoop) goOn() {
	for !l.room.ended && !l.halted {
		l.mu.Lock()
		if len(l.line) == 0 {
			l.aim()
			l.busy = false
			l.mu.Unlock()
			return
		}
		ev := l.line[0]
		l.line[0] = nil
		if l.line = l.line[1:]; len(l.line) == 0 {
			l.line = nil
		}
		l.space.Signal()
		l.mu.Unlock()
		l.handle(ev)
	}
	l.end()
}

// end closes the room for good. What still stood in line the queue's loop
// answers: nobody waits for an answer that nobody gives.
func (l *roomLoop) end() {
	if l.timer != nil {
		l.timer.Stop()
	}
	if l.halted {
		l.room.comeBack()
	} else {
		l.room.dropLinks()
	}
	l.mu.Lock()
	l.shut = true
	rest := l.line
	l.line = nil
	l.space.Broadcast()
	l.mu.Unlock()
	close(l.done)
	_ = l.e.post(context.Background(), roomGone{l, rest})
}

func (l *roomLoop) over() bool {
	select {
	case <-l.done:
		return true
	default:
		return false
	}
}

// aim sets the timer to the room's next deadline.
func (l *roomLoop) aim() {
	at := l.room.next()
	if at.IsZero() || !l.fires.IsZero() && !at.Before(l.fires) {
		return
	}
	l.fires = at
	within := max(0, time.Until(at))
	if l.timer == nil {
		l.timer = time.AfterFunc(within, func() { l.take(due{}) })
	} else {
		l.timer.Reset(within)
	}
}

// framed handles a frame. The room keeps nothing of it but strings and lists.
func (l *roomLoop) framed(s *Seat, f *wire.Frame) {
	r := l.room
	switch {
	case f.Kind == wire.Hello && s.gone.Load():
		// Its end came here directly and overtook the hello: a page that is gone takes no seat.
	case f.Kind != wire.Hello:
		r.receive(l.ctx, seatIndex(s), s.link, f)
	case s.visitor():
		r.helloVisitor(s.link, f)
	case s.member.Person != r.st.Holder:
		sendClosed(s.link, byMoved)
		s.link.Drop(0)
	default:
		r.helloCounsellor(s.link, f)
	}
}

func (l *roomLoop) handle(ev any) {
	r, ctx := l.room, l.ctx
	switch ev := ev.(type) {
	case framed:
		l.framed(ev.seat, ev.frame)
	case due:
		l.fires = time.Time{}
		r.tick(ctx)
	case halt:
		l.halted = true
	case left:
		r.lostLink(ev.seat.link)
	case depose:
		r.close(ctx, byVisitor, EndVisitor)
		if !r.closing {
			ev.reply <- helpline.Errorf(helpline.Unavailable, "leave: could not be written down")
			return
		}
		ev.reply <- nil
	case hand:
		was := r.st.Holder
		err := r.handover(ctx, ev.to, ev.alias)
		if err == nil && was != r.st.Holder {
			r.told(roomEnd{contact: r.contact, standing: r.st, handed: true})
		}
		ev.reply <- err
	case release:
		if r.st.Holder == ev.person {
			r.close(ctx, byLeft, EndAway)
		}
	case observe:
		r.observe(ev.link)
	case keep:
		r.st.Epoch = ev.epoch
	case named:
		if r.alias != ev.alias {
			r.alias = ev.alias
			r.tellStage(visitorSeat)
		}
	case admitted:
		r.admit(ev.ticket)
	case renew:
		t := ev.ticket
		t.Tab, t.From, t.Shared = r.tab, r.from, r.shared
		ev.reply <- ticketed{ticket: t}
	}
}

// admit takes from a ticket what a rebuilt room does not know: the door, and
// whose words these are.
func (r *room) admit(t ticket.Ticket) {
	if r.audience == "" {
		r.audience, r.matter, r.locale, r.version = t.Audience, t.Matter, t.Locale, t.Version
		r.tellStage(counsellorSeat)
	}
	if r.tab == ([16]byte{}) {
		r.tab, r.from, r.shared = t.Tab, t.From, t.Shared
	}
}

func seatIndex(s *Seat) int {
	if s.visitor() {
		return visitorSeat
	}
	return counsellorSeat
}

// comeBack tells both pages to come back: the server is stopping.
func (r *room) comeBack() {
	for i := range r.seats {
		if l := r.seats[i].link; l != nil {
			l.Drop(1)
		}
	}
}

// dropLinks ends the links of a room that is over. The pages have been told.
func (r *room) dropLinks() {
	for i := range r.seats {
		if l := r.seats[i].link; l != nil {
			l.Drop(0)
		}
	}
	if r.obs.link != nil {
		r.obs.link.Drop(0)
	}
}
