package counsel

import (
	"cmp"
	"context"
	"slices"
	"time"

	"helpline"
	"helpline/counsel/rota"
)

// Do takes a step with what is published, or publishes a draft. Who does it,
// when, and whether they may act for others is filled in here; a step on
// somebody's behalf needs PlanRota and leaves an audit entry, as everything
// does that supervisors alone may. Errors are those of rota.Decide; Forbidden.
func (r *Rotas) Do(ctx context.Context, who helpline.Actor, s rota.Step) (rota.Change, error) {
	if err := May(who, SeeShifts); err != nil {
		return rota.Change{}, err
	}
	s.By, s.Supervises = who.Person, May(who, PlanRota) == nil
	if s.For == s.By {
		s.For = helpline.ID{}
	}
	if !s.For.IsZero() && !s.Supervises {
		return rota.Change{}, May(who, PlanRota)
	}
	var out rota.Change
	_, err := r.alter(ctx, who, func(t *rotaTurn) error {
		var err error
		out, err = t.step(s)
		return err
	})
	if err != nil {
		return rota.Change{}, err
	}
	return out, nil
}

// step decides one step and applies it.
func (t *rotaTurn) step(s rota.Step) (rota.Change, error) {
	s.At, s.Fresh = t.at, helpline.NewID
	s.Until, s.To = whole(s.Until), rota.Interval{Start: whole(s.To.Start), End: whole(s.To.End)}
	b, err := t.bookFor(s)
	if err == nil && s.Bounded() {
		s.Recent, err = t.recent(s.By)
	}
	if err != nil {
		return rota.Change{}, err
	}
	c, err := rota.Decide(b, t.r.law, s)
	if err != nil {
		return rota.Change{}, err
	}
	before := *b
	t.apply(c)
	t.events = append(t.events, c.Events...)
	if s.Do == rota.DoPublish {
		t.published(&before, c)
	}
	t.deed(&before, s, c)
	return c, nil
}

// recent counts what somebody offered, claimed and took within a day.
func (t *rotaTurn) recent(person helpline.ID) (int, error) {
	events, err := t.r.rows.RotaEvents(t.ctx, t.at.Add(-24*time.Hour), t.at.Add(time.Second))
	return len(where(events, func(e rota.Event) bool { return e.Counts(person) })), err
}

// whole leaves off what is finer than a second: the store keeps no more.
func whole(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

// bookFor gives what a step is decided on.
func (t *rotaTurn) bookFor(s rota.Step) (*rota.Book, error) {
	switch s.Do {
	case rota.DoPublish:
		return t.r.bookOf(&t.is, t.here, s.Version)
	case rota.DoMove: // a shift may move within the days of its version
		if o, known := lookup(t.is.Shifts, func(o rota.Shift) bool { return o.ID == s.Shift }); known {
			if err := t.draftly(o.Version); err == nil {
				return nil, helpline.Errorf(helpline.Conflict, "rota: this is a draft: change it there")
			}
			return t.r.bookOf(&t.is, t.here, o.Version)
		}
	case rota.DoNoShow, rota.DoCame, rota.DoUnsure: // of a shift that may be long over, and of nothing around it
		a, _ := lookup(t.is.Assignments, func(a rota.Assignment) bool { return a.ID == s.Assignment })
		if o, known := lookup(t.is.Shifts, func(o rota.Shift) bool { return o.ID == a.Shift }); known {
			return t.r.gather(&t.is, t.here, o.Date, o.Date, helpline.ID{}), nil
		}
	case rota.DoExpire, rota.DoWithdraw, rota.DoRefuse: // also of a shift that is long over
		return t.r.gather(&t.is, t.here, rota.Date{}, rota.Date{Year: 9999}, helpline.ID{}), nil
	}
	return t.r.standing(&t.is, t.here), nil
}

// apply lets a change of the core count in the rows as they will be.
func (t *rotaTurn) apply(c rota.Change) {
	s := &t.is
	if c.Version != nil {
		s.Versions = put(s.Versions, versionID, *c.Version)
	}
	for i := range c.Shifts {
		c.Shifts[i].Start, c.Shifts[i].End = whole(c.Shifts[i].Start), whole(c.Shifts[i].End)
	}
	s.Shifts = put(s.Shifts, shiftID, c.Shifts...)
	s.Assignments = put(s.Assignments, assignmentID, c.Assignments...)
	s.Swaps = put(s.Swaps, swapID, c.Swaps...)
	s.Shifts = without(s.Shifts, func(o rota.Shift) bool { return slices.Contains(c.Gone, o.ID) })
	s.Assignments = without(s.Assignments, func(a rota.Assignment) bool { return slices.Contains(c.Gone, a.Shift) })
	s.Requirements = without(s.Requirements, func(w rota.Requirement) bool { return slices.Contains(c.Gone, w.Shift) })
}

// published ends versions whose days are all planned anew, and finds whose
// duties differ.
func (t *rotaTurn) published(before *rota.Book, c rota.Change) {
	v := *c.Version
	for _, old := range t.is.Versions {
		if old.ID != v.ID && old.Rota == v.Rota && old.State == rota.Published && !old.First.Before(v.First) && !v.Last.Before(old.Last) {
			old.State = rota.Superseded
			t.is.Versions = put(t.is.Versions, versionID, old)
		}
	}
	after := *before
	after.Apply(c)
	was, is := dutiesFrom(before, t.at, true), dutiesFrom(&after, t.at, false)
	for _, p := range after.People {
		if !slices.Equal(was[p.ID], is[p.ID]) {
			t.told = append(t.told, p.ID)
		}
	}
}

// toldDuty is what somebody knows of one duty.
type toldDuty struct {
	start, end int64
	name       string
	role       rota.Role
	minds      bool
}

// dutiesFrom lists by person what is published and not over, in order. before
// leaves the version of the book out, which is not published yet.
func dutiesFrom(b *rota.Book, at time.Time, before bool) map[helpline.ID][]toldDuty {
	shifts := map[helpline.ID]rota.Shift{}
	for _, s := range b.Shifts {
		if !s.Cancelled && s.End.After(at) && (!before || s.Version != b.Version.ID) {
			shifts[s.ID] = s
		}
	}
	out := map[helpline.ID][]toldDuty{}
	for _, a := range b.Assignments {
		s, runs := shifts[a.Shift]
		if !runs || a.State != rota.Held && a.State != rota.Offered {
			continue
		}
		out[a.Person] = append(out[a.Person], toldDuty{s.Start.Unix(), s.End.Unix(), s.Name, a.Role, a.Minds})
	}
	for _, duties := range out {
		slices.SortFunc(duties, func(x, y toldDuty) int {
			return cmp.Or(cmp.Compare(x.start, y.start), cmp.Compare(x.end, y.end), cmp.Compare(x.name, y.name), cmp.Compare(x.role, y.role))
		})
	}
	return out
}
