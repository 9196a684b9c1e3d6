package staff

import (
	"context"
	"crypto/sha256"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"helpline"
)

// shelf keeps people in memory, the way store keeps them in SQLite.
type shelf struct {
	mu      sync.Mutex
	people  map[helpline.ID]Person
	secrets map[helpline.ID]Secret
	open    map[[32]byte]Invitation
}

func newShelf() *shelf {
	return &shelf{
		people: map[helpline.ID]Person{}, secrets: map[helpline.ID]Secret{},
		open: map[[32]byte]Invitation{},
	}
}

var errNone = helpline.Errorf(helpline.NotFound, "no such row")

func (s *shelf) Add(_ context.Context, p Person, i Invitation) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, q := range s.people {
		if strings.EqualFold(q.Name, p.Name) {
			return helpline.Errorf(helpline.Conflict, "name is taken")
		}
	}
	s.people[p.ID], s.open[i.Hash] = p, i
	return nil
}

func (s *shelf) Find(_ context.Context, name string) (Person, Secret, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.people {
		if strings.EqualFold(p.Name, name) {
			return p, s.secrets[p.ID], nil
		}
	}
	return Person{}, Secret{}, errNone
}

func (s *shelf) Person(_ context.Context, id helpline.ID) (Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.people[id]; ok {
		return p, nil
	}
	return Person{}, errNone
}

func (s *shelf) People(context.Context) ([]Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.people)), nil
}

func (s *shelf) Invited(_ context.Context, hash [32]byte, now time.Time) (Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.open[hash]
	if !ok || !now.Before(i.Expires) {
		return Person{}, errNone
	}
	return s.people[i.Person], nil
}

func (s *shelf) Activate(_ context.Context, hash [32]byte, now time.Time, secret Secret) (Person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.open[hash]
	if !ok || !now.Before(i.Expires) {
		return Person{}, errNone
	}
	delete(s.open, hash)
	p := s.people[i.Person]
	p.State = Active
	s.people[p.ID], s.secrets[p.ID] = p, secret
	return p, nil
}

func (s *shelf) Reinvite(_ context.Context, person helpline.ID, i Invitation) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.people[person].State != Invited {
		return errNone
	}
	maps.DeleteFunc(s.open, func(_ [32]byte, old Invitation) bool { return old.Person == person })
	s.open[i.Hash] = i
	return nil
}

func (s *shelf) Revise(_ context.Context, p Person) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok := s.people[p.ID]
	if !ok {
		return errNone
	}
	old.Alias, old.Locales, old.Audiences, old.Chats, old.Language = p.Alias, p.Locales, p.Audiences, p.Chats, p.Language
	s.people[p.ID] = old
	return nil
}

func (s *shelf) set(id helpline.ID, state State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[id]
	p.State = state
	s.people[id] = p
}

// quick stretches in no time and remembers how often and at what price.
type quick struct {
	mu    sync.Mutex
	calls int
	costs []Params
	fail  error
}

func (q *quick) Verifier(_ context.Context, p Passphrase, salt []byte, costs Params) ([32]byte, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.fail != nil {
		return [32]byte{}, q.fail
	}
	q.calls++
	q.costs = append(q.costs, costs)
	return sha256.Sum256(append([]byte(p.Reveal()), salt...)), nil
}
