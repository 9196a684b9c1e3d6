package storetest

import (
	"testing"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/vault"
)

// Team runs the contract of counsel.TeamRows.
func Team(t *testing.T, fresh Fresh[Safe]) {
	seat := func(p helpline.ID, g vault.Group, n uint64) counsel.SeatRow {
		return counsel.SeatRow{Group: g, Generation: n, Person: p, Sealed: []byte("seat")}
	}
	setting := func(t *testing.T, s Safe) (gone, stays helpline.ID, n counsel.NoteRow) {
		contact, gone := s.held(t)
		n = s.note(t, gone)
		must(t, s.Notes.SaveNote(t.Context(), contact, n, raises, noon))
		stays = s.Person(t)
		for i, p := range []helpline.ID{gone, stays} {
			must(t, s.Keys.Enrol(t.Context(), counsel.KeyringRow{Person: p, Intro: []byte("i"), Wrapped: []byte("w")}))
			must(t, s.Log.ExtendKeyLog(t.Context(), counsel.Extension{
				At: i, Entries: [][]byte{{byte(i)}}, Seats: []counsel.SeatRow{seat(p, vault.Supervisors, 1), seat(p, vault.Counsellors, 1)},
			}))
		}
		return gone, stays, n
	}
	t.Run("a removal takes everything that opens something, and begins the granting anew", func(t *testing.T) {
		open := fresh(t)
		s := open()
		gone, stays, n := setting(t, s)
		c := counsel.PersonChange{Person: gone, Remove: true, Extension: counsel.Extension{
			At: 2, Entries: [][]byte{{2}, {3}}, Seats: []counsel.SeatRow{seat(stays, vault.Supervisors, 2)},
		}}
		must(t, s.Team.ChangePerson(t.Context(), c))
		s = open()
		wantLog(t, s, 0, 1, 2, 3)
		_, err := s.Keys.Keyring(t.Context(), gone)
		wantKind(t, err, helpline.NotFound)
		for _, g := range []vault.Group{vault.Supervisors, vault.Counsellors} {
			_, err = s.Keys.Seat(t.Context(), g, 1, gone)
			wantKind(t, err, helpline.NotFound)
			_, err = s.Keys.Seat(t.Context(), g, 1, stays)
			wantKind(t, err, "")
		}
		wantRegranting(t, s, counsel.Regranting{Generation: 2, Total: 1})
		n.ToAuthor = nil
		wantNote(t, s, n)
		c.At, c.Entries, c.Seats = 4, nil, nil
		wantKind(t, s.Team.ChangePerson(t.Context(), c), helpline.NotFound)
		c.Person = helpline.NewID()
		wantKind(t, s.Team.ChangePerson(t.Context(), c), helpline.NotFound)
	})
	t.Run("who leaves a group loses its seats and keeps the others", func(t *testing.T) {
		s := fresh(t)()
		gone, _, n := setting(t, s)
		must(t, s.Team.ChangePerson(t.Context(), counsel.PersonChange{
			Person: gone, Roles: []helpline.Role{helpline.Counsellor}, Leaves: []vault.Group{vault.Supervisors},
			Extension: counsel.Extension{At: 2, Entries: [][]byte{{2}}},
		}))
		_, err := s.Keys.Seat(t.Context(), vault.Supervisors, 1, gone)
		wantKind(t, err, helpline.NotFound)
		_, err = s.Keys.Seat(t.Context(), vault.Counsellors, 1, gone)
		wantKind(t, err, "")
		_, err = s.Keys.Keyring(t.Context(), gone)
		wantKind(t, err, "")
		wantNote(t, s, n)
	})
	t.Run("who is too late changes nothing", func(t *testing.T) {
		s := fresh(t)()
		gone, stays, n := setting(t, s)
		for _, at := range []int{1, 3} {
			err := s.Team.ChangePerson(t.Context(), counsel.PersonChange{Person: gone, Remove: true, Extension: counsel.Extension{
				At: at, Entries: [][]byte{{9}}, Seats: []counsel.SeatRow{seat(stays, vault.Supervisors, 2)},
			}})
			wantKind(t, err, helpline.Conflict)
		}
		wantLog(t, s, 0, 1)
		_, err := s.Keys.Keyring(t.Context(), gone)
		wantKind(t, err, "")
		_, err = s.Keys.Seat(t.Context(), vault.Supervisors, 2, stays)
		wantKind(t, err, helpline.NotFound)
		wantNote(t, s, n)
	})
}
