package templates

import (
	"cmp"
	"slices"

	"helpline/static"
	"helpline/templates/i18n"
)

// Bare is the page of waiting and talking for who has no scripts: what changes
// and what is written stand in two frames, so that neither disturbs the other.
type Bare struct {
	Page
	Above string // address of the frame that changes
	Below string // address of the frame with the box
	Hand  string // the same without frames, loaded again by hand
	Wrong string // where somebody writes that something was not right; empty: nowhere
	Lines []HelpLine

	Limits Limits // of confidentiality
	Known  bool   // a code from an earlier time can be given
}

// Leaf is what stands in the frame that changes, or on the page without frames.
type Leaf struct {
	Shell
	State   string // waiting, offered, ready, talking, continue, taken, closed, alone, over, busy
	Refresh string // of the browser itself: seconds and address; empty: none
	Stream  string // address of the conversation that grows
	Action  string // where its buttons post to
	Secret  string // of the page; posted, where it does not stand in the address
	Whole   string // address of the whole page
	Home    string
	Name    string // of the counsellor
	Broken  bool   // the line was interrupted since this visitor came
	Place   string
	Range   string
	Left    string // for the ready question, in words
	Openers []string
	Beside  Beside // of the wait
	Rows    []Row
	Fewer   bool     // the oldest words are not here
	Now     []string // what is the matter with the line
	End     *Ending
	Known   *Known // what came of a code from an earlier time
	Inside  bool   // it stands in a form already: its buttons have none of their own
}

// Known is what came of a code that was typed. The code is not in it.
type Known struct {
	Told string
	Card string // in words; empty where there is none to show
}

// Row is one thing of a conversation.
type Row struct {
	Note  string // of the line, or of the page; the others are empty then
	Mine  bool
	Who   string
	Text  string
	State string // held, delivered, lost, unknown; of an own message
	Steps []string
	Card  *Slip
	Keep  *Keep
	Later bool // words of before, which came only now
	Grows bool // in a stream: that it has arrived is shown by a mark that comes after it
}

// Keep is a card for the next time. Ask puts the question; Code is shown until it
// is noted.
type Keep struct {
	Heading, Words string

	Action, Secret, At string // of the forms
	Ask                bool
	Yes                string
	Code               string
	Note               bool   // that it was written down can be said
	Told               string // what has come of it
	Inside             bool   // as in Leaf; its buttons name the card themselves
}

// Slip is a place to go for help.
type Slip struct {
	Name, Of string
	Facts    []Fact
	Unknown  string // a sentence on what we do not know
	Ways     []Way
	Standing string // how far it can be relied on
	Old      bool
}

// Fact is one thing to know about a place.
type Fact struct {
	Label string
	Text  []string
}

// Way is how a place is reached. Link is empty where there is nothing to open.
type Way struct {
	Label, Link string
	Web         bool // leads to another site
}

// Ending is what stands there after the end.
type Ending struct {
	Heading, Text string
	Step          bool // ask for one small step
	Along         []Row
	Kept          bool // the words still stand above
	Lines         []HelpLine
	Action, Door  string // start again
	Matter        string
	Home          string
	Beside        Beside
	Wrong         string // as in Bare
	Words         i18n.Words
}

// Box is the form that is written in.
type Box struct {
	Shell
	Action string
	Secret string // as in Leaf
	ID     string
	After  string // place of the newest words when this was made
	Got    string // place of the newest words the page shows, where the form confirms them
	Text   string // words that were not sent
	Why    string // they were not
	Sent   bool
	Early  bool   // nobody is there yet
	Over   bool   // the conversation has ended: nothing is sent any more
	Beside Beside // leaving what stands in the box as a message
	Focus  bool
}

// HandPage is both on one page, for browsers that show no frames.
type HandPage struct {
	Page
	Leaf Leaf
	Box  Box
	End  string // where ending posts to
	Flow string // the page with frames

	Limits Limits // as in Bare
	Known  bool
	Lines  []HelpLine
}

// target is the frame that a form of the conversation changes: the whole frame
// above, and not only the stream within it. A page without frames has none.
func target(secret string) string {
	if secret == "" {
		return "words"
	}
	return ""
}

func or(s, other string) string { return cmp.Or(s, other) }

func stylesheet(name string) string { return static.Path(name) }

func leaves(ways []Way) bool { return slices.ContainsFunc(ways, func(w Way) bool { return w.Web }) }
