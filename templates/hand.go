package templates

// LineNow is the part of the board on the line itself: how it is to visitors,
// and what a shift leader can change of it.
type LineNow struct {
	State   string // open, or why not: a helpline.Shut
	Until   string // a time; empty: not known
	Next    string // while not open
	First   bool   // messages go first
	Said    []Said // what is said by hand
	May     bool   // this person may change it
	Problem bool   // what was sent could not be taken
	Words   []Option
	Reasons []Option
	Hours   []Option
}

// Said is one thing that is said by hand, and may be taken back.
type Said struct{ Word, Text string }
