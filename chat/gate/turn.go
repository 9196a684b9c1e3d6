package gate

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"sync"
	"time"
)

// Way is how somebody came through the door at which contacts start.
type Way int

// The ways.
const (
	Free   Way = iota // nothing was asked for
	Worked            // the page's script has worked
	Waited            // a page without scripts has waited
	ways
)

// Turn is what a stranger is asked for before a contact starts, while there is
// load: some work of their page, or to wait. It is made without being
// remembered, holds good for one rate key and one door of the line, and starts
// one contact.
type Turn struct {
	Name string        // sealed; it goes to the page and comes back
	Bits int           // how much work it is, see work.go
	Wait time.Duration // until the time has come without work; 0 when it has
}

// How long a turn holds good. Work is worth something for as long as work of
// this moment should last; whoever waits may read for a while.
const (
	workLife = 2 * time.Minute
	waitLife = 12 * time.Minute
)

// A turn has a fixed size: sort, door, bits, seconds of waiting, when it was
// made, what makes it different from others, seal.
const (
	turnSort  = 1
	turnPlain = 4 + 8 + 8
	turnSize  = turnPlain + 16
)

// Turns asks for turns while there is load, makes them, and takes them back.
// It is safe for concurrent use. What it remembers is bounded, and nothing of
// it is a turn that was only asked for.
type Turns struct {
	loaded func(time.Time) bool
	key    [32]byte
	crowds *crowds
	worth  func(name string, zeros int, work string) bool
	each   *Budget // of one rate key that waits: one at a time
	wide   *lanes  // of one network that waits

	mu     sync.Mutex
	shares [ways]share
	spent  map[[16]byte]time.Time // seals, until when they would have held good
	swept  time.Time
}

// NewTurns makes turns for a line with so many places in its queue. loaded says
// whether there is load.
func NewTurns(places int, loaded func(time.Time) bool) *Turns {
	places = max(places, 1)
	t := &Turns{
		loaded: loaded, crowds: newCrowds(places), worth: Worth,
		each: NewBudget(1, shortest, most), wide: newLanes(8, 5*time.Second),
		shares: [ways]share{
			Worked: {size: max(places/2, 40), every: 500 * time.Millisecond},
			Waited: {size: max(places/4, 20), every: time.Second},
		},
		spent: map[[16]byte]time.Time{},
	}
	_, _ = rand.Read(t.key[:]) // never fails: crypto/rand aborts the program instead
	return t
}

// Ask gives a turn if one is needed before a contact of this rate key may
// start at this door of the line just now. It counts nothing.
func (t *Turns) Ask(rate string, door int, now time.Time) (Turn, bool) {
	if crowd, all := t.crowds.many(Network(rate), now); !all && !(crowd && t.loaded(now)) {
		return Turn{}, false
	}
	return t.fresh(rate, door, now), true
}

// Look is how a turn stands that comes back. One that is worth nothing here,
// because it is forged, foreign, spent, or its time is over, is none.
func (t *Turns) Look(rate string, door int, name string, now time.Time) (Turn, bool) {
	p, ok := t.open(rate, door, name)
	if !ok || p.over(waitLife, now) || t.isSpent(p.seal, now) {
		return Turn{}, false
	}
	t.wide.look(Network(rate), rate, now)
	return Turn{Name: name, Bits: p.bits, Wait: p.left(now)}, true
}

// Take lets a contact start, and says by which way; or it gives the turn that
// is needed first: the same one if it still holds good, else a new one. name
// and work are what the page sent; both may be empty or anything.
func (t *Turns) Take(rate string, door int, name, work string, now time.Time) (Way, Turn, bool) {
	network := Network(rate)
	if crowd, all := t.crowds.came(network, now); !all && !(crowd && t.loaded(now)) {
		return Free, Turn{}, true
	}
	p, good := t.open(rate, door, name)
	if !good || p.over(waitLife, now) || t.isSpent(p.seal, now) {
		return Free, t.fresh(rate, door, now), false
	}
	same := Turn{Name: name, Bits: p.bits, Wait: p.left(now)}
	// The seal has been checked: whoever sends nonsense has cost one hash so far.
	if work != "" && !p.over(workLife, now) && t.worth(name, p.bits, work) {
		if t.spend(Worked, p.seal, now) {
			return Worked, Turn{}, true
		}
		same.Wait = max(same.Wait, again)
		return Free, same, false
	}
	if same.Wait > 0 {
		return Free, same, false
	}
	// Few of a network, in the order in which they came; one of a rate key at a
	// time; and all of them together no more than their share, which goes round by
	// network: waiting costs a flood nothing.
	// What is only looked at first is not used up by who is refused by the next.
	wait, ok := t.each.look(rate, now)
	if ok {
		if wait, ok = t.wide.take(network, rate, t.room(Waited, now), now); ok && t.spend(Waited, p.seal, now) {
			t.each.Take(rate, now)
			return Waited, Turn{}, true
		}
	}
	same.Wait = max(wait, again)
	return Free, same, false
}

// shortest is how long a page without scripts waits at least, and again is
// after how long it looks once more when its share is taken.
const (
	shortest = 15 * time.Second
	again    = 10 * time.Second
)

// fresh makes a turn. The more of a share is taken, the more is asked for.
func (t *Turns) fresh(rate string, door int, now time.Time) Turn {
	t.mu.Lock()
	work, wait := t.shares[Worked].taken(now), t.shares[Waited].taken(now)
	t.mu.Unlock()
	p := plainTurn{door: door, bits: bitsFor(work), wait: shortest, made: now}
	if wait > 0.5 {
		p.wait *= 2
	}
	return Turn{Name: t.seal(p, rate), Bits: p.bits, Wait: p.wait}
}

// plainTurn is what stands in a turn.
type plainTurn struct {
	door, bits int
	wait       time.Duration
	made       time.Time
	seal       [16]byte
}

// over says whether it holds good no more. One of the future is of a clock
// that was set back since.
func (p plainTurn) over(life time.Duration, now time.Time) bool {
	age := now.Sub(p.made)
	return age < 0 || age >= life
}

func (p plainTurn) left(now time.Time) time.Duration { return max(0, p.wait-now.Sub(p.made)) }

func (t *Turns) seal(p plainTurn, rate string) string {
	b := make([]byte, turnPlain, turnSize)
	b[0], b[1], b[2], b[3] = turnSort, byte(p.door), byte(p.bits), byte(p.wait/time.Second)
	binary.BigEndian.PutUint64(b[4:], uint64(p.made.UnixMilli()))
	_, _ = rand.Read(b[12:turnPlain])
	return base64.RawURLEncoding.EncodeToString(append(b, t.mac(b, rate)...))
}

func (t *Turns) mac(b []byte, rate string) []byte {
	m := hmac.New(sha256.New, t.key[:])
	m.Write([]byte("helpline/turn/v1"))
	m.Write(b)
	m.Write([]byte(rate)) // last: all before it has a fixed size
	return m.Sum(nil)[:16]
}

// open reads a turn and checks whose it is and for which door.
func (t *Turns) open(rate string, door int, name string) (plainTurn, bool) {
	if len(name) != base64.RawURLEncoding.EncodedLen(turnSize) {
		return plainTurn{}, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(name)
	if err != nil || !hmac.Equal(b[turnPlain:], t.mac(b[:turnPlain], rate)) || b[0] != turnSort || int(b[1]) != door {
		return plainTurn{}, false
	}
	return plainTurn{
		door: door, bits: int(b[2]), wait: time.Duration(b[3]) * time.Second,
		made: time.UnixMilli(int64(binary.BigEndian.Uint64(b[4:]))), seal: [16]byte(b[turnPlain:]),
	}, true
}
