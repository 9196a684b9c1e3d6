package chat

import (
	"context"

	"helpline"
	"helpline/chat/wire"
)

// handover gives the conversation to another counsellor [11]: one write, then
// the former holder's page is told to wipe itself. What lies above since, all
// that is still open, goes to the new page.
func (r *room) handover(ctx context.Context, to helpline.ID, alias string) error {
	switch {
	case r.closing:
		return helpline.Errorf(helpline.NotFound, "handover: the conversation has ended")
	case r.st.Holder == to:
		return helpline.Errorf(helpline.Invalid, "handover: to the one who holds it")
	}
	since := r.seats[visitorSeat].done
	if r.assembled {
		since = r.bothHad()
	} else if !r.seats[visitorSeat].known {
		return helpline.Errorf(helpline.Unavailable, "handover: the visitor has not come back yet")
	}
	st := r.st
	st.Term, st.Holder, st.Since = st.Term+1, to, max(since, st.Since)
	st, before, err := r.change(ctx, st)
	switch {
	case err != nil:
		return err
	case before:
		r.shut(st, r.tried)
		return helpline.Errorf(helpline.NotFound, "handover: the conversation has ended")
	}
	r.st, r.alias = st, alias
	s := &r.seats[counsellorSeat]
	if s.link != nil {
		r.send(counsellorSeat, &wire.Frame{Kind: wire.Closed, Reason: byMoved, Next: nextStep(byMoved), Upto: -1, Had: -1, Final: true})
		s.link.Drop(0)
	}
	r.seats[counsellorSeat] = seat{had: st.Since, given: s.given, tab: s.tab, lost: r.now(), state: "unsure"}
	r.questions = nil
	r.tellStage(visitorSeat)
	return nil
}

// observer is a colleague who reads along [13]: the announcement is an entry,
// and nothing that was written before the visitor had it goes to the observer.
type observer struct {
	link  Link
	id    helpline.ID // of the announcement
	at    int64       // its place; 0: not announced yet
	since int64       // from here on all was written knowing it; 0: not yet
	sent  int64
}

// observe lets a colleague read along, announced.
func (r *room) observe(l Link) {
	r.obs = observer{link: l, id: helpline.NewID()}
	r.obs.announce(r)
}

func (o *observer) announce(r *room) {
	if o.link == nil || o.at > 0 || !r.assembled || r.closing || r.full() {
		return
	}
	r.place(wire.TheLine, o.id, `{"event":"observer"}`, 0)
	o.at = r.head
	r.pumpAll()
}

// visitorHad starts the reading once the visitor's page has the announcement.
func (o *observer) visitorHad(r *room, upto int64) {
	if o.link != nil && o.at > 0 && o.since == 0 && upto >= o.at {
		o.since = r.head
	}
}

func (o *observer) pump(r *room) {
	if o.link == nil || o.since == 0 {
		return
	}
	for k := range r.ring {
		e := &r.ring[k]
		if e.At <= max(o.since, o.sent) || e.Side == wire.TheLine || (e.Side == wire.Visitor && e.Seen < o.at) {
			continue
		}
		o.sent = e.At
		o.link.Send(wire.Pack(&wire.Frame{Kind: wire.Said, Entry: *e}))
	}
}
