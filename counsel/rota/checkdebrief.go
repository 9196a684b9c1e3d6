package rota

import (
	"time"

	"helpline"
)

// debriefs makes, once, each shift that has a debrief as long as it is for
// whoever works it: the laws on rest and hours know no other.
func debriefs(shifts []Shift) map[helpline.ID]*Shift {
	var out map[helpline.ID]*Shift
	for _, s := range shifts {
		if s.Debrief <= 0 || !s.Start.Before(s.End) {
			continue
		}
		if out == nil {
			out = map[helpline.ID]*Shift{}
		}
		out[s.ID] = s.until(s.End.Add(minutes(s.Debrief)))
	}
	return out
}

// until is the shift with its debrief in it, up to an instant.
func (s Shift) until(end time.Time) *Shift {
	s.End, s.Debrief = end, 0
	return &s
}

// withDebriefs gives duties, which come in order, as long as they are with
// their debriefs. Where a person's next duty begins in one, it ends there: no
// minute is worked twice.
func (c *Checker) withDebriefs(duties []Duty) []Duty {
	if len(c.debriefs) == 0 {
		return duties
	}
	out := make([]Duty, len(duties))
	for i, d := range duties {
		out[i] = d
		longer := c.debriefs[d.Shift.ID]
		if longer == nil {
			continue
		}
		out[i].Shift = longer
		for _, next := range duties[i+1:] {
			if next.Shift.Start.Before(d.Shift.End) {
				continue // at two places at once: another rule speaks
			}
			if next.Shift.Start.Before(longer.End) {
				out[i].Shift = d.Shift.until(next.Shift.Start)
			}
			break
		}
	}
	return out
}
