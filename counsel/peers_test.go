package counsel

import (
	"context"
	"slices"
	"testing"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
)

// guestbook keeps who was invited, and nothing else.
type guestbook struct {
	staff.Invitations
	names []string
}

func (g *guestbook) AddAll(_ context.Context, people []staff.Person, _ []staff.Invitation) error {
	for _, p := range people {
		g.names = append(g.names, p.Name)
	}
	return nil
}

// deeds is a trail that only listens.
type deeds []audit.Code

func (d *deeds) Record(_ context.Context, one audit.Deed) error {
	*d = append(*d, one.Code)
	return nil
}

func TestAListGivesNoRoleThatItsSenderMayNotGive(t *testing.T) {
	all, err := staff.Invitees([]staff.Listed{
		{Line: 2, Person: staff.Person{Name: "Kim Visser", Roles: []helpline.Role{helpline.Operator}}},
		{Line: 3, Person: staff.Person{Name: "Robin de Vries", Roles: []helpline.Role{helpline.Supervisor}}},
	}, []helpline.Locale{"nl"}, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, roles := range combinationsOfRoles() {
		var book guestbook
		var trail deeds
		handed := false
		err := NewPeers(nil, &book, &trail).Import(t.Context(), helpline.Actor{Person: helpline.NewID(), Roles: roles}, all, func() error { handed = true; return nil })
		if slices.Contains(roles, helpline.Supervisor) {
			if err != nil || !handed || len(book.names) != 2 || !slices.Equal(trail, []audit.Code{audit.PersonImport, audit.PersonInvite, audit.PersonInvite}) {
				t.Errorf("%q: %v, %q, %v", roles, err, book.names, trail)
			}
			continue
		}
		if helpline.KindOf(err) != helpline.Forbidden || handed || len(book.names)+len(trail) > 0 {
			t.Errorf("%q: %v, handed over %v, %q, %v", roles, err, handed, book.names, trail)
		}
	}
}

// combinationsOfRoles are all sets of roles, the empty one too.
func combinationsOfRoles() (out [][]helpline.Role) {
	for n := range 1 << len(helpline.Roles()) {
		var set []helpline.Role
		for i, r := range helpline.Roles() {
			if n>>i&1 == 1 {
				set = append(set, r)
			}
		}
		out = append(out, set)
	}
	return out
}
