package counsel

import (
	"context"
	"encoding/base64"
	"errors"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
)

// ErrClock says that a code of later than now was used before: the clock of
// this machine was set back.
var ErrClock = errors.New("the clock was set back")

// CodeOffer is the secret of an app that is being set up. Sealed goes with the
// form and comes back with it; nothing of it is kept until Confirm.
type CodeOffer struct {
	Secret staff.CodeSecret
	Sealed string
}

// Offer draws a secret for an app of the person.
func (s *Second) Offer(_ context.Context, by By) (CodeOffer, error) {
	ring, err := s.keys.forFactors(by)
	if err != nil {
		return CodeOffer{}, err
	}
	defer ring.Zero()
	o := CodeOffer{Secret: staff.NewCodeSecret()}
	r, err := factorBody{Secret: o.Secret.Bytes()}.seal(ring, FactorRow{ID: helpline.NewID(), Kind: CodeFactor})
	o.Sealed = base64.RawURLEncoding.EncodeToString(append(r.ID[:], r.Sealed...))
	return o, err
}

// Offered opens an offer that came back. Invalid unless Offer made it for the
// same person.
func (s *Second) Offered(_ context.Context, by By, sealed string) (CodeOffer, error) {
	ring, err := s.keys.forFactors(by)
	if err != nil {
		return CodeOffer{}, err
	}
	defer ring.Zero()
	wrong := helpline.Errorf(helpline.Invalid, "set up an app: the offer is not one of ours")
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(raw) < 16 {
		return CodeOffer{}, wrong
	}
	b, err := read(ring, FactorRow{ID: helpline.ID(raw[:16]), Kind: CodeFactor, Sealed: raw[16:]})
	if err != nil {
		return CodeOffer{}, wrong
	}
	secret, err := staff.CodeSecretOf(b.Secret)
	if err != nil {
		return CodeOffer{}, wrong
	}
	return CodeOffer{Secret: secret, Sealed: sealed}, nil
}

// AddCode keeps an app whose secret was offered, once a code of it has shown
// that it works. Forbidden for a code that is not right, Invalid for a name or
// an offer, Conflict when it is kept already, there are MostFactors, or with
// ErrSetUp.
func (s *Second) AddCode(ctx context.Context, by By, sealed, name, code string) error {
	name, err := staff.FactorName(name)
	if err != nil {
		return err
	}
	o, err := s.Offered(ctx, by, sealed)
	if err != nil {
		return err
	}
	most, err := s.room(ctx, by) // before a right code of one's own ends the delays
	if err != nil {
		return err
	}
	if err := s.turns.Wait(ctx, by.Person); err != nil {
		return err
	}
	step, err := o.Secret.Weigh(code, 0, s.now())
	if err != nil {
		return err
	}
	s.turns.Right(by.Person)
	ring, err := s.keys.forFactors(by)
	if err != nil {
		return err
	}
	defer ring.Zero()
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return helpline.Errorf(helpline.Invalid, "set up an app: %w", err)
	}
	r, err := factorBody{Name: name, Day: s.today(), Secret: o.Secret.Bytes(), Last: step}.
		seal(ring, FactorRow{ID: helpline.ID(raw[:16]), Person: by.Person, Kind: CodeFactor, Revision: 1})
	if err != nil {
		return err
	}
	return s.trace(ctx, by, audit.FactorAdd, by.Person, CodeFactor, func() error { return s.rows.AddFactor(ctx, r, most) })
}

// Code weighs a code of one of the person's apps and uses it up, for every
// browser and also after a restart. Forbidden when it is not right, with
// staff.ErrReused or ErrClock where that is why; Unavailable when nothing was
// weighed; Internal when what is kept was tampered with.
func (s *Second) Code(ctx context.Context, by By, code string) error {
	if err := s.turns.Wait(ctx, by.Person); err != nil {
		return err
	}
	ring, rows, err := s.look(ctx, by)
	if err != nil {
		return err
	}
	defer ring.Zero()
	why := helpline.Errorf(helpline.Forbidden, "second factor: there is no app")
	for _, r := range rows {
		if r.Kind != CodeFactor {
			continue
		}
		b, err := read(ring, r)
		if err != nil {
			return err
		}
		secret, err := staff.CodeSecretOf(b.Secret)
		if err != nil {
			return err
		}
		now := s.now()
		step, err := secret.Weigh(code, b.Last, now)
		if err != nil {
			if !errors.Is(why, staff.ErrReused) && !errors.Is(why, ErrClock) {
				why = err
			}
			if staff.CodeLater(b.Last, now) {
				why = helpline.Errorf(helpline.Forbidden, "second factor: %w", ErrClock)
			}
			continue
		}
		b.Last = step
		r.Revision++
		if r, err = b.seal(ring, r); err != nil {
			return err
		}
		err = s.rows.RenewFactor(ctx, r)
		if helpline.KindOf(err) == helpline.Conflict {
			return helpline.Errorf(helpline.Forbidden, "second factor: another browser was faster: %w", staff.ErrReused)
		}
		if err == nil {
			s.turns.Right(by.Person)
		}
		return err
	}
	return why
}
