package counsel

import (
	"context"
	"slices"
	"sync"
	"time"

	"helpline"
	"helpline/counsel/audit"
)

// HandWord is what somebody says of the line by hand, against the plan.
type HandWord string

// The words. A gate is StayOpen or CloseEarly; the other two go with any.
const (
	StayOpen     HandWord = "open"  // open, or open for longer than planned
	PauseQueue   HandWord = "pause" // nobody new for a while; who waits keeps the place
	CloseEarly   HandWord = "close" // until the next planned opening
	MessageFirst HandWord = "first" // messages before chats
)

// HandWords lists them in the order of the board.
func HandWords() []HandWord { return []HandWord{PauseQueue, CloseEarly, StayOpen, MessageFirst} }

// HandReasons says why a word may be said. They stand in the audit log.
func HandReasons() []string { return audit.HandReasons() }

// How long a word counts, at most: what somebody forgot to take back must not
// stand for ever.
const (
	pauseFor  = time.Hour
	closeFor  = 12 * time.Hour // where no end is known, or only one that is further than a day
	mostHours = 12
)

// Saying is one word that counts until a moment.
type Saying struct {
	Word   HandWord
	Reason string
	By     helpline.ID
	Until  time.Time
}

func (s Saying) slot() string {
	switch s.Word {
	case MessageFirst:
		return "first"
	case PauseQueue: // of hours that were added by hand it takes none
		return "pause"
	}
	return "gate"
}

// Sayings keeps what was said through a restart. Asserted by store.
type Sayings interface {
	// KeepSaying keeps a word in the place of the older one of its slot: gate, pause or first.
	KeepSaying(ctx context.Context, slot string, s Saying) error
	// DropSaying forgets the word of a slot; that there is none is no fault.
	DropSaying(ctx context.Context, slot string) error
	// Sayings gives them by slot.
	Sayings(ctx context.Context) (map[string]Saying, error)
}

// Hand is what is said by hand of the line. Safe for concurrent use.
type Hand struct {
	rows  Sayings
	trail Trail
	now   func() time.Time

	mu   sync.Mutex
	said map[string]Saying
}

// NewHand reads what was said before the start.
func NewHand(ctx context.Context, rows Sayings, trail Trail, now func() time.Time) (*Hand, error) {
	said, err := rows.Sayings(ctx)
	if err != nil {
		return nil, err
	}
	return &Hand{rows: rows, trail: trail, now: now, said: said}, nil
}

// Said gives what counts now: a gate, a pause, and whether messages go first.
// Words whose time is over are nothing.
func (h *Hand) Said(now time.Time) (gate, pause, first Saying) {
	if h == nil {
		return Saying{}, Saying{}, Saying{}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for slot, to := range map[string]*Saying{"gate": &gate, "pause": &pause, "first": &first} {
		if s := h.said[slot]; now.Before(s.Until) {
			*to = s
		}
	}
	return gate, pause, first
}

// Say puts a word down after its entry in the audit log. end is what
// Duty.Ends says, zero where that is not known; hours is how long the
// line stays open or puts messages first. Invalid for an unknown word, reason
// or number of hours.
func (h *Hand) Say(ctx context.Context, who helpline.Actor, word HandWord, reason string, hours int, end time.Time) error {
	now := h.now()
	s := Saying{Word: word, Reason: reason, By: who.Person}
	switch word {
	case PauseQueue:
		s.Until = now.Add(pauseFor)
	case CloseEarly:
		s.Until = end
		if !end.After(now) || end.After(now.Add(24*time.Hour)) {
			s.Until = now.Add(closeFor)
		}
	case StayOpen, MessageFirst:
		if hours < 1 || hours > mostHours {
			return helpline.Errorf(helpline.Invalid, "line by hand: hours must be 1 to %d", mostHours)
		}
		s.Until = now.Add(time.Duration(hours) * time.Hour)
	default:
		return helpline.Errorf(helpline.Invalid, "line by hand: no such word")
	}
	if !slices.Contains(HandReasons(), reason) {
		return helpline.Errorf(helpline.Invalid, "line by hand: no such reason")
	}
	s.Until = s.Until.Truncate(time.Second)
	deed := audit.Deed{By: who.Person, Code: audit.LineHand, Details: []audit.Detail{{Name: "word", Value: string(word)}, {Name: "reason", Value: reason}}}
	return Traced(ctx, h.trail, deed, func() error {
		if err := h.rows.KeepSaying(ctx, s.slot(), s); err != nil {
			return err
		}
		h.mu.Lock()
		h.said[s.slot()] = s
		h.mu.Unlock()
		if s.slot() != "gate" {
			return nil
		}
		return h.drop(ctx, "pause") // whoever opens or closes the line does not mean it paused
	})
}

// TakeBack lets the plan count again.
func (h *Hand) TakeBack(ctx context.Context, who helpline.Actor, word HandWord) error {
	if !slices.Contains(HandWords(), word) {
		return helpline.Errorf(helpline.Invalid, "line by hand: no such word")
	}
	slot := Saying{Word: word}.slot()
	deed := audit.Deed{By: who.Person, Code: audit.LineFree, Details: []audit.Detail{{Name: "word", Value: string(word)}}}
	return Traced(ctx, h.trail, deed, func() error { return h.drop(ctx, slot) })
}

func (h *Hand) drop(ctx context.Context, slot string) error {
	if err := h.rows.DropSaying(ctx, slot); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.said, slot)
	return nil
}
