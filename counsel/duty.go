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

// Duty says when the line is open: within its hours, where there are any, and
// while somebody who can take something is on duty. It meets chat.Hours. A
// dropped desk does not shut the line at once, and neither does a start of the
// program: a visitor who comes in those moments waits a little longer, instead
// of reading that the line is closed. Safe for concurrent use.
type Duty struct {
	present func() []chat.Member
	plan    *rota.Plan
	last    time.Duration // before the end of an opening
	hand    *Hand
	clock   func() time.Time

	mu      sync.Mutex
	started time.Time
	seen    time.Time // somebody was there
	carried []helpline.Capacity
	known   stretch
}

// stretch is what the plan says of a stretch of time: it is worked out once,
// because every page and every beat of the engine asks.
type stretch struct {
	from, until time.Time // it counts from, and before until
	in, next    rota.Interval
	open        bool
}

// NewDuty counts the settling from now on. present is asked at every Now; it
// must not wait for anything that waits for Now.
func NewDuty(present func() []chat.Member) *Duty {
	return &Duty{present: present, started: time.Now(), clock: time.Now}
}

// Plan gives the line hours: with a plan that says some it is open within them
// only, and takes nobody new in the last so many minutes. hand, which may be
// nil, goes before the plan.
func (d *Duty) Plan(p *rota.Plan, last time.Duration, hand *Hand) *Duty {
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
	there := capacity(d.present())
	now := d.clock()
	gate, pause, first := d.hand.Said(now)
	if !d.plan.Said() && gate.Word == StayOpen {
		gate = Saying{} // without hours there is nothing to stay open beyond
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.stretch(now)
	h := helpline.Hours{First: first.Word == MessageFirst}
	if s.open {
		h.Until = s.in.End
	}
	h.Next = s.next.Start
	if gate.Word == StayOpen && gate.Until.After(h.Until) {
		h.Until = gate.Until
	}
	if !h.Until.IsZero() && d.last > 0 {
		h.Last = h.Until.Add(-d.last)
	}
	carried, manned := d.manned(there)
	switch {
	case d.plan.Said() && !s.open && gate.Word != StayOpen:
		h.Shut, h.Until, h.Last = helpline.ShutHours, time.Time{}, time.Time{}
	case gate.Word == CloseEarly:
		h.Shut, h.Until, h.Last = helpline.ShutByHand, time.Time{}, time.Time{}
		if _, open := d.plan.At(gate.Until); open {
			h.Next = gate.Until // in the same opening, or where one follows on another
		}
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

func (d *Duty) stretch(now time.Time) stretch {
	if !d.plan.Said() {
		return stretch{}
	}
	if k := &d.known; k.from.IsZero() || now.Before(k.from) || !now.Before(k.until) {
		in, open := d.plan.At(now)
		next, more := d.plan.Next(now)
		d.known = stretch{from: now, until: now.Add(24 * time.Hour), in: in, next: next, open: open}
		for end, counts := range map[time.Time]bool{in.End: open, next.Start: more} {
			if counts && end.Before(d.known.until) {
				d.known.until = end
			}
		}
	}
	return d.known
}

// Next is the next opening; zero while presence alone opens the line.
func (d *Duty) Next() time.Time { return d.Now().Next }

// Ends is when the opening of this moment ends by the plan, or outside of one
// when the next begins: until then somebody may close the line by hand. Zero
// without hours.
func (d *Duty) Ends() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.stretch(d.clock()); s.open {
		return s.in.End
	}
	return d.known.next.Start
}

// Planned says whether the line has hours at all.
func (d *Duty) Planned() bool { return d.plan.Said() }

func capacity(members []chat.Member) []helpline.Capacity {
	var out []helpline.Capacity
	for _, m := range members {
		if m.Chats > 0 && len(m.Locales) > 0 && len(m.Audiences) > 0 {
			out = append(out, helpline.Capacity{Locales: m.Locales, Audiences: m.Audiences, Chats: m.Chats})
		}
	}
	return out
}
