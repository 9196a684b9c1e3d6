package counsel

import (
	"context"
	"time"

	"helpline/counsel/retention"
)

// Purge removes what has expired.
type Purge struct {
	Rules  retention.Rules
	Rows   PurgeRows
	Shreds ShredKeys
}

// Purged counts what went, or would go.
type Purged struct {
	Notes  int
	Drafts int // and marks of contacts whose note is saved
	Keys   int
}

// Look counts what a purge would remove now, and changes nothing.
func (p Purge) Look(ctx context.Context, now time.Time) (Purged, error) {
	e, err := p.Rows.Expired(ctx, retention.Day(now), p.Rules.Days())
	return Purged{Notes: len(e.Notes), Drafts: len(e.Drafts), Keys: len(e.Shreds)}, err
}

// Run removes what has expired by now. When it returns nil, no byte of it can
// be read from the files any more; after an error the next run finds the same
// and goes on.
func (p Purge) Run(ctx context.Context, now time.Time) (Purged, error) {
	e, err := p.Rows.Expired(ctx, retention.Day(now), p.Rules.Days())
	if err != nil {
		return Purged{}, err
	}
	for _, step := range retention.Order() {
		switch step {
		case retention.ShredKeys:
			err = p.Shreds.Forget(ctx, e.Shreds)
		case retention.Rows:
			err = p.Rows.Drop(ctx, e)
		case retention.Logs:
			err = p.Rows.EmptyLogs(ctx)
		}
		if err != nil {
			return Purged{}, err
		}
	}
	return Purged{Notes: len(e.Notes), Drafts: len(e.Drafts), Keys: len(e.Shreds)}, nil
}
