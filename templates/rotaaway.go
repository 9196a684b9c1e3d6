package templates

// RotaAway is the page of somebody's leave, for those who plan.
type RotaAway struct {
	RotaFrame
	Name        string
	Action      string
	Terms       string // address of the page of the person
	Wishes      string // address of the other page
	Rows        []RotaRowOf
	First, Last string
	Faults      map[string]string // in words, by field
	Ask         string            // which shifts lie in these days; empty: none
	Meets       []Link
	Saw         string // what was asked, to come back with the yes
}

// RotaWishes is the page of somebody's wishes, for those who plan.
type RotaWishes struct {
	RotaFrame
	Name        string
	Action      string
	Terms       string
	Leave       string // address of the other page
	Runs        []Named
	Kinds       []Choice
	Days        []Choice
	First, Last string
	From, To    string
}
