package counsel

import (
	"context"
	"errors"
	"slices"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// Stranger is a person whose keys no supervisor has confirmed yet.
type Stranger struct {
	Person      helpline.ID
	Name, Alias string
	Words       string // six words, as the person reads them aloud
}

// OwnWords gives the six words the person reads aloud to a supervisor.
// Unavailable before there is a root.
func (k *Keys) OwnWords(ctx context.Context, by By) (string, error) {
	ring, _, err := k.use(ctx, by)
	if err != nil {
		return "", err
	}
	defer ring.Zero()
	return ring.Fingerprint(), nil
}

// Strangers lists active people whose keys stand in no log, or are others than
// those in the log. Only supervisors may ask.
func (k *Keys) Strangers(ctx context.Context, by By) ([]Stranger, error) {
	if err := May(by.Actor, VouchPeers); err != nil {
		return nil, err
	}
	ring, v, err := k.use(ctx, by)
	if err != nil {
		return nil, err
	}
	defer ring.Zero()
	people, err := k.office.People(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := k.rows.Introductions(ctx)
	if err != nil {
		return nil, err
	}
	var out []Stranger
	for _, p := range people {
		i := slices.IndexFunc(rows, func(r KeyringRow) bool { return r.Person == p.ID })
		if i < 0 || p.State != staff.Active || p.ID == by.Person {
			continue
		}
		public, err := vault.ReadIntroduction(k.install, rows[i].Intro)
		if err != nil {
			return nil, err
		}
		if public.Person != p.ID {
			return nil, helpline.Errorf(helpline.Internal, "list unconfirmed keys: %w", vault.IntroForm)
		}
		if stands, _, err := v.Person(p.ID); err == nil && stands == public {
			continue
		}
		out = append(out, Stranger{
			Person: p.ID, Name: p.Name, Alias: p.Alias, Words: vault.Fingerprint(k.install, ring.Trust().Root, public),
		})
	}
	return out, nil
}

// Vouch enters a person's keys into the log, after the person has read the six
// words aloud; seats in the person's groups come with it. The roles are those of
// the log where the person stands in it already, else those of the invitation.
// words are those that were shown: Conflict when they are not those of the keys
// any more, or somebody else wrote into the log at the same time.
func (k *Keys) Vouch(ctx context.Context, by By, person helpline.ID, words string) error {
	if err := May(by.Actor, VouchPeers); err != nil {
		return err
	}
	p, err := k.office.Active(ctx, person)
	if err != nil {
		return err
	}
	row, err := k.rows.Keyring(ctx, person)
	if err != nil {
		return err
	}
	d := audit.Deed{By: by.Person, Code: audit.PersonVouch, Object: audit.Person(person)}
	return k.write(ctx, by, d, func(ring *vault.Keyring, v *vault.Vouched, w *vault.Writing) error {
		roles := p.Roles
		if _, stands, err := v.Person(person); err == nil && len(stands) > 0 {
			roles = stands // what was signed, whatever the row says by now
		}
		if err := w.Vouch(row.Intro, words, roles...); err != nil {
			return err
		}
		for _, g := range vault.Groups() {
			if err := k.seat(ctx, by, ring, v, w, g, person); err != nil {
				return err
			}
		}
		return nil
	})
}

// seat gives a person who belongs to a group its seats: in the present
// generation and, but among the counsellors, in the earlier ones, as far as the
// giver has them. Of a group of named members whom the giver is not among, a
// member has to give them.
func (k *Keys) seat(ctx context.Context, by By, ring *vault.Keyring, v *vault.Vouched, w *vault.Writing, g vault.Group, person helpline.ID) error {
	if !slices.Contains(w.Members(g), person) {
		return nil
	}
	present := v.Generation(g)
	for n := present; n > 0; n-- {
		key, err := k.group(ctx, by, ring, v, g, n)
		switch {
		case errors.Is(err, ErrUnvouched) && (n < present || g == vault.Safeguarding):
			continue
		case err != nil:
			return err
		}
		err = w.Seat(key, person)
		key.Zero()
		if err != nil {
			return err
		}
		if g == vault.Counsellors {
			break
		}
	}
	return nil
}
