package counsel

import (
	"log/slog"

	"helpline"
	"helpline/counsel/vault"
)

// By is who acts, in which login. Token is the login's, as the cookie has it
// after it was renewed: it opens the person's unlocked keyring and nothing
// else. It cannot be printed.
type By struct {
	helpline.Actor
	Token string
}

const hiddenToken = "[login]"

// String hides the token.
func (By) String() string { return hiddenToken }

// GoString hides the token.
func (By) GoString() string { return hiddenToken }

// LogValue hides the token.
func (By) LogValue() slog.Value { return slog.StringValue(hiddenToken) }

// MarshalText hides the token from encoders.
func (By) MarshalText() ([]byte, error) { return []byte(hiddenToken), nil }

func (b By) login() [32]byte { return vault.LoginID(b.Token) }
