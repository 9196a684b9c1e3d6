package counsel

import (
	"context"
	"slices"
	"sync"

	"helpline"
)

// drawer keeps second factors in memory, the way store keeps them in SQLite.
type drawer struct {
	mu     sync.Mutex
	rows   map[helpline.ID]FactorRow
	broken error // answered by whatever writes
}

func newDrawer() *drawer { return &drawer{rows: map[helpline.ID]FactorRow{}} }

func (d *drawer) Factors(_ context.Context, person helpline.ID) ([]FactorRow, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []FactorRow
	for _, r := range d.rows {
		if r.Person == person {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b FactorRow) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return out, nil
}

func (d *drawer) AddFactor(_ context.Context, r FactorRow, most int) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := 0
	for _, one := range d.rows {
		if one.Person == r.Person {
			all++
		}
	}
	if _, known := d.rows[r.ID]; known || all >= most {
		return helpline.Errorf(helpline.Conflict, "drawer: full, or known")
	}
	return d.put(r)
}

func (d *drawer) put(r FactorRow) error {
	if d.broken != nil {
		return d.broken
	}
	d.rows[r.ID] = r
	return nil
}

func (d *drawer) RenewFactor(_ context.Context, r FactorRow) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if old := d.rows[r.ID]; old.Person != r.Person || old.Revision+1 != r.Revision {
		return helpline.Errorf(helpline.Conflict, "drawer: used meanwhile")
	}
	return d.put(r)
}

func (d *drawer) RemoveFactor(ctx context.Context, person, id helpline.ID) error {
	all, _ := d.Factors(ctx, person)
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.rows[id].Person != person:
		return helpline.Errorf(helpline.NotFound, "drawer: none")
	case len(all) == 1:
		return helpline.Errorf(helpline.Conflict, "drawer: the last")
	}
	delete(d.rows, id)
	return nil
}

func (d *drawer) ResetFactors(_ context.Context, person helpline.ID) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, r := range d.rows {
		if r.Person == person {
			delete(d.rows, id)
		}
	}
	return nil
}
