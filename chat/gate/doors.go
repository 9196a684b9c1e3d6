package gate

import "time"

// Door is a kind of request. Each has its own budgets, so that a flood at one
// does not close another.
type Door int

// The doors.
const (
	Pages  Door = iota // what anybody may read or ask
	Starts             // a contact is started
	Held               // of a contact: talk, renew, live link; counted per ticket
	Logins             // passphrases are tried
	Codes              // invitations are tried, and whatever is as short as a code
	Desks              // of a login: desk and board; counted per login
	Looks              // a login nobody has seen before is looked up
	doors
)

// most is how many rate keys, tickets or logins one door remembers: about a
// megabyte.
const most = 10_000

// budgets are those of a door in quiet times. They leave room for two hundred
// people behind one address who come in the same minute: a school, a mobile
// carrier, an exit of Tor. While there is load each request of a stranger
// counts loaded times.
var budgets = [doors]struct {
	burst int
	every time.Duration
}{
	Pages:  {1200, 20 * time.Millisecond},
	Starts: {240, 4 * time.Second},
	Held:   {120, 500 * time.Millisecond},
	Logins: {30, 10 * time.Second},
	Codes:  {30, 10 * time.Second},
	Desks:  {600, 100 * time.Millisecond},
	Looks:  {600, 20 * time.Millisecond},
}

// loaded is how often a request of a stranger counts while there is load.
const loaded = 4

// stranger says whether whoever comes through a door has shown nothing yet.
func (d Door) stranger() bool { return d == Pages || d == Starts }

// Gate is what stands before every request. It is safe for concurrent use.
type Gate struct {
	budgets [doors]*Budget
	load    load
	links   links
}

// New makes a gate for a line where so many may have a live link at once, at
// least 16. fullness says how full the queue is, 0 to 1.
func New(mostLinks int, fullness func() float64) *Gate {
	g := &Gate{load: load{fullness: fullness}, links: links{most: max(mostLinks, 16), keys: map[string]int{}, own: map[string]int{}}}
	for d := range doors {
		g.budgets[d] = NewBudget(budgets[d].burst, budgets[d].every, most)
	}
	return g
}

// Take lets a request in, or says how long to wait. key is a rate key at the
// doors of strangers, and the name of a ticket or login that was found good at
// Held and Desks: so nobody who talks shares a budget with a flood that comes
// through the same address.
func (g *Gate) Take(d Door, key string, now time.Time) (wait time.Duration, ok bool) {
	many := 1
	if d.stranger() {
		if g.load.came(now); g.Loaded(now) {
			many = loaded
		}
	}
	return g.budgets[d].TakeMany(key, many, now)
}

// Loaded says whether there is load: half of the live links or of the places
// in the queue are taken, or strangers make more than rushed requests a second.
// It ends half a minute after the last of these was true.
func (g *Gate) Loaded(now time.Time) bool { return g.load.is(now, g.links.share()) }
