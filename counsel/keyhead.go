package counsel

import (
	"context"

	"helpline"
	"helpline/counsel/vault"
)

// HeadFile keeps what a keyring knew of the key log last. It stands beside the
// database and not in it: whoever can write the database alone cannot have
// visitors' words sealed to a key of his own, not even after a restart and before
// anybody has logged in. Asserted by store.
type HeadFile interface {
	// VouchedHead gives what is kept; the zero Trust where nothing is.
	VouchedHead() (vault.Trust, error)
	// KeepVouchedHead keeps it in place of an earlier one.
	KeepVouchedHead(t vault.Trust) error
}

// headLost tells of a file that says nothing any more, or that takes nothing.
const headLost vault.Check = "log: what this host knew of it cannot be read or kept"

// HeadIn has the keys remember in f which key log a keyring has vouched for. It is
// called once, before anybody is let in. Without it every log that holds by itself
// is believed: only a test does that.
func (k *Keys) HeadIn(f HeadFile) { k.heads = f }

// vouched gives the key log for work that no keyring takes part in: sealing what a
// visitor writes, and opening what was answered. It must hold the head that a
// keyring has vouched for last. Unavailable wraps helpline.ErrUnsure when it does
// not, and as long as nobody of the staff has logged in since this host has the
// line; nil where nobody has founded it.
func (k *Keys) vouched(ctx context.Context) (*vault.Log, error) {
	log, _, err := k.current(ctx)
	if err == nil && log != nil && k.heads != nil {
		err = k.underHead(log)
	}
	if vault.CheckOf(err) != "" {
		k.alarm.ring(ctx, By{}, err)
		err = unsure()
	}
	if err != nil {
		return nil, err
	}
	return log, nil
}

func (k *Keys) underHead(log *vault.Log) error {
	head, err := k.keptHead()
	switch {
	case err != nil:
		return headLost
	case head == (vault.Trust{}):
		return unsure()
	}
	_, err = log.Under(head)
	return err
}

func unsure() error {
	return helpline.Errorf(helpline.Unavailable, "look at the key log: %w", helpline.ErrUnsure)
}

// keptHead gives the head, out of memory once it was read.
func (k *Keys) keptHead() (vault.Trust, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.head != (vault.Trust{}) {
		return k.head, nil
	}
	var err error
	k.head, err = k.heads.VouchedHead()
	return k.head, err
}

// remember keeps the head of a log that a keyring has just vouched for. One that
// lacks what the head says was put back to an earlier time, keyring and all: the
// head stays, and so does the refusal. The first head comes from a keyring that
// knew the log's root before it was opened now: a new one believes what it finds.
//
// Nobody is locked out by a damaged file or a full disk: the keyring has vouched for
// the log itself. That is told in the audit log, and what visitors write is not
// taken as long as the file says nothing; see vouched.
func (k *Keys) remember(ctx context.Context, by By, log *vault.Log, t vault.Trust, knew bool) {
	if k.heads == nil || log == nil {
		return
	}
	if err := k.putHead(log, t, knew); err != nil {
		k.alarm.ring(ctx, by, err)
	}
}

func (k *Keys) putHead(log *vault.Log, t vault.Trust, knew bool) error {
	head, err := k.keptHead()
	switch {
	case err != nil:
		return headLost
	case head == t || head == (vault.Trust{}) && !knew:
		return nil
	case head != (vault.Trust{}):
		if _, err := log.Under(head); err != nil {
			return err // the keyring's own work goes on, as far as the keyring knows
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if t.Seen < k.head.Seen {
		return nil // another was faster and has seen more
	}
	if k.heads.KeepVouchedHead(t) != nil {
		return headLost
	}
	k.head = t
	return nil
}
