package counsel

import (
	"bytes"
	"context"
	"slices"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
)

// tendEvery is how often the rotas are looked after.
const tendEvery = 20 * time.Second

// Run looks after the rotas until ctx is done: it reads what another program
// wrote, ends offers and asks whose time is over, and takes places from people
// who were removed.
func (r *Rotas) Run(ctx context.Context, failed func(error)) error {
	tick := time.NewTicker(tendEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			if err := r.Tend(ctx); err != nil && ctx.Err() == nil {
				failed(err)
			}
		}
	}
}

// Tend does once what Run does again and again. It is cheap when there is
// nothing to do.
func (r *Rotas) Tend(ctx context.Context) error {
	if err := r.Refresh(ctx); err != nil {
		return err
	}
	_, err := r.alter(ctx, helpline.Actor{}, func(t *rotaTurn) error {
		if err := t.expire(); err != nil {
			return err
		}
		return t.release() // and asks end with every change
	})
	return err
}

// expire ends offers whose time is over, and swaps that want what is no more.
func (t *rotaTurn) expire() error {
	starts, bound := map[helpline.ID]time.Time{}, map[rota.Bound]bool{}
	for _, w := range t.is.Swaps {
		if w.State != rota.Open && w.State != rota.Claimed {
			continue
		}
		if len(starts) == 0 {
			shifts := map[helpline.ID]rota.Shift{}
			for _, s := range t.is.Shifts {
				shifts[s.ID] = s
			}
			for _, a := range t.is.Assignments {
				s := shifts[a.Shift]
				starts[a.ID], bound[rota.Bound{Assignment: a.ID, Revision: a.Revision, ShiftRevision: s.Revision}] = s.Start, !s.Cancelled
			}
		}
		over := starts[w.From.Assignment]
		if !w.Until.IsZero() && w.Until.Before(over) {
			over = w.Until
		}
		if to := starts[w.To.Assignment]; w.Kind == rota.Exchange && (!bound[w.To] || to.Before(over)) {
			over = to
			if !bound[w.To] {
				over = t.at
			}
		}
		if t.at.Before(over) {
			continue
		}
		if _, err := t.step(rota.Step{Do: rota.DoExpire, Swap: w.ID}); err != nil && !lets(err) {
			return err
		}
	}
	return nil
}

// lets says whether an error only means that there is nothing to end any more.
func lets(err error) bool {
	k := helpline.KindOf(err)
	return k == helpline.Conflict || k == helpline.NotFound
}

// release takes everything that is to come from people who were removed: whoever
// published the shift answers for the place, swaps end, and what they said of
// their time goes.
func (t *rotaTurn) release() error {
	for _, p := range t.here {
		if p.Standing != rota.Removed {
			continue
		}
		if err := t.endSwapsOf(p.ID); err != nil {
			return err
		}
		places, err := t.mindFor(p.ID, t.minder, t.byItself)
		if err != nil {
			return err
		}
		t.forget(p.ID)
		if places > 0 {
			t.deeds = append(t.deeds, audit.Deed{Code: audit.RotaLeft, Object: audit.Person(p.ID), Details: []audit.Detail{audit.Number("places", places)}})
		}
	}
	return nil
}

// forget drops what was agreed with a person and what they said, and checks
// them out.
func (t *rotaTurn) forget(person helpline.ID) {
	s := &t.is
	s.Terms = without(s.Terms, func(o rota.Terms) bool { return o.Person == person })
	s.Skills = without(s.Skills, func(o rota.Skill) bool { return o.Person == person })
	s.Pauses = without(s.Pauses, func(o rota.Pause) bool { return o.Person == person })
	s.Availability = without(s.Availability, func(o rota.Availability) bool { return o.Person == person })
	s.Leaves = without(s.Leaves, func(o rota.Leave) bool { return o.Person == person })
	s.OnCalls = without(s.OnCalls, func(o rota.OnCall) bool { return o.Leader == person && o.End.After(t.at) })
	if c, there := t.there(person); there {
		t.leaves(c)
	}
}

// endSwapsOf ends what waits for a person who is removed or suspended: what they
// were offered or should give for an exchange, and what they claimed, which is
// open again.
func (t *rotaTurn) endSwapsOf(person helpline.ID) error {
	owner := map[helpline.ID]helpline.ID{}
	for _, a := range t.is.Assignments {
		owner[a.ID] = a.Person
	}
	for _, w := range t.is.Swaps {
		if w.State != rota.Open && w.State != rota.Claimed {
			continue
		}
		s := rota.Step{Do: rota.DoWithdraw, Swap: w.ID, Supervises: true, By: t.minder(helpline.ID{}), For: owner[w.From.Assignment]}
		switch {
		case w.Person == person || owner[w.To.Assignment] == person && !w.To.Assignment.IsZero():
		case w.State == rota.Claimed && w.Claimant == person:
			s.By, s.For, s.Supervises = person, helpline.ID{}, false
		default:
			continue
		}
		if err := t.byItself(s); err != nil {
			return err
		}
	}
	return nil
}

// mindFor lets somebody answer for the places of a person on shifts that are not
// over: whom the minder names for whoever published the shift. It says how many
// there were.
func (t *rotaTurn) mindFor(person helpline.ID, minder func(published helpline.ID) helpline.ID, step func(rota.Step) error) (places int, err error) {
	shifts := map[helpline.ID]rota.Shift{}
	for _, s := range t.is.Shifts {
		if !s.Cancelled && s.End.After(t.at) {
			shifts[s.ID] = s
		}
	}
	for _, a := range t.is.Assignments {
		s, runs := shifts[a.Shift]
		if a.Person != person || !runs || a.State != rota.Held && a.State != rota.Offered {
			continue
		}
		v, _ := lookup(t.is.Versions, func(v rota.Version) bool { return v.ID == s.Version })
		by := minder(v.By)
		if by.IsZero() {
			continue // nobody is left who could; the checker names the place
		}
		if err := step(rota.Step{Do: rota.DoMind, Assignment: a.ID, By: by, Supervises: true}); err != nil {
			return places, err
		}
		places++
	}
	return places, nil
}

// byItself takes a step that follows from something else: nobody did it.
func (t *rotaTurn) byItself(s rota.Step) error {
	n, deeds := len(t.events), len(t.deeds)
	_, err := t.step(s)
	if err != nil && lets(err) {
		return nil
	}
	for i := range t.events[n:] {
		t.events[n+i].By, t.events[n+i].For = helpline.ID{}, helpline.ID{}
	}
	t.deeds = t.deeds[:deeds]
	return err
}

// minder is who answers for a place: whoever published it, or another
// supervisor who works here. One who does not at the moment is asked late, and one
// who has never signed in last: they would hear nothing of it. Zero when there is none.
func (t *rotaTurn) minder(published helpline.ID) helpline.ID {
	var best helpline.ID
	rank := 0
	for _, p := range t.r.colleagues() {
		if p.State == staff.Removed || !slices.Contains(p.Roles, helpline.Supervisor) {
			continue
		}
		is := 1 + yes(p.ID == published) + 2*yes(!isPaused(t.is.Pauses, p.ID)) + 4*yes(p.State == staff.Active)
		if is > rank || is == rank && bytes.Compare(p.ID[:], best[:]) < 0 {
			best, rank = p.ID, is
		}
	}
	return best
}

func (r *Rotas) colleagues() []staff.Person {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.staff
}

// LeftPlace is a place of somebody who was removed or does not work here at the
// moment, that nobody works yet.
type LeftPlace struct {
	Person     helpline.ID // whose it was
	Minder     helpline.ID // who answers for it
	Shift      rota.Shift
	Assignment rota.Assignment // of the minder
}

// Left lists the places to come of people who were removed or are suspended, in
// the order of their shifts: for supervisors, who give them to somebody.
func (r *Rotas) Left(who helpline.Actor) ([]LeftPlace, error) {
	if err := May(who, SeeRota); err != nil {
		return nil, err
	}
	s, now := r.now(), r.clock()
	gone := map[helpline.ID]bool{}
	for _, p := range r.colleagues() {
		gone[p.ID] = p.State == staff.Removed || isPaused(s.Pauses, p.ID)
	}
	was := map[helpline.ID]helpline.ID{} // by place
	for _, a := range s.Assignments {
		if gone[a.Person] && a.State == rota.Dropped {
			was[a.Place] = a.Person
		}
	}
	var out []LeftPlace
	for _, a := range s.Assignments {
		person, is := was[a.Place]
		if !is || !a.Minds || !a.State.Stands() {
			continue
		}
		if shift, _ := lookup(s.Shifts, func(o rota.Shift) bool { return o.ID == a.Shift }); !shift.Cancelled && shift.End.After(now) {
			out = append(out, LeftPlace{Person: person, Minder: a.Person, Shift: shift, Assignment: a})
		}
	}
	slices.SortFunc(out, func(a, b LeftPlace) int { return a.Shift.Start.Compare(b.Shift.Start) })
	return out, nil
}
