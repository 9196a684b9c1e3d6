package counsel

import (
	"context"
	"sync"
	"time"

	"helpline"
	"helpline/counsel/retention"
)

// KeepingRows says what is kept and when the chores were done. Asserted by
// store.
type KeepingRows interface {
	// Census counts the rows of every class, and those that should have gone.
	Census(ctx context.Context, r retention.Rules, now time.Time) ([]retention.Count, error)
	// Chores gives the day on which each chore was last done.
	Chores(context.Context) (map[retention.Chore]int, error)
}

// Keeping shows to those who watch over it what is kept for how long, and
// whether it goes. Safe for concurrent use.
type Keeping struct {
	rows  KeepingRows
	rules retention.Rules
	wants []retention.Chore // that this installation does
	now   func() time.Time

	mu   sync.Mutex
	seen time.Time // of late
	late []retention.Chore
}

// NewKeeping looks at rows. copies says whether safety copies are made. now is
// time.Now but for tests.
func NewKeeping(rows KeepingRows, r retention.Rules, copies bool, now func() time.Time) *Keeping {
	k := &Keeping{rows: rows, rules: r, now: now, wants: []retention.Chore{retention.Purging, retention.Rebuilding}}
	if copies {
		k.wants = append(k.wants, retention.BackingUp, retention.Rehearsing)
	}
	return k
}

// KeptClass is a class with what there is of it now.
type KeptClass struct {
	retention.Class
	Rows, Overdue int
}

// Done says when a chore was done. Day is meaningless when it never was.
type Done struct {
	Chore retention.Chore
	Day   int
	Ever  bool
	Late  bool
}

// Overview is what the page shows.
type Overview struct {
	Classes []KeptClass
	Chores  []Done
}

// Overview gives all classes and chores; Forbidden.
func (k *Keeping) Overview(ctx context.Context, who helpline.Actor) (Overview, error) {
	if err := May(who, SeeRetention); err != nil {
		return Overview{}, err
	}
	counts, err := k.rows.Census(ctx, k.rules, retention.Midnight(retention.Day(k.now())))
	if err != nil {
		return Overview{}, err
	}
	of := map[retention.Code]retention.Count{}
	for _, c := range counts {
		of[c.Code] = c
	}
	var o Overview
	for _, c := range k.rules.Classes() {
		o.Classes = append(o.Classes, KeptClass{c, of[c.Code].Rows, of[c.Code].Overdue})
	}
	o.Chores, err = k.chores(ctx)
	return o, err
}

func (k *Keeping) chores(ctx context.Context) ([]Done, error) {
	days, err := k.rows.Chores(ctx)
	if err != nil {
		return nil, err
	}
	var all []Done
	for _, c := range k.wants {
		day, ever := days[c]
		all = append(all, Done{c, day, ever, c.Overdue(day, ever, k.now())})
	}
	if day, ever := days[retention.Restoring]; ever {
		all = append(all, Done{Chore: retention.Restoring, Day: day, Ever: true})
	}
	return all, nil
}

// lateFor is how long an answer of Late is given again.
const lateFor = time.Minute

// Late lists the chores that are overdue, for a banner on every page of those
// who watch over them. A rehearsal makes no banner: it is on the page. What
// cannot be read is not said to be late.
func (k *Keeping) Late(ctx context.Context, who helpline.Actor) []retention.Chore {
	if May(who, SeeRetention) != nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.seen.IsZero() || k.now().Sub(k.seen) > lateFor {
		all, err := k.chores(ctx)
		if err != nil {
			return nil
		}
		k.late, k.seen = nil, k.now()
		for _, d := range all {
			if d.Late && d.Chore != retention.Rehearsing {
				k.late = append(k.late, d.Chore)
			}
		}
	}
	return k.late
}
