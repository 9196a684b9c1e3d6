package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
)

// unconfirmed lists places nobody knows of by the name of their person. All are
// ticked, so that one press is enough.
func (s sayer) unconfirmed(all []counsel.Unconfirmed, unticked map[helpline.ID]bool) []templates.RotaOpen {
	var out []templates.RotaOpen
	for _, u := range all {
		id := u.Person.String()
		at := slices.IndexFunc(out, func(o templates.RotaOpen) bool { return o.ID == id })
		if at < 0 {
			at = len(out)
			out = append(out, templates.RotaOpen{ID: id, Name: s.who(u.Person)})
		}
		out[at].Places = append(out[at].Places, templates.RotaOpenPlace{
			ID: u.Assignment.String(), When: u.Shift.Name + ", " + s.when(u.Shift.Interval()), Checked: !unticked[u.Assignment],
			Href: "/rota/shift/" + u.Shift.ID.String() + "?version=" + u.Shift.Version.String(),
		})
	}
	slices.SortStableFunc(out, func(a, b templates.RotaOpen) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// sayWhoCame takes a supervisor's word on who was at shifts that are over. It
// comes from the page of the hours and from that of a shift.
func (c *Console) sayWhoCame(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	words, _ := c.inside(p, "rota")
	month := monthOf(r.PostForm.Get("month"), c.thisDay())
	next := "/rota/hours?month=" + month.String()[:7] + "#open"
	if back := r.PostForm.Get("back"); back != "" {
		next = within(back)
	}
	word := counsel.RotaWord{Do: rota.Doing(r.PostForm.Get("do"))}
	ticked := map[helpline.ID]bool{}
	var err error
	for _, text := range r.PostForm["place"] {
		id, bad := helpline.ParseID(text)
		if bad != nil {
			err = bad
		}
		if !ticked[id] {
			word.Places = append(word.Places, id)
		}
		ticked[id] = true
	}
	why := "unusable"
	if len(word.Places) == 0 {
		err, why = helpline.Errorf(helpline.Invalid, "rota: no shift is ticked"), "none"
	}
	if err == nil {
		err = c.edit(r, p, "word", counsel.RotaEdit{Word: &word})
	}
	switch kind := helpline.KindOf(err); kind {
	case "":
		c.undos.tell(p.ID, words.N("byhand.done."+string(word.Do), len(word.Places)))
		http.Redirect(w, r, next, http.StatusSeeOther)
	case helpline.Conflict, helpline.NotFound:
		why = "changed"
		fallthrough
	case helpline.Invalid:
		unticked := map[helpline.ID]bool{}
		if open, err := c.RotaLedger.Unconfirmed(actor(p), month); err == nil {
			for _, u := range open { // of the person whose form it was
				unticked[u.Assignment] = !ticked[u.Assignment] && slices.ContainsFunc(open, func(o counsel.Unconfirmed) bool { return o.Person == u.Person && ticked[o.Assignment] })
			}
		}
		status := http.StatusConflict
		if kind == helpline.Invalid {
			status = http.StatusUnprocessableEntity
		}
		c.showHours(w, r, status, p, month, words.T("byhand.problem."+why), unticked)
	default:
		c.fail(w, r, err)
	}
}

// askWhoCame puts beside the places of a shift that is over what can be said of
// each: whoever checked in was there, and needs no word.
func (c *Console) askWhoCame(v *templates.RotaShift, l *look, s *rota.Shift) error {
	if !l.may || l.draft() || s.Cancelled || time.Now().Before(s.End) {
		return nil
	}
	open, err := c.RotaLedger.Unconfirmed(actor(l.person), s.Date)
	if err != nil {
		return err
	}
	v.Over, v.Month = true, s.Date.String()[:7]
	for i := range v.On {
		one := &v.On[i]
		unknown := slices.ContainsFunc(open, func(u counsel.Unconfirmed) bool { return u.Assignment.String() == one.ID })
		switch {
		case one.Open:
		case unknown:
			one.Words = []string{string(rota.DoCame), string(rota.DoNoShow)}
			one.Says = l.T("byhand.unknown")
		case one.State == string(rota.Worked):
			one.Words = []string{string(rota.DoNoShow), string(rota.DoUnsure)}
		case one.State == string(rota.NoShow):
			one.Words = []string{string(rota.DoCame), string(rota.DoUnsure)}
		case s.Closed(l.book.Closures):
		default:
			one.Says = l.T("byhand.checkedin")
		}
	}
	return nil
}
