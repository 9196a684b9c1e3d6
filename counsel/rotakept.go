package counsel

import (
	"context"
	"slices"

	"helpline"
	"helpline/counsel/rota"
)

// mostKept is how many books are kept: a supervisor turns between what is
// published and a draft or two.
const mostKept = 8

// stale drops what was made of the rows, and counts on. r.mu is held.
func (r *Rotas) stale() {
	r.tables, r.books = nil, nil
	r.edition++
}

// kept gives the book of a version, or with the zero one what is published: the
// one that was gathered before, as long as no row, nobody's roles and not the
// day is another. What another program has written is read first.
func (r *Rotas) kept(ctx context.Context, version helpline.ID) (*rota.Book, error) {
	if err := r.Refresh(ctx); err != nil {
		return nil, err
	}
	today := r.today()
	r.mu.Lock()
	if r.day != today {
		r.day = today
		r.stale()
	}
	s, here, edition, b := r.state, r.here, r.edition, r.books[version]
	r.mu.Unlock()
	if b != nil {
		return lent(b), nil
	}
	b = r.standing(s, here)
	if !version.IsZero() {
		var err error
		if b, err = r.bookOf(s, here, version); err != nil {
			return nil, err
		}
	}
	b.Edition = edition
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.edition == edition {
		if r.books == nil || len(r.books) == mostKept {
			r.books = map[helpline.ID]*rota.Book{}
		}
		r.books[version] = b
	}
	return lent(b), nil
}

// lent is a book of the reader's own: copying its rows costs a hundredth of
// gathering them, and nobody can put a row into another's. What lies behind a
// row, the skills that a shift needs for one, is only read.
func lent(b *rota.Book) *rota.Book {
	out := *b
	out.Rotas, out.Templates, out.Closures, out.Requirements = slices.Clone(b.Rotas), slices.Clone(b.Templates), slices.Clone(b.Closures), slices.Clone(b.Requirements)
	out.Shifts, out.Assignments, out.Swaps, out.Acceptances = slices.Clone(b.Shifts), slices.Clone(b.Assignments), slices.Clone(b.Swaps), slices.Clone(b.Acceptances)
	out.People, out.Terms, out.Skills = slices.Clone(b.People), slices.Clone(b.Terms), slices.Clone(b.Skills)
	out.Availability, out.Leaves, out.OnCalls = slices.Clone(b.Availability), slices.Clone(b.Leaves), slices.Clone(b.OnCalls)
	return &out
}
