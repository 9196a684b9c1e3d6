package chat

import (
	"context"
	"time"

	"helpline"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

// Events of a room's loop, beside framed and left.
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
)

// roomLoop runs a room: one goroutine that owns it.
type roomLoop struct {
	room *room
	in   chan any
	done chan struct{}
}

func (l *roomLoop) run(ctx context.Context) {
	defer close(l.done)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	// The timer is moved only when something is due earlier than it will fire: most deadlines are put off by every
	// message, and a tick that finds nothing due costs less than moving the timer each time.
	fires := time.Now().Add(time.Hour)
	for !l.room.ended {
		if at := l.room.next(); !at.IsZero() && at.Before(fires) {
			timer.Reset(max(0, time.Until(at)))
			fires = at
		}
		select {
		case ev := <-l.in:
			l.handle(ctx, ev)
		case <-timer.C:
			l.room.tick(ctx)
			fires = time.Now().Add(time.Hour)
			timer.Reset(time.Hour)
		case <-ctx.Done():
			l.room.comeBack()
			return
		}
	}
	l.room.dropLinks() // what still waits in l.in, the queue's loop answers: see sweep
}

func (l *roomLoop) handle(ctx context.Context, ev any) {
	r := l.room
	switch ev := ev.(type) {
	case framed:
		switch {
		case ev.frame.Kind == wire.Hello && ev.seat.gone.Load():
			// Its end came here directly and overtook the hello: a page that is gone takes no seat.
		case ev.frame.Kind != wire.Hello:
			r.receive(ctx, seatIndex(ev.seat), ev.seat.link, ev.frame)
		case ev.seat.visitor():
			r.helloVisitor(ev.seat.link, ev.frame)
		case ev.seat.member.Person != r.st.Holder:
			sendClosed(ev.seat.link, byMoved)
			ev.seat.link.Drop(0)
		default:
			r.helloCounsellor(ev.seat.link, ev.frame)
		}
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
