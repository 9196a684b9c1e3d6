package templates

// RotaAsk is the page that asks several people at once for one shift.
type RotaAsk struct {
	RotaFrame
	Action string // where the form goes
	Shift  string // back to its page
	Name   string
	When   string
	Runs   bool     // somebody is being asked
	Over   bool     // nobody can be asked any more
	Places []Choice // of whom somebody else is to take over; an empty Value is a place that is free
	Roles  []Choice // Value is the address
	Role   string
	Could  []RotaAskable // the best first
	Asked  []RotaAsked   // the newest first
}

// RotaAskable is somebody who could take it.
type RotaAskable struct {
	Person, Name, Says string
	Ticked             bool
	Far                bool // no tested notice: they read it when they sign in
}

// RotaAsked is one ask and who said what.
type RotaAsked struct {
	ID    string
	Open  bool
	Says  string // how it stands
	Until string
	Said  []RotaSaid
}

// RotaSaid is one of those who were asked.
type RotaSaid struct{ Name, Says, Key string }
