package ticket

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"log/slog"
	"sync"
	"sync/atomic"

	"helpline"
)

// Key is 256 random bits. It prints as nothing.
type Key [32]byte

func (Key) String() string       { return "[key]" }
func (Key) GoString() string     { return "[key]" }
func (Key) LogValue() slog.Value { return slog.StringValue("[key]") }
func (Key) MarshalText() ([]byte, error) {
	return nil, helpline.Errorf(helpline.Internal, "a key is not text")
}

// Day is the keys of one day. Epoch counts days since 1970-01-01 UTC.
type Day struct {
	Epoch  int
	Ticket Key
	Live   Key
}

// Keys holds today's and yesterday's keys. It is safe for concurrent use.
type Keys struct{ days atomic.Pointer[[2]held] }

// held is a day's keys with the machines that seal under its live key. To set
// one up costs more than a seal, so they are used again; they go with the day.
type held struct {
	Day
	macs *sync.Pool
}

func hold(d Day) held {
	key := d.Live
	return held{d, &sync.Pool{New: func() any { return hmac.New(sha256.New, key[:]) }}}
}

// NewKeys starts with two days. A zero yesterday opens nothing.
func NewKeys(today, yesterday Day) *Keys {
	k := new(Keys)
	k.Rotate(today, yesterday)
	return k
}

// Rotate puts a new day in place of the old ones.
func (k *Keys) Rotate(today, yesterday Day) { k.days.Store(&[2]held{hold(today), hold(yesterday)}) }

// Epoch is the day whose keys seal now.
func (k *Keys) Epoch() int { return k.days.Load()[0].Epoch }

// Days are the first and the last day whose keys are there.
func (k *Keys) Days() (oldest, today int) {
	d := k.days.Load()
	if oldest = d[1].Epoch; d[1].Live == (Key{}) {
		oldest = d[0].Epoch
	}
	return oldest, d[0].Epoch
}

// Said is what the seal of an entry covers.
type Said struct {
	Contact  helpline.ID
	At, Prev int64
	Term     int
	Side     byte
	ID       helpline.ID
	Seen     int64
	Body     string
}

// SealEntry gives the seal under today's key.
func (k *Keys) SealEntry(e *Said) [16]byte { return e.sum(k.days.Load()[0].macs) }

// CheckEntry says whether seal is e's under today's or yesterday's key.
func (k *Keys) CheckEntry(e *Said, seal [16]byte) bool {
	for _, d := range k.days.Load() {
		if d.Live == (Key{}) {
			continue // never trust a key that was not drawn
		}
		if sum := e.sum(d.macs); hmac.Equal(sum[:], seal[:]) {
			return true
		}
	}
	return false
}

func (e *Said) sum(macs *sync.Pool) (out [16]byte) {
	body := sha256.Sum256([]byte(e.Body))
	b := make([]byte, 0, 192)
	b = part(b, []byte("entry/v1"))
	b = part(b, e.Contact[:])
	b = number(b, e.At)
	b = number(b, e.Prev)
	b = number(b, int64(e.Term))
	b = part(b, []byte{e.Side})
	b = part(b, e.ID[:])
	b = number(b, e.Seen)
	b = part(b, body[:])
	mac := macs.Get().(hash.Hash)
	mac.Reset()
	mac.Write(b)
	copy(out[:], mac.Sum(b[:0]))
	macs.Put(mac)
	return out
}

// part appends a piece behind its length.
func part(b, p []byte) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(p))), p...)
}

// number is part for a number.
func number(b []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(b, 8), uint64(n))
}

// HashSecret is what a ticket keeps of a tab secret.
func HashSecret(secret helpline.ID) [16]byte {
	if secret.IsZero() {
		return [16]byte{}
	}
	sum := sha256.Sum256(append([]byte("tab/v1"), secret[:]...))
	var out [16]byte
	copy(out[:], sum[:])
	return out
}
