package rota

// Book is everything that is needed to judge one version: its own shifts and,
// for rest and overlap, those of other rotas and of the weeks around it. What
// belongs to another version than Version is background: it counts, and a
// breach among background alone is not reported. Background is published. While
// Version is a draft, the background of its own rota and days is what it
// replaces: on duty until the draft is published, and no burden beside it.
type Book struct {
	Site         Site
	Version      Version
	Rotas        []Rota
	Templates    []Template
	Closures     []Closure
	Requirements []Requirement
	Shifts       []Shift
	Assignments  []Assignment
	People       []Person
	Terms        []Terms
	Skills       []Skill
	Availability []Availability
	Leaves       []Leave
	OnCalls      []OnCall
	Swaps        []Swap
	Acceptances  []Acceptance

	Edition uint64 // the same for books made of the same rows on one day; 0: made by hand
}

// Duty is an assignment beside its shift, which is only read.
type Duty struct {
	Assignment Assignment
	Shift      *Shift
}

// works says whether the duty takes its person's time.
func (d Duty) works() bool {
	return d.Assignment.State.Stands() && !d.Assignment.Minds && !d.Shift.Cancelled
}
