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
	step, who, fault, err := l.stepOf(r, s)
	if err == nil && fault == "" {
		_, err = c.RotaWork.Do(r.Context(), actor(p), step)
	}
	switch kind := helpline.KindOf(err); {
	case fault != "":
		frame.Problem = fault
		c.showShift(w, r, http.StatusUnprocessableEntity, l, frame, s)
	case err == nil:
		said := l.T("plan.stepped."+string(step.Do), "who", who, "shift", s.Name+", "+l.when(s.Interval()))
		c.undos.tell(p.ID, said+c.tells(l, l.changedFor(step, s)))
		http.Redirect(w, r, l.shiftAt(s.ID), http.StatusSeeOther)
	case kind == helpline.Conflict || kind == helpline.Invalid || kind == helpline.NotFound:
		frame.Problem = cmp.Or(l.breaches(rota.RefusedFor(err)), l.T("plan.problem.step."+string(refusal(kind))))
		c.showShift(w, r, http.StatusConflict, l, frame, s)
	default:
		c.fail(w, r, err)
	}
}

// changedFor is for whom a step with a shift changes something, but for who
// takes it.
func (l *look) changedFor(step rota.Step, s *rota.Shift) (out []helpline.ID) {
	switch step.Do {
	case rota.DoAssign:
		out = append(out, step.Person)
	case rota.DoMove, rota.DoCancel:
		for _, a := range l.book.Assignments {
			if a.Shift == s.ID && a.State.Stands() && !a.Minds {
				out = append(out, a.Person)
			}
		}
	}
	return slices.DeleteFunc(out, func(id helpline.ID) bool { return id == l.person.ID })
}

// tells says to whom a notice of a change goes, and who must be told by a
// colleague. Nothing is promised that is not so.
func (c *Console) tells(l *look, people []helpline.ID) string {
	var told, not []helpline.ID
	for _, id := range people {
		if c.Reach.Tells(id, counsel.NoticeChanges) {
			told = append(told, id)
		} else {
			not = append(not, id)
		}
	}
	said := ""
	if len(told) > 0 {
		said += " " + l.T("plan.tells", "who", l.who(told...))
	}
	if len(not) > 0 {
		said += " " + l.T("plan.tells.none", "who", l.who(not...))
	}
	return said
}

// stepOf reads the step of a form. fault is what was typed wrong, in words.
func (l *look) stepOf(r *http.Request, s *rota.Shift) (step rota.Step, who, fault string, err error) {
	bad := helpline.Errorf(helpline.Invalid, "rota: the step cannot be read")
	step.Do = rota.Doing(r.PostForm.Get("do"))
	switch step.Do {
	case rota.DoMove:
		step.Shift = s.ID
		step.To, fault = l.moved(l.moveForm(r, s))
		return step, "", fault, nil
	case rota.DoCancel:
		if r.PostForm.Get("sure") != "yes" {
			return step, "", "", bad
		}
		step.Shift = s.ID
		return step, "", "", nil
	case rota.DoAssign, rota.DoMind, rota.DoOffer:
	default:
		return step, "", "", bad
	}
	place, err := helpline.ParseID(r.PostForm.Get("place"))
	at := slices.IndexFunc(l.book.Assignments, func(a rota.Assignment) bool { return a.ID == place && a.Shift == s.ID })
	if err != nil || at < 0 {
		return step, "", "", helpline.Errorf(helpline.NotFound, "rota: no such place")
	}
	owner := l.book.Assignments[at].Person
	step.Assignment, who = place, l.who(owner)
	switch step.Do {
	case rota.DoAssign:
		if step.Person, err = helpline.ParseID(r.PostForm.Get("person")); err != nil {
			return step, "", "", bad
		}
		who = l.who(step.Person)
	case rota.DoOffer:
		step.For = owner
	}
	return step, who, "", nil
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
	if err == nil && step.Do == rota.DoWithdraw {
		step.For, err = c.giverOf(r, id)
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

// giverOf finds who gives a shift away in a swap: it is taken back on their behalf.
func (c *Console) giverOf(r *http.Request, swap helpline.ID) (helpline.ID, error) {
	b, err := c.Rotas.Standing(r.Context())
	if err != nil {
		return helpline.ID{}, err
	}
	if i := slices.IndexFunc(b.Swaps, func(w rota.Swap) bool { return w.ID == swap }); i >= 0 {
		for _, a := range b.Assignments {
			if a.ID == b.Swaps[i].From.Assignment {
				return a.Person, nil
			}
		}
	}
	return helpline.ID{}, helpline.Errorf(helpline.NotFound, "rota: there is no such swap")
}
