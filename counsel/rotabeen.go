package counsel

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"helpline"
	"helpline/counsel/rota"
)

// spill is how many days around a stretch of days its check-ins and shifts reach
// at most: a shift ends on the second day after it began, a walk-on within one.
const spill = 4

// been is what check-ins show of who was there. What somebody did as a walk-on
// while a shift of their own ran, they did for that shift: no minute counts twice.
// Who lost a place in the middle of its shift was there until then all the same,
// as a walk-on.
type been struct {
	at     map[helpline.ID][]CheckIn // by place
	walked []CheckIn                 // what is left of those without one, each ended
}

// been reads the check-ins beside the places of some days, as it is now.
func (r *Rotas) been(s *RotaState, first, last rota.Date, now time.Time) been {
	out := been{at: map[helpline.ID][]CheckIn{}}
	walks := map[helpline.ID][]CheckIn{}
	stands := map[helpline.ID]bool{}
	for _, a := range s.Assignments {
		stands[a.ID] = a.State.Stands() && !a.Minds
	}
	for _, c := range s.CheckIns {
		if stands[c.Assignment] {
			out.at[c.Assignment] = append(out.at[c.Assignment], c)
			continue
		}
		c.Out = until(c, now, c.In.Add(mostThere))
		walks[c.Person] = append(walks[c.Person], c)
	}
	type duty struct {
		rota.Assignment
		on rota.Shift
	}
	var duties []duty
	r.duties(s, first.Plus(-spill), last.Plus(spill), func(a rota.Assignment, o rota.Shift) {
		if len(walks[a.Person]) > 0 && (a.State == rota.Worked || !o.Closed(s.Closures)) {
			duties = append(duties, duty{a, o})
		}
	})
	slices.SortFunc(duties, func(a, b duty) int {
		return cmp.Or(a.on.Start.Compare(b.on.Start), bytes.Compare(a.ID[:], b.ID[:]))
	})
	for _, d := range duties {
		var took []CheckIn
		walks[d.Person], took = cut(walks[d.Person], d.on.Interval())
		out.at[d.ID] = append(out.at[d.ID], took...)
	}
	for _, d := range duties { // a debriefing that counts is no walk-on either
		there, stayed := presence(out.at[d.ID], d.on)
		if stayed || there == 0 && d.State == rota.Worked {
			talk := rota.Interval{Start: d.on.End, End: d.on.End.Add(time.Duration(d.on.Debrief) * time.Minute)}
			walks[d.Person], _ = cut(walks[d.Person], talk)
		}
	}
	for _, rest := range walks {
		out.walked = append(out.walked, rest...)
	}
	return out
}

// minutes are those of a shift, which is over, that the check-ins show of a place.
func (b been) minutes(a rota.Assignment, o rota.Shift) int {
	n, _ := presence(b.at[a.ID], o)
	return n
}

// cut takes a stretch of time out of check-ins that have ended.
func cut(all []CheckIn, in rota.Interval) (rest, took []CheckIn) {
	for _, c := range all {
		from, to := later(c.In, in.Start), earlier(c.Out, in.End)
		if !from.Before(to) {
			rest = append(rest, c)
			continue
		}
		for _, p := range []CheckIn{{In: c.In, Out: from}, {In: to, Out: c.Out}} {
			if p.In.Before(p.Out) {
				rest = append(rest, CheckIn{Person: c.Person, Rota: c.Rota, In: p.In, Out: p.Out})
			}
		}
		took = append(took, CheckIn{Person: c.Person, Rota: c.Rota, In: from, Out: to})
	}
	return rest, took
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
