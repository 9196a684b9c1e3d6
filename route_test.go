package helpline

import (
	"slices"
	"testing"
)

func TestAPolicyNamesItsRoles(t *testing.T) {
	for p, want := range map[Policy][]Role{
		Anyone: nil, TicketHolder: nil, InviteHolder: nil, FeedHolder: nil, DemoOnly: nil, "": nil, "supervisor or root": nil,
		StaffOnly: Roles(), OwnShifts: Roles(),
		CounsellorOnly: {Counsellor}, SupervisorOnly: {Supervisor},
		CounsellorOrSupervisor: {Counsellor, Supervisor}, LeaderOrSupervisor: {Leader, Supervisor},
		AtWork: {Counsellor, Leader, Supervisor}, OperatorOrSupervisor: {Supervisor, Operator}, ReviewerOrSupervisor: {Supervisor, Reviewer},
	} {
		if got := p.Roles(); !slices.Equal(got, want) {
			t.Errorf("%q is for %v, want %v", p, got, want)
		}
	}
}
