package main

import (
	"context"
	"time"

	"helpline/counsel"
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
	if err != nil {
		l.log.Error("the audit log cannot be written: openings, grants, exports and changes are refused", "err", err)
	}
	return nil
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
