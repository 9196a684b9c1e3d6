package console

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
)

// rotaPause shows whether somebody works here at the moment, and what would
// follow from saying otherwise.
func (c *Console) rotaPause(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if l, frame, id, ok := c.termsLook(w, r, p); ok {
		c.showPause(w, r, http.StatusOK, l, frame, id, false)
	}
}

func (c *Console) showPause(w http.ResponseWriter, r *http.Request, status int, l *look, frame templates.RotaFrame, id helpline.ID, moved bool) {
	v, err := c.pauseOf(r, l, id)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	frame.Back, v.Moved = v.Action, moved
	v.RotaFrame = frame
	c.show(w, r, status, templates.RotaPausePage(v))
}

// standing finds how somebody stands in the rota.
func standing(b *rota.Book, id helpline.ID) rota.Person {
	at := slices.IndexFunc(b.People, func(one rota.Person) bool { return one.ID == id })
	if at < 0 {
		return rota.Person{}
	}
	return b.People[at]
}

// off says whether somebody does not work here at the moment.
func (c *Console) off(r *http.Request, p staff.Person) bool {
	if c.Rotas == nil {
		return false
	}
	b, err := c.Rotas.Standing(r.Context())
	return err == nil && standing(b, p.ID).Standing == rota.Suspended // else the page says less
}

// pauseOf says how it is with somebody, and what follows.
func (c *Console) pauseOf(r *http.Request, l *look, id helpline.ID) (templates.RotaPause, error) {
	who, at := l.who(id), "/rota/people/"+id.String()
	v := templates.RotaPause{Name: who, Action: at + "/pause", Terms: at, People: "/people/" + id.String()}
	var err error
	if one := standing(l.book, id); one.Standing == rota.Suspended {
		v.Off = l.T("byhand.pause.off", "who", who, "day", l.full(rota.DateOf(one.Since.In(l.zone))))
		err = c.pauseEnds(&v, l, id)
	} else {
		err = c.pauseBegins(r, &v, l, id)
	}
	return v, err
}

// pauseBegins says what is taken from somebody who does not work here from now
// on.
func (c *Console) pauseBegins(r *http.Request, v *templates.RotaPause, l *look, id helpline.ID) error {
	now := time.Now()
	mine := l.book.Own(id, now)
	v.Has, v.Press = l.N("byhand.pause.has", len(mine), "who", v.Name), l.T("byhand.pause.do", "who", v.Name)
	if len(mine) == 0 {
		v.Has = l.T("byhand.pause.none", "who", v.Name)
	}
	saw := sha256.New()
	for _, m := range mine {
		v.Shifts = append(v.Shifts, templates.Link{Label: m.Shift.Name + ", " + l.when(m.Shift.Interval()), Href: "/rota/shift/" + m.Shift.ID.String()})
		saw.Write(m.Assignment.ID[:])
		saw.Write([]byte(strconv.Itoa(m.Shift.Revision) + " "))
	}
	own := id == l.person.ID
	if len(mine) > 0 {
		v.Then = l.T("byhand.pause.then", "who", v.Name)
		if own {
			v.Then = l.T("byhand.pause.then.own")
		}
	}
	drafts, err := c.drafted(r, l, id)
	if err != nil {
		return err
	}
	minds := 0
	for _, one := range l.minded(id, now) {
		saw.Write(one[:])
		minds++
	}
	calls := slices.DeleteFunc(l.calls(now), func(o rota.OnCall) bool { return o.Leader != id })
	for _, o := range calls {
		saw.Write(o.ID[:])
	}
	for _, one := range []struct {
		key string
		n   int
	}{{"minds", minds}, {"calls", len(calls)}, {"drafts", drafts}} {
		if one.n > 0 && (one.key != "minds" || !own) {
			v.Also = append(v.Also, l.N("byhand.pause."+one.key, one.n, "who", v.Name))
		}
	}
	if _, there := c.Attending.Mine(id); there {
		v.Also = append(v.Also, l.T("byhand.pause.here", "who", v.Name))
	}
	v.Also = append(v.Also, l.T("byhand.pause.stays", "who", v.Name))
	v.Saw = hex.EncodeToString(saw.Sum(nil)[:12])
	return nil
}

// pauseEnds says what was theirs and is open still, and that none of it comes
// back by itself.
func (c *Console) pauseEnds(v *templates.RotaPause, l *look, id helpline.ID) error {
	left, err := c.RotaLedger.Left(actor(l.person))
	for _, one := range left {
		if one.Person == id {
			v.Shifts = append(v.Shifts, templates.Link{Label: one.Shift.Name + ", " + l.when(one.Shift.Interval()), Href: "/rota/shift/" + one.Shift.ID.String()})
		}
	}
	v.Has, v.Press = l.N("byhand.pause.left", len(v.Shifts), "who", v.Name), l.T("byhand.pause.back", "who", v.Name)
	if len(v.Shifts) == 0 {
		v.Has = l.T("byhand.pause.none.left", "who", v.Name)
	}
	v.Also = []string{l.T("byhand.pause.back.then", "who", v.Name)}
	v.Saw = "off"
	return err
}

// minded are the places that somebody answers for and that are not over.
func (l *look) minded(id helpline.ID, now time.Time) (out []helpline.ID) {
	for _, a := range l.book.Assignments {
		if a.Person != id || !a.Minds || a.State != rota.Held && a.State != rota.Offered {
			continue
		}
		if slices.ContainsFunc(l.book.Shifts, func(s rota.Shift) bool { return s.ID == a.Shift && !s.Cancelled && now.Before(s.End) }) {
			out = append(out, a.ID)
		}
	}
	return out
}

// drafted counts the places of somebody in drafts whose days are not over.
func (c *Console) drafted(r *http.Request, l *look, id helpline.ID) (n int, err error) {
	for _, v := range c.Rotas.Versions(helpline.ID{}) {
		if v.State != rota.Draft || v.Last.Before(c.thisDay()) {
			continue
		}
		b, err := c.Rotas.Book(r.Context(), v.ID)
		if err != nil {
			return 0, err
		}
		own := map[helpline.ID]bool{}
		for _, s := range b.Shifts {
			own[s.ID] = s.Version == v.ID
		}
		for _, a := range b.Assignments {
			if a.Person == id && own[a.Shift] {
				n++
			}
		}
	}
	return n, nil
}

// keepPause says that somebody does not work here at the moment, or works again:
// of what was shown, and of nothing that has come since.
func (c *Console) keepPause(w http.ResponseWriter, r *http.Request, p staff.Person) {
	l, frame, id, ok := c.termsLook(w, r, p)
	if !ok {
		return
	}
	v, err := c.pauseOf(r, l, id)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	what, e, already := "pause", counsel.RotaEdit{Suspend: id}, v.Off != ""
	switch r.PostForm.Get("do") {
	case "off":
	case "back":
		what, e, already = "pause.end", counsel.RotaEdit{Reinstate: id}, !already
	default:
		c.fail(w, r, helpline.Errorf(helpline.Invalid, "rota: they work here or do not"))
		return
	}
	if already { // the second of two presses, or a colleague was faster
		http.Redirect(w, r, v.Action, http.StatusSeeOther)
		return
	}
	if r.PostForm.Get("saw") != v.Saw {
		c.showPause(w, r, http.StatusConflict, l, frame, id, true)
		return
	}
	err = c.edit(r, p, what, e)
	switch kind := helpline.KindOf(err); kind {
	case "":
		said := l.T("plan.done."+what, "who", v.Name)
		if what == "pause" && len(v.Shifts) > 0 && id != p.ID {
			said += c.tells(l, []helpline.ID{id})
		}
		c.undos.tell(p.ID, said)
		http.Redirect(w, r, v.Action, http.StatusSeeOther)
	case helpline.Conflict, helpline.Invalid, helpline.NotFound:
		frame.Problem = l.T("plan.problem.setup." + refusal(kind))
		c.showPause(w, r, http.StatusConflict, l, frame, id, false)
	default:
		c.fail(w, r, err)
	}
}
