package store

import (
	"testing"
	"time"

	"helpline"
	"helpline/counsel/staff"
)

func TestTheStaffListIsReadOnceUntilSomebodyWrites(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	invite := func(to *DB, name string) {
		t.Helper()
		i, err := staff.NewInvitee(staff.Person{Name: name, Roles: []helpline.Role{helpline.Leader}, Chats: 1}, time.Hour)
		if err == nil {
			err = to.Add(t.Context(), i.Person, i.Invitation)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	look := func(people, reads int) []staff.Person {
		t.Helper()
		all, err := db.People(t.Context())
		if err != nil || len(all) != people || db.people.reads != reads {
			t.Errorf("%d people, %d reads, %v; want %d and %d", len(all), db.people.reads, err, people, reads)
		}
		return all
	}
	look(0, 1)
	look(0, 1) // that there is nobody is known too
	invite(db, "Ada Berg")
	all := look(1, 2)
	all[0].Name = "spoiled" // the list is the caller's own
	if again := look(1, 2); again[0].Name != "Ada Berg" {
		t.Errorf("a caller changed everybody's list: %q", again[0].Name)
	}
	other, err := Open(t.Context(), dir, Options{Beside: true})
	if err != nil {
		t.Fatal(err)
	}
	invite(other, "Bo Cohen") // another program
	look(2, 3)
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	db.people.forget() // what an error leaves: another connection counts from elsewhere
	look(2, 4)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.People(t.Context()); helpline.KindOf(err) != helpline.Unavailable {
		t.Errorf("after the store is closed: %v", err)
	}
}
