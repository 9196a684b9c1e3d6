package counsel

import (
	"slices"

	"helpline"
)

// Action is something a member of staff can do.
type Action string

// The actions.
const (
	ChangeOwn   Action = "change one's own screens"
	SeeShifts   Action = "see one's own shifts"
	Watch       Action = "hear what waits and who is there" // the lane
	TakeContact Action = "be on duty and talk with visitors"
	SeeBoard    Action = "see the board"
	SeeStaffing Action = "see who came and was missed, and the advice on staffing"
	SeeRota     Action = "see who is planned when"
	PlanRota    Action = "plan the rota and publish it, and act for others in it"
	SetLine     Action = "pause the line, close it early, hold it open, or put messages first"
	SeePeople   Action = "see the list of people"
	InvitePeers Action = "invite people, and change or withdraw an invitation"

	WriteNotes Action = "write about a contact that was one's own"
	ReadNotes  Action = "open one's own notes, or as a supervisor everybody's"
	VouchPeers Action = "confirm a person's keys"

	ChangePeers Action = "change a colleague's roles, or remove a person"
	SeeKeys     Action = "see who can open what, and name the safeguarding group"
	HoldNotes   Action = "keep a note beyond its time, with a second supervisor"

	MakeRecoveryKey Action = "make the line's recovery key and name its custodians"
	ApproveRescue   Action = "confirm who has lost a passphrase"
	HelpRescue      Action = "enter one's own share of the recovery key"
	ReadTrail       Action = "read and check the audit log"
	AllowOpenings   Action = "agree that a colleague opens more notes of others today"
	SeeStart        Action = "see what is to do before the line opens"
	ApproveText     Action = "find a text of the line right"

	SeeRetention Action = "see what is kept for how long, and whether it goes"

	GiveNods Action = "agree that a counsellor goes on with somebody they meet often"

	AnswerThreads Action = "read and answer letters"
	AnswerWrongs  Action = "read and answer what went wrong, as a member of the safeguarding group"

	KeepDirectory Action = "say that a provider was checked, or keep it off cards"
)

// rule is one line of the permission table: the action, and the roles one of
// which its doer must have.
type rule struct {
	action Action
	roles  []helpline.Role
}

// rules is the ONE permission table. What is not on it is for nobody. A new
// action is one line here; that every route agrees with it is tested. (A shift
// leader sees the board and no notes; an operator looks after the machine and
// is given nothing to read; a reviewer reads the audit and no notes.)
func rules() []rule {
	const (
		counsellor = helpline.Counsellor
		leader     = helpline.Leader
		reviewer   = helpline.Reviewer
		supervisor = helpline.Supervisor
	)
	everybody := helpline.Roles()
	return []rule{
		{ChangeOwn, everybody},
		{SeeShifts, everybody},
		{Watch, []helpline.Role{counsellor, leader, supervisor}},
		{TakeContact, []helpline.Role{counsellor}},
		{WriteNotes, []helpline.Role{counsellor}},
		{ReadNotes, []helpline.Role{counsellor, supervisor}},
		{SeeBoard, []helpline.Role{leader, supervisor}},
		{SeeStaffing, []helpline.Role{leader, supervisor}},
		{SeeRota, []helpline.Role{leader, supervisor}},
		{PlanRota, []helpline.Role{supervisor}},
		{SetLine, []helpline.Role{leader, supervisor}},
		{GiveNods, []helpline.Role{supervisor}},
		{SeePeople, []helpline.Role{supervisor}},
		{InvitePeers, []helpline.Role{supervisor}},
		{VouchPeers, []helpline.Role{supervisor}},
		{ChangePeers, []helpline.Role{supervisor}},
		{SeeKeys, []helpline.Role{supervisor}},
		{HoldNotes, []helpline.Role{supervisor}},

		{MakeRecoveryKey, []helpline.Role{supervisor}},
		{ApproveRescue, []helpline.Role{supervisor}},
		{HelpRescue, everybody},
		{ReadTrail, []helpline.Role{reviewer, supervisor}},
		{AllowOpenings, []helpline.Role{reviewer, supervisor}},
		{SeeStart, []helpline.Role{supervisor, helpline.Operator}},
		{ApproveText, []helpline.Role{supervisor}},
		{AnswerThreads, []helpline.Role{counsellor, supervisor}},
		{AnswerWrongs, everybody}, // the key log says who is a member
		{KeepDirectory, []helpline.Role{supervisor}},
		{SeeRetention, []helpline.Role{helpline.Reviewer, supervisor}},
	}
}

// Actions lists every action, for the pages and the tests that walk the table.
func Actions() []Action {
	var out []Action
	for _, r := range rules() {
		out = append(out, r.action)
	}
	return out
}

func allowed(a Action) []helpline.Role {
	for _, r := range rules() {
		if r.action == a {
			return r.roles
		}
	}
	return nil
}

// ForSupervisorsAlone says whether nobody but supervisors may do something. They
// may once their six words were heard, and not on the word of the invitation.
func ForSupervisorsAlone(a Action) bool {
	return slices.Equal(allowed(a), []helpline.Role{helpline.Supervisor})
}

// May asks the table; the error is Forbidden and names the action.
func May(who helpline.Actor, a Action) error {
	if who.Has(allowed(a)...) {
		return nil
	}
	return helpline.Errorf(helpline.Forbidden, "not allowed: %s", a)
}

// givers is who may give a role, to a person who is invited or to a colleague.
func givers(r helpline.Role) []helpline.Role {
	if slices.Contains(helpline.Roles(), r) {
		return []helpline.Role{helpline.Supervisor}
	}
	return nil
}

// MayGive says whether somebody may give these roles; the error is Forbidden
// and names the first that is refused. Roles nobody knows are refused too.
func MayGive(who helpline.Actor, roles ...helpline.Role) error {
	for _, r := range roles {
		if !who.Has(givers(r)...) {
			return helpline.Errorf(helpline.Forbidden, "not allowed: give the role %q", r)
		}
	}
	return nil
}
