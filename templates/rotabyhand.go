package templates

// RotaShiftForm is the form of a single shift of a draft, as typed. Faults are
// in words, by field.
type RotaShiftForm struct {
	RotaFrame
	ID                       string // empty: a new one
	Action                   string
	Week                     string // back to the grid
	Period                   string // of the draft
	Name, Day                string
	From, To, Break, Debrief string
	EndDays, Unsocial        []Choice
	Faults                   map[string]string
}

// RotaCover is the page of what one shift of a draft asks.
type RotaCover struct {
	RotaFrame
	Name   string // of the shift, with its time
	Action string
	Shift  string      // address of its page
	Usual  []RotaRowOf // what its template asks, which counts too
	Rows   []RotaRowOf
	Form   RotaNeedForm
}
