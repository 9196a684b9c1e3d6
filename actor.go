package helpline

import "slices"

// Actor is who acts: a member of staff in one login. The zero Actor is nobody.
type Actor struct {
	Person ID
	Alias  string // the only name a visitor ever sees
	Roles  []Role
}

// Has says whether the actor holds at least one of the roles.
func (a Actor) Has(roles ...Role) bool {
	for _, r := range roles {
		if slices.Contains(a.Roles, r) {
			return true
		}
	}
	return false
}
