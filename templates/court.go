package templates

// Court is the page of what a court could ask of the line. Its words come
// whole from package promise, in the visitor's language.
type Court struct {
	Page
	Lang              string // of the words below
	Heading, Lead     string
	Have, Lack, Later string
	Who, Goes         string
	Kept              []Kept
	Never, Orders     []string
	Back, Promise     string // words and address of the link back
}

// Kept is one kind of thing that is stored.
type Kept struct{ ID, What, Who, Goes string }
