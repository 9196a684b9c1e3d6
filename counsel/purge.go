package counsel

import (
	"context"
	"time"

	"helpline"
	"helpline/counsel/retention"
)

// Purge removes what has expired.
type Purge struct {
	Rules  retention.Rules
	Rows   PurgeRows
	Shreds ShredKeys

	// Held says which notes two supervisors keep beyond their time. With an error
	// it names those to be kept all the same; naming none, nothing goes. Nil where there are no holds.
	Held func(context.Context) (held map[helpline.ID]bool, broken int, err error)
}

// Purged counts what went, or would go.
type Purged struct {
	Notes   int
	Drafts  int // and marks of contacts whose note is saved
	Letters int
	Threads int // with their cards, because the code was not used for so long
	Keys    int
	Held    int // notes whose time has come and that are held
	Broken  int // holds that keep nothing, because their papers do not hold
}

// Look counts what a purge would remove now, and changes nothing.
func (p Purge) Look(ctx context.Context, now time.Time) (Purged, error) {
	_, what, err := p.expired(ctx, now)
	return what, err
}

// expired lists what goes now. Keys of notes come first and in their order.
func (p Purge) expired(ctx context.Context, now time.Time) (Expired, Purged, error) {
	e, err := p.Rows.Expired(ctx, retention.Day(now), p.Rules.Days())
	if err != nil {
		return Expired{}, Purged{}, err
	}
	var what Purged
	if p.Held != nil {
		var held map[helpline.ID]bool
		if held, what.Broken, err = p.Held(ctx); err != nil && held == nil {
			return Expired{}, Purged{}, err
		}
		what.Held = len(e.Notes)
		e = e.without(held)
		what.Held -= len(e.Notes)
	}
	what.Notes, what.Drafts, what.Keys = len(e.Notes), len(e.Drafts), len(e.Shreds)
	what.Letters, what.Threads = len(e.Letters), len(e.Threads)
	return e, what, err
}

// without leaves notes out, with their keys.
func (e Expired) without(held map[helpline.ID]bool) Expired {
	out := Expired{Drafts: e.Drafts, Letters: e.Letters, Threads: e.Threads}
	for i, id := range e.Notes {
		if !held[id] {
			out.Notes, out.Shreds = append(out.Notes, id), append(out.Shreds, e.Shreds[i])
		}
	}
	out.Shreds = append(out.Shreds, e.Shreds[len(e.Notes):]...)
	return out
}

// Run removes what has expired by now. When it returns nil, no byte of it can
// be read from the files any more; after an error the next run finds the same
// and goes on. When only the holds could not be checked, what nobody has asked
// to hold is gone all the same.
func (p Purge) Run(ctx context.Context, now time.Time) (Purged, error) {
	e, what, late := p.expired(ctx, now)
	if late != nil && len(e.Notes)+len(e.Drafts)+len(e.Letters)+len(e.Threads) == 0 {
		return Purged{}, late
	}
	for _, step := range retention.Order() {
		var err error
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
	return what, late
}
