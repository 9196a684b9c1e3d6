package counsel

import (
	"context"
	"time"

	"helpline"
	"helpline/counsel/rota"
)

// EarlyCheckIn is how long before a shift somebody may say that they are there,
// and means that shift.
const EarlyCheckIn = 30 * time.Minute

// CheckIn says that somebody is on duty: for their own place on a shift that
// runs or begins within half an hour, or with the zero assignment as a walk-on of a
// rota. Whoever is there already is checked out of that first; for the same
// place it is a Conflict. NotFound, and Conflict for a place that is somebody
// else's, a shift that is over or far away, and whoever does not work here at the
// moment.
func (r *Rotas) CheckIn(ctx context.Context, who helpline.Actor, assignment, of helpline.ID) error {
	if err := May(who, SeeShifts); err != nil {
		return err
	}
	_, err := r.alter(ctx, who, func(t *rotaTurn) error {
		if isPaused(t.is.Pauses, who.Person) {
			return helpline.Errorf(helpline.Conflict, "check in: they do not work here at the moment")
		}
		if !assignment.IsZero() {
			a, known := lookup(t.is.Assignments, func(a rota.Assignment) bool { return a.ID == assignment })
			if !known || a.Person != who.Person {
				return helpline.Errorf(helpline.NotFound, "check in: there is no such place of yours")
			}
			s, _ := lookup(t.is.Shifts, func(s rota.Shift) bool { return s.ID == a.Shift })
			if err := t.runs(a, s); err != nil {
				return err
			}
			of = s.Rota
		}
		if _, err := t.rota(of); err != nil {
			return err
		}
		if was, there := t.there(who.Person); there {
			if was.Assignment == assignment && was.Rota == of && !was.In.After(t.at) { // else the clock was set back, and it counts for nobody
				return helpline.Errorf(helpline.Conflict, "check in: you are there already")
			}
			t.leaves(was)
		}
		t.is.CheckIns = put(t.is.CheckIns, checkInID, CheckIn{ID: helpline.NewID(), Person: who.Person, Assignment: assignment, Rota: of, In: t.at})
		return nil
	})
	return err
}

// runs refuses a check-in for a place that is not worked now.
func (t *rotaTurn) runs(a rota.Assignment, s rota.Shift) error {
	switch {
	case s.Cancelled || a.Minds || a.State != rota.Held && a.State != rota.Offered && a.State != rota.NoShow && a.State != rota.Worked:
		return helpline.Errorf(helpline.Conflict, "check in: this place is not worked by you")
	case !t.at.Before(s.End):
		return helpline.Errorf(helpline.Conflict, "check in: the shift is over")
	case t.at.Before(s.Start.Add(-EarlyCheckIn)):
		return helpline.Errorf(helpline.Conflict, "check in: the shift begins later")
	}
	return nil
}

// CheckOut says that somebody goes. NotFound for whoever is not there.
func (r *Rotas) CheckOut(ctx context.Context, who helpline.Actor) error {
	if err := May(who, SeeShifts); err != nil {
		return err
	}
	_, err := r.alter(ctx, who, func(t *rotaTurn) error {
		was, there := t.there(who.Person)
		if !there {
			return helpline.Errorf(helpline.NotFound, "check out: you are not checked in")
		}
		t.leaves(was)
		return nil
	})
	return err
}

// there finds the check-in of somebody who has not gone.
func (t *rotaTurn) there(person helpline.ID) (CheckIn, bool) {
	return lookup(t.is.CheckIns, func(c CheckIn) bool { return c.Person == person && c.Out.IsZero() })
}

func (t *rotaTurn) leaves(c CheckIn) {
	c.Out = t.at
	if c.Out.Before(c.In) { // the clock was set back
		c.Out = c.In
	}
	t.is.CheckIns = put(t.is.CheckIns, checkInID, c)
}
