package storetest

import (
	"fmt"
	"sync"
	"testing"

	"helpline"
	"helpline/counsel"
)

// FactorStore keeps second factors; Person is one of the staff, fresh.
type FactorStore struct {
	counsel.FactorRows
	Person func(t *testing.T) helpline.ID
}

func factorOf(person helpline.ID) counsel.FactorRow {
	return counsel.FactorRow{ID: helpline.NewID(), Person: person, Kind: counsel.CodeFactor, Revision: 1, Sealed: []byte("sealed"), Wrapped: []byte{}}
}

// Factors runs the contract of counsel.FactorRows.
func Factors(t *testing.T, fresh Fresh[FactorStore]) {
	wantFactors := func(t *testing.T, s FactorStore, person helpline.ID, want ...counsel.FactorRow) {
		t.Helper()
		got, err := s.Factors(t.Context(), person)
		if err != nil || len(got) != len(want) || fmt.Sprint(got) != fmt.Sprint(want) && len(want) == 1 {
			t.Errorf("there are %+v, %v; want %+v", got, err, want)
		}
	}
	t.Run("a factor comes back, after a restart too, and only to its person", func(t *testing.T) {
		open := fresh(t)
		s := open()
		r := factorOf(s.Person(t))
		r.Kind, r.Wrapped = counsel.PasskeyFactor, []byte("wrapped")
		must(t, s.AddFactor(t.Context(), r, 8))
		wantKind(t, s.AddFactor(t.Context(), r, 8), helpline.Conflict)
		s = open()
		wantFactors(t, s, r.Person, r)
		wantFactors(t, s, s.Person(t))
	})
	t.Run("nobody has more than most", func(t *testing.T) {
		s := fresh(t)()
		p := s.Person(t)
		must(t, s.AddFactor(t.Context(), factorOf(p), 2))
		must(t, s.AddFactor(t.Context(), factorOf(p), 2))
		wantKind(t, s.AddFactor(t.Context(), factorOf(p), 2), helpline.Conflict)
		must(t, s.AddFactor(t.Context(), factorOf(s.Person(t)), 2))
	})
	t.Run("of many who use it at once one does", func(t *testing.T) {
		s := fresh(t)()
		r := factorOf(s.Person(t))
		must(t, s.AddFactor(t.Context(), r, 8))
		r.Revision, r.Sealed = 2, []byte("used")
		var all sync.WaitGroup
		won := make(chan bool, 8)
		for range 8 {
			all.Go(func() {
				err := s.RenewFactor(t.Context(), r)
				if err != nil && helpline.KindOf(err) != helpline.Conflict {
					t.Error(err)
				}
				won <- err == nil
			})
		}
		all.Wait()
		close(won)
		n := 0
		for yes := range won {
			if yes {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d used it", n)
		}
		wantFactors(t, s, r.Person, r)
		stranger := r
		stranger.Person, stranger.Revision = s.Person(t), 3
		wantKind(t, s.RenewFactor(t.Context(), stranger), helpline.Conflict)
		r.Revision = 9
		wantKind(t, s.RenewFactor(t.Context(), r), helpline.Conflict)
	})
	t.Run("the last one stays, and nobody takes another's", func(t *testing.T) {
		s := fresh(t)()
		p, other := s.Person(t), s.Person(t)
		a, b, theirs := factorOf(p), factorOf(p), factorOf(other)
		for _, r := range []counsel.FactorRow{a, b, theirs} {
			must(t, s.AddFactor(t.Context(), r, 8))
		}
		wantKind(t, s.RemoveFactor(t.Context(), p, theirs.ID), helpline.NotFound)
		must(t, s.RemoveFactor(t.Context(), p, a.ID))
		wantKind(t, s.RemoveFactor(t.Context(), p, a.ID), helpline.NotFound)
		wantKind(t, s.RemoveFactor(t.Context(), p, b.ID), helpline.Conflict)
		wantFactors(t, s, p, b)
		must(t, s.ResetFactors(t.Context(), p))
		wantFactors(t, s, p)
		wantFactors(t, s, other, theirs)
	})
}
