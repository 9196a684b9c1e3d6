package templates

// Piece is a piece of what a visitor wrote. Hidden is an address, which is shown
// only on purpose.
type Piece struct {
	Text   string
	Hidden bool
}

// Threads is a list of threads: the inbox, or what was not right.
type Threads struct {
	Staff
	Key      string // inbox or wrong: the key of the page's words
	Waiting  []ThreadRow
	Rest     []ThreadRow
	Days     int    // working days within which is answered
	Doubt    bool   // of one of them nobody can tell whom it is about
	Outsider bool   // the person does not belong to those who read these
	Done     string // key after threads.done.; empty
	Problem  string // key after threads.problem.; empty
}

// ThreadRow is a thread in a list.
type ThreadRow struct {
	ID      string
	Href    string
	Door    string
	Tongue  string
	Due     string
	Late    bool
	Urgent  bool
	Waiting bool
	News    int
	Holder  string // alias; empty when nobody has taken it
	Mine    bool
	Doubt   bool // of a complaint: nobody can tell whom it is about
}

// OneThread is a thread that is being read.
type OneThread struct {
	Staff
	Kept    int // days that letters are kept after the last answer
	Key     string
	Row     ThreadRow
	Letters []Letter
	Notes   bool   // a note can be written about it
	Ends    string // until when the letters are there
	Message string // identifier of the next answer
	Read    string // of the visitor's newest letter on the page
	Text    string // as it was typed
	Steps   string // as they were typed, one on each line
	Max     int    // characters of an answer
	Search  string
	Found   []FoundCard
	Cards   []FoundCard // chosen for this answer
	Problem string      // key after threads.problem.; empty
	Done    string      // key after threads.done.; empty
}

// FoundCard is a card of the directory that can go into an answer.
type FoundCard struct {
	Name, Of string
	Body     string // what is sent; empty when Why says something
	Why      string // key after desk.js.why.
}

// Letter is one letter of a thread.
type Letter struct {
	ID       string
	Line     bool // an answer
	Day      string
	Pieces   []Piece
	Steps    []string
	Said     []Quote // of a conversation that came along
	Card     string  // name of the place whose card it is
	New      bool    // an answer that has not been read yet
	Withdraw bool    // it can still be taken back by who looks
}

// TakeOver asks why a thread of somebody else is opened.
type TakeOver struct {
	Staff
	Key     string
	Action  string
	Back    string
	Alias   string
	Reasons []Option
	Problem bool
}

// Quote is a message of a conversation that came along with a complaint.
type Quote struct {
	Line   bool // the counsellor said it
	Pieces []Piece
}
