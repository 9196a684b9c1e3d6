package staff

import (
	"context"
	"time"

	"helpline"
)

// Profiles is the rest of what is kept about people. Asserted by store.
type Profiles interface {
	// Invited looks whose invitation this is without spending it; NotFound when
	// it is spent, unknown or has expired.
	Invited(ctx context.Context, invitation [32]byte, now time.Time) (Person, error)
	// Reinvite puts a new invitation in place of an unspent one; NotFound when
	// the person is not waiting for one.
	Reinvite(ctx context.Context, person helpline.ID, i Invitation) error
	// Revise writes Alias, Locales, Audiences, Chats and Language of a person
	// who exists, and nothing else; NotFound.
	Revise(ctx context.Context, p Person) error
}

// Stretch makes the verifier of a passphrase; slow on purpose. Unavailable
// when too many wait. Asserted by counsel.
type Stretch interface {
	Verifier(ctx context.Context, p Passphrase, salt []byte, costs Params) ([32]byte, error)
}
