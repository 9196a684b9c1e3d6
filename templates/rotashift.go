package templates

// RotaPlace is one place of a shift and whose it is.
type RotaPlace struct {
	ID      string
	Person  string
	Name    string
	Role    string
	Says    string // offered, did not come, answers for it; often empty
	Pinned  bool
	Open    bool // nobody works it yet
	Offered bool
	State   string   // of the assignment
	Words   []string // what can be said of somebody after the shift: came, no-show, unsure
}

// RotaCandidate is somebody who could take a shift, or could not, and why.
type RotaCandidate struct {
	Person string
	Name   string
	Says   string
	Left   string // hours that are left of what was agreed
}

// RotaGap is something a shift lacks, and what keeps people from it.
type RotaGap struct {
	What string
	Free string // who could be asked; empty: nobody
	Why  []string
}

// RotaShift is the page of one shift.
type RotaShift struct {
	RotaFrame
	ID        string
	Version   string // of a draft
	Action    string // where its forms go
	Step      string // where the steps with a published shift go
	Week      string // back to the grid
	Name      string
	When      string
	Note      string
	Cell      RotaCell
	Draft     bool
	Live      bool // published, and not over: steps can be taken
	Cancelled bool
	On        []RotaPlace
	Open      []Choice // places that can be given to somebody: Value is the assignment
	Role      string
	RoleName  string
	Roles     []Choice // Value is the address
	Could     []RotaCandidate
	Cannot    []RotaCandidate
	Gaps      []RotaGap
	Move      RotaMove
	Change    string // addresses of the forms of a draft's shift: times, cover, and what drops it
	Cover     string
	Drop      string
	Over      bool   // published, and over: whoever plans says who came
	Month     string // of the shift, 2026-11
}

// RotaMove is the form of other times.
type RotaMove struct{ Date, From, To string }

// RotaSwap is a wish to change who works.
type RotaSwap struct {
	ID      string
	Text    string
	When    string
	Href    string
	Claimed bool
	Said    []string // rules that would be broken
}

// RotaSwaps is the page of swaps that wait for a supervisor.
type RotaSwaps struct {
	RotaFrame
	Wait []RotaSwap
	Open []RotaSwap // on offer, and nobody has claimed them
	Mine []Choice   // shifts with a place the reader answers for; checked: people are asked
}

// RotaDraft is the page that makes a draft. Fault is what was wrong, in words.
type RotaDraft struct {
	RotaFrame
	Rota, First, Last, CopyFrom string // as typed
	Rotas                       []Choice
	Copies                      []Choice
	Drafts                      []Link
	Empty                       []Link // rotas without shifts: their pages
	Fault                       string
}

// RotaChange is what a draft changes of one shift. Kind is new, gone, moved or
// people.
type RotaChange struct {
	When, Was, Kind string
	New, Gone       []string
}

// RotaPlan is the page before publishing.
type RotaPlan struct {
	RotaFrame
	Rota, Period, State string
	Draft               bool
	Action, Week        string
	Panel               RotaPanel
	Blocked             int // breaches that keep it from being published
	Open                int // places that nobody has
	Shifts              int
	Affected            []string
	Changes             []RotaChange
	Saw                 string // stands for all of these: what is published is what was read
}
