package counsel

import (
	"context"
	"time"

	"helpline"
	"helpline/counsel/retention"
)

// threadQuestion is where a draft keeps the thread its note will be linked to.
// No code of an outcome has a capital letter.
const threadQuestion = "Thread"

// takeThread takes the thread out of what a draft holds; zero for none.
func takeThread(o Outcome) helpline.ID {
	defer delete(o, threadQuestion)
	for _, s := range o[threadQuestion] {
		if id, err := helpline.ParseID(s); err == nil {
			return id
		}
	}
	return helpline.ID{}
}

// Linker seals the name of a note to a thread: whoever has the thread's return
// code can find the notes that belong to it, and nobody else can.
type Linker interface {
	// SealLink gives what is kept; NotFound when the thread is gone.
	SealLink(ctx context.Context, thread, note helpline.ID) ([]byte, error)
}

// Linking lets notes be linked to threads. Call it before the first Save.
func (n *Notes) Linking(l Linker) { n.linker = l }

// link binds a new note to a thread. One that has gone meanwhile was erased by
// its visitor, or has expired: then there is nothing to link to.
func (n *Notes) link(ctx context.Context, row *NoteRow, thread helpline.ID) error {
	if thread.IsZero() || n.linker == nil {
		return nil
	}
	sealed, err := n.linker.SealLink(ctx, thread, row.ID)
	switch {
	case helpline.KindOf(err) == helpline.NotFound:
		return nil
	case err != nil:
		return err
	}
	row.Thread, row.Link = thread, sealed
	return nil
}

// NoteEnds shortens the life of notes. Asserted by store.
type NoteEnds interface {
	// EndNotes sets the end of notes to a day, where theirs is later; for one that
	// was written on that day or later, to the day after it. Those that are not
	// there are passed over.
	EndNotes(ctx context.Context, notes []helpline.ID, day int) error
}

// Forgetting forgets notes before their time, because a visitor erases
// everything behind a return code.
type Forgetting struct {
	Notes *Notes
	Rows  PurgeRows
	Ends  NoteEnds
}

// Forget forgets these notes like a purge: first their keys, then the rows, then
// what SQLite still has of them. A note that two supervisors hold stays as long
// as they hold it, is counted, and goes on the first day after. Notes that are
// not there are passed over, so it may be called again after an error.
func (f Forgetting) Forget(ctx context.Context, notes []helpline.ID) (kept int, err error) {
	var e Expired
	var held []helpline.ID
	for _, id := range notes {
		row, err := f.Notes.rows.Note(ctx, id)
		if helpline.KindOf(err) == helpline.NotFound {
			continue
		}
		if err != nil {
			return 0, err
		}
		is, err := f.Notes.held(ctx, row)
		switch {
		case err != nil:
			return 0, err
		case is:
			held = append(held, id)
		default:
			e.Notes, e.Shreds = append(e.Notes, id), append(e.Shreds, row.Shred)
		}
	}
	if len(held) > 0 {
		if err := f.Ends.EndNotes(ctx, held, retention.Day(time.Now())); err != nil {
			return 0, err
		}
	}
	for _, step := range retention.Order() {
		var err error
		switch step {
		case retention.ShredKeys:
			err = f.Notes.shreds.Forget(ctx, e.Shreds)
		case retention.Rows:
			err = f.Rows.Drop(ctx, e)
		case retention.Logs:
			err = f.Rows.EmptyLogs(ctx)
		}
		if err != nil {
			return len(held), err
		}
	}
	return len(held), nil
}
