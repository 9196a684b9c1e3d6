package chat

import (
	"context"
	"strconv"
	"time"

	"helpline"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

func versionText(v uint16) string { return strconv.Itoa(int(v)) }

// doorText is a door as a desk is told of it, with the way that was chosen
// behind it: young.harmed.
func doorText(a helpline.Audience, way helpline.Matter) string {
	if way == "" {
		return string(a)
	}
	return string(a) + "." + string(way)
}

// here notes a sign of life of a seat.
func (r *room) here(i int) {
	s := &r.seats[i]
	s.lost = time.Time{}
	if s.state != "here" {
		s.state = "here"
		r.tellPresence(1 - i)
	}
	if i == visitorSeat {
		r.visitorGone = time.Time{}
	}
}

// lostLink notes that a link has ended. Unsure is not gone: most come back.
func (r *room) lostLink(l Link) {
	if r.obs.link == l {
		r.obs = observer{}
		return
	}
	i := r.seatOf(l)
	if i < 0 {
		return
	}
	s := &r.seats[i]
	s.link, s.synced, s.helloed, s.starved = nil, false, false, false
	s.lost = r.now()
	s.state = "unsure"
	if i == visitorSeat {
		r.unwarn() // who comes back is warned anew: a warning nobody sees ends nothing
	}
	r.tellPresence(1 - i)
}

// tellPresence tells seat i how it is with the other.
func (r *room) tellPresence(i int) {
	if s := r.other(i); s.state != "" && !r.closing {
		r.send(i, &wire.Frame{Kind: wire.Presence, State: s.state})
	}
}

// extend puts the end of an idle conversation off.
func (r *room) extend() {
	if r.warned.IsZero() || r.extended >= r.set.IdleTimes {
		return
	}
	r.extended++
	r.lastEntry = r.now()
	r.unwarn()
}

func (r *room) warn() {
	r.warned = r.now()
	for i := range r.seats {
		r.tellIdle(i)
	}
}

// tellIdle tells seat i how long it is until an idle conversation ends.
func (r *room) tellIdle(i int) {
	if !r.warned.IsZero() && !r.closing {
		left := r.warned.Add(r.set.IdleWarn).Sub(r.now())
		r.send(i, &wire.Frame{Kind: wire.Idle, Left: max(1, int(left.Round(time.Second)/time.Second))})
	}
}

func (r *room) unwarn() {
	if r.warned.IsZero() {
		return
	}
	r.warned = time.Time{}
	for i := range r.seats {
		r.send(i, &wire.Frame{Kind: wire.Idle})
	}
}

// idleFrom is when the silence began that counts: a visitor who waits for an
// answer is not idle.
func (r *room) idleFrom() (time.Time, bool) {
	if r.closing || r.lastSide == wire.Visitor || r.seats[visitorSeat].state != "here" {
		return time.Time{}, false
	}
	return r.lastEntry, true
}

// next is the time of the room's next deadline; zero when there is none.
func (r *room) next() time.Time {
	var at time.Time
	add := func(t time.Time) {
		if at.IsZero() || t.Before(at) {
			at = t
		}
	}
	if r.closing {
		add(r.closedAt.Add(r.set.Linger))
	}
	if !r.ackDue.IsZero() {
		add(r.ackDue)
	}
	for i := range r.seats {
		if s := &r.seats[i]; s.state == "unsure" {
			add(s.lost.Add(r.set.Grace))
		}
	}
	if !r.visitorGone.IsZero() {
		add(r.visitorGone.Add(ticket.Life))
	}
	if from, ok := r.idleFrom(); ok {
		if r.warned.IsZero() {
			add(from.Add(r.set.IdleAfter))
		} else {
			add(r.warned.Add(r.set.IdleWarn))
		}
	}
	return at
}

// tick does what is due.
func (r *room) tick(ctx context.Context) {
	now := r.now()
	due := func(t time.Time) bool { return !now.Before(t) }
	if r.closing {
		if due(r.closedAt.Add(r.set.Linger)) {
			r.finish()
			return
		}
	}
	if !r.ackDue.IsZero() && due(r.ackDue) {
		r.settleAcks()
	}
	for i := range r.seats {
		if s := &r.seats[i]; s.state == "unsure" && due(s.lost.Add(r.set.Grace)) {
			s.state = "gone"
			r.tellPresence(1 - i)
			if i == visitorSeat {
				r.visitorGone = now
			}
		}
	}
	if !r.visitorGone.IsZero() && due(r.visitorGone.Add(ticket.Life)) {
		r.close(ctx, byLeft, EndLeft) // no ticket of this contact can be good any more
		if r.visitorGone = (time.Time{}); !r.closing {
			r.visitorGone = now // it could not be written down: later again
		}
	}
	from, ok := r.idleFrom()
	switch {
	case !ok:
	case r.warned.IsZero() && due(from.Add(r.set.IdleAfter)):
		r.warn()
	case !r.warned.IsZero() && due(r.warned.Add(r.set.IdleWarn)):
		r.close(ctx, byIdle, EndIdle)
		if !r.closing {
			r.warn() // it could not be written down: not tried again before the next warning has run out
		}
	}
}
