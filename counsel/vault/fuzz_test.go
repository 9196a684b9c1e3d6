package vault

import (
	"bytes"
	"slices"
	"testing"

	"helpline"
)

// Whatever stands in the row, a note either is the one that was written or is
// refused with the name of a check.
func FuzzOpenNote(f *testing.F) {
	l := aLine(f)
	n := l.note(f, l.cas, 1, helpline.NewID())
	other := l.note(f, l.cas, 2, n.place.Note)
	f.Add(n.Note, n.ToAuthor)
	f.Add(other.Note, other.ToAuthor)
	f.Add(n.Note, n.ToGroup)
	f.Add(n.Note[:200], n.ToAuthor[:200])
	for i := range 5 {
		f.Add(with(f, n.Note, i, nil), with(f, n.ToAuthor, i, []byte{0}))
	}
	f.Fuzz(func(t *testing.T, note, grant []byte) {
		got, err := l.cas.OpenNote(l.vouched, n.place, n.author, note, grant, n.shred)
		genuine := bytes.Equal(note, n.Note) && bytes.Equal(grant, n.ToAuthor)
		switch {
		case err == nil && (!genuine || got.Text != someContents.Text):
			t.Fatal("a note that nobody wrote was opened")
		case err != nil && (genuine || CheckOf(err) == ""):
			t.Fatalf("refused without a reason: %v", err)
		}
	})
}

// Whatever stands in an entry, a log that is taken holds only what was signed.
func FuzzReadLog(f *testing.F) {
	l := aLine(f)
	for i, e := range l.entries {
		f.Add(uint8(i), e)
		for field := range split(f, e) {
			f.Add(uint8(i), with(f, e, field, nil))
		}
	}
	f.Add(uint8(4), l.signed(l.cas, saysRoles, rolesBody(l.cas.person, nil)))
	// Seeds that a supervisor signed reach the rules behind the signature.
	signedBody := func(says kind, body []byte) []byte { return l.signed(l.ann, says, body) }
	f.Add(uint8(1), signedBody(saysGroup, []byte("x")))
	f.Fuzz(func(t *testing.T, at uint8, e []byte) {
		entries := slices.Clone(l.entries)
		i := int(at) % (len(entries) + 1)
		entries = append(entries[:i:i], e)
		entries = append(entries, l.entries[min(i+1, len(l.entries)):]...)
		_, err := ReadLog(l.install, entries)
		genuine := i < len(l.entries) && bytes.Equal(e, l.entries[i])
		if err == nil && !genuine {
			t.Fatal("an entry that nobody signed was taken")
		}
		if err != nil && (genuine || CheckOf(err) == "") {
			t.Fatalf("refused without a reason: %v", err)
		}
		// The bodies behind the signatures must not panic either.
		for _, says := range []kind{saysPerson, saysRoles, saysGroup, saysNaming, saysConfirm, 99} {
			if c := l.log.copied().add(signedBody(says, e)); c == "" && says == 99 {
				t.Fatal("an unknown kind was taken")
			}
		}
	})
}

// A wrapped keyring, a seat, an introduction and a draft are read from the
// same rows.
func FuzzReadOthers(f *testing.F) {
	l := aLine(f)
	wrapped := must[[]byte](f)(l.ann.Wrap(Key{1}, aWrapping(l.ann)))
	at := Draft{Install: l.install, Contact: helpline.NewID()}
	draft := must[[]byte](f)(SealDraft(l.ann.Public(), at, someContents, Key{3}))
	genuine := [][]byte{wrapped, l.seat, l.ann.Introduce(), draft}
	for _, b := range genuine {
		f.Add(b)
		f.Add(b[:len(b)/2])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var taken int
		for i, read := range []func() error{
			func() error { _, err := Unwrap(Key{1}, aWrapping(l.ann), b); return err },
			func() error { _, err := l.ann.OpenSeat(l.vouched, Supervisors, b); return err },
			func() error { _, err := ReadIntroduction(l.install, b); return err },
			func() error { _, err := l.ann.OpenDraft(at, b, Key{3}); return err },
		} {
			err := read()
			if err == nil && bytes.Equal(b, genuine[i]) {
				taken++
			} else if err == nil {
				t.Fatal("something that nobody made was taken")
			} else if CheckOf(err) == "" {
				t.Fatalf("refused without a reason: %v", err)
			}
		}
		if taken > 1 {
			t.Fatal("one thing was taken for two")
		}
	})
}

// Canonical JSON is a fixed point, and what is padded comes back.
func FuzzContents(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":null}],"c":"\u0007"}`), "text")
	f.Add([]byte(`{"a":"\ud800"}`), "\u2028")
	f.Fuzz(func(t *testing.T, outcome []byte, text string) {
		b, err := Contents{Outcome: outcome, Text: text}.padded()
		if err != nil {
			if helpline.KindOf(err) != helpline.Invalid {
				t.Fatal(err)
			}
			return
		}
		c, ok := unpadded(b)
		if !ok || c.Text != text {
			t.Fatal("what was padded does not come back")
		}
		again, ok := canonical(c.Outcome)
		if !ok || !bytes.Equal(again, c.Outcome) {
			t.Fatal("canonical twice is not canonical once")
		}
	})
}
