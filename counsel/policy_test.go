package counsel

import (
	"strings"
	"testing"

	"helpline"
)

func TestThePermissionTable(t *testing.T) {
	// For each action who may: c counsellor, l leader, s supervisor, o operator,
	// r reviewer. An action that is missing here fails below.
	want := map[Action]string{
		ChangeOwn:     "clsor",
		SeeShifts:     "clsor",
		Watch:         "cls",
		TakeContact:   "c",
		SeeBoard:      "ls",
		SeeStaffing:   "ls",
		SeeRota:       "ls",
		PlanRota:      "s",
		SetLine:       "ls",
		GiveNods:      "s",
		SeePeople:     "s",
		InvitePeers:   "s",
		WriteNotes:    "c",
		ReadNotes:     "cs",
		VouchPeers:    "s",
		KeepDirectory: "s",
		ReadTrail:     "sr",
		AllowOpenings: "sr",

		MakeRecoveryKey: "s",
		ApproveRescue:   "s",
		HelpRescue:      "clsor",

		AnswerThreads: "cs",
		AnswerWrongs:  "clsor",

		SeeStart:    "so",
		ApproveText: "s",

		ChangePeers:    "s",
		SeeKeys:        "s",
		HoldNotes:      "s",
		SeeRetention:   "sr",
		"read a visit": "",
	}
	letters := map[helpline.Role]string{
		helpline.Counsellor: "c", helpline.Leader: "l", helpline.Supervisor: "s", helpline.Operator: "o", helpline.Reviewer: "r",
		"root": "!", "": "!",
	}
	if len(letters) != len(helpline.Roles())+2 {
		t.Fatal("a role is missing here")
	}
	check := func(a Action, may bool, roles ...helpline.Role) {
		t.Helper()
		err := May(helpline.Actor{Roles: roles}, a)
		if (err == nil) != may || (err != nil && helpline.KindOf(err) != helpline.Forbidden) {
			t.Errorf("%s by %q: got %v, want allowed %v", a, roles, err, may)
		}
	}
	for action, who := range want {
		check(action, false)
		for one, letter := range letters {
			check(action, strings.Contains(who, letter), one)
			for two, other := range letters { // roles add up and never take away
				check(action, strings.Contains(who, letter) || strings.Contains(who, other), one, two)
			}
		}
	}
	for _, a := range Actions() {
		if _, known := want[a]; !known {
			t.Errorf("%q is on the table and not in this test", a)
		}
		if len(allowed(a)) == 0 {
			t.Errorf("%s is for nobody", a)
		}
	}
}

func TestRolesAreGivenBySupervisorsOnly(t *testing.T) {
	for _, giver := range append(helpline.Roles(), "root", "") {
		for _, role := range append(helpline.Roles(), "root", "") {
			err := MayGive(helpline.Actor{Roles: []helpline.Role{giver}}, helpline.Counsellor, role)
			if may := giver == helpline.Supervisor && role != "root" && role != ""; (err == nil) != may {
				t.Errorf("%q gives %q: %v, want allowed %v", giver, role, err, may)
			}
		}
	}
	if err := MayGive(helpline.Actor{}, helpline.Operator); helpline.KindOf(err) != helpline.Forbidden {
		t.Errorf("nobody gives a role: %v", err)
	}
}
