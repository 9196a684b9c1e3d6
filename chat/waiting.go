package chat

import (
	"time"

	"helpline"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

func sendClosed(l Link, reason string) {
	l.Send(wire.Pack(&wire.Frame{Kind: wire.Closed, Reason: reason, Next: nextStep(reason), Upto: -1, Had: -1, Final: true}))
}

// arrive lets a new contact in, or says why not.
func (q *queue) arrive(a Arrival) (ticket.Ticket, error) {
	refuse := func(ev Event) (ticket.Ticket, error) {
		q.e.count(ev, a.Audience, a.Locale)
		return ticket.Ticket{}, helpline.Errorf(helpline.Unavailable, "arrive: %w", Refused(ev))
	}
	h := q.e.hours.Now()
	can := len(h.Capacity) == 0
	for _, c := range h.Capacity {
		can = can || c.Takes(a.Locale, a.Audience)
	}
	switch {
	case !h.Open || !can:
		return refuse(RefusedShut)
	case q.fair.full(a, len(q.line), q.set.MaxWaiting, time.Now()):
		return refuse(RefusedFull)
	case q.late(h):
		return refuse(RefusedLate)
	}
	number, loose := q.fair.number(a, len(q.line), time.Now())
	c := &contact{
		ticket: ticket.Ticket{
			Contact: helpline.NewID(), Audience: a.Audience, Matter: a.Matter, Locale: a.Locale, Version: a.Version,
			Boot: q.e.boot, Number: number,
		},
		state: StateArrived, since: time.Now(), lost: time.Now(), rate: a.Rate, network: a.Network, way: a.Way, late: loose, loose: loose, said: q.sayingOf(h, time.Now()),
	}
	q.insert(c)
	q.step(c, StepQueue, "", "")
	q.e.count(Arrived, a.Audience, a.Locale)
	return q.stamp(c.ticket, ticket.Waiting), nil
}

// stamp gives a ticket as it should stand in the cookie now.
func (q *queue) stamp(t ticket.Ticket, st ticket.Stage) ticket.Ticket {
	t.Stage, t.Expires = st, time.Now().Add(ticket.Life).Truncate(time.Second)
	return t
}

// over says why a contact has ended; empty while it has not.
func (q *queue) over(t *ticket.Ticket) string {
	if tm, ok := q.ended[t.Contact]; ok {
		return tm.reason
	}
	if reason := q.outcome(t.Contact); reason != "" {
		return reason
	}
	st, ok := q.standings[t.Contact]
	if st.Closed || (!ok && t.Stage == ticket.Talking) {
		return byEnded // whatever its ticket says
	}
	return ""
}

// comeBack gives the contact of a ticket its place again, after a restart.
func (q *queue) comeBack(t ticket.Ticket) *contact {
	if c := q.byID[t.Contact]; c != nil {
		return c
	}
	c := &contact{ticket: t, state: StateArrived, misses: int(t.Misses), since: time.Now(), lost: time.Now(), said: q.said}
	q.insert(c)
	q.step(c, StepQueue, "", "")
	q.e.count(Resumed, t.Audience, t.Locale)
	return c
}

func (q *queue) renew(ev renew) {
	t := ev.ticket
	if q.over(&t) != "" {
		ev.reply <- ticketed{err: helpline.Errorf(helpline.NotFound, "renew: the contact has ended")}
		return
	}
	if _, ok := q.standings[t.Contact]; ok {
		ev.ticket = q.stamp(t, ticket.Talking)
		r := q.open(t.Contact)
		q.tell(r, admitted{t})
		q.tell(r, ev)
		return
	}
	c := q.comeBack(t)
	if c.seat == nil {
		c.lost = time.Now()
	}
	c.ticket.Misses = uint8(c.misses)
	ev.reply <- ticketed{ticket: q.stamp(c.ticket, ticket.Waiting)}
}

func (q *queue) depart(ev depart) {
	id := ev.ticket.Contact
	if q.over(&ev.ticket) != "" {
		ev.reply <- nil
		return
	}
	if _, ok := q.standings[id]; ok {
		q.tell(q.open(id), depose{ev.reply})
		return
	}
	if c := q.byID[id]; c != nil { // a claim that is on its way finds nobody and gives the contact up
		q.step(c, StepLeave, byVisitor, LeftQueue)
	}
	q.ended[id] = tomb{byVisitor, time.Now()}
	ev.reply <- nil
}

// visit takes a visitor's link: to the room, to the place in the queue, or to
// the end that was missed.
func (q *queue) visit(s *Seat) {
	if s.gone.Load() {
		return
	}
	if reason := q.over(&s.ticket); reason != "" {
		sendClosed(s.link, reason)
		s.link.Drop(0)
		return
	}
	if _, ok := q.standings[s.contact]; ok {
		r := q.open(s.contact)
		q.tell(r, admitted{s.ticket})
		if _, ok := q.tickets[s.contact]; !ok {
			q.tickets[s.contact] = s.ticket
			q.stale = true
		}
		s.room.Store(r)
		return
	}
	q.comeBack(s.ticket)
}

func (q *queue) visitorFrame(s *Seat, f *wire.Frame) {
	c := q.byID[s.contact]
	if c == nil {
		if _, ok := q.standings[s.contact]; ok || q.over(&s.ticket) != "" {
			q.visit(s) // accepted or ended while this was on its way
			if r := s.room.Load(); r != nil && !r.over() {
				q.tell(r, framed{s, f})
			}
		}
		return
	}
	if f.Kind == wire.Hello {
		q.hello(c, s, f)
		return
	}
	if c.seat != s {
		if f.Kind == wire.Have { // a page that asks its person "continue here?" wants to know that we are there, too
			s.link.Send(stillHere)
		}
		return
	}
	switch f.Kind {
	case wire.Have:
		s.link.Send(stillHere)
	case wire.Ready:
		q.yes(c, time.Now())
	case wire.Extend:
		if c.state == StateOffered && c.more < 3 {
			c.more++
			c.due = c.due.Add(q.set.ReadyMore)
			q.stage(c)
		}
	case wire.Leave:
		q.step(c, StepLeave, byVisitor, LeftQueue)
	}
}

// stillHere answers a page that asks whether we are.
var stillHere = wire.PackMany(&wire.Frame{Kind: wire.Have})

// hello seats a page of somebody who waits, by the same rules as in a room.
func (q *queue) hello(c *contact, s *Seat, f *wire.Frame) {
	if s.gone.Load() || c.seat == s && f.Round <= c.round {
		return // its end may have overtaken it: a page that is gone takes no seat
	}
	hash := ticket.HashSecret(f.Secret)
	if none := [16]byte{}; hash == none || c.ticket.Tab != none && c.ticket.Tab != hash && !f.Take {
		s.link.Send(wire.Pack(&wire.Frame{Kind: wire.Stage, Stage: "continue"}))
		return
	}
	if f.Tab != 0 && f.Tab < c.tab {
		s.link.Send(wire.Pack(&wire.Frame{Kind: wire.Taken}))
		s.link.Drop(0) // it stays quiet, and says "use here" on a new link
		return
	}
	c.ticket.Tab = hash
	if f.Tab == 0 {
		q.tabs++
		f.Tab = q.e.boot<<32 | q.tabs
	}
	if c.seat != nil && c.seat != s {
		c.seat.link.Send(wire.Pack(&wire.Frame{Kind: wire.Taken}))
		c.seat.link.Drop(0)
	}
	c.seat, c.tab, c.round, c.lost = s, f.Tab, f.Round, time.Time{}
	q.step(c, StepQueue, "", "")
	q.tellOf(c)
}

// stage tells a page that waits where it is.
func (q *queue) stage(c *contact) {
	if c.seat == nil {
		return
	}
	f := &wire.Frame{Kind: wire.Stage, Tab: c.tab}
	switch c.state {
	case StateOffered, StateReady:
		f.Stage = string(c.state)
		f.Left = max(1, int(time.Until(c.due).Round(time.Second)/time.Second))
	default:
		f.Stage, f.Number, f.Low, f.High, f.Kept = string(StateWaiting), c.order(), q.told[0], q.told[1], c.kept
		if c.loose {
			break // no number is better than one that may rise
		}
		i, _ := q.find(c)
		f.Place = i + 1
		for _, gone := range q.out { // the next broadcast will take these off
			if gone < c.order() {
				f.Place++
			}
		}
		if c.within == 0 {
			c.within = time.Duration(f.Place*f.High) * time.Second
		}
	}
	c.seat.link.Send(wire.Pack(f))
}

// left notes that a link has ended.
func (q *queue) left(s *Seat) {
	if r := s.room.Load(); r != nil && !r.over() {
		q.tell(r, left{s})
		return
	}
	if s.lane {
		q.leftDesk(s)
		return
	}
	if c := q.byID[s.contact]; c != nil && c.seat == s {
		c.seat, c.lost = nil, time.Now()
		q.stale = true
	}
}
