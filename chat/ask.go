package chat

import (
	"slices"
	"time"

	"helpline"
)

// In quiet times one visitor is asked for each counsellor who is free. A line
// full of people who do not answer would keep the others waiting for one ready
// question after the other, so then some are asked at once, from different rate
// keys and networks. The first yes is offered; whoever says yes after that is
// kept: asked before everybody else, and told so.
const (
	mostAsked = 3   // at once for one counsellor
	askBelow  = 256 // places in the line that are looked through for one more
	questions = 8   // of which the answers are remembered
	enough    = 4   // answers, to judge by
)

// answers remembers whether the last ready questions were answered.
type answers struct {
	yes  [questions]bool
	n    int // all there were
	much int // how many of those in yes are yes
}

func (a *answers) note(yes bool) {
	i := a.n % questions
	if a.n >= questions && a.yes[i] {
		a.much--
	}
	if yes {
		a.much++
	}
	a.yes[i], a.n = yes, a.n+1
}

// few says whether fewer than half of the last questions were answered.
func (a *answers) few() bool { return a.n >= enough && 2*a.much < min(a.n, questions) }

// offer asks the first visitors in the line whether they are ready, for each
// counsellor who has asked and is at a desk.
func (q *queue) offer() {
	if len(q.line) == 0 || !q.settled() {
		return
	}
	var asking []*desk
	for _, d := range q.desks {
		if d.on && d.asking && len(d.lanes) > 0 {
			asking = append(asking, d)
		}
	}
	slices.SortFunc(asking, func(a, b *desk) int { return a.since.Compare(b.since) })
	now := time.Now()
	for _, d := range asking {
		q.offerTo(d, now)
	}
}

// offerTo asks for one desk, if it is time.
func (q *queue) offerTo(d *desk, now time.Time) {
	if slices.ContainsFunc(d.asked, func(c *contact) bool { return c.state == StateReady }) {
		return // there is somebody to be taken
	}
	if c := q.fresh(d, now); c != nil {
		q.ask(d, c, now)
		q.step(c, StepFresh, "", "")
		return
	}
	for _, open := range d.asked {
		if !q.yields(open, now) {
			continue
		}
		others := slices.DeleteFunc(slices.Clone(d.asked), func(c *contact) bool { return c == open })
		if c := q.first(d, now, open, others); c != nil {
			q.takeBack(open)
			q.put(d, c, now)
			return
		}
	}
	if q.oneMore(d) {
		if c := q.first(d, now, nil, d.asked); c != nil {
			q.put(d, c, now)
			return
		}
	}
	if c := q.beside(d, now); c != nil {
		q.put(d, c, now)
	}
}

// beside is somebody who had to work or to wait before they came in, to be asked
// beside those who came just before: a flood that nobody could tell yet is not
// to keep the question to itself. One by each of the two ways, beyond those who
// are asked at once anyway. nil when there is nobody.
func (q *queue) beside(d *desk, now time.Time) *contact {
	if len(d.asked) == 0 || len(q.line) < busyFrom || q.fair.proved() == 0 {
		return nil
	}
	for _, c := range q.line {
		if c.way > 0 && q.fits(c, d, now, d.asked) && !slices.ContainsFunc(d.asked, func(o *contact) bool { return o.way == c.way }) {
			return c
		}
	}
	return nil
}

// put asks somebody the ready question for a desk.
func (q *queue) put(d *desk, c *contact, now time.Time) {
	q.ask(d, c, now)
	c.due, c.more = now.Add(q.set.ReadyFor), 0
	q.step(c, StepOffer, "", "")
}

func (q *queue) ask(d *desk, c *contact, now time.Time) {
	c.asked, c.back, c.offered = now, time.Time{}, d.member.Person
	d.asked = append(d.asked, c)
}

// forgetAsker says that a contact is asked for nobody any more.
func (q *queue) forgetAsker(c *contact) {
	if d := q.desks[c.offered]; d != nil {
		d.asked = slices.DeleteFunc(d.asked, func(o *contact) bool { return o == c })
	}
	c.offered = helpline.ID{}
}

// oneMore says whether one more may be asked for a desk. Whoever is one of a
// crowd does not stand in the way of somebody from elsewhere.
func (q *queue) oneMore(d *desk) bool {
	switch {
	case len(d.asked) == 0:
		return true
	case len(d.asked) >= mostAsked || len(q.line) < busyFrom:
		return false
	case q.answers.few():
		return true
	}
	return !slices.ContainsFunc(d.asked, func(c *contact) bool {
		return q.fair.crowded(c, len(q.line)) == "" && !q.fair.strange(c, len(q.line))
	})
}

// first is who is to be asked first for a desk: those who are kept, those who
// come back to this counsellor, and then the others in the order of the line, before a place in it if one is named,
// and from elsewhere than those named. nil when there is nobody.
func (q *queue) first(d *desk, now time.Time, before *contact, apart []*contact) *contact {
	for _, c := range q.kept {
		if q.fits(c, d, now, apart) {
			return c
		}
	}
	for i, c := range q.line { // who comes back to this one counsellor
		if before != nil || i >= askBelow {
			break
		}
		if c.prefersDesk(d, now) && q.fits(c, d, now, apart) {
			return c
		}
	}
	for i, c := range q.line {
		if c == before || len(apart) > 0 && i >= askBelow {
			return nil
		}
		if q.fits(c, d, now, apart) {
			return c
		}
	}
	return nil
}

// fits says whether somebody can be asked for a desk, beside those named.
func (q *queue) fits(c *contact, d *desk, now time.Time, apart []*contact) bool {
	return c.state == StateWaiting && c.seat != nil && !now.Before(c.pause) && d.member.takes(c.ticket.Locale, c.ticket.Audience) && !q.leftTo(c, d, now) &&
		!slices.ContainsFunc(apart, func(o *contact) bool { return o.rate == c.rate || o.network == c.network })
}

// fresh is somebody kept whose yes is so new that it need not be asked for
// again. nil when there is nobody.
func (q *queue) fresh(d *desk, now time.Time) *contact {
	for _, c := range q.kept {
		if c.state == StateWaiting && c.seat != nil && c.due.Sub(now) >= q.set.AcceptFor/2 && d.member.takes(c.ticket.Locale, c.ticket.Audience) {
			return c
		}
	}
	return nil
}

// yes is the answer to the ready question. When another visitor was quicker, or
// the question was taken back a moment ago, the visitor is kept.
func (q *queue) yes(c *contact, now time.Time) {
	late := c.state == StateWaiting && !c.back.IsZero() && now.Sub(c.back) < answerWithin
	if c.state != StateOffered && !late {
		return
	}
	q.answers.note(true)
	c.due = now.Add(q.set.AcceptFor)
	if d := q.desks[c.offered]; late || d != nil && slices.ContainsFunc(d.asked, func(o *contact) bool { return o.state == StateReady }) {
		q.keep(c)
		q.step(c, StepLate, "", "")
		return
	}
	q.step(c, StepYes, "", "")
}

// takeBack takes the ready question back. A yes that is on its way already
// still counts; not that of a crowd of which somebody did not answer.
func (q *queue) takeBack(c *contact) {
	now := time.Now()
	if now.Sub(c.asked) >= answerWithin {
		q.answers.note(false)
	}
	if !q.fair.behind(c.rate, c.network, now) {
		c.back = now
	}
	q.step(c, StepWithdraw, "", "")
}

func (q *queue) keep(c *contact) {
	c.back = time.Time{}
	if !c.kept {
		c.kept = true
		q.kept = append(q.kept, c)
	}
}

func (q *queue) unkeep(c *contact) {
	if c.kept {
		c.kept = false
		q.kept = slices.DeleteFunc(q.kept, func(o *contact) bool { return o == c })
	}
}
