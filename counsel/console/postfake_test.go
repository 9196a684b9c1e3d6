package console

import (
	"context"
	"slices"
	"sync"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
)

// postbox keeps threads in memory, and follows the rules of counsel.Threads.
type postbox struct {
	mu      sync.Mutex
	heads   []counsel.ThreadHead
	letters map[helpline.ID][]helpline.Letter
	members []helpline.ID // who read what went wrong
	about   map[helpline.ID]helpline.ID
	today   int
	locked  bool
	full    bool
	reasons []string
}

func newPostbox() *postbox {
	return &postbox{letters: map[helpline.ID][]helpline.Letter{}, about: map[helpline.ID]helpline.ID{}, today: 20000}
}

// leave puts a letter of a visitor into a thread of its own.
func (b *postbox) leave(kind helpline.ThreadKind, h counsel.ThreadHead, text string) helpline.ID {
	b.mu.Lock()
	defer b.mu.Unlock()
	h.ID, h.Kind, h.Waiting, h.News = helpline.NewID(), kind, true, 1
	if h.Audience == "" {
		h.Audience, h.Locale = helpline.Self, "en"
	}
	b.heads = append(b.heads, h)
	b.letters[h.ID] = []helpline.Letter{{ID: helpline.NewID(), Day: b.today, New: true, Body: asBody(map[string]string{"text": text})}}
	return h.ID
}

func (b *postbox) may(by counsel.By, h counsel.ThreadHead) bool {
	return b.about[h.ID] != by.Person && (h.Kind != helpline.WrongThread || slices.Contains(b.members, by.Person))
}

func (b *postbox) Heads(_ context.Context, by counsel.By) ([]counsel.ThreadHead, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []counsel.ThreadHead
	for _, h := range b.heads {
		if b.may(by, h) {
			h.Mine = h.Holder == by.Person
			out = append(out, h)
		}
	}
	return out, nil
}

// hold moves a thread from one holder to another.
func (b *postbox) hold(by counsel.By, id helpline.ID, from func(helpline.ID) bool, to helpline.ID) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.heads {
		h := &b.heads[i]
		switch {
		case h.ID != id || !b.may(by, *h):
		case !from(h.Holder):
			return helpline.Errorf(helpline.Conflict, "somebody else has it")
		default:
			h.Holder = to
			return nil
		}
	}
	return errNone
}

func (b *postbox) Claim(_ context.Context, by counsel.By, id helpline.ID) error {
	return b.hold(by, id, func(h helpline.ID) bool { return h.IsZero() || h == by.Person }, by.Person)
}

func (b *postbox) Release(_ context.Context, by counsel.By, id helpline.ID) error {
	return b.hold(by, id, func(h helpline.ID) bool { return h == by.Person }, helpline.ID{})
}

func (b *postbox) Finish(ctx context.Context, by counsel.By, id, read helpline.ID) error {
	if b.newest(id) != read {
		return helpline.Errorf(helpline.Conflict, "there is a newer letter")
	}
	if err := b.Release(ctx, by, id); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.heads {
		if b.heads[i].ID == id {
			b.heads[i].Waiting = false
		}
	}
	return nil
}

func (b *postbox) TakeOver(_ context.Context, by counsel.By, id helpline.ID, reason string) error {
	if !slices.Contains(audit.Reasons(), reason) {
		return helpline.Errorf(helpline.Forbidden, "take over: %w", counsel.ErrReason)
	}
	b.reasons = append(b.reasons, reason)
	return b.hold(by, id, func(h helpline.ID) bool { return !h.IsZero() }, by.Person)
}

// mine says whether a person holds a thread.
func (b *postbox) mine(by counsel.By, id helpline.ID) error {
	return b.hold(by, id, func(h helpline.ID) bool { return h == by.Person }, by.Person)
}

func (b *postbox) Read(_ context.Context, by counsel.By, id helpline.ID) (helpline.Thread, error) {
	if err := b.mine(by, id); err != nil {
		return helpline.Thread{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.locked {
		return helpline.Thread{}, helpline.Errorf(helpline.Forbidden, "read: %w", counsel.ErrLocked)
	}
	return helpline.Thread{ID: id, Locale: "en", Audience: helpline.Self, Letters: slices.Clone(b.letters[id]), Ends: b.today + 30}, nil
}

// newest is the visitor's newest letter.
func (b *postbox) newest(id helpline.ID) (newest helpline.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range b.letters[id] {
		if !l.FromLine {
			newest = l.ID
		}
	}
	return newest
}

func (b *postbox) Answer(_ context.Context, by counsel.By, id, msg, read helpline.ID, body string) error {
	if err := b.mine(by, id); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.full {
		return helpline.Errorf(helpline.Unavailable, "the disk is full")
	}
	if slices.ContainsFunc(b.letters[id], func(l helpline.Letter) bool { return l.ID == msg }) {
		return nil
	}
	for _, l := range slices.Backward(b.letters[id]) {
		if l.FromLine {
			continue
		}
		if l.ID != read {
			return helpline.Errorf(helpline.Conflict, "there is a newer letter")
		}
		break
	}
	b.letters[id] = append(b.letters[id], helpline.Letter{ID: msg, FromLine: true, Day: b.today, New: true, Body: body})
	return nil
}

func (b *postbox) Withdraw(_ context.Context, by counsel.By, id, msg helpline.ID) error {
	if err := b.mine(by, id); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, l := range b.letters[id] {
		switch {
		case l.ID != msg || !l.FromLine:
		case !l.New:
			return helpline.Errorf(helpline.Conflict, "it was read")
		default:
			b.letters[id] = slices.Delete(b.letters[id], i, i+1)
			return nil
		}
	}
	return errNone
}

func (b *postbox) Waiting(context.Context) (all, urgent int, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, h := range b.heads {
		if h.Waiting && h.Kind != helpline.WrongThread {
			all++
			if h.Urgent && h.Holder.IsZero() {
				urgent++
			}
		}
	}
	return all, urgent, nil
}

func (b *postbox) Safeguards(_ context.Context, by counsel.By) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Contains(b.members, by.Person), nil
}

func (b *postbox) Today() int { return b.today }
