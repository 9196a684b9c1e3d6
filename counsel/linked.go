package counsel

import (
	"context"

	"helpline"
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

// Linker keeps which notes belong to a return code, so that whoever has the code
// can erase them. Met by Threads.
type Linker interface {
	// LinkNote seals the name of a note to a thread; NotFound when it is gone.
	LinkNote(ctx context.Context, thread, note helpline.ID) error
	// WasErased says whether a visitor has erased a thread.
	WasErased(ctx context.Context, thread helpline.ID) (bool, error)
	// Unkeep removes a note for good whose thread was erased while it was written.
	Unkeep(ctx context.Context, note helpline.ID, shred int64) error
}

// Linking has notes linked to threads by l. Call it before the first Save.
func (n *Notes) Linking(l Linker) { n.linker = l }

// link binds a note to a thread before the note is saved: a link without its
// note erases nothing, a note without its link would outlive its code. A thread
// that has gone meanwhile has expired, or was erased: see erased.
func (n *Notes) link(ctx context.Context, thread, note helpline.ID) error {
	if thread.IsZero() || n.linker == nil {
		return nil
	}
	if err := n.linker.LinkNote(ctx, thread, note); helpline.KindOf(err) != helpline.NotFound {
		return err
	}
	return nil
}

// erased looks, once a note is saved, whether its visitor has erased everything
// meanwhile. Then the note is not kept either: what was counted of the contact
// stays counted, and its author is told by a Conflict that wraps ErrErased.
// Whoever erases says so first and looks for notes afterwards, so that one of the
// two finds the note.
func (n *Notes) erased(ctx context.Context, thread helpline.ID, row NoteRow) error {
	if thread.IsZero() || n.linker == nil {
		return nil
	}
	gone, err := n.linker.WasErased(ctx, thread)
	if err != nil || !gone {
		return err
	}
	if err := n.linker.Unkeep(ctx, row.ID, row.Shred); err != nil {
		return err
	}
	return helpline.Errorf(helpline.Conflict, "save a note: %w", ErrErased)
}
