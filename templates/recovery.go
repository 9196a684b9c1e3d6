package templates

// Renewing is the page of a new passphrase.
type Renewing struct {
	Staff
	Action  string // address of the form
	Old     bool   // the old passphrase is asked for
	Due     bool   // there is no way on but a new one
	Rescue  bool   // at the end of a rescue: nobody is logged in
	Changed bool
	Offer   string // six words
	Own     bool   // the person chose a passphrase of their own
	Problem string // key after join.problem.; empty
}

// Alert is something that a person has to do, on every page of theirs.
type Alert struct{ Text, Href string }

// PaperCode is the page of the printed recovery code.
type PaperCode struct {
	Staff
	Name    string // of the person, for the paper
	Date    string
	Has     bool     // one works
	First   bool     // the person has just joined, or has just spent one
	Kept    bool     // it was just typed back
	Groups  []string // shown once; empty before it is made
	Typing  bool     // it is to be typed back
	Problem string   // in words; empty
	Back    string   // address of the way on
}

// Custodian is a line of the list of custodians, or a box of the form that
// names them.
type Custodian struct {
	Value, Name string
	Operator    bool
	Written     bool
	Gone        bool
	Checked     bool
}

// Plea is somebody who asks for the custodians.
type Plea struct {
	Name    string
	Until   string // minutes left, in words
	Words   string // six; empty for those who may not confirm them
	By      string // who confirmed
	Given   string // in words; empty before it is confirmed
	Action  string // address below which it is approved, stopped and helped
	Give    bool   // this person can enter a share
	Entered bool
	Stop    bool
}

// Recovery is the page of the line's recovery key.
type Recovery struct {
	Staff
	State      string // key after recovery.state.
	Made       string // when, and how many are needed; empty without a key
	Custodians []Custodian
	Waiting    []string // names
	Pleas      []Plea
	Many       bool   // more wait under one name than are shown
	Share      bool   // one waits for this person
	Make       bool   // this person may make a key
	Done       string // key after recovery.done.; empty
	Problem    string // key after recovery.problem.; empty
}

// MakeRecovery is the page that names custodians.
type MakeRecovery struct {
	Staff
	Custodians []Custodian
	Needed     []Choice
	Replaces   bool
	Problem    string // key after recovery.problem.; empty
}

// ShareSheet is a share to be written down.
type ShareSheet struct {
	Staff
	Heading string // which share of which line and date
	Needed  string
	Share   []string
	Asked   [2]int
	Problem string // key after recovery.problem.; empty
}

// GiveShare is the page on which a custodian types the share.
type GiveShare struct {
	Staff
	Name    string
	Action  string
	Many    int    // words
	Problem string // in words; empty
}

// Lost is the way back for whoever has lost the passphrase.
type Lost struct {
	Staff
	Name    string // as typed
	Code    string // problem of the code, in words; empty
	Ask     string // problem of asking, in words; empty
	Expired bool
}

// LostWait is what somebody sees who has asked for the custodians.
type LostWait struct {
	Staff
	Six      string
	Approved bool
	Given    string // in words
	Until    string // minutes left, in words
}
