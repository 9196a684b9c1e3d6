package chat

import (
	"context"
	"time"

	"helpline"
	"helpline/chat/wire"
)

// accept takes a visitor who is ready. The claim goes to the store first: of
// two who accept at once exactly one wins, and the other is told so.
func (q *queue) accept(ctx context.Context, d *desk, s *Seat, id helpline.ID) {
	problem := func(code string) { s.link.Send(wire.Pack(&wire.Frame{Kind: wire.Problem, Code: code, ID: id})) }
	if st, ok := q.standings[id]; ok {
		switch {
		case st.Holder == d.member.Person && !st.Closed:
			s.link.Send(wire.Pack(&wire.Frame{Kind: wire.Accept, Contact: id, Mine: true}))
		case st.Closed:
			problem("late")
		default:
			problem("other")
		}
		return
	}
	c := q.byID[id]
	switch {
	case c == nil || !c.there() || !d.on || !d.member.takes(c.ticket.Locale, c.ticket.Audience):
		problem("late")
	case c.claim == d:
		// the answer is on its way
	case c.claim != nil:
		problem("other")
	case q.holding(d.member.Person) >= d.member.chats():
		problem("holding")
	default:
		c.claim = d
		st := Standing{Contact: id, Channel: helpline.ByChat, Term: 1, Holder: d.member.Person, Epoch: q.e.keys.Epoch()}
		go func() {
			got, err := q.e.journal.Accept(ctx, st)
			_ = q.e.post(ctx, claimed{id, d, got, err})
		}()
	}
}

func (q *queue) claimed(ctx context.Context, ev claimed) {
	c, d := q.byID[ev.contact], ev.by
	answer := func(f *wire.Frame) {
		for s := range d.lanes {
			s.link.Send(wire.Pack(f))
		}
	}
	if c != nil {
		c.claim = nil
	}
	q.stale = true
	if ev.err != nil {
		q.e.log.Error("accept could not be written", "kind", string(helpline.KindOf(ev.err)))
		answer(&wire.Frame{Kind: wire.Problem, Code: "disk", ID: ev.contact})
		return
	}
	q.standings[ev.contact] = ev.standing
	if ev.standing.Holder != d.member.Person {
		answer(&wire.Frame{Kind: wire.Problem, Code: "other", ID: ev.contact})
		return
	}
	if c == nil { // left while the claim was on its way to the disk
		st := ev.standing
		st.Closed = true
		q.standings[ev.contact] = st
		go func() {
			if err := q.e.journal.Change(ctx, st.Term, st); err != nil {
				q.e.log.Error("close could not be written", "kind", string(helpline.KindOf(err)))
			}
		}()
		answer(&wire.Frame{Kind: wire.Problem, Code: "late", ID: ev.contact})
		return
	}
	q.step(c, StepAccept, "", "")
	d.asking = false
	q.unoffer(d) // who was asked beside this one, and is not ready yet
	t := &c.ticket
	if t.Boot == q.e.boot {
		q.passed(t.Number)
	}
	q.e.count(Accepted, t.Audience, t.Locale)
	if c.within > 0 && time.Since(c.since) <= c.within {
		q.e.count(RangeKept, t.Audience, t.Locale)
	} else if c.within > 0 {
		q.e.count(RangeBroken, t.Audience, t.Locale)
	}
	q.tickets[ev.contact] = *t
	if c.rate != "" {
		q.rates[ev.contact] = c.rate
	}
	r := q.build(ev.standing, true)
	r.room.alias, r.room.audience, r.room.matter, r.room.locale, r.room.version = d.member.Alias, t.Audience, t.Matter, t.Locale, t.Version
	r.room.tab = t.Tab
	r.room.tabs, r.room.seats[visitorSeat].tab = q.tabs, c.tab
	q.start(r)
	if c.seat != nil {
		c.seat.room.Store(r)
		c.seat.link.Send(wire.Pack(&wire.Frame{Kind: wire.Stage, Stage: "talking", Tab: c.tab, Alias: d.member.Alias}))
	}
	answer(&wire.Frame{Kind: wire.Accept, Contact: ev.contact, Mine: true})
}

// build makes the room of a standing. A room accepted in this boot starts
// assembled: nothing older can exist.
func (q *queue) build(st Standing, fresh bool) *roomLoop {
	now := time.Now()
	r := &room{
		contact: st.Contact, boot: q.e.boot, set: q.set, keys: q.e.keys, journal: q.e.journal, now: time.Now,
		st: st, assembled: fresh, started: now, lastEntry: now,
		told: func(end roomEnd) { _ = q.e.post(context.Background(), end) },
	}
	for i := range r.seats {
		r.seats[i].state, r.seats[i].lost = "unsure", now
	}
	return newRoomLoop(q.roomsCtx, q.e, r)
}

func (q *queue) start(r *roomLoop) {
	q.rooms[r.room.contact] = r
	r.mu.Lock() // the timer may find it at once
	defer r.mu.Unlock()
	r.aim()
}

// open gives the room of an open standing, and rebuilds it after a restart.
// Of a room that is over the caller has asked before: see finished.
func (q *queue) open(id helpline.ID) *roomLoop {
	if r := q.rooms[id]; r != nil {
		return r
	}
	st := q.standings[id]
	r := q.build(st, false)
	if d := q.desks[st.Holder]; d != nil {
		r.room.alias = d.member.Alias
	}
	q.start(r)
	return r
}

// outcome is how a conversation ended whose room says so before word of it has
// come to the queue's loop. Such a room is not built again.
func (q *queue) outcome(id helpline.ID) string {
	if r := q.rooms[id]; r != nil && r.over() && r.room.ended {
		return r.room.reason
	}
	return ""
}

// sit takes a counsellor's link to a conversation.
func (q *queue) sit(s *Seat) {
	if s.gone.Load() {
		return
	}
	q.desk(s.member).seats[s] = struct{}{}
	st, ok := q.standings[s.contact]
	if !ok || st.Holder != s.member.Person {
		return // answered at hello
	}
	if r := q.rooms[s.contact]; r != nil && !r.over() {
		q.tell(r, named{s.member.Alias})
		s.room.Store(r)
	} else if !st.Closed && q.outcome(s.contact) == "" {
		r := q.open(s.contact)
		q.tell(r, named{s.member.Alias})
		s.room.Store(r)
	}
}

// refuseSeat answers a staff page that asks for a conversation it does not
// hold, or that is over.
func (q *queue) refuseSeat(s *Seat) {
	reason := byEnded
	if st, ok := q.standings[s.contact]; ok && st.Holder != s.member.Person {
		reason = byMoved
	} else if tm, ok := q.ended[s.contact]; ok {
		reason = tm.reason
	} else if r := q.outcome(s.contact); r != "" {
		reason = r
	}
	sendClosed(s.link, reason)
	s.link.Drop(0)
}

func (q *queue) roomEnd(ev roomEnd) {
	q.standings[ev.contact] = ev.standing
	q.stale = true
	if ev.handed {
		return
	}
	delete(q.tickets, ev.contact)
	if rate := q.forgetRate(ev.contact); ev.event == EndMisuse {
		put(q.fair.cooled, rate, time.Now())
	}
	q.ended[ev.contact] = tomb{ev.reason, time.Now()}
	q.pace.add(ev.lasted)
	q.e.count(ev.event, ev.audience, ev.locale)
}

func (q *queue) handover(ev handover) {
	st, ok := q.standings[ev.contact]
	switch {
	case !ok || st.Closed || q.outcome(ev.contact) != "":
		ev.reply <- helpline.Errorf(helpline.NotFound, "handover: no such conversation")
	case !ev.to.counsels():
		ev.reply <- helpline.Errorf(helpline.Forbidden, "handover: not to a counsellor")
	default:
		q.tell(q.open(ev.contact), hand{ev.to.Person, ev.to.Alias, ev.reply})
	}
}

// rotate moves what is alive to the new day's epoch and forgets what no ticket
// can open any more.
func (q *queue) rotate(ctx context.Context) {
	epoch := q.e.keys.Epoch()
	var alive []helpline.ID
	for id, st := range q.standings {
		r := q.rooms[id]
		switch {
		case r != nil && !r.over() && !st.Closed:
			st.Epoch = epoch
			q.standings[id] = st
			alive = append(alive, id)
			q.tell(r, keep{epoch})
		case st.Epoch < epoch-1:
			delete(q.standings, id)
		}
	}
	go func() {
		if err := q.e.journal.Keep(ctx, epoch, alive); err != nil {
			q.e.log.Error("standings could not be kept", "kind", string(helpline.KindOf(err)))
		}
	}()
}
