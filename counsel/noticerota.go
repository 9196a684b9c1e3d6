package counsel

import (
	"bytes"
	"context"
	"slices"
	"time"

	"helpline"
	"helpline/counsel/rota"
)

// noticeAhead is how long a notice of a change is worth sending: what changed
// stands on the page for whoever comes later.
const noticeAhead = 24 * time.Hour

// RotaChanged tells those whom a change of the rota affects: of a publication
// each of them once; of what happened to a place, whoever had it, has it now or
// is offered it; of an ask, whoever is asked, and when it is taken the others.
// Nobody is told of what they did themselves. Registered with Rotas.Changed.
func (n *Notices) RotaChanged(c RotaChange) {
	if !n.On() {
		return
	}
	now := n.now()
	for _, t := range affected(c, now) {
		if err := n.Tell(context.Background(), t); err != nil {
			n.set.Log.Error("whom a change of the rota affects could not be told", "err", err)
		}
	}
}

// affected says who is to be told what of a change.
func affected(c RotaChange, now time.Time) []Telling {
	var out []Telling
	until := now.Add(noticeAhead)
	published := false
	for _, e := range c.Events {
		published = published || e.Kind == rota.EventPublish
	}
	if published && len(c.Told) > 0 {
		out = append(out, Telling{People: c.Told, Kind: NoticeChanges, Cause: causeOf(c, "publish"), Until: until})
	}
	if !published {
		if people := touched(c, now); len(people) > 0 {
			out = append(out, Telling{People: people, Kind: NoticeChanges, Cause: causeOf(c, "change"), Until: until})
		}
	}
	for _, a := range c.Put.Asks {
		var waiting []helpline.ID
		for _, one := range a.Asked {
			if one.Answer == "" && one.Person != a.Taker {
				waiting = append(waiting, one.Person)
			}
		}
		was, known := found(c.Was.Asks, func(o RotaAsk) bool { return o.ID == a.ID })
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
func touched(c RotaChange, now time.Time) []helpline.ID {
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
	for _, a := range append(slices.Clone(c.Put.Assignments), c.Was.Assignments...) {
		if a.State != rota.Proposed {
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

func found[T any](all []T, is func(T) bool) (one T, known bool) {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i], true
	}
	return one, false
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
		s, known := found(b.Shifts, func(s rota.Shift) bool { return s.ID == a.Shift })
		r, _ := found(b.Rotas, func(r rota.Rota) bool { return r.ID == s.Rota })
		if known && r.Setup == rota.Small && !s.Cancelled && !s.Start.After(now) && now.Before(s.End) {
			out = append(out, a.Person)
		}
	}
	slices.SortFunc(out, func(a, b helpline.ID) int { return bytes.Compare(a[:], b[:]) })
	return out
}
