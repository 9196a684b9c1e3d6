package gate

import (
	"container/list"
	"sync"
)

// Places are for connections on which requests are made: so many in all, so
// many per rate key. The newest is always let in. When there are too many the
// oldest of the same rate key goes, or of the rate key that has most: whoever
// holds connections open to keep others out loses them first. A browser whose
// idle connection went opens another one. Safe for concurrent use.
type Places struct {
	most, each int

	mu   sync.Mutex
	all  int
	keys map[string]*list.List // of *Place, the oldest first
}

// NewPlaces makes so many places in all and per rate key, at least 1.
func NewPlaces(all, each int) *Places {
	return &Places{most: max(all, 1), each: max(each, 1), keys: map[string]*list.List{}}
}

// Place is one of the places, taken.
type Place struct {
	of  *Places
	key string
	at  *list.Element // nil when it was given back
	out func()
}

// Enter takes a place. out is called, from another goroutine's Enter, when the
// place is lost to somebody newer; not after Leave. A shared key, such as a
// proxy's, has no limit of its own.
func (p *Places) Enter(key string, sharedKey bool, out func()) *Place {
	p.mu.Lock()
	lost := p.makeRoom(key, sharedKey)
	mine := p.keys[key]
	if mine == nil {
		mine = list.New()
		p.keys[key] = mine
	}
	one := &Place{of: p, key: key, out: out}
	one.at = mine.PushBack(one)
	p.all++
	p.mu.Unlock()
	if lost != nil {
		lost.out()
	}
	return one
}

// makeRoom takes a place from somebody if one is needed. The lock is held.
func (p *Places) makeRoom(key string, sharedKey bool) *Place {
	from := p.keys[key]
	switch {
	case from != nil && !sharedKey && from.Len() >= p.each:
	case p.all >= p.most:
		looked := 0
		for _, other := range p.keys { // begins anywhere: a flood is soon among those looked at
			if from == nil || other.Len() > from.Len() {
				from = other
			}
			if looked++; looked >= 64 {
				break
			}
		}
	default:
		return nil
	}
	lost := from.Front().Value.(*Place)
	p.drop(lost)
	return lost
}

func (p *Places) drop(one *Place) {
	mine := p.keys[one.key]
	mine.Remove(one.at)
	one.at = nil
	p.all--
	if mine.Len() == 0 {
		delete(p.keys, one.key)
	}
}

// Leave gives the place back. It may be called again, and after it was lost.
func (o *Place) Leave() {
	o.of.mu.Lock()
	defer o.of.mu.Unlock()
	if o.at != nil {
		o.of.drop(o)
	}
}

// Taken is how many places are taken.
func (p *Places) Taken() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all
}
