package templates

// RoleName is a role with one sentence about what it means.
type RoleName struct{ Name, What string }

// Me is what a person decides about themselves.
type Me struct {
	Staff
	Name      string
	Typed     string // the alias in the form
	Roles     []RoleName
	Problem   string // key after join.problem.; empty
	Saved     bool
	Languages []Choice
	Locales   []Choice // of conversations; empty for those who do not talk with visitors
	Doors     []Choice
}
