package chat

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"helpline"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

// Engine is the live line. Its methods may be called from anywhere; all of
// them hand an event to the loop that owns the matter.
type Engine struct {
	set      Settings
	hours    Hours
	journal  Journal
	counters Counters
	keys     *ticket.Keys
	log      *slog.Logger

	boot     int64
	in       chan any
	done     chan struct{} // closed when the loop has ended
	q        *queue        // the loop's own
	estimate atomic.Pointer[Estimate]
	waiting  atomic.Int32
	present  atomic.Pointer[[]Member]
}

// New makes an engine. Nothing runs before Start.
func New(s Settings, h Hours, j Journal, c Counters, k *ticket.Keys, log *slog.Logger) *Engine {
	e := &Engine{
		set: s, hours: h, journal: j, counters: c, keys: k, log: log,
		in: make(chan any, 1024), done: make(chan struct{}),
	}
	e.present.Store(&[]Member{})
	e.estimate.Store(&Estimate{})
	return e
}

// Start raises the boot number and reads the standings. It must have returned
// before any listener opens; Run must follow.
func (e *Engine) Start(ctx context.Context) error {
	boot, err := e.journal.Boot(ctx)
	if err != nil {
		return err
	}
	standings, err := e.journal.Standings(ctx)
	if err != nil {
		return err
	}
	e.boot = boot
	e.q = newQueue(e, standings)
	return nil
}

// Run is the loop of the queue. It returns when ctx is done, after every page
// has been told to come back.
func (e *Engine) Run(ctx context.Context) error {
	defer close(e.done)
	return e.q.run(ctx)
}

// post hands an event to the queue's loop.
func (e *Engine) post(ctx context.Context, ev any) error {
	select {
	case <-e.done: // there may be room, but nobody reads any more
	default:
		select {
		case e.in <- ev:
			return nil
		case <-e.done:
		case <-ctx.Done():
		}
	}
	return helpline.Errorf(helpline.Unavailable, "engine: stopping")
}

// ask posts an event and waits for its answer.
func ask[T any](ctx context.Context, e *Engine, reply chan T, ev any) (T, error) {
	var none T
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second) // a loop that does not answer must not hold a request
	defer cancel()
	if err := e.post(ctx, ev); err != nil {
		return none, err
	}
	select {
	case got := <-reply:
		return got, nil
	case <-e.done:
	case <-ctx.Done():
	}
	return none, helpline.Errorf(helpline.Unavailable, "engine: stopping")
}

// Arrival is a visitor who wants to start a chat.
type Arrival struct {
	Audience helpline.Audience
	Locale   helpline.Locale
	Version  uint16 // of the promise that was read
	Matter   helpline.Matter
	// Rate is the rate key of the network address and Network that of the wider
	// network around it, so that a flood from one of them does not take every
	// place. They are kept in memory while the contact lasts and nowhere else.
	// Empty: not known, and not counted.
	Rate, Network string
	// Way is how a contact came in while there is load: by work of its page (1),
	// by waiting without scripts (2), or nothing was asked for (0). Of the places
	// in the queue neither of the two takes more than three quarters.
	Way Way
}

// Way is how a contact came in.
type Way int

// ticketed is an answer that carries a ticket.
type ticketed struct {
	ticket ticket.Ticket
	err    error
}

// Arrive starts a contact and gives its ticket. It is Unavailable while the
// line is closed or full, or would hardly come to this visitor before it closes;
// Refused in the error says which. It is counted either way.
func (e *Engine) Arrive(ctx context.Context, a Arrival) (ticket.Ticket, error) {
	reply := make(chan ticketed, 1)
	got, err := ask(ctx, e, reply, arrive{a, reply})
	if err != nil {
		return ticket.Ticket{}, err
	}
	return got.ticket, got.err
}

// Renew is a sign of life of a page. It gives the ticket as it should stand in
// the cookie now, and NotFound when the contact has ended.
func (e *Engine) Renew(ctx context.Context, t ticket.Ticket) (ticket.Ticket, error) {
	reply := make(chan ticketed, 1)
	got, err := ask(ctx, e, reply, renew{t, reply})
	if err != nil {
		return ticket.Ticket{}, err
	}
	return got.ticket, got.err
}

// Leave ends a contact for its visitor. A contact that has ended stays so.
func (e *Engine) Leave(ctx context.Context, t ticket.Ticket) error {
	reply := make(chan error, 1)
	got, err := ask(ctx, e, reply, depart{t, reply})
	if err != nil {
		return err
	}
	return got
}

// Visit takes a visitor's live link.
func (e *Engine) Visit(ctx context.Context, t ticket.Ticket, l Link) (*Seat, error) {
	s := &Seat{e: e, link: l, contact: t.Contact, ticket: t}
	return s, e.post(ctx, joined{s})
}

// Attend takes the lane of a desk: duty, offers, the board.
func (e *Engine) Attend(ctx context.Context, m Member, l Link) (*Seat, error) {
	s := &Seat{e: e, link: l, member: m, lane: true}
	return s, e.post(ctx, joined{s})
}

// Sit takes a counsellor's link to one conversation. A page that does not hold
// it, or for which it is over, is told so when it says hello.
func (e *Engine) Sit(ctx context.Context, m Member, contact helpline.ID, l Link) (*Seat, error) {
	s := &Seat{e: e, link: l, member: m, contact: contact}
	reply := make(chan error, 1)
	got, err := ask(ctx, e, reply, sit{s, reply})
	if err != nil {
		return nil, err
	}
	return s, got
}

// Dismiss drops every link of a person: after a logout or a removal.
func (e *Engine) Dismiss(person helpline.ID) {
	_ = e.post(context.Background(), dismiss{person})
}

// Release drops every link of a person who works here no more, and ends the
// conversations the person holds: those visitors are told that the line broke,
// and can wait for somebody else at once. Nobody would come back to them.
func (e *Engine) Release(person helpline.ID) {
	_ = e.post(context.Background(), dismiss{person})
	_ = e.post(context.Background(), release{person})
}

// Handover gives a conversation to another counsellor. It waits for the store.
func (e *Engine) Handover(ctx context.Context, contact helpline.ID, to Member) error {
	reply := make(chan error, 1)
	got, err := ask(ctx, e, reply, handover{contact, to, reply})
	if err != nil {
		return err
	}
	return got
}

// Rotated tells the engine that there are new day keys: living contacts move
// to the new day.
func (e *Engine) Rotated() { _ = e.post(context.Background(), rotated{}) }

// Present lists who is on duty: a desk whose lane is live, or was a moment
// ago, and is not paused.
func (e *Engine) Present() []Member { return *e.present.Load() }

// Estimate is what the front page may say of the wait.
func (e *Engine) Estimate() Estimate { return *e.estimate.Load() }

// Fullness says how full the queue is: 0 empty, 1 full.
func (e *Engine) Fullness() float64 {
	return float64(e.waiting.Load()) / float64(max(e.set.MaxWaiting, 1))
}

func (e *Engine) count(ev Event, a helpline.Audience, l helpline.Locale) {
	e.counters.Count(Count{At: time.Now(), Event: ev, Channel: helpline.ByChat, Audience: a, Locale: l})
}

// Seat is one link's place in the engine: what the link reads goes through it
// to whichever loop owns the contact now.
type Seat struct {
	e       *Engine
	link    Link
	contact helpline.ID
	ticket  ticket.Ticket // of a visitor
	member  Member        // of staff
	lane    bool
	room    atomic.Pointer[roomLoop]
	behind  atomic.Int32 // frames that are still on their way to the queue's loop
	gone    atomic.Bool
}

// Receive hands a frame on. When it is free the frame is the caller's again;
// otherwise it is the engine's from here on. Whoever calls this may run the room for a while, so no lock may be held that a link's
// Send or Drop wants. It waits only while the owner of the contact is behind,
// which holds back this one page.
func (s *Seat) Receive(f *wire.Frame) (free bool) {
	if f.Kind == wire.Hello && f.V != wire.Version {
		s.link.Send(wire.Pack(&wire.Frame{Kind: wire.Problem, Code: "version"}))
		s.link.Drop(0)
		return true
	}
	if r := s.room.Load(); r != nil && s.behind.Load() == 0 { // else it would overtake what came before
		if handled, taken := r.frame(s, f); taken {
			return handled
		}
	}
	s.behind.Add(1)
	if s.e.post(context.Background(), posted{s, f}) != nil {
		s.behind.Add(-1)
	}
	return false
}

// Gone says that the link has ended.
func (s *Seat) Gone() {
	if s.gone.Swap(true) {
		return
	}
	if r := s.room.Load(); r == nil || s.behind.Load() > 0 || !r.take(left{s}) {
		_ = s.e.post(context.Background(), left{s})
	}
	if !s.visitor() && !s.lane {
		_ = s.e.post(context.Background(), forget{s})
	}
}

// visitor says whether the seat is a visitor's.
func (s *Seat) visitor() bool { return s.member.Person.IsZero() }
