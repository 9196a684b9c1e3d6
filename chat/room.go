package chat

import (
	"context"
	"time"

	"helpline"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

// The two seats of a room.
const (
	visitorSeat = iota
	counsellorSeat
)

// seat is one end of a conversation: the page that is looked at, if any.
type seat struct {
	link    Link
	round   int   // of the newest hello on that link
	tab     int64 // number of the newest page load that took the seat
	known   bool  // has said hello since the room was built, so its claim counts
	helloed bool  // the live link has said hello and waits for, or has had, its answer
	synced  bool  // may say
	starved bool  // was told busy; hears room when there is some
	fresh   bool  // the page holds nothing yet
	upto    int64 // what the page claims to hold; below anything proved it counts as nothing
	had     int64 // highest acknowledged, of all pages of this seat
	done    int64 // newest entry the page knows the other to have
	sent    int64 // newest entry given to the live link
	given   int64 // newest entry given to any page of this seat
	lost    time.Time
	asked   int       // questions passed on to the other page of late, see want
	asking  time.Time // when that was last counted down
	state   string    // presence as last told: here, unsure, gone
}

// question is a want that waits for the other page.
type question struct {
	link        Link
	after, upto int64
}

// room carries one conversation. Everything in it belongs to who runs it;
// the methods are plain functions of what came in, so that a test can drive
// them without one.
type room struct {
	contact helpline.ID
	boot    int64
	set     Settings
	keys    *ticket.Keys
	journal Journal
	now     func() time.Time
	told    func(roomEnd) // the queue's loop hears of the end

	st       Standing
	alias    string // of the holder
	audience helpline.Audience
	matter   helpline.Matter
	locale   helpline.Locale
	version  uint16

	head, run int64 // newest place given, running number within this boot
	ring      []wire.Entry
	ringBytes int
	assembled bool
	moved     bool // something was placed in this boot
	justBuilt bool // assembled a moment ago: marks are still to be taken from the hellos
	seats     [2]seat
	tabs      int64
	questions []question
	answer    []wire.Entry // a refill that is still coming in
	answerOf  Link
	packet    wire.Packet // that brings an entry to a page
	passing   Link        // is in the middle of an answer for the other page

	tab  [16]byte // hash of the secret of the page that may see earlier words
	from int64    // that page's words are above this; no entry need stand there
	// shared: the counsellor has let it see what is below, too. What was not delivered there stays in doubt.
	shared bool
	plain  bool // the visitor's page has no scripts

	obs         observer
	closing     bool
	tried       outcome // the last closing that could not be written, as far as the store has said
	reason      string
	ended       bool
	started     time.Time
	lastEntry   time.Time
	lastSide    wire.Side
	extended    int
	warned      time.Time
	closedAt    time.Time
	ackDue      time.Time
	ackOwed     [2]bool // the other side's mark has moved and nothing has carried it yet
	visitorGone time.Time
}

// roomEnd tells the queue's loop that a conversation is over.
type roomEnd struct {
	contact  helpline.ID
	standing Standing
	reason   string
	lasted   time.Duration
	event    Event
	audience helpline.Audience
	locale   helpline.Locale
	handed   bool // not over: it has another holder
}

func (r *room) other(i int) *seat { return &r.seats[1-i] }

// floor is the place below which nothing is for this seat's page: what the
// former holder read, or what an earlier window showed.
func (r *room) floor(i int) int64 {
	if i == counsellorSeat {
		return r.st.Since
	}
	if r.shared {
		return 0
	}
	return r.from
}

func (r *room) send(i int, f *wire.Frame) {
	if l := r.seats[i].link; l != nil {
		l.Send(wire.Pack(f))
	}
}

// receive handles one frame of the page behind l.
func (r *room) receive(ctx context.Context, i int, l Link, f *wire.Frame) {
	s := &r.seats[i]
	if f.Kind == wire.Hello {
		return // hello carries a person or a secret: see helloVisitor and helloCounsellor
	}
	if s.link != l { // fenced, or never seated [2]
		if f.Kind == wire.Have {
			l.Send(stillHere)
		}
		return
	}
	switch f.Kind {
	case wire.Say:
		r.say(i, f)
	case wire.Have:
		r.have(i, f.Upto, true)
	case wire.Want:
		r.want(i, l, f.After, f.Upto)
	case wire.Refill:
		r.refill(i, l, f)
	case wire.Typing:
		if s.synced && !r.closing {
			r.send(1-i, &wire.Frame{Kind: wire.Typing, On: f.On})
		}
	case wire.Extend:
		r.extend()
	case wire.Share:
		if i == counsellorSeat {
			r.share()
		}
	case wire.Leave:
		r.leave(ctx, i, f.Reason)
	}
}

// say gives a message its place [5].
func (r *room) say(i int, f *wire.Frame) {
	s := &r.seats[i]
	if r.closing {
		r.tellClosed(i)
		return
	}
	if !s.link.Scripted() {
		r.post(i, f)
		return
	}
	if !r.assembled || !s.synced {
		return // the page repeats it after its next synced
	}
	if f.Have > 0 {
		r.have(i, f.Have, false)
	}
	side := sideOf(i)
	for k := range r.ring {
		if e := &r.ring[k]; e.ID == f.ID && e.Side == side {
			r.send(i, held(e)) // said before: the same answer
			return
		}
	}
	if i == counsellorSeat && r.from > 0 && f.Seen <= r.from {
		// Written for the window before this one: it goes back to its writer, and not to whoever looks now [14].
		r.send(i, &wire.Frame{Kind: wire.Problem, Code: "window", ID: f.ID})
		return
	}
	if r.full() {
		s.synced, s.helloed, s.starved = false, false, true
		r.send(i, &wire.Frame{Kind: wire.Problem, Code: "busy", ID: f.ID})
		return
	}
	r.place(side, f.ID, f.Body, min(f.Seen, r.head))
	r.pumpAll()
}

// post takes a message from a page without scripts, which never repeats by
// itself: it has its place, or the form comes back with its text and the
// person looks [15]. Seen is the head when the form was made; what the ring no
// longer reaches could have taken the message already.
func (r *room) post(i int, f *wire.Frame) {
	again := &wire.Frame{Kind: wire.Problem, Code: "again", ID: f.ID}
	if !r.assembled {
		r.send(i, again)
		return
	}
	lowest := r.head
	for k := range r.ring {
		e := &r.ring[k]
		lowest = min(lowest, e.Prev)
		if e.ID == f.ID && e.Side == sideOf(i) {
			r.send(i, held(e))
			return
		}
	}
	if f.Seen < lowest || r.full() {
		r.send(i, again)
		return
	}
	r.place(sideOf(i), f.ID, f.Body, min(f.Seen, r.head))
	r.send(i, held(&r.ring[len(r.ring)-1]))
	r.pumpAll()
}

func sideOf(i int) wire.Side {
	if i == visitorSeat {
		return wire.Visitor
	}
	return wire.Counsellor
}

func held(e *wire.Entry) *wire.Frame {
	f := &wire.Frame{Kind: wire.Held, Entry: *e}
	f.Entry.Body = ""
	return f
}

// place puts an entry at the end of the chain.
func (r *room) place(side wire.Side, id helpline.ID, body string, seen int64) {
	r.run++
	e := wire.Entry{At: r.boot<<32 | r.run, Prev: r.head, Term: r.st.Term, Side: side, ID: id, Seen: seen, Body: body}
	e.Seal = wire.Seal(r.keys.SealEntry(said(r.contact, &e)))
	r.head, r.moved = e.At, true
	r.ring = append(r.ring, e)
	r.ringBytes += len(e.Body)
	if side != wire.TheLine {
		r.lastEntry, r.lastSide, r.extended = r.now(), side, 0
		r.unwarn()
	}
	r.evict()
}

func said(contact helpline.ID, e *wire.Entry) *ticket.Said {
	return &ticket.Said{Contact: contact, At: e.At, Prev: e.Prev, Term: e.Term, Side: byte(e.Side), ID: e.ID, Seen: e.Seen, Body: e.Body}
}

func (r *room) genuine(e *wire.Entry) bool {
	return r.keys.CheckEntry(said(r.contact, e), [16]byte(e.Seal))
}

// above gives what the ring holds above a place. It is looked for from the
// newest: nearly always that is one entry or none.
func (r *room) above(at int64) []wire.Entry {
	k := len(r.ring)
	for k > 0 && r.ring[k-1].At > at {
		k--
	}
	return r.ring[k:]
}

// bothHad is the newest entry that both seats have had.
func (r *room) bothHad() int64 { return min(r.seats[0].had, r.seats[1].had) }

// full says that a ring's worth of entries is still open [7].
func (r *room) full() bool {
	n, size := 0, 0
	for _, e := range r.above(r.bothHad()) {
		n++
		size += len(e.Body)
	}
	return n >= r.set.RingEntries || size >= r.set.RingBytes
}

// evict lets go of what both seats have had, beyond a ring's worth.
func (r *room) evict() {
	lo := r.bothHad()
	n := 0
	for n < len(r.ring) && r.ring[n].At <= lo && (len(r.ring)-n > r.set.RingEntries || r.ringBytes > r.set.RingBytes) {
		r.ringBytes -= len(r.ring[n].Body)
		r.ring[n] = wire.Entry{}
		n++
	}
	r.ring = r.ring[n:]
}

// have moves a seat's mark [6]. A mark beyond the head is not believed.
func (r *room) have(i int, upto int64, answer bool) {
	s := &r.seats[i]
	upto = min(upto, r.head)
	if upto <= s.had {
		if answer { // a page that says nothing new asks whether we are there
			f := &wire.Frame{Kind: wire.Have}
			if s.synced {
				r.ackOwed[i] = false
				f.Upto = r.other(i).had
			}
			r.send(i, f)
		}
		return
	}
	s.had = upto
	r.owe(1 - i)
	r.evict()
	r.unstarve()
	if i == visitorSeat {
		r.obs.visitorHad(r, upto)
	}
	r.maybeWipe()
}

// owe notes that seat i is to hear of the other's mark, with the next entry or
// alone a little later.
func (r *room) owe(i int) {
	if !r.ackOwed[0] && !r.ackOwed[1] {
		r.ackDue = r.now().Add(r.set.AckWithin)
	}
	r.ackOwed[i] = true
}

// settleAcks sends the marks that found nothing to ride on.
func (r *room) settleAcks() {
	for i := range r.seats {
		if r.ackOwed[i] && r.seats[i].synced {
			r.send(i, &wire.Frame{Kind: wire.Have, Upto: r.other(i).had})
		}
	}
	r.ackOwed, r.ackDue = [2]bool{}, time.Time{}
}

// ride puts the other side's mark on a frame for seat i.
func (r *room) ride(i int, f *wire.Frame) {
	f.Have = r.other(i).had
	r.ackOwed[i] = false
}

func (r *room) unstarve() {
	for i := range r.seats {
		if s := &r.seats[i]; s.starved && s.link != nil && !r.full() {
			s.starved = false
			r.send(i, &wire.Frame{Kind: wire.Room})
		}
	}
}

// pump gives the live link of a seat everything it has not been given.
func (r *room) pump(i int) {
	s := &r.seats[i]
	if s.link == nil || !r.assembled {
		return
	}
	fresh := r.above(max(s.sent, r.floor(i)))
	for k := range fresh {
		e := &fresh[k]
		s.sent, s.given = e.At, max(s.given, e.At)
		if r.packet.Frame == nil {
			r.packet.Frame = new(wire.Frame)
		}
		f := r.packet.Frame // one for all: a link keeps nothing of what it is sent
		f.Kind, f.Entry = wire.Said, *e
		if s.synced && e.Side == sideOf(i) && e.At>>32 == r.boot && s.link.Scripted() {
			f.Kind, f.Entry.Body = wire.Held, "" // its own words, which it holds: only their place
		}
		r.ride(i, f)
		s.link.Send(&r.packet)
	}
}

func (r *room) pumpAll() {
	for i := range r.seats {
		if s := &r.seats[i]; s.synced || s.starved {
			r.pump(i)
		}
	}
	r.obs.pump(r)
}
