package counsel

import (
	"context"
	"sync"
	"time"

	"helpline"
	"helpline/counsel/retention"
)

// inHand is how long a letter that says that somebody may be hurt soon is left in
// somebody's hands in silence, after it was last opened.
const inHand = 30 * time.Minute

// hands are who has which thread open, and since when: in memory only. After a
// restart nobody has, and every alarm rings.
type hands struct {
	mu  sync.Mutex
	all map[helpline.ID]grip
}

type grip struct {
	person helpline.ID
	at     time.Time
}

// touch notes that somebody has opened what they have taken. What is older than
// counts is dropped on the way.
func (h *hands) touch(thread, person helpline.ID, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.all == nil {
		h.all = map[helpline.ID]grip{}
	}
	for id, one := range h.all {
		if now.Sub(one.at) >= inHand {
			delete(h.all, id)
		}
	}
	h.all[thread] = grip{person, now}
}

// has says whether somebody has opened a thread in the last while.
func (h *hands) has(thread, person helpline.ID, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	one, ok := h.all[thread]
	return ok && one.person == person && now.Sub(one.at) < inHand
}

// Waiting is how many threads wait for a counsellor, and how many of them because
// somebody may be hurt soon and nobody looks after them: nobody has taken them, or
// whoever has is away (logged out, locked, removed) or has not opened them for
// half an hour. It opens nothing.
func (t *Threads) Waiting(ctx context.Context) (all, alarms int, err error) {
	now := t.inbox.now()
	all, urgent, err := t.inbox.Waiting.LettersWaiting(ctx, retention.Day(now))
	for _, u := range urgent {
		if u.Holder.IsZero() || !t.inbox.keys.Opened(u.Holder) || !t.hands.has(u.Thread, u.Holder, now) {
			alarms++
		}
	}
	return all, alarms, err
}

// LinkNote is that of Inbox.
func (t *Threads) LinkNote(ctx context.Context, thread, note helpline.ID) error {
	return t.inbox.LinkNote(ctx, thread, note)
}

// WasErased is that of Inbox.
func (t *Threads) WasErased(ctx context.Context, thread helpline.ID) (bool, error) {
	return t.inbox.WasErased(ctx, thread)
}

// Unkeep is that of Inbox.
func (t *Threads) Unkeep(ctx context.Context, note helpline.ID, shred int64) error {
	return t.inbox.Unkeep(ctx, note, shred)
}
