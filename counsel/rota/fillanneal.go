package rota

import (
	"context"
	"math"
	"math/rand/v2"
	"time"
)

// Effort bounds a search. With Steps it does the same for the same seed on
// every machine; with Time and Now it uses what it is given. With both, what
// ends first ends it.
type Effort struct {
	Seed  uint64
	Steps int              // 0: no such bound
	Time  time.Duration    // 0: no such bound
	Now   func() time.Time // needed with Time: nothing here looks at a clock
}

// Progress is how far a search is.
type Progress struct {
	Part float64 // 0 to 1
	Step int
	Cost int64 // points of the best so far
}

// heat is how a search cools. A change for the worse by so many points as it
// is hot is taken about once in three times.
type heat struct {
	hot, cold float64 // points
	least     float64 // what a breach weighs, in points: it rises while there are any
	most      float64 // and falls again to the least. Both the same: it stands
}

// The search looks up from its work after so many steps.
const lookUp = 512

// anneal searches from what stands and leaves the grid with the best it found,
// which is never worse. The first to end it is the effort, the context, or a
// filling that costs nothing.
func (g *grid) anneal(ctx context.Context, e Effort, h heat, tell func(Progress)) (steps int) {
	g.keep()
	if g.people == 0 || g.slots == 0 {
		return 0
	}
	var (
		m      = &mover{grid: g, rnd: rand.New(rand.NewPCG(e.Seed, 0x70f1))}
		bag    = weighed()
		best   = g.price
		saved  = g.copyHas(nil)
		weight = h.least
		temp   = h.hot
		start  time.Time
		told   = -1
	)
	if e.Time > 0 {
		start = e.Now()
	}
	for ; ; steps++ {
		if steps%lookUp == 0 {
			part := e.part(steps, start)
			if part >= 1 || ctx.Err() != nil || best == (price{}) {
				break
			}
			temp = h.hot * math.Pow(h.cold/h.hot, part)
			if g.price.hard > 0 {
				weight = min(weight*1.01, h.most)
			} else {
				weight = max(weight*0.99, h.least)
			}
			if now := int(part * 100); tell != nil && now > told {
				told = now
				tell(Progress{part, steps, best.soft})
			}
		}
		if !bag[m.rnd.IntN(len(bag))](m) {
			g.undo()
			continue
		}
		worse := float64(g.price.soft-g.before.soft) + weight*float64(g.price.hard-g.before.hard)
		if worse > 0 && worse > temp*m.rnd.ExpFloat64() || !g.allowed() {
			g.undo()
			continue
		}
		g.keep()
		if g.price.less(best) {
			best = g.price
			saved = g.copyHas(saved)
		}
	}
	g.restore(saved)
	return steps
}

// part is how much of the effort is spent.
func (e Effort) part(steps int, start time.Time) float64 {
	part := 0.0
	if e.Steps > 0 {
		part = float64(steps) / float64(e.Steps)
	}
	if e.Time > 0 {
		part = max(part, float64(e.Now().Sub(start))/float64(e.Time))
	}
	if e.Steps <= 0 && e.Time <= 0 {
		return 1
	}
	return part
}
