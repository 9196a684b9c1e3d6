package templates

import "helpline/templates/i18n"

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

// People is the supervisor's list of everybody.
type People struct {
	Staff
	People    []Colleague
	Vouched   string // whose words have just been confirmed; empty
	Changed   string // whose roles have just been changed; empty
	Removed   string // who has just been removed; empty
	Withdrawn bool
	Locked    bool   // who waits for a confirmation can only be said after the passphrase
	Problem   string // key after people.problem.; empty
	Peer      PeerForm
}

// RoleChoice is a role to tick, with one sentence about what it means.
type RoleChoice struct {
	Choice
	What string
}

// PeerForm is the form of a person: of one to be invited, of one who is
// invited, or (Active) of what a colleague takes.
type PeerForm struct {
	Words     i18n.Words
	Active    bool
	Name      string // as typed
	Problem   string // key after people.problem.; empty
	Roles     []RoleChoice
	Chats     []Choice
	Locales   []Choice
	Doors     []Choice
	Languages []Choice // of the sheet, and of the screens at first
}

// Person is the page of one person.
type Person struct {
	Staff
	Row   Colleague
	At    string // address of the person
	Roles []RoleName
	Keys  string // key after person.keys.
	Left  string // how long the invitation works, in words; empty
	Saved bool
	Form  PeerForm
	Ways  []Place // further pages about the person; Name is the key after person.way.
}

// Sheet is what an invited person is given on paper, in their language.
type Sheet struct {
	Words   i18n.Words
	Line    string
	Name    string
	Link    string
	Squares Image  // Link, for a camera
	Hours   int    // how long Link works
	Day     string // on which it was made
	Ask     string // whom to ask; empty: whoever gave the sheet
}

// Invited is the page with the sheet of somebody who has just been invited.
type Invited struct {
	Staff
	Sheet Sheet
	Hours int
	Back  string
}
