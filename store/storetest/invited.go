package storetest

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/staff"
)

// Invited is what keeps people who have not joined.
type Invited interface {
	Staff
	staff.Invitations
}

// Invitations is the contract of staff.Invitations.
func Invitations(t *testing.T, fresh Fresh[Invited]) {
	several := func(names ...string) (people []staff.Person, all []staff.Invitation) {
		for i, name := range names {
			p := staff.Person{
				ID: helpline.NewID(), Name: name, Alias: "Robin", Roles: []helpline.Role{helpline.Counsellor, helpline.Reviewer}, Locales: []helpline.Locale{"nl"},
				Audiences: []helpline.Audience{helpline.Self}, Chats: 1, State: staff.Invited, Language: "nl",
			}
			people = append(people, p)
			all = append(all, staff.Invitation{Hash: [32]byte{7, byte(i)}, Person: p.ID, Expires: now.Add(time.Duration(i+1) * time.Hour)})
		}
		return people, all
	}
	everybody := func(t *testing.T, s Invited, want int) []staff.Person {
		t.Helper()
		all, err := s.People(t.Context())
		if err != nil || len(all) != want {
			t.Errorf("there are %d people, %v, want %d", len(all), err, want)
		}
		return all
	}
	t.Run("all are added, with their invitations", func(t *testing.T) {
		s := fresh(t)()
		people, all := several("Ada", "Bo")
		must(t, s.AddAll(t.Context(), people, all))
		if got := everybody(t, s, 2); !reflect.DeepEqual(got, people) {
			t.Errorf("kept %+v, want %+v", got, people)
		}
		until, err := s.Waiting(t.Context())
		if err != nil || len(until) != 2 || !until[people[1].ID].Equal(all[1].Expires) {
			t.Errorf("the invitations are %v, %v", until, err)
		}
		if p, err := s.Activate(t.Context(), all[1].Hash, now, secret); err != nil || p.Name != "Bo" {
			t.Errorf("the second joins as %v, %v", p.Name, err)
		}
		if until, err = s.Waiting(t.Context()); err != nil || len(until) != 1 {
			t.Errorf("after that the invitations are %v, %v", until, err)
		}
	})
	t.Run("one name that is taken adds nobody, and is named", func(t *testing.T) {
		s := fresh(t)()
		add(t, s, "Ada")
		for _, names := range [][]string{{"Bo", "aDA", "Chris"}, {"Bo", "Chris", "bo"}} {
			people, all := several(names...)
			err := s.AddAll(t.Context(), people, all)
			wantKind(t, err, helpline.Conflict)
			if taken, ok := errors.AsType[staff.Taken](err); !ok || (taken != "aDA" && taken != "bo") {
				t.Errorf("%v names %q", names, string(taken))
			}
			everybody(t, s, 1)
		}
		people, all := several("Bo", "Chris")
		wantKind(t, s.AddAll(t.Context(), people, all[:1]), helpline.Invalid)
		all[0].Person = helpline.NewID()
		wantKind(t, s.AddAll(t.Context(), people, all), helpline.Invalid)
		everybody(t, s, 1)
	})
	t.Run("whoever has not joined is changed, and nobody else", func(t *testing.T) {
		open := fresh(t)
		s := open()
		ada, i := add(t, s, "Ada")
		bo, _ := add(t, s, "Bo")
		to := bo
		to.Name, to.Alias, to.Roles, to.Chats, to.Language = "Bobo", "Bob", []helpline.Role{helpline.Operator}, 3, "nl"
		must(t, s.Amend(t.Context(), to))
		s = open()
		if got, err := s.Person(t.Context(), bo.ID); err != nil || !reflect.DeepEqual(got, to) {
			t.Errorf("changed to %+v, %v, want %+v", got, err, to)
		}
		if _, _, err := s.Find(t.Context(), "BOBO"); err != nil {
			t.Errorf("not found under the new name: %v", err)
		}
		to.Name = "ADA"
		wantKind(t, s.Amend(t.Context(), to), helpline.Conflict)
		_, err := s.Activate(t.Context(), i.Hash, now, secret)
		must(t, err)
		ada.Roles = []helpline.Role{helpline.Supervisor}
		wantKind(t, s.Amend(t.Context(), ada), helpline.NotFound)
		ada.ID = helpline.NewID()
		wantKind(t, s.Amend(t.Context(), ada), helpline.NotFound)
	})
	t.Run("whoever has not joined is withdrawn with the invitation, and nobody else", func(t *testing.T) {
		s := fresh(t)()
		_, i := add(t, s, "Ada")
		bo, other := add(t, s, "Bo")
		joined, err := s.Activate(t.Context(), i.Hash, now, secret)
		must(t, err)
		must(t, s.Withdraw(t.Context(), bo.ID))
		everybody(t, s, 1)
		_, err = s.Invited(t.Context(), other.Hash, now)
		wantKind(t, err, helpline.NotFound)
		_, err = s.Activate(t.Context(), other.Hash, now, secret)
		wantKind(t, err, helpline.NotFound)
		for _, id := range []helpline.ID{bo.ID, joined.ID, helpline.NewID()} {
			wantKind(t, s.Withdraw(t.Context(), id), helpline.NotFound)
		}
		everybody(t, s, 1)
		add(t, s, "Bo") // the name is free again
	})
	t.Run("an invitation is joined or withdrawn, never both", func(t *testing.T) {
		s := fresh(t)()
		for range 20 {
			p, i := add(t, s, "Ada"+helpline.NewID().String())
			gone := make(chan error, 1)
			go func() { gone <- s.Withdraw(context.WithoutCancel(t.Context()), p.ID) }()
			_, joined := s.Activate(t.Context(), i.Hash, now, secret)
			if withdrawn := <-gone; (joined == nil) == (withdrawn == nil) {
				t.Fatalf("joined %v, withdrawn %v", joined, withdrawn)
			}
		}
	})
}
