package rota

import (
	"cmp"
	"slices"
	"time"

	"helpline"
)

// Watch is who is on duty through a stretch of time in which nothing changes.
type Watch struct {
	Interval
	On     []Presence    // in the order of their identifiers
	Reach  []helpline.ID // leaders who are on call
	Lost   []helpline.ID // who would stand behind a small line, and whom no notice reaches
	Shifts []helpline.ID // that run, with somebody or not
	Heads  int           // people who take contacts; with names planned elsewhere, the least cover
	Leader bool          // a leader is on duty
	Open   bool          // the cover is what the set-up of the rota asks
}

// Presence is one person on duty.
type Presence struct {
	Person     helpline.ID
	Role       Role
	Shift      helpline.ID
	Assignment helpline.ID
}

// Timetable is what a rota says of every instant: one answer for the desk, the
// queue, the board, the hours and the feed.
type Timetable struct {
	watches []Watch // in order; between them nothing runs
}

// OnDuty reads who is planned at every instant, of what is published: of the
// version, where it is published, and of the background of the same rota.
// What is cancelled, on a closed day, or somebody's who is suspended or
// removed, is not there.
func (b *Book) OnDuty(rota helpline.ID) *Timetable {
	return NewChecker(b, Profile{}).timetable(rota, false)
}

// timetable reads the planned duty; with drafts, a draft as if it were
// published.
func (c *Checker) timetable(rota helpline.ID, drafts bool) *Timetable {
	var running []*Shift
	for i := range c.book.Shifts {
		s := &c.book.Shifts[i]
		draft := s.Version == c.book.Version.ID && c.book.Version.State != Published
		if s.Rota != rota || s.Cancelled || !s.Start.Before(s.End) || draft && !drafts || drafts && c.replaced(s) || closedOn(c.book.Closures, rota, s.Date) {
			continue
		}
		running = append(running, s)
	}
	var edges []time.Time
	for _, s := range running {
		edges = append(edges, s.Start, s.End)
	}
	for _, o := range c.book.OnCalls {
		edges = append(edges, o.Start, o.End)
	}
	slices.SortFunc(edges, time.Time.Compare)
	edges = slices.CompactFunc(edges, time.Time.Equal)
	slices.SortFunc(running, func(a, b *Shift) int { return a.Start.Compare(b.Start) })
	t := &Timetable{}
	setup, elsewhere := Team, false
	if r := c.rotas[rota]; r != nil {
		setup, elsewhere = r.Setup, r.Way == Elsewhere
	}
	next, active := 0, []*Shift(nil)
	for i := 0; i+1 < len(edges); i++ {
		at := edges[i]
		active = slices.DeleteFunc(active, func(s *Shift) bool { return !s.End.After(at) })
		for ; next < len(running) && !running[next].Start.After(at); next++ {
			active = append(active, running[next])
		}
		if len(active) > 0 {
			w := c.watch(Interval{at, edges[i+1]}, active, asked{setup: setup, elsewhere: elsewhere, there: c.there})
			t.watches = append(t.watches, w)
		}
	}
	return t
}

// asked is what a stretch is held against.
type asked struct {
	setup     Setup
	elsewhere bool                      // a shift without names counts as its least cover
	there     func(*Shift) []Assignment // who works a shift
	seen      bool                      // those have come, or would be reached: a rota only says so
}

// watch says who is there while these shifts run.
func (c *Checker) watch(in Interval, active []*Shift, q asked) Watch {
	w := Watch{Interval: in}
	covered := false
	for _, s := range active {
		w.Shifts = append(w.Shifts, s.ID)
		there := q.there(s)
		for _, a := range there {
			if a.Role.Covers() && !slices.ContainsFunc(w.On, func(p Presence) bool { return p.Person == a.Person && p.Role.Covers() }) {
				w.Heads++
			}
			w.On = append(w.On, Presence{a.Person, a.Role, s.ID, a.ID})
			if q.setup == Small && a.Role == Buddy && !q.seen && c.people[a.Person].Unreached {
				w.Lost = append(w.Lost, a.Person)
			}
			w.Leader = w.Leader || a.Role == Leader
		}
		if least := c.least(s); q.elsewhere && len(there) == 0 && least > 0 {
			w.Heads += least
			w.Open = true // whoever plans elsewhere answers for it
		}
		covered = covered || c.covered(s, there)
	}
	for _, o := range c.book.OnCalls {
		if m := c.people[o.Leader]; m != nil && m.At(in.Start) == Active && m.May(Leader) && o.Interval.holds(in.Start) {
			if q.setup == Small && m.Unreached {
				w.Lost = append(w.Lost, o.Leader)
			} else if !slices.Contains(w.Reach, o.Leader) {
				w.Reach = append(w.Reach, o.Leader)
			}
		}
	}
	slices.SortFunc(w.On, func(a, b Presence) int {
		return cmp.Or(byID(a.Person, b.Person), byID(a.Assignment, b.Assignment))
	})
	slices.SortFunc(w.Reach, byID)
	slices.SortFunc(w.Lost, byID)
	w.Lost = slices.Compact(w.Lost)
	w.Open = w.Open || w.opens(q, covered)
	return w
}

// there lists who works a shift: not who only answers for a place, did not
// come, or may not work any more. It is only read.
func (c *Checker) there(s *Shift) []Assignment {
	on := c.on[s.ID]
	absent := func(a Assignment) bool {
		m := c.people[a.Person]
		return a.Minds || a.State == NoShow || m == nil || m.on(s) != Active
	}
	if !slices.ContainsFunc(on, absent) {
		return on // nearly always: nothing is copied
	}
	return slices.DeleteFunc(slices.Clone(on), absent)
}

// opens says whether the cover is what a set-up asks. The buddy of a pair is on
// the line and checks in; that of a small line may be anywhere, and counts when
// a notice would call them or they were seen.
func (w Watch) opens(q asked, covered bool) bool {
	switch q.setup {
	case Team:
		return covered
	case Pair:
		return w.Heads >= 2 || w.backed(func(p Presence) bool { return p.Role == Buddy }, nil)
	case Small:
		return w.Heads >= 2 || w.backed(func(p Presence) bool { return p.Role == Buddy && (q.seen || !slices.Contains(w.Lost, p.Person)) }, w.Reach)
	}
	return false
}

// unreached lists who would have opened a small line that stays shut, if a
// notice reached them: somebody is there, and they stand behind somebody else.
func (w Watch) unreached() []helpline.ID {
	if w.Open || w.Heads != 1 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(w.Lost), func(id helpline.ID) bool { return !w.backed(nil, []helpline.ID{id}) })
}

// backed says whether somebody takes contacts and somebody else stands behind
// them: of those on duty, or of those who can be reached.
func (w Watch) backed(stands func(Presence) bool, reach []helpline.ID) bool {
	for _, head := range w.On {
		if !head.Role.Covers() {
			continue
		}
		if stands != nil && slices.ContainsFunc(w.On, func(p Presence) bool { return p.Person != head.Person && stands(p) }) ||
			slices.ContainsFunc(reach, func(id helpline.ID) bool { return id != head.Person }) {
			return true
		}
	}
	return false
}

// At says who is on duty at an instant; false when nothing runs.
func (t *Timetable) At(at time.Time) (Watch, bool) {
	i, found := slices.BinarySearchFunc(t.watches, at, func(w Watch, at time.Time) int { return w.Start.Compare(at) })
	if !found {
		i--
	}
	if i < 0 || !t.watches[i].holds(at) {
		return Watch{}, false
	}
	return t.watches[i], true
}

// Watches lists the stretches in order.
func (t *Timetable) Watches() []Watch { return slices.Clone(t.watches) }

// Openings lists when the planned cover is what the set-up asks, in order.
// Openings that follow on each other without a gap are one.
func (t *Timetable) Openings() []Interval {
	var out []Interval
	for _, w := range t.watches {
		switch last := len(out) - 1; {
		case !w.Open:
		case last >= 0 && out[last].End.Equal(w.Start):
			out[last].End = w.End
		default:
			out = append(out, w.Interval)
		}
	}
	return out
}
