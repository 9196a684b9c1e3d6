package counsel

import (
	"strings"
	"testing"
)

// BenchmarkOpen measures what a supervisor waits for, without the disk: must
// stay under 5 ms.
func BenchmarkOpen(b *testing.B) {
	h := ready(b)
	id := h.save(h.robin, strings.Repeat("x", 1500))
	h.trail.mute = true // no limit of a day
	for b.Loop() {
		if _, err := h.notes.Open(b.Context(), h.sam, id, "quality"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSave measures checking, sealing and signing, without the disk.
func BenchmarkSave(b *testing.B) {
	h := ready(b)
	h.trail.mute = true // no limit of a day
	for b.Loop() {
		c := Closing{Contact: h.contact(h.robin), Outcome: good(), Text: "short"}
		if err := h.notes.Save(b.Context(), h.robin, c); err != nil {
			b.Fatal(err)
		}
	}
}
