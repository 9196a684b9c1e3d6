package storetest

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/vault"
)

// Regrants runs the contract of counsel.RegrantRows.
func Regrants(t *testing.T, fresh Fresh[Safe]) {
	t.Run("before the group has turned there is nothing to do", func(t *testing.T) {
		s := fresh(t)()
		s.saved(t)
		r, err := s.Regrants.Regranting(t.Context())
		if err != nil || r != (counsel.Regranting{}) {
			t.Errorf("it says %+v, %v", r, err)
		}
	})
	t.Run("a new generation begins it and older notes are listed in their order", func(t *testing.T) {
		open := fresh(t)
		s := open()
		want := map[helpline.ID]counsel.NoteRow{}
		for range 5 {
			_, n := s.saved(t)
			want[n.ID] = n
		}
		s.turn(t, 2)
		s = open()
		wantRegranting(t, s, counsel.Regranting{Generation: 2, Total: 5})
		var after helpline.ID
		for range 3 {
			rows, err := s.Regrants.Ungranted(t.Context(), 2, after, 2)
			must(t, err)
			for _, n := range rows {
				if bytes.Compare(n.ID[:], after[:]) <= 0 || !bytes.Equal(n.ToGroup, want[n.ID].ToGroup) || n.Generation != 1 || !bytes.Equal(n.Sealed, want[n.ID].Sealed) || len(n.ToAuthor) > 0 {
					t.Errorf("out of order, twice, or another row: %+v", n)
				}
				delete(want, n.ID)
				after = n.ID
			}
		}
		if len(want) != 0 {
			t.Errorf("%d notes were not listed", len(want))
		}
	})
	t.Run("a batch replaces grants and remembers how far it is", func(t *testing.T) { regrantBatch(t, fresh(t)) })
	t.Run("a group that turns again begins again", func(t *testing.T) {
		s := fresh(t)()
		s.saved(t)
		s.turn(t, 2)
		rows, err := s.Regrants.Ungranted(t.Context(), 2, helpline.ID{}, 9)
		must(t, err)
		s.turn(t, 3)
		err = s.Regrants.GrantAgain(t.Context(), counsel.RegrantBatch{Generation: 2, Upto: rows[0].ID, Grants: grants(rows)})
		wantKind(t, err, helpline.Conflict)
		wantRegranting(t, s, counsel.Regranting{Generation: 3, Total: 1})
		s.turn(t, 3) // a seat that is given later turns nothing
		wantRegranting(t, s, counsel.Regranting{Generation: 3, Total: 1})
	})
	t.Run("nothing new is granted to a generation of the past", func(t *testing.T) {
		s := fresh(t)()
		_, n := s.saved(t)
		s.turn(t, 2)
		contact, author := s.held(t)
		late := s.note(t, author)
		before := s.Counts(t)
		for name, err := range map[string]error{
			"a new note":             s.Notes.SaveNote(t.Context(), contact, late, raises, noon),
			"a change of an old one": s.Notes.ReviseNote(t.Context(), revised(n), 1),
		} {
			if helpline.KindOf(err) != helpline.Conflict || !errors.Is(err, counsel.ErrTurned) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if s.Counts(t) != before {
			t.Error("a note that was refused was counted")
		}
		wantNote(t, s, n)
		late.Generation = 2
		must(t, s.Notes.SaveNote(t.Context(), contact, late, raises, noon))
	})
}

func regrantBatch(t *testing.T, open func() Safe) {
	s := open()
	_, moved := s.saved(t)
	_, gone := s.saved(t)
	_, plain := s.saved(t)
	s.turn(t, 2)
	rows, err := s.Regrants.Ungranted(t.Context(), 2, helpline.ID{}, 9)
	must(t, err)
	// Meanwhile one is revised by its author, and one goes.
	moved = revised(moved)
	moved.Generation = 2
	must(t, s.Notes.ReviseNote(t.Context(), moved, 1))
	must(t, s.Purge.Drop(t.Context(), counsel.Expired{Notes: []helpline.ID{gone.ID}}))
	must(t, s.Regrants.GrantAgain(t.Context(), counsel.RegrantBatch{Generation: 2, Upto: rows[2].ID, Grants: grants(rows), Failed: 1}))
	s = open()
	wantRegranting(t, s, counsel.Regranting{Generation: 2, Upto: rows[2].ID, Total: 3, Done: 3, Failed: 1})
	wantNote(t, s, moved)
	plain.Generation, plain.ToGroup = 2, []byte("granted again")
	wantNote(t, s, plain)
	left, err := s.Regrants.Ungranted(t.Context(), 2, helpline.ID{}, 9)
	if err != nil || len(left) != 0 {
		t.Errorf("%d are left, %v", len(left), err)
	}
	must(t, s.Regrants.AgainRegrant(t.Context(), 1)) // of another generation: nothing
	must(t, s.Regrants.AgainRegrant(t.Context(), 2))
	wantRegranting(t, s, counsel.Regranting{Generation: 2, Total: 3, Done: 3})
}

func revised(n counsel.NoteRow) counsel.NoteRow {
	n.Revision, n.Sealed, n.ToGroup = 2, []byte("sealed again"), []byte("to group, by its author")
	return n
}

func grants(rows []counsel.NoteRow) []counsel.Grant {
	var out []counsel.Grant
	for _, n := range rows {
		out = append(out, counsel.Grant{Note: n.ID, Before: n.Generation, Replaces: n.ToGroup, Sealed: []byte("granted again")})
	}
	return out
}

func wantRegranting(t *testing.T, s Safe, want counsel.Regranting) {
	t.Helper()
	got, err := s.Regrants.Regranting(t.Context())
	if err != nil || got != want {
		t.Errorf("it says %+v, %v; want %+v", got, err, want)
	}
}

// turn gives somebody a seat in a generation of the supervisors.
func (s Safe) turn(t *testing.T, generation uint64) {
	t.Helper()
	log, err := s.Log.KeyLog(t.Context())
	must(t, err)
	seat := counsel.SeatRow{Group: vault.Supervisors, Generation: generation, Person: s.Person(t), Sealed: []byte("seat")}
	must(t, s.Log.ExtendKeyLog(t.Context(), counsel.Extension{At: len(log), Entries: [][]byte{{byte(len(log))}}, Seats: []counsel.SeatRow{seat}}))
}

// Holds runs the contract of counsel.HoldRows.
func Holds(t *testing.T, fresh Fresh[Safe]) {
	ask := vault.HoldPapers{Ask: []byte("ask")}
	held := vault.HoldPapers{Ask: []byte("ask"), Confirm: []byte("confirm")}
	t.Run("a hold comes with its note, and its papers are signed one by one", func(t *testing.T) {
		open := fresh(t)
		s := open()
		_, n := s.saved(t)
		r := counsel.HoldRow{Note: n.ID, Shred: vault.Key{7}, Papers: ask}
		must(t, s.Holds.AddHold(t.Context(), r))
		wantKind(t, s.Holds.AddHold(t.Context(), r), helpline.Conflict)
		wantKind(t, s.Holds.AddHold(t.Context(), counsel.HoldRow{Note: helpline.NewID(), Papers: ask}), helpline.NotFound)
		wantKind(t, s.Holds.SignHold(t.Context(), n.ID, held, held), helpline.Conflict)
		must(t, s.Holds.SignHold(t.Context(), n.ID, ask, held))
		wantKind(t, s.Holds.SignHold(t.Context(), n.ID, ask, held), helpline.Conflict)
		s = open()
		got, err := s.Notes.Note(t.Context(), n.ID)
		if err != nil || got.HeldBy != r.Shred || string(got.Held.Ask) != "ask" || string(got.Held.Confirm) != "confirm" || len(got.Held.Lift) > 0 {
			t.Errorf("the note comes with %+v, %v", got.Held, err)
		}
		heads, err := s.Notes.NoteHeads(t.Context(), helpline.ID{})
		if err != nil || len(heads) != 1 || heads[0].HeldBy != r.Shred || string(heads[0].Held.Confirm) != "confirm" {
			t.Errorf("the head comes with %+v, %v", heads, err)
		}
		all, err := s.Holds.Holds(t.Context())
		if err != nil || len(all) != 1 || all[0].Note != n.ID || all[0].Shred != r.Shred {
			t.Errorf("the holds are %+v, %v", all, err)
		}
		wantKind(t, s.Holds.DropHold(t.Context(), n.ID, ask), helpline.Conflict)
		must(t, s.Holds.DropHold(t.Context(), n.ID, held))
		wantKind(t, s.Holds.DropHold(t.Context(), n.ID, held), helpline.Conflict)
		wantNote(t, open(), n)
	})
	t.Run("a hold goes with its note", func(t *testing.T) {
		s := fresh(t)()
		_, a := s.saved(t)
		_, b := s.saved(t)
		for _, n := range []counsel.NoteRow{a, b} {
			must(t, s.Holds.AddHold(t.Context(), counsel.HoldRow{Note: n.ID, Shred: vault.Key{7}, Papers: ask}))
		}
		must(t, s.Purge.Drop(t.Context(), counsel.Expired{Notes: []helpline.ID{a.ID}}))
		all, err := s.Holds.Holds(t.Context())
		if err != nil || !slices.ContainsFunc(all, func(r counsel.HoldRow) bool { return r.Note == b.ID }) || len(all) != 1 {
			t.Errorf("left are %+v, %v", all, err)
		}
	})
}
