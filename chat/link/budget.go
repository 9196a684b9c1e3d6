package link

import (
	"math"
	"time"
)

// Budget is how many frames a link may send: Burst at once, then PerSecond. A
// link over it is dropped with a time to come back, so a page that only had a
// lot to say loses nothing.
type Budget struct {
	Burst     int
	PerSecond int
}

// DefaultBudget leaves room for a page that refills a whole ring.
var DefaultBudget = Budget{Burst: 300, PerSecond: 20}

// spend takes one token and says how many whole seconds to wait when there is
// none.
func (s *Socket) spend(now time.Time) int {
	s.tokens = min(float64(s.budget.Burst), s.tokens+now.Sub(s.last).Seconds()*float64(s.budget.PerSecond))
	s.last = now
	if s.tokens < 1 {
		return int(math.Ceil((float64(s.budget.Burst)/4 + 1) / float64(s.budget.PerSecond)))
	}
	s.tokens--
	s.from.since = 0
	return 0
}
