package console

import (
	"cmp"
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

// typedCall is the form of a stretch on call as it was typed.
type typedCall struct{ id, person, first, from, last, to string }

// rotaCalls lists who is on call when, for whoever sees the rota.
func (c *Console) rotaCalls(w http.ResponseWriter, r *http.Request, p staff.Person) {
	words, _ := c.inside(p, "rota")
	l, err := c.rotaLook(r, p, words, "", "")
	if err != nil {
		c.lost(w, r, p, err)
		return
	}
	today := c.thisDay()
	t := typedCall{first: today.String(), from: "18:00", last: today.Plus(1).String(), to: "08:00"}
	for _, o := range l.book.OnCalls {
		if o.ID.String() == r.URL.Query().Get("id") {
			start, end := o.Start.In(l.zone), o.End.In(l.zone)
			t = typedCall{
				id: o.ID.String(), person: o.Leader.String(), first: rota.DateOf(start).String(), from: start.Format("15:04"),
				last: rota.DateOf(end).String(), to: end.Format("15:04"),
			}
		}
	}
	c.showCalls(w, r, http.StatusOK, l, t, nil, "")
}

func (c *Console) showCalls(w http.ResponseWriter, r *http.Request, status int, l *look, t typedCall, faults map[string]string, problem string) {
	_, frame := c.rotaFrame(l.person, "/rota/oncall", "js/form.js")
	frame.Back, frame.Problem = "/rota/oncall", problem
	v := templates.RotaCalls{RotaFrame: frame, Form: templates.RotaCallForm{ID: t.id, First: t.first, From: t.from, Last: t.last, To: t.to, Faults: faults}}
	now := time.Now()
	for _, o := range l.calls(now) {
		id := o.ID.String()
		row := templates.RotaCallRow{
			ID: id, Name: l.who(o.Leader), When: l.moment(o.Start) + " – " + l.moment(o.End), Now: !now.Before(o.Start), Edit: "/rota/oncall?id=" + id + "#form",
		}
		row.Tags = l.callNotes(o)
		v.Rows = append(v.Rows, row)
	}
	for _, one := range l.planned() {
		if one.May(rota.Leader) && one.Standing == rota.Active || one.ID.String() == t.person {
			v.Form.People = append(v.Form.People, templates.Choice{Value: one.ID.String(), Label: l.who(one.ID), Checked: one.ID.String() == t.person})
		}
	}
	c.show(w, r, status, templates.RotaCallsPage(v))
}

// calls are the stretches on call that are not over, in order.
func (l *look) calls(now time.Time) []rota.OnCall {
	out := slices.DeleteFunc(slices.Clone(l.book.OnCalls), func(o rota.OnCall) bool { return !now.Before(o.End) })
	slices.SortStableFunc(out, func(a, b rota.OnCall) int {
		return cmp.Or(a.Start.Compare(b.Start), a.End.Compare(b.End), cmp.Compare(l.names[a.Leader], l.names[b.Leader]))
	})
	return out
}

// callNotes says what is to be known of a stretch: who else is on call then, and
// whether the person is away or leads no more.
func (l *look) callNotes(o rota.OnCall) []string {
	var out []string
	var others []helpline.ID
	for _, other := range l.book.OnCalls {
		if other.ID != o.ID && other.Meets(o.Interval) && !slices.Contains(others, other.Leader) {
			others = append(others, other.Leader)
		}
	}
	if len(others) > 0 {
		out = append(out, l.T("byhand.call.also", "who", l.who(others...)))
	}
	for _, away := range l.book.Leaves {
		if away.Person == o.Leader && away.Meets(o.Interval) {
			out = append(out, l.T("byhand.call.leave", "when", l.when(away.Interval)))
		}
	}
	if !leads(l.book, o.Leader) {
		out = append(out, l.T("byhand.call.role"))
	}
	return out
}

// leads says whether somebody works here and is a shift leader: who is none any
// more is on call no more, whatever a row says.
func leads(b *rota.Book, id helpline.ID) bool {
	return slices.ContainsFunc(b.People, func(p rota.Person) bool {
		return p.ID == id && p.Standing == rota.Active && p.May(rota.Leader)
	})
}

// keepCall makes a stretch on call, changes it, ends it now or drops it.
func (c *Console) keepCall(w http.ResponseWriter, r *http.Request, p staff.Person) {
	if err := form(r); err != nil {
		c.fail(w, r, err)
		return
	}
	words, _ := c.inside(p, "rota")
	l, err := c.rotaLook(r, p, words, "", "")
	if err != nil {
		c.lost(w, r, p, err)
		return
	}
	get := func(name string) string { return strings.TrimSpace(short(r.PostForm.Get(name))) }
	t := typedCall{id: get("id"), person: get("person"), first: get("first"), from: tidyClock(get("from")), last: get("last"), to: tidyClock(get("to"))}
	at := slices.IndexFunc(l.book.OnCalls, func(o rota.OnCall) bool { return o.ID.String() == t.id })
	if at < 0 && t.id != "" {
		c.lost(w, r, p, helpline.Errorf(helpline.NotFound, "rota: no such stretch on call"))
		return
	}
	again := func(problem string) { c.showCalls(w, r, http.StatusConflict, l, t, nil, problem) }
	if do := get("do"); at >= 0 && (do == "drop" || do == "end") {
		one, now := l.book.OnCalls[at], time.Now().Truncate(time.Second)
		t = typedCall{}
		if do == "drop" || !one.Start.Before(now) {
			c.kept(w, r, p, "call.drop", counsel.RotaEdit{DropOnCall: one.ID}, "/rota/oncall", again)
			return
		}
		if one.End.After(now) {
			one.End = now
		}
		c.kept(w, r, p, "call.end", counsel.RotaEdit{OnCall: &one}, "/rota/oncall", again)
		return
	}
	one := rota.OnCall{ID: helpline.NewID()}
	if at >= 0 {
		one.ID = l.book.OnCalls[at].ID
	}
	odd, faults := l.readCall(t, &one)
	if len(faults) == 0 {
		err := c.edit(r, p, "call", counsel.RotaEdit{OnCall: &one})
		for _, f := range counsel.RotaFaults(err) {
			field := map[string]string{"start": "first", "end": "last", "leader": "person"}[f.Field]
			faults[cmp.Or(field, "first")] = l.T("byhand.call.fault." + f.Why)
		}
		switch kind := helpline.KindOf(err); {
		case len(faults) > 0: // said at the field
		case err == nil:
			c.undos.tell(p.ID, strings.TrimSpace(l.T("byhand.done.call", "who", l.who(one.Leader), "from", l.moment(one.Start), "to", l.moment(one.End))+" "+odd))
			http.Redirect(w, r, "/rota/oncall", http.StatusSeeOther)
			return
		case kind == helpline.Conflict || kind == helpline.Invalid || kind == helpline.NotFound:
			again(words.T("plan.problem.setup." + refusal(kind)))
			return
		default:
			c.fail(w, r, err)
			return
		}
	}
	c.showCalls(w, r, http.StatusUnprocessableEntity, l, t, faults, "")
}

// readCall reads the form of a stretch, and says what is wrong with it and what
// is odd about its clocks.
func (l *look) readCall(t typedCall, into *rota.OnCall) (odd string, faults map[string]string) {
	faults = map[string]string{}
	say := func(field, key string) {
		if faults[field] == "" {
			faults[field] = l.T(key)
		}
	}
	at := slices.IndexFunc(l.book.People, func(p rota.Person) bool { return p.ID.String() == t.person })
	if at < 0 {
		say("person", "byhand.call.fault.role")
	} else {
		into.Leader = l.book.People[at].ID
	}
	from, noDay, noClock := readWall(t.first, t.from)
	if noDay != "" {
		say("first", "rota.fault."+noDay)
	}
	if noClock != "" {
		say("from", "rota.fault."+noClock)
	}
	to, noDay, noClock := readWall(t.last, t.to)
	if noDay != "" {
		say("last", "rota.fault."+noDay)
	}
	if noClock != "" {
		say("to", "rota.fault."+noClock)
	}
	if len(faults) > 0 {
		return "", faults
	}
	into.Interval = rota.Interval{Start: from.from(l.zone), End: to.upto(l.zone)}
	for _, o := range l.book.OnCalls {
		if o.ID != into.ID && o.Leader == into.Leader && o.Meets(into.Interval) {
			faults["person"] = l.T("byhand.call.fault.twice", "from", l.moment(o.Start), "to", l.moment(o.End))
		}
	}
	return l.odds(from, to), faults
}

// onCall says who is on call in a stretch of time, for those who look at the
// rota; empty when nobody is.
func (l *look) onCall(in rota.Interval) []string {
	var out []string
	for _, o := range l.calls(in.Start) {
		if o.Meets(in) && leads(l.book, o.Leader) {
			out = append(out, l.T("byhand.call.one", "who", l.who(o.Leader), "from", l.moment(o.Start), "to", l.moment(o.End)))
		}
	}
	return out
}
