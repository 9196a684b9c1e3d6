package counsel

import (
	"cmp"
	"context"
	"time"

	"helpline"
	"helpline/counsel/retention"
	"helpline/counsel/vault"
)

func noNote() error { return helpline.Errorf(helpline.NotFound, "open a note: not known") }

// find gives the row of a note that the person may open: the author and the
// supervisors. For everybody else it is not there, and neither is it once it
// has expired.
func (n *Notes) find(ctx context.Context, by By, id helpline.ID) (NoteRow, error) {
	if err := May(by.Actor, ReadNotes); err != nil {
		return NoteRow{}, err
	}
	row, err := n.rows.Note(ctx, id)
	if err != nil {
		return NoteRow{}, err
	}
	if row.Author != by.Person && !by.Has(helpline.Supervisor) {
		return NoteRow{}, noNote()
	}
	if n.rules.Expired(row.Day, row.Ends, time.Now()) {
		if held, err := n.held(ctx, row); err != nil || !held {
			return NoteRow{}, cmp.Or(err, noNote())
		}
	}
	return row, nil
}

// held says whether two supervisors keep the note beyond its time, by papers
// that hold up to the key log.
func (n *Notes) held(ctx context.Context, row NoteRow) (bool, error) {
	if len(row.Held.Ask) == 0 {
		return false, nil
	}
	log, _, err := n.keys.current(ctx)
	if err != nil || log == nil {
		return false, err
	}
	h, err := log.Hold(row.ID, row.Held, row.HeldBy)
	return err == nil && !h.Confirmed.IsZero(), nil
}

// shred gives the key of a note's row. Where the file of shred keys has it no
// more, the copy of a hold does.
func (n *Notes) shred(ctx context.Context, row NoteRow) (vault.Key, error) {
	key, err := n.shreds.Key(ctx, row.Shred)
	if helpline.KindOf(err) != helpline.NotFound {
		return key, err
	}
	if held, failed := n.held(ctx, row); failed != nil || !held {
		return vault.Key{}, err
	}
	return row.HeldBy, nil
}

func (n *Notes) head(by By, r NoteRow) NoteHead {
	return NoteHead{
		ID: r.ID, Author: r.Author, Week: vault.Week(retention.Midnight(r.Day)), Revision: int(r.Revision),
		Expires: retention.Midnight(n.rules.Ends(r.Day, r.Ends)), Mine: r.Author == by.Person,
	}
}

// List lists the person's own notes, for a supervisor everybody's, the newest
// day first, without those that have expired. Nothing is opened for it.
func (n *Notes) List(ctx context.Context, by By) ([]NoteHead, error) {
	if err := May(by.Actor, ReadNotes); err != nil {
		return nil, err
	}
	whose := by.Person
	if by.Has(helpline.Supervisor) {
		whose = helpline.ID{}
	}
	rows, err := n.rows.NoteHeads(ctx, whose)
	if err != nil {
		return nil, err
	}
	people, err := n.keys.office.People(ctx)
	if err != nil {
		return nil, err
	}
	alias := map[helpline.ID]string{}
	for _, p := range people {
		alias[p.ID] = p.Alias
	}
	told, err := n.openings(ctx, by.Person, rows, func(id helpline.ID) string { return alias[id] })
	if err != nil {
		return nil, err
	}
	now := time.Now()
	var out []NoteHead
	for _, r := range rows {
		held, err := n.held(ctx, r)
		if err != nil {
			return nil, err
		}
		if n.rules.Expired(r.Day, r.Ends, now) && !held {
			continue
		}
		head := n.head(by, r)
		head.Held = held
		head.Alias, head.Openings = alias[r.Author], told[r.ID]
		out = append(out, head)
	}
	return out, nil
}
