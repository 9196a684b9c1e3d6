package counsel

import (
	"context"
	"sync"

	"helpline"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// Stretch lets counsel/staff use the one place of work of counsel/vault, which
// it cannot see.
type Stretch struct{ Work *vault.Work }

// Verifier stretches a passphrase, waiting at most vault.Patience. What else
// the passphrase became is left with the context's HoldStretch, if it has one.
func (s Stretch) Verifier(ctx context.Context, p staff.Passphrase, salt []byte, costs staff.Params) ([32]byte, error) {
	waiting, cancel := context.WithTimeout(ctx, vault.Patience)
	defer cancel()
	asked, queue := staff.AskerOf(ctx), vault.OtherLogin
	if asked.Known {
		queue = vault.KnownDevice
	}
	d, err := s.Work.Derive(waiting, queue, vault.Asker{From: asked.From, Name: asked.Name}, p.Reveal(), salt, vault.Costs(costs))
	if err != nil {
		return [32]byte{}, err
	}
	if h, ok := ctx.Value(heldKey{}).(*held); ok {
		h.put(d.KEK, vault.ByPassphrase, salt, vault.Costs(costs))
	}
	return d.Verifier, nil
}

// RealCosts are the costs of a staff passphrase, in the words of counsel/staff.
func RealCosts() staff.Params { return staff.Params(vault.RealCosts()) }

var _ staff.Stretch = Stretch{}

type heldKey struct{}

// HoldStretch gives a context in which a login or a joining leaves the key that
// wraps the person's keyring for the Unlock that follows at once, so that the
// passphrase is stretched once and not twice. The key is given out once.
func HoldStretch(ctx context.Context) context.Context {
	return context.WithValue(ctx, heldKey{}, &held{})
}

// held is the newest key of a context that nobody has taken yet.
type held struct {
	mu    sync.Mutex
	full  bool
	kek   vault.Key
	how   vault.By
	salt  []byte
	costs vault.Costs
}

func (h *held) put(kek vault.Key, how vault.By, salt []byte, costs vault.Costs) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.full, h.kek, h.how, h.salt, h.costs = true, kek, how, salt, costs
}

// take gives the key with what it is bound to, and forgets it. Install and
// Person are for the caller to set.
func (h *held) take() (kek vault.Key, w vault.Wrapping, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	kek, w, ok = h.kek, vault.Wrapping{By: h.how, Salt: h.salt, Costs: h.costs}, h.full
	h.full, h.kek = false, vault.Key{}
	return kek, w, ok
}

// leave gives a key to the context's HoldStretch, if it has one.
func leave(ctx context.Context, kek vault.Key, w vault.Wrapping) {
	if h, ok := ctx.Value(heldKey{}).(*held); ok {
		h.put(kek, w.By, w.Salt, w.Costs)
	}
}

// stretched stretches something typed and gives the key it becomes, with what
// wraps with it.
func stretched(ctx context.Context, how vault.By, by staff.Stretch, typed string, salt []byte, costs staff.Params) (vault.Key, vault.Wrapping, error) {
	h := &held{}
	if _, err := by.Verifier(context.WithValue(ctx, heldKey{}, h), staff.NewPassphrase(typed), salt, costs); err != nil {
		return vault.Key{}, vault.Wrapping{}, err
	}
	kek, w, ok := h.take()
	if !ok {
		return vault.Key{}, vault.Wrapping{}, helpline.Errorf(helpline.Internal, "stretch a passphrase: it left no key")
	}
	w.By = how
	return kek, w, nil
}
