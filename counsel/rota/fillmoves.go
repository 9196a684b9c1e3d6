package rota

import "math/rand/v2"

// A move changes who has what in a few slots, by take and give. It says false
// where it came to nothing or could not be finished; whatever it did is then
// undone by whoever made it.
type move func(m *mover) bool

// mover draws moves. Its lists are scratch.
type mover struct {
	*grid
	rnd     *rand.Rand
	a, b, c []int32
}

// moves are drawn by weight: the short ones polish, the long ones carry a
// filling over what no short one can cross, such as two days off that must
// stand together.
var moves = []struct {
	weight int
	make   move
}{
	{30, (*mover).turnOne},
	{20, (*mover).handOver},
	{16, (*mover).swapStretch},
	{8, (*mover).shiftInTime},
	{8, (*mover).takeSeries},
	{6, (*mover).handStretch},
	{6, (*mover).swapSlots},
	{4, (*mover).turnStretch},
	{2, (*mover).chainOverAWeek},
}

// weighed is the moves, each as often as it weighs.
func weighed() []move {
	var out []move
	for _, m := range moves {
		for range m.weight {
			out = append(out, m.make)
		}
	}
	return out
}

// slot draws a slot that anybody may take.
func (m *mover) slot() (int, bool) {
	s := m.rnd.IntN(m.slots)
	return s, len(m.can[s]) > 0
}

// one draws somebody who may take a slot.
func (m *mover) one(s int) int { return int(m.can[s][m.rnd.IntN(len(m.can[s]))]) }

// mine draws a slot that somebody has and may give up; -1 without one. It
// looks from a slot drawn at random onward.
func (m *mover) mine(p int) int {
	from := m.rnd.IntN(m.slots)
	s := m.has[p].next(from)
	if s < 0 {
		s = m.has[p].next(0)
	}
	if s < 0 || !m.free[p].has(s) {
		return -1
	}
	return s
}

// turnOne gives somebody a slot, or takes it away.
func (m *mover) turnOne() bool {
	s, ok := m.slot()
	if !ok {
		return false
	}
	p := m.one(s)
	if m.has[p].has(s) {
		return m.give(p, s)
	}
	return m.take(p, s)
}

// handOver moves a slot from one person to another.
func (m *mover) handOver() bool {
	p := m.rnd.IntN(m.people)
	s := m.mine(p)
	if s < 0 {
		return false
	}
	q := m.one(s)
	return q != p && m.give(p, s) && m.take(q, s)
}

// swapSlots lets two people exchange one slot each, wherever those lie.
func (m *mover) swapSlots() bool {
	p := m.rnd.IntN(m.people)
	s := m.mine(p)
	if s < 0 {
		return false
	}
	q := m.one(s)
	t := m.mine(q)
	return q != p && t >= 0 && t != s && m.give(p, s) && m.give(q, t) && m.take(p, t) && m.take(q, s)
}

// shiftInTime moves a slot of somebody's to another within a week or so.
func (m *mover) shiftInTime() bool {
	p := m.rnd.IntN(m.people)
	s := m.mine(p)
	if s < 0 {
		return false
	}
	from, to := m.span(int(m.day[s])-7, 15)
	t := from + m.rnd.IntN(to-from)
	return t != s && m.give(p, s) && m.take(p, t)
}

// span is the slots of some days, cut to those there are.
func (m *mover) span(day, days int) (from, to int) {
	last := len(m.first) - 1
	return int(m.first[min(max(day, 0), last-1)]), int(m.first[min(max(day+days, 1), last)])
}

// stretch draws some days in a row, few more often than many. The day is
// drawn by its slots, so that an empty one is never drawn.
func (m *mover) stretch(most int) (from, to int) {
	days := 1 + m.rnd.IntN(1+m.rnd.IntN(most))
	return m.span(int(m.day[m.rnd.IntN(m.slots)]), days)
}

// held lists what somebody has in a span and may give up.
func (m *mover) held(p, from, to int, into []int32) []int32 {
	into = into[:0]
	for s := m.has[p].next(from); s >= 0 && s < to; s = m.has[p].next(s + 1) {
		if m.free[p].has(s) {
			into = append(into, int32(s))
		}
	}
	return into
}

func (m *mover) giveAll(p int, slots []int32) bool {
	for _, s := range slots {
		if !m.give(p, int(s)) {
			return false
		}
	}
	return true
}

func (m *mover) takeAll(p int, slots []int32) bool {
	for _, s := range slots {
		if !m.take(p, int(s)) {
			return false
		}
	}
	return true
}

// swapStretch lets two people exchange all they have in some days.
func (m *mover) swapStretch() bool {
	p, q := m.rnd.IntN(m.people), m.rnd.IntN(m.people)
	if p == q {
		return false
	}
	from, to := m.stretch(14)
	m.a, m.b = m.held(p, from, to, m.a), m.held(q, from, to, m.b)
	return len(m.a)+len(m.b) > 0 && m.giveAll(p, m.a) && m.giveAll(q, m.b) && m.takeAll(q, m.a) && m.takeAll(p, m.b)
}

// handStretch moves all that somebody has in some days to another.
func (m *mover) handStretch() bool {
	p, q := m.rnd.IntN(m.people), m.rnd.IntN(m.people)
	from, to := m.stretch(7)
	m.a = m.held(p, from, to, m.a)
	return p != q && len(m.a) > 0 && m.giveAll(p, m.a) && m.takeAll(q, m.a)
}

// takeSeries gives somebody the same slot on some days in a row.
func (m *mover) takeSeries() bool {
	s, ok := m.slot()
	if !ok {
		return false
	}
	p, any := m.one(s), false
	for days := 2 + m.rnd.IntN(4); days > 0 && s >= 0; days, s = days-1, int(m.next[s]) {
		if !m.has[p].has(s) {
			if !m.take(p, s) {
				return false
			}
			any = true
		}
	}
	return any
}

// turnStretch takes away all that somebody has in some days; where that is
// nothing, it gives a slot of each day.
func (m *mover) turnStretch() bool {
	p := m.rnd.IntN(m.people)
	from, to := m.stretch(5)
	m.a = m.held(p, from, to, m.a)
	if len(m.a) > 0 {
		return m.giveAll(p, m.a)
	}
	for d := m.day[from]; d <= m.day[to-1]; d++ {
		from, to := int(m.first[d]), int(m.first[d+1])
		if from < to && !m.take(p, from+m.rnd.IntN(to-from)) {
			return false
		}
	}
	return true
}

// chainOverAWeek passes what three people have in up to a week around.
func (m *mover) chainOverAWeek() bool {
	p, q, r := m.rnd.IntN(m.people), m.rnd.IntN(m.people), m.rnd.IntN(m.people)
	if p == q || q == r || r == p {
		return false
	}
	from, to := m.stretch(7)
	m.a, m.b = m.held(p, from, to, m.a), m.held(q, from, to, m.b)
	m.c = m.held(r, from, to, m.c)
	return len(m.a)+len(m.b)+len(m.c) > 0 &&
		m.giveAll(p, m.a) && m.giveAll(q, m.b) && m.giveAll(r, m.c) &&
		m.takeAll(q, m.a) && m.takeAll(r, m.b) && m.takeAll(p, m.c)
}
