package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
)

// typedShift is the form of a single shift as it was typed.
type typedShift struct{ id, name, day, from, to, endDay, pause, debrief, unsocial string }

// byHandLook finds the draft of an address and, where id is one of it, a shift;
// else it has answered.
func (c *Console) byHandLook(w http.ResponseWriter, r *http.Request, p staff.Person, id string) (*look, templates.RotaFrame, *rota.Shift, bool) {
	words, frame := c.rotaFrame(p, "", "js/form.js")
	l, err := c.rotaLook(r, p, words, "", r.PathValue("version"))
	if err == nil && !l.draft() {
		err = helpline.Errorf(helpline.NotFound, "rota: no such draft")
	}
	at := -1
	if err == nil {
		at = slices.IndexFunc(l.book.Shifts, func(s rota.Shift) bool { return s.ID.String() == id && s.Version == l.version.ID })
	}
	if err == nil && at < 0 && id != "" {
		err = helpline.Errorf(helpline.NotFound, "rota: no such shift")
	}
	switch {
	case err != nil:
		c.lost(w, r, p, err)
		return nil, frame, nil, false
	case at < 0:
		return l, frame, nil, true
	}
	return l, frame, &l.book.Shifts[at], true
}

// rotaByHand asks for a single shift of a draft: a new one, or other times.
func (c *Console) rotaByHand(w http.ResponseWriter, r *http.Request, p staff.Person) {
	l, frame, s, ok := c.byHandLook(w, r, p, r.URL.Query().Get("id"))
	if !ok {
		return
	}
	t := typedShift{day: l.begin(c.thisDay()).String(), from: "19:00", to: "22:00", endDay: "0", pause: "0", debrief: "0"}
	if s != nil {
		start, end := s.Start.In(l.zone), s.End.In(l.zone)
		t = typedShift{
			id: s.ID.String(), name: s.Name, day: rota.DateOf(start).String(), from: start.Format("15:04"), to: end.Format("15:04"),
			pause: strconv.Itoa(s.Break), debrief: strconv.Itoa(s.Debrief), unsocial: string(s.Unsocial),
		}
		days := 0
		for days < 2 && rota.DateOf(start).Plus(days).Before(rota.DateOf(end)) {
			days++
		}
		t.endDay = strconv.Itoa(days)
	}
	c.showByHand(w, r, http.StatusOK, l, frame, t, nil)
}

func (c *Console) showByHand(w http.ResponseWriter, r *http.Request, status int, l *look, frame templates.RotaFrame, t typedShift, faults map[string]string) {
	at := "/rota/plan/" + l.version.ID.String() + "/shift"
	frame.Back = at
	v := templates.RotaShiftForm{
		RotaFrame: frame, ID: t.id, Action: at, Week: rotaAt(l, monday(l.begin(c.thisDay())), "shift"), Period: l.stretch(l.version.First, l.version.Last),
		Name: t.name, Day: t.day, From: t.from, To: t.to, Break: t.pause, Debrief: t.debrief, Faults: faults,
	}
	if day, ok := dayOf(t.day); ok && t.id != "" {
		v.Week = rotaAt(l, monday(day), "shift")
	}
	for i := range 3 {
		n := strconv.Itoa(i)
		v.EndDays = append(v.EndDays, templates.Choice{Value: n, Label: l.T("plan.endday." + n), Checked: n == t.endDay})
	}
	for _, u := range []rota.Unsocial{"", rota.Evening, rota.Night, rota.Weekend, rota.Holiday} {
		key := "plan.unsocial.none"
		if u != "" {
			key = "plan.unsocial." + string(u)
		}
		v.Unsocial = append(v.Unsocial, templates.Choice{Value: string(u), Label: l.T(key), Checked: string(u) == t.unsocial})
	}
	c.show(w, r, status, templates.RotaShiftFormPage(v))
}

// keepByHand makes a single shift of a draft, gives it other times, or drops it.
func (c *Console) keepByHand(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	get := func(name string) string { return strings.TrimSpace(short(r.PostForm.Get(name))) }
	t := typedShift{
		id: get("id"), name: get("name"), day: get("day"), from: tidyClock(get("from")), to: tidyClock(get("to")), endDay: get("endday"),
		pause: get("break"), debrief: get("debrief"), unsocial: get("unsocial"),
	}
	l, frame, s, ok := c.byHandLook(w, r, p, t.id)
	if !ok {
		return
	}
	again := func(problem string) {
		frame.Problem = problem
		c.showByHand(w, r, http.StatusConflict, l, frame, t, nil)
	}
	one := rota.Shift{ID: helpline.NewID(), Version: l.version.ID}
	if s != nil {
		one = *s
		if get("do") == "drop" {
			t.from, t.to = s.Start.In(l.zone).Format("15:04"), s.End.In(l.zone).Format("15:04")
			c.kept(w, r, p, "shift.drop", counsel.RotaEdit{DropShift: s.ID}, rotaAt(l, monday(s.Date), "shift"), again)
			return
		}
	}
	odd, faults := l.readByHand(t, &one)
	var err error
	if len(faults) == 0 {
		err = c.edit(r, p, "shift", counsel.RotaEdit{ShiftAt: &one})
		for _, f := range counsel.RotaFaults(err) {
			if f.Field == "start" || f.Field == "date" {
				f.Field = "day"
			}
			faults[f.Field] = l.byHandFault(f.Why, t)
		}
	}
	switch kind := helpline.KindOf(err); {
	case len(faults) > 0:
		c.showByHand(w, r, http.StatusUnprocessableEntity, l, frame, t, faults)
	case err == nil:
		c.undos.tell(p.ID, strings.TrimSpace(l.T("byhand.done.shift", "shift", one.Name+", "+l.when(one.Interval()))+" "+odd))
		http.Redirect(w, r, l.shiftAt(one.ID), http.StatusSeeOther)
	case kind == helpline.Conflict || kind == helpline.Invalid || kind == helpline.NotFound:
		again(l.T("plan.problem." + refusal(kind)))
	default:
		c.fail(w, r, err)
	}
}

// readByHand reads the form into a shift, and says what is wrong with it and
// what is odd about its clocks.
func (l *look) readByHand(t typedShift, into *rota.Shift) (odd string, faults map[string]string) {
	faults = map[string]string{}
	bad := func(field, why string) {
		if faults[field] == "" {
			faults[field] = l.byHandFault(why, t)
		}
	}
	number := func(field, text string, most int) int {
		if text == "" {
			return 0
		}
		n, ok := whole(text, 0, most)
		if !ok {
			bad(field, field)
		}
		return n
	}
	into.Name, into.Unsocial = t.name, rota.Unsocial(t.unsocial)
	into.Break, into.Debrief = number("break", t.pause, 1440), number("debrief", t.debrief, 120)
	if !sayable(t.name) {
		bad("name", "name")
	}
	from, noDay, noClock := readWall(t.day, t.from)
	if noClock == "" && from.minute == 1440 {
		noClock = "clock"
	}
	if noDay != "" {
		bad("day", noDay)
	}
	if noClock != "" {
		bad("from", noClock)
	}
	to, _, noClock := readWall(t.day, t.to)
	if noClock != "" {
		bad("to", noClock)
	}
	days := number("endday", t.endDay, 2)
	to.day = to.day.Plus(days)
	if len(faults) > 0 {
		return "", faults
	}
	into.Start, into.End, into.Date = from.from(l.zone), to.upto(l.zone), from.day
	switch long := days*1440 + to.minute - from.minute; {
	case long == 0:
		bad("to", "same")
	case long < 0:
		bad("to", "before")
	case !into.Start.Before(into.End):
		bad("to", "swallowed")
	case into.Break >= into.Minutes():
		bad("break", "break")
	}
	return l.odds(from, to), faults
}

// byHandFault says what is wrong with a shift that is made by hand.
func (l *look) byHandFault(why string, t typedShift) string {
	switch why {
	case "period":
		return l.T("byhand.fault.outside", "period", l.stretch(l.version.First, l.version.Last))
	case "swallowed":
		return l.T("byhand.fault.swallowed", "from", t.from, "to", t.to)
	}
	return l.T("rota.fault." + why)
}

// rotaCover lists what one shift of a draft asks, beside what its template does.
func (c *Console) rotaCover(w http.ResponseWriter, r *http.Request, p staff.Person) {
	l, frame, s, ok := c.coverLook(w, r, p)
	if !ok {
		return
	}
	typed := typedNeed{min: "1"}
	q := r.URL.Query()
	for _, one := range l.book.Requirements {
		own := one.Shift == s.ID && one.ID.String() == q.Get("id")
		if own || one.Template == s.Template && !s.Template.IsZero() && one.ID.String() == q.Get("template") {
			typed = typedNeed{role: string(one.Role), language: string(one.Language), skill: one.Skill, min: strconv.Itoa(one.Min), target: strconv.Itoa(one.Target), most: strconv.Itoa(one.Max)}
			if own {
				typed.id = one.ID.String()
			}
		}
	}
	c.showCover(w, r, http.StatusOK, l, frame, s, typed, nil)
}

// coverLook finds the shift of a draft that an address names; else it has answered.
func (c *Console) coverLook(w http.ResponseWriter, r *http.Request, p staff.Person) (*look, templates.RotaFrame, *rota.Shift, bool) {
	l, frame, s, ok := c.shiftLook(w, r, p)
	if ok && !l.draft() {
		c.lost(w, r, p, helpline.Errorf(helpline.NotFound, "rota: no such draft"))
		return nil, frame, nil, false
	}
	return l, frame, s, ok
}

// coverAt is the address of the page of what a shift of a draft asks.
func (l *look) coverAt(s *rota.Shift) string {
	return "/rota/shift/" + s.ID.String() + "/cover?version=" + s.Version.String()
}

func (c *Console) showCover(w http.ResponseWriter, r *http.Request, status int, l *look, frame templates.RotaFrame, s *rota.Shift, t typedNeed, faults map[string]string) {
	at := l.coverAt(s)
	frame.Back = at
	v := templates.RotaCover{RotaFrame: frame, Name: s.Name + ", " + l.when(s.Interval()), Action: at, Shift: l.shiftAt(s.ID), Form: c.needForm(l, t, faults)}
	own := map[[3]string]bool{}
	for _, q := range l.book.Requirements {
		if q.Shift == s.ID {
			own[needKey(q)] = true
			v.Rows = append(v.Rows, templates.RotaRowOf{ID: q.ID.String(), Name: l.asked(q.Role, q.Language, q.Skill), Says: l.cover(q), Edit: at + "&id=" + q.ID.String() + "#form"})
		}
	}
	for _, q := range l.book.Requirements {
		if q.Template == s.Template && !q.Template.IsZero() && !own[needKey(q)] {
			v.Usual = append(v.Usual, templates.RotaRowOf{Name: l.asked(q.Role, q.Language, q.Skill), Says: l.cover(q), Edit: at + "&template=" + q.ID.String() + "#form"})
		}
	}
	c.show(w, r, status, templates.RotaCoverPage(v))
}

// needKey is what a requirement asks for: one of a shift takes the place of that
// of its template which asks for the same.
func needKey(q rota.Requirement) [3]string {
	return [3]string{string(q.Role), string(q.Language), q.Skill}
}

// keepCover makes what one shift of a draft asks, changes it, or drops it.
func (c *Console) keepCover(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	l, frame, s, ok := c.coverLook(w, r, p)
	if !ok {
		return
	}
	t := readNeed(r)
	again := func(problem string) {
		frame.Problem = problem
		c.showCover(w, r, http.StatusConflict, l, frame, s, t, nil)
	}
	at := slices.IndexFunc(l.book.Requirements, func(q rota.Requirement) bool { return q.ID.String() == t.id && q.Shift == s.ID })
	if at < 0 && t.id != "" {
		c.lost(w, r, p, helpline.Errorf(helpline.NotFound, "rota: no such cover"))
		return
	}
	if r.PostForm.Get("do") == "drop" && at >= 0 {
		id := l.book.Requirements[at].ID
		t = typedNeed{min: "1"}
		c.kept(w, r, p, "need.drop", counsel.RotaEdit{DropRequirement: id}, l.coverAt(s), again)
		return
	}
	faults := map[string]string{}
	q := c.need(l, t, faults)
	q.ID, q.Shift = helpline.NewID(), s.ID
	if at >= 0 {
		q.ID = l.book.Requirements[at].ID
	}
	l.needFaults(q, faults)
	// Where it takes the place of what the template asks, nobody may be asked for.
	instead := slices.ContainsFunc(l.book.Requirements, func(o rota.Requirement) bool {
		return o.Template == s.Template && !o.Template.IsZero() && needKey(o) == needKey(q)
	})
	if q.Min+q.Target+q.Max == 0 && len(faults) == 0 && !instead {
		faults["min"] = l.T("plan.fault.nothing")
	}
	if len(faults) > 0 {
		c.showCover(w, r, http.StatusUnprocessableEntity, l, frame, s, t, faults)
		return
	}
	c.kept(w, r, p, "need", counsel.RotaEdit{Requirement: &q}, l.coverAt(s), again)
}
