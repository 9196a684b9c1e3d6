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
	of     map[helpline.ID]int             // how many of them that are ahead are in a version
	swaps  map[helpline.ID]rota.Swap
}

func (o *ownVisit) tale() *tale {
	t := &tale{
		o: o, shifts: map[helpline.ID]*rota.Shift{}, mine: map[helpline.ID]rota.Assignment{},
		on: map[helpline.ID]bool{}, of: map[helpline.ID]int{}, swaps: map[helpline.ID]rota.Swap{},
	}
	for i := range o.book.Shifts {
		t.shifts[o.book.Shifts[i].ID] = &o.book.Shifts[i]
	}
	for _, a := range o.book.Assignments {
		s := t.shifts[a.Shift]
		if a.Person != o.p.ID || a.Minds || s == nil {
			continue
		}
		t.mine[a.ID] = a
		if a.State.Stands() {
			t.on[a.Shift] = true
			if !s.Cancelled && s.End.After(o.now) {
				t.of[s.Version]++
			}
		}
	}
	for _, w := range o.book.Swaps {
		t.swaps[w.ID] = w
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
			return say(mine, "swapped")
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
		return say(mine && t.mine[e.Assignment].State.Stands() && e.By != me, "given")
	}
	return ""
}
