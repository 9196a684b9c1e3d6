package chat

import (
	"time"

	"helpline/chat/wire"
)

// want answers a page that misses something below: from the ring, else from
// the other page. Below the seat's floor the answer is always no [8].
func (r *room) want(i int, l Link, after, upto int64) {
	after, upto = max(after, r.floor(i)), min(upto, r.head)
	if after >= upto {
		return
	}
	lowest := upto
	for k := range r.ring {
		if e := &r.ring[k]; e.At > after && e.At <= upto {
			l.Send(wire.Pack(&wire.Frame{Kind: wire.Said, Entry: *e, Fill: true}))
			lowest = min(lowest, e.Prev)
		}
	}
	if lowest <= after {
		return
	}
	if !r.mayAsk(&r.seats[i]) {
		return // on its next link the page asks again
	}
	if len(r.questions) >= 64 { // a page asks for a handful; more is somebody's game
		r.questions = r.questions[1:]
	}
	r.questions = append(r.questions, question{l, after, lowest})
	r.send(1-i, &wire.Frame{Kind: wire.Want, After: after, Upto: lowest})
}

// mayAsk holds back a page whose questions would cost the other page its link:
// a page with honest gaps asks a handful, and one more every second will do.
func (r *room) mayAsk(s *seat) bool {
	const burst = 40
	now := r.now()
	s.asked = max(0, s.asked-int(now.Sub(s.asking)/time.Second))
	if s.asked >= burst {
		return false
	}
	if s.asked++; now.Sub(s.asking) >= time.Second {
		s.asking = now
	}
	return true
}

// refill takes what a page holds: an answer in as many frames as it needs.
func (r *room) refill(i int, l Link, f *wire.Frame) {
	if !f.Assemble {
		r.pass(l, f)
		return
	}
	if r.answerOf != l {
		r.answer, r.answerOf = nil, l
	}
	size := 0
	for k := range r.answer {
		size += len(r.answer[k].Body)
	}
	if len(r.answer)+len(f.Items) > 2*wire.MaxItems || size > 2*r.set.RingBytes {
		r.answer = nil // more than it was asked for: it proves nothing
		f.Items, f.More = nil, false
	}
	r.answer = append(r.answer, f.Items...)
	if f.More {
		return
	}
	items := r.answer
	r.answer = nil
	r.prove(i, items)
}

// pass hands what one page holds to the pages that asked, every seal checked,
// and tells them what nobody holds.
func (r *room) pass(l Link, f *wire.Frame) {
	first := r.passing != l
	r.passing = nil
	if f.More {
		r.passing = l
	}
	keep := r.questions[:0]
	for _, q := range r.questions {
		if r.seatOf(q.link) < 0 { // that page is gone; on its next link it asks again
			continue
		}
		if q.link == l || q.after != f.After {
			keep = append(keep, q)
			continue
		}
		up := q.upto // what nobody holds ends where the first entry that came begins
		for k := range f.Items {
			e := &f.Items[k]
			if e.At <= q.after || e.At > q.upto || !r.genuine(e) {
				continue
			}
			up = min(up, e.Prev)
			q.link.Send(wire.Pack(&wire.Frame{Kind: wire.Said, Entry: *e, Fill: true}))
		}
		if first && up > q.after {
			q.link.Send(wire.Pack(&wire.Frame{Kind: wire.Gone, After: q.after, Upto: up}))
		}
		if f.More {
			keep = append(keep, q)
		}
	}
	r.questions = keep
}

func (r *room) seatOf(l Link) int {
	for i := range r.seats {
		if r.seats[i].link == l {
			return i
		}
	}
	return -1
}

// share lets the visitor's new window have the earlier words, after the
// counsellor has asked [14].
func (r *room) share() {
	s := &r.seats[visitorSeat]
	if r.from == 0 || r.shared || r.closing || !s.synced {
		return
	}
	r.shared = true
	r.tellStage(visitorSeat)
	r.want(visitorSeat, s.link, 0, r.from)
}
