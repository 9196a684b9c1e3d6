package helpline

import (
	"errors"
	"log/slog"
)

// ThreadKind says what a thread is for.
type ThreadKind string

// The kinds. Letters are read by counsellors; what went wrong by the
// safeguarding group; a card has no letters until its owner writes one.
const (
	LetterThread ThreadKind = "letter"
	WrongThread  ThreadKind = "wrong"
	CardThread   ThreadKind = "card"
)

// ParseThreadKind accepts only the three kinds.
func ParseThreadKind(s string) (ThreadKind, error) {
	switch k := ThreadKind(s); k {
	case LetterThread, WrongThread, CardThread:
		return k, nil
	}
	return "", Errorf(Invalid, "thread: not one of letter, wrong, card")
}

// MaxCard is how many characters a continuity card may have.
const MaxCard = 600

const hiddenThread = "[sealed]"

// ReturnCode is what a visitor comes back with, as it is shown. It is shown
// once, stored nowhere and cannot be printed by accident.
type ReturnCode struct{ text string }

// NewReturnCode keeps the text of a code.
func NewReturnCode(text string) ReturnCode { return ReturnCode{text} }

// Reveal gives the groups of the code, divided by hyphens.
func (c ReturnCode) Reveal() string { return c.text }

// String hides the code.
func (ReturnCode) String() string { return hiddenThread }

// GoString hides the code.
func (ReturnCode) GoString() string { return hiddenThread }

// LogValue hides the code.
func (ReturnCode) LogValue() slog.Value { return slog.StringValue(hiddenThread) }

// MarshalText hides the code from encoders.
func (ReturnCode) MarshalText() ([]byte, error) { return []byte(hiddenThread), nil }

// ThreadKey is what a return code becomes: it finds and opens one thread.
// It lives in memory only and cannot be printed.
type ThreadKey [32]byte

// String hides the key.
func (ThreadKey) String() string { return hiddenThread }

// GoString hides the key.
func (ThreadKey) GoString() string { return hiddenThread }

// LogValue hides the key.
func (ThreadKey) LogValue() slog.Value { return slog.StringValue(hiddenThread) }

// MarshalText hides the key from encoders.
func (ThreadKey) MarshalText() ([]byte, error) { return []byte(hiddenThread), nil }

// Slip says what is wrong with a code that was typed. It is for the person who
// typed it: it names a place, never what stands there.
type Slip struct {
	At   int    // the group, from 1; 0 when it cannot be said
	Want int    // how many groups there should be, when their number is wrong; else 0
	What string // number, unknown or check
}

func (s Slip) Error() string { return "typed from paper: " + s.What }

// Left is what a visitor leaves: a letter, a complaint, or a card that was
// agreed in a conversation. It cannot be printed.
type Left struct {
	Form     ID         // of the form; the same form is taken once
	Kind     ThreadKind // read when a thread is begun
	Locale   Locale
	Audience Audience
	Urgent   bool      // somebody may be hurt soon
	Body     string    // as in a conversation: {"text":"..."}; empty only for a card
	Card     string    // at most MaxCard characters; takes the place of an earlier one
	About    []ID      // who is never shown it
	Perhaps  []ID      // who could be meant in doubt: not shown it either, unless that leaves nobody
	Behind   ThreadKey // of a complaint: the thread that is open where it is written; whoever answered there is never shown it
	Doubt    bool      // nobody can tell to which conversation it belongs
	Version  int       // of the promise that was read
}

// String hides what was left.
func (Left) String() string { return hiddenThread }

// GoString hides what was left.
func (Left) GoString() string { return hiddenThread }

// LogValue hides what was left.
func (Left) LogValue() slog.Value { return slog.StringValue(hiddenThread) }

// Letter is one message of a thread, opened. It cannot be printed.
type Letter struct {
	ID       ID
	FromLine bool   // an answer
	Day      int    // since 1970-01-01, in UTC
	New      bool   // an answer its reader has not seen before
	Body     string // as in a conversation: {"text":"..."}, {"card":{...}} or {"steps":[...]}
}

// String hides the words.
func (Letter) String() string { return hiddenThread }

// GoString hides the words.
func (Letter) GoString() string { return hiddenThread }

// LogValue hides the words.
func (Letter) LogValue() slog.Value { return slog.StringValue(hiddenThread) }

// Thread is a thread that was opened. Days count from 1970-01-01, in UTC; 0 is
// none. It cannot be printed.
type Thread struct {
	ID       ID
	Kind     ThreadKind
	Locale   Locale
	Audience Audience
	Urgent   bool
	Letters  []Letter // in order
	Card     string   // opened for whoever has the code, for nobody else
	Waiting  bool     // the newest letter is the visitor's
	Due      int      // day by which the line answers, while Waiting
	Ends     int      // day on which the letters go
	CodeEnds int      // day on which card and code go when they are not used before
}

// String hides the words.
func (Thread) String() string { return hiddenThread }

// GoString hides the words.
func (Thread) GoString() string { return hiddenThread }

// LogValue hides the words.
func (Thread) LogValue() slog.Value { return slog.StringValue(hiddenThread) }

// ErrCode: what was written is a return code. It is refused, because whoever
// reads it could come back in its owner's place.
var ErrCode = errors.New("the words hold a return code")

// ErrUnsure: whether the keys that words would be sealed to are the line's own
// cannot be told before somebody of the staff has logged in.
var ErrUnsure = errors.New("nobody has vouched for the keys yet")

// ErrNobody: nobody has been named who could read it, and waiting changes nothing.
var ErrNobody = errors.New("nobody could read it")

// ErrFull: so many wait to be read that no more are taken. A minute changes
// nothing: only reading does.
var ErrFull = errors.New("too many wait for an answer")
