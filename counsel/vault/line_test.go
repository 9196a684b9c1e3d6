package vault

import (
	"crypto/ed25519"
	"encoding/binary"
	"testing"

	"helpline"
)

// staffed is a line with ann and ben, supervisors, and cas, a counsellor, all
// vouched for. dan has a keyring that nobody has vouched for.
type staffed struct {
	install            helpline.ID
	ann, ben, cas, dan *Keyring
	entries            [][]byte
	seat               []byte // ann's
	log                *Log
	vouched            *Vouched
}

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func aLine(t testing.TB) *staffed {
	t.Helper()
	l := &staffed{install: helpline.NewID()}
	for _, k := range []**Keyring{&l.ann, &l.ben, &l.cas, &l.dan} {
		*k = must[*Keyring](t)(NewKeyring(l.install, helpline.NewID()))
	}
	f := must[Founding](t)(l.ann.Found())
	l.entries, l.seat = f.Entries, f.Seats[0].Sealed
	l.read(t)
	for _, k := range []*Keyring{l.ben, l.cas, l.dan} {
		if err := k.Pin(l.log); err != nil {
			t.Fatal(err)
		}
	}
	l.vouch(t, l.ben, helpline.Supervisor, helpline.Counsellor)
	l.vouch(t, l.cas, helpline.Counsellor)
	return l
}

func (l *staffed) read(t testing.TB) {
	t.Helper()
	l.log = must[*Log](t)(ReadLog(l.install, l.entries))
	l.vouched = must[*Vouched](t)(l.log.Under(l.ann.Trust()))
	l.ann.Saw(l.vouched)
}

func (l *staffed) vouch(t testing.TB, who *Keyring, roles ...helpline.Role) {
	t.Helper()
	e := must[[]byte](t)(l.ann.Vouch(l.vouched, who.Introduce(), who.Fingerprint(), roles...))
	l.entries = append(l.entries, e)
	l.read(t)
}

// signed writes and signs whatever is asked, without trying it first.
func (l *staffed) signed(by *Keyring, says kind, body []byte) []byte {
	return entry(l.install, l.log.trust(), says, body, by.signer)
}

// split gives the fields of something packed, the label first.
func split(t testing.TB, b []byte) [][]byte {
	t.Helper()
	var out [][]byte
	for len(b) > 0 {
		n := binary.BigEndian.Uint32(b)
		out = append(out, append([]byte(nil), b[4:4+n]...))
		b = b[4+n:]
	}
	return out
}

func join(parts [][]byte) []byte { return pack(string(parts[0]), parts[1:]...) }

// with replaces one field of something packed.
func with(t testing.TB, b []byte, field int, value []byte) []byte {
	t.Helper()
	parts := split(t, b)
	parts[field] = value
	return join(parts)
}

func flipped(b []byte, at int) []byte {
	out := append([]byte(nil), b...)
	out[at] ^= 1
	return out
}

func wantCheck(t testing.TB, err error, want Check) {
	t.Helper()
	if got := CheckOf(err); got != want {
		t.Errorf("got check %q (%v), want %q", got, err, want)
	}
}

func aStranger(t testing.TB, install helpline.ID) *Keyring {
	t.Helper()
	return must[*Keyring](t)(NewKeyring(install, helpline.NewID()))
}

func aRoot() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, 32)) }
