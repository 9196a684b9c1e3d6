package store

import (
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
)

// Key is 256 random bits that no printing shows.
type Key [32]byte

const hidden = "[secret]"

func newKey() Key {
	var k Key
	_, _ = rand.Read(k[:]) // never fails: crypto/rand aborts the program instead
	return k
}

// Format hides the key from every verb of fmt.
func (Key) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hidden) }

// String hides the key.
func (Key) String() string { return hidden }

// GoString hides the key.
func (Key) GoString() string { return hidden }

// LogValue hides the key.
func (Key) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the key from JSON and TOML.
func (Key) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Day holds the keys that live for today and tomorrow and are then destroyed.
type Day struct {
	Epoch  int // days since 1970-01-01 UTC
	Ticket Key // seals visitors' tickets
	Live   Key // seals entries of conversations
	Login  Key // salt of staff logins
}
