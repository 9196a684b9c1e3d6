package staff

import (
	"context"
	"crypto/rand"

	"helpline"
)

// Tampered says what was found wrong in a row that only this program writes.
type Tampered string

// LowCosts: trying passphrases would be cheaper than this program ever made it.
const LowCosts Tampered = "the costs kept for this passphrase or code are below the floor"

func (t Tampered) Error() string { return string(t) }

// Costs are those of new passphrases and codes.
func (o *Office) Costs() Params { return o.costs }

// earnest are the lowest costs this product ever used for people in earnest.
// It never rises: a row of those days must stay usable.
var earnest = Params{Time: 3, MemoryKiB: 128 << 10, Threads: 2}

// Lower takes the floor down to some costs, for a data folder that this program
// made for a demonstration or a load test. It is called before anybody logs in.
func (o *Office) Lower(floor Params) { o.floor = floor }

// lowest is the floor of an office: no more than it makes now, which is less
// only in tests.
func lowest(costs Params) Params {
	return Params{
		Time: min(earnest.Time, costs.Time), MemoryKiB: min(earnest.MemoryKiB, costs.MemoryKiB),
		Threads: min(earnest.Threads, costs.Threads),
	}
}

// Try weighs something else than a passphrase under a name, with the same
// delays and the same Forbidden. judge is asked about names that are not known
// or may not work too, with the zero Person, and must make them cost the same.
func (o *Office) Try(ctx context.Context, name string, judge func(context.Context, Person) (bool, error)) (Person, error) {
	return o.weigh(ctx, name, func(ctx context.Context, p Person, _ Secret, known bool) (bool, error) {
		if !known {
			p = Person{}
		}
		return judge(ctx, p)
	})
}

// Floor refuses costs that are lower than any this product made in earnest; the
// error is Internal and wraps LowCosts.
func (o *Office) Floor(p Params) error {
	if p.below(o.floor) {
		return helpline.Errorf(helpline.Internal, "stretch: %w", LowCosts)
	}
	return nil
}

// Secret makes what recognises a person's new passphrase. Nothing is kept yet.
// Invalid with a Weakness when it is not good enough.
func (o *Office) Secret(ctx context.Context, p Person, pass Passphrase) (Secret, error) {
	if err := Check(pass, p); err != nil {
		return Secret{}, err
	}
	return o.secret(ctx, pass)
}

func (o *Office) secret(ctx context.Context, pass Passphrase) (Secret, error) {
	s := Secret{Salt: make([]byte, saltLength), Params: o.costs}
	_, _ = rand.Read(s.Salt)
	verifier, err := o.stretch.Verifier(ctx, pass, s.Salt, s.Params)
	if err != nil {
		return Secret{}, err
	}
	s.Verifier = verifier[:]
	return s, nil
}
