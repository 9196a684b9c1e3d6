package counsel

import (
	"context"

	"helpline/counsel/staff"
)

// LoginRows keeps logins in a file of their own. Asserted by store.
type LoginRows interface {
	// Get returns a row; NotFound.
	Get(ctx context.Context, id [32]byte) (staff.LoginRow, error)
	// Put inserts the row or replaces the one of the same ID.
	Put(ctx context.Context, r staff.LoginRow) error
	// Change replaces the row of the same ID; one that has ended stays ended.
	Change(ctx context.Context, r staff.LoginRow) error
	// Idle marks a row as locked because nobody touched it, until it is put or
	// changed without the mark; one that does not exist is no error.
	Idle(ctx context.Context, id [32]byte) error
	// Delete removes a row; one that does not exist is no error.
	Delete(ctx context.Context, id [32]byte) error
}
