package counsel

import (
	"bytes"
	"slices"
	"time"

	"helpline"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
)

// noticeAhead is how long a notice of a change is worth sending: what changed
// stands on the page for whoever comes later.
const noticeAhead = 24 * time.Hour

// OfChange gives the notices of a change of the rota, to be written with it: of a
// publication each whom it affects is told once; of what happened to a place,
// whoever had it, has it now or is offered it; of an ask, whoever is asked, and
// when it is taken the others; of a shift that is given back, those who
// supervise. Nobody is told of what they did themselves. For Rotas.Tells.
func (n *Notices) OfChange(c RotaChange, people []staff.Person) []NoticeRow {
	if !n.On() {
		return nil
	}
	now, here := n.now(), map[helpline.ID]bool{}
	for _, p := range people {
		here[p.ID] = p.State == staff.Active
	}
	var out []NoticeRow
	for _, t := range append(affected(c, now), givenBack(c, people, now)...) {
		out = append(out, n.rowsOf(t, helpline.ID{}, func(p helpline.ID) bool { return here[p] })...)
	}
	return out
}

// RotaChanged wakes the outbox: what a change told stands there. For Rotas.Changed.
func (n *Notices) RotaChanged(c RotaChange) {
	if len(c.Notices) > 0 {
		n.rouse(false)
	}
}

// givenBack tells those who supervise that somebody gives a shift back: it waits
// for their word.
func givenBack(c RotaChange, people []staff.Person, now time.Time) []Telling {
	var out []Telling
	for _, w := range c.Put.Swaps {
		_, known := lookup(c.Was.Swaps, func(o rota.Swap) bool { return o.ID == w.ID })
		if known || w.Kind != rota.Drop || w.State != rota.Open {
			continue
		}
		t := Telling{Kind: NoticeCover, Cause: "back/" + w.ID.String(), Until: now.Add(noticeAhead)}
		for _, p := range people {
			mine := slices.ContainsFunc(c.Events, func(e rota.Event) bool { return e.By == p.ID })
			if slices.Contains(p.Roles, helpline.Supervisor) && !mine {
				t.People = append(t.People, p.ID)
			}
		}
		out = append(out, t)
	}
	return out
}

// affected says who is to be told what of a change.
func affected(c RotaChange, now time.Time) []Telling {
	var out []Telling
	until := now.Add(noticeAhead)
	published := false
	for _, e := range c.Events {
		published = published || e.Kind == rota.EventPublish
	}
	told := Telling{Kind: NoticeChanges, Until: until}
	switch {
	case published:
		told.People, told.Cause = c.Told, causeOf(c, "publish")
	case len(c.Told) > 0 && len(c.Events) > 0: // days were closed or opened: one of its many events names it
		told.People, told.Cause = unique(append(touched(c), c.Told...)), "closed/"+c.Events[0].ID.String()
	default:
		told.People, told.Cause = touched(c), causeOf(c, "change")
	}
	if len(told.People) > 0 {
		out = append(out, told)
	}
	for _, a := range c.Put.Asks {
		var waiting []helpline.ID
		for _, one := range a.Asked {
			if one.Answer == "" && one.Person != a.Taker {
				waiting = append(waiting, one.Person)
			}
		}
		was, known := lookup(c.Was.Asks, func(o RotaAsk) bool { return o.ID == a.ID })
		switch {
		case a.State == AskOpen && !known:
			out = append(out, Telling{People: waiting, Kind: NoticeAsks, Cause: "ask/" + a.ID.String(), Until: a.Until})
		case a.State != AskOpen && was.State == AskOpen && now.Before(a.Until): // somebody was first: the others need not think about it any more
			out = append(out, Telling{People: waiting, Kind: noticeSettled, Cause: "asked/" + a.ID.String(), Until: a.Until})
			if !a.By.IsZero() {
				out = append(out, Telling{People: []helpline.ID{a.By}, Kind: NoticeChanges, Cause: "answered/" + a.ID.String(), Until: until})
			}
		}
	}
	return out
}

// causeOf names a change by its events, which are written once.
func causeOf(c RotaChange, label string) string {
	for _, e := range c.Events {
		label += "/" + e.ID.String()
	}
	return label
}

// touched are those to whom something happened by what others did with places and
// shifts that are published.
func touched(c RotaChange) []helpline.ID {
	if len(c.Events) == 0 {
		return nil // a draft, or set-up: nobody's shifts
	}
	var out []helpline.ID
	add := func(p helpline.ID) {
		mine := slices.ContainsFunc(c.Events, func(e rota.Event) bool { return e.By == p })
		if !p.IsZero() && !mine && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	quiet := map[helpline.ID]bool{} // what is written down afterwards changes nobody's shifts
	for _, a := range c.Put.Assignments {
		quiet[a.ID] = a.State == rota.Worked
	}
	for _, e := range c.Events {
		quiet[e.Assignment] = quiet[e.Assignment] || e.Kind == rota.EventUnsure
	}
	for _, a := range append(slices.Clone(c.Put.Assignments), c.Was.Assignments...) {
		if a.State != rota.Proposed && !quiet[a.ID] {
			add(a.Person)
		}
	}
	for _, w := range c.Put.Swaps {
		add(w.Person)
		add(w.By)
		add(w.Claimant)
	}
	return out
}

// OnCallAt lists who is on call at an instant, by the rows of a book: whoever
// began longest ago first, then whoever is on call next within twelve hours.
func OnCallAt(calls []rota.OnCall, now time.Time) []helpline.ID {
	calls = slices.Clone(calls)
	slices.SortFunc(calls, func(a, b rota.OnCall) int { return a.Start.Compare(b.Start) })
	var out []helpline.ID
	for _, soon := range []time.Duration{0, 12 * time.Hour} {
		for _, c := range calls {
			if !c.Start.After(now.Add(soon)) && now.Before(c.End) && !slices.Contains(out, c.Leader) {
				out = append(out, c.Leader)
			}
		}
	}
	return out
}

// BuddiesAt lists the buddies of the shifts that run at an instant, on lines that
// open with one and somebody behind them.
func BuddiesAt(b *rota.Book, now time.Time) []helpline.ID {
	var out []helpline.ID
	for _, a := range b.Assignments {
		if a.Role != rota.Buddy || a.Minds || !a.State.Stands() || a.State == rota.Proposed || a.State == rota.NoShow || slices.Contains(out, a.Person) {
			continue
		}
		s, known := lookup(b.Shifts, func(s rota.Shift) bool { return s.ID == a.Shift })
		r, _ := lookup(b.Rotas, func(r rota.Rota) bool { return r.ID == s.Rota })
		if known && r.Setup == rota.Small && !s.Cancelled && !s.Start.After(now) && now.Before(s.End) {
			out = append(out, a.Person)
		}
	}
	slices.SortFunc(out, func(a, b helpline.ID) int { return bytes.Compare(a[:], b[:]) })
	return out
}
