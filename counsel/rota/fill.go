package rota

import (
	"context"
	"time"

	"helpline"
)

// Filler fills one version of a book. It reads the book once; a book that
// changes needs a new one. Nothing it does is published, and all it does keeps
// the hard rules of Check: it asks the same checker before anybody is given
// anything.
//
// Places that are pinned, worked, offered or part of an open swap stay as they
// are, and so does everything that begins before From.
type Filler struct {
	*grid
	sheet  *sheet
	oracle *oracle
	gone   []helpline.ID // assignments that could not stay
}

// Given is what a filling starts from.
type Given struct {
	Weights Weights // nil: the usual ones
	From    time.Time
	// MovePublished lets places move that are published and not pinned. Each
	// costs what a change costs.
	MovePublished bool
	// HoldAll counts whatever stands as published.
	HoldAll bool
}

// NewFiller reads a book.
func NewFiller(b *Book, law Profile, g Given) *Filler {
	if g.Weights == nil {
		g.Weights = UsualWeights()
	}
	s := newSheet(b, g.Weights, g.HoldAll)
	f := &Filler{sheet: s, oracle: newOracle(s, NewChecker(b, law))}
	f.grid = newGrid(f.layout(g), newWorkRows(s))
	f.lawful = f.oracle.lawful
	f.begin(g)
	return f
}

// layout makes the grid's tables.
func (f *Filler) layout(g Given) layout {
	s := f.sheet
	l := layout{people: len(s.people), slots: len(s.slots), class: make([]int, len(s.people)), can: make([][]int32, len(s.slots)), asks: make([][]ask, len(s.slots))}
	has, classes := newSet(l.slots), map[string]int{}
	for p, person := range s.people {
		law := f.oracle.checker.people[person.ID].law.ID
		class, known := classes[law]
		if !known {
			class = len(l.clash)
			classes[law] = class
			l.clash = append(l.clash, f.oracle.clashes(p))
		}
		l.class[p] = class
		free := newSet(l.slots)
		for at, sl := range s.slots {
			if s.shifts[sl.shift].Start.Before(g.From) || !s.fills(sl) {
				continue
			}
			has.flip(at)
			if f.oracle.may(p, has) {
				free.add(at)
				l.can[at] = append(l.can[at], int32(p))
			}
			has.flip(at)
		}
		l.free = append(l.free, free)
	}
	f.order(&l)
	stood := s.desk().has
	for i := range s.needs {
		n := &s.needs[i]
		enough := l.people
		if g.HoldAll && (n.kind == company || n.kind == leadership) {
			enough = n.heads(stood) // what was accepted when it was published is not mended now
		}
		var d demand
		for heads := range l.people + 1 {
			d = append(d, n.price(min(heads, enough), &s.weights))
		}
		for k, at := range n.slots {
			l.asks[at] = append(l.asks[at], ask{int32(i), n.who[k]})
		}
		l.demands = append(l.demands, d)
	}
	return l
}

// fills says whether places in a slot are given out here: those that take
// contacts, and others that a requirement asks for. A trainee's is for a
// mentor to give.
func (s *sheet) fills(sl slot) bool {
	sh := s.shifts[sl.shift]
	if closedOn(s.book.Closures, sh.Rota, sh.Date) {
		return false
	}
	if sl.role.Covers() {
		return true
	}
	for _, r := range s.asked(sh) {
		if r.Role == sl.role && sl.role == Buddy {
			return true
		}
	}
	return false
}

// order says which slots lie on which day, and which is the same a day later.
func (f *Filler) order(l *layout) {
	type same struct {
		template helpline.ID
		role     Role
		day      int32
	}
	s := f.sheet
	at := map[same]int32{}
	first := 0
	for i, sl := range s.slots {
		sh := s.shifts[sl.shift]
		day := DateOf(sh.Start.In(s.zone)).number()
		if i == 0 {
			first = day
		}
		d := int32(day - first)
		for len(l.first) <= int(d) {
			l.first = append(l.first, int32(i))
		}
		l.day = append(l.day, d)
		at[same{sh.Template, sl.role, d}] = int32(i)
	}
	l.first = append(l.first, int32(len(s.slots)))
	for i, sl := range s.slots {
		next, is := at[same{s.shifts[sl.shift].Template, sl.role, l.day[i] + 1}]
		if !is || s.shifts[sl.shift].Template.IsZero() {
			next = -1
		}
		l.next = append(l.next, next)
	}
}

// begin places what stands: first what may not move, then the rest as far as
// the rules let it.
func (f *Filler) begin(g Given) {
	s := f.sheet
	swapped := map[helpline.ID]bool{}
	for _, w := range s.book.Swaps {
		if w.State == Open || w.State == Claimed {
			swapped[w.From.Assignment], swapped[w.To.Assignment] = true, true
		}
	}
	var loose []standing
	for _, st := range s.standing {
		sl := s.slots[st.slot]
		begun := s.shifts[sl.shift].Start.Before(g.From)
		told := (st.State == Held || g.HoldAll) && !g.MovePublished
		stuck := st.Pinned || begun || swapped[st.ID] || st.State != Proposed && st.State != Held || !s.fills(sl)
		switch may := f.free[st.person].has(st.slot); {
		case stuck || told && may:
			f.fix(st.person, st.slot)
		case may:
			loose = append(loose, st)
		default:
			f.gone = append(f.gone, st.ID)
		}
	}
	for p := range f.has {
		f.oracle.settle(p, f.has[p])
	}
	for _, st := range loose {
		switch {
		case f.has[st.person].has(st.slot):
		case f.take(st.person, st.slot) && len(f.trail) == 1 && f.allowed():
			f.keep()
		default:
			f.undo()
			f.gone = append(f.gone, st.ID)
		}
	}
	f.keep()
}

// fix places what may not move.
func (f *Filler) fix(p, at int) {
	f.place(p, at)
	if f.free[p].has(at) {
		f.free[p].flip(at)
	}
}

// soon is how a draft is polished: the same little work for every seed.
const draftSteps = 60_000

// rotaHeat fits points of UsualWeights: a missing head costs a thousand, a
// wish six.
var rotaHeat = heat{hot: 20, cold: 0.5, least: 1e6, most: 1e6}

// Draft fills what is open: the scarcest places first, each with whom it costs
// least, then a short search. Where the least cover stays unmet, Gaps says
// where and Why says what is in the way.
func (f *Filler) Draft(ctx context.Context, seed uint64) Filling {
	f.greedy()
	cool := rotaHeat
	cool.hot = 10
	steps := f.anneal(ctx, Effort{Seed: seed, Steps: draftSteps}, cool, nil)
	return f.filling(steps)
}

// Improve searches on from what stands. What it gives costs never more. tell
// may be nil.
func (f *Filler) Improve(ctx context.Context, e Effort, tell func(Progress)) Filling {
	return f.filling(f.anneal(ctx, e, rotaHeat, tell))
}
