package console

import (
	"errors"
	"time"

	"helpline"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
	"helpline/templates"
)

// say writes days and hours on the clock of the rota's site.
func (o *ownVisit) say() sayer { return sayer{Words: o.words, zone: o.zone} }

// hours is from when to when a shift is; the day is said when it ends on
// another.
func (o *ownVisit) hours(s rota.Shift) string {
	hours := o.say().clocks(s.Interval())
	if rota.DateOf(s.End.Add(-time.Nanosecond).In(o.zone)) != rota.DateOf(s.Start.In(o.zone)) {
		return o.words.T("shifts.nextday", "hours", hours)
	}
	return hours
}

// whenOf is a shift in a sentence.
func (o *ownVisit) whenOf(s rota.Shift) string {
	return o.words.T("shifts.when", "date", o.say().date(rota.DateOf(s.Start.In(o.zone))), "hours", o.hours(s))
}

// look is a shift as the screens show it, in a role.
func (o *ownVisit) look(s rota.Shift, role rota.Role) templates.OwnShift {
	start, today := rota.DateOf(s.Start.In(o.zone)), rota.DateOf(o.now.In(o.zone))
	v := templates.OwnShift{Date: o.say().date(start), Clock: o.hours(s), What: o.words.T("shifts.role." + string(role))}
	if name := o.rotaName(s.Rota); name != "" {
		v.What = o.words.T("shifts.what.of", "rota", name, "role", v.What)
	}
	switch {
	case !o.now.Before(s.Start):
		v.Soon = o.words.T("shifts.now")
	case start == today:
		v.Soon = o.words.T("shifts.today")
	case start == today.Plus(1):
		v.Soon = o.words.T("shifts.tomorrow")
	}
	if wall := wallMinutes(&s, o.zone); wall != s.Minutes() {
		v.Long = o.words.T("shifts.long", "long", o.long(s.Minutes()))
	}
	return v
}

// long is a number of minutes in hours and minutes.
func (o *ownVisit) long(minutes int) string {
	text := o.words.N("shifts.hours", minutes/60)
	if rest := minutes % 60; rest != 0 {
		text = o.words.T("shifts.hours.and", "hours", text, "minutes", rest)
	}
	return text
}

// rotaName is the name of a rota where there are several.
func (o *ownVisit) rotaName(id helpline.ID) string {
	if len(o.book.Rotas) < 2 {
		return ""
	}
	for _, r := range o.book.Rotas {
		if r.ID == id {
			return r.Name
		}
	}
	return ""
}

// way is how the rota of a shift is filled.
func (o *ownVisit) way(s rota.Shift) rota.Way {
	for _, r := range o.book.Rotas {
		if r.ID == s.Rota {
			return r.Way
		}
	}
	return rota.Managed
}

// ownShift is a place of the person's own in a list.
func (o *ownVisit) ownShift(m rota.Mine) templates.OwnShift {
	v := o.look(m.Shift, m.Assignment.Role)
	v.Href = "/shifts/one/" + m.Assignment.ID.String()
	if !m.Gives.ID.IsZero() {
		v.State = o.givesWords(m.Gives)
	}
	return v
}

// givesWords says how far it is with what gives a shift away.
func (o *ownVisit) givesWords(w rota.Swap) string {
	switch {
	case w.State == rota.Claimed:
		return o.words.T("shifts.state.claimed", "who", o.alias(w.Claimant))
	case w.Kind == rota.Drop:
		return o.words.T("shifts.state.drop")
	case w.Kind == rota.Exchange:
		return o.words.T("shifts.state.swap", "who", o.alias(w.Person))
	case !w.Person.IsZero():
		return o.words.T("shifts.state.one", "who", o.alias(w.Person))
	}
	return o.words.T("shifts.state.offer")
}

// colleague is somebody of the staff.
func (o *ownVisit) colleague(id helpline.ID) (staff.Person, bool) {
	if o.people == nil {
		o.people = map[helpline.ID]staff.Person{}
		all, err := o.c.Office.People(o.r.Context())
		if err != nil {
			o.c.note(o.r, err) // the page says "a colleague"
		}
		for _, p := range all {
			o.people[p.ID] = p
		}
	}
	p, known := o.people[id]
	return p, known
}

// alias is what colleagues are called here: never by their name.
func (o *ownVisit) alias(id helpline.ID) string {
	if id.IsZero() {
		return o.words.T("shifts.somebody")
	}
	if p, known := o.colleague(id); known && p.Alias != "" {
		return p.Alias
	}
	return o.words.T("shifts.somebody")
}

// whys puts the rules that stand in the way into words. A colleague is named in
// none of them.
func (o *ownVisit) whys(list []rota.Breach) []templates.Why {
	names := map[helpline.ID]string{}
	for _, b := range list {
		for _, id := range b.People {
			names[id] = o.words.T("shifts.somebody")
		}
	}
	names[o.p.ID] = o.alias(o.p.ID)
	said := NewRotaWords(o.words, names, o.zone)
	var out []templates.Why
	for _, b := range list {
		says, way := said.Breach(b)
		out = append(out, templates.Why{Says: says, Way: way})
	}
	return out
}

// refusal says why a step could not be done: for the rules that stand in the
// way, or for what is so now.
func (o *ownVisit) refusal(err error, now string) {
	o.page.Problem = o.words.T("shifts.now." + now)
	if errors.Is(err, rota.ErrOften) {
		o.page.Problem = o.words.T("shifts.often")
	}
	if list := rota.RefusedFor(err); len(list) > 0 {
		o.page.Problem, o.page.Why = o.words.T("shifts.cannot"), o.whys(list)
	}
}
