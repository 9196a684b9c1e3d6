package counsel

import (
	"context"
	"time"

	"helpline"
	"helpline/counsel/rota"
	"helpline/counsel/staff"
)

// RotaState is every row of the rotas of a line. Instants are UTC, in whole
// seconds. Serial counts the changes that were made so far.
type RotaState struct {
	Serial       int64
	Rotas        []rota.Rota
	Versions     []rota.Version
	Templates    []rota.Template
	Requirements []rota.Requirement
	Closures     []rota.Closure
	Shifts       []rota.Shift
	Assignments  []rota.Assignment
	Swaps        []rota.Swap
	Terms        []rota.Terms
	Skills       []rota.Skill
	Pauses       []rota.Pause // of those who do not work here at the moment
	Availability []rota.Availability
	Leaves       []rota.Leave
	OnCalls      []rota.OnCall
	Acceptances  []rota.Acceptance
	CheckIns     []CheckIn
	Asks         []RotaAsk
}

// CheckIn is somebody's word that they are on duty: for an assignment, or with
// the zero one as a walk-on.
type CheckIn struct {
	ID, Person helpline.ID
	Assignment helpline.ID
	Rota       helpline.ID
	In         time.Time
	Out        time.Time // the zero time: still there
}

// RotaAsk is one place about which several people are asked at once. The first
// who says yes has it.
type RotaAsk struct {
	ID            helpline.ID
	Place         helpline.ID // the assignment of whoever answers for it
	ShiftRevision int         // of its shift when they were asked: one that moved is another question
	By            helpline.ID // who asks
	At, Until     time.Time
	State         AskState
	Taker         helpline.ID // who said yes first
	Asked         []Asked     // in the order in which they were proposed
	Revision      int
}

// Asked is one of those who are asked.
type Asked struct {
	Person helpline.ID
	Answer AskAnswer
}

// AskState is how far an ask is.
type AskState string

// The states of an ask.
const (
	AskOpen  AskState = "open"
	AskTaken AskState = "taken"
	AskEnded AskState = "ended" // its time is over, or somebody else has the place
)

// AskAnswer is what somebody said to an ask; empty: nothing yet.
type AskAnswer string

// The answers.
const (
	AskYes AskAnswer = "yes"
	AskNo  AskAnswer = "no"
)

// RotaChange is rows that are new or that replace those of the same key, and
// rows that go: all of it is written, or nothing. A row with a revision says
// which one it is now: 0 is new, any other replaces the one before.
type RotaChange struct {
	Serial int64     // of the rows it was decided on
	Put    RotaState // its Serial says nothing
	Gone   RotaGone
	Events []rota.Event

	// Notices of it: they are queued as an outbox does, in the same moment, so that
	// no crash lies between a change and its being told.
	Notices []NoticeRow

	// For those who listen, and not written:
	Was  RotaState     // the rows that are replaced or go, as they stood
	Told []helpline.ID // after a publication, or when days were closed or opened: whose duties from now on differ from what they were
}

// RotaGone names rows that go. A version takes its shifts along, and a shift
// its places and what hangs on them.
type RotaGone struct {
	Rotas, Versions, Templates, Requirements, Closures, Shifts, Assignments, Leaves, OnCalls []helpline.ID

	AvailabilityOf, SkillsOf, TermsOf, PausesOf []helpline.ID // of these persons, all

	Acceptances []RotaBreach
}

// RotaBreach names what was accepted of a version: the key is that of the breach.
type RotaBreach struct {
	Version helpline.ID
	Key     string
}

// RotaRows keeps the rotas of the line. Asserted by store.
type RotaRows interface {
	// LoadRotas gives every row, as they stood in one moment.
	LoadRotas(context.Context) (RotaState, error)
	// RotaSerial is how often they were changed: whoever has older ones reads again.
	RotaSerial(context.Context) (int64, error)
	// ChangeRotas makes a change and raises the serial: rows that go first, then
	// those that are put; and it queues the notices. Conflict when the serial or a
	// row has changed since.
	ChangeRotas(context.Context, RotaChange) error
	// RotaEvents gives what happened from one instant until before another, the
	// newest first.
	RotaEvents(ctx context.Context, from, until time.Time) ([]rota.Event, error)
}

// RotaPeople knows who works here. Asserted by store: staff.Accounts has it too.
type RotaPeople interface {
	// People lists everybody, the removed included.
	People(context.Context) ([]staff.Person, error)
}
