package rota

import (
	"time"

	"helpline"
)

// Swap is a wish to change who works. It is bound to assignments and the
// revisions they and their shifts had, never to a stretch of time: what moved
// since is not swapped.
type Swap struct {
	ID       helpline.ID
	Kind     SwapKind
	State    SwapState
	From     Bound       // what is given away
	To       Bound       // what is wanted for it; zero but for an exchange
	Person   helpline.ID // to whom it is offered; zero: to whoever may take it
	Claimant helpline.ID // who took it
	By       helpline.ID // who opened it: its owner, or somebody on the owner's behalf
	Until    time.Time   // it expires then; the zero time: when the shift begins
	Revision int
}

// Bound is an assignment as it was when a swap was made.
type Bound struct {
	Assignment    helpline.ID
	Revision      int // of the assignment
	ShiftRevision int // of its shift
}

// MostADay is how many shifts somebody offers, claims or takes within a day: more
// than anybody has in a whole rota, so that only a login that does it on purpose
// meets it. What is open at one time needs no bound: a place has one living swap.
const MostADay = 100

// ErrOften is for whoever does. A supervisor may act for them meanwhile, and what
// they offered can always be taken back.
var ErrOften = helpline.Errorf(helpline.Conflict, "rota: they offered, claimed or took too many shifts within a day")

// Counts says whether an event is one of those that MostADay bounds, for somebody.
func (e Event) Counts(person helpline.ID) bool {
	return e.By == person && (e.For.IsZero() || e.For == person) && (e.Kind == EventOffer || e.Kind == EventClaim || e.Kind == EventTake)
}

// Bounded says whether MostADay bounds a step: what somebody does for themselves
// and could do without end.
func (s Step) Bounded() bool {
	switch s.Do {
	case DoOffer, DoExchange, DoDrop, DoClaim, DoTake:
		return s.For.IsZero() || s.For == s.By
	}
	return false
}

func (s Step) often() bool { return s.Bounded() && s.Recent >= MostADay }

// SwapKind is what is wished.
type SwapKind string

// The kinds.
const (
	Offer    SwapKind = "offer" // somebody else may have it
	Exchange SwapKind = "swap"  // mine for yours
	Drop     SwapKind = "drop"  // I cannot; a supervisor must agree, and answers for the place from then on
)

// SwapState is how far a swap is. Approved, Refused, Expired and Withdrawn are
// ends.
type SwapState string

// The states of a swap.
const (
	Open      SwapState = "open"
	Claimed   SwapState = "claimed"
	Approved  SwapState = "approved"
	Refused   SwapState = "refused"
	Expired   SwapState = "expired"
	Withdrawn SwapState = "withdrawn"
)

// Event is one thing that happened to a rota. Events are only ever added.
type Event struct {
	ID         helpline.ID
	At         time.Time
	By         helpline.ID // who did it; zero: time itself, as when an offer expires
	For        helpline.ID // on whose behalf; zero: their own
	Kind       EventKind
	Version    helpline.ID
	Shift      helpline.ID
	Assignment helpline.ID
	Swap       helpline.ID
}

// EventKind is what happened.
type EventKind string

// The kinds of events.
const (
	EventPublish   EventKind = "publish"
	EventSupersede EventKind = "supersede"
	EventOffer     EventKind = "offer"
	EventClaim     EventKind = "claim"
	EventTake      EventKind = "take" // somebody has signed up for what was free
	EventApprove   EventKind = "approve"
	EventRefuse    EventKind = "refuse"
	EventExpire    EventKind = "expire"
	EventWithdraw  EventKind = "withdraw"
	EventAssign    EventKind = "assign"
	EventMove      EventKind = "move"
	EventCancel    EventKind = "cancel"
	EventShut      EventKind = "shut"   // the opening that ran has ended, and no shift that was cancelled says so
	EventAccept    EventKind = "accept" // an advisory breach, with a reason
	EventNoShow    EventKind = "no-show"
	EventCame      EventKind = "came"   // after all, or as planned
	EventUnsure    EventKind = "unsure" // nobody knows, after all
	EventAsk       EventKind = "ask"    // several were asked at once
	EventNo        EventKind = "no"     // one of them said no
)
