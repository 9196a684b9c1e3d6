package chat

import (
	"context"
	"slices"
	"strings"
	"time"

	"helpline"
	"helpline/chat/wire"
)

// desk is one member of staff who is, or was a moment ago, at a desk.
type desk struct {
	member Member
	lanes  map[*Seat]struct{} // open desk pages
	seats  map[*Seat]struct{} // open conversations
	on     bool
	asking bool
	since  time.Time  // asking since
	asked  []*contact // for this desk: ready, or with the question before them
	lost   time.Time
}

func (q *queue) desk(m Member) *desk {
	d := q.desks[m.Person]
	if d == nil {
		d = &desk{lanes: map[*Seat]struct{}{}, seats: map[*Seat]struct{}{}}
		q.desks[m.Person] = d
	}
	d.member = m
	return d
}

func (q *queue) attend(s *Seat) {
	if s.gone.Load() {
		return
	}
	d := q.desk(s.member)
	d.lanes[s] = struct{}{}
	d.lost = time.Time{}
	q.presence()
	// Only this page: when a whole shift comes back after a restart, a board to everybody for each of them would be
	// most of the work. The others see it with the next.
	s.link.Send(q.board(d, q.people(), time.Now()))
}

func (q *queue) leftDesk(s *Seat) {
	if d := q.desks[s.member.Person]; d != nil {
		delete(d.lanes, s)
		if len(d.lanes) == 0 {
			d.lost = time.Now()
		}
		q.stale = true
	}
}

func (q *queue) offDuty(d *desk) {
	d.on, d.asking = false, false
	q.unoffer(d)
	q.presence()
}

// presence publishes who is on duty.
func (q *queue) presence() {
	var list []Member
	for _, d := range q.desks {
		if d.on && d.member.counsels() {
			list = append(list, d.member)
		}
	}
	slices.SortFunc(list, func(a, b Member) int { return strings.Compare(a.Alias, b.Alias) })
	q.e.present.Store(&list)
	q.stale = true
}

func (q *queue) deskFrame(ctx context.Context, s *Seat, f *wire.Frame) {
	d := q.desks[s.member.Person]
	if d == nil {
		return
	}
	if _, ok := d.lanes[s]; !ok {
		return
	}
	switch f.Kind {
	case wire.Have:
		s.link.Send(stillHere)
		return
	case wire.Duty:
		if !d.member.counsels() {
			return
		}
		d.on = f.On
		if !f.On {
			q.offDuty(d)
		}
		q.presence()
	case wire.Next:
		q.next(d, s, f.On)
	case wire.Accept:
		q.accept(ctx, d, s, f.Contact)
	}
	q.stale = true
}

// next notes that a counsellor asks for a visitor. One who has as many as may
// be is shown those first: a lost answer never takes a second visitor.
func (q *queue) next(d *desk, s *Seat, on bool) {
	if !on {
		d.asking = false
		q.unoffer(d)
		return
	}
	if !d.on || !d.member.counsels() {
		return
	}
	if q.holding(d.member.Person) >= d.member.chats() {
		s.link.Send(wire.Pack(&wire.Frame{Kind: wire.Problem, Code: "holding"}))
		return
	}
	if !d.asking {
		d.asking, d.since = true, time.Now()
	}
}

// unoffer takes back the ready questions asked for a desk. A visitor who has
// said yes stays ready: somebody else may be free.
func (q *queue) unoffer(d *desk) {
	for _, c := range slices.Clone(d.asked) {
		if c.state == StateOffered {
			q.takeBack(c)
		}
	}
}

// holding counts the open conversations of a person.
func (q *queue) holding(person helpline.ID) int {
	n := 0
	for _, st := range q.standings {
		if st.Holder == person && !st.Closed {
			n++
		}
	}
	return n
}

// carried counts the conversations the people on duty can carry at once.
func (q *queue) carried() int {
	n := 0
	for _, m := range q.e.Present() {
		n += m.chats()
	}
	return n
}

// boards sends every desk what it shows, when something has changed, at most
// once a second.
func (q *queue) boards() {
	now := time.Now()
	if !q.stale || now.Sub(q.boarded) < time.Second {
		return
	}
	q.stale, q.boarded = false, now
	people := q.people()
	for _, d := range q.desks {
		if len(d.lanes) == 0 {
			continue
		}
		p := q.board(d, people, now)
		for s := range d.lanes {
			s.link.Send(p)
		}
	}
}

// people are the counsellors at a desk, as every board lists them.
func (q *queue) people() []wire.Person {
	var people []wire.Person
	held := map[helpline.ID]int{} // as holding counts, for all at once
	for _, st := range q.standings {
		if !st.Closed {
			held[st.Holder]++
		}
	}
	for _, d := range q.desks {
		if !d.member.counsels() || (!d.on && len(d.lanes) == 0) {
			continue
		}
		state := "on"
		switch {
		case !d.on:
			state = "paused"
		case len(d.lanes) == 0:
			state = "unsure"
		}
		people = append(people, wire.Person{Alias: d.member.Alias, State: state, Chats: held[d.member.Person], Asking: d.asking})
	}
	slices.SortFunc(people, func(a, b wire.Person) int { return strings.Compare(a.Alias, b.Alias) })
	return people[:min(len(people), 60)]
}

// board is what one desk shows now.
func (q *queue) board(d *desk, people []wire.Person, now time.Time) *wire.Packet {
	longest := 0
	for _, c := range q.line {
		longest = max(longest, int(now.Sub(c.since)/time.Minute))
	}
	return wire.PackMany(&wire.Frame{
		Kind: wire.Board, On: d.on, Asking: d.asking, Waiting: len(q.line), Longest: longest,
		Ready: q.readyFor(d, now), Yours: q.yours(d), People: people,
	})
}

// readyFor lists who may be accepted at a desk, in the order of arrival, but
// first the visitor who was asked for this desk: counsellors who press next
// together do not all reach for the same one.
func (q *queue) readyFor(d *desk, now time.Time) (list []wire.Waiter) {
	for _, c := range q.line {
		own := c.offered == d.member.Person
		if !c.there() || c.claim != nil || !d.on || !d.member.takes(c.ticket.Locale, c.ticket.Audience) || (len(list) >= mostReady && !own) {
			continue
		}
		w := wire.Waiter{
			Contact: c.ticket.Contact, Door: doorText(c.ticket.Audience, c.ticket.Matter), Locale: string(c.ticket.Locale),
			Waited: int(now.Sub(c.since) / time.Minute), Version: versionText(c.ticket.Version), State: "here",
		}
		if own {
			list = slices.Insert(list, 0, w)
		} else {
			list = append(list, w)
		}
	}
	return list[:min(len(list), mostReady)]
}

// mostReady is how many of those who are ready a board shows.
const mostReady = 8

// yours lists what a counsellor holds. How the visitor is, the conversation's
// own link tells.
func (q *queue) yours(d *desk) (list []wire.Waiter) {
	for id, st := range q.standings {
		if st.Holder != d.member.Person || st.Closed || len(list) >= 32 {
			continue
		}
		w := wire.Waiter{Contact: id}
		if t, ok := q.tickets[id]; ok {
			w.Door, w.Locale, w.Version = doorText(t.Audience, t.Matter), string(t.Locale), versionText(t.Version)
		}
		list = append(list, w)
	}
	slices.SortFunc(list, func(a, b wire.Waiter) int { return strings.Compare(a.Contact.String(), b.Contact.String()) })
	return list
}

// dismiss drops everything a person has open.
func (q *queue) dismiss(person helpline.ID) {
	d := q.desks[person]
	if d == nil {
		return
	}
	q.offDuty(d)
	for s := range d.lanes {
		s.link.Drop(0)
	}
	for s := range d.seats {
		s.link.Drop(0)
	}
}

// release ends what a person holds who works here no more.
func (q *queue) release(ev release) {
	for id, st := range q.standings {
		if st.Holder == ev.person && !st.Closed && q.outcome(id) == "" {
			q.tell(q.open(id), ev)
		}
	}
}

func (q *queue) forgetSeat(s *Seat) {
	if d := q.desks[s.member.Person]; d != nil {
		delete(d.seats, s)
	}
}
