package console

import (
	"net/http"
	"slices"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/templates"
)

// asks are the questions that several people were asked at once: can you take
// this? They come first on the page.
func (o *ownVisit) asks(check *rota.Checker) []templates.Chance {
	var out []templates.Chance
	for _, ask := range o.c.OwnAsks.Asks(o.p.ID) {
		at := slices.IndexFunc(o.book.Assignments, func(a rota.Assignment) bool { return a.ID == ask.Place })
		if at < 0 {
			continue
		}
		place := o.book.Assignments[at]
		i := slices.IndexFunc(o.book.Shifts, func(s rota.Shift) bool { return s.ID == place.Shift })
		if i < 0 || o.book.Shifts[i].Cancelled || !o.now.Before(o.book.Shifts[i].End) {
			continue
		}
		path := "/shifts/asks/" + ask.ID.String()
		out = append(out, templates.Chance{
			Shift: o.look(o.book.Shifts[i], place.Role), Mine: true, Action: path, No: path, Then: o.words.T("shifts.then.asked"),
			Why: o.whys(check.Could(rota.Assignment{Shift: place.Shift, Person: o.p.ID, Role: place.Role, State: rota.Held})),
		})
	}
	return out
}

// reply says yes or no to such a question. The first yes has the shift.
func (o *ownVisit) reply() {
	id := o.the("ask")
	do := o.r.PostForm.Get("do")
	if do != "take" && do != "no" {
		o.fail(helpline.Errorf(helpline.Invalid, "own shifts: neither yes nor no"))
		return
	}
	open := slices.ContainsFunc(o.c.OwnAsks.Asks(o.p.ID), func(a counsel.RotaAsk) bool { return a.ID == id })
	if !open && do == "no" { // the second of two taps, or somebody was faster: nothing is left to say no to
		o.to("/shifts", "noted", "")
		return
	}
	err := o.c.OwnAsks.Answer(o.r.Context(), o.who, id, do == "take")
	switch kind := helpline.KindOf(err); {
	case err == nil && do == "no":
		o.to("/shifts", "noted", "")
	case err == nil:
		o.to("/shifts", "taken", "")
	case kind == helpline.Conflict || kind == helpline.NotFound || kind == helpline.Forbidden:
		if book, err := o.c.OwnRotas.Standing(o.r.Context()); err == nil {
			o.book = book
		}
		o.refusal(err, "answered")
		o.showShifts(http.StatusConflict)
	default:
		o.fail(err)
	}
}
