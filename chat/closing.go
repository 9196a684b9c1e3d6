package chat

import (
	"context"
	"time"

	"helpline"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

// Refused is why an arrival got no place: it is in the error of Arrive, which
// is Unavailable. RefusedShut, RefusedFull or RefusedLate.
type Refused Event

// Error says it in the words of the counter.
func (r Refused) Error() string { return string(r) }

// Move ends the wait of a visitor whose words have gone to the inbox. It may be
// called again. A conversation is not touched: who talks may write as well.
func (e *Engine) Move(ctx context.Context, t ticket.Ticket) error {
	reply := make(chan error, 1)
	got, err := ask(ctx, e, reply, moveOut{t, reply})
	if err != nil {
		return err
	}
	return got
}

type moveOut struct {
	ticket ticket.Ticket
	reply  chan error
}

func (q *queue) moveOut(ev moveOut) {
	defer func() { ev.reply <- nil }()
	id := ev.ticket.Contact
	if _, talks := q.standings[id]; talks || q.over(&ev.ticket) != "" {
		return
	}
	q.comeBack(ev.ticket) // after a restart nobody has seen the ticket yet; the counter must
	q.step(q.byID[id], StepLeave, byInbox, MovedInbox)
	q.ended[id] = tomb{byInbox, time.Now()}
}

// shut ends the wait of everybody once the line has closed: each page hears it
// and offers the next step. Whoever is being asked, or has said yes, is not sent
// away at the bell; a question that is not answered ends soon by itself.
func (q *queue) shut(line []*contact, h helpline.Hours) {
	if !h.Shut.Ends() {
		return
	}
	for _, c := range line {
		if c.state == StateWaiting {
			q.step(c, StepNobody, byShut, ClosedOut)
		}
	}
}

// saying is what those who wait are told of the line, beside their place.
type saying struct {
	word  string // paused, first, or nothing
	until int64  // Unix time at which it closes; 0: no end that matters
}

// farEnd is how far an end may be to be said at all: a line that is open day and
// night has none that matters.
const farEnd = 18 * time.Hour

func (q *queue) sayingOf(h helpline.Hours, now time.Time) (s saying) {
	switch est := q.e.estimate.Load(); {
	case h.Shut == helpline.ShutPaused, h.Shut == helpline.ShutShort:
		s.word = "paused"
	case h.First || est != nil && est.Busy:
		s.word = "first"
	}
	if !h.Until.IsZero() && h.Until.Sub(now) < farEnd {
		s.until = h.Until.Unix()
	}
	return s
}

// tellLine tells everybody who waits what has changed by hand, or because many
// wait: their pages were made before.
func (q *queue) tellLine(h helpline.Hours, now time.Time) {
	s := q.sayingOf(h, now)
	if changed := s != q.said && q.spoke; !changed { // a start changes nothing of what their pages say
		q.said, q.spoke = s, true
		return
	}
	q.said = s
	for _, c := range q.line {
		if c.seat == nil { // a page that is made before all this is over may say either: it is told once it is there
			c.said = saying{word: "unsure"}
			continue
		}
		q.tellOf(c)
	}
}

// tellOf tells one contact, if its page does not say it yet.
func (q *queue) tellOf(c *contact) {
	if c.seat == nil || c.said == q.said {
		return
	}
	c.said = q.said
	left := 0
	if q.said.until > 0 {
		left = int(max(1, q.said.until-time.Now().Unix()))
	}
	c.seat.link.Send(wire.Pack(&wire.Frame{Kind: wire.Line, State: q.said.word, Left: left}))
}

// late says whether somebody who joins now would hardly be asked before the
// line takes nobody any more. Where the wait cannot be told, nobody is late.
func (q *queue) late(h helpline.Hours) bool {
	end := h.Last
	if end.IsZero() {
		end = h.Until
	}
	low, _ := q.pace.perPlace(q.carried())
	before := len(q.line) + 1 - q.free()
	if end.IsZero() || low == 0 || before <= 0 {
		return false
	}
	return time.Now().Add(time.Duration(low*before) * time.Second).After(end)
}

// free counts the conversations that could begin at once.
func (q *queue) free() int {
	free := 0
	for _, d := range q.desks {
		if d.on && d.member.counsels() {
			free += max(0, d.member.chats()-q.holding(d.member.Person))
		}
	}
	return free
}
