package counsel

import (
	"sync"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel/rota"
)

const (
	settling = 10 * time.Second // after a start the desks need a moment to come back
	holding  = 2 * time.Minute  // after the last desk has dropped
)

// Planned is what the rotas say of the hours, and of who is there. Met by
// Attendance.
type Planned interface {
	Said() bool // whether the line has a rota at all
	At(t time.Time) (rota.Interval, bool)
	Next(t time.Time) (rota.Interval, bool)
	Cover(now time.Time, desk []chat.Member) Turnout
}

var _ Planned = (*Attendance)(nil)

// Duty says when the line is open: while a shift that is published runs and
// those who are there are what the set-up of its rota asks. A line without a
// rota, and one whose names are planned elsewhere, asks for somebody who can
// take something. It meets chat.Hours. A dropped desk does not shut the line at
// once, and neither does a start of the program: a visitor who comes in those
// moments waits a little longer, instead of reading that the line is closed.
// Safe for concurrent use.
type Duty struct {
	present func() []chat.Member
	plan    Planned
	last    time.Duration // before the end of an opening
	hand    *Hand
	clock   func() time.Time

	mu      sync.Mutex
	started time.Time
	seen    time.Time // somebody was there
	carried []helpline.Capacity
	met     time.Time // the cover was what is asked
}

// NewDuty counts the settling from now on. present is asked at every Now; it
// must not wait for anything that waits for Now.
func NewDuty(present func() []chat.Member) *Duty {
	return &Duty{present: present, started: time.Now(), clock: time.Now}
}

// Plan gives the line hours: with a plan that says some it is open within them
// only, and takes nobody new in the last so many minutes. hand, which may be
// nil, goes before the plan.
func (d *Duty) Plan(p Planned, last time.Duration, hand *Hand) *Duty {
	d.plan, d.last, d.hand = p, last, hand
	return d
}

// Clocked has the hours follow another clock than the machine's: of a test, or
// of a demonstration of a night.
func (d *Duty) Clocked(now func() time.Time) *Duty {
	d.clock = now
	return d
}

// Now says whether the line is open, why not, and what can be carried.
func (d *Duty) Now() helpline.Hours {
	members := d.present()
	now := d.clock()
	gate, pause, first := d.hand.Said(now)
	if !d.Planned() && gate.Word == StayOpen {
		gate = Saying{} // without hours there is nothing to stay open beyond
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	in, open, lack := d.opening(now, members)
	h := helpline.Hours{First: first.Word == MessageFirst}
	if open {
		h.Until = in.End
	}
	h.Next = d.next(now)
	if gate.Word == StayOpen && gate.Until.After(h.Until) {
		h.Until = gate.Until
	}
	if !h.Until.IsZero() && d.last > 0 {
		h.Last = h.Until.Add(-d.last)
		if half := in.End.Sub(in.Start) / 2; h.Until.Equal(in.End) && half < d.last {
			h.Last = h.Until.Add(-half) // a short opening lets somebody in for half of it
		}
	}
	carried, manned := d.manned(capacity(members))
	switch {
	case d.Planned() && !open && gate.Word != StayOpen:
		h.Shut, h.Until, h.Last = helpline.ShutHours, time.Time{}, time.Time{}
	case gate.Word == CloseEarly:
		h.Shut, h.Until, h.Last = helpline.ShutByHand, time.Time{}, time.Time{}
		if _, open := d.at(gate.Until); open {
			h.Next = gate.Until // in the same opening, or where one follows on another
		}
	case lack == helpline.ShutCover && gate.Word != StayOpen:
		h.Shut, h.Until, h.Last = lack, time.Time{}, time.Time{}
	case lack != "" && gate.Word != StayOpen:
		h.Shut = lack
	case !manned:
		h.Shut = helpline.ShutNobody
	case pause.Word == PauseQueue:
		h.Shut = helpline.ShutPaused
	case !h.Last.IsZero() && !now.Before(h.Last):
		h.Shut = helpline.ShutLast
	default:
		h.Open = true
	}
	if manned {
		h.Capacity = carried
	}
	return h
}

// opening gives the opening of this moment, and what it lacks: nothing,
// ShutShort while it has lacked for less than the grace, or was cut short less
// than that ago, or ShutCover. Where a shift runs with enough people though fewer
// were planned, that is an opening too.
func (d *Duty) opening(now time.Time, members []chat.Member) (in rota.Interval, open bool, lack helpline.Shut) {
	in, open = d.at(now)
	if !d.Planned() {
		return in, open, ""
	}
	c := d.plan.Cover(now, members)
	if !c.Asks && !open && now.Before(c.Cut.End) {
		return c.Cut, true, helpline.ShutShort
	}
	if !c.Asks {
		return in, open, ""
	}
	lately := !c.Broke.IsZero() || !d.met.IsZero() && !now.Before(d.met) && now.Sub(d.met) < graceFor // the clock may be set back
	if !open && (c.Met || lately) {
		in, open = c.Run, true
	}
	switch {
	case c.Met:
		d.met = now
	case open && (lately || now.Sub(in.Start) < graceFor):
		lack = helpline.ShutShort
	case open:
		lack = helpline.ShutCover
	}
	return in, open, lack
}

func (d *Duty) at(t time.Time) (rota.Interval, bool) {
	if !d.Planned() {
		return rota.Interval{}, false
	}
	return d.plan.At(t)
}

func (d *Duty) next(t time.Time) time.Time {
	if !d.Planned() {
		return time.Time{}
	}
	next, _ := d.plan.Next(t)
	return next.Start
}

// manned says whether somebody is there, or was a moment ago, and what they
// carry.
func (d *Duty) manned(there []helpline.Capacity) ([]helpline.Capacity, bool) {
	now := time.Now()
	switch {
	case len(there) > 0:
		d.seen, d.carried = now, there
		return there, true
	case !d.seen.IsZero() && now.Sub(d.seen) < holding:
		return d.carried, true
	}
	return nil, now.Sub(d.started) < settling
}

// Next is the next opening; zero while presence alone opens the line.
func (d *Duty) Next() time.Time { return d.Now().Next }

// Ends is when the opening of this moment ends by the plan, or outside of one
// when the next begins: until then somebody may close the line by hand. Zero
// without hours.
func (d *Duty) Ends() time.Time {
	now, members := d.clock(), d.present()
	d.mu.Lock()
	defer d.mu.Unlock()
	if in, open, _ := d.opening(now, members); open {
		return in.End
	}
	return d.next(now)
}

// Planned says whether the line has hours at all.
func (d *Duty) Planned() bool { return d.plan != nil && d.plan.Said() }

func capacity(members []chat.Member) []helpline.Capacity {
	var out []helpline.Capacity
	for _, m := range members {
		if m.Chats > 0 && len(m.Locales) > 0 && len(m.Audiences) > 0 {
			out = append(out, helpline.Capacity{Locales: m.Locales, Audiences: m.Audiences, Chats: m.Chats})
		}
	}
	return out
}
