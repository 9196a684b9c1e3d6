package chat

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"helpline/chat/wire"
)

// find gives the index of a contact in the line. Two who have the same number
// stand in the order of their identifiers.
func (q *queue) find(c *contact) (int, bool) {
	return slices.BinarySearchFunc(q.line, c, func(a, b *contact) int {
		if n := cmp.Compare(a.order(), b.order()); n != 0 {
			return n
		}
		return bytes.Compare(a.ticket.Contact[:], b.ticket.Contact[:])
	})
}

func (q *queue) insert(c *contact) {
	i, _ := q.find(c)
	q.line = slices.Insert(q.line, i, c)
	q.byID[c.ticket.Contact] = c
	q.fair.join(c)
	q.e.waiting.Store(int32(len(q.line)))
	q.moved = q.moved || i < len(q.line)-1
	q.stale = true
}

func (q *queue) remove(c *contact) {
	if i, ok := q.find(c); ok {
		q.line = slices.Delete(q.line, i, i+1)
		// Whoever has the same number cannot tell from it who stood before whom.
		q.moved = q.moved || i < len(q.line) && q.line[i].order() == c.order() || i > 0 && q.line[i-1].order() == c.order()
	}
	delete(q.byID, c.ticket.Contact)
	q.unkeep(c)
	q.fair.leave(c)
	q.e.waiting.Store(int32(len(q.line)))
	q.out = append(q.out, c.order())
	q.stale = true
}

// broadcast tells those who wait how the queue moved: one packet for all, or,
// when somebody came back to an earlier place, each their own.
func (q *queue) broadcast(now time.Time) {
	q.cast = now
	low, high := q.pace.perPlace(q.carried())
	q.moved = q.firm() || q.moved
	if q.moved && q.settled() {
		q.moved, q.out = false, nil
		q.told = [2]int{low, high}
		for _, c := range q.line {
			if c.state == StateWaiting {
				q.stage(c)
			}
		}
		return
	}
	if len(q.out) == 0 && q.told == [2]int{low, high} {
		return
	}
	q.told = [2]int{low, high}
	for first := true; first || len(q.out) > 0; first = false {
		n := min(len(q.out), 200)
		p := wire.PackMany(&wire.Frame{Kind: wire.Queue, Out: slices.Clone(q.out[:n]), Low: low, High: high})
		q.out = q.out[n:]
		for _, c := range q.line {
			if c.seat != nil {
				c.seat.link.Send(p)
			}
		}
	}
	q.out = nil
}
