package templates

// KeptClass is a line of what is kept for how long. Code is the key after
// retention.class. in the catalogues.
type KeptClass struct {
	Code, Goes    string
	Rows, Overdue int
	Counted       bool
}

// Chore is something that must be done again and again, and when it last was.
// Name is the key after retention.chore.
type Chore struct {
	Name, When string
	Late       bool
}

// Retention is the page of what is kept.
type Retention struct {
	Staff
	Classes []KeptClass
	Chores  []Chore
}
