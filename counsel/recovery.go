package counsel

import (
	"context"
	"crypto/rand"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// Recoverers is what Recovery needs to know of people. Asserted by
// counsel/staff.
type Recoverers interface {
	// Active gives a person who may work; NotFound.
	Active(ctx context.Context, id helpline.ID) (staff.Person, error)
	// Try weighs something else than a passphrase, with a login's delays; judge
	// gets the zero Person for names that are not known.
	Try(ctx context.Context, name string, judge func(context.Context, staff.Person) (bool, error)) (staff.Person, error)
	// Secret makes what recognises a new passphrase; Invalid with a Weakness.
	Secret(ctx context.Context, p staff.Person, pass staff.Passphrase) (staff.Secret, error)
	// Costs are those of new codes.
	Costs() staff.Params
	// Floor refuses costs that are too low.
	Floor(p staff.Params) error
}

var _ Recoverers = (*staff.Office)(nil)

// EndLogins ends every login of a person. Asserted by store.
type EndLogins interface {
	DeletePerson(ctx context.Context, person helpline.ID) error
}

// RecoveryStores is where Recovery keeps things; one store does for all.
type RecoveryStores struct {
	Renew   RenewRows
	Codes   CodeRows
	Escrow  EscrowRows
	Custody CustodyRows
	Rescues RescueRows
	Ends    RescueEnds
	Logins  EndLogins
	Trail   Trail
}

// Recovery looks after what a lost passphrase needs: another passphrase, a
// printed code, and the line's recovery key, which exists in the shares of its
// custodians alone. Safe for concurrent use.
type Recovery struct {
	keys    *Keys
	people  Recoverers
	stretch staff.Stretch
	rows    RecoveryStores
	decoys  [32]byte // files rescues of names that are not known
}

// NewRecovery builds on keys, which from now on open by codes and seal every
// keyring to the recovery key.
func NewRecovery(keys *Keys, people Recoverers, stretch staff.Stretch, rows RecoveryStores) *Recovery {
	keys.Recovering(rows.Codes, rows.Escrow)
	r := &Recovery{keys: keys, people: people, stretch: stretch, rows: rows}
	_, _ = rand.Read(r.decoys[:])
	return r
}

// SamePassphrase: the new passphrase is the old one.
const SamePassphrase staff.Weakness = "same"

// NeedsOld says whether a change asks for the old passphrase: not in a login
// that was begun with a printed code.
func (r *Recovery) NeedsOld(by By) bool { return r.keys.opened(by) != vault.ByCode }

// ChangePassphrase wraps the person's keyring under a new passphrase, ends all
// their logins and drops their unlocked keyrings. The key of the new passphrase
// is left in the context for the Unlock that follows. Forbidden when the old
// passphrase is not right, Invalid (a Weakness) when the new one is not good
// enough, Unavailable when too many wait. After an error the old one stands.
func (r *Recovery) ChangePassphrase(ctx context.Context, by By, old, pass staff.Passphrase) error {
	p, err := r.people.Active(ctx, by.Person)
	if err != nil {
		return err
	}
	if err := staff.Check(pass, p); err != nil {
		return err
	}
	byCode := !r.NeedsOld(by)
	if !byCode {
		if old.Reveal() == pass.Reveal() {
			return helpline.Errorf(helpline.Invalid, "change a passphrase: %w", SamePassphrase)
		}
		if err := r.keys.Unlock(context.WithValue(ctx, heldKey{}, nil), by, old); err != nil {
			return err
		}
	}
	ring, err := r.keys.own(by)
	if err != nil {
		return err
	}
	defer ring.Zero()
	how := "self"
	if byCode {
		how = "code"
	}
	d := audit.Deed{By: p.ID, Code: audit.PassChange, Object: audit.Person(p.ID), Details: []audit.Detail{audit.Word("by", how)}}
	return r.renew(ctx, p, ring, pass, Renewal{Spent: byCode}, d)
}

// told records tampering that an error speaks of, and gives the error back.
func (r *Recovery) told(ctx context.Context, by By, err error) error {
	r.keys.alarm.ring(ctx, by, err)
	return err
}

// renew keeps a new passphrase for an open keyring. Logins go first, so that a
// crash never leaves one that the old passphrase began beside the new one; and
// once more, for one that began meanwhile.
func (r *Recovery) renew(ctx context.Context, p staff.Person, ring *vault.Keyring, pass staff.Passphrase, n Renewal, d audit.Deed) error {
	h := &held{}
	secret, err := r.people.Secret(context.WithValue(ctx, heldKey{}, h), p, pass)
	if err != nil {
		return err
	}
	kek, w, ok := h.take()
	if !ok {
		return helpline.Errorf(helpline.Internal, "change a passphrase: it was not stretched here")
	}
	defer clear(kek[:])
	w.Install, w.Person = r.keys.install, p.ID
	wrapped, err := ring.Wrap(kek, w)
	if err != nil {
		return err
	}
	n.Person, n.Secret, n.Wrapped = p.ID, secret, wrapped
	err = Traced(ctx, r.rows.Trail, d, func() error {
		if err := r.rows.Logins.DeletePerson(ctx, p.ID); err != nil {
			return err
		}
		return r.rows.Renew.Renew(ctx, n)
	})
	if err != nil {
		return err
	}
	r.keys.LockAll(p.ID)
	if err := r.rows.Logins.DeletePerson(ctx, p.ID); err != nil {
		return err
	}
	leave(ctx, kek, w)
	return nil
}

// HasCode says whether the person has a printed code that works.
func (r *Recovery) HasCode(ctx context.Context, person helpline.ID) (bool, error) {
	_, err := r.rows.Codes.Code(ctx, person, true)
	if helpline.KindOf(err) == helpline.NotFound {
		return false, nil
	}
	return err == nil, err
}

// MakeCode makes a printed code in an unlocked login. It is shown once and kept
// nowhere; it works once it was typed back. Forbidden with ErrLocked.
func (r *Recovery) MakeCode(ctx context.Context, by By) (vault.Code, error) {
	ring, err := r.keys.own(by)
	if err != nil {
		return vault.Code{}, err
	}
	defer ring.Zero()
	code := vault.NewCode()
	salt := helpline.NewID()
	kek, w, err := stretched(ctx, vault.ByCode, r.stretch, code.Reveal(), salt[:], r.people.Costs())
	if err != nil {
		return vault.Code{}, err
	}
	defer clear(kek[:])
	w.Install, w.Person = r.keys.install, by.Person
	wrapped, err := ring.Wrap(kek, w)
	if err != nil {
		return vault.Code{}, err
	}
	row := CodeRow{Person: by.Person, Salt: salt[:], Costs: r.people.Costs(), Wrapped: wrapped}
	return code, r.rows.Codes.PutCode(ctx, row)
}

// ConfirmCode takes a code that was typed back: from now on it works, and an
// earlier one does not. Invalid with a vault.Slip; Forbidden when it is another
// code; NotFound when none waits for it, Conflict when another was made
// meanwhile.
func (r *Recovery) ConfirmCode(ctx context.Context, by By, typed string) error {
	code, err := vault.ReadCode(typed)
	if err != nil {
		return err
	}
	row, err := r.rows.Codes.Code(ctx, by.Person, false)
	if err != nil {
		return err
	}
	opens, err := r.opens(ctx, row, code)
	if err != nil {
		return err
	}
	if !opens.ok {
		return helpline.Errorf(helpline.Forbidden, "confirm a recovery code: it is another one")
	}
	d := audit.Deed{By: by.Person, Code: audit.RecoveryCode, Object: audit.Person(by.Person)}
	return Traced(ctx, r.rows.Trail, d, func() error { return r.rows.Codes.ConfirmCode(ctx, row) })
}

type opening struct {
	ok  bool
	kek vault.Key
	w   vault.Wrapping
}

// opens says whether a code opens the keyring of a row. The costs in the row
// must not be lower than this line makes them.
func (r *Recovery) opens(ctx context.Context, row CodeRow, code vault.Code) (opening, error) {
	if err := r.people.Floor(row.Costs); err != nil {
		return opening{}, err
	}
	kek, w, err := stretched(ctx, vault.ByCode, r.stretch, code.Reveal(), row.Salt, row.Costs)
	if err != nil {
		return opening{}, err
	}
	w.Install, w.Person = r.keys.install, row.Person
	ring, err := vault.Unwrap(kek, w, row.Wrapped)
	if vault.CheckOf(err) == vault.KeyringOpen {
		return opening{}, nil
	}
	if err != nil {
		return opening{}, err
	}
	ring.Zero()
	return opening{true, kek, w}, nil
}

// EnterByCode weighs a name and a printed code like a login: the same delays,
// the same Forbidden, the same cost, whatever is wrong. Invalid with a
// vault.Slip when what was typed is no code at all. Whoever comes in this way
// must choose a new passphrase before anything else, and the code is spent with
// it. The key is left in the context for the Unlock that follows.
func (r *Recovery) EnterByCode(ctx context.Context, name, typed string) (staff.Person, error) {
	code, err := vault.ReadCode(typed)
	if err != nil {
		return staff.Person{}, err
	}
	var found opening
	p, err := r.people.Try(ctx, name, func(ctx context.Context, p staff.Person) (bool, error) {
		row, err := r.rows.Codes.Code(ctx, p.ID, true)
		switch {
		case helpline.KindOf(err) == helpline.NotFound:
			row = r.decoy()
		case err != nil:
			return false, err
		}
		found, err = r.opens(ctx, row, code)
		return found.ok, err
	})
	if err != nil {
		clear(found.kek[:])
		return staff.Person{}, err
	}
	if err := r.rows.Renew.MustRenew(ctx, p.ID); err != nil {
		return staff.Person{}, err
	}
	p.Renew = true
	leave(ctx, found.kek, found.w)
	return p, nil
}

// decoy is a row that no code opens, for names without one.
func (r *Recovery) decoy() CodeRow {
	salt := helpline.NewID()
	return CodeRow{Salt: salt[:], Costs: r.people.Costs(), Wrapped: vault.NoKeyring()}
}
