package templates

// Unlet gives the words of a form back that was not let in.
type Unlet struct {
	Page
	Heading, Why string
	Action       string  // of the form that was sent
	Hidden       []Datum // its other fields, by their names
	Text         string
	Frame        bool // it stands in a frame of a page
}

func unletRows(a Unlet) string {
	if a.Frame {
		return "3"
	}
	return "8"
}
