package chat

import (
	"context"
	"maps"
	"slices"
	"time"

	"helpline"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

// Events of the queue's loop.
type (
	arrive struct {
		Arrival
		reply chan ticketed
	}
	renew struct {
		ticket ticket.Ticket
		reply  chan ticketed
	}
	depart struct {
		ticket ticket.Ticket
		reply  chan error
	}
	joined struct{ seat *Seat }
	framed struct {
		seat  *Seat
		frame *wire.Frame
	}
	posted framed // by a page, to the queue's loop; until it is handed on, what the page says next comes here too
	left   struct{ seat *Seat }
	forget struct{ seat *Seat } // a page of a conversation has gone, whoever owned it
	sit    struct {
		seat  *Seat
		reply chan error
	}
	dismiss  struct{ person helpline.ID }
	release  struct{ person helpline.ID } // to a room: its holder works here no more
	handover struct {
		contact helpline.ID
		to      Member
		reply   chan error
	}
	claimed struct {
		contact  helpline.ID
		by       *desk
		standing Standing
		err      error
	}
	roomGone struct {
		room *roomLoop
		rest []any // came in its last moment
	}
	unread   struct{ event any } // was for a room that is over
	rotated  struct{}
	admitted struct{ ticket ticket.Ticket } // to a room: what the visitor's ticket says
)

// contact is somebody who waits.
type contact struct {
	ticket  ticket.Ticket // place, door, language, binding; its stage and expiry are not kept up
	state   State
	misses  int
	since   time.Time // here, for the board; forgotten at a restart
	seat    *Seat     // live link of the page that is looked at
	tab     int64
	round   int
	lost    time.Time     // since when there is no link
	offered helpline.ID   // the counsellor for whom the ready question was asked
	due     time.Time     // of the question, or of the accept
	more    int           // extensions of this question
	pause   time.Time     // not asked again before
	within  time.Duration // longest wait of the range first named; 0: none was named
	claim   *desk         // somebody's accept is on its way to the disk
	rate    string        // rate key it came from; in no ticket, and unknown after a restart
	network string        // and that of the network around it
	way     Way           // how it came in
	late    bool          // was given a later number than the next
	loose   bool          // others who come later may still go before
	asked   time.Time     // whether ready
	back    time.Time     // the question was taken back
	kept    bool          // said yes when another was quicker: asked before everybody else
	said    saying        // of the line, on its page

	prefers      []helpline.ID // counsellors they agreed with at an earlier time
	prefersUntil time.Time
}

// order is the place in the order of arrival. It never comes from a clock.
func (c *contact) order() int64 { return c.ticket.Boot<<32 | c.ticket.Number }

// there says that the visitor has said yes and that the page is still there:
// nobody accepts an empty chair.
func (c *contact) there() bool { return c.state == StateReady && c.seat != nil }

// tomb is what is remembered of an ended contact until its ticket has died.
type tomb struct {
	reason string
	at     time.Time
}

// queue is everything the queue's loop owns.
type queue struct {
	e         *Engine
	set       Settings
	started   time.Time
	fair      fair // numbers of arrivals in this boot
	tabs      int64
	line      []*contact // in order
	byID      map[helpline.ID]*contact
	rooms     map[helpline.ID]*roomLoop
	standings map[helpline.ID]Standing
	tickets   map[helpline.ID]ticket.Ticket // of accepted contacts whose visitor was here in this boot
	ended     map[helpline.ID]tomb
	rates     map[helpline.ID]string // rate keys of conversations, for a cool-down
	desks     map[helpline.ID]*desk
	pace      pace
	kept      []*contact // who said yes when another was quicker, in that order
	answers   answers

	out       []int64 // numbers that left since the last broadcast
	moved     bool    // somebody came back to an earlier place: everybody is told anew
	told      [2]int  // range as last broadcast
	said      saying  // of the line, as last told
	spoke     bool    // it was looked at since the start
	cast      time.Time
	boarded   time.Time
	stale     bool // boards are to be sent
	banded    time.Time
	nobody    time.Time // since when nobody is on duty
	swept     time.Time
	roomsDone context.CancelFunc
	roomsCtx  context.Context
}

func newQueue(e *Engine, standings []Standing) *queue {
	now := time.Now()
	q := &queue{
		e: e, set: e.set, started: now, nobody: now, cast: now, swept: now,
		byID: map[helpline.ID]*contact{}, rooms: map[helpline.ID]*roomLoop{},
		standings: map[helpline.ID]Standing{}, tickets: map[helpline.ID]ticket.Ticket{}, ended: map[helpline.ID]tomb{}, desks: map[helpline.ID]*desk{},
		fair: newFair(), rates: map[helpline.ID]string{},
	}
	for _, s := range standings {
		q.standings[s.Contact] = s
	}
	return q
}

func (q *queue) run(ctx context.Context) error {
	q.roomsCtx, q.roomsDone = context.WithCancel(ctx)
	defer q.roomsDone()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case ev := <-q.e.in:
			q.handle(ctx, ev)
		case <-tick.C:
			q.tick()
		case <-ctx.Done():
			q.stop()
			return nil
		}
		q.offer()
		q.boards()
	}
}

func (q *queue) handle(ctx context.Context, ev any) {
	switch ev := ev.(type) {
	case posted:
		q.frame(ctx, ev.seat, ev.frame)
		ev.seat.behind.Add(-1)
	case framed:
		q.frame(ctx, ev.seat, ev.frame)
	case left:
		q.left(ev.seat)
	case forget:
		q.forgetSeat(ev.seat)
	case joined:
		if ev.seat.lane {
			q.attend(ev.seat)
		} else {
			q.visit(ev.seat)
		}
	case arrive:
		t, err := q.arrive(ev.Arrival)
		ev.reply <- ticketed{t, err}
	case renew:
		q.renew(ev)
	case depart:
		q.depart(ev)
	case moveOut:
		q.moveOut(ev)
	case prefer:
		q.prefer(ev)
	case sit:
		q.sit(ev.seat)
		ev.reply <- nil
	case claimed:
		q.claimed(ctx, ev)
	case roomEnd:
		q.roomEnd(ev)
	case roomGone:
		if id := ev.room.room.contact; q.rooms[id] == ev.room {
			delete(q.rooms, id)
		}
		for _, late := range ev.rest {
			q.unread(ctx, late)
		}
	case unread:
		q.unread(ctx, ev.event)
	case dismiss:
		q.dismiss(ev.person)
	case release:
		q.release(ev)
	case handover:
		q.handover(ev)
	case rotated:
		q.rotate(ctx)
	}
}

// frame handles what a page without a room says.
func (q *queue) frame(ctx context.Context, s *Seat, f *wire.Frame) {
	if r := s.room.Load(); r != nil && !r.over() { // accepted while this was on its way
		q.tell(r, framed{s, f})
		return
	}
	switch {
	case s.lane:
		q.deskFrame(ctx, s, f)
	case s.visitor():
		q.visitorFrame(s, f)
	default:
		q.refuseSeat(s)
	}
}

// tell hands an event to a room without ever waiting for it.
func (q *queue) tell(r *roomLoop, ev any) {
	if !r.give(ev) { // over; word of it may not have come yet
		go func() { _ = q.e.post(context.Background(), unread{ev}) }()
	}
}

// unread answers for a room that is over.
func (q *queue) unread(ctx context.Context, ev any) {
	switch ev := ev.(type) {
	case framed, renew, left:
		q.handle(ctx, ev)
	case depose:
		ev.reply <- nil
	case hand:
		ev.reply <- helpline.Errorf(helpline.NotFound, "handover: the conversation has ended")
	}
}

func (q *queue) tick() {
	now := time.Now()
	for _, c := range slices.Clone(q.line) {
		q.deadline(c, now)
	}
	for _, d := range q.desks {
		if d.on && len(d.lanes) == 0 && now.Sub(d.lost) >= q.set.Grace {
			q.offDuty(d)
		}
	}
	if len(q.e.Present()) > 0 {
		q.nobody = now
	} else if now.Sub(q.nobody) >= q.set.NobodyFor {
		for _, c := range slices.Clone(q.line) {
			q.step(c, StepNobody, byNobody, Unanswered)
		}
	}
	h := q.e.hours.Now()
	q.shut(slices.Clone(q.line), h)
	q.tellLine(h, now)
	if now.Sub(q.cast) >= q.set.QueueEvery {
		q.broadcast(now)
	}
	if now.Sub(q.banded) >= q.set.BandEvery || (q.banded.IsZero() && q.settled()) {
		q.band(now, h)
	}
	if now.Sub(q.swept) >= time.Minute {
		q.swept = now
		maps.DeleteFunc(q.ended, func(_ helpline.ID, t tomb) bool { return now.Sub(t.at) > ticket.Life })
	}
}

// deadline does what is due for one contact.
func (q *queue) deadline(c *contact, now time.Time) {
	switch {
	case c.claim != nil:
	case c.state == StateOffered && !now.Before(c.due):
		if c.seat == nil { // it was not the visitor who was silent, it was the line
			q.step(c, StepWithdraw, "", "")
			return
		}
		c.pause = now.Add(q.set.ReadyFor)
		q.unkeep(c)
		q.answers.note(false)
		q.hush(c, now)
		q.step(c, StepSilence, byMissed, Missed)
	case c.state == StateReady && !now.Before(c.due):
		if d := q.desks[c.offered]; d != nil {
			d.asking = false // did not take somebody who was ready
			q.unoffer(d)
		}
		q.step(c, StepWithdraw, "", "")
	case c.seat == nil && now.Sub(c.lost) >= q.set.PlaceHeld:
		q.step(c, StepLost, byLeft, LostQueue)
	}
}

// step moves a contact on and does what that asks.
func (q *queue) step(c *contact, st Step, reason string, ev Event) {
	to, effects, err := Apply(c.state, st, c.misses)
	if err != nil {
		return
	}
	c.state = to
	q.stale = true
	for _, e := range effects {
		switch e {
		case CountMiss:
			c.misses++
		case ForgetAsker:
			q.forgetAsker(c)
		case TellStage:
			q.stage(c)
		case LeaveQueue:
			q.remove(c)
		case TellClosed:
			q.ended[c.ticket.Contact] = tomb{reason, time.Now()}
			q.e.count(ev, c.ticket.Audience, c.ticket.Locale)
			if c.seat != nil {
				sendClosed(c.seat.link, reason)
				c.seat.link.Drop(0)
			}
		case OpenRoom: // see claimed: the room needs the standing
		}
	}
}

func (q *queue) settled() bool { return time.Since(q.started) >= q.set.Settle }

// band works out what the front page says. It changes seldom, so that nobody
// can watch a single visit in it.
func (q *queue) band(now time.Time, h helpline.Hours) {
	q.banded = now
	low, high := q.pace.perPlace(q.carried())
	q.e.estimate.Store(&Estimate{
		Band: band(low, high, len(q.line), q.free()), Late: q.late(h),
		Busy: q.set.FirstFrom > 0 && len(q.line) >= q.set.FirstFrom,
	})
}

// stop tells every page to come back, in a moment spread so that they do not
// come all at once.
func (q *queue) stop() {
	for _, c := range q.line {
		if c.seat != nil {
			c.seat.link.Drop(1)
		}
	}
	for _, d := range q.desks {
		for s := range d.lanes {
			s.link.Drop(1)
		}
	}
	for _, r := range q.rooms { // they drop their own links
		r.give(halt{})
		for !r.over() {
			select {
			case <-r.done:
			case <-q.e.in: // a room that wants to tell us something must not wait for us
			}
		}
	}
}
