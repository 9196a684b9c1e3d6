package counsel

import (
	"slices"

	"helpline"
	"helpline/counsel/rota"
)

// closed finds the published shifts that do not take place because their day was
// closed just now, or do again because it was opened, by whatever edit or undo:
// each is an event, and whoever works it is told.
func (t *rotaTurn) closed() {
	was, is := t.was.Closures, t.is.Closures
	if slices.Equal(was, is) {
		return
	}
	drafts, shuts := map[helpline.ID]bool{}, map[helpline.ID]bool{}
	for _, v := range t.is.Versions {
		drafts[v.ID] = v.State == rota.Draft
	}
	versions := map[helpline.ID]helpline.ID{}
	for _, s := range t.is.Shifts {
		shut := s.Closed(is)
		if drafts[s.Version] || s.Cancelled || !s.End.After(t.at) || shut == s.Closed(was) {
			continue
		}
		shuts[s.ID], versions[s.ID] = shut, s.Version
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
}
