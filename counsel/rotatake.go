package counsel

import (
	"time"

	"helpline"
	"helpline/counsel/rota"
)

// take takes in rows that are all new: what an import proposes. Nothing that
// stands is replaced, and nothing comes in that is published.
func (t *rotaTurn) take(in *RotaState) error {
	known := func(n int) error {
		if n == 0 {
			return nil
		}
		return helpline.Errorf(helpline.Conflict, "rota: what is imported is there already")
	}
	for _, o := range in.Rotas {
		if err := known(len(where(t.is.Rotas, func(w rota.Rota) bool { return w.ID == o.ID }))); err != nil {
			return err
		}
		if err := t.editRota(o); err != nil {
			return err
		}
	}
	for _, o := range in.Templates {
		if err := known(len(where(t.is.Templates, func(w rota.Template) bool { return w.ID == o.ID }))); err != nil {
			return err
		}
		if err := t.editTemplate(o); err != nil {
			return err
		}
	}
	for _, o := range in.Closures {
		if err := known(len(where(t.is.Closures, func(w rota.Closure) bool { return w.ID == o.ID }))); err != nil {
			return err
		}
		if err := t.editClosure(o); err != nil {
			return err
		}
	}
	for _, v := range in.Versions {
		if err := t.takeVersion(v, known); err != nil {
			return err
		}
	}
	if err := t.takeShifts(in); err != nil {
		return err
	}
	for _, o := range in.Requirements {
		if err := known(len(where(t.is.Requirements, func(w rota.Requirement) bool { return w.ID == o.ID }))); err != nil {
			return err
		}
		if err := t.editRequirement(o); err != nil {
			return err
		}
	}
	return nil
}

func (t *rotaTurn) takeVersion(v rota.Version, known func(int) error) error {
	if err := faulty(v.Faults()...); err != nil {
		return err
	}
	if _, err := t.rota(v.Rota); err != nil {
		return err
	}
	if err := known(len(where(t.is.Versions, func(w rota.Version) bool { return w.ID == v.ID }))); err != nil {
		return err
	}
	v.State, v.By, v.At = rota.Draft, helpline.ID{}, time.Time{}
	t.is.Versions = put(t.is.Versions, versionID, v)
	return nil
}

// takeShifts takes in the shifts of imported drafts and the places on them, all
// at once: a sheet may have thousands.
func (t *rotaTurn) takeShifts(in *RotaState) error {
	fresh, stands := map[helpline.ID]rota.Version{}, map[helpline.ID]bool{}
	for _, v := range in.Versions {
		fresh[v.ID] = v
	}
	for _, s := range t.is.Shifts {
		stands[s.ID] = true
	}
	for _, a := range t.is.Assignments {
		stands[a.ID] = true
	}
	shifts, own := append([]rota.Shift(nil), in.Shifts...), map[helpline.ID]bool{}
	for i := range shifts {
		s := &shifts[i]
		s.Start, s.End, s.Rota, s.Cancelled = whole(s.Start), whole(s.End), fresh[s.Version].Rota, false
		_, drafted := fresh[s.Version]
		switch {
		case !drafted || s.ID.IsZero() || stands[s.ID]:
			return helpline.Errorf(helpline.Conflict, "rota: an imported shift is of an imported draft")
		case !wordy(s.Name) || s.Start.Unix() <= 0 || !s.Start.Before(s.End) || s.End.Sub(s.Start) > longestShift || s.Break < 0 || s.Debrief < 0 || s.Debrief > 120:
			return faulty(rota.Fault{Field: "shift", Why: "times"})
		}
		if s.Date == (rota.Date{}) {
			s.Date = rota.DateOf(s.Start.In(t.r.zone))
		}
		stands[s.ID], own[s.ID] = true, true
	}
	type seat struct{ shift, person helpline.ID }
	seats := map[seat]bool{}
	places := append([]rota.Assignment(nil), in.Assignments...)
	for i := range places {
		a := &places[i]
		switch {
		case !own[a.Shift] || a.ID.IsZero() || stands[a.ID]:
			return helpline.Errorf(helpline.Conflict, "rota: an imported place is on an imported shift")
		case seats[seat{a.Shift, a.Person}]:
			return helpline.Errorf(helpline.Conflict, "rota: somebody is on an imported shift twice")
		case !t.known(a.Person): // who does not work here at the moment stands in the sheet, and the checker says so
			return helpline.Errorf(helpline.NotFound, "rota: somebody who is imported does not work here")
		}
		a.State, a.Minds, a.Place = rota.Proposed, false, helpline.ID{}
		if a.Source == "" {
			a.Source = rota.ByHand
		}
		seats[seat{a.Shift, a.Person}], stands[a.ID] = true, true
	}
	return t.put(shifts, places)
}
