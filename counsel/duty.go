package counsel

import (
	"sync"
	"time"

	"helpline"
	"helpline/chat"
)

const (
	settling = 10 * time.Second // after a start the desks need a moment to come back
	holding  = 2 * time.Minute  // after the last desk has dropped
)

// Duty says when the line is open: while somebody who can take something is on
// duty. It meets chat.Hours. A dropped desk does not shut the line at once, and
// neither does a start of the program: a visitor who comes in those moments
// waits a little longer, instead of reading that the line is closed. Safe for
// concurrent use.
type Duty struct {
	present func() []chat.Member

	mu      sync.Mutex
	started time.Time
	last    time.Time // somebody was there
	carried []helpline.Capacity
}

// NewDuty counts the settling from now on. present is asked at every Now; it
// must not wait for anything that waits for Now.
func NewDuty(present func() []chat.Member) *Duty {
	return &Duty{present: present, started: time.Now()}
}

// Now says whether the line is open and what can be carried.
func (d *Duty) Now() helpline.Hours {
	there := capacity(d.present())
	now := time.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case len(there) > 0:
		d.last, d.carried = now, there
		return helpline.Hours{Open: true, Capacity: there}
	case !d.last.IsZero() && now.Sub(d.last) < holding:
		return helpline.Hours{Open: true, Capacity: d.carried}
	case now.Sub(d.started) < settling:
		return helpline.Hours{Open: true}
	}
	return helpline.Hours{}
}

// Next is not known while presence alone opens the line.
func (d *Duty) Next() time.Time { return time.Time{} }

func capacity(members []chat.Member) []helpline.Capacity {
	var out []helpline.Capacity
	for _, m := range members {
		if m.Chats > 0 && len(m.Locales) > 0 && len(m.Audiences) > 0 {
			out = append(out, helpline.Capacity{Locales: m.Locales, Audiences: m.Audiences, Chats: m.Chats})
		}
	}
	return out
}
