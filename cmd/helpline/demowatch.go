package main

import (
	"context"

	"helpline"
	"helpline/chat"
	"helpline/chat/link"
	"helpline/chat/ticket"
	"helpline/chat/wire"
	"helpline/counsel/console"
)

// simulatedKey marks the context of a request of a simulated person.
type simulatedKey struct{}

// simulated says whether a request is one of a simulated person.
func simulated(ctx context.Context) bool { return ctx.Value(simulatedKey{}) != nil }

// watched is the engine as the demonstration's pages see it: it does what the
// engine does and lets the tour look at what really happened.
type watched struct {
	*chat.Engine
	progress *progress
}

// Arrive starts a contact.
func (e watched) Arrive(ctx context.Context, a chat.Arrival) (ticket.Ticket, error) {
	a.Rate, a.Network = "", "" // everybody here comes from the same machine
	t, err := e.Engine.Arrive(ctx, a)
	if err == nil && !simulated(ctx) {
		e.progress.started(t.Contact)
	}
	return t, err
}

// Leave ends a contact for its visitor.
func (e watched) Leave(ctx context.Context, t ticket.Ticket) error {
	err := e.Engine.Leave(ctx, t)
	if err == nil {
		e.progress.left(t.Contact)
	}
	return err
}

// Visit takes a visitor's live link.
func (e watched) Visit(ctx context.Context, t ticket.Ticket, l chat.Link) (*chat.Seat, error) {
	if !simulated(ctx) {
		e.progress.started(t.Contact)
		l = &watchedLink{Link: l, see: func(w *watchedLink, f *wire.Frame) { e.progress.seen(t.Contact, wire.Visitor, f, w) }}
	}
	return e.Engine.Visit(ctx, t, l)
}

// watchedDesk is the same for the staff's pages.
type watchedDesk struct {
	console.Engine
	progress *progress
}

// Attend takes the lane of a desk.
func (e watchedDesk) Attend(ctx context.Context, m chat.Member, l chat.Link) (link.Receiver, error) {
	if !simulated(ctx) {
		board := (helpline.Actor{Roles: m.Roles}).Has(helpline.Supervisor)
		w := &watchedLink{Link: l, see: func(w *watchedLink, f *wire.Frame) { e.progress.toDesk(f, w, board) }}
		to, err := e.Engine.Attend(ctx, m, w)
		if err != nil {
			return nil, err
		}
		return watchedLane{to, w, e.progress}, nil
	}
	return e.Engine.Attend(ctx, m, l)
}

// Sit takes a counsellor's link to one conversation.
func (e watchedDesk) Sit(ctx context.Context, m chat.Member, contact helpline.ID, l chat.Link) (link.Receiver, error) {
	if !simulated(ctx) {
		l = &watchedLink{Link: l, see: func(w *watchedLink, f *wire.Frame) { e.progress.seen(contact, wire.Counsellor, f, w) }}
	}
	return e.Engine.Sit(ctx, m, contact, l)
}

// watchedLink is a link whose frames to the page are looked at on their way:
// their kind and whose they are, never the words in them.
type watchedLink struct {
	chat.Link
	see      func(*watchedLink, *wire.Frame)
	caughtUp bool // under the lock of progress
	onDuty   bool // the same
}

// watchedLane is a lane whose end is noted.
type watchedLane struct {
	link.Receiver
	link     *watchedLink
	progress *progress
}

// Gone notes the end and passes it on.
func (w watchedLane) Gone() {
	w.progress.deskGone(w.link)
	w.Receiver.Gone()
}

// Send looks at a packet and passes it on.
func (w *watchedLink) Send(p *wire.Packet) {
	w.see(w, p.Frame)
	w.Link.Send(p)
}
