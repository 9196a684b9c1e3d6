package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/retention"
	"helpline/store"
)

// purgeCommand removes what has expired, or says what would go. The line does
// the same by itself at its start and every day soon after midnight UTC.
type purgeCommand struct {
	settingFlags
	DryRun  bool `help:"Only say what would go, and change nothing."`
	Rebuild bool `help:"Write a large database anew, too; the line does so once a week. Nobody can write meanwhile."`
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
		would, err := lookForPurge(ctx, db, conf, now)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.out, "Notes are kept for %d days. Would go now: %s. Nothing was changed.\n", rules(conf).Days(), would)
		return err
	}
	gone, err := purge(ctx, db, conf, now)
	if err == nil {
		tell(ctx, db, p.err, purgeDeed(audit.Deed{By: audit.Operator}, gone))
		err = rebuild(ctx, db, c.Rebuild, now)
	}
	if err != nil {
		return fmt.Errorf("%w; what has expired opens for nobody, and the next purge goes on", err)
	}
	if err := db.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "Notes are kept for %d days. Gone: %s.\n", rules(conf).Days(), gone)
	return err
}

// purged is what a purge has removed, or would.
type purged struct {
	counsel.Purged
	rows    map[retention.Code]int
	entries int // of the audit log
}

func (p purged) String() string {
	text := fmt.Sprintf("notes %d, drafts and marks of closed contacts %d, keys %d", p.Notes, p.Drafts, p.Keys)
	if p.Letters+p.Threads > 0 {
		text += fmt.Sprintf(", letters %d, return codes with their cards %d", p.Letters, p.Threads)
	}
	for _, c := range (retention.Rules{}).Classes() {
		if n := p.rows[c.Code]; n > 0 {
			text += fmt.Sprintf(", %s %d", c.Code, n)
		}
	}
	if p.Held > 0 {
		text += fmt.Sprintf(". Kept beyond their time by two supervisors: notes %d", p.Held)
	}
	if p.Broken > 0 {
		text += fmt.Sprintf(". Holds that keep nothing, because their signatures are wrong: %d", p.Broken)
	}
	return text
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

// lookForPurge says what a purge would remove.
func lookForPurge(ctx context.Context, db *store.DB, c config, now time.Time) (purged, error) {
	var p purged
	var err error
	if p.Purged, err = purgeOf(db, c).Look(ctx, now); err != nil {
		return purged{}, err
	}
	counts, err := db.Census(ctx, rules(c), now)
	p.rows = map[retention.Code]int{}
	for _, n := range counts {
		if !slices.Contains([]retention.Code{retention.Notes, retention.Drafts, retention.Letters, retention.Cards}, n.Code) {
			p.rows[n.Code] = n.Overdue
		}
	}
	return p, err
}

// purge removes everything whose time has come: contacts and logins that no
// key opens any more, notes, and drafts whose contact has gone.
func purge(ctx context.Context, db *store.DB, c config, now time.Time) (purged, error) {
	// The keys of the day before are the oldest there are.
	if err := db.PurgeStandings(ctx, retention.Day(now)-1); err != nil {
		return purged{}, err
	}
	if err := db.KnowGone(ctx, now); err != nil {
		return purged{}, err
	}
	var p purged
	var err error
	if p.rows, err = db.Sweep(ctx, rules(c), now); err != nil {
		return purged{}, err
	}
	if err := db.Logins().DeleteExpired(ctx, now); err != nil { // and empties its log
		return purged{}, err
	}
	if p.entries, err = cutTrail(ctx, db, now); err != nil && helpline.KindOf(err) != helpline.Unavailable {
		return purged{}, err
	}
	if p.Purged, err = purgeOf(db, c).Run(ctx, now); err != nil { // empties the log at last
		return purged{}, err
	}
	return p, db.Done(ctx, retention.Purging, now)
}

// cutTrail removes what has stood in the audit log for its days. A log whose key
// is missing is Unavailable and stays as it is until it was begun anew: what
// else has expired goes all the same, and verify-retention names the entries.
func cutTrail(ctx context.Context, db *store.DB, now time.Time) (int, error) {
	oldest := retention.Day(now) - retention.AuditDays
	old, err := db.TrailBefore(ctx, oldest)
	if err != nil || old == 0 {
		return 0, err
	}
	trail, err := trailOf(db)
	if err != nil {
		return 0, err
	}
	return trail.Cut(ctx, oldest)
}

// rebuild writes the files anew after a purge, all of them at least once a week.
func rebuild(ctx context.Context, db *store.DB, all bool, now time.Time) error {
	done, err := db.Chores(ctx)
	if err != nil {
		return err
	}
	last, known := done[retention.Rebuilding]
	every, err := db.Rebuild(ctx, all || known && retention.Day(now)-last >= retention.Rebuilding.Every())
	if err != nil || !every && known {
		return err
	}
	// A large file counts its week from the first time it was passed over.
	return db.Done(ctx, retention.Rebuilding, now)
}
