package counsel

import (
	"context"
	"time"

	"helpline"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// Renewal is a new passphrase with everything that changes with it: all of it
// or nothing.
type Renewal struct {
	Person  helpline.ID
	Secret  staff.Secret
	Wrapped []byte      // the keyring, under the new passphrase
	Spent   bool        // printed codes go
	Rescue  helpline.ID // that ends with it; zero for none
	Used    uint64      // generation of the recovery key that was put together; 0 for none
}

// RenewRows changes passphrases. Asserted by store.
type RenewRows interface {
	// Renew replaces secret and wrapped keyring of an active person and says
	// that no new passphrase is due any more; NotFound.
	Renew(ctx context.Context, r Renewal) error
	// MustRenew says that the person must choose a new passphrase; NotFound.
	MustRenew(ctx context.Context, person helpline.ID) error
}

// CodeRow is a keyring wrapped under a printed code.
type CodeRow struct {
	Person  helpline.ID
	Salt    []byte
	Costs   staff.Params
	Wrapped []byte
}

// CodeRows keeps what printed codes open. Asserted by store.
type CodeRows interface {
	// Code gives the row of the code that works, or of the one that has still
	// to be typed back; NotFound.
	Code(ctx context.Context, person helpline.ID, confirmed bool) (CodeRow, error)
	// PutCode keeps a code that has still to be typed back, in place of an
	// earlier one of those.
	PutCode(ctx context.Context, r CodeRow) error
	// ConfirmCode puts the code that was typed back in place of the one that
	// works; Conflict when another was made meanwhile.
	ConfirmCode(ctx context.Context, r CodeRow) error
}

// EscrowRow is a keyring sealed to a generation of the recovery key.
type EscrowRow struct {
	Person     helpline.ID
	Generation uint64
	Sealed     []byte
}

// EscrowRows keeps keyrings in escrow. Asserted by store.
type EscrowRows interface {
	// Escrows gives a person's rows, the newest generation first.
	Escrows(ctx context.Context, person helpline.ID) ([]EscrowRow, error)
	// PutEscrow keeps a row in place of the one of the same generation. Older
	// ones go once the shares of this generation, or of a newer one that the
	// person has a row for, are all written down.
	PutEscrow(ctx context.Context, r EscrowRow) error
	// Escrowed lists who has a row for a generation.
	Escrowed(ctx context.Context, generation uint64) ([]helpline.ID, error)
}

// CustodyRow is a generation of the recovery key, beside what the log says.
type CustodyRow struct {
	Generation uint64
	Day        int // on which it was made, as package retention counts days
	Used       bool
	Shares     []ShareRow // by part, from 1
}

// ShareRow is a share on its way to its custodian. Sealed is empty once the
// custodian has written it down.
type ShareRow struct {
	Person helpline.ID
	Sealed []byte
}

// Written says whether every custodian has written the share down.
func (c CustodyRow) Written() bool {
	for _, s := range c.Shares {
		if len(s.Sealed) > 0 {
			return false
		}
	}
	return len(c.Shares) > 0
}

// CustodyRows keeps generations of the recovery key; they are made with
// Extension. Asserted by store.
type CustodyRows interface {
	// Custodies lists all generations, the newest first.
	Custodies(ctx context.Context) ([]CustodyRow, error)
	// ShareWritten empties a share; NotFound. With the last of a generation the
	// keyrings in escrow for older ones go, of those who have one for it.
	ShareWritten(ctx context.Context, generation uint64, part int) error
}

// RescueRow is somebody who asks for the custodians. Person is nobody's when the
// name was not known.
type RescueRow struct {
	ID, Person helpline.ID
	Key        []byte
	Expires    time.Time
	Approval   []byte // empty before
	Pieces     []vault.Piece
}

// RescueRows keeps rescues. Those that have expired by now are not there, and
// go with the next Ask. Asserted by store.
type RescueRows interface {
	// Ask keeps a rescue. Of those for one person that nobody has approved only
	// the newest most stay.
	Ask(ctx context.Context, r RescueRow, most int, now time.Time) error
	// Rescue gives one with its pieces; NotFound.
	Rescue(ctx context.Context, id helpline.ID, now time.Time) (RescueRow, error)
	// Rescues lists those of people who are known, without pieces.
	Rescues(ctx context.Context, now time.Time) ([]RescueRow, error)
	// Approve keeps an approval; Conflict when there is one, or when another
	// rescue of the same person has one.
	Approve(ctx context.Context, id helpline.ID, approval []byte, now time.Time) error
	// AddPiece keeps a share that was entered; Conflict when that part is there.
	AddPiece(ctx context.Context, id helpline.ID, p vault.Piece, now time.Time) error
}

// RescueEnds ends rescues before their time. Asserted by store.
type RescueEnds interface {
	// EndRescue takes a rescue away; NotFound.
	EndRescue(ctx context.Context, id helpline.ID) error
}
