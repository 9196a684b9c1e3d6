package counsel

import (
	"slices"

	"helpline"
	"helpline/counsel/rota"
)

// closed finds the published shifts that do not take place because their day was
// closed just now, or do again because it was opened, by whatever edit or undo:
// each is an event, and whoever works it is told. Its revision rises, so that a
// calendar that has it takes the news; what is offered of it ends.
func (t *rotaTurn) closed() error {
	was, is := t.was.Closures, t.is.Closures
	if slices.Equal(was, is) {
		return nil
	}
	drafts, shuts := map[helpline.ID]bool{}, map[helpline.ID]bool{}
	for _, v := range t.is.Versions {
		drafts[v.ID] = v.State == rota.Draft
	}
	versions := map[helpline.ID]helpline.ID{}
	var risen []rota.Shift
	for _, s := range t.is.Shifts {
		shut := s.Closed(is)
		if drafts[s.Version] || s.Cancelled || !s.End.After(t.at) || shut == s.Closed(was) {
			continue
		}
		shuts[s.ID], versions[s.ID] = shut, s.Version
		s.Revision++
		risen = append(risen, s)
		if shut {
			t.events = append(t.events, rota.Event{ID: helpline.NewID(), At: t.at, By: t.by.Person, Kind: rota.EventCancel, Version: s.Version, Shift: s.ID})
		}
	}
	for _, a := range t.is.Assignments {
		shut, differs := shuts[a.Shift]
		if !differs || a.Minds || !a.State.Stands() {
			continue
		}
		if !shut {
			t.events = append(t.events, rota.Event{ID: helpline.NewID(), At: t.at, By: t.by.Person, Kind: rota.EventAssign, Version: versions[a.Shift], Shift: a.Shift, Assignment: a.ID})
		}
		if a.Person != t.by.Person && !slices.Contains(t.told, a.Person) {
			t.told = append(t.told, a.Person)
		}
	}
	t.is.Shifts = put(t.is.Shifts, shiftID, risen...)
	return t.unoffered(shuts)
}

// shut notes that the opening of this moment ends with what is decided, where no
// shift that is cancelled says so: hours that are written anew, a day that closes
// where names are planned elsewhere, a shift that is put off. Whoever waits keeps
// the place for a while, and a program that starts in it must know.
func (t *rotaTurn) shut() {
	was, is := t.was, &t.is
	if untouched(was.Rotas, is.Rotas) && untouched(was.Versions, is.Versions) && untouched(was.Templates, is.Templates) &&
		untouched(was.Requirements, is.Requirements) && untouched(was.Closures, is.Closures) && untouched(was.Shifts, is.Shifts) {
		return
	}
	before := t.hours(was)
	c := before.Cover(t.at, hereAt(before, was.CheckIns, t.at))
	if _, open := before.At(t.at); !c.Met && (c.Asks || !open) {
		return // it was not open
	}
	after := t.hours(is)
	if _, open := after.At(t.at); open || after.Cover(t.at, nil).Asks {
		return
	}
	ran := map[helpline.ID]bool{}
	for _, s := range is.Shifts {
		ran[s.ID] = !t.at.Before(s.Start) && t.at.Before(s.End)
	}
	if !slices.ContainsFunc(t.events, func(e rota.Event) bool { return e.Kind == rota.EventCancel && ran[e.Shift] }) {
		t.events = append(t.events, rota.Event{ID: helpline.NewID(), At: t.at, By: t.by.Person, Kind: rota.EventShut})
	}
}

// hours are those of the line by some rows.
func (t *rotaTurn) hours(s *RotaState) *rota.Hours {
	return rota.ReadHours(t.r.standing(s, t.here), s.Versions, t.at)
}

// unoffered ends the living swaps that give or want a place of shifts that do
// not take place.
func (t *rotaTurn) unoffered(shuts map[helpline.ID]bool) error {
	of, owner := map[helpline.ID]bool{}, map[helpline.ID]helpline.ID{}
	for _, a := range t.is.Assignments {
		of[a.ID], owner[a.ID] = shuts[a.Shift], a.Person
	}
	by := t.by.Person
	if by.IsZero() {
		by = t.minder(by)
	}
	for _, w := range t.is.Swaps {
		if w.State != rota.Open && w.State != rota.Claimed || by.IsZero() || !of[w.From.Assignment] && !of[w.To.Assignment] {
			continue
		}
		whose := owner[w.From.Assignment]
		if err := t.byItself(rota.Step{Do: rota.DoWithdraw, Swap: w.ID, By: by, For: whose, Supervises: true}); err != nil {
			return err
		}
	}
	return nil
}
