package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"helpline/counsel/audit"
	"helpline/counsel/retention"
	"helpline/store"
)

// backUpDays makes the safety copy of every day, soon after its hour on the
// line's clock. It looks at the clock every so often, because a machine may
// sleep; a copy that failed is tried again later.
func (l *line) backUpDays(ctx context.Context) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	var patience time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			if now.Before(patience) || !l.backupDue(ctx, now) {
				continue
			}
			patience = now.Add(15 * time.Minute)
			l.backUp(ctx, now)
		}
	}
}

// backupDue says whether today's copy is still to be made.
func (l *line) backupDue(ctx context.Context, now time.Time) bool {
	if l.conf.Copies.Dir == "" || now.In(l.conf.Zone).Hour() < l.conf.Copies.Hour {
		return false
	}
	done, err := l.db.Chores(ctx)
	if err != nil {
		l.log.Error("the day of the last safety copy is not known", "err", err)
		return false
	}
	last, known := done[retention.BackingUp]
	return !known || last < retention.Day(now)
}

func (l *line) backUp(ctx context.Context, now time.Time) {
	// One at a time with the purge: neither could end while the other reads or writes.
	l.chores.Lock()
	defer l.chores.Unlock()
	if err := l.trail.Record(ctx, backupDeed(audit.Deed{})); err != nil {
		l.log.Error("the safety copy stands in no audit log", "err", err)
	}
	made, err := l.conf.Copies.run(ctx, copier{db: l.db, to: l.conf.Copies.To, now: now}, l.conf.Data)
	if err != nil {
		l.log.Error("the safety copy could not be made; it is tried again", "err", err)
		return
	}
	l.log.Info("a safety copy is made; older ones are removed", "count", made.removed)
}

// backupDeed is the entry of a copy, by the line unless d says by whom.
func backupDeed(d audit.Deed) audit.Deed {
	d.Code, d.Details = audit.BackupMake, []audit.Detail{audit.Word("set", "both")}
	return d
}

// purgeDeed is the entry of a purge.
func purgeDeed(d audit.Deed, p purged) audit.Deed {
	other := p.Letters + p.Threads
	for _, n := range p.rows {
		other += n
	}
	d.Code = audit.Purged
	d.Details = []audit.Detail{audit.Number("notes", p.Notes), audit.Number("drafts", p.Drafts), audit.Number("keys", p.Keys), audit.Number("entries", p.entries), audit.Number("other", other)}
	return d
}

// tell records what a command does for the line's own sake. Forgetting and
// keeping go on without an entry: they must work on a disk that is full.
func tell(ctx context.Context, db *store.DB, errs io.Writer, d audit.Deed) {
	trail, err := trailOf(db)
	if err == nil {
		err = trail.Record(ctx, d)
	}
	if err != nil {
		fmt.Fprintf(errs, "This stands in no audit log: %v\n", err)
	}
}
