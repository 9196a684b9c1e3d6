package counsel

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"helpline"
	"helpline/counsel/audit"
)

// memoryTrail is an audit log in memory; with full set nothing can be written.
type memoryTrail struct {
	mu   sync.Mutex
	rows []audit.Row
	head audit.Head
	full bool
	mute bool // finds nothing
}

var errFull = helpline.Errorf(helpline.Unavailable, "the disk is full")

func (m *memoryTrail) Record(_ context.Context, d audit.Deed) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.full {
		return errFull
	}
	rows, err := audit.Next(installation, m.head, &audit.Seed{1}, today(), d)
	if err != nil {
		return err
	}
	m.rows = append(m.rows, rows...)
	m.head = audit.HeadOf(installation, m.rows[len(m.rows)-1])
	return nil
}

func (m *memoryTrail) Find(_ context.Context, q audit.Query) ([]audit.Row, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []audit.Row
	for _, r := range slices.Backward(m.rows) {
		fits := (len(q.Codes) == 0 || slices.Contains(q.Codes, r.Code)) && r.Day >= q.From && (q.To == 0 || r.Day < q.To)
		if !m.mute && fits && (q.Person.IsZero() || r.Actor == q.Person || r.Object.ID == q.Person) {
			out = append(out, r)
		}
	}
	return out, nil
}

func (m *memoryTrail) codes() (out []audit.Code) {
	for _, r := range m.rows {
		out = append(out, r.Code)
	}
	return out
}

func TestPromiseADeedWithoutItsEntryIsNotDone(t *testing.T) {
	d := audit.Deed{Code: audit.PersonRemove, Object: audit.Person(helpline.NewID())}
	err := Traced(t.Context(), &memoryTrail{full: true}, d, func() error {
		t.Error("it was done")
		return nil
	})
	wantErr(t, err, helpline.Unavailable, nil)
}

func TestADeedThatFailsIsRecordedAsFailed(t *testing.T) {
	trail := &memoryTrail{}
	d := audit.Deed{Code: audit.PersonRemove, Object: audit.Person(helpline.NewID())}
	want := errors.New("no")
	if err := Traced(t.Context(), trail, d, func() error { return want }); !errors.Is(err, want) {
		t.Errorf("err = %v", err)
	}
	if len(trail.rows) != 2 || trail.rows[1].Detail("result") != "failed" {
		t.Errorf("rows %v", trail.rows)
	}
	if err := Traced(t.Context(), trail, d, func() error { return nil }); err != nil || len(trail.rows) != 3 {
		t.Errorf("%d rows, %v", len(trail.rows), err)
	}
}
