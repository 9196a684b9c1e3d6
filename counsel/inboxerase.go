package counsel

import (
	"context"
	"errors"
	"slices"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/retention"
	"helpline/counsel/vault"
)

// Erase forgets a thread, its card and every note linked to it. What must stay
// gone is written down first, then the keys go, then the rows: a crash in
// between leaves what opens for nobody, and the next purge removes it. kept is
// how many notes two supervisors keep all the same: they end today, so that they
// go as soon as their hold is lifted. The audit log hears how many
// went and how many stayed, and not whose. NotFound.
func (i *Inbox) Erase(ctx context.Context, k helpline.ThreadKey) (kept int, err error) {
	t, key, err := i.find(ctx, k)
	if err != nil {
		return 0, err
	}
	rows, err := i.Threads.Letters(ctx, t.ID)
	if err != nil {
		return 0, err
	}
	var shreds []int64
	for _, r := range rows {
		shreds = append(shreds, r.Shred)
	}
	notes, held, err := i.linked(ctx, t, key)
	if err != nil {
		return 0, err
	}
	ctx = context.WithoutCancel(ctx) // whoever asked for it may be gone already
	d := audit.Deed{Code: audit.ThreadErase, Details: []audit.Detail{audit.Number("notes", len(notes)), audit.Number("kept", len(held))}}
	err = Traced(ctx, i.notes.trail, d, func() error {
		// From here on a note that is being saved learns that its thread was erased:
		// what was saved just before is found now.
		if err := i.Erased.RememberErased(ctx, []helpline.ID{t.ID}, i.now()); err != nil {
			return err
		}
		if notes, held, err = i.linked(ctx, t, key); err != nil {
			return err
		}
		var ids []helpline.ID
		for _, n := range notes {
			ids, shreds = append(ids, n.ID), append(shreds, n.Shred)
		}
		return i.forget(ctx, t.ID, shreds, ids, held)
	})
	return len(held), err
}

// forget removes a thread and notes for good. Those that are held end today.
func (i *Inbox) forget(ctx context.Context, thread helpline.ID, shreds []int64, notes, held []helpline.ID) error {
	if err := i.Erased.RememberErased(ctx, notes, i.now()); err != nil {
		return err
	}
	if err := i.Shreds.Forget(ctx, shreds); err != nil {
		return err
	}
	late, err := i.Erased.DropErased(ctx, thread, notes, held, retention.Day(i.now()))
	if err != nil {
		return err
	}
	if late = slices.DeleteFunc(late, func(n int64) bool { return slices.Contains(shreds, n) }); len(late) > 0 {
		// An answer came in between: its bytes may stand in a copy, its key must not.
		if err := i.Shreds.Forget(ctx, late); err != nil {
			return err
		}
	}
	// A reader at work is in the way only for now: it opens for nobody any more,
	// and the purge empties the log.
	_ = i.Erased.EmptyLogs(ctx)
	return nil
}

// linked finds the notes that belong to a thread, and names apart those that are
// held in force; those that are gone already are passed over.
func (i *Inbox) linked(ctx context.Context, t ThreadRow, key *vault.ReturnKey) (notes []NoteRow, held []helpline.ID, err error) {
	sealed, err := i.Erased.Links(ctx, t.ID)
	if err != nil {
		return nil, nil, err
	}
	seen := map[helpline.ID]bool{}
	for _, s := range sealed {
		id, err := key.OpenLink(i.keys.install, t.ID, s)
		if err != nil {
			i.keys.alarm.ring(ctx, By{}, err)
			return nil, nil, err
		}
		if seen[id] {
			continue
		}
		seen[id] = true
		n, err := i.notes.rows.Note(ctx, id)
		if helpline.KindOf(err) == helpline.NotFound {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		inForce, err := i.notes.held(ctx, n)
		switch {
		case err != nil:
			return nil, nil, err
		case inForce:
			held = append(held, n.ID)
		default:
			notes = append(notes, n)
		}
	}
	return notes, held, nil
}

// ErrErased: the visitor has erased everything behind the code that a note
// belongs to, so the note is not kept.
var ErrErased = errors.New("its visitor has erased everything")

// WasErased says whether a visitor has erased a thread.
func (i *Inbox) WasErased(ctx context.Context, thread helpline.ID) (bool, error) {
	return i.Gone.WasErased(ctx, thread)
}

// Unkeep removes a note for good whose thread was erased while it was written. It
// leaves the thread to whoever erases it: its links still say which other notes go.
func (i *Inbox) Unkeep(ctx context.Context, note helpline.ID, shred int64) error {
	ctx = context.WithoutCancel(ctx)
	gone := Expired{Notes: []helpline.ID{note}, Shreds: []int64{shred}}
	if err := i.Erased.RememberErased(ctx, gone.Notes, i.now()); err != nil {
		return err
	}
	if err := i.Shreds.Forget(ctx, gone.Shreds); err != nil {
		return err
	}
	if err := i.Gone.Drop(ctx, gone); err != nil {
		return err
	}
	_ = i.Erased.EmptyLogs(ctx) // as in forget
	return nil
}

// LinkNote seals the number of a note to a thread, so that erasing the thread
// erases the note. NotFound without the thread.
func (i *Inbox) LinkNote(ctx context.Context, thread, note helpline.ID) error {
	t, err := i.Threads.Thread(ctx, thread)
	if err != nil {
		return err
	}
	sealed, err := vault.SealLink(i.keys.install, t.ID, t.Key, note)
	if err != nil {
		return err
	}
	return i.Erased.KeepLink(ctx, t.ID, sealed)
}
