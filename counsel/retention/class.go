package retention

import "time"

// Code names a class of what is kept. The words for people stand in the
// catalogues under it.
type Code string

// The classes.
const (
	Notes       Code = "notes"
	Drafts      Code = "drafts"
	Letters     Code = "letters"
	Cards       Code = "cards"
	Erased      Code = "erased"
	Standings   Code = "standings"
	Logins      Code = "logins"
	Passes      Code = "passes"
	Invitations Code = "invitations"
	Rescues     Code = "rescues"
	Rota        Code = "rota"   // shifts, who worked them, who was there
	Wishes      Code = "wishes" // leave, wishes, offers, asks, and drafts that were never published
	Plans       Code = "plans"  // what rotas are made of
	Audit       Code = "audit"
	Holds       Code = "holds"
	Removed     Code = "removed"
	Spent       Code = "spent"
	People      Code = "people"
	Counters    Code = "counters"
	Notices     Code = "notices"
	Reaches     Code = "reaches"
	KeyLog      Code = "keylog"
	DayKeys     Code = "daykeys"
	Copies      Code = "copies"
)

// The lengths that no setting changes, in days.
const (
	StandingDays   = 2  // as long as a ticket can live
	DraftDays      = 2  // with the standing of its contact, at the latest
	LoginDays      = 1  // one shift; the key of the day dies with it
	PassDays       = 30 // a login that sees the own shifts only
	InvitationDays = 3
	RescueDays     = 3
	RotaDays       = 2 * 365 // hours worked can be asked about
	WishDays       = 60      // after they ended
	AuditDays      = 2 * 365
	DayKeyDays     = 2
	NoticeDays     = 7 // after they were sent or given up
)

// Class is one line of the table of what is kept for how long.
type Class struct {
	Code Code
	// Days is after how many days it goes at the latest; 0 is never by itself.
	Days int
	// Counts says whether the store can count it in rows.
	Counts bool
}

// Classes is the table. It goes by what has happened last: a draft's days
// begin when it was begun, those of a login when it was made.
func (r Rules) Classes() []Class {
	return []Class{
		{Notes, r.Days(), true},
		{Drafts, DraftDays, true},
		{Letters, UnansweredDays, true},
		{Cards, CodeDays, true},
		{Holds, 0, true},
		{Standings, StandingDays, true},
		{Logins, LoginDays, true},
		{Passes, PassDays, true},
		{Invitations, InvitationDays, true},
		{Rescues, RescueDays, true},
		{Rota, RotaDays, true},
		{Wishes, WishDays, true},
		{Plans, 0, true},
		{Audit, AuditDays, true},
		{Spent, SpentDays, true},
		{Erased, SpentDays, true},
		{Removed, 0, true},
		{People, 0, true},
		{Notices, NoticeDays, true},
		{Reaches, 0, true},
		{KeyLog, 0, true},
		{Counters, 0, true},
		{DayKeys, DayKeyDays, false},
		{Copies, CopyDays, false},
	}
}

// Count is how many rows of a class there are, and how many of them should have
// gone already.
type Count struct {
	Code          Code
	Rows, Overdue int
}

// Every is how often a chore is to be done, in days; 0 is when it is wanted.
func (c Chore) Every() int {
	switch c {
	case Purging, BackingUp:
		return 1
	case Rebuilding:
		return 7
	case Rehearsing:
		return 31
	}
	return 0
}

// Overdue says whether a chore should have been done by now: a day later than
// it was due, so that a line that starts in the morning is not accused at once.
// A chore that was never done (known is false) is overdue, but for the rebuild,
// which a new line comes to by itself.
func (c Chore) Overdue(last int, known bool, now time.Time) bool {
	if c.Every() == 0 {
		return false
	}
	if !known {
		return c != Rebuilding
	}
	return Day(now) > last+c.Every()
}
