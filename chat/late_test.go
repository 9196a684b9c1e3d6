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

	r.room.ended, r.room.reason = true, byCounsellor
	r.run(t.Context()) // to its end
	q.ended[contact] = tomb{reason: byCounsellor}
	renewed, deposed, handed := make(chan ticketed, 1), make(chan error, 1), make(chan error, 1)
	r.in <- renew{seat.ticket, renewed}
	r.in <- depose{deposed}
	r.in <- hand{people['B'], "Kim", handed}
	r.in <- framed{seat, &wire.Frame{Kind: wire.Hello, V: wire.Version, Round: 1}}
	r.late(e) // every sender looks again when it has sent
	q.handle(context.Background(), <-e.in)

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
