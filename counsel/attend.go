package counsel

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel/rota"
)

const (
	graceFor     = 10 * time.Minute // after the cover broke, in which everybody who waits keeps the place
	lateAfter    = 15 * time.Minute // of a shift, after which somebody who is not there is missed
	checkInLasts = 12 * time.Hour   // what nobody took back counts no longer
	overtime     = 30 * time.Minute // after the end of a shift, until a check-in that nobody took back is ended
	deskBack     = 2 * time.Minute  // after a start, for the desks to come back
)

// RotaBook is the stored rota as the hours need it. Met by Rotas.
type RotaBook interface {
	// Standing is all that is published.
	Standing(context.Context) (*rota.Book, error)
	// Versions of a rota, drafts too.
	Versions(of helpline.ID) []rota.Version
	// CheckIns that touch a stretch of time.
	CheckIns(from, until time.Time) []CheckIn
	// CheckIn notes that somebody is there: for a place, or with the zero one as a walk-on.
	CheckIn(ctx context.Context, who helpline.Actor, assignment, rotaID helpline.ID) error
	// CheckOut ends that.
	CheckOut(ctx context.Context, who helpline.Actor) error
}

var _ RotaBook = (*Rotas)(nil)

// Attendance knows who is planned and who is really there, and so when the line
// opens. Being on duty at the desk counts at once and is written down as a
// check-in by Run; whoever works elsewhere says it with Here. Safe for
// concurrent use.
type Attendance struct {
	rows    RotaBook
	present func() []chat.Member
	post    AlarmPost
	tale    RotaTale // nil: no opening was cut short
	clock   func() time.Time
	log     *slog.Logger

	mu    sync.Mutex
	hours *rota.Hours
	cut   cutShort
	read  time.Time // when hours and cut were
	ins   []CheckIn

	desks   map[helpline.ID]chat.Member // whoever Run has seen at a desk; only Run's
	told    map[string]bool             // alarms that are in the outbox; only Run's
	missing map[helpline.ID]missing     // by place; nil until Run has looked once; only Run's
	started time.Time
}

// NewAttendance reads what is published. present lists who is on duty at a
// desk; it must not wait for anything that waits for Cover.
func NewAttendance(ctx context.Context, rows RotaBook, present func() []chat.Member, clock func() time.Time, log *slog.Logger) (*Attendance, error) {
	a := &Attendance{
		rows: rows, present: present, clock: clock, log: log,
		desks: map[helpline.ID]chat.Member{}, told: map[string]bool{}, started: clock(),
	}
	return a, a.Renew(ctx)
}

// Post has what lacks told to those whom it concerns.
func (a *Attendance) Post(post AlarmPost) *Attendance {
	a.post = post
	return a
}

// Renew reads what is published, and who is there, anew.
func (a *Attendance) Renew(ctx context.Context) error { return a.renew(ctx, nil) }

func (a *Attendance) renew(ctx context.Context, desk []chat.Member) error {
	now := a.clock()
	b, err := a.rows.Standing(ctx)
	if err != nil {
		return err
	}
	var versions []rota.Version
	for _, r := range b.Rotas {
		versions = append(versions, a.rows.Versions(r.ID)...)
	}
	h := rota.ReadHours(b, versions, now)
	cut, err := a.readCut(ctx, b, versions, now, desk)
	if err != nil {
		return err
	}
	a.mu.Lock()
	a.hours, a.cut, a.read = h, cut, now
	a.mu.Unlock()
	a.count(now)
	return nil
}

// count reads who is there anew.
func (a *Attendance) count(now time.Time) {
	ins := a.rows.CheckIns(now.Add(-2*checkInLasts), now.Add(time.Minute))
	a.mu.Lock()
	a.ins = ins
	a.mu.Unlock()
}

// Heard renews what a change of the rotas has touched. It is for Rotas.Changed.
func (a *Attendance) Heard(c RotaChange) {
	put := c.Put
	put.CheckIns, put.Serial, put.Asks, put.Swaps = nil, 0, nil, nil
	plan := len(put.Rotas)+len(put.Versions)+len(put.Templates)+len(put.Requirements)+len(put.Closures)+len(put.Shifts)+len(put.Assignments)+len(put.OnCalls)+len(put.Skills)+len(put.Pauses) > 0 ||
		len(c.Gone.Rotas)+len(c.Gone.Versions)+len(c.Gone.Templates)+len(c.Gone.Requirements)+len(c.Gone.Closures)+len(c.Gone.Shifts)+len(c.Gone.Assignments)+len(c.Gone.OnCalls)+len(c.Gone.SkillsOf)+len(c.Gone.PausesOf) > 0
	if !plan {
		a.count(a.clock())
		return
	}
	a.anew()
}

// Reached renews them when a notice reaches somebody from now on, or no more. It
// is for Notices.Changed.
func (a *Attendance) Reached() { a.anew() }

func (a *Attendance) anew() {
	if err := a.renew(context.Background(), a.present()); err != nil {
		a.log.Error("the hours could not be read after a change; they are read again soon", "kind", string(helpline.KindOf(err)))
		a.mu.Lock()
		a.read = time.Time{}
		a.mu.Unlock()
	}
}

func (a *Attendance) know() (*rota.Hours, []CheckIn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.hours, a.ins
}

// Said says whether the line has a rota at all. A line without one is open
// whenever somebody is on duty.
func (a *Attendance) Said() bool {
	if a == nil {
		return false
	}
	h, _ := a.know()
	return h.Said()
}

// At gives the planned opening that t lies in.
func (a *Attendance) At(t time.Time) (rota.Interval, bool) {
	h, _ := a.know()
	return h.At(t)
}

// Next gives the first planned opening after t.
func (a *Attendance) Next(t time.Time) (rota.Interval, bool) {
	h, _ := a.know()
	return h.Next(t)
}

// Cells are the half hours of a usual week in which the line plans to be open.
func (a *Attendance) Cells() []rota.Cell {
	if a == nil {
		return nil
	}
	h, _ := a.know()
	return h.Cells(a.clock())
}

// Shut lists the days of the coming months on which every rota is closed, on
// the line's calendar.
func (a *Attendance) Shut(zone *time.Location) []rota.Date {
	h, _ := a.know()
	today := rota.DateOf(a.clock().In(zone))
	return h.Shut(today, today.Plus(60))
}

// Turnout is how those who are there compare with what runs.
type Turnout struct {
	rota.Cover
	Run   rota.Interval // around it, in which shifts run without a gap; zero while none does
	Broke time.Time     // when the cover ended, while its grace lasts; zero: longer ago, or it stands
	Cut   rota.Interval // the opening that was cut short a moment ago, until its grace ends; zero: none was
}

// Cover holds whoever is there against what is published: those who are on
// duty at a desk, and those who checked in.
func (a *Attendance) Cover(now time.Time, desk []chat.Member) Turnout {
	h, ins := a.know()
	here := hereAt(h, ins, now)
	for _, m := range desk {
		here = append(here, m.Person)
	}
	c := Turnout{Cover: h.Cover(now, here)}
	c.Run, _ = h.Run(now)
	a.mu.Lock()
	c.Cut = a.cut.Interval
	a.mu.Unlock()
	if c.Asks && !c.Met {
		c.Broke = a.broke(h, ins, now)
	}
	return c
}

// broke finds the last moment of the grace at which the cover ended, as it is
// written down: it counts through a restart.
func (a *Attendance) broke(h *rota.Hours, ins []CheckIn, now time.Time) time.Time {
	ends := h.Edges(now.Add(-graceFor), now)
	for _, in := range ins {
		end := in.In.Add(checkInLasts)
		if !in.Out.IsZero() && in.Out.Before(end) {
			end = in.Out
		}
		if end.After(now.Add(-graceFor)) && !end.After(now) {
			ends = append(ends, end)
		}
	}
	slices.SortFunc(ends, func(a, b time.Time) int { return b.Compare(a) })
	for _, end := range ends {
		before := end.Add(-time.Nanosecond)
		if h.Cover(before, hereAt(h, ins, before)).Met {
			return end
		}
	}
	return time.Time{}
}

// at says whether a check-in counts at an instant.
func (c CheckIn) at(t time.Time) bool {
	return !t.Before(c.In) && t.Sub(c.In) < checkInLasts && (c.Out.IsZero() || t.Before(c.Out))
}

// hereAt lists who is there at an instant for what runs, by what is written down.
func hereAt(h *rota.Hours, ins []CheckIn, t time.Time) []helpline.ID {
	var out []helpline.ID
	for _, c := range ins {
		if c.at(t) && h.Counts(c.Person, c.Assignment, t) {
			out = append(out, c.Person)
		}
	}
	return out
}
