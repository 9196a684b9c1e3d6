package console

import (
	"net/http"
	"slices"
	"strconv"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
)

// usuallyAsked is how many are asked at once unless somebody says otherwise.
const usuallyAsked = 5

// asking says whether several can be asked for a shift, and who is. Somebody must
// answer for the place, or offer it: else there is nothing to give.
func (l *look) asking(asks []counsel.RotaAsk, on []templates.RotaPlace, could int) templates.RotaAsking {
	out := templates.RotaAsking{Most: strconv.Itoa(counsel.MostAsked), Usual: strconv.Itoa(max(1, min(usuallyAsked, could)))}
	running := false
	for _, a := range asks {
		one := templates.RotaAsk{}
		when := l.short(rota.DateOf(a.At.In(l.zone))) + " " + a.At.In(l.zone).Format("15:04")
		switch a.State {
		case counsel.AskOpen:
			running, one.ID, one.Text = true, a.ID.String(), l.T("plan.ask.open", "when", when)
		case counsel.AskTaken:
			one.Text = l.T("plan.ask.taken", "who", l.who(a.Taker))
		default:
			one.Text = l.T("plan.ask.ended", "when", when)
		}
		for _, p := range a.Asked {
			key := "plan.ask.nothing"
			switch p.Answer {
			case counsel.AskYes:
				key = "plan.ask.yes"
			case counsel.AskNo:
				key = "plan.ask.no"
			}
			one.Who = append(one.Who, l.T(key, "who", l.who(p.Person)))
		}
		out.Asks = append(out.Asks, one)
	}
	out.Can = !running && could > 0 && slices.ContainsFunc(on, func(p templates.RotaPlace) bool { return p.Open || p.Offered })
	return out
}

// askSeveral asks the best of the list for a published shift, or stops asking.
func (c *Console) askSeveral(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	l, frame, s, ok := c.shiftLook(w, r, p)
	if !ok {
		return
	}
	said, err := "", error(nil)
	if r.PostForm.Get("do") == "stop" {
		var id helpline.ID
		if id, err = helpline.ParseID(r.PostForm.Get("id")); err == nil {
			err = c.RotaAsks.StopAsk(r.Context(), actor(p), id)
		}
		said = l.T("plan.asked.stopped")
	} else {
		role := rota.Role(r.PostForm.Get("role"))
		n, okN := whole(r.PostForm.Get("max"), 1, counsel.MostAsked)
		if !okN || !slices.Contains(rota.ShiftRoles(), role) {
			err = helpline.Errorf(helpline.Invalid, "rota: how many are to be asked")
		} else {
			var made counsel.RotaAsk
			made, err = c.RotaAsks.Ask(r.Context(), actor(p), counsel.AskFor{Shift: s.ID, Role: role, N: n})
			said = l.N("plan.asked.done", len(made.Asked))
		}
	}
	switch kind := helpline.KindOf(err); kind {
	case "":
		c.undos.tell(p.ID, said)
		http.Redirect(w, r, l.shiftAt(s.ID), http.StatusSeeOther)
	case helpline.Conflict, helpline.Invalid, helpline.NotFound:
		frame.Problem = l.T("plan.problem.ask." + refusal(kind))
		c.showShift(w, r, http.StatusConflict, l, frame, s)
	default:
		c.fail(w, r, err)
	}
}
