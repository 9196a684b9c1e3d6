package templates

import "helpline/templates/i18n"

// NoteForm is the form of outcome and note. On the desk it stands in a template
// element and the script fills it; on a page of its own it is filled here.
type NoteForm struct {
	Words     i18n.Words
	Questions []NoteQuestion
	Text      string
	Max       int    // characters
	Person    string // whose page this is
	Revision  string
	Action    string // where the form goes; empty on the desk
	Thread    string // behind a return code, to which the note belongs; often empty
	Draft     bool   // half written: the script goes on sealing it while it is typed
	Problem   string // key after note.problem.; empty
}

// NoteQuestion is one line of the outcome.
type NoteQuestion struct {
	Key     string
	Name    string
	Many    bool
	Asked   bool // said aloud until it has an answer
	Choices []NoteChoice
}

// NoteChoice is one code of a question.
type NoteChoice struct {
	Value   string
	Label   string
	Key     string // chooses it while the question is open
	Checked bool
}

// NoteRow is a note in a list.
type NoteRow struct {
	Href    string
	Alias   string // of the author
	Mine    bool
	Week    string
	Left    string // until nobody can open it any more
	Days    int    // whole days of that
	Revised bool
	Held    bool     // kept beyond its time by two supervisors
	Told    []string // who else opened it, one sentence each
}

// Notes is the list of what a person may open.
type Notes struct {
	Staff
	Notes      []NoteRow
	Unfinished []string // addresses
	Days       int      // a note is kept
}

// Answer is a question of a note that is being read.
type Answer struct {
	Question string
	Answers  []string
	Missing  bool // should have been asked
}

// OpenedNote is one note, opened.
type OpenedNote struct {
	Staff
	Row     NoteRow
	Answers []Answer
	Text    string
	Revise  string // address; empty for everybody but the author
	Hold    string // address that asks to keep it longer; empty for who cannot
	Reasons []Choice
}

// Write is a page on which a note is written outside the desk.
type Write struct {
	Staff
	Form   NoteForm
	Title  string
	Back   string
	Script []Word
}

// Unlock asks for the passphrase before something sealed is opened.
type Unlock struct {
	Staff
	Back    string
	Carries bool // a form is carried along, in Carried
	Carried []Field
	Problem string // key after unlock.problem.; empty
}

// Spoken is a page with six words to be said over a telephone.
type Spoken struct {
	Staff
	Name    string // of the other person
	Six     string
	Action  string
	Problem string // key after words.problem.; empty
}
