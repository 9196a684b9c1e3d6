package chat

import (
	"context"
	"slices"
	"time"

	"helpline"
)

// preferFor is how long a visitor who comes back is left to the counsellor they
// agreed with, once they have said so. Then whoever is free is asked.
const preferFor = 5 * time.Minute

type prefer struct {
	contact helpline.ID
	people  []helpline.ID
	reply   chan error
}

// Prefer leaves a visitor who waits to one of these counsellors for a few minutes,
// as long as one of them is at a desk and takes such visitors. It gives no place
// away: afterwards the place is what it was. Who does not wait is passed over.
func (e *Engine) Prefer(ctx context.Context, contact helpline.ID, people []helpline.ID) error {
	reply := make(chan error, 1)
	got, err := ask(ctx, e, reply, prefer{contact, people, reply})
	if err != nil {
		return err
	}
	return got
}

func (q *queue) prefer(ev prefer) {
	if c := q.byID[ev.contact]; c != nil {
		c.prefers, c.prefersUntil = ev.people, time.Now().Add(preferFor)
	}
	ev.reply <- nil
}

// prefersDesk says whether a visitor would rather talk with this counsellor.
func (c *contact) prefersDesk(d *desk, now time.Time) bool {
	return now.Before(c.prefersUntil) && slices.Contains(c.prefers, d.member.Person)
}

// leftTo says whether a visitor is left to another counsellor for now.
func (q *queue) leftTo(c *contact, d *desk, now time.Time) bool {
	if !now.Before(c.prefersUntil) || c.prefersDesk(d, now) {
		return false
	}
	return slices.ContainsFunc(c.prefers, func(p helpline.ID) bool {
		o := q.desks[p]
		return o != nil && o.on && len(o.lanes) > 0 && o.member.takes(c.ticket.Locale, c.ticket.Audience)
	})
}
