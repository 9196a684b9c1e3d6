package gate

import (
	"maps"
	"time"
)

// share is how many may come in by one way while there is load: so many at
// once, and one more every so often. It is what keeps those who come by one way
// from taking everything of those who come by the other.
type share struct {
	size  int
	every time.Duration
	used  bucket
}

// taken is how much of it is taken, 0 to 1.
func (s *share) taken(now time.Time) float64 {
	part := float64(s.used.until.Sub(now)) / float64(time.Duration(s.size)*s.every)
	return min(max(part, 0), 1)
}

// room is how many more a way's share lets in now.
func (t *Turns) room(way Way, now time.Time) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.shares[way]
	return s.used.room(now, s.size, s.every)
}

// mostSpent is how many spent turns are remembered. It cannot be reached while
// the shares hold: a turn is remembered no longer than it would have held good.
const mostSpent = 20_000

// spend takes one from a way's share and remembers a turn as spent. When
// either has no room, nothing is spent: the turn holds good still.
func (t *Turns) spend(way Way, seal [16]byte, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if until, was := t.spent[seal]; was && now.Before(until) {
		return false // of two requests at once, one
	}
	t.sweep(now)
	s := &t.shares[way]
	if len(t.spent) >= mostSpent {
		return false
	}
	if _, ok := s.used.take(now, 1, s.size, s.every); !ok {
		return false
	}
	t.spent[seal] = now.Add(waitLife)
	return true
}

func (t *Turns) isSpent(seal [16]byte, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	until, was := t.spent[seal]
	return was && now.Before(until)
}

// sweep forgets what holds good no more, at most once a second. The lock is
// held. A clock that was set back makes turns last longer, and the memory of
// those that are spent with them.
func (t *Turns) sweep(now time.Time) {
	if since := now.Sub(t.swept); since >= 0 && since < time.Second {
		return
	}
	t.swept = now
	maps.DeleteFunc(t.spent, func(_ [16]byte, until time.Time) bool { return !now.Before(until) })
}

// Spent is how many spent turns are remembered.
func (t *Turns) Spent() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.spent)
}
