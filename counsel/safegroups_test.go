package counsel

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"helpline"
	"helpline/counsel/vault"
)

// turned says whether a note is granted to a generation of the past.
func (s *safe) turned(n NoteRow) bool {
	for c := range s.seats {
		if c.group == vault.Supervisors && c.generation > n.Generation {
			return true
		}
	}
	return false
}

// before lists the notes whose group grant is older, in the order of their
// identifiers. s.mu is held.
func (s *safe) before(generation uint64) []NoteRow {
	var out []NoteRow
	for _, n := range s.notes {
		if n.Generation < generation {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b NoteRow) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return out
}

func (s *safe) ChangePerson(_ context.Context, c PersonChange) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fails != nil {
		return s.fails
	}
	if gone, known := s.gone[c.Person]; !c.Known && (gone || !known) {
		return absent()
	}
	if err := s.extend(c.Extension); err != nil {
		return err
	}
	maps.DeleteFunc(s.seats, func(at chair, _ []byte) bool {
		return at.person == c.Person && (c.Remove || slices.Contains(c.Leaves, at.group))
	})
	if c.Remove {
		s.gone[c.Person] = true
		delete(s.rings, c.Person)
		for id, n := range s.notes {
			if n.Author == c.Person {
				n.ToAuthor = nil
				s.notes[id] = n
			}
		}
	}
	s.change(c)
	return nil
}

func (s *safe) Regranting(context.Context) (Regranting, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.regrant, nil
}

func (s *safe) Ungranted(_ context.Context, generation uint64, after helpline.ID, most int) ([]NoteRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.DeleteFunc(s.before(generation), func(n NoteRow) bool { return bytes.Compare(n.ID[:], after[:]) <= 0 })
	for i := range all {
		all[i].ToAuthor = nil
	}
	return all[:min(most, len(all))], nil
}

func (s *safe) GrantAgain(_ context.Context, b RegrantBatch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fails != nil {
		return s.fails
	}
	if s.regrant.Generation != b.Generation {
		return helpline.Errorf(helpline.Conflict, "turned again")
	}
	for _, g := range b.Grants {
		if n, ok := s.notes[g.Note]; ok && n.Generation == g.Before && bytes.Equal(n.ToGroup, g.Replaces) {
			n.Generation, n.ToGroup = b.Generation, g.Sealed
			s.notes[g.Note] = n
		}
	}
	s.regrant.Upto = b.Upto
	s.regrant.Done += len(b.Grants)
	s.regrant.Failed += b.Failed
	s.batches++
	return nil
}

func (s *safe) AgainRegrant(_ context.Context, generation uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.regrant.Generation == generation {
		s.regrant.Upto, s.regrant.Failed = helpline.ID{}, 0
	}
	return nil
}

func (s *safe) Holds(context.Context) ([]HoldRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.holds), func(a, b HoldRow) int { return bytes.Compare(a.Note[:], b.Note[:]) }), nil
}

func (s *safe) AddHold(_ context.Context, r HoldRow) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.notes[r.Note]; !ok {
		return absent()
	}
	if _, ok := s.holds[r.Note]; ok {
		return helpline.Errorf(helpline.Conflict, "asked already")
	}
	s.holds[r.Note] = r
	return nil
}

func samePapers(a, b vault.HoldPapers) bool {
	return bytes.Equal(a.Ask, b.Ask) && bytes.Equal(a.Confirm, b.Confirm) && bytes.Equal(a.Lift, b.Lift)
}

func (s *safe) SignHold(_ context.Context, note helpline.ID, before, after vault.HoldPapers) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.holds[note]
	if !ok || !samePapers(r.Papers, before) {
		return helpline.Errorf(helpline.Conflict, "others by now")
	}
	r.Papers.Confirm, r.Papers.Lift = after.Confirm, after.Lift
	s.holds[note] = r
	return nil
}

func (s *safe) DropHold(_ context.Context, note helpline.ID, before vault.HoldPapers) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.holds[note]; !ok || !samePapers(r.Papers, before) {
		return helpline.Errorf(helpline.Conflict, "others by now")
	}
	delete(s.holds, note)
	return nil
}
