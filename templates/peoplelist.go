package templates

// PeopleList is the page on which many people are invited at once.
type PeopleList struct {
	Staff
	At      string // address of the page
	Text    string // what stands in the box
	Looked  bool
	Problem string      // key after people.list.problem.; empty
	Faults  []ListFault // while there is one, nobody can be invited
	More    int         // faults that are not written out
	Notes   []ListFault // what stops nothing
	People  []ListedPerson
	Example string
	Roles   []CodeWord
	Locales []CodeWord
	Doors   []CodeWord
}

// Wrong counts the faults.
func (p PeopleList) Wrong() int { return len(p.Faults) + p.More }

// ListFault is something of a list that is not right.
type ListFault struct {
	Line   int    // from 1; 0 for the whole list
	Column string // as the first line names it; empty for the whole line
	Text   string // of the line, shortened
	What   string // is wrong, and what to do
}

// ListedPerson is somebody who would be invited.
type ListedPerson struct {
	Line  int
	Name  string
	Alias string
	Roles string
	Takes string // languages and doors; empty for those who do not talk with visitors
	Chats int    // 0 for them
}

// CodeWord is a word as a list has it, and what it is called on the pages.
type CodeWord struct{ Code, What string }

// InvitedMany is the page with the sheets of those who have just been invited.
type InvitedMany struct {
	Staff
	Sheets []Sheet
	Hours  int
}
