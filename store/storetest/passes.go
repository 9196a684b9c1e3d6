package storetest

import (
	"context"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
)

// PassStore is what keeps logins for own shifts, and ends them with the others.
type PassStore interface {
	counsel.PassRows
	DeletePerson(ctx context.Context, person helpline.ID) error
	DeleteExpired(ctx context.Context, now time.Time) error
}

// Passes is the contract of counsel.PassRows.
func Passes(t *testing.T, fresh Fresh[PassStore]) {
	link, device := [32]byte{1}, [32]byte{2}
	until := now.Add(time.Hour)
	row := func(hash [32]byte, person helpline.ID) counsel.PassRow {
		return counsel.PassRow{ID: helpline.NewID(), Hash: hash, Person: person, Device: "Phone", Expiry: until}
	}
	t.Run("a link is entered once and is a login from then on", func(t *testing.T) {
		open := fresh(t)
		s, r := open(), row(link, helpline.NewID())
		must(t, s.AddPass(t.Context(), r, now, 5))
		got, err := s.EnterPass(t.Context(), link, now, device, until.Add(time.Hour))
		r.Hash, r.Entered, r.Expiry = device, true, until.Add(time.Hour)
		if err != nil || got != r {
			t.Fatalf("entered %+v, %v, want %+v", got, err, r)
		}
		_, err = s.EnterPass(t.Context(), link, now, [32]byte{3}, until)
		wantKind(t, err, helpline.NotFound)
		_, err = s.EnterPass(t.Context(), device, now, [32]byte{3}, until)
		wantKind(t, err, helpline.NotFound)
		_, err = s.Pass(t.Context(), link, now)
		wantKind(t, err, helpline.NotFound)
		s = open()
		if got, err = s.Pass(t.Context(), device, now); err != nil || got != r {
			t.Errorf("kept %+v, %v", got, err)
		}
	})
	t.Run("what has expired is not there", func(t *testing.T) {
		s, who := fresh(t)(), helpline.NewID()
		must(t, s.AddPass(t.Context(), row(link, who), now, 5))
		_, err := s.Pass(t.Context(), link, until)
		wantKind(t, err, helpline.NotFound)
		_, err = s.EnterPass(t.Context(), link, until, device, until.Add(time.Hour))
		wantKind(t, err, helpline.NotFound)
		list, err := s.PassesOf(t.Context(), who, until)
		if err != nil || len(list) != 0 {
			t.Errorf("listed %v, %v", list, err)
		}
		must(t, s.DeleteExpired(t.Context(), until))
		_, err = s.Pass(t.Context(), link, now)
		wantKind(t, err, helpline.NotFound)
	})
	t.Run("a person has only so many, and expired ones do not count", func(t *testing.T) {
		s, who := fresh(t)(), helpline.NewID()
		for i := range byte(2) {
			must(t, s.AddPass(t.Context(), row([32]byte{9, i}, who), now, 2))
		}
		wantKind(t, s.AddPass(t.Context(), row([32]byte{9, 9}, who), now, 2), helpline.Conflict)
		must(t, s.AddPass(t.Context(), row([32]byte{9, 10}, helpline.NewID()), now, 2))
		must(t, s.AddPass(t.Context(), row([32]byte{9, 11}, who), until, 2))
	})
	t.Run("one is ended by its own person only", func(t *testing.T) {
		s, r := fresh(t)(), row(device, helpline.NewID())
		must(t, s.AddPass(t.Context(), r, now, 5))
		must(t, s.EndPass(t.Context(), helpline.NewID(), r.ID))
		if _, err := s.Pass(t.Context(), device, now); err != nil {
			t.Errorf("somebody else has ended it: %v", err)
		}
		must(t, s.EndPass(t.Context(), r.Person, r.ID))
		_, err := s.Pass(t.Context(), device, now)
		wantKind(t, err, helpline.NotFound)
		must(t, s.EndPass(t.Context(), r.Person, r.ID))
	})
	t.Run("they end with the person's other logins", func(t *testing.T) {
		s, mine, other := fresh(t)(), row(device, helpline.NewID()), row(link, helpline.NewID())
		must(t, s.AddPass(t.Context(), mine, now, 5))
		must(t, s.AddPass(t.Context(), other, now, 5))
		must(t, s.DeletePerson(t.Context(), mine.Person))
		_, err := s.Pass(t.Context(), device, now)
		wantKind(t, err, helpline.NotFound)
		if list, err := s.PassesOf(t.Context(), other.Person, now); err != nil || len(list) != 1 {
			t.Errorf("the other person has %v, %v", list, err)
		}
	})
}
