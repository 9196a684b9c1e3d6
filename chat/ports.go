package chat

import (
	"context"
	"time"

	"helpline"
	"helpline/chat/wire"
)

// Link is one live connection to a page. The engine cannot tell one transport
// from another. Implementations live in chat/link, a fake in chat/chattest.
type Link interface {
	// Send takes a packet and never waits. When it returns, packet and frame are
	// the engine's again: what a link still needs it copies. A link whose page
	// does not keep up drops itself; the page comes back and resumes without loss.
	Send(*wire.Packet)
	// Drop ends the connection after what is queued has been written; again is
	// a hint in seconds when the page should come back, 0 for at once.
	Drop(again int)
	// Scripted says whether the page keeps the chain itself. A page without
	// scripts is always fresh, and confirms by later requests.
	Scripted() bool
}

// Hours is when the line takes contacts: one answer for the public page, the
// queue and the board.
type Hours interface {
	Now() helpline.Hours
	Next() time.Time // next opening; zero: not known
}

// Standing is the one row the store keeps of an accepted contact: who holds
// it and whether it is closed. It has no words and no times; Epoch is the day
// number of the ticket key that could still open the contact's ticket, and the
// row goes with that key.
type Standing struct {
	Contact helpline.ID
	Channel helpline.Channel
	Term    int         // raised by one with every change of holder
	Holder  helpline.ID // the person
	Since   int64       // newest entry both seats had at the last change of holder
	Closed  bool
	Epoch   int
}

// Journal is what must be durable before it is answered. Every method returns
// only after the write is on the disk. Asserted by store.
type Journal interface {
	// Boot raises and returns the number of this start; 1 is the first.
	Boot(context.Context) (int64, error)
	// Standings returns every row, open and closed.
	Standings(context.Context) ([]Standing, error)
	// Accept inserts the row if the contact has none and returns the row that
	// stands afterwards: of two who accept, the second reads the first's.
	Accept(context.Context, Standing) (Standing, error)
	// Change replaces the row if it is still open and its term is still from;
	// otherwise it changes nothing and returns a Conflict.
	Change(ctx context.Context, from int, to Standing) error
	// Keep moves the epoch of the contacts that are still alive to the new day.
	Keep(ctx context.Context, epoch int, contacts []helpline.ID) error
}

// Event is something that raises a counter. Counters know the week and the
// weekday, and of a half hour only what lots were drawn over: never a person's
// time.
type Event string

// The events.
const (
	Arrived     Event = "arrived"        // a contact started
	Resumed     Event = "resumed"        // came back with a ticket after the line broke
	RefusedShut Event = "refused closed" // came while the line was closed
	RefusedFull Event = "refused full"   // came while the queue was full
	RefusedLate Event = "refused late"   // came when the wait would have passed the end
	ClosedOut   Event = "closed out"     // was waiting when the line closed
	MovedInbox  Event = "moved to inbox" // left a message instead of waiting on
	LeftQueue   Event = "left queue"     // went while waiting
	LostQueue   Event = "lost queue"     // did not come back while waiting
	Missed      Event = "missed"         // did not answer the ready question twice
	Unanswered  Event = "unanswered"     // nobody came
	RangeKept   Event = "range kept"     // accepted within the range that was first named
	RangeBroken Event = "range broken"   // accepted, but later than named
	Accepted    Event = "accepted"
	EndVisitor  Event = "ended visitor"
	EndDone     Event = "ended counsellor"
	EndLeft     Event = "ended gone" // closed by the counsellor after the visitor had gone
	EndIdle     Event = "ended idle"
	EndAway     Event = "ended away" // its counsellor was removed from the line
	EndMisuse   Event = "ended misuse"

	LetterLeft     Event = "letter left" // to the inbox
	LetterAnswered Event = "letter answered"
)

// Count is one raise of one counter.
type Count struct {
	At       time.Time // the day of it is kept; see package counsel, Arrivals, for the half hour
	Event    Event
	Channel  helpline.Channel
	Audience helpline.Audience
	Locale   helpline.Locale
}

// Counters takes raises. It never waits and never fails the caller: what
// cannot be written is kept and tried again.
type Counters interface {
	Count(Count)
}
