package rota

import (
	"time"

	"helpline"
)

// Version is one state of a rota over a period of days. One version of a day
// is published at a time; publishing another supersedes it.
type Version struct {
	ID          helpline.ID
	Rota        helpline.ID
	First, Last Date // both included: the days on which its shifts begin
	State       VersionState
	By          helpline.ID // who published it
	At          time.Time   // when
}

// VersionState is how far a version is.
type VersionState string

// The states of a version.
const (
	Draft      VersionState = "draft"
	Published  VersionState = "published"
	Superseded VersionState = "superseded"
)

// Shift is one materialised stretch of work: instants. It keeps what its
// template said when it was made; a template that changes later moves no shift.
type Shift struct {
	ID        helpline.ID
	Version   helpline.ID
	Rota      helpline.ID
	Template  helpline.ID // zero: made by hand
	Name      string
	Date      Date // the day its wall clock begins on
	Start     time.Time
	End       time.Time
	Break     int // minutes of it that are rest
	Debrief   int // minutes of work after End: nobody's cover, but hours and no rest of whoever had the shift
	Unsocial  Unsocial
	Cancelled bool
	Revision  int // goes up whenever it is moved or cancelled
}

// Minutes is how long it lasts, by instants: a night on which clocks are set
// is an hour longer or shorter than its wall clock says.
func (s Shift) Minutes() int { return int(s.End.Sub(s.Start) / time.Minute) }

// Work is how many minutes of work it brings: without the rest in it, with the
// debrief after it.
func (s Shift) Work() int { return max(0, s.Minutes()-s.Break) + s.Debrief }

// Interval is the time it takes.
func (s Shift) Interval() Interval { return Interval{s.Start, s.End} }

// Closed says whether one of these closures has its day.
func (s Shift) Closed(closures []Closure) bool { return closedOn(closures, s.Rota, s.Date) }

// Assignment is one place on a shift and who answers for it. It is never
// moved to another person: a successor is made, so that a feed and a swap
// always know which one they mean.
type Assignment struct {
	ID       helpline.ID
	Shift    helpline.ID
	Person   helpline.ID
	Role     Role
	State    State
	Pinned   bool // whatever fills the rota leaves it alone
	Minds    bool // answers for a place nobody works yet: no cover, no hours
	Source   Source
	Place    helpline.ID // the first assignment of this place; its own ID for the first
	Revision int
}

// Role is what somebody does on a shift.
type Role string

// The roles of a shift. A trainee is no cover, and neither is a buddy, who is
// reachable and does not talk with visitors.
const (
	Counsellor Role = "counsellor"
	Leader     Role = "leader"
	Buddy      Role = "buddy"
	Trainee    Role = "trainee"
)

// Covers says whether whoever has the role takes contacts.
func (r Role) Covers() bool { return r == Counsellor || r == Leader }

// State is how an assignment stands.
type State string

// The states of an assignment.
const (
	Proposed State = "proposed"  // in a draft
	Held     State = "published" // published, and its person's
	Offered  State = "offered"   // published; its person stays responsible until it is claimed
	Swapped  State = "swapped"   // somebody else has it now
	Dropped  State = "dropped"   // given back
	Worked   State = "worked"
	NoShow   State = "no-show"
)

// Stands says whether the place is still this person's to answer for.
func (s State) Stands() bool { return s != Swapped && s != Dropped }

// Source is where an assignment comes from.
type Source string

// The sources.
const (
	BySolver Source = "solver"
	ByHand   Source = "manual"
	BySelf   Source = "self"
)
