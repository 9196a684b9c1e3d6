package templates

// Start is the list of what is still to do before a line opens.
type Start struct {
	Staff
	Points  []Point
	Left    int    // points to do
	May     bool   // may give a word on a text
	Problem string // key after start.problem.; empty
}

// Point is one thing of the list.
type Point struct {
	ID         string // key after start.point.
	State      string // done, look, todo
	Has, Wants int
	Details    []string // in English
	Href       string
	Digest     string // of a text that somebody must find right; empty: the program sees it
	By, On     string // who gave the word, on which day
	Readings   []Reading
}

// Reading is a text as visitors read it.
type Reading struct {
	Lang, Title string
	Texts       []string
	Href        string
}
