package counsel

import (
	"context"
	"slices"
	"sync"
	"time"

	"helpline"
	"helpline/counsel/vault"
)

// safe is a store in memory with everything that notes need. What is in it can
// be changed behind the back of the program.
type safe struct {
	mu       sync.Mutex
	log      [][]byte
	rings    map[helpline.ID]KeyringRow
	seats    map[chair][]byte
	holders  map[helpline.ID]helpline.ID
	notes    map[helpline.ID]NoteRow
	drafts   map[helpline.ID]DraftRow
	keys     map[int64]vault.Key
	next     int64
	counted  []Coded
	fails    error // of the next write
	emptied  int
	dropping error

	holds   map[helpline.ID]HoldRow
	regrant Regranting
	gone    map[helpline.ID]bool // false for who works here
	change  func(PersonChange)   // of the people, who are kept elsewhere
	batches int                  // of grants so far
	box     strongbox
}

func newSafe() *safe {
	return &safe{
		rings: map[helpline.ID]KeyringRow{}, seats: map[chair][]byte{}, holders: map[helpline.ID]helpline.ID{},
		notes: map[helpline.ID]NoteRow{}, drafts: map[helpline.ID]DraftRow{}, keys: map[int64]vault.Key{},
		holds: map[helpline.ID]HoldRow{}, gone: map[helpline.ID]bool{}, change: func(PersonChange) {},
		box: newStrongbox(),
	}
}

// chair is where a seat stands.
type chair struct {
	group      vault.Group
	generation uint64
	person     helpline.ID
}

func absent() error { return helpline.Errorf(helpline.NotFound, "not known") }

func (s *safe) Keyring(_ context.Context, p helpline.ID) (KeyringRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.rings[p]
	if !ok {
		return r, absent()
	}
	return r, nil
}

func (s *safe) Enrol(_ context.Context, r KeyringRow) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.rings[r.Person]; ok {
		return helpline.Errorf(helpline.Conflict, "has one")
	}
	s.rings[r.Person] = r
	return nil
}

func (s *safe) Rewrap(_ context.Context, p helpline.ID, wrapped []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.rings[p]
	if !ok {
		return absent()
	}
	r.Wrapped = wrapped
	s.rings[p] = r
	return nil
}

func (s *safe) Introductions(context.Context) ([]KeyringRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []KeyringRow
	for _, r := range s.rings {
		out = append(out, KeyringRow{Person: r.Person, Intro: r.Intro})
	}
	return out, nil
}

func (s *safe) Seat(_ context.Context, g vault.Group, generation uint64, p helpline.ID) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.seats[chair{g, generation, p}]
	if !ok {
		return nil, absent()
	}
	return b, nil
}

func (s *safe) KeyLog(context.Context) ([][]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log), nil
}

func (s *safe) ExtendKeyLog(_ context.Context, e Extension) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.extend(e)
}

func (s *safe) extend(e Extension) error {
	if e.At != len(s.log) {
		return helpline.Errorf(helpline.Conflict, "somebody was faster")
	}
	s.log = append(s.log, e.Entries...)
	if e.Keyring != nil {
		s.rings[e.Keyring.Person] = *e.Keyring
	}
	if e.Custody != nil {
		s.box.custody = append(s.box.custody, *e.Custody)
	}
	for _, seat := range e.Seats {
		s.seats[chair{seat.Group, seat.Generation, seat.Person}] = seat.Sealed
		if seat.Group == vault.Supervisors && seat.Generation > max(1, s.regrant.Generation) {
			s.regrant = Regranting{Generation: seat.Generation, Total: len(s.before(seat.Generation))}
		}
	}
	return nil
}

func (s *safe) mayWrite(contact, author helpline.ID) error {
	if s.fails != nil {
		return s.fails
	}
	holder, held := s.holders[contact]
	if d := s.drafts[contact]; !held && d.Elsewhere() {
		holder, held = d.Author, true
	}
	if !held || holder != author {
		return absent()
	}
	if s.drafts[contact].Saved {
		return helpline.Errorf(helpline.Conflict, "has its note")
	}
	return nil
}

func (s *safe) SaveNote(_ context.Context, contact helpline.ID, n NoteRow, counts []Coded, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.mayWrite(contact, n.Author); err != nil {
		return err
	}
	if s.turned(n) {
		return helpline.Errorf(helpline.Conflict, "save: %w", ErrTurned)
	}
	s.notes[n.ID] = n
	s.drafts[contact] = DraftRow{Contact: contact, Author: n.Author, Day: s.drafts[contact].Day, Saved: true}
	s.counted = append(s.counted, counts...)
	return nil
}

func (s *safe) ReviseNote(_ context.Context, n NoteRow, from uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	stands, ok := s.notes[n.ID]
	switch {
	case !ok || stands.Author != n.Author:
		return absent()
	case stands.Revision != from:
		return helpline.Errorf(helpline.Conflict, "changed")
	case s.turned(n):
		return helpline.Errorf(helpline.Conflict, "revise: %w", ErrTurned)
	}
	stands.Revision, stands.Schema, stands.Generation = n.Revision, n.Schema, n.Generation
	stands.Sealed, stands.ToAuthor, stands.ToGroup = n.Sealed, n.ToAuthor, n.ToGroup
	s.notes[n.ID] = stands
	return nil
}

func (s *safe) Note(_ context.Context, id helpline.ID) (NoteRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.notes[id]
	if !ok {
		return n, absent()
	}
	n.Held, n.HeldBy = s.holds[id].Papers, s.holds[id].Shred
	return n, nil
}

func (s *safe) NoteHeads(_ context.Context, author helpline.ID) ([]NoteRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []NoteRow
	for _, n := range s.notes {
		if author.IsZero() || n.Author == author {
			n.Sealed, n.ToAuthor, n.ToGroup, n.Generation = nil, nil, nil, 0
			n.Held, n.HeldBy = s.holds[n.ID].Papers, s.holds[n.ID].Shred
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b NoteRow) int { return b.Day - a.Day })
	return out, nil
}

func (s *safe) Begin(_ context.Context, d DraftRow) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, held := s.holders[d.Contact]
	if _, known := s.drafts[d.Contact]; known || held {
		return helpline.Errorf(helpline.Conflict, "known")
	}
	s.drafts[d.Contact] = d
	return s.fails
}

func (s *safe) PutDraft(_ context.Context, d DraftRow) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.mayWrite(d.Contact, d.Author); err != nil {
		return err
	}
	d.Day = s.drafts[d.Contact].Day
	s.drafts[d.Contact] = d
	return nil
}

func (s *safe) MayWrite(_ context.Context, contact, person helpline.ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mayWrite(contact, person)
}

func (s *safe) Draft(_ context.Context, contact helpline.ID) (DraftRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.drafts[contact]
	if !ok {
		return d, absent()
	}
	return d, nil
}

func (s *safe) Drafts(_ context.Context, author helpline.ID) ([]DraftRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []DraftRow
	for _, d := range s.drafts {
		if d.Author == author && !d.Saved && len(d.Sealed) > 0 {
			d.Sealed = nil
			out = append(out, d)
		}
	}
	return out, nil
}

func (s *safe) Take(context.Context) (int64, vault.Key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	s.keys[s.next] = vault.Key{byte(s.next), 7}
	return s.next, s.keys[s.next], nil
}

func (s *safe) Key(_ context.Context, number int64) (vault.Key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.keys[number]
	if !ok {
		return k, absent()
	}
	return k, nil
}

func (s *safe) Forget(_ context.Context, numbers []int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range numbers {
		delete(s.keys, n)
	}
	return nil
}

func (s *safe) Expired(_ context.Context, today, days int) (Expired, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var e Expired
	for id, n := range s.notes {
		if n.Ends <= today || n.Day+days <= today {
			e.Notes, e.Shreds = append(e.Notes, id), append(e.Shreds, n.Shred)
		}
	}
	for contact, d := range s.drafts {
		if _, held := s.holders[contact]; held || d.Day+DraftDays > today {
			continue
		}
		e.Drafts = append(e.Drafts, contact)
		if !d.Saved {
			e.Shreds = append(e.Shreds, d.Shred)
		}
	}
	return e, nil
}

func (s *safe) Drop(_ context.Context, e Expired) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dropping != nil {
		return s.dropping
	}
	for _, id := range e.Notes {
		delete(s.notes, id)
		delete(s.holds, id)
	}
	for _, contact := range e.Drafts {
		delete(s.drafts, contact)
	}
	return nil
}

func (s *safe) EmptyLogs(context.Context) error {
	s.emptied++
	return nil
}

// seatOf is where a person sits among the supervisors.
func seatOf(by By) chair { return chair{vault.Supervisors, 1, by.Person} }
