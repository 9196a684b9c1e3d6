package chat_test

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"

	"helpline"
	"helpline/chat"
	"helpline/chat/chattest"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

// A counter is a link that makes the bytes as a socket would, and remembers
// only how far the conversation is.
type counter struct {
	seat *chat.Seat
	upto atomic.Int64
	kind wire.Kind // what news tells
	news chan *wire.Frame
	buf  []byte
}

func (c *counter) Send(p *wire.Packet) {
	c.buf = p.AppendTo(c.buf[:0])
	switch p.Frame.Kind {
	case wire.Said, wire.Held:
		c.upto.Store(p.Frame.Entry.At)
	}
	if p.Frame.Kind == c.kind {
		f := *p.Frame
		c.news <- &f
	}
}
func (c *counter) Drop(int)       {}
func (c *counter) Scripted() bool { return true }

// benched starts an engine on the wall clock.
func benched(b *testing.B, set chat.Settings) *chat.Engine {
	b.Helper()
	h := &chattest.Hours{}
	h.Set(helpline.Hours{Open: true})
	set.Settle = 0
	e := chat.New(set, h, chattest.NewJournal(), &chattest.Counters{}, ticket.NewKeys(day(100), day(99)), slog.New(slog.DiscardHandler))
	if err := e.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = e.Run(ctx) })
	b.Cleanup(func() { stop(); wg.Wait() })
	return e
}

// BenchmarkMessage is one message through a room: said, placed, sealed, sent
// to both pages as bytes, and acknowledged.
func BenchmarkMessage(b *testing.B) {
	e := benched(b, chat.Defaults())
	card, err := e.Arrive(b.Context(), chat.Arrival{Audience: helpline.Self, Locale: "en"})
	if err != nil {
		b.Fatal(err)
	}
	secret := helpline.NewID()
	v := &counter{kind: wire.Stage, news: make(chan *wire.Frame, 64)}
	if v.seat, err = e.Visit(b.Context(), card, v); err != nil {
		b.Fatal(err)
	}
	hello := func(c *counter, round int) {
		c.seat.Receive(&wire.Frame{Kind: wire.Hello, V: 1, Round: round, Upto: -1, Secret: secret})
	}
	until := func(stage string) {
		for f := range v.news {
			if f.Stage == stage {
				return
			}
		}
	}
	hello(v, 1)
	m := counsellor("Robin")
	lane := &counter{kind: wire.Accept, news: make(chan *wire.Frame, 64)}
	if lane.seat, err = e.Attend(b.Context(), m, lane); err != nil {
		b.Fatal(err)
	}
	lane.seat.Receive(&wire.Frame{Kind: wire.Duty, On: true})
	lane.seat.Receive(&wire.Frame{Kind: wire.Next, On: true})
	until("offered")
	v.seat.Receive(&wire.Frame{Kind: wire.Ready})
	until("ready")
	lane.seat.Receive(&wire.Frame{Kind: wire.Accept, Contact: card.Contact})
	<-lane.news
	c := &counter{kind: wire.Said, news: make(chan *wire.Frame, 64)}
	if c.seat, err = e.Sit(b.Context(), m, card.Contact, c); err != nil {
		b.Fatal(err)
	}
	c.seat.Receive(&wire.Frame{Kind: wire.Hello, V: 1, Round: 1, Upto: -1})
	hello(v, 2)
	until("talking")
	until("talking") // the answer to its hello there
	body := `{"text":"I have never told anybody this, and I do not know how to begin."}`
	b.ReportAllocs()
	for b.Loop() {
		v.seat.Receive(&wire.Frame{Kind: wire.Say, ID: helpline.NewID(), Body: body, Have: v.upto.Load()})
		f := <-c.news
		c.seat.Receive(&wire.Frame{Kind: wire.Have, Upto: f.Entry.At})
	}
}

// crowd fills the queue.
func crowd(b *testing.B, e *chat.Engine, n int) {
	b.Helper()
	var card ticket.Ticket
	for range n {
		var err error
		if card, err = e.Arrive(b.Context(), chat.Arrival{Audience: helpline.Self, Locale: "en"}); err != nil {
			b.Fatal(err)
		}
		l := &counter{}
		if l.seat, err = e.Visit(b.Context(), card, l); err != nil {
			b.Fatal(err)
		}
		l.seat.Receive(&wire.Frame{Kind: wire.Hello, V: 1, Round: 1, Upto: -1, Secret: helpline.NewID()})
	}
	if _, err := e.Renew(b.Context(), card); err != nil { // answered after all that came before
		b.Fatal(err)
	}
}

// BenchmarkJoin is 10,000 who come and wait with an open page.
func BenchmarkJoin(b *testing.B) {
	set := chat.Defaults()
	set.MaxWaiting = 20_000
	b.ReportAllocs()
	for b.Loop() {
		e := benched(b, set)
		crowd(b, e, 10_000)
	}
}
