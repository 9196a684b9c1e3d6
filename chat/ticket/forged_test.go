package ticket_test

import (
	"encoding/base64"
	"encoding/binary"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"

	"helpline"
	"helpline/chat/ticket"
)

// resealed gives a cookie whose ticket was opened by a key and sealed anew under
// another, as of another day.
func resealed(t *testing.T, cookie string, by, under ticket.Key, epoch uint32) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(cookie)
	if err != nil {
		t.Fatal(err)
	}
	open := func(k ticket.Key) interface {
		Seal(dst, nonce, plaintext, additionalData []byte) []byte
		Open(dst, nonce, ciphertext, additionalData []byte) ([]byte, error)
	} {
		aead, err := chacha20poly1305.NewX(k[:])
		if err != nil {
			t.Fatal(err)
		}
		return aead
	}
	const head = 4 + chacha20poly1305.NonceSizeX
	nonce := raw[4:head]
	bound := func(day []byte) []byte { return append([]byte("ticket/v1|"), day...) }
	clear, err := open(by).Open(nil, nonce, raw[head:], bound(raw[:4]))
	if err != nil {
		t.Fatal(err)
	}
	day := binary.BigEndian.AppendUint32(nil, epoch)
	out := append(append([]byte(nil), day...), nonce...)
	return base64.RawURLEncoding.EncodeToString(open(under).Seal(out, nonce, clear, bound(day)))
}

func TestAKeyThatWasNeverDrawnOpensNoTicket(t *testing.T) {
	today := day(5)
	s, err := ticket.NewKeys(today, ticket.Day{}).Seal(sample())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ticket.NewKeys(today, ticket.Day{}).Open(resealed(t, s, today.Ticket, today.Ticket, 5), now); err != nil {
		t.Fatalf("a ticket sealed by hand does not open: %v", err)
	}
	// Anybody can seal under a key of zeros, as of the day that a zero Day stands for.
	forged := resealed(t, s, today.Ticket, ticket.Key{}, 0)
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
