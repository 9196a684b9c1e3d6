package console

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"helpline"
	"helpline/counsel/rota"
	"helpline/templates"
)

// open shows what is free and what colleagues offer.
func (o *ownVisit) open() { o.showOpen(http.StatusOK) }

func (o *ownVisit) showOpen(status int) {
	o.said("hopeback")
	v := templates.OpenShifts{OwnPage: o.page, Hopes: o.hopes()}
	check := rota.NewChecker(o.book, o.c.OwnRotas.Law())
	type timed struct {
		at time.Time
		templates.Chance
	}
	var all []timed
	for _, one := range o.offers() {
		all = append(all, timed{one.Shift.Start, o.chance(check, one)})
	}
	for _, f := range o.free(check, o.book.Own(o.p.ID, o.now)) {
		all = append(all, timed{f.Shift.Start, templates.Chance{
			Shift: o.look(*f.Shift, f.Role), Action: "/shifts/free/" + f.Shift.ID.String(), Then: o.words.T("shifts.then.free"),
			Why: o.whys(check.Could(rota.Assignment{Shift: f.Shift.ID, Person: o.p.ID, Role: f.Role, State: rota.Held})),
		}})
	}
	slices.SortStableFunc(all, func(a, b timed) int { return a.at.Compare(b.at) })
	for _, one := range all {
		if len(one.Why) > 0 && !one.Mine {
			v.Blocked = append(v.Blocked, one.Chance)
		} else {
			v.Chances = append(v.Chances, one.Chance)
		}
	}
	o.c.show(o.w, o.r, status, templates.OpenShiftsPage(v))
}

// offers lists what is offered to the person: nothing to who does not work here
// at the moment.
func (o *ownVisit) offers() []rota.Chance {
	if o.page.Off != "" {
		return nil
	}
	return o.book.Offers(o.p.ID, o.now)
}

// free lists what the person may sign up for: of each shift on which they are
// not yet, the place they would have.
func (o *ownVisit) free(check *rota.Checker, mine []rota.Mine) []rota.Free {
	may := func(r rota.Role) bool {
		return slices.ContainsFunc(o.book.People, func(p rota.Person) bool { return p.ID == o.p.ID && p.May(r) })
	}
	var out []rota.Free
	if o.page.Off != "" {
		return nil
	}
	for _, f := range check.Free(o.now) {
		if slices.ContainsFunc(mine, func(m rota.Mine) bool { return m.Shift.ID == f.Shift.ID }) {
			continue
		}
		switch i := slices.IndexFunc(out, func(o rota.Free) bool { return o.Shift.ID == f.Shift.ID }); {
		case i < 0:
			out = append(out, f)
		case !may(out[i].Role) && may(f.Role):
			out[i] = f
		}
	}
	return out
}

// chance is one offer in words, with what keeps the person from it.
func (o *ownVisit) chance(check *rota.Checker, one rota.Chance) templates.Chance {
	v := templates.Chance{
		Shift: o.look(one.Shift, one.Place.Role), Whose: o.alias(one.Place.Person), Mine: !one.Swap.Person.IsZero(),
		Action: "/shifts/open/" + one.Swap.ID.String(), Then: o.words.T("shifts.then." + o.then(one.Shift)),
	}
	if one.Place.Minds {
		v.Whose = ""
	}
	if v.Ask = o.book.Managed(one.Swap); v.Ask { // also for the sake of the shift that is wanted
		v.Then = o.words.T("shifts.then.managed")
	}
	if v.Mine {
		v.No = v.Action
	}
	if one.Swap.Kind == rota.Exchange {
		row := o.look(one.For.Shift, one.For.Assignment.Role)
		v.For = &row // what the rules say of it is asked when somebody says yes: both shifts change hands at once
		return v
	}
	v.Why = o.whys(check.Could(rota.Assignment{Shift: one.Shift.ID, Person: o.p.ID, Role: one.Place.Role, State: rota.Held}))
	return v
}

// then is what comes of taking a shift: key after shifts.then.
func (o *ownVisit) then(s rota.Shift) string {
	if o.way(s) == rota.Managed {
		return "managed"
	}
	return "self"
}

// hopes are the shifts the person has asked for.
func (o *ownVisit) hopes() []templates.OwnShift {
	var out []templates.OwnShift
	for _, h := range o.book.Hopes(o.p.ID, o.now) {
		row := o.look(h.Shift, h.Place.Role)
		row.Href = "/shifts/open/" + h.Swap.ID.String()
		out = append(out, row)
	}
	return out
}

// answer takes what is offered, says no to it, or takes back that one has asked
// for it. What was done already is done.
func (o *ownVisit) answer() {
	id := o.the("swap")
	i := slices.IndexFunc(o.book.Swaps, func(w rota.Swap) bool { return w.ID == id })
	if i < 0 {
		o.gone("ended")
		return
	}
	w := o.book.Swaps[i]
	switch o.r.PostForm.Get("do") {
	case "take":
		o.claim(w)
	case "no":
		if w.State == rota.Refused && w.Person == o.p.ID {
			o.to("/shifts", "no", "")
			return
		}
		if _, err := o.c.OwnRotas.Do(o.r.Context(), o.who, rota.Step{Do: rota.DoRefuse, Swap: w.ID}); err != nil {
			o.refusedOffer(err, w)
			return
		}
		o.to("/shifts", "no", "")
	case "back":
		if w.State == rota.Claimed && w.Claimant == o.p.ID {
			if _, err := o.c.OwnRotas.Do(o.r.Context(), o.who, rota.Step{Do: rota.DoWithdraw, Swap: w.ID}); err != nil {
				o.refusedOffer(err, w)
				return
			}
		}
		o.to("/shifts/open", "hopeback", "")
	default:
		o.fail(helpline.Errorf(helpline.Invalid, "own shifts: neither yes nor no"))
	}
}

func (o *ownVisit) claim(w rota.Swap) {
	if w.Claimant == o.p.ID && (w.State == rota.Claimed || w.State == rota.Approved) { // the second of two taps
		o.taken(w)
		return
	}
	change, err := o.c.OwnRotas.Do(o.r.Context(), o.who, rota.Step{Do: rota.DoClaim, Swap: w.ID})
	if err != nil {
		o.refusedOffer(err, w)
		return
	}
	for _, now := range change.Swaps {
		if now.ID == w.ID {
			w = now
		}
	}
	o.taken(w)
}

func (o *ownVisit) taken(w rota.Swap) {
	if w.State == rota.Claimed {
		o.to("/shifts", "asked", "")
		return
	}
	o.to("/shifts", "taken", "")
}

// refusedOffer says what has become of an offer that could not be taken.
func (o *ownVisit) refusedOffer(err error, w rota.Swap) {
	switch kind := helpline.KindOf(err); {
	case kind == helpline.Conflict, kind == helpline.NotFound, kind == helpline.Forbidden:
	default:
		o.fail(err)
		return
	}
	if book, err := o.c.OwnRotas.Standing(o.r.Context()); err == nil {
		o.book = book // somebody was faster than the page
	}
	if len(rota.RefusedFor(err)) > 0 || errors.Is(err, rota.ErrOften) {
		o.refusal(err, "")
		o.showOpen(http.StatusConflict)
		return
	}
	o.gone(o.became(w.ID))
}

// became says what is so now of an offer: key after shifts.now.
func (o *ownVisit) became(swap helpline.ID) string {
	i := slices.IndexFunc(o.book.Swaps, func(w rota.Swap) bool { return w.ID == swap })
	if i < 0 {
		return "ended"
	}
	w := o.book.Swaps[i]
	at := slices.IndexFunc(o.book.Assignments, func(a rota.Assignment) bool { return a.ID == w.From.Assignment })
	if at < 0 {
		return "ended"
	}
	s := slices.IndexFunc(o.book.Shifts, func(s rota.Shift) bool { return s.ID == o.book.Assignments[at].Shift })
	switch {
	case s < 0 || o.book.Shifts[s].Cancelled:
		return "cancelled"
	case !o.now.Before(o.book.Shifts[s].Start):
		return "begun"
	case w.State == rota.Claimed || w.State == rota.Approved:
		return "faster"
	case o.book.Shifts[s].Revision != w.From.ShiftRevision:
		return "moved"
	}
	return "ended"
}

// gone shows what can be had now, and why it is not what was pressed.
func (o *ownVisit) gone(key string) {
	o.refusal(nil, key)
	o.showOpen(http.StatusConflict)
}

// take signs the person up for a shift that has a free place.
func (o *ownVisit) take() {
	id := o.the("shift")
	on := func() bool {
		return slices.ContainsFunc(o.book.Own(o.p.ID, o.now), func(m rota.Mine) bool { return m.Shift.ID == id })
	}
	if on() { // the second of two taps
		o.to("/shifts", "taken", "")
		return
	}
	_, err := o.c.OwnRotas.Do(o.r.Context(), o.who, rota.Step{Do: rota.DoTake, Shift: id})
	switch kind := helpline.KindOf(err); {
	case err == nil:
		o.to("/shifts", "taken", "")
	case kind == helpline.Conflict || kind == helpline.NotFound || kind == helpline.Forbidden:
		if book, err := o.c.OwnRotas.Standing(o.r.Context()); err == nil {
			o.book = book
		}
		if on() {
			o.to("/shifts", "taken", "")
			return
		}
		now := "faster"
		switch i := slices.IndexFunc(o.book.Shifts, func(s rota.Shift) bool { return s.ID == id }); {
		case i < 0 || o.book.Shifts[i].Cancelled:
			now = "cancelled"
		case !o.now.Before(o.book.Shifts[i].Start):
			now = "begun"
		}
		o.refusal(err, now)
		o.showOpen(http.StatusConflict)
	default:
		o.fail(err)
	}
}
