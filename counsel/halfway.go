package counsel

import (
	"context"
	"time"

	"helpline"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// HalfLasts is how long somebody may stand between the passphrase and the
// second factor, and how long setting one up for the first time may take.
const HalfLasts = 15 * time.Minute

// Present opens the keyring for a login whose second factor is still missing.
// It is ciphertext under the login's token like any other, and it opens second
// factors and nothing else until Confirm. Errors are those of Unlock; a key log
// that is not believed is told by Confirm.
func (k *Keys) Present(ctx context.Context, by By, pass staff.Passphrase) error {
	u, err := k.stretched(ctx, by, pass)
	if err != nil {
		return err
	}
	k.keep(k.half, by, u)
	return nil
}

// Presented says whether the login stands between passphrase and second factor.
func (k *Keys) Presented(by By) bool {
	_, err := k.presented(by)
	return err == nil
}

// Confirm makes the presented keyring the unlocked one of the login, which has
// a new token now. Without one, and where the key log is not believed, the
// login stays locked and the error says why.
func (k *Keys) Confirm(_ context.Context, by By, token string) error {
	u, err := k.presented(by)
	if err != nil {
		return err
	}
	defer k.Lock(by)
	if u.refused != nil {
		return u.refused
	}
	ring, err := u.OpenWith(by.Token)
	if err != nil {
		return err
	}
	defer ring.Zero()
	sealed, err := ring.SealFor(token)
	if err != nil {
		return err
	}
	now := By{Actor: by.Actor, Token: token}
	k.keep(k.open, now, unlocked{Unlocked: sealed, since: time.Now(), how: u.how})
	k.tell(now)
	return nil
}

func (k *Keys) presented(by By) (unlocked, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	u, ok := k.half[by.login()]
	if !ok || u.Public().Person != by.Person || time.Since(u.since) > HalfLasts {
		return unlocked{}, locked()
	}
	return u, nil
}

// forFactors opens the keyring of a login, unlocked or presented, to look at
// second factors. The caller Zeros it. Forbidden wraps ErrLocked.
func (k *Keys) forFactors(by By) (*vault.Keyring, error) {
	if k.Unlocked(by) {
		return k.own(by)
	}
	u, err := k.presented(by)
	if err != nil {
		return nil, err
	}
	ring, err := u.OpenWith(by.Token)
	if helpline.KindOf(err) == helpline.Forbidden {
		return nil, locked()
	}
	return ring, err
}

// byPasskey is what the keyring is bound to under a passkey.
func (k *Keys) byPasskey(r FactorRow) vault.Wrapping {
	return vault.Wrapping{Install: k.install, Person: r.Person, By: vault.ByPasskey, Salt: r.ID[:]}
}

// unlockWith makes a keyring that a passkey opened the login's unlocked one. It
// is held against the key log like any other.
func (k *Keys) unlockWith(ctx context.Context, by By, ring *vault.Keyring) error {
	log, _, err := k.current(ctx)
	if err != nil {
		return err
	}
	before := ring.Trust()
	if log != nil || before != (vault.Trust{}) {
		if _, err := trusted(ring, log); err != nil {
			return err
		}
	}
	k.remember(ctx, by, log, ring.Trust(), before != (vault.Trust{}))
	sealed, err := ring.SealFor(by.Token)
	if err != nil {
		return err
	}
	k.keep(k.open, by, unlocked{Unlocked: sealed, since: time.Now(), how: vault.ByPasskey})
	return nil
}
