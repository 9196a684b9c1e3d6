package helpline

import (
	"crypto/rand"
	"encoding/base64"
)

// ID is 128 random bits. It says nothing about when or for whom it was made:
// identifiers that carry a time would put the hour of a visit on the disk.
type ID [16]byte

// NewID draws a fresh identifier.
func NewID() ID {
	var id ID
	_, _ = rand.Read(id[:]) // never fails: crypto/rand aborts the program instead
	return id
}

// IsZero says whether the identifier was never set.
func (id ID) IsZero() bool { return id == ID{} }

// String is the identifier in 22 characters of unpadded base64url.
func (id ID) String() string { return base64.RawURLEncoding.EncodeToString(id[:]) }

// ParseID reads what String wrote. Anything else is an Invalid error.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 22 {
		return id, Errorf(Invalid, "identifier: want 22 characters, got %d", len(s))
	}
	n, err := base64.RawURLEncoding.Strict().Decode(id[:], []byte(s))
	if err != nil || n != len(id) {
		return ID{}, Errorf(Invalid, "identifier: not base64url")
	}
	return id, nil
}

// MarshalText makes an ID a string in JSON and TOML.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText is the strict inverse of MarshalText.
func (id *ID) UnmarshalText(b []byte) error {
	got, err := ParseID(string(b))
	if err == nil {
		*id = got
	}
	return err
}
