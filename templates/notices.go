package templates

// Notices is where a person says where notices reach them.
type Notices struct {
	Staff
	On      bool   // any way is configured
	Done    string // key after notices.done.; empty
	Problem string // key after notices.problem.; empty
	Called  bool   // a call waits for this person's word

	Way    string // in force: key after notices.way.; empty: none
	Hint   string // enough of the address to know it again by
	Tested string // day
	Lost   bool   // it cannot be opened on this machine
	Gone   bool   // its way is not configured any more
	Kinds  []Choice

	Next     string // way of an address that waits for its code; empty: none waits
	NextHint string
	Sent     string // key after notices.sent.

	Ways   []Choice
	Typed  bool   // one of the ways asks for an address
	Text   string // that was typed and not taken
	Word   string // by which the webhook knows the person; empty: there is none
	Number string // how many wrong codes end a test
}

// Confirm is the page behind the link of a call.
type Confirm struct {
	Staff
	Action string
	State  string // key after notices.call.
}

// NoticeTrouble is what is wrong with notices, in words; none: nothing is.
type NoticeTrouble struct{ Says []string }
