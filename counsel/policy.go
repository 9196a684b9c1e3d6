package counsel

import "helpline"

// Action is something a member of staff can do.
type Action string

// The actions.
const (
	ChangeOwn   Action = "change one's own screens"
	Watch       Action = "hear what waits and who is there" // the lane
	TakeContact Action = "be on duty and talk with visitors"
	SeeBoard    Action = "see the board"
	SeePeople   Action = "see the list of people"
	InvitePeers Action = "invite people"

	WriteNotes Action = "write about a contact that was one's own"
	ReadNotes  Action = "open one's own notes, or as a supervisor everybody's"
	VouchPeers Action = "confirm a person's keys"

	KeepDirectory Action = "say that a provider was checked, or keep it off cards"
)

// Actions lists every action, for the pages and the tests that walk the table.
func Actions() []Action {
	return []Action{ChangeOwn, Watch, TakeContact, SeeBoard, SeePeople, InvitePeers, WriteNotes, ReadNotes, VouchPeers, KeepDirectory}
}

// allowed is the ONE permission table: which roles may do what. What is not on
// it is for nobody.
func allowed(a Action) []helpline.Role {
	const counsellor, supervisor = helpline.Counsellor, helpline.Supervisor
	switch a {
	case ChangeOwn, Watch, ReadNotes:
		return []helpline.Role{counsellor, supervisor}
	case TakeContact, WriteNotes:
		return []helpline.Role{counsellor}
	case SeeBoard, SeePeople, InvitePeers, VouchPeers, KeepDirectory:
		return []helpline.Role{supervisor}
	}
	return nil
}

// May asks the table; the error is Forbidden and names the action.
func May(who helpline.Actor, a Action) error {
	if who.Has(allowed(a)...) {
		return nil
	}
	return helpline.Errorf(helpline.Forbidden, "not allowed: %s", a)
}
