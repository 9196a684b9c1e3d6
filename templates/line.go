package templates

// Line is what a page says of the line when nobody new can start a chat, or
// when messages go first: what is the matter, and every next step there is.
type Line struct {
	State   string // closed, nobody, tongue, last, late, paused, byhand, full, first
	Heading string
	Text    string // often empty
	When    *Moment
	Write   string // address where a message is left; empty on a line without an inbox
	Retry   string // door that was chosen: "try again" posts it
	Action  string // where to
	Promise string // address of the promise, to read meanwhile; often empty
}

// Moment is a sentence with a time in it. The clock is that of the line; a
// page with scripts shows that of the visitor's device where the two differ.
type Moment struct {
	Before, At, After string
	ISO               string // the same instant, for machines
	Zone              string // sentence on whose clock it is
	Yours             string // the same, once it is the visitor's own
}

// Beside stands beside the wait and after its end: until when the line is
// there, and how to leave a message instead.
type Beside struct {
	Until *Moment // nil where no end is known
	Next  *Moment // next opening; nil where none is known
	Write string  // address where a message is left; empty on a line without an inbox
	Door  string
	Told  string // what is the matter with the line; empty: nothing
	Slow  bool   // the wait is known to be long; a page with scripts finds out by itself
	Words string // typed and not sent, where the server has them: without scripts
}
