package counsel

import (
	"errors"
	"slices"
	"testing"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// headFile is a HeadFile in memory that may be broken.
type headFile struct {
	t          vault.Trust
	read, kept error
}

func (f *headFile) VouchedHead() (vault.Trust, error) { return f.t, f.read }

func (f *headFile) KeepVouchedHead(t vault.Trust) error {
	if f.kept == nil {
		f.t = t
	}
	return f.kept
}

// TestPromiseABrokenHeadFileLocksNobodyOut: a full disk too. What visitors write is
// not taken meanwhile, and the audit log says that something is wrong.
func TestPromiseABrokenHeadFileLocksNobodyOut(t *testing.T) {
	for name, file := range map[string]*headFile{
		"damaged":     {read: helpline.Errorf(helpline.Internal, "damaged")},
		"a full disk": {kept: helpline.Errorf(helpline.Unavailable, "full")},
	} {
		h := ready(t)
		h.restart()
		h.keys.HeadIn(file)
		if err := h.keys.Unlock(t.Context(), h.sam, passOf(h.person(h.sam))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := h.keys.OwnWords(t.Context(), h.sam); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := h.keys.vouched(t.Context()); !errors.Is(err, helpline.ErrUnsure) {
			t.Errorf("%s: what visitors write is taken: %v", name, err)
		}
		if !slices.Contains(h.trail.codes(), audit.KeyTampered) {
			t.Errorf("%s: nobody is told", name)
		}
		file.read, file.kept = nil, nil
		if err := h.keys.Unlock(t.Context(), h.sam, passOf(h.person(h.sam))); err != nil || file.t == (vault.Trust{}) {
			t.Errorf("%s, and mended: %v", name, err)
		}
	}
}

// TestEveryWayToLogInSetsTheFirstHead: after a restore nobody may know a passphrase.
func TestEveryWayToLogInSetsTheFirstHead(t *testing.T) {
	h := ready(t)
	c := code(t, h, h.robin)
	ring, err := h.keys.own(h.robin)
	if err != nil {
		t.Fatal(err)
	}
	defer ring.Zero()
	ctx := HoldStretch(t.Context())
	for name, enter := range map[string]func(By) error{
		"a passkey": func(by By) error { return h.keys.unlockWith(ctx, by, ring) },
		"a printed code": func(by By) error {
			if _, err := h.rec.EnterByCode(ctx, "Robin", c.Reveal()); err != nil {
				return err
			}
			return h.keys.Unlock(ctx, by, staff.Passphrase{})
		},
	} {
		h.restart()
		file := &headFile{}
		h.keys.HeadIn(file)
		if err := enter(h.in(h.robin, name)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := h.keys.vouched(t.Context()); err != nil || file.t == (vault.Trust{}) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
