package staff

import (
	"time"

	"helpline"
)

// LoginRow is one login as the store keeps it. In clear stand only the person,
// the device, the expiry and whether nobody has touched it for long; everything
// else is in Sealed, which opens only with the token in the browser's cookie and
// the login key of day Epoch.
type LoginRow struct {
	ID     [32]byte // SHA-256 of the token
	Epoch  int      // day number of the login key
	Sealed []byte
	Person helpline.ID
	Device string // of this person's devices; empty until a device has a name
	Expiry time.Time
	Idle   bool // locked because nobody touched it: nobody had the token to seal that
}
