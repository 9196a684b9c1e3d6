package counsel

import (
	"slices"

	"helpline"
	"helpline/counsel/rota"
)

// back undoes what a change did to one kind of rows; false when they have
// changed since.
func back[T any, K comparable](rows, puts, was []T, key func(T) K, same func(a, b T) bool) ([]T, bool) {
	if len(puts)+len(was) == 0 {
		return rows, true
	}
	now := make(map[K]T, len(rows))
	for _, row := range rows {
		now[key(row)] = row
	}
	news, stood := map[K]bool{}, map[K]bool{}
	for _, row := range was {
		stood[key(row)] = true
	}
	for _, row := range puts {
		if is, there := now[key(row)]; !there || !same(is, row) {
			return nil, false
		}
		news[key(row)] = !stood[key(row)]
		delete(stood, key(row))
	}
	for k := range stood { // it went; somebody may have put another there
		if _, there := now[k]; there {
			return nil, false
		}
	}
	return put(without(rows, func(row T) bool { return news[key(row)] }), key, was...), true
}

// undoable leaves out what followed from an edit in versions that are published:
// no edit changes these itself, and it follows from the undo again.
func (r *Rotas) undoable(c RotaChange) RotaChange {
	if len(c.Put.Shifts)+len(c.Was.Shifts)+len(c.Put.Assignments)+len(c.Was.Assignments) == 0 {
		return c
	}
	s, published, on := r.now(), map[helpline.ID]bool{}, map[helpline.ID]bool{}
	for _, v := range s.Versions {
		published[v.ID] = v.State != rota.Draft
	}
	for _, o := range s.Shifts {
		on[o.ID] = published[o.Version]
	}
	for _, rows := range []*RotaState{&c.Put, &c.Was} {
		rows.Shifts = where(rows.Shifts, func(o rota.Shift) bool { return !published[o.Version] })
		rows.Assignments = where(rows.Assignments, func(a rota.Assignment) bool { return !on[a.Shift] })
	}
	return c
}

// undo puts the rows back as they stood before an edit. Conflict when one of
// them has changed since.
func (t *rotaTurn) undo(c *RotaChange) error {
	s, p, w := &t.is, &c.Put, &c.Was
	var ok [13]bool
	s.Rotas, ok[0] = back(s.Rotas, p.Rotas, w.Rotas, rotaID, alike)
	s.Versions, ok[1] = back(s.Versions, p.Versions, w.Versions, versionID, same)
	s.Templates, ok[2] = back(s.Templates, p.Templates, w.Templates, templateID, same)
	s.Requirements, ok[3] = back(s.Requirements, p.Requirements, w.Requirements, requirementID, same)
	s.Closures, ok[4] = back(s.Closures, p.Closures, w.Closures, closureID, same)
	s.Shifts, ok[5] = back(s.Shifts, p.Shifts, w.Shifts, shiftID, same)
	s.Assignments, ok[6] = back(s.Assignments, p.Assignments, w.Assignments, assignmentID, same)
	s.Terms, ok[7] = back(s.Terms, p.Terms, w.Terms, termsOf, same)
	s.Skills, ok[8] = back(s.Skills, p.Skills, w.Skills, skillOf, same)
	s.Availability, ok[9] = back(s.Availability, p.Availability, w.Availability, wishOf, same)
	s.Leaves, ok[10] = back(s.Leaves, p.Leaves, w.Leaves, leaveID, same)
	s.OnCalls, ok[11] = back(s.OnCalls, p.OnCalls, w.OnCalls, onCallID, same)
	s.Pauses, ok[12] = back(s.Pauses, p.Pauses, w.Pauses, pauseOf, same)
	s.Acceptances = without(s.Acceptances, func(a rota.Acceptance) bool {
		return slices.ContainsFunc(p.Acceptances, func(o rota.Acceptance) bool { return acceptanceOf(o) == acceptanceOf(a) })
	})
	s.Acceptances = put(s.Acceptances, acceptanceOf, w.Acceptances...)
	if slices.Contains(ok[:], false) {
		return helpline.Errorf(helpline.Conflict, "rota: this has changed since and cannot be undone")
	}
	if slices.ContainsFunc(w.OnCalls, func(o rota.OnCall) bool { return o.End.After(t.at) && isPaused(s.Pauses, o.Leader) }) {
		return helpline.Errorf(helpline.Conflict, "rota: who was on call does not work here at the moment")
	}
	for _, a := range slices.Concat(p.Acceptances, w.Acceptances) {
		if v, _ := lookup(s.Versions, func(v rota.Version) bool { return v.ID == a.Version }); v.State != rota.Draft && !v.At.Before(a.At) {
			return helpline.Errorf(helpline.Conflict, "rota: this was published since, and what was accepted belongs to it")
		}
	}
	t.undoes = true
	var leaves, wishes []helpline.ID
	for _, l := range slices.Concat(p.Leaves, w.Leaves) {
		leaves = append(leaves, l.Person)
	}
	for _, a := range slices.Concat(p.Availability, w.Availability) {
		wishes = append(wishes, a.Person)
	}
	for _, one := range unique(leaves) {
		t.behalf(one, "leave")
	}
	for _, one := range unique(wishes) {
		t.behalf(one, "wishes")
	}
	for _, o := range append(slices.Clone(p.Shifts), w.Shifts...) {
		if err := t.draftly(o.Version); err != nil {
			return err
		}
	}
	for _, o := range append(slices.Clone(p.Assignments), w.Assignments...) {
		of, known := lookup(s.Shifts, func(s rota.Shift) bool { return s.ID == o.Shift })
		if !known { // it goes with the draft that was made
			continue
		}
		if err := t.draftly(of.Version); err != nil {
			return err
		}
	}
	return t.sound()
}

// sound refuses rows whose ground has gone: what an undo puts back may hang on
// something that was taken away since.
func (t *rotaTurn) sound() error {
	s := &t.is
	rotas, versions := map[helpline.ID]bool{}, map[helpline.ID]bool{}
	for _, o := range s.Rotas {
		rotas[o.ID] = true
	}
	for _, o := range s.Versions {
		versions[o.ID] = rotas[o.Rota]
	}
	templates, shifts := map[helpline.ID]bool{}, map[helpline.ID]bool{}
	ok := !slices.ContainsFunc(s.Versions, func(o rota.Version) bool { return !versions[o.ID] })
	for _, o := range s.Templates {
		templates[o.ID] = true
		ok = ok && rotas[o.Rota]
	}
	for _, o := range s.Shifts {
		shifts[o.ID] = true
		ok = ok && versions[o.Version]
	}
	for _, o := range s.Closures {
		ok = ok && (o.Rota.IsZero() || rotas[o.Rota])
	}
	for _, o := range s.Requirements {
		ok = ok && (templates[o.Template] || shifts[o.Shift])
	}
	for _, o := range s.Assignments {
		ok = ok && shifts[o.Shift]
	}
	if !ok {
		return helpline.Errorf(helpline.Conflict, "rota: what this belongs to is not there any more")
	}
	return nil
}

// draftly refuses what is done to a version that is no draft.
func (t *rotaTurn) draftly(version helpline.ID) error {
	v, known := lookup(t.is.Versions, func(v rota.Version) bool { return v.ID == version })
	if !known {
		v, known = lookup(t.was.Versions, func(v rota.Version) bool { return v.ID == version })
	}
	switch {
	case !known:
		return helpline.Errorf(helpline.NotFound, "rota: there is no such version")
	case v.State != rota.Draft:
		return helpline.Errorf(helpline.Conflict, "rota: this is published; begin a draft of these days to change it")
	}
	return nil
}
