package chat

import (
	"context"

	"helpline"
	"helpline/chat/wire"
)

// Reasons for the end of a contact, as the pages are told.
const (
	byVisitor    = "visitor"
	byCounsellor = "counsellor"
	byLeft       = "left"
	byMisuse     = "misuse"
	byIdle       = "idle"
	byMoved      = "moved"
	byEnded      = "ended"
	byMissed     = "missed"
	byNobody     = "unanswered"
	byShut       = "shut"  // the line has closed
	byInbox      = "inbox" // a message has been left instead
)

// nextStep is what a page offers after the end: never nothing, except to a
// counsellor's page that was moved on.
func nextStep(reason string) string {
	switch reason {
	case byMoved, byInbox:
		return "none"
	case byShut:
		return "write"
	case byMissed, byLeft, byIdle, byNobody:
		return "again"
	}
	return "lines"
}

// leave ends the conversation for one of the two.
func (r *room) leave(ctx context.Context, i int, reason string) {
	switch {
	case i == visitorSeat:
		r.close(ctx, byVisitor, EndVisitor)
	case reason == "misuse":
		r.close(ctx, byMisuse, EndMisuse)
	case r.seats[visitorSeat].state == "gone":
		r.close(ctx, byLeft, EndLeft)
	default:
		r.close(ctx, byCounsellor, EndDone)
	}
}

// outcome is how a conversation ends: as the pages are told, and as it is counted.
type outcome struct {
	reason string
	event  Event
}

// close ends the contact: first in the store, then on the pages [12]. When the
// store cannot be written the conversation goes on and the closer is told.
func (r *room) close(ctx context.Context, reason string, ev Event) {
	if r.closing {
		return
	}
	to := r.st
	to.Closed = true
	how := outcome{reason, ev}
	st, before, err := r.change(ctx, to)
	if err != nil {
		r.tried = how
		r.send(counsellorSeat, &wire.Frame{Kind: wire.Problem, Code: "disk"})
		r.send(visitorSeat, &wire.Frame{Kind: wire.Problem, Code: "disk"})
		return
	}
	if before {
		how = r.tried
	}
	r.shut(st, how)
}

// change writes down what is to stand. Only this room writes the row of its
// contact: where the store says that it has changed, an earlier write of ours was
// committed and reported as failed. A closing then stands, and before says that it
// did so already; after a handover the change is made from there.
func (r *room) change(ctx context.Context, to Standing) (st Standing, before bool, err error) {
	err = r.journal.Change(ctx, r.st.Term, to)
	if helpline.KindOf(err) != helpline.Conflict {
		return to, false, err
	}
	if st, err = r.journal.Accept(ctx, r.st); err != nil { // reads what stands
		return to, false, err
	}
	switch {
	case st.Closed:
		return st, true, nil
	case !to.Closed && st.Holder == to.Holder:
		return st, false, nil
	case !to.Closed:
		to.Term = st.Term + 1
	default:
		to.Term = st.Term
	}
	return to, false, r.journal.Change(ctx, st.Term, to)
}

// shut tells everybody of an end that is written down.
func (r *room) shut(st Standing, how outcome) {
	if how.reason == "" {
		how = outcome{byEnded, EndDone} // closed by a write that nobody remembers
	}
	r.st, r.closing, r.reason, r.closedAt = st, true, how.reason, r.now()
	r.told(roomEnd{
		contact: r.contact, standing: r.st, reason: how.reason, lasted: r.now().Sub(r.started),
		event: how.event, audience: r.audience, locale: r.locale,
	})
	if !r.assembled { // after a restart, before both were back: nobody can say what arrived
		for i := range r.seats {
			r.send(i, &wire.Frame{Kind: wire.Closed, Reason: r.reason, Next: nextStep(r.reason), Upto: -1, Had: -1, Final: true})
		}
		r.wipe()
		return
	}
	for i := range r.seats {
		if r.seats[i].synced {
			r.tellClosed(i)
		}
	}
	r.maybeWipe()
}

// maybeWipe lets a closed room go once both seats have everything.
func (r *room) maybeWipe() {
	if r.closing && !r.ended && r.bothHad() >= r.head {
		r.finish()
	}
}

// finish is the end of the end: nothing can arrive any more, and every open
// message is told so. What a page was given and has never confirmed may stand
// on its screen: of that nobody can tell.
func (r *room) finish() {
	for i := range r.seats {
		o := r.other(i)
		had := o.had
		if o.given > o.had {
			r.send(i, &wire.Frame{Kind: wire.Have, Upto: o.had})
			had = -1
		}
		r.send(i, &wire.Frame{Kind: wire.Closed, Reason: r.reason, Next: nextStep(r.reason), Upto: r.head, Had: had, Final: true})
	}
	r.wipe()
}

func (r *room) wipe() {
	clear(r.ring)
	r.ring, r.ringBytes, r.answer, r.questions = nil, 0, nil, nil
	r.packet.Frame = nil // the last words that were given stand in it
	r.ended = true
}

func (r *room) tellClosed(i int) {
	r.send(i, &wire.Frame{Kind: wire.Closed, Reason: r.reason, Next: nextStep(r.reason), Upto: r.head, Had: r.other(i).had})
}
