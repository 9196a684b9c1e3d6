package counsel

import (
	"context"
	"reflect"
	"slices"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
)

// rotaTurn is one thing that is done while it is decided: the rows as they are,
// and as they will be. Rows are never changed in place, because was is read by
// others: a list that differs is another list.
type rotaTurn struct {
	r    *Rotas
	ctx  context.Context
	was  *RotaState
	is   RotaState
	here []rota.Person
	by   helpline.Actor
	at   time.Time

	events []rota.Event
	deeds  []audit.Deed
	told   []helpline.ID

	undoes  bool                          // it takes an edit back
	checked map[helpline.ID][]rota.Breach // by version; nil after an edit that could change them
}

// put gives rows with others that are new, or stand in place of those of the
// same key.
func put[T any, K comparable](rows []T, key func(T) K, more ...T) []T {
	if len(more) == 0 {
		return rows
	}
	at := make(map[K]int, len(rows))
	rows = slices.Clone(rows)
	for i, row := range rows {
		at[key(row)] = i
	}
	for _, row := range more {
		if i, known := at[key(row)]; known {
			rows[i] = row
			continue
		}
		at[key(row)] = len(rows)
		rows = append(rows, row)
	}
	return rows
}

// without gives rows without those that go; the same list when none does.
func without[T any](rows []T, goes func(T) bool) []T {
	if !slices.ContainsFunc(rows, goes) {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), goes)
}

func lookup[T any](rows []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(rows, is); i >= 0 {
		return rows[i], true
	}
	var none T
	return none, false
}

// Keys of the rows.
func rotaID(o rota.Rota) helpline.ID               { return o.ID }
func versionID(o rota.Version) helpline.ID         { return o.ID }
func templateID(o rota.Template) helpline.ID       { return o.ID }
func requirementID(o rota.Requirement) helpline.ID { return o.ID }
func closureID(o rota.Closure) helpline.ID         { return o.ID }
func shiftID(o rota.Shift) helpline.ID             { return o.ID }
func assignmentID(o rota.Assignment) helpline.ID   { return o.ID }
func swapID(o rota.Swap) helpline.ID               { return o.ID }
func termsOf(o rota.Terms) helpline.ID             { return o.Person }
func pauseOf(o rota.Pause) helpline.ID             { return o.Person }
func leaveID(o rota.Leave) helpline.ID             { return o.ID }
func onCallID(o rota.OnCall) helpline.ID           { return o.ID }
func checkInID(o CheckIn) helpline.ID              { return o.ID }
func askID(o RotaAsk) helpline.ID                  { return o.ID }

type skillKey struct {
	person helpline.ID
	name   string
}

func skillOf(o rota.Skill) skillKey                { return skillKey{o.Person, o.Name} }
func wishOf(o rota.Availability) rota.Availability { return o }
func same[T comparable](a, b T) bool               { return a == b }
func alike[T any](a, b T) bool                     { return reflect.DeepEqual(a, b) }
func acceptanceOf(o rota.Acceptance) [2]string     { return [2]string{o.Version.String(), o.Key} }
func shiftRevision(o *rota.Shift) *int             { return &o.Revision }
func assignmentRevision(o *rota.Assignment) *int   { return &o.Revision }
func swapRevision(o *rota.Swap) *int               { return &o.Revision }
func askRevision(o *RotaAsk) *int                  { return &o.Revision }
func idsOf[T any](rows []T, id func(T) helpline.ID) []helpline.ID {
	var out []helpline.ID
	for _, row := range rows {
		out = append(out, id(row))
	}
	return out
}

// untouched says whether a list is the same one still: a list that differs is
// another list.
func untouched[T any](was, is []T) bool {
	return len(was) == len(is) && (len(was) == 0 || &was[0] == &is[0])
}

// differing compares two lists: the rows that are new or other, those they
// replace or that went, and of these the ones that went. A row that has a
// revision gets the next one, in is too.
func differing[T any, K comparable](was, is []T, key func(T) K, same func(a, b T) bool, revision func(*T) *int) (puts, old, gone []T) {
	if untouched(was, is) {
		return nil, nil, nil
	}
	before := make(map[K]T, len(was))
	for _, row := range was {
		before[key(row)] = row
	}
	for i := range is {
		row, known := before[key(is[i])]
		delete(before, key(is[i]))
		if known && same(row, is[i]) {
			continue
		}
		if revision != nil {
			next := 0
			if known {
				next = *revision(&row) + 1
			}
			*revision(&is[i]) = next
		}
		if known {
			old = append(old, row)
		}
		puts = append(puts, is[i])
	}
	for _, row := range was {
		if _, went := before[key(row)]; went {
			old, gone = append(old, row), append(gone, row)
		}
	}
	return puts, old, gone
}

// change is what differs by now, as it is written.
func (t *rotaTurn) change() RotaChange {
	c := RotaChange{Serial: t.was.Serial, Events: t.events, Told: t.told}
	p, w, g := &c.Put, &c.Was, &c.Gone
	was, is := t.was, &t.is
	var rotas []rota.Rota
	p.Rotas, w.Rotas, rotas = differing(was.Rotas, is.Rotas, rotaID, alike, nil)
	g.Rotas = idsOf(rotas, rotaID)
	var versions []rota.Version
	p.Versions, w.Versions, versions = differing(was.Versions, is.Versions, versionID, same, nil)
	g.Versions = idsOf(versions, versionID)
	var templates []rota.Template
	p.Templates, w.Templates, templates = differing(was.Templates, is.Templates, templateID, same, nil)
	g.Templates = idsOf(templates, templateID)
	var requirements []rota.Requirement
	p.Requirements, w.Requirements, requirements = differing(was.Requirements, is.Requirements, requirementID, same, nil)
	g.Requirements = idsOf(requirements, requirementID)
	var closures []rota.Closure
	p.Closures, w.Closures, closures = differing(was.Closures, is.Closures, closureID, same, nil)
	g.Closures = idsOf(closures, closureID)
	var shifts []rota.Shift
	p.Shifts, w.Shifts, shifts = differing(was.Shifts, is.Shifts, shiftID, same, shiftRevision)
	g.Shifts = idsOf(shifts, shiftID)
	var places []rota.Assignment
	p.Assignments, w.Assignments, places = differing(was.Assignments, is.Assignments, assignmentID, same, assignmentRevision)
	g.Assignments = idsOf(places, assignmentID)
	p.Swaps, w.Swaps, _ = differing(was.Swaps, is.Swaps, swapID, same, swapRevision)
	var accepted []rota.Acceptance
	p.Acceptances, w.Acceptances, accepted = differing(was.Acceptances, is.Acceptances, acceptanceOf, same, nil)
	for _, a := range accepted {
		g.Acceptances = append(g.Acceptances, RotaBreach{a.Version, a.Key})
	}
	p.CheckIns, w.CheckIns, _ = differing(was.CheckIns, is.CheckIns, checkInID, same, nil)
	p.Asks, w.Asks, _ = differing(was.Asks, is.Asks, askID, alike, askRevision)
	t.personal(&c)
	return c
}

// personal compares what is about people.
func (t *rotaTurn) personal(c *RotaChange) {
	p, w, g := &c.Put, &c.Was, &c.Gone
	was, is := t.was, &t.is
	var terms []rota.Terms
	p.Terms, w.Terms, terms = differing(was.Terms, is.Terms, termsOf, same, nil)
	g.TermsOf = idsOf(terms, termsOf)
	var pauses []rota.Pause
	p.Pauses, w.Pauses, pauses = differing(was.Pauses, is.Pauses, pauseOf, same, nil)
	g.PausesOf = idsOf(pauses, pauseOf)
	var leaves []rota.Leave
	p.Leaves, w.Leaves, leaves = differing(was.Leaves, is.Leaves, leaveID, same, nil)
	g.Leaves = idsOf(leaves, leaveID)
	var calls []rota.OnCall
	p.OnCalls, w.OnCalls, calls = differing(was.OnCalls, is.OnCalls, onCallID, same, nil)
	g.OnCalls = idsOf(calls, onCallID)
	// These have no number of their own: where one goes, all of the person's are written anew.
	var skills []rota.Skill
	p.Skills, w.Skills, skills = differing(was.Skills, is.Skills, skillOf, same, nil)
	for _, k := range skills {
		if slices.Contains(g.SkillsOf, k.Person) {
			continue
		}
		g.SkillsOf = append(g.SkillsOf, k.Person)
		of := func(o rota.Skill) bool { return o.Person == k.Person }
		p.Skills = append(slices.DeleteFunc(p.Skills, of), where(is.Skills, of)...)
		w.Skills = append(slices.DeleteFunc(w.Skills, of), where(was.Skills, of)...)
	}
	var wishes []rota.Availability
	p.Availability, w.Availability, wishes = differing(was.Availability, is.Availability, wishOf, same, nil)
	for _, k := range wishes {
		if slices.Contains(g.AvailabilityOf, k.Person) {
			continue
		}
		g.AvailabilityOf = append(g.AvailabilityOf, k.Person)
		of := func(o rota.Availability) bool { return o.Person == k.Person }
		p.Availability = append(slices.DeleteFunc(p.Availability, of), where(is.Availability, of)...)
		w.Availability = append(slices.DeleteFunc(w.Availability, of), where(was.Availability, of)...)
	}
}

func where[T any](rows []T, is func(T) bool) []T {
	var out []T
	for _, row := range rows {
		if is(row) {
			out = append(out, row)
		}
	}
	return out
}

// empty says whether nothing is written.
func (c RotaChange) empty() bool {
	return reflect.DeepEqual(c.Put, RotaState{}) && reflect.DeepEqual(c.Gone, RotaGone{}) && len(c.Events) == 0
}
