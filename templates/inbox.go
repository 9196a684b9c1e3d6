package templates

// NewLetter is the form of a message that is answered behind a return code.
type NewLetter struct {
	Page
	Action    string
	Form      string // its number: the same form is taken once
	Doors     []Door
	Door      string // that was chosen; empty: to be chosen
	Text      string // as it was typed, without anything like a code
	Urgent    bool
	Problem   string // key of what is wrong, under write.problem.; empty: nothing
	When      string // whether anybody reads now, and when; one or two sentences
	Answer    string // within how many days the line answers
	Sentences []Sentence
	Version   string
	Back      string // where a code is given
	Most      int    // characters
	Begun     bool   // the words came from the page where somebody waited
}

// ReturnCode shows a return code, once.
type ReturnCode struct {
	Page
	Action string
	Groups []string
	Whole  string
	When   string // by when the line answers
	Days   string // how long code and letters are kept
	Error  bool   // it was not ticked
}

// Enter is the form that asks for a code.
type Enter struct {
	Page
	Action  string
	Problem string // a sentence; empty: nothing
	Again   string // why it is asked for once more; empty: it is not
	Write   string // where a message is written
}

// Letters is a thread that is open, with what can be done in it.
type Letters struct {
	Page
	Mark    string // of this page: the forms carry it
	Done    string // what has just been done; empty: nothing
	Card    string
	News    []LetterLine // answers that are new
	Earlier []LetterLine // everything else, in order
	When    string       // by when the line answers; or that nothing is waited for
	Keeps   string       // until when letters are kept
	Code    string       // until when card and code are kept
	Add     LetterForm
	Erase   string // where erasing posts to
	Sure    bool   // erasing was asked for without the tick
}

// LetterLine is one letter.
type LetterLine struct {
	Ours  bool
	Day   string
	Parts []LetterPart
}

// LetterPart is a piece of one: words, or a card of a service, or steps.
type LetterPart struct {
	Heading string
	Text    string
	Items   []string
}

// LetterForm is where one more letter is written.
type LetterForm struct {
	Action  string
	Form    string
	Text    string
	Urgent  bool
	Problem string
	Most    int
}

// Erased says that everything behind a code is gone.
type Erased struct {
	Page
	Kept string // what stays, and why; empty: nothing
}

// Sent says that a message has arrived and its code was written down.
type Sent struct {
	Page
	When string
	Back string
}
