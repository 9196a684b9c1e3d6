package storetest

import (
	"testing"

	"helpline"
	"helpline/counsel"
)

// Safe is a store of what is sealed, in the parts that package counsel asks
// for, and what a suite needs besides.
type Safe struct {
	Notes  counsel.NoteRows
	Drafts counsel.DraftRows
	Purge  counsel.PurgeRows
	Shreds counsel.ShredKeys
	Keys   counsel.KeyRows
	Log    counsel.KeyLogRows

	Team     counsel.TeamRows
	Regrants counsel.RegrantRows
	Holds    counsel.HoldRows

	Person func(t *testing.T) helpline.ID                  // of the staff, fresh
	Hold   func(t *testing.T, contact, holder helpline.ID) // the contact was accepted
	Over   func(t *testing.T)                              // accepted contacts are forgotten
	Counts func(t *testing.T) int                          // raises of coded counters so far
}

// today is the day on which everything of these suites is written.
const today = 20_773

// held is a contact that somebody has accepted.
func (s Safe) held(t *testing.T) (contact, holder helpline.ID) {
	t.Helper()
	contact, holder = helpline.NewID(), s.Person(t)
	s.Hold(t, contact, holder)
	return contact, holder
}

// begun is a contact elsewhere that somebody has begun today.
func (s Safe) begun(t *testing.T) counsel.DraftRow {
	t.Helper()
	d := counsel.DraftRow{Contact: helpline.NewID(), Author: s.Person(t), Day: today, Shred: s.shred(t)}
	must(t, s.Drafts.Begin(t.Context(), d))
	return d
}

func (s Safe) shred(t *testing.T) int64 {
	t.Helper()
	number, _, err := s.Shreds.Take(t.Context())
	must(t, err)
	return number
}

// note is one that can be kept.
func (s Safe) note(t *testing.T, author helpline.ID) counsel.NoteRow {
	t.Helper()
	return counsel.NoteRow{
		ID: helpline.NewID(), Author: author, Day: today, Ends: today + 90, Revision: 1, Schema: 1, Shred: s.shred(t),
		Sealed: []byte("sealed"), ToAuthor: []byte("to author"), ToGroup: []byte("to group"), Generation: 1,
	}
}

var raises = []counsel.Coded{{Field: "group", Code: "own", Daily: true}, {Field: "level", Code: "support"}}

// saved is a note that stands.
func (s Safe) saved(t *testing.T) (contact helpline.ID, n counsel.NoteRow) {
	t.Helper()
	contact, author := s.held(t)
	n = s.note(t, author)
	must(t, s.Notes.SaveNote(t.Context(), contact, n, raises, noon))
	return contact, n
}
