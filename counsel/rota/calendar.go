package rota

import (
	"cmp"
	"slices"
	"time"

	ics "github.com/arran4/golang-ical"
)

// Calendar writes when a rota runs as an iCalendar (RFC 5545): one entry for
// each shift of the version, by instants in UTC, with the name of the shift and
// of nobody who is on it. A version without ID stands for whatever is published
// of its rota on its days. UID is the identifier of the shift and SEQUENCE its
// revision; a shift that does not take place, or lies on a closed day, is there
// as CANCELLED. now is when it is written; on one day the same book gives the
// same bytes. It gives how many entries there are, too.
func Calendar(b *Book, name string, now time.Time) (text string, entries int) {
	cal := ics.NewCalendarFor("rota")
	cal.SetProductId("-//rota//EN")
	cal.SetCalscale("GREGORIAN")
	cal.SetXWRCalName(name)
	var all []Shift
	for _, s := range b.Shifts {
		if b.Has(s) && s.Start.Before(s.End) {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(x, y Shift) int { return cmp.Or(x.Start.Compare(y.Start), byID(x.ID, y.ID)) })
	for _, s := range all {
		e := cal.AddEvent(s.ID.String())
		e.SetDtStampTime(now.UTC().Truncate(24 * time.Hour))
		e.SetStartAt(s.Start)
		e.SetEndAt(s.End)
		e.SetSummary(s.Name)
		e.SetSequence(s.Revision)
		if e.SetStatus(ics.ObjectStatusConfirmed); s.Cancelled || b.closed(&s) {
			e.SetStatus(ics.ObjectStatusCancelled)
		}
	}
	return cal.Serialize(ics.WithNewLine("\r\n")), len(all)
}

// Has says whether a shift is of the version of the book; where that has no ID,
// of the rota and the days of it.
func (b *Book) Has(s Shift) bool {
	v := b.Version
	if v.ID.IsZero() {
		return s.Rota == v.Rota && !v.First.after(s.Date) && !s.Date.after(v.Last)
	}
	return s.Version == v.ID
}
