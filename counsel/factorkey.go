package counsel

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// asking is what a challenge is for; an answer to one is none to another.
type asking byte

const (
	toAdd asking = iota + 1
	toShow
	toUnlock
)

// asked is a challenge that waits for its one answer. It belongs to a login.
type asked struct {
	what  asking
	who   helpline.ID
	until time.Time
	staff.Challenge
}

// remember keeps a challenge in place of the login's earlier one.
func (s *Second) remember(by By, what asking, c staff.Challenge) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked == nil {
		s.asked = map[[32]byte]asked{}
	}
	for login, a := range s.asked {
		if now.After(a.until) {
			delete(s.asked, login)
		}
	}
	s.asked[by.login()] = asked{what, by.Person, now.Add(staff.PasskeyLasts), c}
}

// take gives the challenge of a login, once. Forbidden when there is none for
// this, or it is too old.
func (s *Second) take(by By, what asking) (staff.Challenge, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.asked[by.login()]
	delete(s.asked, by.login())
	if !ok || a.what != what || a.who != by.Person || time.Now().After(a.until) {
		return staff.Challenge{}, helpline.Errorf(helpline.Forbidden, "second factor: this challenge was not asked, or was answered already")
	}
	return a.Challenge, nil
}

// Passkeys is this line's second factors for the pages of one host.
func (s *Second) Passkeys(host *staff.Passkeys) *Passkeys { return &Passkeys{Second: s, host: host} }

// Passkeys adds passkeys to Second; those of another host are not good here.
type Passkeys struct {
	*Second
	host *staff.Passkeys
}

// OfferKey asks the browser to make a passkey. The answer is for AddKey of the
// same login.
func (s *Passkeys) OfferKey(ctx context.Context, by By, name string) (options []byte, err error) {
	ring, rows, err := s.look(ctx, by)
	if err != nil {
		return nil, err
	}
	defer ring.Zero()
	_, _, have, err := passkeys(ring, rows)
	if err != nil {
		return nil, err
	}
	options, c, err := s.host.Create(by.Person, name, have)
	if err == nil {
		s.remember(by, toAdd, c)
	}
	return options, err
}

// AddKey keeps the passkey that the browser has made. Forbidden when the answer
// is not right, Invalid for the name, Conflict when there are MostFactors or with
// ErrSetUp.
func (s *Passkeys) AddKey(ctx context.Context, by By, name string, answer []byte) error {
	name, err := staff.FactorName(name)
	if err != nil {
		return err
	}
	most, err := s.room(ctx, by)
	if err != nil {
		return err
	}
	c, err := s.take(by, toAdd)
	if err != nil {
		return err
	}
	made, err := s.host.Created(by.Person, c, answer)
	if err != nil {
		return err
	}
	key, err := json.Marshal(made)
	if err != nil {
		return helpline.Errorf(helpline.Internal, "keep a passkey: %w", err)
	}
	ring, err := s.keys.forFactors(by)
	if err != nil {
		return err
	}
	defer ring.Zero()
	r, err := factorBody{Name: name, Day: s.today(), Key: key}.seal(ring,
		FactorRow{ID: helpline.NewID(), Person: by.Person, Kind: PasskeyFactor, Revision: 1})
	if err != nil {
		return err
	}
	return s.trace(ctx, by, audit.FactorAdd, by.Person, PasskeyFactor, func() error { return s.rows.AddFactor(ctx, r, most) })
}

// AskKey asks the browser for one of the person's passkeys; NotFound without
// one. The answer is for Key of the same login.
func (s *Passkeys) AskKey(ctx context.Context, by By) (options []byte, err error) {
	ring, rows, err := s.look(ctx, by)
	if err != nil {
		return nil, err
	}
	defer ring.Zero()
	_, _, have, err := passkeys(ring, rows)
	if err != nil {
		return nil, err
	}
	if len(have) == 0 {
		return nil, helpline.Errorf(helpline.NotFound, "ask for a passkey: there is none")
	}
	options, c, err := s.host.Ask(by.Person, have, s.salt(by.Person))
	if err == nil {
		s.remember(by, toShow, c)
	}
	return options, err
}

// Key weighs the answer to AskKey. prf is what the passkey's pseudo-random
// function gave, in base64; where there is something, the passkey can unlock
// the keyring from now on. Forbidden when the answer is not right.
func (s *Passkeys) Key(ctx context.Context, by By, answer []byte, prf string) error {
	c, err := s.take(by, toShow)
	if err != nil {
		return err
	}
	ring, rows, err := s.look(ctx, by)
	if err != nil {
		return err
	}
	defer ring.Zero()
	return s.used(ctx, by, ring, rows, c, answer, prf)
}

// used weighs an answer, writes the new counter and wraps the keyring anew.
func (s *Passkeys) used(ctx context.Context, by By, ring *vault.Keyring, rows []FactorRow, c staff.Challenge, answer []byte, prf string) error {
	rows, bodies, have, err := passkeys(ring, rows)
	if err != nil {
		return err
	}
	i, now, err := s.host.Answered(by.Person, c, have, answer)
	if err != nil {
		return err
	}
	r, b := rows[i], bodies[i]
	b.Copied = b.Copied || now.Copied()
	if b.Key, err = json.Marshal(now); err != nil {
		return helpline.Errorf(helpline.Internal, "keep a passkey: %w", err)
	}
	if kek, err := prfKey(prf, r.ID); err == nil {
		if r.Wrapped, err = ring.Wrap(kek, s.keys.byPasskey(r)); err != nil {
			return err
		}
	}
	r.Revision++
	if r, err = b.seal(ring, r); err != nil {
		return err
	}
	return s.rows.RenewFactor(ctx, r)
}

// AskUnlock asks the browser for a passkey that can unlock the keyring while
// the screen is locked; NotFound when the person has none. Which passkeys there
// are is sealed then, so the device offers what it has for this host.
func (s *Passkeys) AskUnlock(ctx context.Context, by By) (options []byte, err error) {
	rows, err := s.rows.Factors(ctx, by.Person)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if len(r.Wrapped) == 0 {
			continue
		}
		options, c, err := s.host.Ask(by.Person, nil, s.salt(by.Person))
		if err == nil {
			s.remember(by, toUnlock, c)
		}
		return options, err
	}
	return nil, helpline.Errorf(helpline.NotFound, "unlock by a passkey: there is none that can")
}

// Unlock opens the keyring of a login by a passkey: what its function gave
// opens the wrapping, and then its answer is weighed. Forbidden when either is
// not right.
func (s *Passkeys) Unlock(ctx context.Context, by By, answer []byte, prf string) error {
	c, err := s.take(by, toUnlock)
	if err != nil {
		return err
	}
	rows, err := s.rows.Factors(ctx, by.Person)
	if err != nil {
		return err
	}
	for _, r := range rows {
		kek, err := prfKey(prf, r.ID)
		if err != nil || len(r.Wrapped) == 0 {
			continue
		}
		ring, err := vault.Unwrap(kek, s.keys.byPasskey(r), r.Wrapped)
		if err != nil {
			continue // another passkey's
		}
		defer ring.Zero()
		if err := s.used(ctx, by, ring, rows, c, answer, prf); err != nil {
			return err
		}
		return s.keys.unlockWith(ctx, by, ring)
	}
	return helpline.Errorf(helpline.Forbidden, "unlock by a passkey: it opens no wrapping")
}

// salt is what passkeys put through their function; it is no secret.
func (s *Second) salt(person helpline.ID) [32]byte {
	return sha256.Sum256(append(append([]byte("helpline/passkey/prf/v1"), s.keys.install[:]...), person[:]...))
}

func prfKey(prf string, factor helpline.ID) (vault.Key, error) {
	raw, err := base64.RawURLEncoding.DecodeString(prf)
	if err != nil {
		return vault.Key{}, helpline.Errorf(helpline.Invalid, "read what a passkey gave: %w", err)
	}
	defer clear(raw)
	return vault.PasskeyKEK(raw, factor)
}

// passkeys opens those among a person's factors.
func passkeys(ring *vault.Keyring, rows []FactorRow) (of []FactorRow, bodies []factorBody, keys []staff.Passkey, err error) {
	for _, r := range rows {
		if r.Kind != PasskeyFactor {
			continue
		}
		b, err := read(ring, r)
		if err != nil {
			return nil, nil, nil, err
		}
		var key staff.Passkey
		if err := json.Unmarshal(b.Key, &key); err != nil {
			return nil, nil, nil, helpline.Errorf(helpline.Internal, "read a passkey: %w", vault.FactorForm)
		}
		of, bodies, keys = append(of, r), append(bodies, b), append(keys, key)
	}
	return of, bodies, keys, nil
}
