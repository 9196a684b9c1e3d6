package counsel

import (
	"context"
	"slices"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/vault"
)

// TakeOver takes a thread from the colleague who has it, because nobody must
// wait for somebody who is away. It asks for one of audit.Reasons and stands in
// the audit log before it is done. Forbidden wraps ErrReason; Conflict when the
// colleague has let go of it, or another was faster.
func (t *Threads) TakeOver(ctx context.Context, by By, id helpline.ID, reason string) error {
	r, err := t.find(ctx, by, id)
	switch {
	case err != nil:
		return err
	case r.Holder == by.Person:
		return nil
	case r.Holder.IsZero():
		return helpline.Errorf(helpline.Conflict, "take a thread over: nobody has it")
	case !slices.Contains(audit.Reasons(), reason):
		return helpline.Errorf(helpline.Forbidden, "take a thread over: %w", ErrReason)
	}
	d := audit.Deed{By: by.Person, Code: audit.ThreadTake, Details: []audit.Detail{audit.Whom("holder", r.Holder), audit.Word("reason", reason)}}
	return t.traced(ctx, d, id, func() error {
		err := t.inbox.Holders.Take(ctx, id, r.Holder, by.Person)
		if err == nil {
			t.hands.touch(id, by.Person, t.inbox.now())
		}
		return err
	})
}

// traced does what must leave a trace. The thread is named by the key of its
// newest letter, so that nobody can tell which it was once that is forgotten.
func (t *Threads) traced(ctx context.Context, d audit.Deed, id helpline.ID, do func() error) error {
	rows, err := t.inbox.Threads.Letters(ctx, id)
	if err != nil {
		return err
	}
	for _, l := range slices.Backward(rows) {
		if l.Side == vault.OnCard {
			continue
		}
		shred, err := t.inbox.Shreds.Key(ctx, l.Shred)
		if err != nil {
			return err
		}
		d.Object = audit.Record(id, shred)
		clear(shred[:])
		return Traced(ctx, t.trail, d, do)
	}
	return noThread()
}

// Safeguards says whether a person belongs to those who read what went wrong.
func (t *Threads) Safeguards(ctx context.Context, by By) (bool, error) { return t.member(ctx, by) }

// Named is how many people read what went wrong: with one alone nobody reads
// what is said of that one, and it is not taken.
func (t *Threads) Named(ctx context.Context) (int, error) {
	log, _, err := t.inbox.keys.current(ctx)
	if err != nil || log == nil {
		return 0, err
	}
	return len(log.Members(vault.Safeguarding)), nil
}
