package rota

import "context"

// Prover is the exact stage, which comes later and stands outside: a solver
// that takes what the search found and either betters it or proves how little
// there is to better. It is handed the book, not the search's tables, so that
// it can be any program; what it gives back is checked by Check like every
// other filling.
type Prover interface {
	// Prove works until it has proved, until ctx ends, or until it has nothing
	// more to give. It gives the best filling it knows, never worse than from,
	// and what it proved. tell may be nil.
	Prove(ctx context.Context, b *Book, law Profile, from Filling, tell func(Proof)) (Filling, Proof, error)
}

// Proof says what is known about the best filling there can be.
type Proof struct {
	Cost  int64 // of the best that was found
	Least int64 // no filling costs less
}

// Proved says whether nothing better exists.
func (b Proof) Proved() bool { return b.Cost <= b.Least }

// Percent is "at most so many per cent from the best", rounded up.
func (b Proof) Percent() int {
	switch {
	case b.Proved():
		return 0
	case b.Least <= 0:
		return 100
	}
	return int((100*(b.Cost-b.Least) + b.Least - 1) / b.Least)
}
