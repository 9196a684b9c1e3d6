package templates

// Front is the first page: open, closed or full.
type Front struct {
	Page
	State   string  // open, first (messages first), or what Line says
	Open    *Moment // open: until when, or from when on nobody new comes in; nil: not known
	Status  string  // open: how long the wait is
	Line    Line    // every state but open
	Action  string  // where a door posts to
	Doors   []Door  // the four, then the line below them
	Leaving string
	Back    string // where a return code is given; empty on a line without an inbox
	Read    []Link // something to read now, by door
}

// Door is one of the doors of the front page.
type Door struct{ Value, Label string }

// Before is the promise a visitor reads before the first keystroke.
type Before struct {
	Page
	Sentences []Sentence
	Door      string
	Version   string
	Checked   string // date, as people read it
	Cleared   bool   // a lawyer answers for it
	Start     string // where "go on" posts to
	Leaving   string
	Court     string     // address of what a court could ask
	Lines     []HelpLine // of this door, beside those of every page
	Intro     string     // a word for this door
	Matter    string     // what somebody under 18 has chosen; often empty
	Read      string     // address of the page that helps
	Open      bool       // "go on" is offered
	Turn      Turn       // what is asked for first; the zero Turn: nothing
	Line      Line       // when it is not: why, and what next
}

// Sentence is one promise.
type Sentence struct{ Bold, More, Source string }

// Leaving tells what a browser remembers.
type Leaving struct {
	Page
	TabTitle string
}

// Away is for who comes from another site, where nobody can say who that is.
type Away struct {
	Page
	Here string // the same address, for a link of ours
}

// Fault is an error page: what happened, and what to do next.
type Fault struct {
	Page
	Heading, Text string
}

// Talk is the one page of waiting, talking and afterwards. Every view is in
// it; the script shows one at a time.
type Talk struct {
	Page
	Stage   string // waiting or talking, as the server last knew
	Openers []string
	Lines   []HelpLine // of this door
	Self    string     // this page's own address
	Action  string     // where "start again" posts the door to
	Door    string
	Matter  string // what somebody under 18 has chosen; often empty
	Limits  Limits
	Reading []Part // while waiting
	Read    string // address of the same
	Beside  Beside // until when the line is there, and leaving a message instead
	Known   bool   // a code from an earlier time can be given
	Wrong   bool   // that something was not right can be written
}

// Wrong is the page where somebody writes that something was not right.
type Wrong struct {
	Page
	Action  string
	Form    string
	Text    string
	Problem string // key after wrong.problem.; empty
	Answer  string // within how many days
	Back    string // where a code is given
	Remarks string // who else hears a complaint
	Most    int    // characters
	Talks   bool   // there is a conversation in this browser
}
