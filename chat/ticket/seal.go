package ticket

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"time"

	"golang.org/x/crypto/chacha20poly1305"

	"helpline"
)

// size is the length of a sealed ticket's clear text: it is always the same,
// so that its length says nothing.
const size = 1 + 16 + 1 + 1 + 2 + 8 + 8 + 1 + 1 + 16 + 8 + 1 + 8

const format = 1

// Seal writes t under today's key, as the text of a cookie: 4 bytes of day, 24
// of nonce and the ciphertext in base64url.
func (k *Keys) Seal(t Ticket) (string, error) {
	locale := slices.Index(helpline.Locales(), t.Locale)
	door := slices.Index(helpline.Audiences(), t.Audience)
	way := 0
	if t.Matter != "" {
		if way = slices.Index(helpline.Matters(), t.Matter) + 1; way == 0 || t.Audience != helpline.Young {
			return "", helpline.Errorf(helpline.Invalid, "ticket: not complete")
		}
	}
	if locale < 0 || door < 0 || t.Contact.IsZero() || (t.Stage != Waiting && t.Stage != Talking) {
		return "", helpline.Errorf(helpline.Invalid, "ticket: not complete")
	}
	b := make([]byte, 0, size)
	b = append(b, format)
	b = append(b, t.Contact[:]...)
	b = append(b, byte(door|way<<4), byte(locale))
	b = binary.BigEndian.AppendUint16(b, t.Version)
	b = binary.BigEndian.AppendUint64(b, uint64(t.Boot))
	b = binary.BigEndian.AppendUint64(b, uint64(t.Number))
	b = append(b, byte(t.Stage), t.Misses)
	b = append(b, t.Tab[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(t.From))
	if t.Shared {
		b = append(b, 1)
	} else {
		b = append(b, 0)
	}
	b = binary.BigEndian.AppendUint64(b, uint64(t.Expires.Unix()))

	day := &k.days.Load()[0]
	if day.Ticket == (Key{}) {
		return "", helpline.Errorf(helpline.Internal, "ticket: no key for today")
	}
	out := binary.BigEndian.AppendUint32(nil, uint32(day.Epoch))
	nonce := make([]byte, chacha20poly1305.NonceSizeX)
	_, _ = rand.Read(nonce)
	aead, err := chacha20poly1305.NewX(day.Ticket[:])
	if err != nil {
		return "", helpline.Errorf(helpline.Internal, "ticket: %w", err)
	}
	sealed := aead.Seal(append(out, nonce...), nonce, b, bound(uint32(day.Epoch)))
	return base64.RawURLEncoding.EncodeToString(sealed), nil
}

// Open reads what Seal wrote. A ticket that is forged, damaged or of a day
// whose key is gone is Invalid; one that has run out at now is NotFound. A key
// that could be anybody's opens nothing.
func (k *Keys) Open(s string, now time.Time) (Ticket, error) {
	var t Ticket
	const whole = 4 + chacha20poly1305.NonceSizeX + size + chacha20poly1305.Overhead
	if len(s) != base64.RawURLEncoding.EncodedLen(whole) {
		return t, notOurs()
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(raw) != whole {
		return t, notOurs()
	}
	epoch := binary.BigEndian.Uint32(raw)
	for _, day := range k.days.Load() {
		if uint32(day.Epoch) != epoch || day.Ticket == (Key{}) {
			continue
		}
		aead, err := chacha20poly1305.NewX(day.Ticket[:])
		if err != nil {
			return t, helpline.Errorf(helpline.Internal, "ticket: %w", err)
		}
		nonce := raw[4 : 4+chacha20poly1305.NonceSizeX]
		b, err := aead.Open(nil, nonce, raw[4+len(nonce):], bound(epoch))
		if err != nil {
			return t, notOurs()
		}
		return parse(b, now)
	}
	return t, notOurs()
}

func notOurs() error { return helpline.Errorf(helpline.Invalid, "ticket: not one of ours") }

func bound(epoch uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte("ticket/v1|"), epoch)
}

func parse(b []byte, now time.Time) (t Ticket, err error) {
	if len(b) != size || b[0] != format {
		return t, notOurs()
	}
	b = b[1:]
	next := func(n int) []byte { p := b[:n]; b = b[n:]; return p }
	num := func() int64 { return int64(binary.BigEndian.Uint64(next(8))) }
	copy(t.Contact[:], next(16))
	door, locale := int(next(1)[0]), int(next(1)[0])
	door, way := door&0xf, door>>4
	if way > len(helpline.Matters()) || door >= len(helpline.Audiences()) || locale >= len(helpline.Locales()) {
		return Ticket{}, notOurs()
	}
	t.Audience, t.Locale = helpline.Audiences()[door], helpline.Locales()[locale]
	if way > 0 {
		if t.Matter = helpline.Matters()[way-1]; t.Audience != helpline.Young {
			return Ticket{}, notOurs()
		}
	}
	t.Version = binary.BigEndian.Uint16(next(2))
	t.Boot, t.Number = num(), num()
	t.Stage, t.Misses = Stage(next(1)[0]), next(1)[0]
	copy(t.Tab[:], next(16))
	t.From = num()
	t.Shared = next(1)[0] == 1
	t.Expires = time.Unix(num(), 0)
	if t.Stage != Waiting && t.Stage != Talking {
		return Ticket{}, notOurs()
	}
	if !now.Before(t.Expires) {
		return Ticket{}, helpline.Errorf(helpline.NotFound, "ticket: run out")
	}
	return t, nil
}
