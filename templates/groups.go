package templates

// RolesOf is the page on which a colleague's roles are changed.
type RolesOf struct {
	Staff
	Name      string
	Roles     []Choice
	What      []RoleName // one sentence on each, in the order of Roles
	Problem   string     // key after roles.problem.; empty
	Unvouched bool       // nobody has confirmed the person's keys
}

// Removing is the page on which a person is removed.
type Removing struct {
	Staff
	Name    string
	Problem string // key after roles.problem.; empty
}

// Keys is who can open what.
type Keys struct {
	Staff
	Groups     []KeyGroup
	Again      *Again   // nil: the group has never turned
	Asked      *Naming  // nil: nothing waits for a second supervisor
	Candidates []Choice // of the safeguarding group
	Strangers  []string // names of those whose keys nobody has confirmed
	Done       string   // key after keys.done.; empty
	Problem    string   // key after keys.problem.; empty
	Script     []Word
}

// KeyGroup is one group with its members' names.
type KeyGroup struct {
	Key        string // after keys.group.
	Generation int    // 0: it has no key yet
	Members    []string
	Seatless   []string
}

// Naming is what waits for a second supervisor.
type Naming struct {
	By      string
	Own     bool
	Members []string
	IDs     []string
}

// Again is how far older notes are granted to the present generation.
type Again struct {
	State               string // key after keys.again.: over, running, paused
	Done, Total, Failed int
}

// Holds are the notes that are kept beyond their time.
type Holds struct {
	Staff
	Holds   []Hold
	Done    string // key after holds.done.; empty
	Problem string // key after holds.problem.; empty
}

// Hold is one of them.
type Hold struct {
	Note, Href, Week string
	Reason           string // in words
	State            string // key after holds.state.: asked, held, lifting, broken
	Asked, Confirmed string // names
	Lift             string
	Confirm, AskLift bool // what the person who looks can do
	LiftNow          bool
}
