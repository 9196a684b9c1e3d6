package gate

import (
	"math"
	"sync"
	"time"
)

const (
	rushed = 250.0            // requests of strangers a second, which no human crowd of a line makes
	window = 4 * time.Second  // over which they are averaged
	lasts  = 30 * time.Second // load ends so long after the last sign of it
	half   = 0.5              // of the links or of the queue
)

// load measures how much is going on.
type load struct {
	fullness func() float64

	mu   sync.Mutex
	rush float64 // requests within the window, older ones fading
	last time.Time
	till time.Time
}

// came notes a request of a stranger.
func (l *load) came(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fade(now)
	l.rush++
	if l.rush > rushed*window.Seconds() {
		l.till = now.Add(lasts)
	}
}

func (l *load) fade(now time.Time) {
	if since := now.Sub(l.last); since > 0 {
		l.rush *= math.Exp(-since.Seconds() / window.Seconds())
	}
	l.last = now
}

// is says whether there is load, with a share of the links taken.
func (l *load) is(now time.Time, links float64) bool {
	full := links >= half || l.fullness != nil && l.fullness() >= half
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.till.After(now.Add(lasts)) { // the clock was set back
		l.till = now
	}
	if full {
		l.till = now.Add(lasts)
	}
	return now.Before(l.till)
}
