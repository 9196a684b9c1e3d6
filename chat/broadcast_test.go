package chat

import (
	"testing"
	"time"

	"helpline"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

type mute struct{}

func (mute) Send(p *wire.Packet) { _ = p.Bytes() }
func (mute) Drop(int)            {}
func (mute) Scripted() bool      { return true }

// BenchmarkBroadcast is one who leaves at the head of 10,000, and all of them
// being told.
func BenchmarkBroadcast(b *testing.B) {
	e := New(Defaults(), nil, &journal{}, silent{}, ticket.NewKeys(ticket.Day{}, ticket.Day{}), nil)
	if err := e.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	q := e.q
	for n := range int64(10_000) {
		q.insert(&contact{
			ticket: ticket.Ticket{Contact: helpline.NewID(), Boot: 1, Number: n + 1},
			state:  StateWaiting, seat: &Seat{e: e, link: mute{}},
		})
	}
	q.moved = false
	b.ReportAllocs()
	for b.Loop() {
		head := q.line[0]
		q.remove(head)
		q.broadcast(time.Now())
		head.ticket.Number += 1 << 30
		q.insert(head)
		q.moved = false
	}
}
