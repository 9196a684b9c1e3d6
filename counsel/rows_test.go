package counsel

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/retention"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// safe is a store in memory with everything that notes need. What is in it can
// be changed behind the back of the program.
type safe struct {
	mu       sync.Mutex
	log      [][]byte
	rings    map[helpline.ID]KeyringRow
	seats    map[helpline.ID][]byte
	holders  map[helpline.ID]helpline.ID
	notes    map[helpline.ID]NoteRow
	drafts   map[helpline.ID]DraftRow
	keys     map[int64]vault.Key
	next     int64
	counted  []Coded
	fails    error // of the next write
	emptied  int
	dropping error
}

func newSafe() *safe {
	return &safe{
		rings: map[helpline.ID]KeyringRow{}, seats: map[helpline.ID][]byte{}, holders: map[helpline.ID]helpline.ID{},
		notes: map[helpline.ID]NoteRow{}, drafts: map[helpline.ID]DraftRow{}, keys: map[int64]vault.Key{},
	}
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
	b, ok := s.seats[p]
	if !ok || g != vault.Supervisors || generation != 1 {
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
	if e.At != len(s.log) {
		return helpline.Errorf(helpline.Conflict, "somebody was faster")
	}
	s.log = append(s.log, e.Entries...)
	if e.Keyring != nil {
		s.rings[e.Keyring.Person] = *e.Keyring
	}
	for _, seat := range e.Seats {
		s.seats[seat.Person] = seat.Sealed
	}
	return nil
}

func (s *safe) mayWrite(contact, author helpline.ID) error {
	if s.fails != nil {
		return s.fails
	}
	if s.holders[contact] != author {
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
	s.notes[n.ID] = n
	s.drafts[contact] = DraftRow{Contact: contact, Author: n.Author, Shred: n.Shred, Saved: true}
	s.counted = append(s.counted, counts...)
	return nil
}

func (s *safe) ReviseNote(_ context.Context, n NoteRow, from uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.notes[n.ID].Revision != from {
		return helpline.Errorf(helpline.Conflict, "changed")
	}
	s.notes[n.ID] = n
	return nil
}

func (s *safe) Note(_ context.Context, id helpline.ID) (NoteRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.notes[id]
	if !ok {
		return n, absent()
	}
	return n, nil
}

func (s *safe) NoteHeads(_ context.Context, author helpline.ID) ([]NoteRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []NoteRow
	for _, n := range s.notes {
		if author.IsZero() || n.Author == author {
			n.Sealed, n.ToAuthor, n.ToGroup = nil, nil, nil
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b NoteRow) int { return b.Day - a.Day })
	return out, nil
}

func (s *safe) PutDraft(_ context.Context, d DraftRow) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.mayWrite(d.Contact, d.Author); err != nil {
		return err
	}
	s.drafts[d.Contact] = d
	return nil
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
		if d.Author == author && !d.Saved {
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
	}
	return nil
}

func (s *safe) EmptyLogs(context.Context) error {
	s.emptied++
	return nil
}

// team is an office of people whose passphrase is their name in small letters.
type team struct {
	people []staff.Person
	weighs Stretch
}

func (o *team) Active(_ context.Context, id helpline.ID) (staff.Person, error) {
	for _, p := range o.people {
		if p.ID == id {
			return p, nil
		}
	}
	return staff.Person{}, absent()
}

func (o *team) People(context.Context) ([]staff.Person, error) { return o.people, nil }

func (o *team) Login(ctx context.Context, name string, pass staff.Passphrase) (staff.Person, error) {
	for _, p := range o.people {
		if p.Name != name {
			continue
		}
		if _, err := o.weighs.Verifier(ctx, pass, p.ID[:], staff.Params{Time: 1, MemoryKiB: 64, Threads: 1}); err != nil {
			return staff.Person{}, err
		}
		if pass.Reveal() == passOf(p).Reveal() {
			return p, nil
		}
	}
	return staff.Person{}, helpline.Errorf(helpline.Forbidden, "wrong")
}

func passOf(p staff.Person) staff.Passphrase { return staff.NewPassphrase(strings.ToLower(p.Name)) }

// house is a line with its safe and its people: Sam and Kim supervise, Robin
// and Lou are counsellors.
type house struct {
	*safe
	t                    testing.TB
	team                 *team
	keys                 *Keys
	notes                *Notes
	sam, kim, robin, lou By
}

var installation = helpline.ID{1, 2, 3}

func build(t testing.TB) *house {
	t.Helper()
	work := vault.NewWork(16)
	ctx, stop := context.WithCancel(context.Background())
	var over sync.WaitGroup
	over.Go(func() { work.Run(ctx) })
	t.Cleanup(func() { stop(); over.Wait() })
	h := &house{safe: newSafe(), t: t, team: &team{weighs: Stretch{Work: work}}}
	add := func(name string, roles ...helpline.Role) By {
		p := staff.Person{ID: helpline.NewID(), Name: name, Alias: name, Roles: roles, State: staff.Active}
		h.team.people = append(h.team.people, p)
		return By{Actor: helpline.Actor{Person: p.ID, Alias: name, Roles: roles}, Token: "token of " + name}
	}
	h.sam, h.kim = add("Sam", helpline.Supervisor), add("Kim", helpline.Supervisor, helpline.Counsellor)
	h.robin, h.lou = add("Robin", helpline.Counsellor), add("Lou", helpline.Counsellor)
	h.restart()
	return h
}

// restart is the program started anew on the same safe.
func (h *house) restart() {
	h.t.Helper()
	codes, err := CodesFor("nl")
	if err != nil {
		h.t.Fatal(err)
	}
	h.keys = NewKeys(installation, h.team, h.safe, h.safe)
	h.notes = NewNotes(h.keys, codes, retention.Rules{NoteDays: 90}, h.safe, h.safe, h.safe)
}

func (h *house) person(by By) staff.Person {
	p, err := h.team.Active(h.t.Context(), by.Person)
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

func (h *house) unlock(who ...By) {
	h.t.Helper()
	for _, by := range who {
		if err := h.keys.Unlock(h.t.Context(), by, passOf(h.person(by))); err != nil {
			h.t.Fatal(err)
		}
	}
}

// vouch lets Sam confirm everybody who has a keyring.
func (h *house) vouch() {
	h.t.Helper()
	all, err := h.keys.Strangers(h.t.Context(), h.sam)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, s := range all {
		if err := h.keys.Vouch(h.t.Context(), h.sam, s.Person, s.Words); err != nil {
			h.t.Fatal(err)
		}
	}
}

// contact is one that the person holds.
func (h *house) contact(by By) helpline.ID {
	c := helpline.NewID()
	h.holders[c] = by.Person
	return c
}

func good() Outcome { return Outcome{"group": {"own"}, "ended": {"agreed"}, "suicide": {"none"}} }

func (h *house) save(by By, text string) helpline.ID {
	h.t.Helper()
	before := map[helpline.ID]bool{}
	for id := range h.safe.notes {
		before[id] = true
	}
	if err := h.notes.Save(h.t.Context(), by, Closing{Contact: h.contact(by), Outcome: good(), Text: text}); err != nil {
		h.t.Fatal(err)
	}
	for id := range h.safe.notes {
		if !before[id] {
			return id
		}
	}
	h.t.Fatal("nothing was saved")
	return helpline.ID{}
}
