package counsel

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"log/slog"
	"sync"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel/rota"
)

// ArrivalRows keeps who came, by week. Asserted by store.
type ArrivalRows interface {
	// AddArrivals adds a week, or a part of one, to what stands of that week.
	AddArrivals(context.Context, rota.Blurred) error
	// Arrivals gives the weeks from one on, the oldest first; those in which the
	// program did not run are absent. A part of the running week may be there.
	Arrivals(ctx context.Context, from rota.Date) ([]rota.SeenWeek, error)
}

// Arrivals counts who comes by weekday and half hour, in memory, for as long as
// a week runs. Only what rota.Blur has drawn lots over is ever written: when
// the week is over, or when the program stops. A program that is killed loses
// its part of the week, and with it the minutes it was open, so that part is
// unknown and not quiet. Safe for concurrent use.
type Arrivals struct {
	next   chat.Counters
	open   func() bool
	rows   ArrivalRows
	zone   *time.Location
	log    *slog.Logger
	clock  func() time.Time
	random func() (uint64, error)

	mu      sync.Mutex
	running map[rota.Date]*rota.SeenWeek // by Monday; mostly one
	waiting []rota.Blurred               // could not be written yet: never drawn for again

	writing sync.Mutex
}

// NewArrivals hands every raise on to next. open says whether visitors can come
// in right now; it is asked once a minute. zone is the line's; nil is UTC.
func NewArrivals(next chat.Counters, open func() bool, rows ArrivalRows, zone *time.Location, log *slog.Logger) *Arrivals {
	if zone == nil {
		zone = time.UTC
	}
	return &Arrivals{
		next: next, open: open, rows: rows, zone: zone, log: log, clock: time.Now, random: unforeseen,
		running: map[rota.Date]*rota.SeenWeek{},
	}
}

// Clocked has it follow another clock than the machine's, of a test.
func (a *Arrivals) Clocked(now func() time.Time) *Arrivals {
	a.clock = now
	return a
}

func unforeseen() (uint64, error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return 0, helpline.Errorf(helpline.Internal, "draw a lot: %w", err)
	}
	return binary.LittleEndian.Uint64(b[:]), nil
}

// Count takes a raise; it never waits for the disk.
func (a *Arrivals) Count(c chat.Count) {
	a.next.Count(c)
	if c.Channel != helpline.ByChat {
		return
	}
	came, missed, shut := meaning(c.Event)
	if !came && !missed && !shut {
		return
	}
	a.raise(c.At, rota.Seen{Came: ones(came), Missed: ones(missed), Shut: ones(shut)})
}

// meaning says what an event is to those who plan. Whoever came is counted once
// when they come, in or not; whoever was missed once more, when that is known.
func meaning(e chat.Event) (came, missed, shut bool) {
	switch e {
	case chat.Arrived:
		return true, false, false
	case chat.RefusedFull, chat.RefusedLate:
		return true, true, false
	case chat.RefusedShut:
		return false, false, true
	case chat.ClosedOut, chat.LeftQueue, chat.LostQueue, chat.Missed, chat.Unanswered, chat.MovedInbox:
		return false, true, false
	}
	return false, false, false
}

func ones(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// Turned counts a request that was not let in. It says nothing of how many
// people that was.
func (a *Arrivals) Turned() { a.raise(a.clock(), rota.Seen{Flood: 1}) }

// raise adds to a half hour and its day.
func (a *Arrivals) raise(at time.Time, s rota.Seen) {
	local := at.In(a.zone)
	cell := rota.CellOf(local)
	a.mu.Lock()
	defer a.mu.Unlock()
	w := a.week(rota.Monday(rota.DateOf(local)))
	for _, n := range []*rota.Seen{&w.Halves[cell], &w.Days[cell.Day()]} {
		n.Came += s.Came
		n.Missed += s.Missed
		n.Shut += s.Shut
		n.Flood += s.Flood
		n.Open += s.Open
		n.Up += s.Up
	}
}

func (a *Arrivals) week(monday rota.Date) *rota.SeenWeek {
	w := a.running[monday]
	if w == nil {
		w = &rota.SeenWeek{Monday: monday}
		a.running[monday] = w
	}
	return w
}

// Run looks once a minute whether the line is open, and writes a week when it
// is over. It ends with ctx; End must follow.
func (a *Arrivals) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		a.beat(ctx)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (a *Arrivals) beat(ctx context.Context) {
	now := a.clock()
	a.raise(now, rota.Seen{Up: 1, Open: ones(a.open())})
	if err := a.fold(ctx, rota.Monday(rota.DateOf(now.In(a.zone)))); err != nil {
		a.log.Warn("who came last week is not written; it is kept and tried again", "kind", string(helpline.KindOf(err)), "err", err)
	}
}

// End writes what is left, lots and all.
func (a *Arrivals) End(ctx context.Context) error {
	a.raise(a.clock(), rota.Seen{}) // of a line that has counted nothing there is a week too
	return a.fold(ctx, rota.Date{})
}

// fold writes every week but the one that still runs. The lots of a week are
// drawn once: were they drawn again after a write that failed, or that only
// seemed to, their mean would tell what they hide.
func (a *Arrivals) fold(ctx context.Context, runs rota.Date) error {
	a.writing.Lock()
	defer a.writing.Unlock()
	a.mu.Lock()
	for monday, w := range a.running {
		if monday == runs {
			continue
		}
		b, err := w.Blur(a.random)
		if err != nil {
			a.mu.Unlock()
			return err // nothing is kept without lots
		}
		delete(a.running, monday)
		a.waiting = append(a.waiting, b)
	}
	due := a.waiting
	a.mu.Unlock()
	for len(due) > 0 {
		if err := a.rows.AddArrivals(ctx, due[0]); err != nil {
			break
		}
		due = due[1:]
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	var err error
	if len(due) > 0 {
		err = helpline.Errorf(helpline.Unavailable, "write who came: %d weeks wait", len(due))
	}
	a.waiting = due
	return err
}
