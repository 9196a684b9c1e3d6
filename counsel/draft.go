package counsel

import (
	"context"
	"time"

	"helpline"
	"helpline/counsel/retention"
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
	if !c.Thread.IsZero() {
		outcome[threadQuestion] = []string{c.Thread.String()}
	}
	contents, err := contentsOf(outcome, text)
	if err != nil {
		return err
	}
	u, ok := n.keys.unlocked(by)
	if !ok {
		return locked()
	}
	row, shred, err := n.about(ctx, by, c.Contact)
	if err != nil {
		return err
	}
	defer clear(shred[:])
	sealed, err := vault.SealDraft(u.Public(), vault.Draft{Install: n.install, Contact: c.Contact}, contents, shred)
	if err != nil {
		return err
	}
	return n.drafts.PutDraft(ctx, DraftRow{Contact: c.Contact, Author: by.Person, Shred: row.Shred, Sealed: sealed})
}

// about gives the row of what is written about a contact with its shred key,
// which the note takes over; a row with a fresh key where there is none.
// Conflict when the note is saved.
func (n *Notes) about(ctx context.Context, by By, contact helpline.ID) (DraftRow, vault.Key, error) {
	d, err := n.drafts.Draft(ctx, contact)
	switch {
	case err == nil && d.Saved:
		return DraftRow{}, vault.Key{}, helpline.Errorf(helpline.Conflict, "write about a contact: it has its note already")
	case err == nil && d.Author == by.Person:
		key, err := n.shreds.Key(ctx, d.Shred)
		return d, key, err
	case err != nil && helpline.KindOf(err) != helpline.NotFound:
		return DraftRow{}, vault.Key{}, err
	}
	// Only then is a key spent: whoever asks about contacts that are not theirs uses none up.
	if err := n.drafts.MayWrite(ctx, contact, by.Person); err != nil {
		return DraftRow{}, vault.Key{}, err
	}
	number, key, err := n.shreds.Take(ctx)
	return DraftRow{Contact: contact, Author: by.Person, Shred: number}, key, err
}

// Begin starts a contact by phone, mail or visit, which the person may then
// write about like one of the line's own. What is kept of it so far is that
// the person has begun one today.
func (n *Notes) Begin(ctx context.Context, by By) (helpline.ID, error) {
	if err := May(by.Actor, WriteNotes); err != nil {
		return helpline.ID{}, err
	}
	number, shred, err := n.shreds.Take(ctx)
	if err != nil {
		return helpline.ID{}, err
	}
	clear(shred[:])
	d := DraftRow{Contact: helpline.NewID(), Author: by.Person, Day: retention.Day(time.Now()), Shred: number}
	return d.Contact, n.drafts.Begin(ctx, d)
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
	if err != nil {
		return Closing{}, err
	}
	return Closing{Contact: contact, Elsewhere: d.Elsewhere(), Thread: takeThread(outcome), Outcome: outcome, Text: c.Text}, nil
}
