package counsel

import (
	"slices"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
)

// draftShift finds a shift of a draft.
func (t *rotaTurn) draftShift(id helpline.ID) (rota.Shift, error) {
	s, known := lookup(t.is.Shifts, func(s rota.Shift) bool { return s.ID == id })
	if !known {
		return rota.Shift{}, helpline.Errorf(helpline.NotFound, "rota: there is no such shift")
	}
	return s, t.draftly(s.Version)
}

// draftPlace finds a place of a draft.
func (t *rotaTurn) draftPlace(id helpline.ID) (rota.Assignment, error) {
	a, known := lookup(t.is.Assignments, func(a rota.Assignment) bool { return a.ID == id })
	if !known {
		return rota.Assignment{}, helpline.Errorf(helpline.NotFound, "rota: there is no such place")
	}
	_, err := t.draftShift(a.Shift)
	return a, err
}

// newVersion begins a draft: its shifts are those of the templates.
func (t *rotaTurn) newVersion(v rota.Version, from helpline.ID) error {
	if err := faulty(v.Faults()...); err != nil {
		return err
	}
	if _, err := t.rota(v.Rota); err != nil {
		return err
	}
	if v.ID.IsZero() {
		v.ID = helpline.NewID()
	}
	if slices.ContainsFunc(t.is.Versions, func(o rota.Version) bool { return o.ID == v.ID }) {
		return helpline.Errorf(helpline.Conflict, "rota: this version is there already")
	}
	v.State, v.By, v.At = rota.Draft, helpline.ID{}, time.Time{}
	shifts, _, err := rota.Materialise(v, t.is.Templates, t.is.Closures, t.r.zone, helpline.NewID)
	if err != nil {
		return err
	}
	for i := range shifts {
		shifts[i].Start, shifts[i].End = whole(shifts[i].Start), whole(shifts[i].End)
	}
	t.is.Versions = put(t.is.Versions, versionID, v)
	if !from.IsZero() {
		return t.copied(v, shifts, from)
	}
	return t.put(shifts, nil)
}

// put adds rows to a draft.
func (t *rotaTurn) put(shifts []rota.Shift, places []rota.Assignment) error {
	t.is.Shifts = put(t.is.Shifts, shiftID, shifts...)
	t.is.Assignments = put(t.is.Assignments, assignmentID, places...)
	drafts := len(where(t.is.Versions, func(v rota.Version) bool { return v.State == rota.Draft }))
	for n, most := range map[int]int{len(t.is.Shifts): mostShifts, len(t.is.Assignments): mostPlaces, drafts: mostDrafts} {
		if err := tooMany(n, most); err != nil {
			return err
		}
	}
	return nil
}

// copied fills a new draft from another version. A day that both have begins as
// it stands there, whatever was moved, cancelled or added by hand; any other day
// gets the names of the last shift of its template on the same weekday.
func (t *rotaTurn) copied(v rota.Version, shifts []rota.Shift, from helpline.ID) error {
	source, known := lookup(t.is.Versions, func(o rota.Version) bool { return o.ID == from })
	switch {
	case !known:
		return helpline.Errorf(helpline.NotFound, "rota: there is no such version to copy from")
	case source.Rota != v.Rota:
		return helpline.Errorf(helpline.Conflict, "rota: names are copied within a rota")
	}
	olds := where(t.is.Shifts, func(s rota.Shift) bool { return s.Version == from })
	slices.SortFunc(olds, func(a, b rota.Shift) int { return a.Start.Compare(b.Start) })
	both := func(d rota.Date) bool { return !d.Before(source.First) && !source.Last.Before(d) }
	within := func(d rota.Date) bool { return !d.Before(v.First) && !v.Last.Before(d) }
	var out []rota.Shift
	of := map[helpline.ID]helpline.ID{} // the shift that a new one has its names of
	used := map[helpline.ID]bool{}
	for _, s := range shifts {
		i := slices.IndexFunc(olds, func(o rota.Shift) bool { return o.Template == s.Template && o.Date == s.Date })
		switch {
		case i >= 0 && olds[i].Cancelled && source.State == rota.Published:
			used[olds[i].ID] = true
			continue // was cancelled by hand
		case i >= 0:
			o := olds[i]
			used[o.ID] = true
			s.Name, s.Start, s.End, s.Break, s.Debrief, s.Unsocial = o.Name, o.Start, o.End, o.Break, o.Debrief, o.Unsocial
			of[s.ID] = o.ID
		default:
			for _, o := range olds { // the last of them stays
				if o.Template == s.Template && o.Date.Weekday() == s.Date.Weekday() && !o.Cancelled {
					of[s.ID] = o.ID
				}
			}
		}
		out = append(out, s)
	}
	for _, o := range olds { // by hand, or moved to another day
		if within(o.Date) && both(o.Date) && !used[o.ID] && !o.Cancelled {
			s := o
			s.ID, s.Version, s.Revision = helpline.NewID(), v.ID, 0
			of[s.ID] = o.ID
			out = append(out, s)
		}
	}
	var places []rota.Assignment
	wants := t.is.Requirements
	for _, s := range out {
		old := of[s.ID]
		if old.IsZero() {
			continue
		}
		for _, a := range t.is.Assignments {
			if a.Shift == old && a.State.Stands() && !a.Minds && t.works(a.Person) {
				places = append(places, rota.Assignment{
					ID: helpline.NewID(), Shift: s.ID, Person: a.Person, Role: a.Role, State: rota.Proposed, Pinned: a.Pinned, Source: a.Source,
				})
			}
		}
		for _, w := range t.is.Requirements {
			if w.Shift == old && both(s.Date) {
				w.ID, w.Shift = helpline.NewID(), s.ID
				wants = put(wants, requirementID, w)
			}
		}
	}
	t.is.Requirements = wants
	return t.put(out, places)
}

// works says whether somebody can be planned.
func (t *rotaTurn) works(person helpline.ID) bool {
	p, err := t.person(person)
	return err == nil && p.Standing == rota.Active
}

func (t *rotaTurn) dropVersion(id helpline.ID) error {
	if err := t.draftly(id); err != nil {
		return err
	}
	gone := map[helpline.ID]bool{}
	for _, s := range t.is.Shifts {
		gone[s.ID] = s.Version == id
	}
	t.is.Versions = without(t.is.Versions, func(v rota.Version) bool { return v.ID == id })
	t.is.Shifts = without(t.is.Shifts, func(s rota.Shift) bool { return gone[s.ID] })
	t.is.Assignments = without(t.is.Assignments, func(a rota.Assignment) bool { return gone[a.Shift] })
	t.is.Requirements = without(t.is.Requirements, func(w rota.Requirement) bool { return gone[w.Shift] })
	t.is.Acceptances = without(t.is.Acceptances, func(a rota.Acceptance) bool { return a.Version == id })
	return nil
}

// longestShift is how long one shift may be.
const longestShift = 24 * time.Hour

// shiftAt makes a single shift of a draft, or gives one other times.
func (t *rotaTurn) shiftAt(s rota.Shift) error {
	if err := t.draftly(s.Version); err != nil {
		return err
	}
	v, _ := lookup(t.is.Versions, func(v rota.Version) bool { return v.ID == s.Version })
	was, known := lookup(t.is.Shifts, func(o rota.Shift) bool { return o.ID == s.ID })
	s.Start, s.End, s.Rota = whole(s.Start), whole(s.End), v.Rota
	if !s.Start.IsZero() {
		s.Date = rota.DateOf(s.Start.In(t.r.zone))
	}
	var faults []rota.Fault
	bad := func(is bool, field, why string) {
		if is {
			faults = append(faults, rota.Fault{Field: field, Why: why})
		}
	}
	bad(!wordy(s.Name), "name", "name")
	bad(s.Start.IsZero() || s.Start.Unix() <= 0, "start", "date")
	bad(!s.Start.Before(s.End), "to", "before")
	bad(s.End.Sub(s.Start) > longestShift, "to", "long")
	bad(s.Date.Before(v.First) || v.Last.Before(s.Date), "date", "period")
	bad(s.Break < 0 || s.Start.Before(s.End) && s.Break >= s.Minutes(), "break", "break")
	bad(s.Debrief < 0 || s.Debrief > 120, "debrief", "debrief")
	bad(!slices.Contains([]rota.Unsocial{"", rota.Evening, rota.Night, rota.Weekend, rota.Holiday}, s.Unsocial), "unsocial", "unsocial")
	if err := faulty(faults...); err != nil {
		return err
	}
	switch {
	case known && was.Version != s.Version:
		return helpline.Errorf(helpline.Conflict, "rota: a shift stays in its version")
	case known:
		s.Template = was.Template
	case s.ID.IsZero():
		s.ID = helpline.NewID()
	}
	if !known {
		s.Template, s.Cancelled = helpline.ID{}, false
	}
	return t.put([]rota.Shift{s}, nil)
}

func (t *rotaTurn) dropShift(id helpline.ID) error {
	if _, err := t.draftShift(id); err != nil {
		return err
	}
	t.is.Assignments = without(t.is.Assignments, func(a rota.Assignment) bool { return a.Shift == id })
	t.is.Requirements = without(t.is.Requirements, func(w rota.Requirement) bool { return w.Shift == id })
	return dropped(&t.is.Shifts, shiftID, id)
}

// place puts somebody on a shift of a draft, or changes who, as what, or
// whether it is pinned. What the checker says of it is for the screen: nothing
// hard is ever published.
func (t *rotaTurn) place(a rota.Assignment) error {
	if _, err := t.draftShift(a.Shift); err != nil {
		return err
	}
	if !slices.Contains(rota.ShiftRoles(), a.Role) {
		return faulty(rota.Fault{Field: "role", Why: "role"})
	}
	if _, err := t.person(a.Person); err != nil {
		return err
	}
	if err := t.notPaused(a); err != nil {
		return err
	}
	if a.ID.IsZero() {
		a.ID = helpline.NewID()
	} else if was, known := lookup(t.is.Assignments, func(o rota.Assignment) bool { return o.ID == a.ID }); known && was.Shift != a.Shift {
		return helpline.Errorf(helpline.Conflict, "rota: a place stays on its shift")
	}
	if slices.ContainsFunc(t.is.Assignments, func(o rota.Assignment) bool {
		return o.ID != a.ID && o.Shift == a.Shift && o.Person == a.Person
	}) {
		return helpline.Errorf(helpline.Conflict, "rota: this person is on the shift already")
	}
	if !slices.Contains([]rota.Source{rota.BySolver, rota.BySelf}, a.Source) {
		a.Source = rota.ByHand
	}
	a.State, a.Minds, a.Place = rota.Proposed, false, helpline.ID{}
	return t.put(nil, []rota.Assignment{a})
}

func (t *rotaTurn) dropPlace(id helpline.ID) error {
	if _, err := t.draftPlace(id); err != nil {
		return err
	}
	return dropped(&t.is.Assignments, assignmentID, id)
}

func (t *rotaTurn) pin(id helpline.ID, pinned bool) error {
	a, err := t.draftPlace(id)
	if err != nil {
		return err
	}
	a.Pinned = pinned
	return t.put(nil, []rota.Assignment{a})
}

// fill takes over what a Filler came to. The checker has the last word: a hard
// breach that was not there before refuses all of it.
func (t *rotaTurn) fill(f RotaFilling) error {
	if err := t.draftly(f.Version); err != nil {
		return err
	}
	before, err := t.r.bookOf(&t.is, t.here, f.Version)
	if err != nil {
		return err
	}
	own := map[helpline.ID]bool{}
	for _, s := range before.Shifts {
		own[s.ID] = s.Version == f.Version
	}
	gone := map[helpline.ID]bool{}
	for _, id := range f.Gone {
		gone[id] = true
	}
	t.is.Assignments = without(t.is.Assignments, func(a rota.Assignment) bool { return gone[a.ID] && own[a.Shift] })
	stands := map[helpline.ID]rota.Assignment{}
	for _, a := range t.is.Assignments {
		stands[a.ID] = a
	}
	var places []rota.Assignment
	for _, p := range f.Places {
		a, known := stands[p.Assignment]
		switch {
		case !own[p.Shift] || !slices.Contains(rota.ShiftRoles(), p.Role) || !t.works(p.Person):
			return helpline.Errorf(helpline.Conflict, "rota: the draft has changed since it was filled")
		case !p.Assignment.IsZero() && (!known || a.Shift != p.Shift || a.Person != p.Person || a.Role != p.Role):
			return helpline.Errorf(helpline.Conflict, "rota: the draft has changed since it was filled")
		case p.Assignment.IsZero():
			places = append(places, rota.Assignment{
				ID: helpline.NewID(), Shift: p.Shift, Person: p.Person, Role: p.Role, State: rota.Proposed, Source: rota.BySolver,
			})
		}
	}
	if err := t.put(nil, places); err != nil {
		return err
	}
	after, err := t.r.bookOf(&t.is, t.here, f.Version)
	if err != nil {
		return err
	}
	stood := map[string]bool{}
	for _, b := range rota.Check(before, t.r.law) {
		stood[b.Key()] = true
	}
	for _, b := range rota.Check(after, t.r.law) {
		if b.Level == rota.Hard && !stood[b.Key()] {
			return helpline.Errorf(helpline.Conflict, "rota: the draft has changed since it was filled: %s would be broken", b.Rule)
		}
	}
	return nil
}

// check gives what the rules say of a version. Accepting changes nothing about
// what is broken, so several that are accepted at once cost one check: it goes
// on under the lock that everybody's steps wait for.
func (t *rotaTurn) check(version helpline.ID) ([]rota.Breach, error) {
	if all, done := t.checked[version]; done {
		return all, nil
	}
	b, err := t.r.bookOf(&t.is, t.here, version)
	if err != nil {
		return nil, err
	}
	all := rota.Check(b, t.r.law)
	if t.checked == nil {
		t.checked = map[helpline.ID][]rota.Breach{}
	}
	t.checked[version] = all
	return all, nil
}

// accept takes an advisory breach upon whoever accepts it.
func (t *rotaTurn) accept(e RotaAccept) error {
	all, err := t.check(e.Version)
	if err != nil {
		return err
	}
	found, known := lookup(all, func(x rota.Breach) bool { return x.Key() == e.Key })
	if !known {
		return helpline.Errorf(helpline.NotFound, "rota: nothing of that kind is wrong any more: look again")
	}
	a, err := found.Accept(t.by.Person, t.at, e.Reason)
	if err != nil {
		return err
	}
	a.Version = e.Version
	t.is.Acceptances = put(t.is.Acceptances, acceptanceOf, a)
	t.events = append(t.events, rota.Event{ID: helpline.NewID(), At: t.at, By: t.by.Person, Kind: rota.EventAccept, Version: e.Version})
	t.deeds = append(t.deeds, audit.Deed{By: t.by.Person, Code: audit.RotaAccept, Details: []audit.Detail{
		audit.Names("rule", string(found.Rule)), audit.Word("reason", string(e.Reason)),
	}})
	return nil
}
