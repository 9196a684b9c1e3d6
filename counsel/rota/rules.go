package rota

import (
	"errors"
	"slices"
	"time"
)

// RuleID names a rule.
type RuleID string

// The rules of the house: they hold for everybody.
const (
	RuleOverlap    RuleID = "overlap"          // one person at two places, also of two rotas
	RuleTwice      RuleID = "twice"            // one person in two places of one shift
	RuleLeave      RuleID = "leave"            // on a day off
	RuleCannot     RuleID = "cannot"           // when they said they cannot
	RuleUnknown    RuleID = "person.unknown"   // nobody the book knows
	RuleSuspended  RuleID = "person.suspended" //
	RuleRemoved    RuleID = "person.removed"   //
	RuleRole       RuleID = "role"             // a role that is not theirs
	RuleMissing    RuleID = "skill.missing"    // a skill the rota needs was never learned
	RuleExpired    RuleID = "skill.expired"    // or counts no more on that day
	RuleMentor     RuleID = "mentor"           // a trainee without a mentor on the shift
	RulePinned     RuleID = "pinned"           // what was pinned is gone
	RuleEmpty      RuleID = "shift.empty"      // it ends when it begins, or before
	RuleEndless    RuleID = "shift.endless"    // longer than any shift may be
	RuleOutside    RuleID = "shift.outside"    // begins on a day that is not of its version
	RuleSame       RuleID = "shift.same"       // one template twice on one day
	RuleStray      RuleID = "shift.unknown"    // an assignment to no shift of the book
	RuleLong       RuleID = "shift.long"       // longer than is good
	RuleAlone      RuleID = "alone"            // nobody else is there
	RuleLeaderless RuleID = "leaderless"       // open, and no leader
	RuleBehind     RuleID = "behind"           // shut: no notice reaches who stands behind a small line
	RuleCoverMin   RuleID = "cover.min"        //
	RuleCoverMax   RuleID = "cover.max"        //
	RuleTermsMax   RuleID = "terms.max"        // more than was agreed
	RuleTermsMin   RuleID = "terms.min"        // fewer
	RuleClosed     RuleID = "closed"           // a shift on a day that is closed
	RuleMoved      RuleID = "template.moved"   // its template says another time now
	RuleGone       RuleID = "template.gone"    // its template has no such shift now
	RuleNew        RuleID = "template.new"     // a template has a shift that is not in the version
	RuleSwallowed  RuleID = "time.swallowed"   // clocks are set over the whole of it
	RuleLonger     RuleID = "time.longer"      // by instants, than its wall clock says
	RuleShorter    RuleID = "time.shorter"     //
	RuleUnchecked  RuleID = "unchecked"        // a matter of the law that is held against nothing
)

// The rules of laws. Which numbers of Rule each takes stands in needs.
const (
	RuleRestDay     RuleID = "rest.day"
	RuleRestWeek    RuleID = "rest.week"
	RuleBreak       RuleID = "break"
	RuleHoursShift  RuleID = "hours.shift"
	RuleHoursWeek   RuleID = "hours.week"
	RuleHoursMean   RuleID = "hours.average"
	RuleNightShift  RuleID = "night.shift"
	RuleNightMean   RuleID = "night.average"
	RuleNightRest   RuleID = "night.rest"
	RuleNightSeries RuleID = "night.series"
	RuleNightRun    RuleID = "night.run"
	RuleNightCount  RuleID = "night.count"
	RuleCallDays    RuleID = "oncall.days"
	RuleCallFree    RuleID = "oncall.free"
	RuleCallNight   RuleID = "oncall.night"
)

// ways is what would mend a breach of each rule.
var ways = map[RuleID]WayOut{
	RuleOverlap: "give", RuleTwice: "remove", RuleLeave: "ask", RuleCannot: "ask",
	RuleUnknown: "give", RuleSuspended: "give", RuleRemoved: "give", RuleRole: "give",
	RuleMissing: "train", RuleExpired: "renew", RuleMentor: "mentor", RulePinned: "restore",
	RuleEmpty: "times", RuleEndless: "times", RuleOutside: "remove", RuleSame: "remove", RuleStray: "remove",
	RuleLong: "shorten", RuleAlone: "second", RuleLeaderless: "leader", RuleBehind: "reach",
	RuleCoverMin: "assign", RuleCoverMax: "fewer", RuleTermsMax: "give", RuleTermsMin: "more", RuleClosed: "cancel",
	RuleMoved: "redo", RuleGone: "cancel", RuleNew: "redo", RuleSwallowed: "times", RuleLonger: "pay", RuleShorter: "pay",
	RuleUnchecked: "read",
	RuleRestDay:   "later", RuleRestWeek: "free", RuleBreak: "rest", RuleHoursShift: "shorten", RuleHoursWeek: "give", RuleHoursMean: "give",
	RuleNightShift: "shorten", RuleNightMean: "give", RuleNightRest: "later", RuleNightSeries: "later", RuleNightRun: "free", RuleNightCount: "give",
	RuleCallDays: "call", RuleCallFree: "call", RuleCallNight: "call",
}

// needs is which numbers a rule cannot do without, and whether it judges
// nights.
var needs = map[RuleID]struct {
	numbers func(Rule) []int
	night   bool
}{
	RuleEndless:     {numbers: func(r Rule) []int { return []int{r.Most} }},
	RuleLong:        {numbers: func(r Rule) []int { return []int{r.Most} }},
	RuleRestDay:     {numbers: func(r Rule) []int { return []int{r.Rest, r.Per, r.Per - r.Rest} }},
	RuleRestWeek:    {numbers: func(r Rule) []int { return []int{r.Rest, r.Per, r.Per - r.Rest} }},
	RuleBreak:       {numbers: func(r Rule) []int { return []int{r.Over, r.Rest} }},
	RuleHoursShift:  {numbers: func(r Rule) []int { return []int{r.Most} }},
	RuleHoursWeek:   {numbers: func(r Rule) []int { return []int{r.Most} }},
	RuleHoursMean:   {numbers: func(r Rule) []int { return []int{r.Most, r.Per} }},
	RuleNightShift:  {numbers: func(r Rule) []int { return []int{r.Most} }, night: true},
	RuleNightMean:   {numbers: func(r Rule) []int { return []int{r.Most} }, night: true},
	RuleNightRest:   {numbers: func(r Rule) []int { return []int{r.Rest, r.Until} }, night: true},
	RuleNightSeries: {numbers: func(r Rule) []int { return []int{r.Rest, r.Times} }, night: true},
	RuleNightRun:    {numbers: func(r Rule) []int { return []int{r.Most, r.Part} }, night: true},
	RuleNightCount:  {numbers: func(r Rule) []int { return []int{r.Most, r.Per, r.Until} }, night: true},
	RuleCallDays:    {numbers: func(r Rule) []int { return []int{r.Most, r.Per} }},
	RuleCallFree:    {numbers: func(r Rule) []int { return []int{r.Times, r.Rest, r.Per} }},
	RuleCallNight:   {numbers: func(r Rule) []int { return []int{r.Before + r.After} }, night: true},
}

// sound says what a rule lacks. A rule of a law says what was read and when.
func (r Rule) sound() error {
	if _, known := ways[r.Rule]; !known {
		return errors.New("no such rule")
	}
	if r.Level != Hard && r.Level != Advisory && r.Level != Note {
		return errors.New("its level is not hard, advisory or note")
	}
	n := needs[r.Rule]
	if n.numbers != nil && slices.Min(n.numbers(r)) <= 0 {
		return errors.New("one of its numbers is missing")
	}
	if n.night && (r.From < 0 || r.To <= r.From || r.To-r.From > 1440) {
		return errors.New("its night does not end after it begins")
	}
	for _, other := range r.Instead {
		if r.Rule != RuleRestWeek || other.Rest <= 0 || other.Per <= other.Rest || other.Part <= 0 || len(other.Instead) > 0 {
			return errors.New("what may stand instead lacks a number")
		}
	}
	if r.law() {
		if _, err := time.Parse(time.DateOnly, r.Checked); err != nil || r.Read == "" {
			return errors.New("it does not say what was read, and when")
		}
	}
	return nil
}

// law says whether the rule is one of working time, and not of the house.
func (r Rule) law() bool {
	_, has := needs[r.Rule]
	return has && r.Rule != RuleEndless && r.Rule != RuleLong
}
