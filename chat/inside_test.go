package chat

import (
	"strings"
	"testing"

	"helpline"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

func TestAnAnswerWithoutEndIsThrownAway(t *testing.T) {
	r := alone(2)
	secret := helpline.NewID()
	r.tab = ticket.HashSecret(secret)
	page := &pen{}
	f := hello(secret)
	f.Upto = 1<<32 + 5
	r.helloVisitor(page, f)
	r.helloCounsellor(&pen{}, hello(helpline.ID{}))
	if w := page.last(wire.Want); w == nil || !w.Assemble {
		t.Fatalf("the page was asked %v, want what it claims to hold", w)
	}
	for name, entry := range map[string]wire.Entry{
		"many entries": {Body: "x"}, "long entries": {Body: strings.Repeat("x", 12_000)},
	} {
		for range 40 {
			items := make([]wire.Entry, 64)
			for i := range items {
				items[i] = entry
			}
			r.refill(visitorSeat, page, &wire.Frame{Kind: wire.Refill, Upto: f.Upto, Items: items, More: true, Assemble: true})
			size := 0
			for _, e := range r.answer {
				size += len(e.Body)
			}
			if most := 2*r.set.RingBytes + 64*12_000; len(r.answer) > 2*wire.MaxItems || size > most {
				t.Fatalf("%s: %d of them, %d bytes, are kept", name, len(r.answer), size)
			}
		}
	}
}
