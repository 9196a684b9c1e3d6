package counsel

import (
	"context"
	"slices"

	"helpline"
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
// words aloud; a supervisor gets a seat in the supervisors' group with it.
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
	ring, v, err := k.use(ctx, by)
	if err != nil {
		return err
	}
	defer ring.Zero()
	entry, err := ring.Vouch(v, row.Intro, words, p.Roles...)
	if err != nil {
		return err
	}
	e := Extension{At: int(ring.Trust().Seen), Entries: [][]byte{entry}}
	if slices.Contains(p.Roles, helpline.Supervisor) {
		seat, err := k.seatFor(ctx, by, ring, v, entry, person)
		if err != nil {
			return err
		}
		e.Seats = []SeatRow{seat}
	}
	if err := k.entries.ExtendKeyLog(ctx, e); err != nil {
		return err
	}
	// Remembered at once, so that nobody can take it away again unseen.
	_, _, err = k.current(ctx)
	return err
}

// seatFor seals the supervisors' key to a person who stands in the log once
// the entry is in it.
func (k *Keys) seatFor(ctx context.Context, by By, ring *vault.Keyring, v *vault.Vouched, entry []byte, person helpline.ID) (SeatRow, error) {
	generation := v.Generation(vault.Supervisors)
	g, err := k.group(ctx, by, ring, v, generation)
	if err != nil {
		return SeatRow{}, err
	}
	defer g.Zero()
	log, entries, err := k.current(ctx)
	if err != nil {
		return SeatRow{}, err
	}
	log, err = log.Extend(append(slices.Clip(entries), entry))
	if err != nil {
		return SeatRow{}, helpline.Errorf(helpline.Conflict, "seat a supervisor: the key log has grown meanwhile: %w", err)
	}
	then, err := log.Under(ring.Trust())
	if err != nil {
		return SeatRow{}, err
	}
	sealed, err := ring.GiveSeat(then, g, person)
	return SeatRow{Group: vault.Supervisors, Generation: generation, Person: person, Sealed: sealed}, err
}
