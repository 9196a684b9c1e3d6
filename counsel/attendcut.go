package counsel

import (
	"context"
	"slices"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel/rota"
)

// RotaTale says what happened to the rotas. Met by store.
type RotaTale interface {
	// RotaEvents gives what happened from one instant until before another, the
	// newest first.
	RotaEvents(ctx context.Context, from, until time.Time) ([]rota.Event, error)
}

// Recall has the hours know which opening was cut short a moment ago. They read it
// from what is written down and remember nothing, so a restart changes nothing.
func (a *Attendance) Recall(ctx context.Context, tale RotaTale) error {
	a.tale = tale
	return a.Renew(ctx)
}

// cutShort is an opening that ended before its time, because its shift was
// cancelled, its day closed or the hours written anew: nobody new is let in, and
// whoever waits keeps the place as long as when cover breaks. The stretch ends with
// that grace, at the latest when the opening would have.
type cutShort struct {
	rota.Interval
	by helpline.ID // the event that says so
}

// readCut finds the newest such opening of the last ten minutes; zero where there
// is none. What was found once stays. desk is who is on duty just now, for those
// who came so lately that nothing is written down yet.
func (a *Attendance) readCut(ctx context.Context, b *rota.Book, versions []rota.Version, now time.Time, desk []chat.Member) (cutShort, error) {
	if a.tale == nil {
		return cutShort{}, nil
	}
	events, err := a.tale.RotaEvents(ctx, now.Add(-graceFor), now.Add(time.Second))
	events = where(events, func(e rota.Event) bool { return e.Kind == rota.EventCancel || e.Kind == rota.EventShut })
	if err != nil || len(events) == 0 {
		return cutShort{}, err
	}
	a.mu.Lock()
	found := a.cut
	a.mu.Unlock()
	if found.by == events[0].ID {
		return found, nil
	}
	ins, was := a.rows.CheckIns(now.Add(-2*checkInLasts), now.Add(time.Minute)), *b
	found = cutShort{by: events[0].ID}
	for len(events) > 0 { // the newest moment first; before an older one the later ones had not happened either
		at, n := events[0].At, 1
		for n < len(events) && events[n].At.Equal(at) {
			n++
		}
		cut, shut := uncut(&was, events[:n])
		events = events[n:]
		if !cut && !shut {
			continue
		}
		h := rota.ReadHours(&was, versions, at)
		here := hereAt(h, ins, at)
		for _, m := range desk {
			here = append(here, m.Person)
		}
		c, from := h.Cover(at, here), at
		if c.Asks && !c.Met && !shut {
			if from = a.broke(h, ins, at); from.IsZero() {
				return found, nil // it was closed already
			}
		}
		in, open := h.At(at)
		if !open && c.Asks { // with fewer planned than came
			in, open = h.Run(at)
		}
		if !open && shut { // nobody knows any more until when
			in, open = rota.Interval{Start: at, End: at.Add(graceFor)}, true
		}
		if until := from.Add(graceFor); until.Before(in.End) {
			in.End = until
		}
		if open {
			found.Interval = in
			return found, nil
		}
	}
	return found, nil
}

// uncut takes back in a book what events of one moment did to shifts that ran in
// it; cut says that they did. shut says that an opening ended and no shift says
// which: days that were closed where names are planned elsewhere are open again.
func uncut(b *rota.Book, events []rota.Event) (cut, shut bool) {
	b.Shifts = slices.Clone(b.Shifts)
	opened := func(s rota.Shift) {
		b.Closures = slices.DeleteFunc(slices.Clone(b.Closures), func(c rota.Closure) bool { return s.Closed([]rota.Closure{c}) })
	}
	zone, err := rota.LoadZone(b.Site.Zone)
	if err != nil {
		zone = time.UTC
	}
	for _, e := range events {
		if shut = shut || e.Kind == rota.EventShut; e.Kind == rota.EventShut {
			for _, r := range b.Rotas {
				for back := 0; r.Way == rota.Elsewhere && back <= 2; back++ { // it may have begun the day before yesterday
					opened(rota.Shift{Rota: r.ID, Date: rota.DateOf(e.At.In(zone)).Plus(-back)})
				}
			}
		}
		i := slices.IndexFunc(b.Shifts, func(s rota.Shift) bool { return s.ID == e.Shift && !e.At.Before(s.Start) && e.At.Before(s.End) })
		if e.Kind == rota.EventCancel && i >= 0 {
			b.Shifts[i].Cancelled, cut = false, true
			opened(b.Shifts[i])
		}
	}
	return cut, shut
}
