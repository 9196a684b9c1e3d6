package chat

import "helpline"

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
func (l RoomLook) Observe(link Link) { l.r.in <- observe{link} }

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
