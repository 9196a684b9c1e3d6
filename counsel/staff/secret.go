package staff

import (
	"crypto/sha256"
	"log/slog"
	"strings"

	"helpline"
)

// Passphrase is what a person typed. It cannot be printed.
type Passphrase struct{ text string }

// NewPassphrase takes what was typed: white space at the ends goes and a run
// of it inside counts as one space, so that a passphrase copied from paper works.
func NewPassphrase(typed string) Passphrase {
	return Passphrase{strings.Join(strings.Fields(typed), " ")}
}

// Reveal gives the text, for stretching only.
func (p Passphrase) Reveal() string { return p.text }

// String hides the passphrase.
func (Passphrase) String() string { return hidden }

// GoString hides the passphrase.
func (Passphrase) GoString() string { return hidden }

// LogValue hides the passphrase.
func (Passphrase) LogValue() slog.Value { return slog.StringValue(hidden) }

// Token opens one invitation, once. It cannot be printed by accident.
type Token struct{ id helpline.ID }

// NewToken draws a fresh token of 128 bits.
func NewToken() Token { return Token{helpline.NewID()} }

// ParseToken reads what Reveal wrote; Invalid otherwise.
func ParseToken(s string) (Token, error) {
	id, err := helpline.ParseID(s)
	if err != nil {
		return Token{}, helpline.Errorf(helpline.Invalid, "invitation: not readable")
	}
	return Token{id}, nil
}

// Reveal gives the 22 characters of the link. They are shown once.
func (t Token) Reveal() string { return t.id.String() }

// Hash is what is kept of the token.
func (t Token) Hash() [32]byte {
	return sha256.Sum256(append([]byte("invitation/v1"), t.id[:]...))
}

// String hides the token.
func (Token) String() string { return hidden }

// GoString hides the token.
func (Token) GoString() string { return hidden }

// LogValue hides the token.
func (Token) LogValue() slog.Value { return slog.StringValue(hidden) }
