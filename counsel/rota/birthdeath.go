package rota

import (
	"math"
	"time"

	"helpline"
)

// Forever is the patience of people who never leave.
const Forever = time.Duration(math.MaxInt64)

// Limits of Traffic and Crew, beyond any helpline.
const (
	mostRate     = 10_000.0 // contacts an hour
	mostPeople   = 200
	mostEach     = 10
	mostQueue    = 1_000
	leastHandle  = time.Minute
	longest      = 24 * time.Hour
	leastPatient = 10 * time.Second // people who leave sooner leave at once
)

// Traffic is what comes to the line: contacts an hour, how long one takes, and
// how long people wait on average before they leave. Patience 0 is nobody
// waits, Forever is nobody leaves.
type Traffic struct {
	Rate             float64
	Handle, Patience time.Duration
}

// Crew is who is there: people, conversations that each has at once, and
// places to wait.
type Crew struct{ People, Each, Queue int }

// Flow is what becomes of those who come, as shares between 0 and 1 of all of
// them: Answered, Left and Refused (no place to wait was free) add up to 1.
// Waits is the share that is not answered at once. Wait is the mean wait of
// those who got a place, answered or not.
type Flow struct {
	Answered, Left, Refused float64
	Waits                   float64
	Wait                    time.Duration
}

// Check says what of it cannot be worked with; Invalid.
func (t Traffic) Check() error {
	switch {
	case math.IsNaN(t.Rate) || t.Rate < 0 || t.Rate > mostRate:
		return helpline.Errorf(helpline.Invalid, "contacts an hour must be 0 to %.0f", mostRate)
	case t.Handle < leastHandle || t.Handle > longest:
		return helpline.Errorf(helpline.Invalid, "a conversation must last between %s and %s", leastHandle, longest)
	case t.Patience < 0 || t.Patience > 0 && t.Patience < leastPatient || t.Patience > longest && t.Patience != Forever:
		return helpline.Errorf(helpline.Invalid, "patience must be none, for ever, or between %s and %s", leastPatient, longest)
	}
	return nil
}

// Check says what of it cannot be worked with; Invalid. Nobody at all is fine.
func (c Crew) Check() error {
	switch {
	case c.People < 0 || c.People > mostPeople:
		return helpline.Errorf(helpline.Invalid, "people must be 0 to %d", mostPeople)
	case c.Each < 1 || c.Each > mostEach:
		return helpline.Errorf(helpline.Invalid, "conversations at once must be 1 to %d", mostEach)
	case c.Queue < 0 || c.Queue > mostQueue:
		return helpline.Errorf(helpline.Invalid, "places to wait must be 0 to %d", mostQueue)
	}
	return nil
}

// ErlangA works out a line whose people leave (Palm's model, often called
// Erlang-A): contacts come by chance, take the Handle of the traffic on average
// and leave after its Patience on average. It is exact: the chances of every
// number of contacts that can be there are computed, no formula for large lines
// is leaned on. A counsellor with two conversations is as good as two with one,
// which flatters: conversations beside each other last longer, so give the
// Handle that they then have. Errors are Invalid.
func ErlangA(t Traffic, c Crew) (Flow, error) {
	if err := t.Check(); err != nil {
		return Flow{}, err
	}
	if err := c.Check(); err != nil {
		return Flow{}, err
	}
	p := t.chances(c)
	places := c.People * c.Each
	mu := 1 / t.Handle.Hours()
	var f Flow
	var waiting, served float64
	for k, share := range p {
		served += float64(min(k, places)) * mu * share
		waiting += float64(max(0, k-places)) * share
		if k >= places {
			f.Waits += share
		}
	}
	f.Refused = p[len(p)-1]
	if t.Rate == 0 { // nobody comes: what would become of the one who does
		switch {
		case places > 0:
			f.Answered = 1
		case c.Queue > 0:
			f.Left = 1
		}
		return f, nil
	}
	f.Answered = min(served/t.Rate, 1-f.Refused)
	f.Left = max(0, 1-f.Refused-f.Answered)
	if t.Patience == Forever {
		f.Left = 0
		f.Answered = 1 - f.Refused
	}
	if in := t.Rate * (1 - f.Refused); in > 0 {
		f.Wait = hours(waiting / in)
	}
	return f, nil
}

// chances gives the share of time for which so many contacts are there, from
// none up to all places taken and all waiting places too. It starts at the
// likeliest number and goes outwards: every factor is at most 1, so nothing
// overflows however many there are.
func (t Traffic) chances(c Crew) []float64 {
	places := c.People * c.Each
	p := make([]float64, places+c.Queue+1)
	if t.Rate == 0 {
		p[0] = 1
		return p
	}
	top := 0 // the largest number that is likelier than the one below it
	for top+1 < len(p) && t.Rate >= t.leaving(top+1, places) {
		top++
	}
	p[top] = 1
	sum := 1.0
	for k := top + 1; k < len(p); k++ {
		p[k] = p[k-1] * (t.Rate / t.leaving(k, places)) // at most 1: it is above top
		sum += p[k]
	}
	for k := top; k > 0; k-- {
		p[k-1] = p[k] * (t.leaving(k, places) / t.Rate)
		sum += p[k-1]
	}
	for k := range p {
		p[k] /= sum
	}
	return p
}

// leaving is how many an hour go away, answered or not, while k are there. It
// never falls as k rises.
func (t Traffic) leaving(k, places int) float64 {
	out := float64(min(k, places)) / t.Handle.Hours()
	over := float64(max(0, k-places))
	switch {
	case over == 0 || t.Patience == Forever:
		return out
	case t.Patience == 0:
		return math.Inf(1)
	}
	return out + over/t.Patience.Hours()
}

// Within is the share of all who come that is answered within a time, exactly:
// the chances of who is ahead are followed through that time in small steps of
// one departure each. Errors are Invalid.
func (t Traffic) Within(c Crew, limit time.Duration) (float64, error) {
	if err := t.Check(); err != nil {
		return 0, err
	}
	if err := c.Check(); err != nil {
		return 0, err
	}
	if limit < 0 || limit > time.Hour {
		return 0, helpline.Errorf(helpline.Invalid, "a wait must be between 0 and an hour")
	}
	places := c.People * c.Each
	p := t.chances(c)
	if t.Rate == 0 {
		if places > 0 {
			return 1, nil
		}
		return 0, nil
	}
	var out float64
	for k := range min(places, len(p)) {
		out += p[k]
	}
	if t.Patience == 0 || places == 0 {
		return min(1, out), nil
	}
	wait := t.served(places, min(c.Queue, furthest(p, places)), limit)
	for ahead, answered := range wait {
		out += p[places+ahead] * answered
	}
	return min(1, out), nil
}

// furthest is how many of the waiting places matter: the chance of more is
// below what a float64 can add.
func furthest(p []float64, places int) int {
	n := len(p) - 1
	for n > places && p[n] < 1e-18 {
		n--
	}
	return n - places + 1
}

// served gives, for somebody who finds all places taken and so many waiting,
// the chance to be answered within the time. It is the way of a chain that only
// goes down, cut into steps (uniformisation): sums of positive numbers only.
func (t Traffic) served(places, queue int, limit time.Duration) []float64 {
	if queue <= 0 {
		return nil
	}
	mu := float64(places) / t.Handle.Hours()
	theta := 0.0
	if t.Patience != Forever {
		theta = 1 / t.Patience.Hours()
	}
	// With i ahead: mu + i theta an hour moves one up, theta makes oneself leave.
	fastest := mu + float64(queue)*theta
	steps := fastest * limit.Hours()
	now := make([]float64, queue) // answered after so many steps, by who is ahead
	out := make([]float64, queue)
	last := int(steps + 12*math.Sqrt(steps) + 30)
	for n := 0; n <= last; n++ {
		lg, _ := math.Lgamma(float64(n) + 1)
		weight := math.Exp(float64(n)*math.Log(max(steps, 1e-300)) - steps - lg)
		for i := range out {
			out[i] += weight * now[i]
		}
		for i := queue - 1; i >= 0; i-- { // from behind: now[i-1] is still that of the step before
			up := (mu + float64(i)*theta) / fastest
			ahead := 1.0
			if i > 0 {
				ahead = now[i-1]
			}
			now[i] = up*ahead + (1-up-theta/fastest)*now[i]
		}
	}
	return out
}

func hours(h float64) time.Duration {
	if h > longest.Hours()*365 {
		return longest * 365
	}
	return time.Duration(h * float64(time.Hour))
}
