package rota

import "math/bits"

// grid is the compact core of filling: people beside slots, and who has which.
// A slot is a place on a shift that any number of people may take; slots are
// numbered in the order in which they begin. All that changes goes through one
// primitive, flip, which knows the exact difference in price, so no search
// ever adds up a rota anew.
//
// A grid knows no rota. What it costs that somebody has just these slots is
// asked of rows; a benchmark with other rules brings its own.
type grid struct {
	layout
	rows   rows
	lawful func(person int, has set) bool // nil: everything is

	has    []set   // by person: the slots taken
	counts []int32 // by demand: the heads that count
	price  price
	trail  []flipped // what was done since the last keep
	before price     // the price at that time
}

// layout is what stays as it is while a grid is filled.
type layout struct {
	people, slots int
	free          []set       // by person: the slots that may be taken and given up
	can           [][]int32   // by slot: the people who may
	class         []int       // by person: which clashes are theirs
	clash         [][][]int32 // by class and slot: those that cannot be had together with it
	next          []int32     // by slot: the same one a day later; -1 without one
	day           []int32     // by slot: counted from the first day
	first         []int32     // by day: its first slot; one more entry closes the list
	demands       []demand
	asks          [][]ask // by slot: the demands that its people count for
}

// ask says who in a slot counts for a demand.
type ask struct {
	demand int32
	who    set
}

// demand is the price of every count of heads. More than it is long cost what
// its last entry says.
type demand []price

// price is what a filling costs: breaches of what may not be, and points.
type price struct{ hard, soft int64 }

func (p price) plus(q price) price { return price{p.hard + q.hard, p.soft + q.soft} }

// less puts breaches before points.
func (p price) less(q price) bool {
	return p.hard < q.hard || p.hard == q.hard && p.soft < q.soft
}

// rows prices what people have, each of them alone.
type rows interface {
	// flip says what it changes that somebody takes a slot, or gives it up.
	flip(person, slot int, on bool) price
	// whole says what it costs that somebody has these slots, from nothing.
	whole(person int, has set) price
}

type flipped struct{ person, slot int32 }

func newGrid(l layout, r rows) *grid {
	g := &grid{layout: l, rows: r, has: make([]set, l.people), counts: make([]int32, len(l.demands))}
	for p := range g.has {
		g.has[p] = newSet(l.slots)
	}
	g.price = g.recount()
	return g
}

// recount adds everything up from nothing. It is the truth that flip must
// agree with.
func (g *grid) recount() price {
	var sum price
	heads := make([]int, len(g.demands))
	for p, has := range g.has {
		sum = sum.plus(g.rows.whole(p, has))
		for s := has.next(0); s >= 0; s = has.next(s + 1) {
			for _, a := range g.asks[s] {
				if a.who.has(p) {
					heads[a.demand]++
				}
			}
		}
	}
	for d, n := range heads {
		sum = sum.plus(g.demands[d].at(n))
	}
	return sum
}

func (d demand) at(heads int) price { return d[min(heads, len(d)-1)] }

// flip gives somebody a slot they do not have, or takes one they have.
func (g *grid) flip(p, s int) {
	g.turn(p, s)
	g.trail = append(g.trail, flipped{int32(p), int32(s)})
}

func (g *grid) turn(p, s int) {
	on := !g.has[p].has(s)
	g.has[p].flip(s)
	delta := g.rows.flip(p, s, on)
	step := int32(1)
	if !on {
		step = -1
	}
	for i := range g.asks[s] {
		a := &g.asks[s][i]
		if !a.who.has(p) {
			continue
		}
		d, heads := g.demands[a.demand], &g.counts[a.demand]
		old := d.at(int(*heads))
		*heads += step
		now := d.at(int(*heads))
		delta.hard += now.hard - old.hard
		delta.soft += now.soft - old.soft
	}
	g.price = g.price.plus(delta)
}

// take gives somebody a slot; what clashes with it is given up. It is false,
// and half of it may have been done, where that cannot be.
func (g *grid) take(p, s int) bool {
	if !g.free[p].has(s) || g.has[p].has(s) {
		return false
	}
	for _, c := range g.clash[g.class[p]][s] {
		if g.has[p].has(int(c)) {
			if !g.free[p].has(int(c)) {
				return false
			}
			g.flip(p, int(c))
		}
	}
	g.flip(p, s)
	return true
}

// give gives a slot up. It is false where it is not there or must stay.
func (g *grid) give(p, s int) bool {
	if !g.free[p].has(s) || !g.has[p].has(s) {
		return false
	}
	g.flip(p, s)
	return true
}

// allowed says whether all whom the trail touches may have what they have now.
func (g *grid) allowed() bool {
	if g.lawful == nil {
		return true
	}
	for i, f := range g.trail {
		again := false
		for _, earlier := range g.trail[:i] {
			again = again || earlier.person == f.person
		}
		if !again && !g.lawful(int(f.person), g.has[f.person]) {
			return false
		}
	}
	return true
}

// keep makes what was done since the last keep final.
func (g *grid) keep() { g.trail, g.before = g.trail[:0], g.price }

// undo takes it back.
func (g *grid) undo() {
	for i := len(g.trail) - 1; i >= 0; i-- {
		g.turn(int(g.trail[i].person), int(g.trail[i].slot))
	}
	g.trail = g.trail[:0]
}

// place sets somebody's slot without asking whether it may be moved: what was
// there before the filling began.
func (g *grid) place(p, s int) {
	if !g.has[p].has(s) {
		g.flip(p, s)
		g.keep()
	}
}

// copyHas is who has what now.
func (g *grid) copyHas(to []set) []set {
	if to == nil {
		to = make([]set, g.people)
		for p := range to {
			to[p] = newSet(g.slots)
		}
	}
	for p, has := range g.has {
		copy(to[p], has)
	}
	return to
}

// restore makes who has what as it was copied: all is given up before anything
// is taken, so that nobody has two slots that clash in between.
func (g *grid) restore(from []set) {
	for p, has := range g.has {
		for _, taking := range []bool{false, true} {
			for w := range has {
				diff := has[w] ^ from[p][w]
				if !taking {
					diff &= has[w]
				}
				for ; diff != 0; diff &= diff - 1 {
					g.turn(p, w<<6+bits.TrailingZeros64(diff))
				}
			}
		}
	}
	g.keep()
}
