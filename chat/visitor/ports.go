package visitor

import (
	"context"
	"net/http"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/gate"
	"helpline/chat/link"
	"helpline/chat/ticket"
)

// Engine is the live line, as far as a visitor's pages need it. Met by
// chat.Engine.
type Engine interface {
	// Arrive starts a contact; Unavailable when the line is closed or full.
	Arrive(context.Context, chat.Arrival) (ticket.Ticket, error)
	// Renew takes a sign of life; NotFound when the contact has ended.
	Renew(context.Context, ticket.Ticket) (ticket.Ticket, error)
	// Leave ends the contact; it may be called again.
	Leave(context.Context, ticket.Ticket) error
	// Visit takes a live link of the visitor.
	Visit(context.Context, ticket.Ticket, chat.Link) (*chat.Seat, error)
	// Estimate is what the front page says about waiting.
	Estimate() chat.Estimate
}

// Tickets seals and opens tickets. Met by ticket.Keys.
type Tickets interface {
	Seal(ticket.Ticket) (string, error)
	// Open gives Invalid for a forged or foreign ticket, NotFound for an expired one.
	Open(sealed string, now time.Time) (ticket.Ticket, error)
	// SealEntry and CheckEntry seal what a page may say later, and tell what was
	// said in a conversation.
	SealEntry(*ticket.Said) [16]byte
	CheckEntry(*ticket.Said, [16]byte) bool
	// Days are the first and the last day, since 1970-01-01, whose keys are there.
	Days() (oldest, today int)
}

// Sockets makes live links. Met by link.Sockets.
type Sockets interface {
	// Upgrade turns a request into a socket, after checking its origin; on an
	// error the request has been answered.
	Upgrade(http.ResponseWriter, *http.Request) (*link.Socket, error)
	// NewStream is a link for a page where sockets are blocked.
	NewStream() *link.Stream
}

// Turns asks strangers for a turn before a contact starts, while there is load.
// rate is the rate key, door the number of the door. Met by gate.Turns.
type Turns interface {
	// Ask gives a turn if one is needed just now.
	Ask(rate string, door int, now time.Time) (gate.Turn, bool)
	// Look is how a turn stands; false when it is worth nothing here.
	Look(rate string, door int, name string, now time.Time) (gate.Turn, bool)
	// Take lets a contact start, or gives the turn that is needed first.
	Take(rate string, door int, name, work string, now time.Time) (gate.Way, gate.Turn, bool)
}

// Returns looks after people who come back with a code. Met by counsel.Meetings.
type Returns interface {
	// Given says that the code of a thread was given in a conversation, or while
	// waiting for one; same, that the visitor would rather talk with whom they
	// agreed with. Whether one of those is here, only the queue knows.
	Given(ctx context.Context, contact, thread helpline.ID, same bool) error
	// Agreed says that a card was agreed on in a conversation.
	Agreed(ctx context.Context, contact, thread helpline.ID) error
}

// Inbox keeps letters behind return codes. rate is the rate key of the request.
// Met by counsel.Inbox.
type Inbox interface {
	// Leave begins a thread and gives its code, which is shown once; of one form
	// it begins one thread and gives the same code. Invalid when the words cannot
	// be taken, or wrapping ErrCode when they are a code; Unavailable when too
	// many wait, the line has no key to seal to yet, or the disk is full.
	Leave(ctx context.Context, rate string, l helpline.Left) (helpline.ReturnCode, helpline.ThreadKey, error)
	// Enter weighs a code that was typed. Invalid with a helpline.Slip, at once;
	// NotFound alike for one that never was, has expired or was erased;
	// Unavailable when too many wait.
	Enter(ctx context.Context, rate, typed string) (helpline.ThreadKey, error)
	// Read opens a thread; what it shows counts as read. NotFound once it is gone.
	Read(ctx context.Context, k helpline.ThreadKey) (helpline.Thread, error)
	// Add puts a letter, a card or both into a thread; one form counts once.
	// Errors as Leave, and NotFound.
	Add(ctx context.Context, k helpline.ThreadKey, l helpline.Left) error
	// Erase forgets the thread, its card and the notes linked to it, at once.
	// kept is how many notes the law keeps all the same.
	Erase(ctx context.Context, k helpline.ThreadKey) (kept int, err error)
}
