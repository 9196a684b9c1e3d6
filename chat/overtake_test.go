package chat

import (
	"testing"
	"testing/synctest"

	"helpline"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

// TestAFrameOvertakesNoOtherWhileAPageIsHandedToARoom: what a page said first is
// still on its way through the queue's loop when the page learns of its room.
func TestAFrameOvertakesNoOtherWhileAPageIsHandedToARoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := Standing{Contact: helpline.ID{7}, Term: 1, Holder: people['A'], Epoch: 9}
		e := deadLine(t, st)
		l := &fakeLink{pUp: true, sUp: true}
		s, err := e.Visit(t.Context(), ticket.Ticket{Contact: st.Contact, Stage: ticket.Talking}, l)
		if err != nil {
			t.Fatal(err)
		}
		one := func() { e.q.handle(t.Context(), <-e.in) }
		s.Receive(&wire.Frame{Kind: wire.Hello, V: wire.Version, Round: 1, Upto: -1, Secret: helpline.ID{9}, Take: true})
		one() // joined: the seat has its room now, and its hello stands behind
		r := s.room.Load()
		if r == nil {
			t.Fatal("the seat has no room")
		}
		s.Receive(&wire.Frame{Kind: wire.Leave, Reason: "left"})
		synctest.Wait()
		if r.room.closing || len(l.toP) != 0 {
			t.Fatal("the second frame was handled before the first")
		}
		for len(e.in) > 0 && !r.over() {
			one()
			synctest.Wait()
		}
		if !r.room.closing || r.room.reason != byVisitor {
			t.Error("who left just after the hello has not left")
		}
		if s.behind.Load() != 0 {
			t.Errorf("%d frames are behind for ever", s.behind.Load())
		}
	})
}

// TestTheEndOfALinkOvertakesNoFrame either: what was said last counts.
func TestTheEndOfALinkOvertakesNoFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := Standing{Contact: helpline.ID{7}, Term: 1, Holder: people['A'], Epoch: 9}
		e := deadLine(t, st)
		l := &fakeLink{pUp: true, sUp: true}
		s, err := e.Visit(t.Context(), ticket.Ticket{Contact: st.Contact, Stage: ticket.Talking}, l)
		if err != nil {
			t.Fatal(err)
		}
		e.q.handle(t.Context(), <-e.in)
		s.Receive(&wire.Frame{Kind: wire.Hello, V: wire.Version, Round: 1, Upto: -1, Secret: helpline.ID{9}, Take: true})
		synctest.Wait()
		r := s.room.Load()
		s.behind.Add(1) // as a frame that was posted before
		e.in <- posted{s, &wire.Frame{Kind: wire.Leave, Reason: "left"}}
		s.Gone()
		for len(e.in) > 0 {
			e.q.handle(t.Context(), <-e.in)
			synctest.Wait()
		}
		if !r.room.closing || r.room.reason != byVisitor {
			t.Error("the end of the link has overtaken that its page left")
		}
	})
}

// TestTheLineOfARoomThatDoesNotMoveEnds: the queue's loop never waits for a room,
// so it turns away what is too much; the page resumes, the request comes again.
func TestTheLineOfARoomThatDoesNotMoveEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := Standing{Contact: helpline.ID{7}, Term: 1, Holder: people['A'], Epoch: 9}
		e := deadLine(t, st)
		r := e.q.open(st.Contact)
		r.busy = true // its disk does not answer
		l := &fakeLink{pUp: true, sUp: true}
		s := &Seat{e: e, link: l, contact: st.Contact}
		for range 2 * mostGiven {
			r.give(framed{s, &wire.Frame{Kind: wire.Typing}})
		}
		asked, left := make(chan ticketed, 1), make(chan error, 2)
		r.give(renew{ticket.Ticket{Contact: st.Contact}, asked})
		r.give(depose{left})
		r.give(hand{people['B'], "B", left})
		r.give(admitted{})
		if n := len(r.line); n != mostGiven {
			t.Errorf("%d stand in line", n)
		}
		if l.sUp {
			t.Error("a page that brings more keeps its link")
		}
		for _, err := range []error{(<-asked).err, <-left, <-left} {
			if helpline.KindOf(err) != helpline.Unavailable {
				t.Errorf("a request is answered %v", err)
			}
		}
		for _, ev := range []any{halt{}, release{people['A']}, keep{10}} {
			if !r.give(ev) || len(r.line) == mostGiven {
				t.Errorf("%T is turned away", ev)
			}
		}
		go r.run()
		synctest.Wait()
		if len(r.line) != 0 || !r.over() {
			t.Error("the line does not move again")
		}
	})
}
