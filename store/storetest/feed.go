package storetest

import (
	"context"
	"testing"
	"time"

	"helpline"
	"helpline/counsel"
)

// FeedStore is what keeps calendars of own shifts, with the people they are of.
type FeedStore interface {
	counsel.FeedRows
	counsel.SeenRows
	Staff
	// ChangePerson removes people.
	ChangePerson(ctx context.Context, c counsel.PersonChange) error
}

// Feeds is the contract of counsel.FeedRows and counsel.SeenRows.
func Feeds(t *testing.T, fresh Fresh[FeedStore]) {
	joined := func(t *testing.T, s FeedStore, name string) helpline.ID {
		p, i := add(t, s, name)
		_, err := s.Activate(t.Context(), i.Hash, now, secret)
		must(t, err)
		return p.ID
	}
	row := func(hash byte, person helpline.ID, device string) counsel.FeedRow {
		return counsel.FeedRow{ID: helpline.NewID(), Hash: [32]byte{hash}, Person: person, Device: device}
	}
	t.Run("a calendar opens for its hash and ends with a word of its person", func(t *testing.T) {
		open := fresh(t)
		s := open()
		ada, bo := joined(t, s, "Ada"), joined(t, s, "Bo")
		phone := row(1, ada, "Phone")
		must(t, s.AddFeed(t.Context(), phone, 5))
		s = open()
		if got, err := s.FeedHolder(t.Context(), phone.Hash); err != nil || got != ada {
			t.Errorf("%v, %v", got, err)
		}
		if list, err := s.FeedsOf(t.Context(), ada); err != nil || len(list) != 1 || list[0] != phone {
			t.Errorf("%+v, %v", list, err)
		}
		must(t, s.EndFeed(t.Context(), bo, phone.ID)) // not theirs
		_, err := s.FeedHolder(t.Context(), phone.Hash)
		must(t, err)
		must(t, s.EndFeed(t.Context(), ada, phone.ID))
		must(t, s.EndFeed(t.Context(), ada, phone.ID))
		_, err = s.FeedHolder(t.Context(), phone.Hash)
		wantKind(t, err, helpline.NotFound)
	})
	t.Run("one of a name, one of a form, and not more than so many", func(t *testing.T) {
		s := fresh(t)()
		ada, bo := joined(t, s, "Ada"), joined(t, s, "Bo")
		first := row(1, ada, "Phone")
		must(t, s.AddFeed(t.Context(), first, 2))
		wantKind(t, s.AddFeed(t.Context(), row(2, ada, "phone"), 2), helpline.Conflict)
		again := row(3, ada, "Laptop")
		again.ID = first.ID
		wantKind(t, s.AddFeed(t.Context(), again, 2), helpline.Conflict)
		must(t, s.AddFeed(t.Context(), row(4, ada, "Laptop"), 2))
		wantKind(t, s.AddFeed(t.Context(), row(5, ada, "Desk"), 2), helpline.Conflict)
		must(t, s.AddFeed(t.Context(), row(6, bo, "Phone"), 2))
		if list, err := s.FeedsOf(t.Context(), ada); err != nil || len(list) != 2 || list[0].Device != "Laptop" {
			t.Errorf("%+v, %v", list, err)
		}
	})
	t.Run("whoever is removed has none, and leaves nothing of it", func(t *testing.T) {
		s := fresh(t)()
		ada := joined(t, s, "Ada")
		phone := row(1, ada, "Phone")
		must(t, s.AddFeed(t.Context(), phone, 5))
		must(t, s.SeeUntil(t.Context(), ada, now))
		must(t, s.ChangePerson(t.Context(), counsel.PersonChange{Person: ada, Remove: true}))
		_, err := s.FeedHolder(t.Context(), phone.Hash)
		wantKind(t, err, helpline.NotFound)
		list, err := s.FeedsOf(t.Context(), ada)
		until, err2 := s.SeenUntil(t.Context(), ada)
		if err != nil || err2 != nil || len(list) != 0 || !until.IsZero() {
			t.Errorf("%+v, %v, %v, %v", list, err, until, err2)
		}
	})
	t.Run("what was seen stays seen", func(t *testing.T) {
		s := fresh(t)()
		ada := joined(t, s, "Ada")
		if until, err := s.SeenUntil(t.Context(), ada); err != nil || !until.IsZero() {
			t.Errorf("%v, %v", until, err)
		}
		for _, at := range []time.Time{now, now.Add(time.Hour), now} {
			must(t, s.SeeUntil(t.Context(), ada, at))
		}
		if until, err := s.SeenUntil(t.Context(), ada); err != nil || !until.Equal(now.Add(time.Hour)) {
			t.Errorf("%v, %v", until, err)
		}
	})
}
