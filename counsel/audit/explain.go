package audit

import (
	"context"
	"slices"
)

// missing explains a row whose number is too high.
func (v *verifier) missing(r Row) *Fault {
	f := &Fault{Number: v.next, To: r.Number - 1, What: Deleted}
	if v.next > 0 {
		f.Number = max(v.next, v.cut)
	}
	if !r.SignedBy(v.Install, v.key) && r.Code != LogRestart {
		f.What = KeyGone
	}
	return f
}

// explain says what is wrong with a row that has the right number and is not
// signed as it should be, or does not follow. It looks at what stands behind.
func (v *verifier) explain(ctx context.Context, r Row, signer Key) (*Fault, error) {
	n := r.Number
	at := func(w What, to int) (*Fault, error) { return &Fault{Number: n, To: to, What: w}, nil }
	if r.SignedBy(v.Install, signer) {
		return at(Forked, n)
	}
	ahead, err := v.from.Rows(ctx, n, batch)
	if err != nil {
		return nil, err
	}
	// A row further on that belongs here, if its number is put right.
	belongs := slices.IndexFunc(ahead, func(o Row) bool {
		o.Number = n
		return o.Before == v.before && o.SignedBy(v.Install, v.key)
	})
	moved := v.belongsTo(r, ahead)
	switch {
	case belongs > 0 && moved > n:
		return at(Reordered, n)
	case belongs > 0:
		return at(Inserted, ahead[belongs].Number-1)
	case moved > n:
		r.Number = moved
		if r.SignedBy(v.Install, v.key) {
			return at(Deleted, moved-1)
		}
		return at(KeyGone, moved-1)
	case slices.ContainsFunc(v.others(ahead), func(k Key) bool { return r.SignedBy(v.Install, k) }):
		return at(WrongKey, n)
	}
	return at(Edited, n)
}

// belongsTo gives the number that a row had before somebody moved it: the one
// with which it is signed, or with which another row names it as the one
// before. 0 when there is none.
func (v *verifier) belongsTo(r Row, ahead []Row) int {
	for k := r.Number + 1; k <= r.Number+len(ahead); k++ {
		o := r
		o.Number = k
		if o.SignedBy(v.Install, v.key) {
			return k
		}
		h := o.Hash(v.Install)
		if slices.ContainsFunc(ahead, func(a Row) bool { return a.Before == h }) {
			return k
		}
	}
	return 0
}

// others lists the keys that were or will be the log's.
func (v *verifier) others(ahead []Row) []Key {
	keys := slices.Concat(v.past, v.Keys)
	for _, a := range ahead {
		if k, ok := a.Names(); ok && a.Bones() {
			keys = append(keys, k)
		}
	}
	return keys
}
