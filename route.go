package helpline

import "strings"

// Route is one line of the route table: which method and pattern asks for
// which policy. Visitor and console return theirs beside the handlers; a test
// joins the tables and walks them.
type Route struct {
	Method  string // GET or POST; HEAD follows GET
	Pattern string // path of http.ServeMux, without method and host
	Policy  Policy
}

// Policy names who may use a route. Those of the staff name the roles, one of
// which the person must have.
type Policy string

// The policies.
const (
	Anyone       Policy = "anyone"             // front, promise, static files, health
	TicketHolder Policy = "ticket holder"      // a visitor with a ticket; without one, the front page
	CodeHolder   Policy = "code holder"        // a visitor who has just given a return code; without it, the page that asks for one
	FeedHolder   Policy = "calendar"           // a calendar with a secret address; without it, nothing
	InviteHolder Policy = "invitation holder"  // an unspent invitation, or another link that works once
	DemoOnly     Policy = "demonstration only" // routes that no other command has

	StaffOnly              Policy = "staff" // any login of an active person, whatever the role
	CounsellorOnly         Policy = "counsellor"
	SupervisorOnly         Policy = "supervisor"
	CounsellorOrSupervisor Policy = "counsellor or supervisor"
	LeaderOrSupervisor     Policy = "leader or supervisor"
	AtWork                 Policy = "counsellor or leader or supervisor" // whoever works on a shift
	OperatorOrSupervisor   Policy = "supervisor or operator"
	ReviewerOrSupervisor   Policy = "supervisor or reviewer"

	OwnShifts Policy = "own shifts" // any login of an active person, one that opens the own shifts only too
)

// Roles lists the roles that a policy of the staff lets in; nil for every
// other policy.
func (p Policy) Roles() []Role {
	if p == StaffOnly || p == OwnShifts {
		return Roles()
	}
	var out []Role
	for name := range strings.SplitSeq(string(p), " or ") {
		role, err := ParseRole(name)
		if err != nil {
			return nil
		}
		out = append(out, role)
	}
	return out
}
