package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"time"

	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/store"
)

// trailEvery is how often the key of the audit log changes.
const trailEvery = time.Hour

// trailOf is the audit log of the line in a data folder.
func trailOf(db *store.DB) (*store.Trail, error) {
	key, err := db.HostKeys().Installation()
	if err != nil {
		return nil, err
	}
	return db.Trail(installID(key)), nil
}

// traced does something from the command line that must leave a trace.
func traced(ctx context.Context, db *store.DB, d audit.Deed, do func() error) error {
	t, err := trailOf(db)
	if err != nil {
		return err
	}
	return counsel.Traced(ctx, t, d, do)
}

// openTrail begins the audit log or goes on with it, with a new key. A log that
// cannot be written keeps nobody from talking: what needs an entry is refused
// until it can.
func (l *line) openTrail(ctx context.Context) error {
	var err error
	if l.trail, err = trailOf(l.db); err != nil {
		return err
	}
	l.checks = counsel.NewTrailChecks(l.trail)
	l.beside = append(l.beside, l.checks.Run)
	if _, err = l.trail.Begin(ctx); err == nil {
		err = l.trail.Turn(ctx, "start")
	}
	if err == nil {
		err = l.seeSettings(ctx)
	}
	if err != nil {
		l.log.Error("the audit log cannot be written: openings, grants, exports and changes are refused", "err", err)
	}
	return nil
}

// seeSettings records which settings are others than at the last start. Their
// values are kept as keyed hashes only, and never recorded.
func (l *line) seeSettings(ctx context.Context) error {
	if l.conf.said == nil {
		return nil // a demonstration is not configured
	}
	key, err := l.db.HostKeys().Installation()
	if err != nil {
		return err
	}
	now := map[string][32]byte{}
	for name, value := range l.conf.said {
		mac := hmac.New(sha256.New, key[:])
		fmt.Fprintf(mac, "helpline/setting/v1 %s=%s", name, value)
		now[name] = [32]byte(mac.Sum(nil))
	}
	before, err := l.db.Settings(ctx)
	if err != nil {
		return err
	}
	var changed []string
	for _, name := range slices.Concat(slices.Collect(maps.Keys(now)), slices.Collect(maps.Keys(before))) {
		if before[name] != now[name] {
			changed = append(changed, name)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	if len(before) > 0 { // else it is the first start
		err = l.trail.Record(ctx, audit.Deed{Code: audit.Settings, Details: []audit.Detail{audit.Names("which", changed...)}})
	}
	if err == nil {
		err = l.db.KeepSettings(ctx, now)
	}
	return err
}

// turnTrail changes the key of the audit log every hour.
func (l *line) turnTrail(ctx context.Context) {
	tick := time.NewTicker(trailEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			l.turnTrailNow(ctx, "hour")
		}
	}
}

// endTrail leaves a key that has signed nothing: whoever takes the folder of a
// stopped line can add to its log, and change nothing in it.
func (l *line) endTrail(ctx context.Context) { l.turnTrailNow(ctx, "stop") }

func (l *line) turnTrailNow(ctx context.Context, at string) {
	if err := l.trail.Turn(ctx, at); err != nil {
		l.log.Error("the key of the audit log could not be changed", "err", err)
	}
}
