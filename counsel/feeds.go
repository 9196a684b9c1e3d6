package counsel

import (
	"context"
	"crypto/sha256"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
)

// mostFeeds is how many calendars a person can have.
const mostFeeds = 5

// FeedRow is a calendar of a person's own shifts, read by a program of theirs
// under a secret address. Hash is of the secret, which was shown once.
type FeedRow struct {
	ID     helpline.ID
	Hash   [32]byte
	Person helpline.ID
	Device string // what the person calls the program that reads it
}

// FeedRows keeps them. Asserted by store.
type FeedRows interface {
	// AddFeed keeps a new one; Conflict when one of this ID or of this person
	// and device is there, or when the person has most already.
	AddFeed(ctx context.Context, r FeedRow, most int) error
	// FeedHolder gives whose calendar has this hash, if they work here;
	// NotFound. It looks once and in one way, whatever it finds.
	FeedHolder(ctx context.Context, hash [32]byte) (helpline.ID, error)
	// FeedsOf lists those of a person by device.
	FeedsOf(ctx context.Context, person helpline.ID) ([]FeedRow, error)
	// EndFeed ends one of a person's; what is not there is no error.
	EndFeed(ctx context.Context, person, id helpline.ID) error
}

// SeenRows keeps until when a person has seen what changed in their shifts.
// Asserted by store.
type SeenRows interface {
	// SeenUntil gives it; the zero time when nothing was kept.
	SeenUntil(ctx context.Context, person helpline.ID) (time.Time, error)
	// SeeUntil keeps it. An earlier time changes nothing.
	SeeUntil(ctx context.Context, person helpline.ID, until time.Time) error
}

// Feeds are the calendars people have of their own shifts. A secret opens what
// a calendar shows and nothing else, until its person ends it or leaves. Safe
// for concurrent use.
type Feeds struct {
	rows  FeedRows
	seen  SeenRows
	trail Trail
}

// NewFeeds keeps them in rows.
func NewFeeds(rows FeedRows, seen SeenRows, t Trail) *Feeds { return &Feeds{rows, seen, t} }

func feedHash(t staff.Token) [32]byte { return sha256.Sum256([]byte("shifts/feed/v1 " + t.Reveal())) }

// Make makes a calendar for a device of the person, and gives the secret of its
// address, which is kept nowhere. id is of the form it was asked with: one form
// makes one. Invalid (staff.DeviceField) when the name cannot be, Conflict when
// the person has one of that name or that form, or too many.
func (f *Feeds) Make(ctx context.Context, person, id helpline.ID, device string) (staff.Token, error) {
	device, err := staff.NameDevice(device)
	if err != nil {
		return staff.Token{}, err
	}
	t := staff.NewToken()
	row := FeedRow{ID: id, Hash: feedHash(t), Person: person, Device: device}
	err = Traced(ctx, f.trail, ofOwnShifts(audit.RotaFeed, person), func() error { return f.rows.AddFeed(ctx, row, mostFeeds) })
	if err != nil {
		return staff.Token{}, err
	}
	return t, nil
}

// Holder says whose calendar a secret opens; NotFound, also for somebody who
// does not work here any more.
func (f *Feeds) Holder(ctx context.Context, secret staff.Token) (helpline.ID, error) {
	return f.rows.FeedHolder(ctx, feedHash(secret))
}

// List gives those of a person.
func (f *Feeds) List(ctx context.Context, person helpline.ID) ([]FeedRow, error) {
	return f.rows.FeedsOf(ctx, person)
}

// End ends one of a person's, at once.
func (f *Feeds) End(ctx context.Context, person, id helpline.ID) error {
	return Traced(ctx, f.trail, ofOwnShifts(audit.RotaFeedEnd, person), func() error { return f.rows.EndFeed(ctx, person, id) })
}

// SeenUntil says until when a person has seen what changed in their shifts.
func (f *Feeds) SeenUntil(ctx context.Context, person helpline.ID) (time.Time, error) {
	return f.seen.SeenUntil(ctx, person)
}

// See says that a person has seen what changed until a moment.
func (f *Feeds) See(ctx context.Context, person helpline.ID, until time.Time) error {
	return f.seen.SeeUntil(ctx, person, until)
}
