package chat

import (
	"maps"
	"time"

	"helpline"
)

// The order of the line is the order of the numbers, and normally a number is
// the next one. Whoever comes while many wait, from a rate key or a network of
// which many wait already, gets a later number, so that others who come
// afterwards still go before: the line is then served in turn over rate keys.
// The number is all that is kept of this, so the order survives a restart in
// the tickets, and no ticket has to tell where somebody came from.
const (
	busyFrom     = 8  // waiting, from which on it is no longer simply first come first served
	keyShare     = 4  // of one rate key before its further arrivals let others pass: a family, a classroom
	networkShare = 16 // of one network, if that is also a quarter of all who wait
	stride       = 8  // how many others may come in between two of the same, or more if more rate keys wait
	cooledShare  = 2  // of a rate key that is on cool-down
	coolFor      = 20 * time.Minute
	mostCooled   = 1024
)

// crowd is what is kept of a rate key or a network as long as somebody from it
// waits.
type crowd struct {
	waiting int
	last    int64 // largest number given
}

// fair gives the numbers. It belongs to the queue's loop.
type fair struct {
	next     int64 // the next number, if nothing speaks against it
	keys     map[string]*crowd
	networks map[string]*crowd
	cooled   map[string]time.Time // until when
}

func newFair() fair {
	return fair{next: 1, keys: map[string]*crowd{}, networks: map[string]*crowd{}, cooled: map[string]time.Time{}}
}

// full says whether there is no place for an arrival. One rate key can take
// half of what it leaves to others, and one network all but a twentieth: so
// there is room for somebody from elsewhere. waiting is how many wait, most how
// many may.
func (f *fair) full(a Arrival, waiting, most int, now time.Time) bool {
	left := most - waiting
	switch key, network := f.keys[a.Rate], f.networks[a.Network]; {
	case left <= 0:
		return true
	case a.Rate == "":
		return false
	case key != nil && f.cooling(a.Rate, now):
		return key.waiting >= cooledShare
	default:
		return key != nil && key.waiting >= max(keyShare, left/2) ||
			network != nil && network.waiting >= max(networkShare, 19*left)
	}
}

// number gives an arrival its number in the order, and says whether it is
// loose: others who come later may still go before.
func (f *fair) number(a Arrival, waiting int, now time.Time) (n int64, loose bool) {
	at := f.next
	if key := f.keys[a.Rate]; key != nil && waiting >= busyFrom && key.waiting >= keyShare {
		at = max(at, key.last+max(stride, int64(len(f.keys))))
	}
	if net := f.networks[a.Network]; net != nil && waiting >= busyFrom && net.waiting >= networkShare && 4*net.waiting > waiting {
		at = max(at, net.last+max(stride, int64(len(f.networks))))
	}
	if f.cooling(a.Rate, now) {
		at = max(at, f.next+stride)
		if key := f.keys[a.Rate]; key != nil {
			at = max(at, key.last+stride)
		}
	}
	if at > f.next {
		return at, true // the next number is still the next one's
	}
	f.next++
	return at, false
}

// served moves the numbers on to where the line is: who comes next comes
// behind the first of those who wait, and not before them.
func (f *fair) served(number int64) { f.next = max(f.next, number+1) }

func (f *fair) join(c *contact) {
	if c.rate == "" {
		return
	}
	enter(f.keys, c.rate, c.ticket.Number)
	enter(f.networks, c.network, c.ticket.Number)
}

func (f *fair) leave(c *contact) {
	if c.rate == "" {
		return
	}
	exit(f.keys, c.rate)
	exit(f.networks, c.network)
}

func enter(all map[string]*crowd, name string, number int64) {
	one := all[name]
	if one == nil {
		one = &crowd{}
		all[name] = one
	}
	one.waiting++
	one.last = max(one.last, number)
}

func exit(all map[string]*crowd, name string) {
	if one := all[name]; one != nil {
		if one.waiting--; one.waiting <= 0 {
			delete(all, name)
		}
	}
}

// cool puts a rate key on cool-down after misuse. It is never kept out: few of
// it may wait at once, and others go before. With the key of the hour it is
// forgotten, because the same address has another rate key then.
func (f *fair) cool(rate string, now time.Time) {
	if rate == "" {
		return
	}
	if len(f.cooled) >= mostCooled {
		maps.DeleteFunc(f.cooled, func(_ string, until time.Time) bool { return !now.Before(until) })
	}
	if len(f.cooled) >= mostCooled {
		soonest := ""
		for name, until := range f.cooled {
			if soonest == "" || until.Before(f.cooled[soonest]) {
				soonest = name
			}
		}
		delete(f.cooled, soonest)
	}
	f.cooled[rate] = now.Add(coolFor)
}

func (f *fair) cooling(rate string, now time.Time) bool {
	until, ok := f.cooled[rate]
	return ok && now.Before(until)
}

// loose says whether somebody who comes later may still go before a contact.
// Its place is not told as a number then: a number that was told never rises.
func (q *queue) loose(c *contact) bool {
	return c.ticket.Boot == q.e.boot && c.ticket.Number >= q.fair.next
}

// firm moves the numbers on with the line and says whether somebody's place
// has become one that can be told.
func (q *queue) firm() bool {
	if len(q.line) > 0 && q.line[0].ticket.Boot == q.e.boot {
		q.fair.served(q.line[0].ticket.Number)
	}
	changed := false
	for _, c := range q.line {
		if c.loose && !q.loose(c) {
			c.loose, changed = false, true
		}
	}
	return changed
}

// forgetRate gives the rate key a contact came from, for the last time.
func (q *queue) forgetRate(id helpline.ID) string {
	rate := q.rates[id]
	delete(q.rates, id)
	return rate
}
