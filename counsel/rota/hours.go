package rota

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"helpline"
)

// behind is how many days back hours are read: past the longest shift.
const behind = 3

// Hours is when a line plans to be open, of all its rotas together, and whether
// those who are really there are enough. It is read once of what is published;
// rotas that change, or a day that passes, need new ones. Safe for concurrent
// use.
type Hours struct {
	check    *Checker
	said     bool
	tables   []hoursOf
	openings []Interval // planned, in order; none touches the next
	runs     []Interval // in which shifts run, in order; none touches the next
	edges    []time.Time
	missing  []Shortage
	places   map[helpline.ID]Duty // by assignment, whoever has the place by now
}

// hoursOf is one rota of the line.
type hoursOf struct {
	rota  Rota
	table *Timetable
}

// ReadHours reads what is published: b as Rotas.Standing gives it, and every
// version of its rotas. A rota whose names are planned elsewhere needs no
// version: on days that none covers its templates count as they stand, as far
// ahead as anybody looks.
func ReadHours(b *Book, versions []Version, now time.Time) *Hours {
	zone, err := LoadZone(b.Site.Zone)
	if err != nil {
		zone = time.UTC
	}
	today := DateOf(now.In(zone))
	first, last := today.Plus(-behind), today.Plus(ahead)
	near := *b
	near.Version = Version{State: Published}
	near.Shifts, near.Assignments = nil, nil
	kept := map[helpline.ID]bool{}
	for _, s := range b.Shifts {
		if !first.after(s.Date) && !s.Date.after(last) {
			near.Shifts, kept[s.ID] = append(near.Shifts, s), true
		}
	}
	for _, a := range b.Assignments {
		if kept[a.Shift] {
			near.Assignments = append(near.Assignments, a)
		}
	}
	h := &Hours{}
	made := uint64(0)
	for _, r := range b.Rotas {
		// Hours that were said and run out are hours still: nothing is open then.
		h.said = h.said || r.Way == Elsewhere || slices.ContainsFunc(versions, func(v Version) bool { return v.Rota == r.ID && v.State == Published })
		if r.Way != Elsewhere {
			continue
		}
		rolling := b.rolling(r.ID, versions, first, last, zone)
		for i := range rolling {
			made++
			binary.BigEndian.PutUint64(rolling[i].ID[8:], made)
		}
		near.Shifts = append(near.Shifts, rolling...)
	}
	h.check = NewChecker(&near, Profile{})
	h.places = make(map[helpline.ID]Duty, len(near.Assignments))
	for _, a := range near.Assignments {
		if s := h.check.shifts[a.Shift]; s != nil {
			h.places[a.ID] = Duty{a, s}
		}
	}
	for _, r := range b.Rotas {
		table := h.check.timetable(r.ID, false)
		h.tables = append(h.tables, hoursOf{r, table})
		h.openings = append(h.openings, table.Openings()...)
		for _, w := range table.watches {
			h.runs = append(h.runs, w.Interval)
			h.edges = append(h.edges, w.Start, w.End)
		}
		if r.Way != Elsewhere {
			h.missing = append(h.missing, b.unpublished(r.ID, versions, today, zone)...)
		}
	}
	h.openings, h.runs = joined(h.openings), joined(h.runs)
	slices.SortFunc(h.edges, time.Time.Compare)
	h.edges = slices.CompactFunc(h.edges, time.Time.Equal)
	return h
}

// rolling makes the shifts of a rota on the days that no version covers,
// without identifiers.
func (b *Book) rolling(rota helpline.ID, versions []Version, first, last Date, zone *time.Location) []Shift {
	var out []Shift
	for _, t := range b.Templates {
		if t.Rota != rota || len(t.Faults()) > 0 {
			continue
		}
		for d := first; !d.after(last); d = d.Plus(1) {
			if !t.on(d) || closedOn(b.Closures, rota, d) || dayPublished(versions, rota, d) {
				continue
			}
			if s, _ := t.shift(d, zone); s.Start.Before(s.End) {
				out = append(out, s)
			}
		}
	}
	return out
}

// dayPublished says whether a version that is published has a day in it.
func dayPublished(versions []Version, rota helpline.ID, d Date) bool {
	return slices.ContainsFunc(versions, func(v Version) bool {
		return v.Rota == rota && v.State == Published && !v.First.after(d) && !d.after(v.Last)
	})
}

// joined puts stretches in order and makes one of those that touch.
func joined(all []Interval) []Interval {
	slices.SortFunc(all, func(a, b Interval) int { return cmp.Or(a.Start.Compare(b.Start), a.End.Compare(b.End)) })
	out := all[:0]
	for _, in := range all {
		if last := len(out) - 1; last >= 0 && !in.Start.After(out[last].End) {
			if in.End.After(out[last].End) {
				out[last].End = in.End
			}
			continue
		}
		out = append(out, in)
	}
	return out
}

// find gives the stretch that t lies in.
func find(in []Interval, t time.Time) (Interval, bool) {
	i, found := slices.BinarySearchFunc(in, t, func(s Interval, t time.Time) int { return s.Start.Compare(t) })
	if !found {
		i--
	}
	if i < 0 || !in[i].holds(t) {
		return Interval{}, false
	}
	return in[i], true
}

// Said says whether the line has hours: a version was published, or names are
// planned elsewhere, be it that no shift is left. Without that the line is open
// whenever somebody is on duty.
func (h *Hours) Said() bool { return h != nil && h.said }

// At gives the planned opening that t lies in. Openings that follow on each
// other without a gap are one.
func (h *Hours) At(t time.Time) (Interval, bool) {
	if !h.Said() {
		return Interval{}, false
	}
	return find(h.openings, t)
}

// Next gives the first planned opening that begins after t; false when none is
// planned.
func (h *Hours) Next(t time.Time) (Interval, bool) {
	if !h.Said() {
		return Interval{}, false
	}
	i, _ := slices.BinarySearchFunc(h.openings, t, func(s Interval, t time.Time) int {
		if s.Start.After(t) {
			return 1
		}
		return -1
	})
	if i == len(h.openings) {
		return Interval{}, false
	}
	return h.openings[i], true
}

// Run gives the stretch around t in which shifts run without a gap, with enough
// people or not.
func (h *Hours) Run(t time.Time) (Interval, bool) {
	if !h.Said() {
		return Interval{}, false
	}
	return find(h.runs, t)
}

// Edges lists the instants after one and up to another at which a shift begins
// or ends.
func (h *Hours) Edges(after, upto time.Time) []time.Time {
	if !h.Said() {
		return nil
	}
	i, _ := slices.BinarySearchFunc(h.edges, after, func(e, t time.Time) int {
		if e.After(t) {
			return 1
		}
		return -1
	})
	var out []time.Time
	for ; i < len(h.edges) && !h.edges[i].After(upto); i++ {
		out = append(out, h.edges[i])
	}
	return out
}

// Shut lists the days from one to another, both included, on which every rota
// of the line is closed; none where there is no rota.
func (h *Hours) Shut(first, last Date) []Date {
	var out []Date
	if !h.Said() {
		return nil
	}
	for d := first; !d.after(last); d = d.Plus(1) {
		if !slices.ContainsFunc(h.tables, func(of hoursOf) bool { return !closedOn(h.check.book.Closures, of.rota.ID, d) }) {
			out = append(out, d)
		}
	}
	return out
}

// usualWeeks is how many weeks ahead are taken for a usual one.
const usualWeeks = 4

// Cells gives the half hours of a usual week in which the line plans to be
// open, in the order of the week: those of two of the four weeks from now on.
func (h *Hours) Cells(now time.Time) []Cell {
	if !h.Said() {
		return nil
	}
	monday := Monday(DateOf(now.In(h.check.zone)))
	var out []Cell
	for c := range Cell(Cells) {
		weeks := 0
		for week := range usualWeeks {
			day := monday.Plus(7*(week+1) + int(c)/48)
			if _, open := h.At(FirstOf(day, int(c)%48*30+15, h.check.zone)); open {
				weeks++
			}
		}
		if weeks >= usualWeeks/2 {
			out = append(out, c)
		}
	}
	return out
}
