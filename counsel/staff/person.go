package staff

import (
	"context"
	"log/slog"
	"time"

	"helpline"
)

// State is how far an account is.
type State string

// The states.
const (
	Invited State = "invited" // added, and has not chosen a passphrase yet
	Active  State = "active"
	Removed State = "removed" // kept as a name under what was done; opens nothing
)

// Person is a member of staff.
type Person struct {
	ID        helpline.ID
	Name      string // for the login and for colleagues; never shown to a visitor
	Alias     string // the only name a visitor sees
	Roles     []helpline.Role
	Locales   []helpline.Locale   // languages of conversations taken
	Audiences []helpline.Audience // doors taken
	Chats     int                 // conversations at once
	State     State
	Language  helpline.Locale // of the person's own screens
	Demo      bool            // made by the demonstration; no real person
	Renew     bool            // must choose a new passphrase before anything else
}

// Params are the costs of Argon2id, kept per person so that they can rise.
type Params struct {
	Time      uint32
	MemoryKiB uint32
	Threads   uint8
}

// below says whether one of the costs is lower than the floor has it.
func (p Params) below(floor Params) bool {
	return false
}

// Secret is what the store keeps to recognise a passphrase: never the
// passphrase, and never what it opens. Verifier is the SHA-256 of HKDF
// "auth/v1" over the stretched passphrase.
type Secret struct {
	Salt     []byte
	Params   Params
	Verifier []byte
}

const hidden = "[secret]"

// String hides the secret.
func (Secret) String() string { return hidden }

// GoString hides the secret.
func (Secret) GoString() string { return hidden }

// LogValue hides the secret.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// Invitation lets one person choose a passphrase, once. Hash is the SHA-256 of
// the token; the token itself is shown once and kept nowhere.
type Invitation struct {
	Hash    [32]byte
	Person  helpline.ID
	Expires time.Time
}

// Accounts is where people are kept. Asserted by store.
type Accounts interface {
	// Add inserts an invited person; Conflict when the name is taken, without
	// regard to upper and lower case.
	Add(context.Context, Person, Invitation) error
	// Find looks a person up by name; NotFound.
	Find(ctx context.Context, name string) (Person, Secret, error)
	// Person looks a person up; NotFound.
	Person(context.Context, helpline.ID) (Person, error)
	// People lists everybody, by name.
	People(context.Context) ([]Person, error)
	// Activate spends the invitation, sets the secret and makes the person
	// active; NotFound when the invitation is spent, unknown or has expired.
	Activate(ctx context.Context, invitation [32]byte, now time.Time, s Secret) (Person, error)
}
