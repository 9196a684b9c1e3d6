package counsel

import (
	"context"

	"helpline"
	"helpline/counsel/vault"
)

// Draft keeps what was written so far, sealed to the person alone. It needs no
// unlocked keyring, only that it was unlocked in this login before: Forbidden
// wraps ErrLocked otherwise. Invalid wraps a Fault; NotFound when the person
// does not hold the contact; Conflict when its note is saved.
func (n *Notes) Draft(ctx context.Context, by By, c Closing) error {
	if err := May(by.Actor, WriteNotes); err != nil {
		return err
	}
	outcome, err := n.codes.sketch(c.Outcome)
	if err != nil {
		return err
	}
	text, err := tidyText(c.Text, mostDraft)
	if err != nil {
		return err
	}
	contents, err := contentsOf(outcome, text)
	if err != nil {
		return err
	}
	u, ok := n.keys.unlocked(by)
	if !ok {
		return locked()
	}
	number, shred, err := n.shredOf(ctx, by, c.Contact)
	if err != nil {
		return err
	}
	defer clear(shred[:])
	sealed, err := vault.SealDraft(u.Public(), vault.Draft{Install: n.install, Contact: c.Contact}, contents, shred)
	if err != nil {
		return err
	}
	return n.drafts.PutDraft(ctx, DraftRow{Contact: c.Contact, Author: by.Person, Shred: number, Sealed: sealed})
}

// shredOf gives the shred key of what is written about a contact: the draft's,
// which the note takes over, or a fresh one. Conflict when the note is saved.
func (n *Notes) shredOf(ctx context.Context, by By, contact helpline.ID) (int64, vault.Key, error) {
	d, err := n.drafts.Draft(ctx, contact)
	switch {
	case err == nil && d.Saved:
		return 0, vault.Key{}, helpline.Errorf(helpline.Conflict, "write about a contact: it has its note already")
	case err == nil && d.Author == by.Person:
		key, err := n.shreds.Key(ctx, d.Shred)
		return d.Shred, key, err
	case err != nil && helpline.KindOf(err) != helpline.NotFound:
		return 0, vault.Key{}, err
	}
	return n.shreds.Take(ctx)
}

// Drafts lists the contacts the person has begun to write about; outcomes and
// words are not in the list.
func (n *Notes) Drafts(ctx context.Context, by By) ([]helpline.ID, error) {
	if err := May(by.Actor, WriteNotes); err != nil {
		return nil, err
	}
	rows, err := n.drafts.Drafts(ctx, by.Person)
	if err != nil {
		return nil, err
	}
	var out []helpline.ID
	for _, r := range rows {
		out = append(out, r.Contact)
	}
	return out, nil
}

// OpenDraft gives a draft back to its author; NotFound when there is none.
// Forbidden wraps ErrLocked.
func (n *Notes) OpenDraft(ctx context.Context, by By, contact helpline.ID) (Closing, error) {
	if err := May(by.Actor, WriteNotes); err != nil {
		return Closing{}, err
	}
	d, err := n.drafts.Draft(ctx, contact)
	if err != nil {
		return Closing{}, err
	}
	if d.Author != by.Person || d.Saved {
		return Closing{}, helpline.Errorf(helpline.NotFound, "open a draft: not known")
	}
	ring, err := n.keys.own(by)
	if err != nil {
		return Closing{}, err
	}
	defer ring.Zero()
	shred, err := n.shreds.Key(ctx, d.Shred)
	if err != nil {
		return Closing{}, err
	}
	defer clear(shred[:])
	c, err := ring.OpenDraft(vault.Draft{Install: n.install, Contact: contact}, d.Sealed, shred)
	if err != nil {
		return Closing{}, err
	}
	outcome, err := outcomeOf(c.Outcome)
	return Closing{Contact: contact, Outcome: outcome, Text: c.Text}, err
}
