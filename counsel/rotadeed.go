package counsel

import (
	"bytes"
	"slices"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
)

// deed records what supervisors alone may do, and what is done for others.
func (t *rotaTurn) deed(before *rota.Book, s rota.Step, c rota.Change) {
	d := audit.Deed{By: s.By}
	switch {
	case s.Do == rota.DoPublish:
		shifts := len(where(before.Shifts, func(o rota.Shift) bool { return o.Version == s.Version })) - len(c.Gone)
		gaps := len(where(c.Assignments, func(a rota.Assignment) bool { return a.Minds }))
		places := len(where(c.Assignments, func(a rota.Assignment) bool { return a.State == rota.Held && !a.Minds }))
		d.Code, d.Details = audit.RotaPublish, []audit.Detail{audit.Number("shifts", shifts), audit.Number("places", places), audit.Number("gaps", gaps)}
	case !s.For.IsZero():
		d.Code, d.Object, d.Details = audit.RotaBehalf, audit.Person(s.For), []audit.Detail{audit.Word("step", string(s.Do))}
	case s.Do == rota.DoCancel:
		people := where(before.Assignments, func(a rota.Assignment) bool { return a.Shift == s.Shift && a.State.Stands() && !a.Minds })
		d.Code, d.Details = audit.RotaCancel, []audit.Detail{audit.Number("people", len(people))}
	case s.Supervises && slices.Contains(supervised, s.Do):
		d.Code, d.Details = audit.RotaStep, []audit.Detail{audit.Word("step", string(s.Do))}
		if whom := concerned(before, s); !whom.IsZero() {
			d.Details = append(d.Details, audit.Whom("person", whom))
		}
	default:
		return
	}
	t.deeds = append(t.deeds, d)
}

// supervised are the steps of supervisors on what is somebody's.
var supervised = []rota.Doing{rota.DoAssign, rota.DoMind, rota.DoMove, rota.DoApprove, rota.DoRefuse, rota.DoNoShow, rota.DoCame, rota.DoUnsure}

// concerned is whom a supervisor's step is about: who gets the place, or has it.
func concerned(b *rota.Book, s rota.Step) helpline.ID {
	if s.Do == rota.DoAssign {
		return s.Person
	}
	place := s.Assignment
	if w, known := lookup(b.Swaps, func(w rota.Swap) bool { return w.ID == s.Swap }); known && !s.Swap.IsZero() {
		place = w.From.Assignment
	}
	a, _ := lookup(b.Assignments, func(a rota.Assignment) bool { return a.ID == place })
	return a.Person
}

// behalf records what is done to somebody else's leave or wishes.
func (t *rotaTurn) behalf(person helpline.ID, step string) {
	if person == t.by.Person {
		return
	}
	t.deeds = append(t.deeds, audit.Deed{
		By: t.by.Person, Code: audit.RotaBehalf, Object: audit.Person(person), Details: []audit.Detail{audit.Word("step", step)},
	})
}

// setUp records in one deed what an edit, or its undo, did to what counts without
// being published. It reads what differs and not what was asked for: an edit that
// nobody thought of leaves its trace too. Drafts leave none: publishing them does.
// Commands write their own deeds, which say more, and so do removals.
func (t *rotaTurn) setUp(c *RotaChange) {
	if t.by.Person.IsZero() || t.by.Person == audit.Operator {
		return
	}
	var s setUpDeed
	mark(&s, "rota", c.Put.Rotas, c.Was.Rotas, rotaID)
	mark(&s, "template", c.Put.Templates, c.Was.Templates, templateID)
	lasting := func(all []rota.Requirement) []rota.Requirement {
		return where(all, func(r rota.Requirement) bool { return r.Shift.IsZero() }) // others are of one shift of a draft
	}
	mark(&s, "cover", lasting(c.Put.Requirements), lasting(c.Was.Requirements), requirementID)
	mark(&s, "closed", c.Put.Closures, c.Was.Closures, closureID)
	mark(&s, "oncall", c.Put.OnCalls, c.Was.OnCalls, onCallID)
	mark(&s, "standing", c.Put.Pauses, c.Was.Pauses, pauseOf)
	mark(&s, "terms", c.Put.Terms, c.Was.Terms, termsOf)
	mark(&s, "skills", c.Put.Skills, c.Was.Skills, skillOf)
	if t.undoes { // what is accepted has a deed of its own
		mark(&s, "accepted", c.Put.Acceptances, c.Was.Acceptances, acceptanceOf)
	}
	if len(s.parts) == 0 {
		return
	}
	d := audit.Deed{By: t.by.Person, Code: audit.RotaSetup, Details: []audit.Detail{audit.Names("parts", s.parts...), audit.Word("did", s.did(t.undoes))}}
	if who := s.about(c); !who.IsZero() {
		d.Details = append(d.Details, audit.Whom("person", who))
	}
	if slices.Contains(s.parts, "closed") {
		d.Details = append(d.Details, audit.Number("closed", daysShut(t.is.Closures, t.r.today())))
	}
	t.deeds = append(t.deeds, d)
}

// setUpDeed is what differs of what a rota is made of.
type setUpDeed struct {
	parts    []string
	set, end bool
}

// mark notes what differs of one part.
func mark[T any, K comparable](s *setUpDeed, part string, puts, was []T, key func(T) K) {
	if len(puts)+len(was) == 0 {
		return
	}
	s.parts = append(s.parts, part)
	s.set = s.set || len(puts) > 0
	s.end = s.end || slices.ContainsFunc(was, func(row T) bool {
		return !slices.ContainsFunc(puts, func(p T) bool { return key(p) == key(row) })
	})
}

// did says in a word what was done to them.
func (s setUpDeed) did(undoes bool) string {
	switch {
	case undoes:
		return "undo"
	case s.set && s.end:
		return "both"
	case s.end:
		return "end"
	}
	return "set"
}

// about is the one person it is about; the zero one where it is nobody, or
// several.
func (s setUpDeed) about(c *RotaChange) helpline.ID {
	var who []helpline.ID
	for _, rows := range []RotaState{c.Put, c.Was} {
		who = slices.Concat(who, idsOf(rows.Terms, termsOf), idsOf(rows.Pauses, pauseOf), idsOf(rows.Skills, func(k rota.Skill) helpline.ID { return k.Person }),
			idsOf(rows.OnCalls, func(o rota.OnCall) helpline.ID { return o.Leader }))
	}
	if who = unique(who); len(who) == 1 {
		return who[0]
	}
	return helpline.ID{}
}

// daysShut counts the days from today on that are closed, be it of one rota.
func daysShut(all []rota.Closure, today rota.Date) int {
	shut := map[rota.Date]bool{}
	for _, c := range all {
		d := c.First
		if d.Before(today) {
			d = today
		}
		for ; !c.Last.Before(d); d = d.Plus(1) {
			shut[d] = true
		}
	}
	return len(shut)
}

// unique gives everybody once.
func unique(all []helpline.ID) []helpline.ID {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b helpline.ID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(all)
}

// together makes one deed of those that say the same, with how often: they are
// written while everybody's steps wait.
func together(all []audit.Deed) []audit.Deed {
	var out []audit.Deed
	times := map[int]int{}
	for _, d := range all {
		i := slices.IndexFunc(out, func(o audit.Deed) bool {
			return o.By == d.By && o.Code == d.Code && o.Object == d.Object && slices.Equal(o.Details, d.Details)
		})
		if i < 0 || d.Code != audit.RotaAccept && d.Code != audit.RotaStep {
			i = len(out)
			out = append(out, d)
		}
		times[i]++
	}
	for i := range out {
		if times[i] > 1 {
			out[i].Details = append(slices.Clone(out[i].Details), audit.Number("times", times[i]))
		}
	}
	return out
}
