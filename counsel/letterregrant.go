package counsel

import (
	"context"
	"errors"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/vault"
)

// GrantAgain grants older letters to the present generation of the groups that a
// person belongs to, for as long as the person's keyring is unlocked: a colleague
// who joined after the group turned can answer what waited then. Letters that
// cannot be granted are passed over; the next who unlocks tries them.
func (t *Threads) GrantAgain(ctx context.Context, by By) error {
	ring, v, err := t.inbox.keys.use(ctx, by)
	if errors.Is(err, ErrLocked) {
		return nil
	}
	if err != nil {
		return err
	}
	defer ring.Zero()
	for _, g := range []vault.Group{vault.Counsellors, vault.Safeguarding} {
		if err := t.grantGroup(ctx, by, ring, v, g); err != nil {
			return err
		}
	}
	return nil
}

func (t *Threads) grantGroup(ctx context.Context, by By, ring *vault.Keyring, v *vault.Vouched, g vault.Group) error {
	present := v.Generation(g)
	held := map[uint64]*vault.GroupKey{}
	defer func() {
		for _, key := range held {
			if key != nil {
				key.Zero()
			}
		}
	}()
	told, after := false, helpline.ID{}
	for ctx.Err() == nil && t.inbox.keys.Unlocked(by) {
		rows, threads, err := t.inbox.Grants.UngrantedLetters(ctx, g, present, after, regrantBatch)
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1].ID
		var all []LetterGrant
		for i, r := range rows {
			key, asked := held[r.Generation]
			if !asked {
				key, err = t.inbox.keys.group(ctx, by, ring, v, g, r.Generation)
				if err != nil && !errors.Is(err, ErrUnvouched) {
					return err
				}
				held[r.Generation] = key // nil: of a time before this person
			}
			if key == nil {
				continue
			}
			again, now, err := ring.RegrantLetter(v, key, letterPlace(t.inbox.keys.install, threads[i], r), r.Sealed, r.ToGroup)
			if vault.CheckOf(err) != "" {
				t.inbox.keys.alarm.ring(ctx, by, err)
				continue
			}
			if err != nil {
				return err
			}
			all = append(all, LetterGrant{Letter: r.ID, Before: r.Generation, Now: now, Replaces: r.ToGroup, Sealed: again})
		}
		if len(all) == 0 {
			continue
		}
		if !told {
			d := audit.Deed{By: by.Person, Code: audit.GroupRegrant, Details: []audit.Detail{audit.Word("group", string(g)), audit.Number("records", len(all))}}
			if err := t.trail.Record(ctx, d); err != nil {
				return err
			}
			told = true
		}
		if err := t.inbox.Grants.GrantLetters(ctx, all); err != nil {
			return err
		}
	}
	return nil
}
