package counsel

import (
	"slices"

	"helpline"
	"helpline/counsel/rota"
)

// standings says of people who of them does not work here at the moment, and
// since when. Whoever is removed stays so.
func standings(people []rota.Person, pauses []rota.Pause) []rota.Person {
	people = slices.Clone(people)
	for i := range people {
		p := &people[i]
		if p.Standing == rota.Removed {
			continue
		}
		p.Standing = rota.Active
		one, off := lookup(pauses, func(o rota.Pause) bool { return o.Person == p.ID })
		if p.Since = one.Since; off {
			p.Standing = rota.Suspended
		}
	}
	return people
}

// isPaused says whether somebody does not work here at the moment.
func isPaused(pauses []rota.Pause, person helpline.ID) bool {
	return slices.ContainsFunc(pauses, func(o rota.Pause) bool { return o.Person == person })
}

// Paused says whether somebody does not work here at the moment.
func (r *Rotas) Paused(person helpline.ID) bool { return isPaused(r.now().Pauses, person) }

// known says whether somebody of that number works here, be it not at the moment.
func (t *rotaTurn) known(person helpline.ID) bool {
	_, err := t.person(person)
	return err == nil
}

// suspend says that somebody does not work here at the moment.
func (t *rotaTurn) suspend(person helpline.ID) error {
	p, err := t.person(person)
	if err != nil {
		return err
	}
	if p.Standing == rota.Suspended {
		return helpline.Errorf(helpline.Conflict, "rota: they do not work here at the moment already")
	}
	t.is.Pauses = put(t.is.Pauses, pauseOf, rota.Pause{Person: person, Since: t.at})
	t.here = standings(t.here, t.is.Pauses)
	return nil
}

// reinstate says that they work again. Nothing comes back by itself: they have
// no shift before somebody gives them one, or they take one.
func (t *rotaTurn) reinstate(person helpline.ID) error {
	p, err := t.person(person)
	if err != nil {
		return err
	}
	if p.Standing != rota.Suspended {
		return helpline.Errorf(helpline.Conflict, "rota: they work here")
	}
	t.is.Pauses = without(t.is.Pauses, func(o rota.Pause) bool { return o.Person == person })
	t.here = standings(t.here, t.is.Pauses)
	return nil
}

// notPaused refuses to put somebody on a shift of a draft who does not work here
// at the moment: it would never be published.
func (t *rotaTurn) notPaused(a rota.Assignment) error {
	if !isPaused(t.is.Pauses, a.Person) {
		return nil
	}
	s, _ := lookup(t.is.Shifts, func(s rota.Shift) bool { return s.ID == a.Shift })
	b, err := t.r.bookOf(&t.is, t.here, s.Version)
	if err != nil {
		return err
	}
	a.State = rota.Proposed
	if held := where(rota.NewChecker(b, t.r.law).Could(a), func(b rota.Breach) bool { return b.Rule == rota.RuleSuspended }); len(held) > 0 {
		return rota.RefuseFor(held)
	}
	return nil
}

// paused does what follows when somebody does not work here from now on, by
// whatever edit or undo. Nothing that is to come stays with them: a supervisor
// answers for their places until somebody else has them, what waits for them
// ends, and they are not on call. What is over stays theirs.
func (t *rotaTurn) paused() error {
	if slices.Equal(t.was.Pauses, t.is.Pauses) {
		return nil
	}
	t.here = standings(t.here, t.is.Pauses)
	for _, one := range t.is.Pauses {
		if isPaused(t.was.Pauses, one.Person) {
			continue
		}
		one.Since = t.at // an undo that brings it back does so from now on
		t.is.Pauses = put(t.is.Pauses, pauseOf, one)
		t.here = standings(t.here, t.is.Pauses)
		if err := t.endSwapsOf(one.Person); err != nil {
			return err
		}
		if _, err := t.mindFor(one.Person, t.answers(one.Person), t.taken(one.Person)); err != nil {
			return err
		}
		t.uncall(one.Person)
		t.unask(one.Person)
		if c, there := t.there(one.Person); there {
			t.leaves(c)
		}
	}
	return nil
}

// answers says who answers for the places of somebody who is suspended: whoever
// says so, and of their own somebody else where there is one.
func (t *rotaTurn) answers(person helpline.ID) func(helpline.ID) helpline.ID {
	return func(published helpline.ID) helpline.ID {
		if !t.by.Person.IsZero() && t.by.Person != person {
			return t.by.Person
		}
		return t.minder(published)
	}
}

// taken takes a place from somebody who is suspended; where it cannot be taken,
// it is somebody else's already.
func (t *rotaTurn) taken(person helpline.ID) func(rota.Step) error {
	return func(s rota.Step) error {
		if s.By == person { // the only supervisor there is
			return t.byItself(s)
		}
		if _, err := t.step(s); err != nil && !lets(err) {
			return err
		}
		return nil
	}
}

// uncall ends when somebody can be reached: what has begun ends now.
func (t *rotaTurn) uncall(person helpline.ID) {
	var left []rota.OnCall
	for _, o := range t.is.OnCalls {
		if o.Leader != person || !o.End.After(t.at) {
			left = append(left, o)
		} else if o.Start.Before(t.at) {
			o.End = t.at
			left = append(left, o)
		}
	}
	if !slices.Equal(left, t.is.OnCalls) {
		t.is.OnCalls = left
	}
}

// unask lets what somebody was asked and has not answered count as a no: else
// the question would wait for them, and be there again when they are back.
func (t *rotaTurn) unask(person helpline.ID) {
	for _, a := range t.is.Asks {
		i := slices.IndexFunc(a.Asked, func(one Asked) bool { return one.Person == person && one.Answer == "" })
		if a.State != AskOpen || i < 0 {
			continue
		}
		a.Asked = slices.Clone(a.Asked)
		a.Asked[i].Answer = AskNo
		if !slices.ContainsFunc(a.Asked, func(one Asked) bool { return one.Answer != AskNo }) {
			a.State = AskEnded
		}
		t.is.Asks = put(t.is.Asks, askID, a)
	}
}
