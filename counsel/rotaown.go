package counsel

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"time"

	"helpline"
	"helpline/counsel/rota"
)

// person finds somebody who works here; NotFound for whoever is removed.
func (t *rotaTurn) person(id helpline.ID) (rota.Person, error) {
	p, known := lookup(t.here, func(p rota.Person) bool { return p.ID == id })
	if !known || p.Standing == rota.Removed {
		return rota.Person{}, helpline.Errorf(helpline.NotFound, "rota: nobody of that number works here")
	}
	return p, nil
}

// mostMinutes is how long a week is: nobody agrees to more.
const mostMinutes = 7 * 1440

// TermsWrong lists what is wrong with terms.
func TermsWrong(o rota.Terms) []rota.Fault {
	var out []rota.Fault
	if o.Employment != rota.Employee && o.Employment != rota.Volunteer {
		out = append(out, rota.Fault{Field: "employment", Why: "employment"})
	}
	if _, err := rota.ProfileNamed(o.Profile); o.Profile != "" && err != nil {
		out = append(out, rota.Fault{Field: "profile", Why: "profile"})
	}
	switch {
	case min(o.Min, o.Target, o.Max) < 0 || max(o.Min, o.Target, o.Max) > mostMinutes:
		out = append(out, rota.Fault{Field: "max", Why: "minutes"})
	case o.Target > 0 && o.Min > o.Target || o.Max > 0 && max(o.Min, o.Target) > o.Max:
		out = append(out, rota.Fault{Field: "target", Why: "order"})
	}
	if o.Share < 0 || o.Share > 100 {
		out = append(out, rota.Fault{Field: "share", Why: "share"})
	}
	return out
}

func (t *rotaTurn) editTerms(o rota.Terms) error {
	if err := faulty(TermsWrong(o)...); err != nil {
		return err
	}
	if _, err := t.person(o.Person); err != nil {
		return err
	}
	t.is.Terms = put(t.is.Terms, termsOf, o)
	return nil
}

func (t *rotaTurn) editSkills(person helpline.ID, skills []rota.Skill) error {
	if _, err := t.person(person); err != nil {
		return err
	}
	if err := tooMany(len(skills), mostSkills); err != nil {
		return err
	}
	seen := map[string]bool{}
	all := without(t.is.Skills, func(k rota.Skill) bool { return k.Person == person })
	all = slices.Clone(all)
	for _, k := range skills {
		k.Person = person
		switch {
		case !wordy(k.Name):
			return faulty(rota.Fault{Field: "skill", Why: "name"})
		case seen[k.Name]:
			return faulty(rota.Fault{Field: "skill", Why: "taken"})
		case k.Expires != rota.Date{} && rota.Version{First: k.Expires, Last: k.Expires}.Faults() != nil:
			return faulty(rota.Fault{Field: "last", Why: "date"})
		}
		seen[k.Name] = true
		all = append(all, k)
	}
	slices.SortFunc(all, func(a, b rota.Skill) int {
		return cmp.Or(bytes.Compare(a.Person[:], b.Person[:]), cmp.Compare(a.Name, b.Name))
	})
	t.is.Skills = all
	return nil
}

// longestStretch is how long a leave, a wish or a duty on call may be.
const longestStretch = 400 * 24 * time.Hour

// stretchFaults cuts an interval to whole seconds of UTC and says what is wrong
// with it.
func stretchFaults(in *rota.Interval, at time.Time) []rota.Fault {
	in.Start, in.End = whole(in.Start), whole(in.End)
	switch {
	case in.Start.IsZero() || in.End.IsZero() || in.Start.Unix() <= 0 || in.Start.Before(at.Add(-longestStretch)) || in.End.After(at.Add(5*longestStretch)):
		return []rota.Fault{{Field: "start", Why: "date"}}
	case !in.Start.Before(in.End):
		return []rota.Fault{{Field: "end", Why: "before"}}
	case in.End.Sub(in.Start) > longestStretch:
		return []rota.Fault{{Field: "end", Why: "period"}}
	}
	return nil
}

// leaveMeets is why an own leave is refused.
type leaveMeets struct{ assignments []helpline.ID }

func (leaveMeets) Error() string { return "rota: this leave lies over shifts of one's own" }

// LeaveMeets gives the places that somebody still answers for in a leave that
// was refused because of them: they are offered or given back first.
func LeaveMeets(err error) []helpline.ID {
	if l, ok := errors.AsType[leaveMeets](err); ok {
		return slices.Clone(l.assignments)
	}
	return nil
}

func (t *rotaTurn) editLeave(o rota.Leave) error {
	if err := faulty(stretchFaults(&o.Interval, t.at)...); err != nil {
		return err
	}
	if _, err := t.person(o.Person); err != nil {
		return err
	}
	if o.ID.IsZero() {
		o.ID = helpline.NewID()
	}
	if was, known := lookup(t.is.Leaves, func(l rota.Leave) bool { return l.ID == o.ID }); known && was.Person != o.Person {
		return helpline.Errorf(helpline.Conflict, "rota: this leave is somebody else's")
	}
	if o.Person == t.by.Person {
		if meets := t.dutiesIn(o.Person, o.Interval); len(meets) > 0 {
			return helpline.Errorf(helpline.Conflict, "%w", leaveMeets{meets})
		}
	}
	t.behalf(o.Person, "leave")
	t.is.Leaves = put(t.is.Leaves, leaveID, o)
	return tooMany(len(where(t.is.Leaves, func(l rota.Leave) bool { return l.Person == o.Person })), mostLeaves)
}

// dutiesIn lists the published places of a person that take time of a stretch
// and are not over. On a closed day there is nothing to give away first.
func (t *rotaTurn) dutiesIn(person helpline.ID, in rota.Interval) []helpline.ID {
	shifts := map[helpline.ID]bool{}
	for _, s := range t.is.Shifts {
		shifts[s.ID] = !s.Cancelled && !s.Closed(t.is.Closures) && s.End.After(t.at) && s.Interval().Meets(in)
	}
	return idsOf(where(t.is.Assignments, func(a rota.Assignment) bool {
		return a.Person == person && shifts[a.Shift] && !a.Minds && (a.State == rota.Held || a.State == rota.Offered)
	}), assignmentID)
}

func (t *rotaTurn) dropLeave(id helpline.ID) error {
	was, _ := lookup(t.is.Leaves, func(l rota.Leave) bool { return l.ID == id })
	if err := dropped(&t.is.Leaves, leaveID, id); err != nil {
		return err
	}
	t.behalf(was.Person, "leave")
	return nil
}

func (t *rotaTurn) editWishes(person helpline.ID, wishes []rota.Availability) error {
	if _, err := t.person(person); err != nil {
		return err
	}
	if err := tooMany(len(wishes), mostWishes); err != nil {
		return err
	}
	all := slices.Clone(without(t.is.Availability, func(a rota.Availability) bool { return a.Person == person }))
	for _, a := range wishes {
		a.Person = person
		if err := faulty(stretchFaults(&a.Interval, t.at)...); err != nil {
			return err
		}
		if !slices.Contains([]rota.Wish{rota.Cannot, rota.PreferNot, rota.Prefer}, a.Wish) {
			return faulty(rota.Fault{Field: "wish", Why: "wish"})
		}
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b rota.Availability) int {
		return cmp.Or(bytes.Compare(a.Person[:], b.Person[:]), a.Start.Compare(b.Start), a.End.Compare(b.End), cmp.Compare(a.Wish, b.Wish))
	})
	t.is.Availability = slices.Compact(all)
	t.behalf(person, "wishes")
	return nil
}

func (t *rotaTurn) editOnCall(o rota.OnCall) error {
	if err := faulty(stretchFaults(&o.Interval, t.at)...); err != nil {
		return err
	}
	p, err := t.person(o.Leader)
	if err != nil {
		return err
	}
	if !p.May(rota.Leader) {
		return faulty(rota.Fault{Field: "leader", Why: "role"})
	}
	if p.Standing != rota.Active {
		return faulty(rota.Fault{Field: "leader", Why: "paused"})
	}
	if o.ID.IsZero() {
		o.ID = helpline.NewID()
	}
	t.is.OnCalls = put(t.is.OnCalls, onCallID, o)
	return tooMany(len(t.is.OnCalls), mostOnCalls)
}
