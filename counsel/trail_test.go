package counsel_test

import (
	"context"
	"errors"
	"testing"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
)

// memoryTrail remembers deeds; with full set it cannot.
type memoryTrail struct {
	deeds []audit.Deed
	full  bool
}

var errFull = helpline.Errorf(helpline.Unavailable, "the disk is full")

func (m *memoryTrail) Record(_ context.Context, d audit.Deed) error {
	if m.full {
		return errFull
	}
	if err := d.Check(); err != nil {
		return err
	}
	m.deeds = append(m.deeds, d)
	return nil
}

func TestPromiseADeedWithoutItsEntryIsNotDone(t *testing.T) {
	trail := &memoryTrail{full: true}
	d := audit.Deed{Code: audit.PersonRemove, Object: audit.Person(helpline.NewID())}
	err := counsel.Traced(t.Context(), trail, d, func() error {
		t.Error("it was done")
		return nil
	})
	if !errors.Is(err, errFull) {
		t.Errorf("err = %v", err)
	}
}

func TestADeedThatFailsIsRecordedAsFailed(t *testing.T) {
	trail := &memoryTrail{}
	d := audit.Deed{Code: audit.PersonRemove, Object: audit.Person(helpline.NewID())}
	want := errors.New("no")
	if err := counsel.Traced(t.Context(), trail, d, func() error { return want }); !errors.Is(err, want) {
		t.Errorf("err = %v", err)
	}
	if len(trail.deeds) != 2 || trail.deeds[1].Details[0] != audit.Word("result", "failed") {
		t.Errorf("deeds %v", trail.deeds)
	}
	if err := counsel.Traced(t.Context(), trail, d, func() error { return nil }); err != nil || len(trail.deeds) != 3 {
		t.Errorf("%d deeds, %v", len(trail.deeds), err)
	}
}
