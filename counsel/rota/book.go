package rota

import (
	"time"

	"helpline"
)

// Book is everything that is needed to judge one version: its own shifts and,
// for rest and overlap, those of other rotas and of the weeks around it. What
// belongs to another version than Version is background: it counts, and a
// breach among background alone is not reported.
type Book struct {
	Site         Site
	Version      Version
	Rotas        []Rota
	Templates    []Template
	Closures     []Closure
	Requirements []Requirement
	Shifts       []Shift
	Assignments  []Assignment
	People       []Person
	Terms        []Terms
	Skills       []Skill
	Availability []Availability
	Leaves       []Leave
	OnCalls      []OnCall
	Swaps        []Swap
	Acceptances  []Acceptance
}

// Level is how much a breach weighs.
type Level string

// The levels.
const (
	Hard     Level = "hard"     // is never published
	Advisory Level = "advisory" // a supervisor may accept it, with a reason
	Note     Level = "note"     // to be known
)

// Breach is one rule that is not kept: which, by whom, where, the numbers, and
// what would mend it. Templates phrase it from "rota.rule."+Rule and
// "rota.way."+Way.
type Breach struct {
	Rule        RuleID
	Level       Level
	Source      string // law and article; empty: a rule of the house
	People      []helpline.ID
	Shifts      []helpline.ID
	Assignments []helpline.ID
	At          Interval // the stretch that is meant
	Have, Want  int      // in Unit
	Unit        Unit
	Skill       string
	Language    helpline.Locale
	Way         WayOut
	Accepted    bool // somebody took this advisory one upon them
}

// RuleID names a rule, such as "rest.day".
type RuleID string

// WayOut names what would mend a breach, such as "move" or "train".
type WayOut string

// Unit is what the numbers of a breach count.
type Unit string

// The units.
const (
	Minutes Unit = "minutes"
	Heads   Unit = "heads"
	Times   Unit = "times"
)

// Duty is an assignment beside its shift.
type Duty struct {
	Assignment Assignment
	Shift      Shift
}

// works says whether the duty takes its person's time.
func (d Duty) works() bool {
	return d.Assignment.State.Stands() && !d.Assignment.Minds && !d.Shift.Cancelled
}

// Acceptance is a supervisor's word that an advisory breach may stand. It
// counts for the breach with this key only: where people, shifts or numbers
// change, it is asked anew.
type Acceptance struct {
	Key    string // of the breach
	By     helpline.ID
	At     time.Time
	Reason Reason
}

// Reason is why an advisory breach was accepted: one of a list, so that no
// free words about people gather beside a rota.
type Reason string
