package chat

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"

	"helpline"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

// deadLine is an engine whose queue's loop has not been given its turn: the
// test handles its events one by one.
func deadLine(t *testing.T, st Standing) *Engine {
	t.Helper()
	e := New(Defaults(), nil, &journal{st: st}, silent{}, ticket.NewKeys(ticket.Day{Epoch: 9, Live: ticket.Key{1}}, ticket.Day{}), slog.New(slog.DiscardHandler))
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.q.roomsCtx = t.Context()
	return e
}

type silent struct{}

func (silent) Count(Count) {}

// TestARoomThatHasEndedIsNotBuiltAgain: its end is still on its way to the
// queue's loop when the visitor's page comes back.
func TestARoomThatHasEndedIsNotBuiltAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := Standing{Contact: helpline.ID{7}, Term: 1, Holder: people['A'], Epoch: 9}
		e := deadLine(t, st)
		r := e.q.open(st.Contact)
		reply := make(chan error, 1)
		r.take(depose{reply})
		if err := <-reply; err != nil || !r.over() {
			t.Fatalf("closing gives %v, over %v", err, r.over())
		}
		card := ticket.Ticket{Contact: st.Contact, Stage: ticket.Talking}
		v, c := &fakeLink{pUp: true, sUp: true}, &fakeLink{pUp: true, sUp: true}
		seat := &Seat{e: e, link: c, contact: st.Contact, member: Member{Person: people['A']}}
		again := make(chan ticketed, 1)
		out := make(chan error, 2)
		ctx := context.Background()
		e.q.handle(ctx, joined{&Seat{e: e, link: v, contact: st.Contact, ticket: card}})
		e.q.handle(ctx, sit{seat, out})
		e.q.handle(ctx, framed{seat, &wire.Frame{Kind: wire.Hello, V: 1, Round: 1, Upto: -1}})
		e.q.handle(ctx, renew{card, again})
		e.q.handle(ctx, handover{st.Contact, Member{Person: people['B'], Roles: []helpline.Role{helpline.Counsellor}}, out})
		if len(v.toP) != 1 || v.toP[0].Kind != wire.Closed || v.toP[0].Reason != byVisitor {
			t.Errorf("the visitor's page is told %v", v.toP)
		}
		if len(c.toP) != 1 || c.toP[0].Kind != wire.Closed || c.toP[0].Reason != byVisitor {
			t.Errorf("the counsellor's page is told %v", c.toP)
		}
		if got := <-again; helpline.KindOf(got.err) != helpline.NotFound {
			t.Errorf("renewing gives %v", got.err)
		}
		<-out
		if err := <-out; helpline.KindOf(err) != helpline.NotFound {
			t.Errorf("a handover gives %v", err)
		}
		if e.q.rooms[st.Contact] != r {
			t.Error("a second room stands for the contact")
		}
		for len(e.in) > 0 {
			e.q.handle(ctx, <-e.in)
		}
		if len(e.q.rooms) != 0 || !e.q.standings[st.Contact].Closed {
			t.Error("its end has not arrived")
		}
	})
}

// TestTheEndOfAnOldRoomDoesNotForgetANewerOne: whoever the message names.
func TestTheEndOfAnOldRoomDoesNotForgetANewerOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := Standing{Contact: helpline.ID{7}, Term: 1, Holder: people['A'], Epoch: 9}
		e := deadLine(t, st)
		older, newer := e.q.build(st, false), e.q.build(st, false)
		e.q.rooms[st.Contact] = newer
		e.q.handle(t.Context(), roomGone{room: older})
		if e.q.rooms[st.Contact] != newer {
			t.Error("the newer room is forgotten and would be built a second time")
		}
		e.q.handle(t.Context(), roomGone{room: newer})
		if len(e.q.rooms) != 0 {
			t.Error("a room that has ended is remembered")
		}
	})
}
