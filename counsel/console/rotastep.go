package console

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
)

// stepShift takes a step with a published shift, on behalf of whom it is about.
func (c *Console) stepShift(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	l, frame, s, ok := c.shiftLook(w, r, p)
	if !ok {
		return
	}
	step, who, err := l.stepOf(r, s)
	if err == nil {
		_, err = c.RotaWork.Do(r.Context(), actor(p), step)
	}
	switch kind := helpline.KindOf(err); {
	case err == nil:
		c.undos.tell(p.ID, l.T("plan.stepped."+string(step.Do), "who", who, "shift", s.Name+", "+l.when(s.Interval())))
		http.Redirect(w, r, l.shiftAt(s.ID), http.StatusSeeOther)
	case kind == helpline.Conflict || kind == helpline.Invalid || kind == helpline.NotFound:
		frame.Problem = cmp.Or(l.breaches(rota.RefusedFor(err)), l.T("plan.problem.step."+string(refusal(kind))))
		c.showShift(w, r, http.StatusConflict, l, frame, s)
	default:
		c.fail(w, r, err)
	}
}

// stepOf reads the step of a form.
func (l *look) stepOf(r *http.Request, s *rota.Shift) (step rota.Step, who string, err error) {
	bad := helpline.Errorf(helpline.Invalid, "rota: the step cannot be read")
	step.Do = rota.Doing(r.PostForm.Get("do"))
	switch step.Do {
	case rota.DoMove:
		day, ok := dayOf(r.PostForm.Get("day"))
		from, okFrom := clock(r.PostForm.Get("from"))
		to, okTo := clock(r.PostForm.Get("to"))
		if !ok || !okFrom || !okTo {
			return step, "", bad
		}
		end := day
		if to <= from {
			end = day.Plus(1)
		}
		step.Shift, step.To = s.ID, rota.Interval{Start: rota.FirstOf(day, from, l.zone), End: rota.LastOf(end, to, l.zone)}
		return step, "", nil
	case rota.DoCancel:
		if r.PostForm.Get("sure") != "yes" {
			return step, "", bad
		}
		step.Shift = s.ID
		return step, "", nil
	case rota.DoAssign, rota.DoMind, rota.DoOffer:
	default:
		return step, "", bad
	}
	place, err := helpline.ParseID(r.PostForm.Get("place"))
	at := slices.IndexFunc(l.book.Assignments, func(a rota.Assignment) bool { return a.ID == place && a.Shift == s.ID })
	if err != nil || at < 0 {
		return step, "", helpline.Errorf(helpline.NotFound, "rota: no such place")
	}
	owner := l.book.Assignments[at].Person
	step.Assignment, who = place, l.who(owner)
	switch step.Do {
	case rota.DoAssign:
		if step.Person, err = helpline.ParseID(r.PostForm.Get("person")); err != nil {
			return step, "", bad
		}
		who = l.who(step.Person)
	case rota.DoOffer:
		step.For = owner
	}
	return step, who, nil
}

// rotaSwaps lists the swaps that wait for a supervisor, and what is on offer.
func (c *Console) rotaSwaps(w http.ResponseWriter, r *http.Request, p staff.Person) {
	c.showSwaps(w, r, http.StatusOK, p, "")
}

func (c *Console) showSwaps(w http.ResponseWriter, r *http.Request, status int, p staff.Person, problem string) {
	words, frame := c.rotaFrame(p, "/rota/swaps")
	l, err := c.rotaLook(r, p, words, "", "")
	if err != nil {
		c.lost(w, r, p, err)
		return
	}
	frame.Back, frame.Problem = "/rota/swaps", problem
	v := templates.RotaSwaps{RotaFrame: frame}
	of := map[helpline.ID]rota.Assignment{}
	for _, a := range l.book.Assignments {
		of[a.ID] = a
	}
	shifts := map[helpline.ID]rota.Shift{}
	for _, s := range l.book.Shifts {
		shifts[s.ID] = s
	}
	for _, swap := range l.book.Swaps {
		from := of[swap.From.Assignment]
		s, known := shifts[from.Shift]
		if !known || swap.State != rota.Open && swap.State != rota.Claimed || !time.Now().Before(s.Start) {
			continue
		}
		to := of[swap.To.Assignment]
		key := string(swap.Kind)
		if swap.State == rota.Claimed {
			key += ".claimed"
		}
		one := templates.RotaSwap{
			ID: swap.ID.String(), When: s.Name + ", " + l.when(s.Interval()), Href: l.shiftAt(s.ID), Claimed: swap.State == rota.Claimed,
			Text: l.T("plan.swap."+key, "who", l.who(from.Person), "other", l.who(swap.Claimant), "shift", l.when(shifts[to.Shift].Interval())),
		}
		if swap.State == rota.Claimed || swap.Kind == rota.Drop {
			v.Wait = append(v.Wait, one)
		} else {
			v.Open = append(v.Open, one)
		}
	}
	for _, s := range l.book.Shifts { // in their order
		if !s.Cancelled && time.Now().Before(s.End) && slices.ContainsFunc(l.book.Assignments, func(a rota.Assignment) bool {
			return a.Shift == s.ID && a.Person == p.ID && a.Minds && a.State == rota.Held
		}) {
			v.Mine = append(v.Mine, templates.Choice{Value: askAt(&s), Label: s.Name + ", " + l.when(s.Interval()), Checked: slices.ContainsFunc(c.Asking.AsksOf(s.ID), func(a counsel.RotaAsk) bool {
				return a.State == counsel.AskOpen && time.Now().Before(a.Until)
			})})
		}
	}
	c.show(w, r, status, templates.RotaSwapsPage(v))
}

// settleSwap approves, refuses or withdraws a swap.
func (c *Console) settleSwap(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	words, _ := c.inside(p, "rota")
	id, err := helpline.ParseID(r.PostForm.Get("id"))
	step := rota.Step{Do: rota.Doing(r.PostForm.Get("do")), Swap: id}
	if err == nil && step.Do != rota.DoApprove && step.Do != rota.DoRefuse && step.Do != rota.DoWithdraw {
		err = helpline.Errorf(helpline.Invalid, "rota: neither yes nor no")
	}
	var done rota.Change
	if err == nil {
		done, err = c.RotaWork.Do(r.Context(), actor(p), step)
	}
	free := slices.IndexFunc(done.Assignments, func(a rota.Assignment) bool { return a.Minds && a.State == rota.Held })
	switch kind := helpline.KindOf(err); {
	case err == nil && step.Do == rota.DoApprove && free >= 0: // somebody else has to be found
		c.undos.tell(p.ID, words.T("plan.stepped.approve.drop"))
		http.Redirect(w, r, "/rota/ask/"+done.Assignments[free].Shift.String()+"?role="+string(done.Assignments[free].Role), http.StatusSeeOther)
	case err == nil:
		c.undos.tell(p.ID, words.T("plan.stepped."+string(step.Do)))
		http.Redirect(w, r, "/rota/swaps", http.StatusSeeOther)
	case kind == helpline.Conflict || kind == helpline.Invalid || kind == helpline.NotFound:
		names, _ := c.names(r.Context()) // without them people are "somebody"
		said := sayer{Words: words, names: names, zone: c.zone()}.breaches(rota.RefusedFor(err))
		c.showSwaps(w, r, http.StatusConflict, p, cmp.Or(said, words.T("plan.problem.step."+refusal(kind))))
	default:
		c.fail(w, r, err)
	}
}
