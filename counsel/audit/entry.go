package audit

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"

	"helpline"
)

// Hash is the hash of an entry.
type Hash [32]byte

// Key is a public key of the log.
type Key [32]byte

// String is the key in hexadecimal.
func (k Key) String() string { return hex.EncodeToString(k[:]) }

// Seed signs entries. It cannot be printed.
type Seed [32]byte

const hiddenSeed = "[secret]"

// String hides the seed.
func (Seed) String() string { return hiddenSeed }

// GoString hides the seed.
func (Seed) GoString() string { return hiddenSeed }

// Format hides the seed from every verb.
func (Seed) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hiddenSeed) }

// LogValue hides the seed.
func (Seed) LogValue() slog.Value { return slog.StringValue(hiddenSeed) }

// MarshalText hides the seed from encoders.
func (Seed) MarshalText() ([]byte, error) { return []byte(hiddenSeed), nil }

// Key is the public key of the seed.
func (s *Seed) Key() Key {
	return Key(ed25519.NewKeyFromSeed(s[:]).Public().(ed25519.PublicKey))
}

// Row is an entry as it is kept. Every column is covered by the hash.
type Row struct {
	Number  int
	Day     int // in UTC, since 1970
	Actor   helpline.ID
	Code    Code
	Object  Object
	Details string // name=value, in the order of their names

	Before    Hash // of the entry before
	Signature [64]byte
}

// Deed is what the row records.
func (r Row) Deed() Deed {
	return Deed{By: r.Actor, Code: r.Code, Object: r.Object, Details: readDetails(r.Details)}
}

// Detail gives the value of a detail; empty when there is none.
func (r Row) Detail(name string) string {
	for _, d := range readDetails(r.Details) {
		if d.Name == name {
			return d.Value
		}
	}
	return ""
}

// Names reads the public key that a row names as the next one.
func (r Row) Names() (k Key, ok bool) {
	b, err := hex.DecodeString(r.Detail("next"))
	if err != nil || len(b) != len(k) {
		return k, false
	}
	return Key(b), true
}

// Bones says whether the row is one of those that stay when entries are cut.
func (r Row) Bones() bool { return r.Code == LogFirst || r.Code == LogKey || r.Code == LogRestart }

// Hash is the hash of the row.
func (r Row) Hash(install helpline.ID) Hash {
	var object []byte
	if r.Object.Kind != "" {
		object = r.Object.ID[:]
	}
	entry := pack("audit/entry/v1", install[:], number(r.Number), number(r.Day), r.Actor[:],
		[]byte(r.Code), []byte(r.Object.Kind), object, []byte(r.Details))
	return sha256.Sum256(pack("audit/hash/v1", r.Before[:], entry))
}

func signed(install helpline.ID, h Hash) []byte {
	return pack("audit/sign/v1", install[:], h[:])
}

// Sign signs the row; what else stands in it must not change any more.
func (r *Row) Sign(install helpline.ID, s *Seed) {
	h := r.Hash(install)
	r.Signature = [64]byte(ed25519.Sign(ed25519.NewKeyFromSeed(s[:]), signed(install, h)))
}

// SignedBy says whether the row is signed by the holder of a key.
func (r Row) SignedBy(install helpline.ID, k Key) bool {
	return ed25519.Verify(k[:], signed(install, r.Hash(install)), r.Signature[:])
}

// First is what entry 0 names as the hash before it.
func First(install helpline.ID, k Key) Hash {
	return sha256.Sum256(pack("audit/first/v1", install[:], k[:]))
}

// Head is the end of a log: the number and the hash of its last entry, and the
// day written in it. The zero Head is a log without entries.
type Head struct {
	Entries int // in all; the last one has the number below
	Hash    Hash
	Day     int
}

// HeadOf is the head of the log whose last entry is r.
func HeadOf(install helpline.ID, r Row) Head {
	return Head{Entries: r.Number + 1, Hash: r.Hash(install), Day: r.Day}
}

// Next makes the rows that record a deed behind a head: one, and before it one
// that says that the clock stands behind the last entry, if it does.
func Next(install helpline.ID, at Head, s *Seed, today int, d Deed) ([]Row, error) {
	if err := d.Check(); err != nil {
		return nil, err
	}
	var rows []Row
	if at.Entries > 0 && today < at.Day {
		rows = append(rows, next(install, at, s, today, Deed{Code: LogClock, Details: []Detail{Number("days", at.Day-today)}}))
		at = HeadOf(install, rows[0])
	}
	return append(rows, next(install, at, s, today, d)), nil
}

func next(install helpline.ID, at Head, s *Seed, today int, d Deed) Row {
	r := Row{
		Number: at.Entries, Day: today, Actor: d.By, Code: d.Code, Object: d.Object, Details: Joined(d.Details), Before: at.Hash,
	}
	r.Sign(install, s)
	return r
}

// Begin makes entry 0 of a log.
func Begin(install helpline.ID, s *Seed, today int) Row {
	return next(install, Head{Hash: First(install, s.Key())}, s, today, Deed{
		Code: LogFirst, Details: []Detail{Whom("install", install), Bytes32("next", s.Key())},
	})
}
