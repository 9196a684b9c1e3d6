package vault

import (
	"testing"

	"helpline"
)

// Sealing a note with its two grants.
func BenchmarkSealNote(b *testing.B) {
	l := aLine(b)
	p := Place{Install: l.install, Note: helpline.NewID(), Revision: 1, Week: "2026-W47", Schema: 1}
	for b.Loop() {
		must[Sealed](b)(l.cas.SealNote(l.vouched, p, someContents, Key{1}))
	}
}

// Opening the own note as a request does: unlock, trust, open. Must stay under 5 ms.
func BenchmarkOpenOwnNote(b *testing.B) {
	l := aLine(b)
	n := l.note(b, l.cas, 1, helpline.NewID())
	u := must[*Unlocked](b)(l.cas.SealFor("token"))
	for b.Loop() {
		k := must[*Keyring](b)(u.OpenWith("token"))
		log := must[*Log](b)(l.log.Extend(l.entries))
		v := must[*Vouched](b)(log.Under(k.Trust()))
		must[Opened](b)(n.openBy(k, v))
		k.Zero()
	}
}

// Opening as a supervisor does: unlock, trust, seat, open. Must stay under 5 ms.
func BenchmarkOpenNoteAsSupervisor(b *testing.B) {
	l := aLine(b)
	n := l.note(b, l.cas, 1, helpline.NewID())
	u := must[*Unlocked](b)(l.ann.SealFor("token"))
	for b.Loop() {
		k := must[*Keyring](b)(u.OpenWith("token"))
		log := must[*Log](b)(l.log.Extend(l.entries))
		v := must[*Vouched](b)(log.Under(k.Trust()))
		g := must[*GroupKey](b)(k.OpenSeat(v, Supervisors, l.seat))
		must[Opened](b)(k.OpenNoteAs(g, v, n.place, n.author, n.Note, n.ToGroup, n.shred))
		g.Zero()
		k.Zero()
	}
}

func BenchmarkSealDraft(b *testing.B) {
	l := aLine(b)
	at := Draft{Install: l.install, Contact: helpline.NewID()}
	for b.Loop() {
		must[[]byte](b)(SealDraft(l.cas.Public(), at, someContents, Key{1}))
	}
}

func BenchmarkReadLogOf100(b *testing.B) {
	l := aLine(b)
	for len(l.entries) < 100 {
		l.entries = append(l.entries, must[[]byte](b)(l.ann.Assign(l.vouched, l.cas.person, helpline.Counsellor)))
		l.read(b)
	}
	b.Run("whole", func(b *testing.B) {
		for b.Loop() {
			must[*Log](b)(ReadLog(l.install, l.entries))
		}
	})
	b.Run("extended by nothing", func(b *testing.B) {
		for b.Loop() {
			must[*Log](b)(l.log.Extend(l.entries))
		}
	})
}
