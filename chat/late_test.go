package chat

import (
	"context"
	"log/slog"
	"testing"

	"helpline"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

// TestWhatComesToARoomInItsLastMomentIsAnswered puts into a room's hands what
// it will never take: it has ended between the sender's look and the sending.
func TestWhatComesToARoomInItsLastMomentIsAnswered(t *testing.T) {
	keys := ticket.NewKeys(ticket.Day{Epoch: 9, Ticket: ticket.Key{1}, Live: ticket.Key{2}}, ticket.Day{})
	contact := helpline.ID{7}
	j := &journal{st: Standing{Contact: contact, Term: 1, Holder: people['A']}}
	e := New(Defaults(), nil, j, nil, keys, slog.New(slog.DiscardHandler))
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	q := e.q
	q.roomsCtx = t.Context()
	r := q.build(j.st, true)
	q.rooms[contact] = r
	link := &fakeLink{sUp: true}
	seat := &Seat{e: e, link: link, contact: contact, ticket: ticket.Ticket{Contact: contact, Stage: ticket.Talking}}
	seat.room.Store(r)

	q.ended[contact] = tomb{reason: byCounsellor}
	renewed, deposed, handed := make(chan ticketed, 1), make(chan error, 1), make(chan error, 1)
	r.busy = true // somebody runs it, and it ends in this very turn
	for _, ev := range []any{
		renew{seat.ticket, renewed},
		depose{deposed},
		hand{people['B'], "Kim", handed},
		framed{seat, &wire.Frame{Kind: wire.Hello, V: wire.Version, Round: 1}},
	} {
		if !r.take(ev) {
			t.Errorf("%T is not taken by a room that goes on", ev)
		}
	}
	r.room.ended, r.room.reason = true, byCounsellor
	r.run() // to its end
	q.handle(context.Background(), <-e.in)
	if r.take(depose{deposed}) || r.give(depose{deposed}) {
		t.Error("a room that is over takes what nobody answers")
	}

	for name, got := range map[string]func() error{
		"renew":    func() error { return within(t, "renew", renewed).err },
		"handover": func() error { return within(t, "handover", handed) },
	} {
		if err := got(); helpline.KindOf(err) != helpline.NotFound {
			t.Errorf("%s is answered %v", name, err)
		}
	}
	if err := within(t, "leave", deposed); err != nil {
		t.Errorf("leave is answered %v", err)
	}
	if len(link.toP) != 1 || link.toP[0].Kind != wire.Closed || link.toP[0].Reason != byCounsellor {
		t.Errorf("the page that said hello last is told %v", link.toP)
	}
}

// within takes an answer that must be there already.
func within[T any](t *testing.T, what string, c <-chan T) (got T) {
	t.Helper()
	select {
	case got = <-c:
	default:
		t.Errorf("%s is not answered", what)
	}
	return got
}
