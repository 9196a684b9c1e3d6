package directory

import (
	"context"
	"time"

	"helpline"
)

// Shelf keeps the line's directory. Asserted by store.
type Shelf interface {
	// Providers gives the entries in their order; none before the first import.
	Providers(ctx context.Context) ([]Entry, error)
	// KeepProviders adds entries and replaces those of the same ID, all or
	// nothing; with only set, what is not among them goes. Hidden stays as it was.
	KeepProviders(ctx context.Context, entries []Entry, only bool) (Change, error)
	// HideProvider keeps an entry off cards, or no longer; NotFound.
	HideProvider(ctx context.Context, entry helpline.ID, hidden bool) error
	// Refer counts one referral to a provider, in the week of an instant.
	Refer(ctx context.Context, provider helpline.ID, at time.Time) error
	// Referrals gives how often each provider was referred to in a week, named
	// as in 2026-W47.
	Referrals(ctx context.Context, week string) (map[helpline.ID]int64, error)
}

// Change says what an import did, in entries.
type Change struct{ Added, Changed, Same, Removed, Left int }
