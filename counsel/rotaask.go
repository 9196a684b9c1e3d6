package counsel

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/rota"
)

// MostAsked is how many people are asked at once, at most.
const MostAsked = 20

// AskFor says whom to ask for what.
type AskFor struct {
	Shift  helpline.ID
	Role   rota.Role     // of the place; empty: whichever is free
	People []helpline.ID // whom; none: the best N by Suggest
	N      int
	Until  time.Time // the zero time: until the shift begins, or ends when it runs already
}

// Ask asks several people at once for one place of a published shift: one that
// nobody works yet, or that is on offer. The first who says yes has it. Conflict
// when there is no such place, when people are asked for it already, or when one
// of those who are named cannot take it; NotFound when there is nobody to ask.
// The hearers are told, and they send; nothing is sent here.
func (r *Rotas) Ask(ctx context.Context, who helpline.Actor, f AskFor) (RotaAsk, error) {
	if err := May(who, PlanRota); err != nil {
		return RotaAsk{}, err
	}
	var made RotaAsk
	_, err := r.alter(ctx, who, func(t *rotaTurn) error {
		var err error
		made, err = t.ask(f)
		return err
	})
	if err != nil {
		return RotaAsk{}, err
	}
	return made, nil
}

func (t *rotaTurn) ask(f AskFor) (RotaAsk, error) {
	s, known := lookup(t.is.Shifts, func(s rota.Shift) bool { return s.ID == f.Shift })
	if !known || t.draftly(s.Version) == nil {
		return RotaAsk{}, helpline.Errorf(helpline.NotFound, "ask: there is no such published shift")
	}
	if s.Cancelled || !t.at.Before(s.End) {
		return RotaAsk{}, helpline.Errorf(helpline.Conflict, "ask: the shift is over, or does not take place")
	}
	place, err := t.free(s.ID, f.Role)
	if err != nil {
		return RotaAsk{}, err
	}
	a := RotaAsk{ID: helpline.NewID(), Place: place.ID, ShiftRevision: s.Revision, By: t.by.Person, At: t.at, Until: whole(f.Until), State: AskOpen}
	ends := s.Start
	if !t.at.Before(s.Start) {
		ends = s.End
	}
	if a.Until.IsZero() || a.Until.After(s.End) {
		a.Until = ends
	}
	if !a.Until.After(t.at) {
		return RotaAsk{}, helpline.Errorf(helpline.Invalid, "ask: it ends later than now")
	}
	people, err := t.whom(f, s, place)
	if err != nil {
		return RotaAsk{}, err
	}
	slices.SortFunc(people, func(a, b helpline.ID) int { return bytes.Compare(a[:], b[:]) })
	for _, p := range slices.Compact(people) {
		a.Asked = append(a.Asked, Asked{Person: p})
	}
	t.is.Asks = put(t.is.Asks, askID, a)
	t.events = append(t.events, rota.Event{ID: helpline.NewID(), At: t.at, By: t.by.Person, Kind: rota.EventAsk, Version: s.Version, Shift: s.ID, Assignment: place.ID})
	t.deeds = append(t.deeds, audit.Deed{By: t.by.Person, Code: audit.RotaAsk, Details: []audit.Detail{audit.Number("people", len(a.Asked))}})
	return a, nil
}

// free finds the place people are asked for: first one that nobody works.
func (t *rotaTurn) free(shift helpline.ID, role rota.Role) (rota.Assignment, error) {
	places := where(t.is.Assignments, func(a rota.Assignment) bool {
		return a.Shift == shift && (role == "" || a.Role == role) && lacks(a)
	})
	asked := map[helpline.ID]bool{}
	for _, a := range t.is.Asks {
		asked[a.Place] = asked[a.Place] || a.State == AskOpen
	}
	slices.SortFunc(places, func(a, b rota.Assignment) int {
		return cmp.Or(yes(b.Minds)-yes(a.Minds), slices.Index(rota.ShiftRoles(), a.Role)-slices.Index(rota.ShiftRoles(), b.Role), bytes.Compare(a.ID[:], b.ID[:]))
	})
	i := slices.IndexFunc(places, func(a rota.Assignment) bool { return !asked[a.ID] })
	switch {
	case len(places) == 0:
		return rota.Assignment{}, helpline.Errorf(helpline.Conflict, "ask: nobody is missing there; take somebody off the shift first")
	case i < 0:
		return rota.Assignment{}, helpline.Errorf(helpline.Conflict, "ask: people are asked for this already")
	}
	return places[i], nil
}

// lacks says whether somebody is looked for: nobody works the place yet, or
// whoever has it wants to give it away.
func lacks(a rota.Assignment) bool {
	return a.Minds && a.State == rota.Held || a.State == rota.Offered
}

func yes(is bool) int {
	if is {
		return 1
	}
	return 0
}

// whom gives the people who are asked. All of them can take the place now.
func (t *rotaTurn) whom(f AskFor, s rota.Shift, place rota.Assignment) ([]helpline.ID, error) {
	b, err := t.r.bookOf(&t.is, t.here, s.Version)
	if err != nil {
		return nil, err
	}
	if len(f.People) > 0 {
		if len(f.People) > MostAsked {
			return nil, helpline.Errorf(helpline.Invalid, "ask: at most %d people are asked at once", MostAsked)
		}
		c := rota.NewChecker(b, t.r.law)
		for _, p := range f.People {
			if breaches := c.Could(rota.Assignment{Shift: s.ID, Person: p, Role: place.Role, State: rota.Held}); len(breaches) > 0 {
				return nil, helpline.Errorf(helpline.Conflict, "ask: one of them cannot take it: %s", breaches[0].Rule)
			}
		}
		return slices.Clone(f.People), nil
	}
	if f.N < 1 || f.N > MostAsked {
		return nil, helpline.Errorf(helpline.Invalid, "ask: 1 to %d people are asked at once", MostAsked)
	}
	all, err := rota.Suggest(b, t.r.law, s.ID, place.Role, askedAt(t.is.Asks))
	if err != nil {
		return nil, err
	}
	var out []helpline.ID
	for _, c := range all {
		if c.May() && len(out) < f.N {
			out = append(out, c.Person)
		}
	}
	if len(out) == 0 {
		return nil, helpline.Errorf(helpline.NotFound, "ask: nobody could take it")
	}
	return out, nil
}

// Answer is what somebody says who is asked. With yes the place is theirs, if
// they are the first; a yes of whoever has it already is no fault. NotFound for
// whoever is not asked; Conflict when somebody was faster, the time is over, or
// the shift has changed since.
func (r *Rotas) Answer(ctx context.Context, who helpline.Actor, ask helpline.ID, yes bool) error {
	if err := May(who, SeeShifts); err != nil {
		return err
	}
	_, err := r.alter(ctx, who, func(t *rotaTurn) error { return t.answer(ask, yes) })
	return err
}

func (t *rotaTurn) answer(ask helpline.ID, says bool) error {
	a, _ := lookup(t.is.Asks, func(a RotaAsk) bool { return a.ID == ask })
	i := slices.IndexFunc(a.Asked, func(one Asked) bool { return one.Person == t.by.Person })
	switch {
	case i < 0:
		return helpline.Errorf(helpline.NotFound, "answer: you are not asked that")
	case a.State == AskTaken && a.Taker == t.by.Person && says:
		return nil
	case a.State == AskTaken:
		return helpline.Errorf(helpline.Conflict, "answer: somebody took it")
	case a.State != AskOpen || !t.at.Before(a.Until):
		return helpline.Errorf(helpline.Conflict, "answer: this is not asked any more")
	}
	place, _ := lookup(t.is.Assignments, func(p rota.Assignment) bool { return p.ID == a.Place })
	s, _ := lookup(t.is.Shifts, func(s rota.Shift) bool { return s.ID == place.Shift })
	a.Asked = slices.Clone(a.Asked)
	if !says {
		a.Asked[i].Answer = AskNo
		if !slices.ContainsFunc(a.Asked, func(one Asked) bool { return one.Answer != AskNo }) {
			a.State = AskEnded
		}
		t.events = append(t.events, rota.Event{ID: helpline.NewID(), At: t.at, By: t.by.Person, Kind: rota.EventNo, Version: s.Version, Shift: s.ID, Assignment: place.ID})
		t.is.Asks = put(t.is.Asks, askID, a)
		return nil
	}
	if !lacks(place) { // somebody has kept it
		return helpline.Errorf(helpline.Conflict, "answer: this is not asked any more")
	}
	if s.Revision != a.ShiftRevision {
		return helpline.Errorf(helpline.Conflict, "answer: the shift has changed since you were asked")
	}
	// The place is given on the word of whoever asked.
	c, err := rota.Decide(t.r.standing(&t.is, t.here), t.r.law, rota.Step{
		Do: rota.DoAssign, Assignment: a.Place, Person: t.by.Person, By: t.by.Person, Supervises: true, At: t.at, Fresh: helpline.NewID,
	})
	if err != nil {
		return err
	}
	for j := range c.Assignments {
		if c.Assignments[j].ID != a.Place {
			c.Assignments[j].Source = rota.BySelf
		}
	}
	t.apply(c)
	t.events = append(t.events, c.Events...)
	a.Asked[i].Answer, a.State, a.Taker = AskYes, AskTaken, t.by.Person
	t.is.Asks = put(t.is.Asks, askID, a)
	return nil
}

// StopAsk ends an ask that is open; NotFound.
func (r *Rotas) StopAsk(ctx context.Context, who helpline.Actor, ask helpline.ID) error {
	if err := May(who, PlanRota); err != nil {
		return err
	}
	_, err := r.alter(ctx, who, func(t *rotaTurn) error {
		a, open := lookup(t.is.Asks, func(a RotaAsk) bool { return a.ID == ask && a.State == AskOpen })
		if !open {
			return helpline.Errorf(helpline.NotFound, "stop asking: there is no such open ask")
		}
		a.State = AskEnded
		t.is.Asks = put(t.is.Asks, askID, a)
		t.deeds = append(t.deeds, audit.Deed{By: t.by.Person, Code: audit.RotaStep, Details: []audit.Detail{audit.Word("step", "stop")}})
		return nil
	})
	return err
}

// endAsks ends what is asked of places that are somebody's by now, or theirs
// again, of shifts that have changed, and what has had its time.
func (t *rotaTurn) endAsks() {
	for _, a := range t.is.Asks {
		if a.State != AskOpen {
			continue
		}
		place, _ := lookup(t.is.Assignments, func(p rota.Assignment) bool { return p.ID == a.Place })
		s, _ := lookup(t.is.Shifts, func(s rota.Shift) bool { return s.ID == place.Shift })
		if !lacks(place) || s.Cancelled || s.Closed(t.is.Closures) || s.Revision != a.ShiftRevision || !t.at.Before(a.Until) {
			a.State = AskEnded
			t.is.Asks = put(t.is.Asks, askID, a)
		}
	}
}

// Asks gives the open asks that somebody is asked and has not said no to; all
// open ones for the zero person. Those that end first come first.
func (r *Rotas) Asks(person helpline.ID) []RotaAsk {
	now := r.clock()
	out := where(r.now().Asks, func(a RotaAsk) bool {
		return a.State == AskOpen && now.Before(a.Until) && (person.IsZero() || slices.ContainsFunc(a.Asked, func(one Asked) bool {
			return one.Person == person && one.Answer != AskNo
		}))
	})
	return asksInOrder(out)
}

// AsksOf gives every ask of a shift, ended ones too.
func (r *Rotas) AsksOf(shift helpline.ID) []RotaAsk {
	s, places := r.now(), map[helpline.ID]bool{}
	for _, a := range s.Assignments {
		places[a.ID] = a.Shift == shift
	}
	return asksInOrder(where(s.Asks, func(a RotaAsk) bool { return places[a.Place] }))
}

func asksInOrder(out []RotaAsk) []RotaAsk {
	for i := range out {
		out[i].Asked = slices.Clone(out[i].Asked)
	}
	slices.SortFunc(out, func(a, b RotaAsk) int { return cmp.Or(a.Until.Compare(b.Until), bytes.Compare(a.ID[:], b.ID[:])) })
	return out
}

// AskedAt says when people were last asked, for rota.Suggest.
func (r *Rotas) AskedAt() map[helpline.ID]time.Time { return askedAt(r.now().Asks) }

func askedAt(asks []RotaAsk) map[helpline.ID]time.Time {
	out := map[helpline.ID]time.Time{}
	for _, a := range asks {
		for _, one := range a.Asked {
			if a.At.After(out[one.Person]) {
				out[one.Person] = a.At
			}
		}
	}
	return out
}

// DropsWaiting counts the shifts ahead that somebody gives back and that wait
// for a supervisor's word.
func (r *Rotas) DropsWaiting() (n int) {
	s, now := r.now(), r.clock()
	for _, w := range s.Swaps {
		if w.Kind != rota.Drop || w.State != rota.Open {
			continue
		}
		a, _ := lookup(s.Assignments, func(a rota.Assignment) bool { return a.ID == w.From.Assignment })
		if o, known := lookup(s.Shifts, func(o rota.Shift) bool { return o.ID == a.Shift }); known && !o.Cancelled && now.Before(o.Start) {
			n++
		}
	}
	return n
}
