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
}

// Linking has notes linked to threads by l. Call it before the first Save.
func (n *Notes) Linking(l Linker) { n.linker = l }

// link binds a note to a thread before the note is saved: a link without its
// note erases nothing, a note without its link would outlive its code. A thread
// that has gone meanwhile was erased by its visitor, or has expired.
func (n *Notes) link(ctx context.Context, thread, note helpline.ID) error {
	if thread.IsZero() || n.linker == nil {
		return nil
	}
	if err := n.linker.LinkNote(ctx, thread, note); helpline.KindOf(err) != helpline.NotFound {
		return err
	}
	return nil
}
