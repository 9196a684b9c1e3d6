package counsel

import (
	"context"
	"maps"
	"slices"
	"time"

	"helpline"
)

// missing is what is known of a place that runs. It only says when something is
// over: what goes on about a place, and what was over, the post knows.
type missing struct {
	broke bool      // the cover of its rota was not met while nobody was there for it
	met   time.Time // since when it is met again; zero: it is not
}

// missingKey is the key of the alarm that somebody did not come for a place.
func missingKey(place helpline.ID) string { return "noshow/" + place.String() }

// mend ends the calls about people who did not come or have left: they are there,
// their place is somebody else's by now or its shift is over, or the cover of their
// rota that broke for want of them stands again. That one has to stand for the whole
// grace: whoever presses "on duty" and "off duty" ends no call and begins none. The
// first look after a start is at every place that is known: what a call of before is
// about may have gone meanwhile.
func (a *Attendance) mend(ctx context.Context, now time.Time) {
	is, first := map[helpline.ID]missing{}, a.missing == nil
	var over []string
	for _, one := range a.Now() {
		m, known := a.missing[one.Assignment]
		switch {
		case one.Assignment.IsZero():
			continue
		case one.State == AttendHere:
			m = missing{}
			over = append(over, missingKey(one.Assignment))
		case one.State == AttendDue:
			if !known {
				continue
			}
			m = missing{}
		case !a.covered(now, one.Rota):
			m = missing{broke: true}
		case m.broke || first:
			if first {
				m = a.lacked(one.Rota, one.Shift.Start.Add(lateAfter), now)
			}
			if m.broke && m.met.IsZero() {
				m.met = now
			}
			if m.broke && now.Sub(m.met) >= graceFor {
				over = append(over, missingKey(one.Assignment))
			}
		}
		is[one.Assignment] = m
	}
	known := slices.Collect(maps.Keys(a.missing))
	if first {
		b, err := a.rows.Standing(ctx)
		if err != nil {
			a.failed("what is published could not be read; it is tried again", err)
			return
		}
		known = idsOf(b.Assignments, assignmentID)
	}
	var left []helpline.ID
	for _, place := range known {
		if _, stays := is[place]; !stays {
			left, over = append(left, place), append(over, missingKey(place))
		}
	}
	if err := a.post.Mended(ctx, over); err != nil {
		a.failed("a call that is mended could not be ended; it is tried again", err)
		if first {
			return
		}
		for _, place := range left {
			is[place] = missing{} // the others say so again by themselves
		}
	}
	a.missing = is
}

// lacked reads from what is written down whether the cover of a rota was not met
// at some time since, and since when it is again.
func (a *Attendance) lacked(on helpline.ID, since, now time.Time) missing {
	h, ins := a.know()
	if since.After(now) {
		return missing{} // a supervisor said early that they do not come
	}
	turns := append(h.Edges(since, now), since)
	for _, in := range ins {
		for _, t := range []time.Time{in.In, in.Out, in.In.Add(checkInLasts)} {
			if t.After(since) && !t.After(now) {
				turns = append(turns, t)
			}
		}
	}
	slices.SortFunc(turns, time.Time.Compare)
	var m missing
	for _, t := range turns {
		switch c := h.CoverOf(t, hereAt(h, ins, t), on); {
		case c.Asks && !c.Met:
			m = missing{broke: true}
		case m.broke && m.met.IsZero():
			m.met = t
		}
	}
	return m
}

// covered says whether those who are there are enough on one rota.
func (a *Attendance) covered(now time.Time, on helpline.ID) bool {
	h, ins := a.know()
	here := hereAt(h, ins, now)
	for _, m := range a.present() {
		here = append(here, m.Person)
	}
	c := h.CoverOf(now, here, on)
	return !c.Asks || c.Met
}
