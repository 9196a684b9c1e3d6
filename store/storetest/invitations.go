package storetest

import (
	"bytes"
	"context"
	"reflect"
	"sync"
	"testing"

	"helpline"
	"helpline/counsel/staff"
)

func invitations(t *testing.T, fresh Fresh[Staff]) {
	t.Run("an invitation makes the person active and is spent", func(t *testing.T) { spendOnce(t, fresh(t)) })
	t.Run("an invitation spends once under twenty concurrent spends", func(t *testing.T) { spendRace(t, fresh(t)()) })
	t.Run("an invitation that has expired is not found", func(t *testing.T) {
		s := fresh(t)()
		p, i := add(t, s, "Ada")
		_, err := s.Invited(t.Context(), i.Hash, i.Expires)
		wantKind(t, err, helpline.NotFound)
		_, err = s.Activate(t.Context(), i.Hash, i.Expires, secret)
		wantKind(t, err, helpline.NotFound)
		got, err := s.Person(t.Context(), p.ID)
		must(t, err)
		if got.State != staff.Invited {
			t.Errorf("the person is %s", got.State)
		}
	})
	t.Run("an unknown invitation is not found", func(t *testing.T) {
		s := fresh(t)()
		add(t, s, "Ada")
		_, err := s.Activate(t.Context(), [32]byte{1}, now, secret)
		wantKind(t, err, helpline.NotFound)
	})
	t.Run("a new invitation replaces an unspent one, and nobody who is active can be invited again", func(t *testing.T) { reinvite(t, fresh(t)()) })
}

func spendOnce(t *testing.T, open func() Staff) {
	s := open()
	p, i := add(t, s, "Ada")
	seen, err := s.Invited(t.Context(), i.Hash, now)
	if err != nil || seen.ID != p.ID {
		t.Fatalf("the invitation is for %v, %v", seen.ID, err)
	}
	got, err := s.Activate(t.Context(), i.Hash, now, secret)
	must(t, err)
	p.State = staff.Active
	if !reflect.DeepEqual(got, p) {
		t.Errorf("got %+v, want %+v", got, p)
	}
	other := secret
	other.Verifier = bytes.Repeat([]byte{9}, 32)
	_, err = s.Activate(t.Context(), i.Hash, now, other)
	wantKind(t, err, helpline.NotFound)
	_, err = s.Invited(t.Context(), i.Hash, now)
	wantKind(t, err, helpline.NotFound)
	wantSecret(t, open(), "Ada", secret)
}

func spendRace(t *testing.T, s Staff) {
	_, i := add(t, s, "Ada")
	var all sync.WaitGroup
	var mu sync.Mutex
	won := 0
	var kept staff.Secret
	for n := range 20 {
		all.Go(func() {
			mine := secret
			mine.Verifier = bytes.Repeat([]byte{byte(n)}, 32)
			_, err := s.Activate(context.Background(), i.Hash, now, mine)
			mu.Lock()
			defer mu.Unlock()
			switch helpline.KindOf(err) {
			case "":
				won++
				kept = mine
			case helpline.NotFound:
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if won != 1 {
		t.Fatalf("%d of 20 spent the invitation, want 1", won)
	}
	wantSecret(t, s, "Ada", kept)
}

func reinvite(t *testing.T, s Staff) {
	p, first := add(t, s, "Ada")
	second := invite(p.ID)
	must(t, s.Reinvite(t.Context(), p.ID, second))
	_, err := s.Activate(t.Context(), first.Hash, now, secret)
	wantKind(t, err, helpline.NotFound)
	_, err = s.Activate(t.Context(), second.Hash, now, secret)
	must(t, err)

	third := invite(p.ID)
	wantKind(t, s.Reinvite(t.Context(), p.ID, third), helpline.NotFound)
	_, err = s.Activate(t.Context(), third.Hash, now, staff.Secret{Salt: []byte("another sixteen."), Params: secret.Params, Verifier: bytes.Repeat([]byte{8}, 32)})
	wantKind(t, err, helpline.NotFound)
	wantSecret(t, s, "Ada", secret)
	wantKind(t, s.Reinvite(t.Context(), p.ID, invite(helpline.NewID())), helpline.Invalid)
}

func wantSecret(t *testing.T, s Staff, name string, want staff.Secret) {
	t.Helper()
	_, got, err := s.Find(t.Context(), name)
	must(t, err)
	if !bytes.Equal(got.Salt, want.Salt) || got.Params != want.Params || !bytes.Equal(got.Verifier, want.Verifier) {
		t.Error("another secret is kept than the one that was set")
	}
}
