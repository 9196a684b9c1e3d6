package wire

import "helpline"

// Version is the protocol this package speaks; a page that says another one
// in its hello is told problem{version} and loads itself again.
const Version = 1

// Limits, in bytes unless said otherwise.
const (
	MaxFrame = 17 << 10  // a longer frame closes the link with status 1009
	MaxBody  = 16_600    // a body inside a frame, as decoded
	MaxAt    = 1<<53 - 1 // numbers stay exact in a browser
	MaxItems = 256       // entries in one refill, numbers in one queue frame
)

// Kind names a frame: the value of its "k".
type Kind string

// Frames a page sends.
const (
	Hello  Kind = "hello"  // v, round, tab, upto, done, secret?, take?
	Say    Kind = "say"    // id, seen, body, have?
	Have   Kind = "have"   // upto (also sent by the server)
	Want   Kind = "want"   // after, upto (server: assemble?)
	Refill Kind = "refill" // after, upto, items, more?, assemble?
	Leave  Kind = "leave"  // reason: left (visitor), done or misuse (counsellor)
	Ready  Kind = "ready"
	Typing Kind = "typing" // on (also sent by the server)
	Extend Kind = "extend"
	Share  Kind = "share" // counsellor: the visitor's new window may have the earlier words
)

// Frames the server sends on a visitor's link and on a conversation.
const (
	Stage    Kind = "stage"    // stage, tab, since and what belongs to the stage
	Queue    Kind = "queue"    // out, low, high
	Line     Kind = "line"     // state, left
	Said     Kind = "said"     // entry, fill?, have?
	Held     Kind = "held"     // entry without body, have?
	Synced   Kind = "synced"   // round, upto
	Gone     Kind = "gone"     // after, upto
	Room     Kind = "room"     //
	Reset    Kind = "reset"    //
	Taken    Kind = "taken"    //
	Closed   Kind = "closed"   // reason, next, upto, had, final?
	Problem  Kind = "problem"  // code, retry?, id?
	Presence Kind = "presence" // state, upto?
	Idle     Kind = "idle"     // left
)

// Frames of the desk's lane: the counsellor's or supervisor's own link, beside
// one link per conversation.
const (
	Duty   Kind = "duty"   // page: on
	Next   Kind = "next"   // page: on; true asks for the next visitor, false takes the wish back
	Accept Kind = "accept" // page: contact; server: contact, and whether it is yours (mine)
	Board  Kind = "board"  // server: on, asking, waiting, longest, ready, yours, people
)

// Side says who an entry is by.
type Side byte

// The sides.
const (
	Visitor    Side = 'v'
	Counsellor Side = 'c'
	TheLine    Side = 'l' // handover, a colleague reads along
)

// Other is the side across the table; the line has none.
func (s Side) Other() Side {
	switch s {
	case Visitor:
		return Counsellor
	case Counsellor:
		return Visitor
	}
	return s
}

// Seal is the HMAC-SHA256 of an entry cut to 128 bits.
type Seal [16]byte

// Entry is one link of the chain that is a conversation. At and Prev are
// boot*2^32 + running number; 0 stands for "before the first". Body is opaque
// here: a string of at most MaxBody bytes.
type Entry struct {
	At, Prev int64
	Term     int
	Side     Side
	ID       helpline.ID
	Seen     int64 // newest entry on the writer's screen when it was written
	Body     string
	Seal     Seal
}

// Waiter is a contact as a desk sees it. It says nothing that was written.
type Waiter struct {
	Contact helpline.ID
	Door    string
	Locale  string
	Waited  int    // whole minutes
	Version string // of the promise the visitor read
	State   string // yours: here, unsure, gone
}

// Person is a colleague as a board shows one.
type Person struct {
	Alias  string
	State  string // on, paused, unsure
	Chats  int    // conversations now
	Asking bool   // asked for the next visitor
}

// Frame is any frame, in either direction: Kind says which fields count.
type Frame struct {
	Kind Kind

	V      int   // hello: Version
	Round  int   // hello, synced: number of the hello on this page
	Tab    int64 // hello, stage: number the server gave this page load; 0 asks for one
	Upto   int64 // hello may say -1: nothing yet
	Done   int64 // hello: newest entry the page knows the other has
	Secret helpline.ID
	Take   bool // hello: a page without the secret continues here

	ID   helpline.ID // say, problem
	Seen int64
	Body string
	Have int64 // say, said, held: an acknowledgement that rides along; 0 says nothing

	After    int64
	Items    []Entry
	More     bool // refill: another frame of the same answer follows
	Assemble bool

	Reason string
	On     bool

	Stage   string
	Place   int   // how many stand before this visitor, plus one
	Number  int64 // the visitor's own number in the order of arrival of this boot's queue
	Plain   bool  // stage, to a counsellor: the visitor's page has no scripts
	Kept    bool  // said yes when another was quicker: asked before everybody else
	Since   int64
	Door    string
	Locale  string
	Alias   string
	Left    int // seconds
	Version string
	Low     int // seconds of waiting per place; 0, 0: we cannot tell yet
	High    int
	Out     []int64 // numbers that left the queue since the last broadcast

	Entry Entry
	Fill  bool // said: below what the page had, an answer to want

	Next  string
	Had   int64
	Final bool // closed: nothing can arrive any more
	Code  string
	Retry int // seconds
	State string

	Contact helpline.ID
	Mine    bool
	Waiting int
	Longest int // whole minutes
	Asking  bool
	Ready   []Waiter
	Yours   []Waiter // conversations held; in an accept, mine is a yes or no
	People  []Person
}
