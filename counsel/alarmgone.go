package counsel

import (
	"cmp"
	"slices"
	"time"

	"helpline"
	"helpline/counsel/rota"
)

// nearEnd is how long before the end of a shift nobody who has left it is missed
// any more: nobody new is let in then, and whoever is called would come for nothing.
const nearEnd = 30 * time.Minute

// leftAt is when somebody was there last.
func leftAt(ins []CheckIn, person helpline.ID) time.Time {
	var last time.Time
	for _, c := range ins {
		if c.Person == person && c.Out.After(last) {
			last = c.Out
		}
	}
	return last
}

// miss marks those who came, left and are missed: for a quarter of an hour they
// are away and the cover of their rota is not met, and it would be if they were
// back. So who goes home early and leaves enough behind is not missed, nor who
// leaves a line that is shut for want of somebody else. A cover that stood for a
// moment begins that quarter of an hour anew: it is read from what is written
// down, and counts through a restart.
func (a *Attendance) miss(h *rota.Hours, ins []CheckIn, now time.Time, all []Attendee) {
	gone := map[helpline.ID][]int{}
	for i, one := range all {
		if one.State == AttendGone && one.Role != rota.Trainee && now.Sub(one.Since) >= lateAfter && one.Shift.End.Sub(now) >= nearEnd {
			gone[one.Rota] = append(gone[one.Rota], i)
		}
	}
	for on, who := range gone {
		if a.covered(now, on) || !lacksLong(h, ins, now, on) {
			continue
		}
		back := hereAt(h, ins, now)
		for _, m := range a.present() {
			back = append(back, m.Person)
		}
		for _, i := range who {
			back = append(back, all[i].Person)
		}
		if !h.CoverOf(now, back, on).Met {
			continue
		}
		for _, i := range who {
			all[i].State = AttendLeft
		}
	}
}

// lacksLong says whether the cover of a rota that ran was never met in the last
// quarter of an hour.
func lacksLong(h *rota.Hours, ins []CheckIn, now time.Time, on helpline.ID) bool {
	since := now.Add(-lateAfter)
	turns := append(h.Edges(since, now), since)
	for _, c := range ins {
		if c.In.After(since) && !c.In.After(now) {
			turns = append(turns, c.In) // where somebody leaves, it is met no sooner
		}
	}
	return !slices.ContainsFunc(turns, func(t time.Time) bool {
		c := h.CoverOf(t, hereAt(h, ins, t), on)
		return !c.Asks || c.Met
	})
}

// missedFirst keeps those who are missed: whoever is late, and on each rota the
// one who left first.
func missedFirst(all []Attendee) []Attendee {
	var out []Attendee
	first := map[helpline.ID]Attendee{}
	for _, one := range all {
		switch one.State {
		case AttendLate:
			out = append(out, one)
		case AttendLeft:
			if is, other := first[one.Rota]; !other || one.Since.Before(is.Since) {
				first[one.Rota] = one
			}
		}
	}
	n := len(out)
	for _, one := range first {
		out = append(out, one)
	}
	slices.SortFunc(out[n:], func(a, b Attendee) int {
		return cmp.Or(a.Since.Compare(b.Since), slices.Compare(a.Assignment[:], b.Assignment[:]))
	})
	return out
}
