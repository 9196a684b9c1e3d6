package storetest

import (
	"bytes"
	"crypto/sha256"
	"reflect"
	"testing"
	"time"

	"helpline"
	"helpline/counsel/staff"
)

// Staff is a store of accounts with all that the screens of staff ask of it.
type Staff interface {
	staff.Accounts
	staff.Profiles
}

var (
	now    = time.Date(2026, 11, 19, 20, 0, 0, 0, time.UTC)
	secret = staff.Secret{
		Salt:     []byte("sixteen of bytes"),
		Params:   staff.Params{Time: 3, MemoryKiB: 128 << 10, Threads: 2},
		Verifier: bytes.Repeat([]byte{7}, 32),
	}
)

// Accounts runs the contract of staff.Accounts and of what goes with it.
func Accounts(t *testing.T, fresh Fresh[Staff]) {
	t.Run("an added person can be found with everything that was given", func(t *testing.T) {
		s := fresh(t)()
		p, _ := add(t, s, "Ada Lindqvist")
		for name, find := range map[string]func() (staff.Person, error){
			"by id":             func() (staff.Person, error) { return s.Person(t.Context(), p.ID) },
			"by name":           func() (staff.Person, error) { q, _, err := s.Find(t.Context(), "Ada Lindqvist"); return q, err },
			"by name, any case": func() (staff.Person, error) { q, _, err := s.Find(t.Context(), " ada  LINDQVIST "); return q, err },
		} {
			got, err := find()
			if err != nil || !reflect.DeepEqual(got, p) {
				t.Errorf("%s: got %+v, %v; want %+v", name, got, err, p)
			}
		}
	})
	t.Run("who has not used the invitation has no secret", func(t *testing.T) {
		s := fresh(t)()
		add(t, s, "Ada")
		_, got, err := s.Find(t.Context(), "Ada")
		must(t, err)
		if len(got.Salt)+len(got.Verifier) != 0 || got.Params != (staff.Params{}) {
			t.Error("there is a secret")
		}
	})
	t.Run("a name is taken once, whatever its case", func(t *testing.T) { nameOnce(t, fresh(t)()) })
	t.Run("unknown people are not found", func(t *testing.T) {
		s := fresh(t)()
		_, err := s.Person(t.Context(), helpline.NewID())
		wantKind(t, err, helpline.NotFound)
		for _, name := range []string{"Nobody", "", "%"} {
			_, _, err = s.Find(t.Context(), name)
			wantKind(t, err, helpline.NotFound)
		}
		wantKind(t, s.Revise(t.Context(), staff.Person{ID: helpline.NewID()}), helpline.NotFound)
		stranger := helpline.NewID()
		wantKind(t, s.Reinvite(t.Context(), stranger, invite(stranger)), helpline.NotFound)
	})
	t.Run("people are listed by name", func(t *testing.T) {
		s := fresh(t)()
		for _, name := range []string{"noor", "Ada", "Zoë", "bo"} {
			add(t, s, name)
		}
		people, err := s.People(t.Context())
		must(t, err)
		var got []string
		for _, p := range people {
			got = append(got, p.Name)
		}
		if want := []string{"Ada", "bo", "noor", "Zoë"}; !reflect.DeepEqual(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
	t.Run("people change what is theirs and nothing else", func(t *testing.T) { revise(t, fresh(t)) })
	invitations(t, fresh)
}

func nameOnce(t *testing.T, s Staff) {
	add(t, s, "Zoë Ångström")
	for _, name := range []string{"Zoë Ångström", "ZOË ÅNGSTRÖM", "  zoë   ångström "} {
		p := person(name)
		wantKind(t, s.Add(t.Context(), p, invite(p.ID)), helpline.Conflict)
		_, err := s.Person(t.Context(), p.ID)
		wantKind(t, err, helpline.NotFound)
	}
	for _, name := range []string{"", "   "} {
		p := person(name)
		wantKind(t, s.Add(t.Context(), p, invite(p.ID)), helpline.Invalid)
	}
	add(t, s, "Zoe Angstrom") // another letter is another name
}

func revise(t *testing.T, open func() Staff) {
	s := open()
	p, _ := add(t, s, "Ada")
	next := p
	next.Alias, next.Chats, next.Language = "Sam", 3, "en"
	next.Locales, next.Audiences = []helpline.Locale{"fr"}, []helpline.Audience{helpline.Young, helpline.Survivor}
	grab := next
	grab.Name, grab.State, grab.Roles = "Root", staff.Active, []helpline.Role{helpline.Supervisor}
	must(t, s.Revise(t.Context(), grab))
	got, err := open().Person(t.Context(), p.ID)
	if err != nil || !reflect.DeepEqual(got, next) {
		t.Errorf("got %+v, %v; want %+v", got, err, next)
	}
}

func person(name string) staff.Person {
	return staff.Person{
		ID: helpline.NewID(), Name: name, Alias: "Robin",
		Roles:     []helpline.Role{helpline.Counsellor},
		Locales:   []helpline.Locale{"nl", "nl-BE", "en"},
		Audiences: []helpline.Audience{helpline.Self, helpline.Relative},
		Chats:     1, State: staff.Invited, Language: "nl",
	}
}

func invite(id helpline.ID) staff.Invitation {
	token := helpline.NewID()
	return staff.Invitation{Hash: sha256.Sum256(token[:]), Person: id, Expires: now.Add(72 * time.Hour)}
}

func add(t *testing.T, s Staff, name string) (staff.Person, staff.Invitation) {
	t.Helper()
	p := person(name)
	i := invite(p.ID)
	must(t, s.Add(t.Context(), p, i))
	return p, i
}
