package ticket_test

import (
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"

	"helpline"
	"helpline/chat/ticket"
)

func aead(t testing.TB, k ticket.Key) cipher.AEAD {
	t.Helper()
	a, err := chacha20poly1305.NewX(k[:])
	if err != nil {
		t.Fatal(err)
	}
	return a
}

const head = 4 + chacha20poly1305.NonceSizeX

// sealed makes a cookie of any clear text, under any key and as of any day.
func sealed(t testing.TB, clear []byte, under ticket.Key, epoch uint32) string {
	t.Helper()
	day := binary.BigEndian.AppendUint32(nil, epoch)
	nonce := make([]byte, chacha20poly1305.NonceSizeX)
	out := append(append([]byte(nil), day...), nonce...)
	return base64.RawURLEncoding.EncodeToString(aead(t, under).Seal(out, nonce, clear, append([]byte("ticket/v1|"), day...)))
}

// opened gives the clear text of a cookie.
func opened(t testing.TB, cookie string, by ticket.Key) []byte {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(cookie)
	if err != nil {
		t.Fatal(err)
	}
	clear, err := aead(t, by).Open(nil, raw[4:head], raw[head:], append([]byte("ticket/v1|"), raw[:4]...))
	if err != nil {
		t.Fatal(err)
	}
	return clear
}

func TestAKeyThatWasNeverDrawnOpensNoTicket(t *testing.T) {
	today := day(5)
	s, err := ticket.NewKeys(today, ticket.Day{}).Seal(sample())
	if err != nil {
		t.Fatal(err)
	}
	clear := opened(t, s, today.Ticket)
	if _, err := ticket.NewKeys(today, ticket.Day{}).Open(sealed(t, clear, today.Ticket, 5), now); err != nil {
		t.Fatalf("a ticket sealed by hand does not open: %v", err)
	}
	// Anybody can seal under a key of zeros, as of the day that a zero Day stands for.
	forged := sealed(t, clear, ticket.Key{}, 0)
	if got, err := ticket.NewKeys(today, ticket.Day{}).Open(forged, now); helpline.KindOf(err) != helpline.Invalid {
		t.Errorf("opened %+v, %v", got, err)
	}
}

func TestATicketOfOneDayDoesNotOpenAsOneOfAnother(t *testing.T) {
	five := day(5)
	six := five // the same key by a fault; the day is bound in all the same
	six.Epoch = 6
	s, err := ticket.NewKeys(five, ticket.Day{}).Seal(sample())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	binary.BigEndian.PutUint32(raw, 6)
	if got, err := ticket.NewKeys(six, five).Open(base64.RawURLEncoding.EncodeToString(raw), now); helpline.KindOf(err) != helpline.Invalid {
		t.Errorf("opened %+v, %v", got, err)
	}
}

func TestAKeyThatWasNeverDrawnVouchesForNoEntry(t *testing.T) {
	none := ticket.NewKeys(ticket.Day{}, ticket.Day{})
	e := ticket.Said{Contact: helpline.NewID(), At: 9, Prev: 8, Term: 1, Side: 'v', ID: helpline.NewID(), Seen: 7, Body: "x"}
	if none.CheckEntry(&e, none.SealEntry(&e)) {
		t.Error("a seal that anybody can make under a key of zeros is taken")
	}
}

// FuzzTheInsideOfATicket: whatever stands under a good seal (of another version
// of the program, say), it is read to a whole ticket or refused.
func FuzzTheInsideOfATicket(f *testing.F) {
	today := ticket.Day{Epoch: 5, Ticket: ticket.Key{1}, Live: ticket.Key{2}}
	k := ticket.NewKeys(today, ticket.Day{})
	s, err := k.Seal(sample())
	if err != nil {
		f.Fatal(err)
	}
	good := opened(f, s, today.Ticket)
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(append([]byte{2}, good[1:]...))
	f.Add(make([]byte, len(good)))
	f.Fuzz(func(t *testing.T, clear []byte) {
		got, err := k.Open(sealed(t, clear, today.Ticket, 5), now)
		if err != nil {
			if kind := helpline.KindOf(err); kind != helpline.Invalid && kind != helpline.NotFound {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		if !now.Before(got.Expires) || (got.Stage != ticket.Waiting && got.Stage != ticket.Talking) {
			t.Fatalf("opened %+v", got)
		}
		if got.Contact.IsZero() {
			return // is nobody's, and is never sealed
		}
		again, err := k.Seal(got)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if twice, err := k.Open(again, now); err != nil || twice != got {
			t.Fatalf("read %+v, then %+v, %v", got, twice, err)
		}
	})
}

// FuzzTheSealOfAnEntry: two entries have one seal only if they are the same.
func FuzzTheSealOfAnEntry(f *testing.F) {
	k := ticket.NewKeys(ticket.Day{Epoch: 5, Ticket: ticket.Key{1}, Live: ticket.Key{2}}, ticket.Day{})
	f.Add([]byte("a contact and a message"), int64(1), int64(2), int64(3), 1, byte('v'), "words", "word", "s")
	f.Fuzz(func(t *testing.T, ids []byte, at, prev, seen int64, term int, side byte, body, left, right string) {
		e := ticket.Said{At: at, Prev: prev, Term: term, Side: side, Seen: seen, Body: body}
		copy(e.ID[:], ids[copy(e.Contact[:], ids):])
		seal := k.SealEntry(&e)
		if !k.CheckEntry(&e, seal) {
			t.Fatal("its own seal is refused")
		}
		for name, other := range map[string]ticket.Said{
			"at and prev changed places":  {Contact: e.Contact, At: prev, Prev: at, Term: term, Side: side, ID: e.ID, Seen: seen, Body: body},
			"prev and seen changed":       {Contact: e.Contact, At: at, Prev: seen, Term: term, Side: side, ID: e.ID, Seen: prev, Body: body},
			"contact and message changed": {Contact: e.ID, At: at, Prev: prev, Term: term, Side: side, ID: e.Contact, Seen: seen, Body: body},
			"other words":                 {Contact: e.Contact, At: at, Prev: prev, Term: term, Side: side, ID: e.ID, Seen: seen, Body: left + right},
			"words and side changed":      {Contact: e.Contact, At: at, Prev: prev, Term: term, Side: byte(len(left)), ID: e.ID, Seen: seen, Body: right},
		} {
			if k.CheckEntry(&other, seal) != (other == e) {
				t.Fatalf("%s: the seal of %+v is taken for %+v", name, e, other)
			}
		}
	})
}
