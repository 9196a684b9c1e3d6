package wire_test

import (
	"testing"

	"helpline"
	"helpline/chat/wire"
)

// BenchmarkSay is the one frame that is read for every message.
func BenchmarkSay(b *testing.B) {
	text := wire.Append(nil, &wire.Frame{
		Kind: wire.Say, ID: helpline.NewID(), Seen: 1<<32 + 7, Have: 1<<32 + 7,
		Body: `{"text":"I have never told anybody this, and I do not know well how I should begin, so I begin here, where it is easiest."}`,
	})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wire.FromPage(text); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSaid is the one frame that is written for every message.
func BenchmarkSaid(b *testing.B) {
	p := wire.Pack(&wire.Frame{Kind: wire.Said, Have: 1<<32 + 7, Entry: wire.Entry{
		At: 1<<32 + 8, Prev: 1<<32 + 7, Term: 1, Side: wire.Visitor, ID: helpline.NewID(), Seen: 1<<32 + 7,
		Body: `{"text":"I have never told anybody this, and I do not know well how I should begin, so I begin here, where it is easiest."}`,
	}})
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = p.AppendTo(buf[:0])
	}
}
