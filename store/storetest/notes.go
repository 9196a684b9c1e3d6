package storetest

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"helpline"
	"helpline/counsel"
)

// Notes runs the contract of counsel.NoteRows.
func Notes(t *testing.T, fresh Fresh[Safe]) {
	t.Run("a note comes back whole, after a restart too", func(t *testing.T) {
		open := fresh(t)
		_, n := open().saved(t)
		wantNote(t, open(), n)
		_, err := open().Notes.Note(t.Context(), helpline.NewID())
		wantKind(t, err, helpline.NotFound)
	})
	t.Run("only who holds the contact writes, and once", func(t *testing.T) { onceByHolder(t, fresh(t)()) })
	t.Run("what is refused raises no counter and keeps the draft", func(t *testing.T) { refusedNote(t, fresh(t)()) })
	t.Run("of two windows that save one contact one wins", func(t *testing.T) { oneNote(t, fresh(t)()) })
	t.Run("a revision replaces what is sealed and nothing else", func(t *testing.T) { reviseNote(t, fresh(t)()) })
	t.Run("heads are one's own or everybody's, the newest day first, with nothing sealed", func(t *testing.T) { noteHeads(t, fresh(t)()) })
	t.Run("a contact elsewhere gets its note from who began it", func(t *testing.T) {
		s := fresh(t)()
		d := s.begun(t)
		wantKind(t, s.Notes.SaveNote(t.Context(), d.Contact, s.note(t, s.Person(t)), raises, noon), helpline.NotFound)
		n := s.note(t, d.Author)
		n.Shred = d.Shred
		must(t, s.Notes.SaveNote(t.Context(), d.Contact, n, raises, noon))
		wantNote(t, s, n)
		wantKind(t, s.Notes.SaveNote(t.Context(), d.Contact, s.note(t, d.Author), raises, noon), helpline.Conflict)
		wantKind(t, s.Drafts.Begin(t.Context(), d), helpline.Conflict)
	})
}

func wantNote(t *testing.T, s Safe, want counsel.NoteRow) {
	t.Helper()
	got, err := s.Notes.Note(t.Context(), want.ID)
	must(t, err)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the note came back as %+v, want %+v", got, want)
	}
}

func onceByHolder(t *testing.T, s Safe) {
	contact, author := s.held(t)
	for name, c := range map[string]struct{ contact, author helpline.ID }{
		"a colleague":             {contact, s.Person(t)},
		"a contact nobody knows":  {helpline.NewID(), author},
		"nobody, of nothing":      {helpline.NewID(), helpline.ID{}},
		"nobody, of what is held": {contact, helpline.ID{}},
	} {
		n := s.note(t, c.author)
		if err := s.Notes.SaveNote(t.Context(), c.contact, n, raises, noon); helpline.KindOf(err) != helpline.NotFound {
			t.Errorf("%s: %v", name, err)
		}
		_, err := s.Notes.Note(t.Context(), n.ID)
		wantKind(t, err, helpline.NotFound)
	}
	n := s.note(t, author)
	must(t, s.Notes.SaveNote(t.Context(), contact, n, raises, noon))
	wantKind(t, s.Notes.SaveNote(t.Context(), contact, s.note(t, author), raises, noon), helpline.Conflict)
	wantNote(t, s, n)
	if got := s.Counts(t); got != len(raises) {
		t.Errorf("%d raises for one note of %d", got, len(raises))
	}
}

func refusedNote(t *testing.T, s Safe) {
	contact, author := s.held(t)
	draft := counsel.DraftRow{Contact: contact, Author: author, Shred: s.shred(t), Sealed: []byte("draft")}
	must(t, s.Drafts.PutDraft(t.Context(), draft))
	wantKind(t, s.Notes.SaveNote(t.Context(), contact, s.note(t, s.Person(t)), raises, noon), helpline.NotFound)
	if got := s.Counts(t); got != 0 {
		t.Errorf("a refused note has raised %d counters", got)
	}
	got, err := s.Drafts.Draft(t.Context(), contact)
	if err != nil || !reflect.DeepEqual(got, draft) {
		t.Errorf("the draft is %+v, %v", got, err)
	}
}

func oneNote(t *testing.T, s Safe) {
	contact, author := s.held(t)
	const windows = 8
	notes := make([]counsel.NoteRow, windows)
	for i := range notes {
		notes[i] = s.note(t, author)
	}
	answers := make(chan error, windows)
	for _, n := range notes {
		go func() { answers <- s.Notes.SaveNote(t.Context(), contact, n, raises, noon) }()
	}
	won := 0
	var faults []error
	for range notes {
		switch err := <-answers; helpline.KindOf(err) {
		case "":
			won++
		case helpline.Conflict:
		default:
			faults = append(faults, err)
		}
	}
	heads, err := s.Notes.NoteHeads(t.Context(), author)
	if won != 1 || len(heads) != 1 || err != nil || s.Counts(t) != len(raises) {
		t.Errorf("%d windows won, %d notes stand, %d raises: %v", won, len(heads), s.Counts(t), errors.Join(append(faults, err)...))
	}
}

func reviseNote(t *testing.T, s Safe) {
	_, n := s.saved(t)
	next := n
	next.Revision, next.Schema, next.Generation = 2, 3, 2
	next.Sealed, next.ToAuthor, next.ToGroup = []byte("again"), []byte("a2"), []byte("g2")
	asked := next
	asked.Day, asked.Ends, asked.Shred = n.Day+50, n.Ends+50, n.Shred+1 // a revision makes nothing live longer
	must(t, s.Notes.ReviseNote(t.Context(), asked, 1))
	wantNote(t, s, next)
	wantKind(t, s.Notes.ReviseNote(t.Context(), next, 1), helpline.Conflict)
	stranger := next
	stranger.Author = s.Person(t)
	wantKind(t, s.Notes.ReviseNote(t.Context(), stranger, 2), helpline.NotFound)
	stranger = next
	stranger.ID = helpline.NewID()
	wantKind(t, s.Notes.ReviseNote(t.Context(), stranger, 2), helpline.NotFound)
	wantNote(t, s, next)
	if got := s.Counts(t); got != len(raises) {
		t.Errorf("a revision has raised counters: %d", got)
	}
}

func noteHeads(t *testing.T, s Safe) {
	var days []int
	var author helpline.ID
	for _, day := range []int{today + 1, today, today + 2} {
		contact, holder := s.held(t)
		n := s.note(t, holder)
		n.Day, n.Ends = day, day+90
		must(t, s.Notes.SaveNote(t.Context(), contact, n, nil, noon))
		author = holder
	}
	all, err := s.Notes.NoteHeads(t.Context(), helpline.ID{})
	must(t, err)
	for _, h := range all {
		days = append(days, h.Day)
		if h.Sealed != nil || h.ToAuthor != nil || h.ToGroup != nil || h.Author.IsZero() || h.ID.IsZero() || h.Revision != 1 {
			t.Errorf("a head is %+v", h)
		}
	}
	if !slices.Equal(days, []int{today + 2, today + 1, today}) {
		t.Errorf("the days are %v", days)
	}
	own, err := s.Notes.NoteHeads(t.Context(), author)
	if err != nil || len(own) != 1 || own[0].Author != author {
		t.Errorf("of one author there are %d, %v", len(own), err)
	}
}
