package storetest

import (
	"reflect"
	"testing"

	"helpline"
	"helpline/counsel"
)

// Drafts runs the contract of counsel.DraftRows.
func Drafts(t *testing.T, fresh Fresh[Safe]) {
	t.Run("a draft comes back, after a restart too, and a later one takes its place", func(t *testing.T) {
		open := fresh(t)
		s := open()
		contact, author := s.held(t)
		must(t, s.Drafts.MayWrite(t.Context(), contact, author))
		d := counsel.DraftRow{Contact: contact, Author: author, Shred: s.shred(t), Sealed: []byte("one")}
		must(t, s.Drafts.PutDraft(t.Context(), d))
		d.Sealed = []byte("two")
		must(t, s.Drafts.PutDraft(t.Context(), d))
		wantDraft(t, open(), d)
		_, err := open().Drafts.Draft(t.Context(), helpline.NewID())
		wantKind(t, err, helpline.NotFound)
	})
	t.Run("only who holds the contact keeps a draft", func(t *testing.T) {
		s := fresh(t)()
		contact, author := s.held(t)
		for name, d := range map[string]counsel.DraftRow{
			"a colleague":            {Contact: contact, Author: s.Person(t)},
			"a contact nobody knows": {Contact: helpline.NewID(), Author: author},
		} {
			d.Shred, d.Sealed = s.shred(t), []byte("x")
			if err := s.Drafts.MayWrite(t.Context(), d.Contact, d.Author); helpline.KindOf(err) != helpline.NotFound {
				t.Errorf("%s may write: %v", name, err)
			}
			if err := s.Drafts.PutDraft(t.Context(), d); helpline.KindOf(err) != helpline.NotFound {
				t.Errorf("%s: %v", name, err)
			}
			_, err := s.Drafts.Draft(t.Context(), d.Contact)
			wantKind(t, err, helpline.NotFound)
		}
	})
	t.Run("the note takes the place of the draft", func(t *testing.T) { draftEnds(t, fresh(t)()) })
	t.Run("once the contact has gone nobody writes about it", func(t *testing.T) { overDraft(t, fresh(t)()) })
	t.Run("the list has one's own and nothing that is sealed", func(t *testing.T) { draftList(t, fresh(t)()) })
	t.Run("a contact elsewhere is begun once and written about by who began it", func(t *testing.T) { elsewhere(t, fresh(t)) })
}

func wantDraft(t *testing.T, s Safe, want counsel.DraftRow) {
	t.Helper()
	got, err := s.Drafts.Draft(t.Context(), want.Contact)
	must(t, err)
	if len(got.Sealed) == 0 {
		got.Sealed = nil
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the draft came back as %+v, want %+v", got, want)
	}
}

func wantDrafts(t *testing.T, s Safe, author helpline.ID, want int) {
	t.Helper()
	list, err := s.Drafts.Drafts(t.Context(), author)
	must(t, err)
	if len(list) != want {
		t.Errorf("%d drafts are listed, want %d", len(list), want)
	}
	for _, d := range list {
		if d.Author != author || d.Sealed != nil || d.Saved {
			t.Errorf("listed is %+v", d)
		}
	}
}

func draftEnds(t *testing.T, s Safe) {
	contact, author := s.held(t)
	n := s.note(t, author)
	must(t, s.Drafts.PutDraft(t.Context(), counsel.DraftRow{Contact: contact, Author: author, Shred: n.Shred, Sealed: []byte("x")}))
	must(t, s.Notes.SaveNote(t.Context(), contact, n, nil, noon))
	// That there is a note, and nothing that leads to it.
	wantDraft(t, s, counsel.DraftRow{Contact: contact, Author: author, Saved: true})
	wantDrafts(t, s, author, 0)
	again := counsel.DraftRow{Contact: contact, Author: author, Shred: n.Shred, Sealed: []byte("y")}
	wantKind(t, s.Drafts.PutDraft(t.Context(), again), helpline.Conflict)
	wantKind(t, s.Drafts.MayWrite(t.Context(), contact, author), helpline.Conflict)

	straight, n := s.saved(t) // nobody drafted it
	wantDraft(t, s, counsel.DraftRow{Contact: straight, Author: n.Author, Saved: true})
}

// overDraft is a contact whose row has gone before its note was written.
func overDraft(t *testing.T, s Safe) {
	contact, author := s.held(t)
	d := counsel.DraftRow{Contact: contact, Author: author, Shred: s.shred(t), Sealed: []byte("x")}
	must(t, s.Drafts.PutDraft(t.Context(), d))
	s.Over(t)
	wantKind(t, s.Drafts.PutDraft(t.Context(), d), helpline.NotFound)
	wantKind(t, s.Notes.SaveNote(t.Context(), contact, s.note(t, author), raises, noon), helpline.NotFound)
	if got := s.Counts(t); got != 0 {
		t.Errorf("%d raises for a note that was refused", got)
	}
}

func draftList(t *testing.T, s Safe) {
	contact, author := s.held(t)
	must(t, s.Drafts.PutDraft(t.Context(), counsel.DraftRow{Contact: contact, Author: author, Shred: s.shred(t), Sealed: []byte("x")}))
	other, colleague := s.held(t)
	must(t, s.Drafts.PutDraft(t.Context(), counsel.DraftRow{Contact: other, Author: colleague, Shred: s.shred(t), Sealed: []byte("x")}))
	wantDrafts(t, s, author, 1)
	wantDrafts(t, s, s.Person(t), 0)
}

func elsewhere(t *testing.T, open func() Safe) {
	s := open()
	d := s.begun(t)
	wantDrafts(t, s, d.Author, 0) // nothing was written yet
	wantKind(t, s.Drafts.Begin(t.Context(), d), helpline.Conflict)
	taken := d
	taken.Author = s.Person(t)
	wantKind(t, s.Drafts.Begin(t.Context(), taken), helpline.Conflict)
	contact, holder := s.held(t)
	wantKind(t, s.Drafts.Begin(t.Context(), counsel.DraftRow{Contact: contact, Author: holder, Day: today, Shred: s.shred(t)}), helpline.Conflict)

	write := counsel.DraftRow{Contact: d.Contact, Author: d.Author, Shred: d.Shred, Sealed: []byte("x")}
	must(t, s.Drafts.PutDraft(t.Context(), write))
	s = open()
	write.Day = d.Day
	wantDraft(t, s, write)
	wantDrafts(t, s, d.Author, 1)
	write.Author = taken.Author
	wantKind(t, s.Drafts.PutDraft(t.Context(), write), helpline.NotFound)
}
