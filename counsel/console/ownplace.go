package console

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"helpline"
	"helpline/counsel/rota"
	"helpline/templates"
)

// mostChoices is how many shifts of colleagues a page offers for a swap.
const mostChoices = 40

// nearest is how many of them are a tap away; the rest stand in a list.
const nearest = 3

// mine is the place of the address; when it is not the person's any more, it
// answers with what is so now.
func (o *ownVisit) mine() (rota.Mine, bool) {
	id := o.the("place")
	for _, m := range o.book.Own(o.p.ID, o.now) {
		if m.Assignment.ID == id {
			return m, true
		}
	}
	now := "nothing"
	for _, a := range o.book.Assignments {
		if a.ID != id || a.Person != o.p.ID {
			continue
		}
		if now = "yours"; !a.State.Stands() {
			now = "gone"
		}
		i := slices.IndexFunc(o.book.Shifts, func(s rota.Shift) bool { return s.ID == a.Shift })
		if i >= 0 && o.book.Shifts[i].Cancelled {
			now = "cancelled"
		} else if i >= 0 && !o.book.Shifts[i].End.After(o.now) {
			now = "over"
		}
	}
	o.page.Problem = o.words.T("shifts.now." + now)
	status := http.StatusConflict
	if now == "nothing" {
		status = http.StatusNotFound
	}
	o.showShifts(status)
	return rota.Mine{}, false
}

// place shows one shift of the person's own.
func (o *ownVisit) place() {
	if m, ok := o.mine(); ok {
		o.showPlace(http.StatusOK, m)
	}
}

func (o *ownVisit) showPlace(status int, m rota.Mine) {
	o.said("offered", "offeredone", "swapasked", "dropping", "kept")
	v := templates.OnePlace{
		OwnPage: o.page, Shift: o.ownShift(m), Begun: !o.now.Before(m.Shift.Start),
		Action: "/shifts/one/" + m.Assignment.ID.String(), Seen: sawOf(m), Then: o.words.T("shifts.give.then." + o.then(m.Shift)),
	}
	if w := m.Gives; !w.ID.IsZero() {
		v.Swap, v.Then = w.ID.String(), o.waits(m)
	} else if !v.Begun {
		check := rota.NewChecker(o.book, o.c.OwnRotas.Law())
		v.People = o.takers(check, m, o.r.PostForm.Get("person"))
		v.Near, v.Others = o.others(check, m, o.r.PostForm.Get("other"))
	}
	o.c.show(o.w, o.r, status, templates.OnePlacePage(v))
}

// waits says what comes of what gives a shift away, and whose it is until then.
func (o *ownVisit) waits(m rota.Mine) string {
	w, managed := m.Gives, o.book.Managed(m.Gives)
	then := " " + o.words.T("shifts.give.then."+o.then(m.Shift))
	switch {
	case w.Kind == rota.Drop:
		return o.words.T("shifts.waits.drop")
	case w.Kind == rota.Exchange:
		key := "shifts.waits.swap"
		switch {
		case w.State == rota.Claimed:
			key = "shifts.waits.swap.claimed"
		case managed:
			key = "shifts.waits.swap.managed"
		}
		return o.words.T(key, "who", o.alias(w.Person), "when", o.placeWhen(w.To.Assignment))
	case w.State == rota.Claimed:
		return o.words.T("shifts.waits.claimed", "who", o.alias(w.Claimant))
	case !w.Person.IsZero():
		return o.words.T("shifts.waits.one", "who", o.alias(w.Person)) + then
	}
	return o.words.T("shifts.one.waits") + then
}

// placeWhen is the shift of a place in a sentence.
func (o *ownVisit) placeWhen(place helpline.ID) string {
	for _, a := range o.book.Assignments {
		if a.ID != place {
			continue
		}
		for _, s := range o.book.Shifts {
			if s.ID == a.Shift {
				return o.whenOf(s)
			}
		}
	}
	return o.words.T("shifts.waits.gone")
}

// sawOf is what somebody has seen of a place: of a shift that has moved since, or
// a place that is on offer since, nothing is done without another look.
func sawOf(m rota.Mine) string {
	return strconv.Itoa(m.Assignment.Revision) + "." + strconv.Itoa(m.Shift.Revision)
}

// takers are the colleagues who could have a shift, by alias.
func (o *ownVisit) takers(check *rota.Checker, m rota.Mine, chosen string) []templates.Option {
	var out []templates.Option
	for _, p := range o.book.People {
		if p.ID == o.p.ID || p.Standing != rota.Active ||
			len(check.Could(rota.Assignment{Shift: m.Shift.ID, Person: p.ID, Role: m.Assignment.Role, State: rota.Held})) > 0 ||
			o.onShift(m.Shift.ID, p.ID) {
			continue
		}
		id := p.ID.String()
		out = append(out, templates.Option{Value: id, Name: o.alias(p.ID), Chosen: id == chosen})
	}
	slices.SortFunc(out, func(a, b templates.Option) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Value, b.Value))
	})
	return out
}

func (o *ownVisit) onShift(shift, person helpline.ID) bool {
	return slices.ContainsFunc(o.book.Assignments, func(a rota.Assignment) bool {
		return a.Shift == shift && a.Person == person && a.State.Stands() && !a.Minds
	})
}

// others are the shifts of colleagues, of the same role, that could be had for
// one's own: those nearest to it, and the rest, each by time. What the rules say
// of a pair is asked when it is chosen.
func (o *ownVisit) others(check *rota.Checker, m rota.Mine, chosen string) (near, rest []templates.Option) {
	type other struct {
		a rota.Assignment
		s rota.Shift
	}
	shifts := map[helpline.ID]rota.Shift{}
	for _, s := range o.book.Shifts {
		shifts[s.ID] = s
	}
	var all []other
	for _, a := range o.book.Assignments {
		s, known := shifts[a.Shift]
		if !known || s.Cancelled || s.Closed(o.book.Closures) || a.Person == o.p.ID || a.State != rota.Held || a.Minds || a.Role != m.Assignment.Role ||
			a.Shift == m.Shift.ID || !o.now.Before(s.Start) || o.onShift(s.ID, o.p.ID) || o.onShift(m.Shift.ID, a.Person) {
			continue
		}
		blocks := slices.DeleteFunc(check.Could(rota.Assignment{Shift: s.ID, Person: o.p.ID, Role: a.Role, State: rota.Held}), func(b rota.Breach) bool {
			return slices.Contains(b.Shifts, m.Shift.ID) // the shift that is given away for it
		})
		if len(blocks) == 0 {
			all = append(all, other{a, s})
		}
	}
	slices.SortStableFunc(all, func(x, y other) int {
		return cmp.Compare(x.s.Start.Sub(m.Shift.Start).Abs(), y.s.Start.Sub(m.Shift.Start).Abs())
	})
	all = all[:min(len(all), mostChoices)]
	say := func(some []other) (out []templates.Option) {
		slices.SortFunc(some, func(x, y other) int { return x.s.Start.Compare(y.s.Start) })
		for _, x := range some {
			id := x.a.ID.String()
			out = append(out, templates.Option{Value: id, Name: o.words.T("shifts.swap.with", "when", o.whenOf(x.s), "who", o.alias(x.a.Person)), Chosen: id == chosen})
		}
		return out
	}
	n := min(len(all), nearest)
	return say(all[:n]), say(all[n:])
}

// unchanged says whether the place is what the person has seen; else it shows
// it as it is now.
func (o *ownVisit) unchanged(m rota.Mine) bool {
	if o.r.PostForm.Get("saw") == sawOf(m) {
		return true
	}
	o.page.Problem = o.words.T("shifts.now.changed")
	o.showPlace(http.StatusConflict, m)
	return false
}

// offer gives the place to whoever takes it, or to one colleague.
func (o *ownVisit) offer() {
	m, ok := o.mine()
	if !ok {
		return
	}
	step := rota.Step{Do: rota.DoOffer, Assignment: m.Assignment.ID}
	done := "offered"
	if whom := o.r.PostForm.Get("person"); whom != "" {
		if step.Person, done = o.the("person"), "offeredone"; step.Person.IsZero() {
			o.fail(helpline.Errorf(helpline.Invalid, "own shifts: offered to nobody"))
			return
		}
	}
	if w := m.Gives; w.Kind == rota.Offer && w.Person == step.Person && w.By == o.p.ID { // the second of two taps
		o.to("/shifts/one/"+m.Assignment.ID.String(), done, "")
		return
	}
	o.step(m, step, done)
}

// exchange asks a colleague for a shift of theirs in exchange.
func (o *ownVisit) exchange() {
	m, ok := o.mine()
	if !ok {
		return
	}
	step := rota.Step{Do: rota.DoExchange, Assignment: m.Assignment.ID, Other: o.the("other")}
	if w := m.Gives; w.Kind == rota.Exchange && w.To.Assignment == step.Other {
		o.to("/shifts/one/"+m.Assignment.ID.String(), "swapasked", "")
		return
	}
	o.step(m, step, "swapasked")
}

// drop gives the place back; a supervisor must agree.
func (o *ownVisit) drop() {
	m, ok := o.mine()
	if !ok {
		return
	}
	if m.Gives.Kind == rota.Drop {
		o.to("/shifts/one/"+m.Assignment.ID.String(), "dropping", "")
		return
	}
	o.step(m, rota.Step{Do: rota.DoDrop, Assignment: m.Assignment.ID}, "dropping")
}

// withdraw keeps the place after all.
func (o *ownVisit) withdraw() {
	m, ok := o.mine()
	if !ok {
		return
	}
	if !m.Gives.ID.IsZero() && m.Gives.ID == o.the("swap") {
		if _, err := o.c.OwnRotas.Do(o.r.Context(), o.who, rota.Step{Do: rota.DoWithdraw, Swap: m.Gives.ID}); err != nil {
			o.refusedStep(err)
			return
		}
	}
	o.to("/shifts/one/"+m.Assignment.ID.String(), "kept", "")
}

// step takes a step with an own place, as long as it is what was seen.
func (o *ownVisit) step(m rota.Mine, s rota.Step, done string) {
	if !o.unchanged(m) {
		return
	}
	if _, err := o.c.OwnRotas.Do(o.r.Context(), o.who, s); err != nil {
		o.refusedStep(err)
		return
	}
	o.to("/shifts/one/"+m.Assignment.ID.String(), done, "")
}

// refusedStep shows the place as it is now, and why the step was not taken.
func (o *ownVisit) refusedStep(err error) {
	switch helpline.KindOf(err) {
	case helpline.Conflict, helpline.NotFound, helpline.Forbidden, helpline.Invalid:
	default:
		o.fail(err)
		return
	}
	if book, err := o.c.OwnRotas.Standing(o.r.Context()); err == nil {
		o.book = book
	}
	m, ok := o.mine()
	if !ok {
		return // it has said what is so now
	}
	now := "changed"
	if !o.now.Before(m.Shift.Start) {
		now = "begun"
	}
	o.refusal(err, now)
	o.showPlace(http.StatusConflict, m)
}
