package counsel

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"helpline"
	"helpline/counsel/rota"
)

// mostWords is of how many places a supervisor can say at once who was there:
// more than one person has in a month.
const mostWords = 200

// RotaWord is a supervisor's word on who was at shifts that are over: came,
// no-show, or unsure, which takes one of these back. What check-ins show needs
// no word.
type RotaWord struct {
	Do     rota.Doing
	Places []helpline.ID
}

// say takes a word, of all the places or of none.
func (t *rotaTurn) say(w RotaWord) error {
	if w.Do != rota.DoCame && w.Do != rota.DoNoShow && w.Do != rota.DoUnsure || len(w.Places) == 0 {
		return helpline.Errorf(helpline.Invalid, "rota: this is no word on who was there")
	}
	if err := tooMany(len(w.Places), mostWords); err != nil {
		return err
	}
	for _, id := range w.Places {
		a, known := lookup(t.is.Assignments, func(a rota.Assignment) bool { return a.ID == id })
		o, runs := lookup(t.is.Shifts, func(o rota.Shift) bool { return o.ID == a.Shift })
		switch {
		case !known || !runs:
			return helpline.Errorf(helpline.NotFound, "rota: there is no such place")
		case t.at.Before(o.End):
			return helpline.Errorf(helpline.Conflict, "rota: the shift is not over")
		case t.r.been(&t.is, o.Date, o.Date, t.at).minutes(a, o) > 0:
			return helpline.Errorf(helpline.Conflict, "rota: they checked in, and that counts")
		}
		if _, err := t.step(rota.Step{Do: w.Do, Assignment: id, By: t.by.Person, Supervises: true}); err != nil {
			return err
		}
	}
	return nil
}

// Mark says of somebody, while their shift runs, that they did not come, or with
// came that they come after all. Conflict once it is over: a page that was opened
// before would give them all of its hours. That is a RotaWord. Other errors are
// those of rota.Decide; Forbidden.
func (r *Rotas) Mark(ctx context.Context, who helpline.Actor, do rota.Doing, place helpline.ID) error {
	if err := May(who, PlanRota); err != nil {
		return err
	}
	if do != rota.DoNoShow && do != rota.DoCame {
		return helpline.Errorf(helpline.Invalid, "rota: this is no word on who came")
	}
	_, err := r.alter(ctx, who, func(t *rotaTurn) error {
		a, _ := lookup(t.is.Assignments, func(a rota.Assignment) bool { return a.ID == place })
		o, runs := lookup(t.is.Shifts, func(o rota.Shift) bool { return o.ID == a.Shift })
		if runs && !t.at.Before(o.End) {
			return helpline.Errorf(helpline.Conflict, "rota: the shift is over")
		}
		_, err := t.step(rota.Step{Do: do, Assignment: place, By: t.by.Person, Supervises: true})
		return err
	})
	return err
}

// wordBack is what takes a word back: what was said before it, said again.
func wordBack(c RotaChange) RotaEdit {
	by := map[rota.Doing][]helpline.ID{}
	for _, a := range c.Was.Assignments {
		switch a.State {
		case rota.Worked:
			by[rota.DoCame] = append(by[rota.DoCame], a.ID)
		case rota.NoShow:
			by[rota.DoNoShow] = append(by[rota.DoNoShow], a.ID)
		default:
			by[rota.DoUnsure] = append(by[rota.DoUnsure], a.ID)
		}
	}
	var back RotaEdit
	for _, do := range []rota.Doing{rota.DoCame, rota.DoNoShow, rota.DoUnsure} {
		if len(by[do]) > 0 {
			back.Several = append(back.Several, RotaEdit{Word: &RotaWord{Do: do, Places: by[do]}})
		}
	}
	return back
}

// Unconfirmed is a place on a shift that is over, of whose person neither a
// check-in nor anybody says whether they were there.
type Unconfirmed struct {
	Person     helpline.ID
	Assignment helpline.ID
	Shift      rota.Shift
}

// Unconfirmed lists those of a month, by the day on which a shift begins, in
// the order of their shifts. month is any day of it. Forbidden.
func (r *Rotas) Unconfirmed(who helpline.Actor, month rota.Date) ([]Unconfirmed, error) {
	if err := May(who, PlanRota); err != nil {
		return nil, err
	}
	var out []Unconfirmed
	first, last := monthOf(month)
	r.past(r.now(), first, last, r.clock(), func(a rota.Assignment, o rota.Shift, there int) {
		if there == 0 && a.State != rota.Worked && a.State != rota.NoShow {
			out = append(out, Unconfirmed{a.Person, a.ID, o})
		}
	})
	slices.SortFunc(out, func(a, b Unconfirmed) int {
		return cmp.Or(a.Shift.Start.Compare(b.Shift.Start), bytes.Compare(a.Person[:], b.Person[:]), bytes.Compare(a.Assignment[:], b.Assignment[:]))
	})
	return out, nil
}

// monthOf gives the first and the last day of a day's month.
func monthOf(d rota.Date) (first, last rota.Date) {
	d.Day = 1
	last = d.Plus(31)
	last.Day = 1
	return d, last.Plus(-1)
}

// past walks the places of some days whose shifts are over, with the minutes
// that the check-ins show of each, and gives what these show. A day that was
// closed brings nothing to those who did not come.
func (r *Rotas) past(s *RotaState, first, last rota.Date, now time.Time, do func(a rota.Assignment, o rota.Shift, there int)) been {
	been := r.been(s, first, last, now)
	r.duties(s, first, last, func(a rota.Assignment, o rota.Shift) {
		there := been.minutes(a, o)
		if o.End.After(now) || there == 0 && a.State != rota.Worked && o.Closed(s.Closures) {
			return
		}
		do(a, o, there)
	})
	return been
}
