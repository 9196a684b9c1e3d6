package storetest

import (
	"slices"
	"testing"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/vault"
)

// Shreds runs the contract of counsel.ShredKeys.
func Shreds(t *testing.T, fresh Fresh[Safe]) {
	t.Run("each number has a key of its own, which comes back", func(t *testing.T) {
		s := fresh(t)().Shreds
		numbers, keys := map[int64]bool{}, map[vault.Key]bool{{}: true}
		for range 20 {
			number, key, err := s.Take(t.Context())
			must(t, err)
			if numbers[number] || keys[key] {
				t.Fatal("a number or a key was given before")
			}
			numbers[number], keys[key] = true, true
			again, err := s.Key(t.Context(), number)
			must(t, err)
			if again != key {
				t.Error("the number has another key by now")
			}
		}
	})
	t.Run("a forgotten key is gone, and the others stay", func(t *testing.T) {
		open := fresh(t)
		s := open()
		a, b := s.shred(t), s.shred(t)
		must(t, s.Shreds.Forget(t.Context(), []int64{a, -1, a}))
		for range 2 {
			_, err := s.Shreds.Key(t.Context(), a)
			wantKind(t, err, helpline.NotFound)
			_, err = s.Shreds.Key(t.Context(), b)
			wantKind(t, err, "")
			s = open()
		}
	})
}

// Purge runs the contract of counsel.PurgeRows.
func Purge(t *testing.T, fresh Fresh[Safe]) {
	t.Run("a note goes on the day of its end, or sooner by a lower rule", func(t *testing.T) {
		s := fresh(t)()
		_, n := s.saved(t)
		for _, c := range []struct{ on, days, want int }{
			{today, 90, 0}, {today + 89, 90, 0}, {today + 90, 90, 1}, {today + 90, 400, 1}, {today + 29, 30, 0}, {today + 30, 30, 1},
		} {
			e, err := s.Purge.Expired(t.Context(), c.on, c.days)
			must(t, err)
			if len(e.Notes) != c.want || len(e.Shreds) != c.want || c.want == 1 && (e.Notes[0] != n.ID || e.Shreds[0] != n.Shred) {
				t.Errorf("after %d days with a rule of %d: %+v", c.on-today, c.days, e)
			}
		}
	})
	t.Run("a draft goes with its contact, and its key unless a note has it", func(t *testing.T) {
		s := fresh(t)()
		_, n := s.saved(t) // its contact is marked
		contact, author := s.held(t)
		d := counsel.DraftRow{Contact: contact, Author: author, Shred: s.shred(t), Sealed: []byte("x")}
		must(t, s.Drafts.PutDraft(t.Context(), d))
		wantExpired(t, s, today+5, 0, 0)
		s.Over(t)
		e := wantExpired(t, s, today+5, 2, 1)
		if slices.Contains(e.Shreds, n.Shred) || !slices.Contains(e.Drafts, contact) {
			t.Errorf("expired are %+v", e)
		}
	})
	t.Run("a draft about a contact elsewhere goes by its day", func(t *testing.T) {
		s := fresh(t)()
		d := s.begun(t)
		d.Sealed = []byte("x")
		must(t, s.Drafts.PutDraft(t.Context(), d))
		s.begun(t) // never written about
		wantExpired(t, s, today+counsel.DraftDays-1, 0, 0)
		wantExpired(t, s, today+counsel.DraftDays, 2, 2)
	})
	t.Run("what is dropped is gone, and nothing else", func(t *testing.T) {
		open := fresh(t)
		s := open()
		_, gone := s.saved(t)
		_, stays := s.saved(t)
		d, later := s.begun(t), s.begun(t)
		must(t, s.Purge.Drop(t.Context(), counsel.Expired{Notes: []helpline.ID{gone.ID}, Drafts: []helpline.ID{d.Contact}}))
		must(t, s.Purge.EmptyLogs(t.Context()))
		s = open()
		_, err := s.Notes.Note(t.Context(), gone.ID)
		wantKind(t, err, helpline.NotFound)
		wantNote(t, s, stays)
		_, err = s.Drafts.Draft(t.Context(), d.Contact)
		wantKind(t, err, helpline.NotFound)
		wantDraft(t, s, later)
	})
}

func wantExpired(t *testing.T, s Safe, on, drafts, shreds int) counsel.Expired {
	t.Helper()
	e, err := s.Purge.Expired(t.Context(), on, 90)
	must(t, err)
	if len(e.Drafts) != drafts || len(e.Shreds) != shreds || len(e.Notes) != 0 {
		t.Errorf("%d days later expired are %+v, want %d drafts and %d keys", on-today, e, drafts, shreds)
	}
	return e
}
