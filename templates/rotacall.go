package templates

// RotaCalls is the page of who is on call when.
type RotaCalls struct {
	RotaFrame
	Rows []RotaCallRow
	Form RotaCallForm
}

// RotaCallRow is one stretch in which somebody can be reached.
type RotaCallRow struct {
	ID   string
	Name string
	When string
	Now  bool
	Tags []string // that it overlaps, that they are on leave
	Edit string   // address of the filled form
}

// RotaCallForm is the form of a stretch, as typed. Faults are in words, by field.
type RotaCallForm struct {
	ID                    string
	People                []Choice
	First, From, Last, To string
	Faults                map[string]string
}
