package rota

import (
	"cmp"
	"slices"
	"time"

	ics "github.com/arran4/golang-ical"

	"helpline"
)

// FeedWords are the words of a calendar: the same for every shift, so that
// whoever looks at the calendar reads nothing but that somebody works.
type FeedWords struct {
	Name  string // of the calendar
	Shift string // of every entry
}

// Feed writes a person's shifts as an iCalendar (RFC 5545): one entry for each
// place they had or have, by instants in UTC, with no colleague, no place and
// no name of a rota in it. UID is the identifier of the assignment. SEQUENCE is
// its revision and that of its shift together: it rises when the place changes
// hands and when the shift moves. What was given away, given back or cancelled,
// or lies on a closed day, is there as CANCELLED, so that a calendar that has it takes it out. now is
// when it is written; on one day the same book gives the same bytes.
func Feed(b *Book, person helpline.ID, words FeedWords, now time.Time) string {
	cal := ics.NewCalendarFor("shifts")
	cal.SetProductId("-//shifts//EN")
	cal.SetCalscale("GREGORIAN")
	cal.SetXWRCalName(words.Name)
	cal.SetRefreshInterval("PT1H") // the writer adds VALUE=DURATION itself; twice is no iCalendar
	cal.SetXPublishedTTL("PT1H")
	shifts := b.shiftsByID()
	var all []Duty
	for _, a := range b.Assignments {
		if s := shifts[a.Shift]; s != nil && a.Person == person && !a.Minds && a.State != Proposed && s.Start.Before(s.End) {
			all = append(all, Duty{a, s})
		}
	}
	slices.SortFunc(all, func(x, y Duty) int {
		return cmp.Or(x.Shift.Start.Compare(y.Shift.Start), byID(x.Assignment.ID, y.Assignment.ID))
	})
	stamp := now.UTC().Truncate(24 * time.Hour)
	for _, d := range all {
		e := cal.AddEvent(d.Assignment.ID.String())
		e.SetDtStampTime(stamp)
		e.SetStartAt(d.Shift.Start)
		e.SetEndAt(d.Shift.End)
		e.SetSummary(words.Shift)
		e.SetClass(ics.ClassificationPrivate)
		e.SetSequence(d.Assignment.Revision + d.Shift.Revision)
		if d.works() && !b.closed(d.Shift) {
			e.SetStatus(ics.ObjectStatusConfirmed)
			e.SetTimeTransparency(ics.TransparencyOpaque)
		} else {
			e.SetStatus(ics.ObjectStatusCancelled)
			e.SetTimeTransparency(ics.TransparencyTransparent)
		}
	}
	return cal.Serialize(ics.WithNewLine("\r\n"))
}
