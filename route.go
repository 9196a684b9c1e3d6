package helpline

// Route is one line of the route table: which method and pattern asks for
// which policy. Visitor and console return theirs beside the handlers; a test
// joins the tables and walks them.
type Route struct {
	Method  string // GET or POST; HEAD follows GET
	Pattern string // path of http.ServeMux, without method and host
	Policy  Policy
}

// Policy names who may use a route.
type Policy string

// The policies.
const (
	Anyone         Policy = "anyone"             // front, promise, static files, health
	TicketHolder   Policy = "ticket holder"      // a visitor with a ticket; without one, the front page
	StaffOnly      Policy = "staff"              // any login of an active person
	CounsellorOnly Policy = "counsellor"         // a login with the role counsellor
	SupervisorOnly Policy = "supervisor"         // a login with the role supervisor
	InviteHolder   Policy = "invitation holder"  // an unspent invitation
	DemoOnly       Policy = "demonstration only" // routes that no other command has
)
