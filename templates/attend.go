package templates

// Attend is the part of the board on who is planned, who is there, and what
// lacks ahead. Shown says that the line has a rota.
type Attend struct {
	Shown  bool
	Stamp  string // what is shown; a script asks whether it still is
	Mine   bool   // whoever looks is checked in
	Now    []AttendRow
	Gaps   []GapRow
	Call   string // who is on call now, in words; empty: the line has nobody on call
	Marks  bool   // this person says who did not come
	Refuse string // why a press could not be taken, as a text; empty: it could
}

// AttendRow is somebody who is planned now, or there.
type AttendRow struct {
	Alias, Role, Time string
	State             string // counsel.AttendState
	Says              string // the state in words
	Place             string // to be marked; empty: nothing to say of it
	Came              bool   // marked: the button takes it back
}

// GapRow is something that lacks ahead.
type GapRow struct {
	When, Rota, Says string
	Step             string // how near it is, in words
	Near             bool   // within two days
	Href             string // of the shift it is about; empty: none is published
}
