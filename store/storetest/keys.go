package storetest

import (
	"reflect"
	"testing"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/vault"
)

// Keyrings runs the contract of counsel.KeyRows.
func Keyrings(t *testing.T, fresh Fresh[Safe]) {
	t.Run("a person has one keyring, and only its wrapped half is replaced", func(t *testing.T) {
		open := fresh(t)
		s := open()
		p := s.Person(t)
		_, err := s.Keys.Keyring(t.Context(), p)
		wantKind(t, err, helpline.NotFound)
		wantKind(t, s.Keys.Rewrap(t.Context(), p, []byte("w")), helpline.NotFound)
		row := counsel.KeyringRow{Person: p, Intro: []byte("intro"), Wrapped: []byte("wrapped")}
		must(t, s.Keys.Enrol(t.Context(), row))
		wantKind(t, s.Keys.Enrol(t.Context(), counsel.KeyringRow{Person: p, Intro: []byte("false"), Wrapped: []byte("w")}), helpline.Conflict)
		must(t, s.Keys.Rewrap(t.Context(), p, []byte("again")))
		row.Wrapped = []byte("again")
		got, err := open().Keys.Keyring(t.Context(), p)
		if err != nil || !reflect.DeepEqual(got, row) {
			t.Errorf("the keyring is %+v, %v", got, err)
		}
	})
	t.Run("introductions say nothing of what is wrapped", func(t *testing.T) {
		s := fresh(t)()
		for _, intro := range []string{"a", "b"} {
			must(t, s.Keys.Enrol(t.Context(), counsel.KeyringRow{Person: s.Person(t), Intro: []byte(intro), Wrapped: []byte("wrapped")}))
		}
		all, err := s.Keys.Introductions(t.Context())
		must(t, err)
		for _, r := range all {
			if r.Wrapped != nil || len(r.Intro) != 1 || r.Person.IsZero() {
				t.Errorf("an introduction is %+v", r)
			}
		}
		if len(all) != 2 {
			t.Errorf("there are %d", len(all))
		}
	})
	t.Run("a seat is found by group, generation and person", func(t *testing.T) {
		s := fresh(t)()
		p := s.Person(t)
		seat := counsel.SeatRow{Group: vault.Supervisors, Generation: 2, Person: p, Sealed: []byte("seat")}
		must(t, s.Log.ExtendKeyLog(t.Context(), counsel.Extension{Entries: [][]byte{{1}}, Seats: []counsel.SeatRow{seat}}))
		got, err := s.Keys.Seat(t.Context(), vault.Supervisors, 2, p)
		if err != nil || string(got) != "seat" {
			t.Errorf("the seat is %q, %v", got, err)
		}
		for name, ask := range map[string]counsel.SeatRow{
			"another generation": {Group: vault.Supervisors, Generation: 1, Person: p},
			"another group":      {Group: "others", Generation: 2, Person: p},
			"another person":     {Group: vault.Supervisors, Generation: 2, Person: s.Person(t)},
		} {
			if _, err := s.Keys.Seat(t.Context(), ask.Group, ask.Generation, ask.Person); helpline.KindOf(err) != helpline.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// KeyLog runs the contract of counsel.KeyLogRows.
func KeyLog(t *testing.T, fresh Fresh[Safe]) {
	t.Run("entries stay in order and are only added at the end", func(t *testing.T) {
		open := fresh(t)
		s := open()
		wantLog(t, s)
		must(t, s.Log.ExtendKeyLog(t.Context(), counsel.Extension{Entries: [][]byte{{1}, {2}}}))
		must(t, s.Log.ExtendKeyLog(t.Context(), counsel.Extension{At: 2, Entries: [][]byte{{3}}}))
		for _, at := range []int{0, 2, 4} {
			wantKind(t, s.Log.ExtendKeyLog(t.Context(), counsel.Extension{At: at, Entries: [][]byte{{9}}}), helpline.Conflict)
		}
		wantLog(t, open(), 1, 2, 3)
	})
	t.Run("who is too late leaves neither keyring nor seat", func(t *testing.T) {
		s := fresh(t)()
		a, b := s.Person(t), s.Person(t)
		founding := func(p helpline.ID) error {
			return s.Log.ExtendKeyLog(t.Context(), counsel.Extension{
				Entries: [][]byte{{1}}, Keyring: &counsel.KeyringRow{Person: p, Intro: []byte("i"), Wrapped: []byte("w")},
				Seats: []counsel.SeatRow{{Group: vault.Supervisors, Generation: 1, Person: p, Sealed: []byte("s")}},
			})
		}
		must(t, founding(a))
		wantKind(t, founding(b), helpline.Conflict)
		_, err := s.Keys.Keyring(t.Context(), b)
		wantKind(t, err, helpline.NotFound)
		_, err = s.Keys.Seat(t.Context(), vault.Supervisors, 1, b)
		wantKind(t, err, helpline.NotFound)
		_, err = s.Keys.Keyring(t.Context(), a)
		wantKind(t, err, "")
	})
}

func wantLog(t *testing.T, s Safe, want ...byte) {
	t.Helper()
	log, err := s.Log.KeyLog(t.Context())
	must(t, err)
	var got []byte
	for _, entry := range log {
		got = append(got, entry...)
	}
	if string(got) != string(want) {
		t.Errorf("the log is %v, want %v", got, want)
	}
}
