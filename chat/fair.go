package chat

import (
	"maps"
	"slices"
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
	answerWithin = 15 * time.Second // for who stands behind, once somebody before them waits
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
	cooled   map[string]time.Time // rate keys, after misuse: until when
	silent   map[string]time.Time // rate keys and networks of which somebody did not answer
	ways     map[Way]int          // how many wait who came in by each way
	unknown  int                  // who wait and came before a restart: nobody knows from where
}

func newFair() fair {
	return fair{next: 1, ways: map[Way]int{}, keys: map[string]*crowd{}, networks: map[string]*crowd{}, cooled: map[string]time.Time{}, silent: map[string]time.Time{}}
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
	case a.Way > 0 && f.ways[a.Way] >= max(1, 3*left):
		return true // the rest is for those who come by another way
	case a.Rate == "":
		return false
	case key != nil && on(f.cooled, a.Rate, now):
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
	if on(f.cooled, a.Rate, now) || f.behind(a.Rate, a.Network, now) {
		at = max(at, f.after(a.Rate, a.Network))
	}
	if at > f.next {
		return at, true // the next number is still the next one's
	}
	f.next++
	return at, false
}

// served moves the numbers on to who was accepted: who comes next comes behind
// that place in the order. Being asked moves nothing, or silence would.
func (f *fair) served(number int64) { f.next = max(f.next, number+1) }

// passed moves the numbers on when a contact was accepted, but not past anybody
// who stands before it still: who was taken out of turn, for a language or
// because they were quick, takes no crowd along.
func (q *queue) passed(number int64) {
	for _, c := range q.line { // in order
		if c.ticket.Boot == q.e.boot {
			number = min(number, c.ticket.Number-1)
			break
		}
	}
	q.fair.served(number)
}

func (f *fair) join(c *contact) {
	f.ways[c.way]++
	if c.rate == "" {
		f.unknown++
		return
	}
	enter(f.keys, c.rate, c.ticket.Number)
	enter(f.networks, c.network, c.ticket.Number)
}

func (f *fair) leave(c *contact) {
	f.ways[c.way]--
	if c.rate == "" {
		f.unknown--
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

// after is the number of who is to stand behind others.
func (f *fair) after(rate, network string) int64 {
	at := f.next + stride
	for _, one := range []*crowd{f.keys[rate], f.networks[network]} {
		if one != nil {
			at = max(at, one.last+stride)
		}
	}
	return at
}

// on says whether a name is on a list still.
func on(list map[string]time.Time, name string, now time.Time) bool {
	until, ok := list[name]
	return ok && now.Before(until)
}

// put puts a name on a list for a while. The list stays small: whoever would
// be taken off soonest goes. With the key of the hour it means nothing any
// more, because the same address has another rate key then.
func put(list map[string]time.Time, name string, now time.Time) {
	if name == "" {
		return
	}
	if len(list) >= mostCooled {
		maps.DeleteFunc(list, func(_ string, until time.Time) bool { return !now.Before(until) })
	}
	if len(list) >= mostCooled {
		soonest := ""
		for name, until := range list {
			if soonest == "" || until.Before(list[soonest]) {
				soonest = name
			}
		}
		delete(list, soonest)
	}
	list[name] = now.Add(coolFor)
}

// behind says whether a rate key or its network is one of which many wait and
// somebody did not answer when asked.
func (f *fair) behind(rate, network string, now time.Time) bool {
	return on(f.silent, rate, now) || on(f.silent, network, now)
}

// hushed notes that somebody did not answer the ready question. It counts
// against a rate key, or else a network, from which many wait while the line is
// busy, and says whether it did: nobody loses a place because of one neighbour.
func (f *fair) hushed(c *contact, waiting int, now time.Time) bool {
	name := f.crowded(c, waiting)
	put(f.silent, name, now)
	return name != ""
}

// crowded is the rate key, or else the network, of a contact from which many
// wait while the line is busy; empty when it is not from one.
func (f *fair) crowded(c *contact, waiting int) string {
	key, network := f.keys[c.rate], f.networks[c.network]
	switch {
	case key == nil || waiting < busyFrom:
		return ""
	case key.waiting >= keyShare:
		return c.rate
	case network != nil && network.waiting >= networkShare && 4*network.waiting > waiting:
		return c.network
	}
	return ""
}

// strange says whether a contact came before a restart with many others: where
// from, nobody knows any more.
func (f *fair) strange(c *contact, waiting int) bool {
	return c.rate == "" && f.unknown >= networkShare && 4*f.unknown > waiting
}

// proved is how many wait who had to work or to wait before they came in.
func (f *fair) proved() int { return f.ways[1] + f.ways[2] }

// hush puts everybody behind who waits from where somebody did not answer.
// Their places are not numbers any more.
func (q *queue) hush(c *contact, now time.Time) {
	known := q.fair.behind(c.rate, c.network, now)
	if !q.fair.hushed(c, len(q.line), now) {
		return
	}
	var all []*contact
	last := int64(0) // number of who is not one of them
	for _, other := range q.line {
		switch {
		case !q.fair.behind(other.rate, other.network, now):
			if other.ticket.Boot == q.e.boot {
				last = max(last, other.ticket.Number)
			}
		case other == c || other.state == StateReady || other.kept || known && other.late:
			// Who has answered stays, and nobody is put behind twice for neighbours.
		default:
			all = append(all, other)
		}
	}
	if !known {
		for _, other := range append(all, c) {
			q.fair.keys[other.rate].last, q.fair.networks[other.network].last = last, last
		}
	}
	for _, other := range append(all, c) { // whoever did not answer comes last
		q.postpone(other)
	}
}

// postpone gives somebody who waits a later number.
func (q *queue) postpone(c *contact) {
	if i, ok := q.find(c); ok {
		q.line = slices.Delete(q.line, i, i+1)
	}
	c.ticket.Boot, c.ticket.Number = q.e.boot, q.fair.after(c.rate, c.network)
	c.late, c.loose = true, true
	for _, one := range []*crowd{q.fair.keys[c.rate], q.fair.networks[c.network]} {
		if one != nil {
			one.last = max(one.last, c.ticket.Number)
		}
	}
	i, _ := q.find(c)
	q.line = slices.Insert(q.line, i, c)
	q.moved = true
}

// yields says whether somebody who was asked gives the question up to one who
// stands before them: at once where others from there did not answer, and
// otherwise after a moment for an answer.
func (q *queue) yields(c *contact, now time.Time) bool {
	return c.state == StateOffered && c.late && (q.fair.behind(c.rate, c.network, now) || now.Sub(c.asked) >= answerWithin)
}

// loose says whether somebody who comes later may still go before a contact.
// Its place is not told as a number then: a number that was told never rises.
func (q *queue) loose(c *contact) bool {
	return c.ticket.Boot == q.e.boot && c.ticket.Number >= q.fair.next
}

// firm says whether somebody's place has become one that can be told.
func (q *queue) firm() bool {
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
