package console

import (
	"helpline"
	"helpline/counsel/rota"
)

// tale puts what happened to somebody's shifts into words, for them.
type tale struct {
	o      *ownVisit
	shifts map[helpline.ID]*rota.Shift
	mine   map[helpline.ID]rota.Assignment // every place they have or had
	on     map[helpline.ID]bool            // shifts on which they stand
	of     map[helpline.ID]int             // how many a version gave them when it was published
	minds  map[helpline.ID]helpline.ID     // the place of those that a supervisor answers for
	lost   map[helpline.ID]bool            // places that were theirs and that a supervisor took
	swaps  map[helpline.ID]rota.Swap
}

func (o *ownVisit) tale() *tale {
	t := &tale{
		o: o, shifts: map[helpline.ID]*rota.Shift{}, mine: map[helpline.ID]rota.Assignment{},
		on: map[helpline.ID]bool{}, of: map[helpline.ID]int{}, minds: map[helpline.ID]helpline.ID{}, lost: map[helpline.ID]bool{}, swaps: map[helpline.ID]rota.Swap{},
	}
	for i := range o.book.Shifts {
		t.shifts[o.book.Shifts[i].ID] = &o.book.Shifts[i]
	}
	given := map[helpline.ID]bool{} // back, with a supervisor's yes
	for _, w := range o.book.Swaps {
		t.swaps[w.ID] = w
		given[w.From.Assignment] = given[w.From.Assignment] || w.Kind == rota.Drop && w.State == rota.Approved
	}
	for _, a := range o.book.Assignments {
		s := t.shifts[a.Shift]
		if a.Minds {
			t.minds[a.ID] = a.Place
		}
		if a.Person != o.p.ID || a.Minds || s == nil {
			continue
		}
		t.mine[a.ID] = a
		t.on[a.Shift] = t.on[a.Shift] || a.State.Stands()
		// The first of a place that nobody took themselves came with the version.
		if a.Place == a.ID && a.Source != rota.BySelf && !s.Cancelled {
			t.of[s.Version]++
		}
		if a.State == rota.Dropped && !given[a.ID] {
			t.lost[a.Place] = true
		}
	}
	return t
}

// says is what one event means for the person; empty when it means nothing, or
// is what they did themselves.
func (t *tale) says(e rota.Event) string {
	me, w := t.o.p.ID, t.swaps[e.Swap]
	if e.By == me && e.For.IsZero() || e.For == me && e.By == me {
		return ""
	}
	_, mine := t.mine[e.Assignment]
	s := t.shifts[e.Shift]
	if s == nil {
		s = t.shifts[t.mine[e.Assignment].Shift]
	}
	when := ""
	if s != nil {
		when = t.o.whenOf(*s)
	}
	say := func(is bool, key string) string {
		if !is || s == nil {
			return ""
		}
		return t.o.words.T("shifts.change."+key, "when", when, "who", t.o.alias(e.By))
	}
	switch e.Kind {
	case rota.EventPublish:
		if n := t.of[e.Version]; n > 0 {
			return t.o.words.N("shifts.change.publish", n)
		}
	case rota.EventClaim:
		if w.Kind == rota.Exchange {
			if text := say(mine, "swapped"); text != "" {
				return text + t.instead(w)
			}
			return ""
		}
		if w.State == rota.Claimed {
			return say(mine, "claimed")
		}
		return say(mine, "taken")
	case rota.EventApprove:
		if w.Kind == rota.Drop {
			return say(mine, "free")
		}
		return say(mine || w.Claimant == me, "agreed")
	case rota.EventRefuse:
		if mine && w.Person == e.By && !w.Person.IsZero() {
			return say(true, "declined")
		}
		return say(mine || w.Claimant == me, "refused")
	case rota.EventExpire:
		return say(mine, "expired")
	case rota.EventMove:
		return say(t.on[e.Shift], "moved")
	case rota.EventCancel:
		return say(t.on[e.Shift], "cancelled")
	case rota.EventAssign:
		if place, minded := t.minds[e.Assignment]; minded {
			return say(t.lost[place] && !t.on[e.Shift], "lifted")
		}
		return say(mine && t.mine[e.Assignment].State.Stands() && e.By != me, "given")
	}
	return ""
}

// instead says which shift came for the one that was given in a swap.
func (t *tale) instead(w rota.Swap) string {
	for _, a := range t.o.book.Assignments {
		if s := t.shifts[a.Shift]; a.ID == w.To.Assignment && s != nil {
			return " " + t.o.words.T("shifts.change.instead", "when", t.o.whenOf(*s))
		}
	}
	return ""
}
