package counsel

import (
	"context"

	"helpline"
	"helpline/counsel/vault"
)

// Recovering tells Keys where printed codes and keyrings in escrow are kept. It
// must be called before anybody unlocks.
func (k *Keys) Recovering(codes CodeRows, escrow EscrowRows) { k.codes, k.escrow = codes, escrow }

// ringByCode opens a keyring with what a printed code became. What is new in
// the log is remembered with the new passphrase, which follows at once.
func (k *Keys) ringByCode(ctx context.Context, person helpline.ID, kek vault.Key, w vault.Wrapping) (*vault.Keyring, error) {
	if k.codes == nil {
		return nil, helpline.Errorf(helpline.Internal, "unlock a keyring by a code: codes are kept nowhere")
	}
	row, err := k.codes.Code(ctx, person, true)
	if err != nil {
		return nil, err
	}
	ring, err := vault.Unwrap(kek, w, row.Wrapped)
	if err != nil {
		return nil, err
	}
	before := ring.Trust()
	log, _, err := k.current(ctx)
	if err == nil && (log != nil || before != (vault.Trust{})) {
		_, err = trusted(ring, log)
	}
	if err != nil {
		ring.Zero()
		return nil, err
	}
	k.remember(ctx, By{Actor: helpline.Actor{Person: person}}, log, ring.Trust(), before != (vault.Trust{}))
	return ring, nil
}

// keepEscrow seals the keyring to the line's present recovery key, unless that
// has been done.
func (k *Keys) keepEscrow(ctx context.Context, ring *vault.Keyring) error {
	if k.escrow == nil {
		return nil
	}
	log, _, err := k.current(ctx)
	if err != nil || log == nil || log.Recoveries() == 0 {
		return err
	}
	v, err := trusted(ring, log)
	if err != nil {
		return err
	}
	generation, _, _ := v.Recovery()
	person := ring.Public().Person
	rows, err := k.escrow.Escrows(ctx, person)
	if err != nil {
		return err
	}
	if len(rows) > 0 && rows[0].Generation == generation && ring.Escrowed(v, rows[0].Sealed) {
		return nil
	}
	sealed, err := ring.Escrow(v)
	if err != nil {
		return err
	}
	return k.escrow.PutEscrow(ctx, EscrowRow{Person: person, Generation: generation, Sealed: sealed})
}

// opened says what opened the keyring of a login; 0 while it is locked.
func (k *Keys) opened(by By) vault.By {
	k.mu.Lock()
	defer k.mu.Unlock()
	u, ok := k.open[by.login()]
	if !ok || u.Public().Person != by.Person {
		return 0
	}
	return u.how
}

// LockAll drops the unlocked keyrings of every login of a person.
func (k *Keys) LockAll(person helpline.ID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, where := range []map[[32]byte]unlocked{k.open, k.half} {
		for id, u := range where {
			if u.Public().Person == person {
				u.Drop()
				delete(where, id)
			}
		}
	}
}
