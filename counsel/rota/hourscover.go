package rota

import (
	"slices"
	"time"

	"helpline"
)

// Cover says how those who are there compare with what runs.
type Cover struct {
	Runs bool // published shifts run
	Asks bool // who is there decides; false where whoever plans elsewhere answers for it
	Met  bool // they are what the set-up of a rota that runs asks
}

// Cover holds those who are really there at an instant against what is
// published. Whoever has a place on what runs counts with its role. Whoever has
// none counts as a walk-on wherever something runs: as a leader where one lacks
// and they may be one, else as a counsellor.
func (h *Hours) Cover(t time.Time, here []helpline.ID) Cover {
	return h.cover(t, here, helpline.ID{})
}

// CoverOf is the cover of one rota alone: the others that run make up for
// nothing on it. Whoever has a place on another is no walk-on here.
func (h *Hours) CoverOf(t time.Time, here []helpline.ID, rota helpline.ID) Cover {
	return h.cover(t, here, rota)
}

// cover holds them against one rota, or with the zero one against all.
func (h *Hours) cover(t time.Time, here []helpline.ID, only helpline.ID) Cover {
	var out Cover
	if !h.Said() {
		return out
	}
	free := false
	var named []running
	placed := map[helpline.ID]bool{}
	for _, of := range h.tables {
		w, ok := of.table.At(t)
		if !ok {
			continue
		}
		counts := only.IsZero() || of.rota.ID == only
		out.Runs = out.Runs || counts
		if of.rota.Way == Elsewhere {
			free = free || counts && w.Open
			continue
		}
		r := running{rota: of.rota, watch: w, at: t}
		for _, id := range w.Shifts {
			s := h.check.shifts[id]
			r.shifts = append(r.shifts, s)
			for _, a := range h.check.there(s) {
				placed[a.Person] = true
			}
		}
		if counts {
			named = append(named, r)
		}
	}
	if free {
		out.Met = true
		return out
	}
	out.Asks = len(named) > 0
	if !out.Asks {
		return out
	}
	there := map[helpline.ID]bool{}
	var walkOns []helpline.ID
	for _, id := range here {
		if !there[id] && !placed[id] {
			walkOns = append(walkOns, id)
		}
		there[id] = true
	}
	slices.SortFunc(walkOns, byID)
	for _, r := range named {
		out.Met = out.Met || h.check.really(r, there, walkOns)
	}
	return out
}

// running is what runs of a rota at an instant.
type running struct {
	rota   Rota
	watch  Watch
	shifts []*Shift
	at     time.Time
}

// really says whether those who are there are what the set-up asks. A buddy of
// a small line stands behind it from wherever they are, if they can be reached.
func (c *Checker) really(r running, here map[helpline.ID]bool, walkOns []helpline.ID) bool {
	there := func(s *Shift) []Assignment {
		var out []Assignment
		for _, a := range c.there(s) {
			behind := r.rota.Setup == Small && a.Role == Buddy && !c.people[a.Person].Unreached
			if here[a.Person] || behind {
				out = append(out, a)
			}
		}
		for _, id := range walkOns {
			if role := c.walksOnAs(s, out, id, r.at); role != "" {
				out = append(out, Assignment{Shift: s.ID, Person: id, Role: role})
			}
		}
		return out
	}
	return c.watch(r.watch.Interval, r.shifts, asked{setup: r.rota.Setup, there: there, seen: true}).Open
}

// walksOnAs is what somebody without a place is on a shift beside those who are
// there at an instant; empty for whoever may take no contacts.
func (c *Checker) walksOnAs(s *Shift, there []Assignment, person helpline.ID, t time.Time) Role {
	m := c.people[person]
	if m == nil || m.At(t) != Active {
		return ""
	}
	want, have := 0, 0
	for _, r := range c.required(s) {
		if r.Role == Leader {
			want = max(want, r.Min)
		}
	}
	for _, a := range there {
		if a.Role == Leader {
			have++
		}
	}
	switch {
	case have < want && m.May(Leader):
		return Leader
	case m.May(Counsellor):
		return Counsellor
	}
	return ""
}

// Expected lists the places that somebody is to work on the shifts that run at
// an instant, those of people who did not come included, in the order of the
// shifts. Where names are planned elsewhere there are none.
func (h *Hours) Expected(t time.Time) []Duty {
	var out []Duty
	if !h.Said() {
		return nil
	}
	for _, of := range h.tables {
		w, ok := of.table.At(t)
		if !ok || of.rota.Way == Elsewhere {
			continue
		}
		for _, id := range w.Shifts {
			s := h.check.shifts[id]
			for _, a := range h.check.on[id] {
				if m := h.check.people[a.Person]; !a.Minds && m != nil && m.Standing == Active {
					out = append(out, Duty{a, s})
				}
			}
		}
	}
	return out
}

// Own gives the place of a person on a shift that runs at t, or else on the next
// that begins within the time that somebody may come early.
func (h *Hours) Own(person helpline.ID, t time.Time, early time.Duration) (Duty, bool) {
	if !h.Said() || h.check.people[person] == nil || h.Paused(person) {
		return Duty{}, false
	}
	for _, d := range h.check.people[person].duties {
		if d.Shift.End.After(t) && !d.Shift.Start.After(t.Add(early)) && !closedOn(h.check.book.Closures, d.Shift.Rota, d.Shift.Date) {
			return d, true
		}
	}
	return Duty{}, false
}

// Place gives a place of these days with its shift, whoever has it by now.
func (h *Hours) Place(id helpline.ID) (Duty, bool) {
	if h == nil {
		return Duty{}, false
	}
	d, known := h.places[id]
	return d, known
}

// Counts says whether somebody who came for a place is there for what runs at t.
// Whoever came as a buddy or a trainee takes no contacts: they are there while that
// shift or another of their own runs, and walk on nowhere.
func (h *Hours) Counts(person, place helpline.ID, t time.Time) bool {
	if d, known := h.Place(place); !known || d.Assignment.Role.Covers() {
		return true
	}
	m := h.check.people[person]
	return m != nil && slices.ContainsFunc(m.duties, func(d Duty) bool {
		return d.Assignment.State != NoShow && d.Shift.Interval().holds(t) && !closedOn(h.check.book.Closures, d.Shift.Rota, d.Shift.Date)
	})
}

// Rota gives the rota with names that runs at t, for whoever walks on; of
// several the first.
func (h *Hours) Rota(t time.Time) (helpline.ID, bool) {
	if !h.Said() {
		return helpline.ID{}, false
	}
	for _, of := range h.tables {
		if _, ok := of.table.At(t); ok && of.rota.Way != Elsewhere {
			return of.rota.ID, true
		}
	}
	return helpline.ID{}, false
}

// WalksOn says whether somebody may take contacts, and so come without a place.
func (h *Hours) WalksOn(person helpline.ID) bool {
	if !h.Said() {
		return false
	}
	m := h.check.people[person]
	return m != nil && m.Standing == Active && m.May(Counsellor)
}

// Paused says whether somebody does not work here at the moment.
func (h *Hours) Paused(person helpline.ID) bool {
	if !h.Said() {
		return false
	}
	m := h.check.people[person]
	return m != nil && m.Standing == Suspended
}

// Leads says whether somebody may lead a shift.
func (h *Hours) Leads(person helpline.ID) bool {
	if !h.Said() {
		return false
	}
	m := h.check.people[person]
	return m != nil && m.May(Leader)
}
