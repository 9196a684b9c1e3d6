package storetest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"reflect"
	"slices"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
)

// LoginStore is counsel.LoginRows with what ends many at once.
type LoginStore interface {
	counsel.LoginRows
	OfPerson(context.Context, helpline.ID) ([][32]byte, error)
	DeletePerson(context.Context, helpline.ID) error
	DeleteExpired(ctx context.Context, now time.Time) error
}

// Logins runs the contract of the store of logins.
func Logins(t *testing.T, fresh Fresh[LoginStore]) {
	t.Run("a login is kept over a restart as it was given, to the second", func(t *testing.T) {
		open := fresh(t)
		r := login(helpline.NewID())
		must(t, open().Put(t.Context(), r))
		wantLogin(t, open(), r)
	})
	t.Run("a second put replaces the first", func(t *testing.T) {
		s := fresh(t)()
		r := login(helpline.ID{}) // nobody has signed in yet
		must(t, s.Put(t.Context(), r))
		r.Person, r.Sealed, r.Epoch, r.Device, r.Expiry = helpline.NewID(), []byte("other"), 20_001, "phone", now.Add(time.Hour)
		must(t, s.Put(t.Context(), r))
		wantLogin(t, s, r)
	})
	t.Run("a login is changed as by a put, and one that has ended stays ended", func(t *testing.T) {
		s := fresh(t)()
		r := login(helpline.NewID())
		must(t, s.Put(t.Context(), r))
		name := r.Device
		r.Sealed, r.Epoch, r.Device, r.Expiry = []byte("other"), 20_001, "", now.Add(time.Hour)
		must(t, s.Change(t.Context(), r))
		r.Device = name
		wantLogin(t, s, r)
		r.Device = "phone"
		must(t, s.Change(t.Context(), r))
		wantLogin(t, s, r)
		must(t, s.Delete(t.Context(), r.ID))
		must(t, s.Change(t.Context(), r))
		_, err := s.Get(t.Context(), r.ID)
		wantKind(t, err, helpline.NotFound)
	})
	t.Run("an idle login is that until it is put or changed, and no idleness begins one", func(t *testing.T) {
		open := fresh(t)
		s := open()
		r, gone := login(helpline.NewID()), login(helpline.NewID())
		must(t, s.Idle(t.Context(), gone.ID))
		_, err := s.Get(t.Context(), gone.ID)
		wantKind(t, err, helpline.NotFound)
		for _, keep := range []func(context.Context, staff.LoginRow) error{s.Put, s.Change} {
			must(t, s.Put(t.Context(), r))
			must(t, s.Idle(t.Context(), r.ID))
			r.Idle = true
			wantLogin(t, s, r)
			r.Idle = false
			must(t, keep(t.Context(), r))
			wantLogin(t, s, r)
		}
		must(t, s.Idle(t.Context(), r.ID))
		r.Idle = true
		wantLogin(t, open(), r)
	})
	t.Run("an ended login is not found, and ending it again is no fault", func(t *testing.T) {
		s := fresh(t)()
		r, other := login(helpline.NewID()), login(helpline.NewID())
		must(t, s.Put(t.Context(), r))
		must(t, s.Put(t.Context(), other))
		for range 2 {
			must(t, s.Delete(t.Context(), r.ID))
		}
		_, err := s.Get(t.Context(), r.ID)
		wantKind(t, err, helpline.NotFound)
		wantLogin(t, s, other)
	})
	t.Run("the logins of one person are listed and end together", func(t *testing.T) { loginsOfOne(t, fresh(t)()) })
	t.Run("expired logins go and the others stay", func(t *testing.T) {
		s := fresh(t)()
		old, young := login(helpline.NewID()), login(helpline.NewID())
		old.Expiry = now
		young.Expiry = now.Add(time.Second)
		must(t, s.Put(t.Context(), old))
		must(t, s.Put(t.Context(), young))
		must(t, s.DeleteExpired(t.Context(), now))
		_, err := s.Get(t.Context(), old.ID)
		wantKind(t, err, helpline.NotFound)
		wantLogin(t, s, young)
	})
}

func loginsOfOne(t *testing.T, s LoginStore) {
	ada, bo := helpline.NewID(), helpline.NewID()
	var want [][32]byte
	for range 3 {
		r := login(ada)
		want = append(want, r.ID)
		must(t, s.Put(t.Context(), r))
	}
	other := login(bo)
	must(t, s.Put(t.Context(), other))
	got, err := s.OfPerson(t.Context(), ada)
	must(t, err)
	byID := func(a, b [32]byte) int { return cmp.Compare(string(a[:]), string(b[:])) }
	slices.SortFunc(got, byID)
	slices.SortFunc(want, byID)
	if !slices.Equal(got, want) {
		t.Errorf("got %d logins, want the %d of this person", len(got), len(want))
	}
	must(t, s.DeletePerson(t.Context(), ada))
	if got, err := s.OfPerson(t.Context(), ada); err != nil || len(got) != 0 {
		t.Errorf("%d logins are left, %v", len(got), err)
	}
	wantLogin(t, s, other)
}

func login(person helpline.ID) staff.LoginRow {
	token := helpline.NewID()
	return staff.LoginRow{
		ID: sha256.Sum256(token[:]), Epoch: 20_000, Sealed: bytes.Repeat([]byte{1, 0, 2}, 40),
		Person: person, Device: "", Expiry: now.Add(10 * time.Hour),
	}
}

func wantLogin(t *testing.T, s counsel.LoginRows, want staff.LoginRow) {
	t.Helper()
	got, err := s.Get(t.Context(), want.ID)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}
