package chat

import (
	"fmt"
	"slices"

	"helpline"
)

// What the tests of the whole engine may see of its inside. They look only
// while every loop of their bubble is waiting.

// RoomLook is the inside of one room, kept hold of while the room goes on.
type RoomLook struct{ r *roomLoop }

// Look finds the room of a contact; false when there is none.
func (e *Engine) Look(contact helpline.ID) (RoomLook, bool) {
	r, ok := e.q.rooms[contact]
	return RoomLook{r}, ok
}

// Over says whether the room's loop has ended.
func (l RoomLook) Over() bool { return l.r.over() }

// Size gives the entries and the bytes of words in the ring.
func (l RoomLook) Size() (entries, bytes int) {
	for k := range l.r.room.ring {
		bytes += len(l.r.room.ring[k].Body)
	}
	return len(l.r.room.ring), bytes
}

// Memory gives the part of memory that the ring stands in, used or not.
func (l RoomLook) Memory() (bodies func() []string) {
	ring := l.r.room.ring[:cap(l.r.room.ring)]
	return func() (list []string) {
		for k := range ring {
			if ring[k].Body != "" {
				list = append(list, ring[k].Body)
			}
		}
		return list
	}
}

// Empty says whether nothing that was said hangs on the room any more.
func (l RoomLook) Empty() bool {
	r := l.r.room
	return len(r.ring) == 0 && r.ringBytes == 0 && len(r.answer) == 0 && len(r.questions) == 0
}

// Observe lets a colleague read along in the room.
func (l RoomLook) Observe(link Link) { l.r.take(observe{link}) }

// Rooms counts the rooms the queue's loop knows.
func (e *Engine) Rooms() int { return len(e.q.rooms) }

// OpenPages counts the pages of conversations a person has open.
func (e *Engine) OpenPages(person helpline.ID) int {
	if d := e.q.desks[person]; d != nil {
		return len(d.seats)
	}
	return 0
}

// Epoch gives the day of a contact's standing in memory; false when forgotten.
func (e *Engine) Epoch(contact helpline.ID) (int, bool) {
	st, ok := e.q.standings[contact]
	return st.Epoch, ok
}

// Asked holds what must always be true of those who are asked, and says what
// is not; empty when all is well.
func (e *Engine) Asked() string {
	q := e.q
	asked := 0
	for _, d := range q.desks {
		ready := 0
		keys, networks := map[string]bool{}, map[string]bool{}
		for _, c := range d.asked {
			asked++
			switch {
			case c.offered != d.member.Person:
				return "somebody is on the list of a desk that did not ask"
			case c.state == StateReady:
				ready++
				continue
			case c.state != StateOffered:
				return fmt.Sprintf("somebody who is %s is on the list of a desk", c.state)
			case keys[c.rate] || networks[c.network]:
				return "two from one place have the question for one desk"
			}
			keys[c.rate], networks[c.network] = true, true
		}
		if ready > 1 {
			return fmt.Sprintf("%d are offered to one desk", ready)
		}
		if n := len(d.asked) - ready; n > mostAsked+2 { // one more by each way
			return fmt.Sprintf("%d have the question for one desk", n)
		}
	}
	for _, c := range q.line {
		if !c.offered.IsZero() {
			asked--
		}
		if c.kept != slices.Contains(q.kept, c) {
			return "who is kept is not on the list, or the other way round"
		}
		if (c.state == StateOffered || c.state == StateReady) == c.offered.IsZero() {
			return fmt.Sprintf("somebody who is %s is asked for nobody, or the other way round", c.state)
		}
	}
	for _, c := range q.kept {
		if q.byID[c.ticket.Contact] != c {
			return "somebody who has gone is kept"
		}
	}
	if asked != 0 {
		return "the lists of the desks and the line do not agree"
	}
	return ""
}
