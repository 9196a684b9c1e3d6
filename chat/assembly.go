package chat

import (
	"slices"

	"helpline"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

// helloVisitor seats a visitor's page, unless it is not the page the contact's
// words are for [14] or an older tab than the one being looked at [9].
func (r *room) helloVisitor(l Link, f *wire.Frame) {
	s := &r.seats[visitorSeat]
	if s.link == l && f.Round <= s.round {
		return
	}
	hash := ticket.HashSecret(f.Secret)
	// The secret was bound while the contact waited, before there were words. A room that does not know it (its
	// server died before the ticket was renewed) gives nothing to anybody who has not said "continue here".
	known := hash == r.tab && hash != [16]byte{}
	switch {
	case !known && (!f.Take || hash == [16]byte{} || len(r.ring) >= 2*r.set.RingEntries):
		// Each new window is announced by an entry. Somebody who opens them faster than the counsellor's page takes
		// the announcements has to press again.
		l.Send(wire.Pack(&wire.Frame{Kind: wire.Stage, Stage: "continue"}))
		return
	case !r.takeSeat(visitorSeat, l, f):
		return
	}
	if !known {
		// Whatever was placed so far, in this boot or before, is not for this window: at once, so that no ticket
		// sealed from here on says otherwise.
		r.tab, r.from, r.shared = hash, r.boot<<32|r.run, false
		r.send(counsellorSeat, r.windowed())
	}
	r.seated(visitorSeat)
}

// helloCounsellor seats a page of the person who holds the contact; the caller
// has checked that against the store's standing [10].
func (r *room) helloCounsellor(l Link, f *wire.Frame) {
	if s := &r.seats[counsellorSeat]; s.link == l && f.Round <= s.round {
		return
	}
	if r.takeSeat(counsellorSeat, l, f) {
		r.seated(counsellorSeat)
	}
}

// takeSeat fences the old link and notes what the new page claims [2].
func (r *room) takeSeat(i int, l Link, f *wire.Frame) bool {
	s := &r.seats[i]
	if f.Tab != 0 && f.Tab < s.tab {
		l.Send(wire.Pack(&wire.Frame{Kind: wire.Taken}))
		l.Drop(0) // it stays quiet, and says "use here" on a new link
		return false
	}
	if f.Tab == 0 {
		r.tabs++
		f.Tab = r.boot<<32 | r.tabs
	}
	if old := s.link; old != nil && old != l {
		old.Send(wire.Pack(&wire.Frame{Kind: wire.Taken}))
		old.Drop(0)
	}
	s.link, s.round, s.tab = l, f.Round, f.Tab
	s.known, s.helloed, s.synced, s.starved = true, true, false, false
	s.upto, s.fresh, s.done = max(f.Upto, 0), f.Upto < 0, min(f.Done, r.boot<<32|r.run)
	if s.upto > max(r.head, r.boot<<32) {
		s.upto = 0 // nothing was placed there by anybody
	}
	return true
}

// seated tells the page where it is, and goes on with assembly.
func (r *room) seated(i int) {
	s, o := &r.seats[i], r.other(i)
	if i == counsellorSeat {
		s.upto = max(s.upto, r.st.Since) // the store vouches for it
	}
	r.here(i)
	if i == visitorSeat && s.link.Scripted() == r.plain { // both sides are told what such a page can do
		r.plain = !r.plain
		r.tellStage(counsellorSeat)
	}
	r.tellStage(i)
	// A page that knows more than the rebuilt chain, and nothing has been placed since: assemble again. What the
	// other page may say must wait for that; what it said at its last hello is old [3].
	if r.assembled && s.upto > r.head && !r.moved && r.boot > 1 {
		r.assembled = false
		if o.link != nil {
			o.synced, o.helloed, o.known = false, false, false
			r.send(1-i, &wire.Frame{Kind: wire.Room})
		}
	}
	r.assemble()
	r.obs.announce(r)
}

// tellStage tells a page that it talks, and with whom.
func (r *room) tellStage(i int) {
	f := &wire.Frame{Kind: wire.Stage, Stage: "talking", Tab: r.seats[i].tab, Since: r.floor(i), Alias: r.alias}
	if i == counsellorSeat {
		f.Door, f.Locale, f.Version = doorText(r.audience, r.matter), string(r.locale), versionText(r.version)
		f.Plain = r.plain
	}
	r.send(i, f)
}

// onChain says whether the server can see that a page's upto is a link of the
// chain [4].
func (r *room) onChain(i int) bool {
	s := &r.seats[i]
	if s.fresh || s.upto == r.head {
		return true
	}
	if len(r.ring) > 0 && r.ring[0].Prev == s.upto {
		return true
	}
	for k := range r.ring {
		if r.ring[k].At == s.upto {
			return true
		}
	}
	return false
}

// assemble brings the room to where places may be given [3], and every page
// that has said hello to where it may say [4].
func (r *room) assemble() {
	if !r.assembled && !r.agree() {
		return
	}
	for i := range r.seats {
		if s := &r.seats[i]; s.waits() && !r.onChain(i) {
			s.upto, s.fresh = r.vouched(i), true
			r.send(i, &wire.Frame{Kind: wire.Reset})
		}
	}
	if r.justBuilt {
		r.justBuilt = false
		for i := range r.seats {
			r.mark(i)
		}
	}
	for i := range r.seats {
		if r.seats[i].waits() {
			r.sync(i)
		}
	}
	r.evict()
	r.unstarve()
}

// waits says that the page has said hello and is owed its synced.
func (s *seat) waits() bool { return s.link != nil && s.helloed && !s.synced && !s.starved }

// mark believes a page about what it holds, up to the head.
func (r *room) mark(i int) {
	s := &r.seats[i]
	if s.fresh || (s.link != nil && !s.link.Scripted()) {
		return // holds nothing; only what it acknowledges counts
	}
	s.had = max(s.had, min(s.upto, r.head))
}

func (r *room) sync(i int) {
	s, o := &r.seats[i], r.other(i)
	if i == visitorSeat && r.from > 0 && r.head <= r.from {
		// A new window, and nothing placed since. The notice is an entry, so that every message of the counsellor
		// shows whether its writer knew.
		r.place(wire.TheLine, helpline.NewID(), `{"event":"window"}`, 0)
		if o.synced {
			r.pump(1 - i)
		}
	}
	s.sent = s.upto
	r.mark(i)
	if i == counsellorSeat && r.from > 0 { // before any mark that goes over what that window never showed
		r.send(i, r.windowed())
	}
	r.pump(i)
	s.synced = true
	r.send(i, &wire.Frame{Kind: wire.Synced, Round: s.round, Upto: r.head})
	r.ackOwed[i] = false
	r.send(i, &wire.Frame{Kind: wire.Have, Upto: o.had})
	if o.synced { // else it hears at its own synced, after what it must know first
		r.send(1-i, &wire.Frame{Kind: wire.Have, Upto: s.had})
	}
	r.tellPresence(i)
	r.tellIdle(i)
	for _, q := range r.questions { // what the other page still misses
		if q.link == o.link && o.link != nil {
			r.send(i, &wire.Frame{Kind: wire.Want, After: q.after, Upto: q.upto})
		}
	}
	if r.closing {
		r.tellClosed(i)
	}
}

func (r *room) windowed() *wire.Frame {
	return &wire.Frame{Kind: wire.Presence, State: "window", Upto: r.from}
}

// vouched is what a seat's page holds without proving it.
func (r *room) vouched(i int) int64 {
	if i == counsellorSeat {
		return r.st.Since // the store says so
	}
	return 0
}

// agree finds out what the chain is after a restart. It needs both pages, and
// proof of every entry that only one of them claims.
func (r *room) agree() bool {
	v, c := &r.seats[visitorSeat], &r.seats[counsellorSeat]
	if !v.known || !c.known {
		return false
	}
	lo, hi, top := v, c, counsellorSeat
	if v.upto > c.upto {
		lo, hi, top = c, v, visitorSeat
	}
	n := len(r.ring)
	switch {
	case lo.upto == hi.upto:
		if n > 0 && r.ring[n-1].At != hi.upto {
			r.setRing(nil)
		}
	case n > 0 && r.ring[n-1].At == hi.upto && r.ring[0].Prev <= lo.upto:
		// proved before, and nothing has been placed since
	case top == counsellorSeat && hi.upto == r.st.Since:
		r.setRing(nil) // the store vouches for the chain up to there
	default:
		r.send(top, &wire.Frame{Kind: wire.Want, After: lo.upto, Upto: hi.upto, Assemble: true})
		r.answer, r.answerOf = nil, hi.link
		return false
	}
	r.head, r.assembled, r.justBuilt = hi.upto, true, true
	return true
}

func (r *room) setRing(items []wire.Entry) {
	r.ring, r.ringBytes = items, 0
	for k := range items {
		r.ringBytes += len(items[k].Body)
	}
}

// prove takes the answer to an assembling want: all of it, unbroken, ending
// where the page claims, every seal good. What a page cannot prove counts as
// nothing [3].
func (r *room) prove(i int, items []wire.Entry) {
	s := &r.seats[i]
	if r.assembled || !r.seats[0].known || !r.seats[1].known || s.upto <= r.other(i).upto {
		return // nobody asked, or it was an earlier question: meanwhile the other side has come back with more
	}
	n := len(items)
	good := n > 0 && items[n-1].At == s.upto
	for k := range items {
		good = good && r.genuine(&items[k]) && (k == 0 || items[k].Prev == items[k-1].At)
	}
	if !good {
		s.upto = r.vouched(i)
		r.assemble()
		return
	}
	first, size := n, 0
	for first > 0 && n-first < r.set.RingEntries && size < r.set.RingBytes {
		first--
		size += len(items[first].Body)
	}
	r.setRing(slices.Clone(items[first:]))
	r.head, r.assembled, r.justBuilt = s.upto, true, true
	r.assemble()
	r.obs.announce(r)
}
