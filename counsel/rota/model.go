package rota

import (
	"time"

	"helpline"
)

// Site is where the clocks hang: wall times of its rotas are read in its zone.
type Site struct {
	ID   helpline.ID
	Name string
	Zone string // IANA name; LoadZone reads it
}

// Rota is one plan of a site: who takes part in it, and how it is filled.
type Rota struct {
	ID    helpline.ID
	Site  helpline.ID
	Name  string
	Way   Way
	Setup Setup
	Needs []string // skills that everybody who covers a shift must have
}

// Way is how a rota is filled.
type Way string

// The ways.
const (
	Managed     Way = "managed"     // a supervisor fills it
	SelfSignUp  Way = "self"        // people take what is free
	Preferences Way = "preferences" // wishes, then a filling, then sign-up for the gaps
	Elsewhere   Way = "elsewhere"   // names are planned somewhere else: the least cover counts as there
)

// Setup is what a line asks before it opens.
type Setup string

// The set-ups.
const (
	Small Setup = "small" // one, and a leader or buddy who can be reached
	Pair  Setup = "pair"  // two, or one and a buddy
	Team  Setup = "team"  // the least cover of every shift, and a leader
)

// Weekdays is a set of days of the week.
type Weekdays uint8

// On makes a set of days.
func On(days ...time.Weekday) Weekdays {
	var w Weekdays
	for _, d := range days {
		w |= 1 << d
	}
	return w
}

// Has says whether a day is in the set.
func (w Weekdays) Has(d time.Weekday) bool { return w&(1<<d) != 0 }

// Template is a shift that comes back: wall clocks and weekdays, in no zone.
type Template struct {
	ID       helpline.ID
	Rota     helpline.ID
	Name     string
	Days     Weekdays // on which it begins
	From, To int      // minutes after midnight; To counts from midnight of the day it ends on, and may be 1440
	EndDay   int      // 0: To is on the same day, 1: on the next, 2: the day after
	First    Date     // from this day; the zero Date: always
	Last     Date     // to this day, itself included; the zero Date: for ever
	Break    int      // minutes of it that are rest
	Debrief  int      // minutes after its end in which whoever worked it writes up and talks it over
	Unsocial Unsocial
}

// Unsocial is the class of hours few people like; each one's share of them is
// kept even. Empty: ordinary.
type Unsocial string

// The classes.
const (
	Evening Unsocial = "evening"
	Night   Unsocial = "night"
	Weekend Unsocial = "weekend"
	Holiday Unsocial = "holiday"
)

// Closure is a stretch of days on which no shift of a rota begins. The zero
// Rota closes all of them.
type Closure struct {
	ID          helpline.ID
	Rota        helpline.ID
	First, Last Date // both included
}

// covers says whether a day is closed for a rota.
func (c Closure) covers(rota helpline.ID, d Date) bool {
	return (c.Rota.IsZero() || c.Rota == rota) && !d.after(c.Last) && !c.First.after(d)
}

// Requirement is the cover that a template asks of all its shifts, or one
// shift of its own. One for a shift goes before those of its template that ask
// for the same role, skill and language.
type Requirement struct {
	ID       helpline.ID
	Template helpline.ID     // or
	Shift    helpline.ID     // this one alone
	Role     Role            // empty: counsellors and leaders together
	Skill    string          // empty: none in particular
	Language helpline.Locale // empty: none in particular
	Min      int             // fewer is a breach
	Target   int             // fewer is a wish that is not met
	Max      int             // more is a breach; 0: no such wall
}
