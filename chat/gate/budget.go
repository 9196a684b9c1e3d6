package gate

import (
	"hash/maphash"
	"sync"
	"time"
)

// shared is how many buckets there are for rate keys that are not remembered.
const shared = 256

// Budget is a token bucket per rate key: so many at once, and one more every
// so often. It remembers at most a fixed number of rate keys and never forgets
// one whose bucket is not full, so nobody gets a fresh budget by pushing their
// own key out. When there are more, those it does not remember share buckets
// by their network: a flood from many addresses neither fills the memory nor
// gets a fresh budget each, and networks that are not part of it hardly notice.
// It is safe for concurrent use.
type Budget struct {
	burst int
	every time.Duration
	most  int

	mu      sync.Mutex
	buckets map[string]bucket
	rest    [shared]bucket // of the keys there was no room for
	seed    maphash.Seed
	swept   time.Time
}

// bucket says until when what was taken from it reaches: a take moves it ahead
// by every, and it may be at most burst*every ahead of now.
type bucket struct{ until time.Time }

// NewBudget makes a budget of burst takes at once and one more per every, for
// at most the given number of rate keys. All three are at least 1.
func NewBudget(burst int, every time.Duration, most int) *Budget {
	return &Budget{
		burst:   max(burst, 1),
		every:   max(every, 1),
		most:    max(most, 1),
		buckets: make(map[string]bucket),
		seed:    maphash.MakeSeed(),
	}
}

// Take takes one from the bucket of a rate key. When there is nothing left it
// takes nothing and says how long to wait for the next one.
func (b *Budget) Take(key string, now time.Time) (wait time.Duration, ok bool) {
	return b.TakeMany(key, 1, now)
}

// TakeMany takes several at once, at least one and at most the burst, or none.
func (b *Budget) TakeMany(key string, many int, now time.Time) (wait time.Duration, ok bool) {
	many = min(max(many, 1), b.burst)
	b.mu.Lock()
	defer b.mu.Unlock()
	got, known := b.buckets[key]
	if !known && len(b.buckets) >= b.most {
		b.sweep(now)
	}
	if !known && len(b.buckets) >= b.most {
		at := maphash.String(b.seed, Network(key)) % shared
		return b.rest[at].take(now, many, b.burst, b.every)
	}
	wait, ok = got.take(now, many, b.burst, b.every)
	b.buckets[key] = got
	return wait, ok
}

// look says what Take would say now, and takes nothing.
func (b *Budget) look(key string, now time.Time) (wait time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	got, known := b.buckets[key] // a copy
	if !known && len(b.buckets) >= b.most {
		got = b.rest[maphash.String(b.seed, Network(key))%shared]
	}
	return got.take(now, 1, b.burst, b.every)
}

// Len is how many rate keys are remembered.
func (b *Budget) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.buckets)
}

// sweep forgets the buckets that are full again. It looks through all of them,
// so it does so at most once a second or once per every, whichever is longer:
// a flood must not make it the work.
func (b *Budget) sweep(now time.Time) {
	if since := now.Sub(b.swept); !b.swept.IsZero() && since >= 0 && since < max(b.every, time.Second) {
		return
	}
	b.swept = now
	for key, one := range b.buckets {
		if !one.until.After(now) {
			delete(b.buckets, key)
		}
	}
}

// room is how often take would let in one more now.
func (b *bucket) room(now time.Time, burst int, every time.Duration) int {
	ahead := min(max(0, b.until.Sub(now)), time.Duration(burst)*every) // more than that: the clock was set back
	return burst - int((ahead+every-1)/every)
}

func (b *bucket) take(now time.Time, many, burst int, every time.Duration) (time.Duration, bool) {
	if b.until.Before(now) {
		b.until = now
	}
	limit := now.Add(time.Duration(burst) * every)
	if b.until.After(limit) { // the clock was set back
		b.until = limit
	}
	next := b.until.Add(time.Duration(many) * every)
	if next.After(limit) {
		return next.Sub(limit), false
	}
	b.until = next
	return 0, true
}
