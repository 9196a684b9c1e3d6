package rota

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"helpline"
)

// Level is how much a breach weighs.
type Level string

// The levels.
const (
	Hard     Level = "hard"     // is never published
	Advisory Level = "advisory" // a supervisor may accept it, with a reason
	Note     Level = "note"     // to be known
)

// Breach is one rule that is not kept: which, by whom, where, the numbers, and
// what would mend it. Screens say it from "rota.rule."+Rule and
// "rota.way."+Way.
type Breach struct {
	Rule        RuleID
	Level       Level
	Source      string // law and article; empty: a rule of the house
	People      []helpline.ID
	Shifts      []helpline.ID
	Assignments []helpline.ID
	Template    helpline.ID // of a breach that all its shifts share
	At          Interval    // the stretch that is meant
	Have, Want  int         // in Unit
	Unit        Unit
	Skill       string
	Language    helpline.Locale
	Role        Role   // of a cover that is asked
	Matter      string // of a law, that was not checked
	Way         WayOut
	Accepted    bool // somebody took this advisory one upon them
}

// WayOut names what would mend a breach.
type WayOut string

// Unit is what the numbers of a breach count.
type Unit string

// The units.
const (
	Minutes Unit = "minutes"
	Heads   Unit = "heads"
	Times   Unit = "times"
)

// Key names a breach by what it says. It is the same in every run over the
// same book, and another where people, shifts or numbers differ.
func (b Breach) Key() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s|%s|%s|%s|%s|%s|%d|%d|%d|%d", b.Rule, b.Source, b.Skill, b.Language, b.Role, b.Matter, b.Have, b.Want, b.At.Start.Unix(), b.At.End.Unix())
	for _, ids := range [][]helpline.ID{b.People, b.Shifts, b.Assignments, {b.Template}} {
		sorted := slices.Clone(ids)
		slices.SortFunc(sorted, byID)
		fmt.Fprintf(&text, "|%v", sorted)
	}
	sum := sha256.Sum256([]byte(text.String()))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

func byID(a, b helpline.ID) int { return slices.Compare(a[:], b[:]) }

// Acceptance is a supervisor's word that an advisory breach may stand. It
// counts for the breach with this key only: where people, shifts or numbers
// change, it is asked anew.
type Acceptance struct {
	Version helpline.ID // in which it was accepted; for whoever keeps it
	Key     string      // of the breach
	By      helpline.ID
	At      time.Time
	Reason  Reason
}

// Reason is why an advisory breach was accepted: one of a list, so that no
// free words about people gather beside a rota.
type Reason string

// The reasons.
const (
	ReasonAgreed Reason = "agreed" // with the people it is about
	ReasonOnce   Reason = "once"   // this once, there is nobody else
	ReasonQuiet  Reason = "quiet"  // few contacts come in these hours
	ReasonReach  Reason = "reach"  // somebody can be reached
	ReasonKnown  Reason = "known"  // the supervisor will look after it
)

// Reasons lists the reasons in the order of the screen.
func Reasons() []Reason {
	return []Reason{ReasonAgreed, ReasonOnce, ReasonQuiet, ReasonReach, ReasonKnown}
}

// Accept makes the acceptance of a breach. Only an advisory one can be
// accepted, and only with a reason of the list.
func (b Breach) Accept(by helpline.ID, at time.Time, why Reason) (Acceptance, error) {
	switch {
	case b.Level == Hard:
		return Acceptance{}, helpline.Errorf(helpline.Forbidden, "accept %s: a hard rule cannot be accepted", b.Rule)
	case b.Level != Advisory:
		return Acceptance{}, helpline.Errorf(helpline.Invalid, "accept %s: there is nothing to accept in a note", b.Rule)
	case by.IsZero() || at.IsZero():
		return Acceptance{}, helpline.Errorf(helpline.Invalid, "accept %s: somebody accepts it at some time", b.Rule)
	case !slices.Contains(Reasons(), why):
		return Acceptance{}, helpline.Errorf(helpline.Invalid, "accept %s: the reason is not one of the list", b.Rule)
	}
	return Acceptance{Key: b.Key(), By: by, At: at, Reason: why}, nil
}
