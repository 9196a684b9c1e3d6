package counsel

import (
	"bytes"
	"context"
	"slices"
	"time"

	"helpline"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// strongbox is what the safe keeps for recovery.
type strongbox struct {
	secrets map[helpline.ID]staff.Secret
	due     map[helpline.ID]bool // must choose a new passphrase
	codes   map[helpline.ID]*[2]CodeRow
	escrows map[helpline.ID][]EscrowRow
	custody []CustodyRow // the oldest first
	rescues []RescueRow
	ended   []helpline.ID // whose logins were ended
	breaks  error         // of Renew
}

func newStrongbox() strongbox {
	return strongbox{
		secrets: map[helpline.ID]staff.Secret{}, due: map[helpline.ID]bool{},
		codes: map[helpline.ID]*[2]CodeRow{}, escrows: map[helpline.ID][]EscrowRow{},
	}
}

func (s *safe) Renew(_ context.Context, r Renewal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.box.breaks != nil {
		return s.box.breaks
	}
	ring, ok := s.rings[r.Person]
	if !ok {
		return absent()
	}
	if !r.Rescue.IsZero() {
		i := slices.IndexFunc(s.box.rescues, func(q RescueRow) bool { return q.ID == r.Rescue && q.Person == r.Person })
		if i < 0 {
			return absent()
		}
		s.box.rescues = slices.DeleteFunc(s.box.rescues, func(q RescueRow) bool { return q.Person == r.Person })
		for i := range s.box.custody {
			if s.box.custody[i].Generation == r.Used {
				s.box.custody[i].Used = true
			}
		}
	}
	if r.Spent {
		delete(s.box.codes, r.Person)
	}
	ring.Wrapped = r.Wrapped
	s.rings[r.Person], s.box.secrets[r.Person] = ring, r.Secret
	delete(s.box.due, r.Person)
	return nil
}

func (s *safe) MustRenew(_ context.Context, p helpline.ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.box.due[p] = true
	return nil
}

func (s *safe) Code(_ context.Context, p helpline.ID, confirmed bool) (CodeRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := 0
	if confirmed {
		at = 1
	}
	if s.box.codes[p] == nil || s.box.codes[p][at].Wrapped == nil {
		return CodeRow{}, absent()
	}
	return s.box.codes[p][at], nil
}

func (s *safe) PutCode(_ context.Context, r CodeRow) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.box.codes[r.Person] == nil {
		s.box.codes[r.Person] = &[2]CodeRow{}
	}
	s.box.codes[r.Person][0] = r
	return nil
}

func (s *safe) ConfirmCode(_ context.Context, r CodeRow) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	both := s.box.codes[r.Person]
	if both == nil || !bytes.Equal(both[0].Wrapped, r.Wrapped) {
		return helpline.Errorf(helpline.Conflict, "another")
	}
	both[0], both[1] = CodeRow{}, both[0]
	return nil
}

func (s *safe) Escrows(_ context.Context, p helpline.ID) ([]EscrowRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.box.escrows[p]), nil
}

func (s *safe) PutEscrow(_ context.Context, r EscrowRow) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	mine := slices.DeleteFunc(s.box.escrows[r.Person], func(e EscrowRow) bool { return e.Generation == r.Generation })
	s.box.escrows[r.Person] = append(mine, r)
	s.tidy()
	return nil
}

func (s *safe) tidy() {
	for p, mine := range s.box.escrows {
		slices.SortFunc(mine, func(a, b EscrowRow) int { return int(b.Generation) - int(a.Generation) })
		for i, e := range mine {
			if s.box.custody[e.Generation-1].Written() {
				mine = mine[:i+1]
				break
			}
		}
		s.box.escrows[p] = mine
	}
}

func (s *safe) Escrowed(_ context.Context, generation uint64) ([]helpline.ID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []helpline.ID
	for p, all := range s.box.escrows {
		if slices.ContainsFunc(all, func(e EscrowRow) bool { return e.Generation == generation }) {
			out = append(out, p)
		}
	}
	return out, nil
}

func (s *safe) Custodies(context.Context) ([]CustodyRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []CustodyRow
	for _, c := range s.box.custody {
		c.Shares = slices.Clone(c.Shares)
		out = append(out, c)
	}
	slices.Reverse(out)
	return out, nil
}

func (s *safe) ShareWritten(_ context.Context, generation uint64, part int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if int(generation) > len(s.box.custody) || len(s.box.custody[generation-1].Shares[part-1].Sealed) == 0 {
		return absent()
	}
	s.box.custody[generation-1].Shares[part-1].Sealed = nil
	s.tidy()
	return nil
}

func (s *safe) Ask(_ context.Context, r RescueRow, most int, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.box.rescues = slices.DeleteFunc(s.box.rescues, func(q RescueRow) bool { return !q.Expires.After(now) })
	r.Expires = r.Expires.Truncate(time.Second).UTC()
	s.box.rescues = append(s.box.rescues, r)
	waiting := 0
	for i := len(s.box.rescues) - 1; i >= 0; i-- {
		if q := s.box.rescues[i]; q.Person == r.Person && len(q.Approval) == 0 {
			if waiting++; waiting > most {
				s.box.rescues = slices.Delete(s.box.rescues, i, i+1)
			}
		}
	}
	return nil
}

func (s *safe) find(id helpline.ID, now time.Time) (*RescueRow, error) {
	for i := range s.box.rescues {
		if q := &s.box.rescues[i]; q.ID == id && q.Expires.After(now) {
			return q, nil
		}
	}
	return nil, absent()
}

func (s *safe) Rescue(_ context.Context, id helpline.ID, now time.Time) (RescueRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(id, now)
	if err != nil {
		return RescueRow{}, err
	}
	row := *q
	row.Pieces = slices.Clone(row.Pieces)
	return row, nil
}

func (s *safe) Rescues(_ context.Context, now time.Time) ([]RescueRow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []RescueRow
	for _, q := range s.box.rescues {
		if _, known := s.rings[q.Person]; known && q.Expires.After(now) {
			q.Pieces = nil
			out = append(out, q)
		}
	}
	return out, nil
}

func (s *safe) Approve(_ context.Context, id helpline.ID, approval []byte, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(id, now)
	if err != nil {
		return err
	}
	for _, other := range s.box.rescues {
		if other.Person == q.Person && len(other.Approval) > 0 && other.Expires.After(now) {
			return helpline.Errorf(helpline.Conflict, "approved")
		}
	}
	q.Approval = approval
	return nil
}

func (s *safe) AddPiece(_ context.Context, id helpline.ID, p vault.Piece, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(id, now)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(q.Pieces, func(o vault.Piece) bool { return o.Part == p.Part }) {
		return helpline.Errorf(helpline.Conflict, "entered")
	}
	q.Pieces = append(q.Pieces, p)
	return nil
}

// DeletePerson ends the logins of a person.
func (s *safe) DeletePerson(_ context.Context, p helpline.ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.box.ended = append(s.box.ended, p)
	return nil
}

func (s *safe) EndRescue(_ context.Context, id helpline.ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.box.rescues)
	s.box.rescues = slices.DeleteFunc(s.box.rescues, func(q RescueRow) bool { return q.ID == id })
	if len(s.box.rescues) == before {
		return absent()
	}
	return nil
}
