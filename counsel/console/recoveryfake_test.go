package console

import (
	"context"
	"sync"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// strongroom answers for codes and the recovery key the way counsel does,
// without a key in it.
type strongroom struct {
	mu       sync.Mutex
	byCode   map[string]bool // tokens of logins begun with a code
	changed  []helpline.ID
	code     string // that waits to be typed back
	works    map[helpline.ID]bool
	codes    map[string]staff.Person // that open, by code
	asks     map[string]*counsel.Pleading
	who      map[string]staff.Person // of asks
	state    counsel.RecoveryState
	made     []helpline.ID
	rescues  []counsel.Rescued
	approved []helpline.ID
	given    []string
	tasks    []counsel.Task
	fails    error // of whatever is asked next
}

func newStrongroom() *strongroom {
	return &strongroom{
		byCode: map[string]bool{}, works: map[helpline.ID]bool{}, codes: map[string]staff.Person{},
		asks: map[string]*counsel.Pleading{}, who: map[string]staff.Person{},
		state: counsel.RecoveryState{Lack: counsel.NoKey},
	}
}

func (s *strongroom) NeedsOld(by counsel.By) bool { return !s.byCode[by.Token] }

func (s *strongroom) ChangePassphrase(_ context.Context, by counsel.By, old, next staff.Passphrase) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.fails != nil:
		return s.fails
	case len(next.Reveal()) < 15:
		return helpline.Errorf(helpline.Invalid, "strongroom: %w", staff.TooShort)
	case !s.byCode[by.Token] && old.Reveal() != pass:
		return helpline.Errorf(helpline.Forbidden, "strongroom: not the passphrase")
	}
	s.changed = append(s.changed, by.Person)
	return nil
}

func (s *strongroom) HasCode(_ context.Context, p helpline.ID) (bool, error) { return s.works[p], nil }

func (s *strongroom) MakeCode(context.Context, counsel.By) (vault.Code, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fails != nil {
		return vault.Code{}, s.fails
	}
	code := vault.NewCode()
	s.code = code.Reveal()
	return code, nil
}

func (s *strongroom) ConfirmCode(_ context.Context, by counsel.By, typed string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	code, err := vault.ReadCode(typed)
	switch {
	case err != nil:
		return err
	case s.code == "":
		return errNone
	case code.Reveal() != s.code:
		return helpline.Errorf(helpline.Forbidden, "strongroom: another code")
	}
	s.works[by.Person] = true
	return nil
}

func (s *strongroom) EnterByCode(_ context.Context, name, typed string) (staff.Person, error) {
	if _, err := vault.ReadCode(typed); err != nil {
		return staff.Person{}, err
	}
	p, ok := s.codes[typed]
	if !ok || p.Name != name {
		return staff.Person{}, helpline.Errorf(helpline.Forbidden, "strongroom: no")
	}
	return p, nil
}

func (s *strongroom) AskRescue(_ context.Context, name string) (string, error) {
	if s.fails != nil {
		return "", s.fails
	}
	s.asks["token-of-"+name] = &counsel.Pleading{Words: ownSix, Expires: time.Now().Add(time.Hour)}
	return "token-of-" + name, nil
}

func (s *strongroom) Pleading(_ context.Context, token string) (counsel.Pleading, error) {
	p, ok := s.asks[token]
	if !ok {
		return counsel.Pleading{}, errNone
	}
	return *p, nil
}

func (s *strongroom) FinishRescue(_ context.Context, token string, next staff.Passphrase) (staff.Person, error) {
	p, ok := s.asks[token]
	switch {
	case !ok:
		return staff.Person{}, errNone
	case !p.Ready():
		return staff.Person{}, helpline.Errorf(helpline.Unavailable, "strongroom: too few")
	case len(next.Reveal()) < 15:
		return staff.Person{}, helpline.Errorf(helpline.Invalid, "strongroom: %w", staff.TooShort)
	}
	delete(s.asks, token)
	return s.who[token], nil
}

func (s *strongroom) State(context.Context) (counsel.RecoveryState, error) { return s.state, nil }

func (s *strongroom) Candidates(context.Context, counsel.By) ([]counsel.Custodian, error) {
	return s.state.Custodians, s.fails
}

func (s *strongroom) MakeKey(_ context.Context, _ counsel.By, _ int, who []helpline.ID) error {
	if s.fails != nil {
		return s.fails
	}
	s.made = who
	return nil
}

func (s *strongroom) OwnShare(context.Context, counsel.By) (counsel.Sheet, error) {
	return counsel.Sheet{}, errNone
}

func (s *strongroom) WroteShare(context.Context, counsel.By, [2]string) error { return errNone }

func (s *strongroom) Tasks(context.Context, helpline.Actor) ([]counsel.Task, error) {
	return s.tasks, nil
}

func (s *strongroom) Rescues(context.Context, counsel.By) ([]counsel.Rescued, error) {
	return s.rescues, s.fails
}

func (s *strongroom) find(id helpline.ID) error {
	for _, r := range s.rescues {
		if r.ID == id {
			return nil
		}
	}
	return errNone
}

func (s *strongroom) ApproveRescue(_ context.Context, _ counsel.By, id helpline.ID, words string) error {
	if err := s.find(id); err != nil {
		return err
	}
	if words != ownSix {
		return helpline.Errorf(helpline.Conflict, "strongroom: other words")
	}
	s.approved = append(s.approved, id)
	return nil
}

func (s *strongroom) StopRescue(_ context.Context, _ counsel.By, id helpline.ID) error {
	return s.find(id)
}

func (s *strongroom) GiveShare(_ context.Context, _ counsel.By, id helpline.ID, typed string) error {
	if err := s.find(id); err != nil {
		return err
	}
	if _, err := vault.ReadShare(typed); err != nil {
		return err
	}
	s.given = append(s.given, typed)
	return nil
}
