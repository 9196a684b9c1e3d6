package visitor

import (
	"slices"
	"sync"

	"helpline"
	"helpline/chat/link"
)

// mostLinks is how many live links one contact may have at once. A page has
// one, a network that comes and goes leaves a few behind for half a minute;
// beyond that somebody is using up connections that others need.
const mostLinks = 8

// links keeps the live links of each contact. The newest is always let in: when
// there are too many the oldest is dropped.
type links struct {
	mu   sync.Mutex
	open map[helpline.ID][]dropper
}

// dropper is a link that can be ended.
type dropper interface{ Drop(again int) }

// add counts a link until its receiver hears that it has ended.
func (l *links) add(contact helpline.ID, one dropper, to link.Receiver) link.Receiver {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open = make(map[helpline.ID][]dropper)
	}
	all := append(l.open[contact], one)
	if len(all) > mostLinks {
		all[0].Drop(0)
		all = slices.Delete(all, 0, 1)
	}
	l.open[contact] = all
	return counted{to, func() { l.end(contact, one) }}
}

func (l *links) end(contact helpline.ID, one dropper) {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := slices.DeleteFunc(l.open[contact], func(d dropper) bool { return d == one })
	l.open[contact] = all
	if len(all) == 0 {
		delete(l.open, contact)
	}
}

type counted struct {
	link.Receiver
	done func()
}

// Gone ends the counting.
func (c counted) Gone() {
	c.done()
	c.Receiver.Gone()
}
