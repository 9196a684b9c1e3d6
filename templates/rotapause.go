package templates

// RotaPause is the page on whether somebody works here at the moment, by the
// rota.
type RotaPause struct {
	RotaFrame
	Name   string
	Action string
	Terms  string // address of the page of the person
	People string // address of the page on which their work here ends

	Off   string // since when they do not work here, in words; empty: they do
	Saw   string // what was shown, to come back with the press
	Moved bool   // it was another thing than what was pressed on

	Has    string // how many shifts to come are theirs, in words
	Shifts []Link // these, or of who is off what was theirs and is open
	Then   string // what becomes of them
	Also   []string
	Press  string // the button, in words
}
