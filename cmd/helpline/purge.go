package main

import (
	"context"
	"fmt"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/retention"
	"helpline/store"
)

// purgeCommand removes what has expired, or says what would go. The line does
// the same by itself at its start and every day soon after midnight UTC.
type purgeCommand struct {
	settingFlags
	DryRun bool `help:"Only say what would go, and change nothing."`
}

// Run works beside a running line.
func (c purgeCommand) Run(ctx context.Context, p *place) error {
	conf, err := c.load(p.env)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, conf.Data, store.Options{Zone: conf.Zone, Beside: true})
	if err != nil {
		return dataError{err}
	}
	defer db.Close()
	if _, err := db.HostKeys().Installation(); err != nil {
		return dataError{fmt.Errorf("%s holds no line yet: run `helpline init` first", conf.Data)}
	}
	now := time.Now()
	if c.DryRun {
		would, err := purgeOf(db, conf).Look(ctx, now)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.out, "Notes are kept for %d days. Would go now: %s. Nothing was changed.\n", rules(conf).Days(), goes(would))
		return err
	}
	gone, err := purge(ctx, db, conf, now)
	if err != nil {
		return fmt.Errorf("%w; what has expired opens for nobody, and the next purge goes on", err)
	}
	if err := db.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "Notes are kept for %d days. Gone: %s.\n", rules(conf).Days(), goes(gone))
	return err
}

func goes(p counsel.Purged) string {
	out := fmt.Sprintf("notes %d, drafts and marks of closed contacts %d, keys %d", p.Notes, p.Drafts, p.Keys)
	if p.Held > 0 {
		out += fmt.Sprintf(". Kept beyond their time by two supervisors: notes %d", p.Held)
	}
	if p.Broken > 0 {
		out += fmt.Sprintf(". Holds that keep nothing, because their signatures are wrong: %d", p.Broken)
	}
	return out
}

func rules(c config) retention.Rules { return retention.Rules{NoteDays: c.Line.NoteDays} }

func purgeOf(db *store.DB, c config) counsel.Purge {
	held := func(ctx context.Context) (map[helpline.ID]bool, int, error) {
		key, err := db.HostKeys().Installation()
		if helpline.KindOf(err) == helpline.NotFound {
			return nil, 0, nil // before init there is nothing to hold
		}
		if err != nil {
			return nil, 0, err
		}
		return counsel.HoldsInForce(ctx, installID(key), db, db)
	}
	return counsel.Purge{Rules: rules(c), Rows: db, Shreds: db.Shred(), Held: held}
}

// purge removes everything whose time has come: contacts and logins that no
// key opens any more, notes, and drafts whose contact has gone.
func purge(ctx context.Context, db *store.DB, c config, now time.Time) (counsel.Purged, error) {
	// The keys of the day before are the oldest there are.
	if err := db.PurgeStandings(ctx, retention.Day(now)-1); err != nil {
		return counsel.Purged{}, err
	}
	if err := db.Logins().DeleteExpired(ctx, now); err != nil {
		return counsel.Purged{}, err
	}
	return purgeOf(db, c).Run(ctx, now)
}
