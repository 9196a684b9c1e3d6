package counsel

import (
	"context"

	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// Stretch lets counsel/staff use the one place of work of counsel/vault, which
// it cannot see.
type Stretch struct{ Work *vault.Work }

// Verifier stretches a passphrase, waiting at most vault.Patience.
func (s Stretch) Verifier(ctx context.Context, p staff.Passphrase, salt []byte, costs staff.Params) ([32]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, vault.Patience)
	defer cancel()
	d, err := s.Work.Derive(ctx, vault.OtherLogin, p.Reveal(), salt, vault.Costs(costs))
	if err != nil {
		return [32]byte{}, err
	}
	return d.Verifier, nil
}

// RealCosts are the costs of a staff passphrase, in the words of counsel/staff.
func RealCosts() staff.Params { return staff.Params(vault.RealCosts()) }

var _ staff.Stretch = Stretch{}
