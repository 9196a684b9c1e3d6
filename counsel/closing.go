package counsel

import (
	"errors"
	"log/slog"
	"time"

	"helpline"
)

// By is who asks for something that needs their own keys: the person and the
// token of their login, which opens the unlocked keyring. It cannot be printed.
type By struct {
	helpline.Actor
	Token string
}

// String hides the token.
func (By) String() string { return "[login]" }

// GoString hides the token.
func (By) GoString() string { return "[login]" }

// LogValue hides the token.
func (By) LogValue() slog.Value { return slog.StringValue("[login]") }

// Question is one line of the coded outcome. The words stand in the catalogue
// under note.q.KEY and note.c.KEY.CODE.
type Question struct {
	Key   string
	Many  bool     // several codes may be chosen
	Asked bool     // asked at every contact: shown as unanswered until it has a code
	Codes []string // letters, digits and hyphens
}

// Outcome is what was chosen: codes under the keys of questions. A question
// without an answer has no key. It stands inside the sealed note and nowhere
// else.
type Outcome map[string][]string

// Closing is what remains of a contact when it is closed.
type Closing struct {
	Contact  helpline.ID
	Revision int // of the note that was opened; 0 for a first note and for drafts
	Outcome  Outcome
	Text     string // at most MaxNote characters
}

// MaxNote is the length of a note in characters (code points).
const MaxNote = 2000

// NoteHead is what a list shows of a note: nothing that was written.
type NoteHead struct {
	ID       helpline.ID
	Contact  helpline.ID // zero in lists of notes: the link to the contact is sealed
	Alias    string      // of the author
	Mine     bool
	Week     string    // ISO week, such as 2026-W07
	Expires  time.Time // from then on nobody can open it
	Revision int
}

// Note is one that has been opened.
type Note struct {
	NoteHead
	Outcome Outcome
	Text    string
}

// ErrLocked stands inside an error (Forbidden) when the keyring must be
// unlocked first.
var ErrLocked = errors.New("the keyring is locked")

// Fault says which answer of a closing was not taken, and which code. It
// stands inside an error (Invalid). Question is "text" for the note's words.
type Fault struct{ Question, Code string }

func (f Fault) Error() string { return "the answer to " + f.Question + " is not right" }

// Stranger is somebody whose keys nobody has vouched for yet.
type Stranger struct {
	Person helpline.ID
	Name   string
	Alias  string
	Words  string // six, to be read aloud
}
