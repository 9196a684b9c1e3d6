package gate

import (
	"hash/maphash"
	"math"
	"sync"
	"time"
)

// crowds counts who wants to start, by network, so that only those are asked
// for a turn who cannot be told apart from a flood: whoever comes from a
// network that very many come from, and everybody when very many come from
// everywhere. It keeps a fixed number of counters and no names. Each network
// has two of them and counts by the lower one: so hardly anybody shares both
// with a flood.
type crowds struct {
	each, all float64 // tries within a while that make a crowd

	mu    sync.Mutex
	seeds [2]maphash.Seed
	at    [2][1024]fading // by network
	rest  fading          // tries from networks that are no crowd
}

// while is over which tries fade.
const while = time.Minute

// fading is a number that fades.
type fading struct {
	n    float64
	last time.Time
}

func (f *fading) now(now time.Time) float64 {
	if since := now.Sub(f.last); since > 0 {
		f.n *= math.Exp(-since.Seconds() / while.Seconds())
	}
	f.last = now
	return f.n
}

func newCrowds(places int) *crowds {
	return &crowds{
		each: max(16, float64(places)/8), all: max(32, float64(places)/6),
		seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
	}
}

// came counts a try and says whether it is one of its network's crowd, and
// whether very many come from everywhere. A try that is one of its network's
// crowd counts only there: others hardly notice.
func (c *crowds) came(network string, now time.Time) (crowd, all bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	crowd = c.from(network, now) >= c.each
	all = c.rest.now(now) >= c.all
	for i := range c.at {
		own := c.counter(i, network)
		own.n = min(own.n+1, 4*c.each) // so that a crowd is over soon after it has gone
	}
	switch {
	case crowd:
	case c.from(network, now) >= c.each: // now it is one: those who came before were of it
		c.rest.n = max(0, c.rest.n+1-c.each)
	default:
		c.rest.n = min(c.rest.n+1, 4*c.all)
	}
	return crowd, all
}

// many says the same of whoever would come from a network now.
func (c *crowds) many(network string, now time.Time) (crowd, all bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.from(network, now) >= c.each, c.rest.now(now) >= c.all
}

// from is how many tries came from a network of late. The lock is held.
func (c *crowds) from(network string, now time.Time) float64 {
	return min(c.counter(0, network).now(now), c.counter(1, network).now(now))
}

func (c *crowds) counter(i int, network string) *fading {
	return &c.at[i][maphash.String(c.seeds[i], network)%uint64(len(c.at[i]))]
}
