package templates

// RotaFrame is what every page of the rota has.
type RotaFrame struct {
	Staff
	May     bool     // the person plans, and does not only look
	Tabs    []Choice // pages of the rota: Value is the address, Label the name, Checked the one that is open
	Done    string   // what has just been done, in words; empty
	Problem string   // what was not done and why, in words; empty
	Undo    string   // what the last thing was that can be taken back; empty: nothing
	Back    string   // where an undo leads back to
}

// RotaName is somebody on a shift, or a shift of somebody, in a cell.
type RotaName struct {
	ID     string // of the assignment
	Name   string
	Tag    string // role, or hours; often empty
	Href   string // of the shift, where the name is that of one
	Pinned bool
	Open   bool // a place nobody works yet
}

// RotaCell is a shift of a day, or a day of a person. Class is full, thin,
// short, empty, over, off, works, away or none; Mark says the same as a sign.
type RotaCell struct {
	ID     string // of the shift, or the day of a person; empty: there is nothing
	Href   string
	Class  string
	Mark   string
	Count  string   // 3/4
	Says   []string // "no French", "leader ok"
	Names  []RotaName
	Label  string // which shift, for those who hear it
	Closed bool
}

// RotaRow is a shift, or a person, over seven days.
type RotaRow struct {
	Head, Sub string
	Href      string // page of the person's terms; often empty
	Cells     []RotaCell
}

// Any says whether there is anything to read of a day of a person.
func (c *RotaCell) Any() bool { return len(c.Names)+len(c.Says) > 0 }

// Any says whether the row has anything to read on any day.
func (r *RotaRow) Any() bool {
	for i := range r.Cells {
		if r.Cells[i].Any() {
			return true
		}
	}
	return false
}

// RotaGrid is one week.
type RotaGrid struct {
	Caption string
	Corner  string // what the rows are
	By      string // shift or person
	Days    []RotaDay
	Rows    []RotaRow
}

// On says whether any shift is on a day, from 0.
func (g RotaGrid) On(day int) bool {
	for i := range g.Rows {
		if g.Rows[i].Cells[day].ID != "" {
			return true
		}
	}
	return false
}

// RotaDay heads a column.
type RotaDay struct {
	Short, Date string
	Note        string // such as closed, or that clocks are set; often empty
	Today       bool
}

// RotaBreach is one rule that is not kept, in words.
type RotaBreach struct {
	Key   string // for the form that accepts it; empty: it cannot be accepted
	Text  string
	Way   string
	Taken string // who accepted it and why; empty
}

// RotaKind is a rule of which several breaches can be accepted at once.
type RotaKind struct{ Rule, Says string }

// RotaMeans is what a rule means, in words. Rule names it for scripts.
type RotaMeans struct{ Rule, Text string }

// RotaPanel says what the rules say of a plan.
type RotaPanel struct {
	Summary   string // one sentence
	Hard      []RotaBreach
	Advisory  []RotaBreach
	Notes     []RotaBreach
	More      string     // how many are not shown here, in words; empty: none
	Kinds     []RotaKind // advisory ones of one rule, to be accepted together
	HardN     int
	AdvisoryN int
	NotesN    int
	Gaps      string
	Advice    string      // of which law, and that it is no legal advice
	Means     []RotaMeans // what the rules that are not kept mean, each once
	Reasons   []Choice
	Plan      string // address of the page with all of them
	Version   string
	Accepting bool
}

// RotaWeek is the page of a week.
type RotaWeek struct {
	RotaFrame
	None     bool     // there is no rota yet
	Rotas    []Choice // to choose from; Value is the address
	Versions []Choice
	Views    []Choice
	State    string // draft or published, in words
	Period   string
	Week     string // "30 Nov to 6 Dec 2026"
	Earlier  string // addresses
	Later    string
	Now      string
	Grid     RotaGrid
	Panel    RotaPanel
	Score    []RotaPart
	Points   string
	Version  string // identifier of the draft; empty: what is published
	Draft    bool
	Empty    bool     // nothing is planned in this week
	Calls    []string // who is on call in this week, and when
	Asked    int      // swaps that wait for a supervisor
	Left     []Choice // places of people who were removed: Label says which, Value is the address of the shift
	Source   string
	Script   []Word
	Print    string // what stands on paper only: of which rota it is, and of when
	Here     string // address of this page, for what comes back to it
}

// RotaPart is one line of a score.
type RotaPart struct {
	Name   string
	Amount string
	Points string
}

// RotaMonth is the page of a month.
type RotaMonth struct {
	RotaFrame
	Rotas   []Choice
	Month   string
	Earlier string
	Later   string
	Days    []string
	Weeks   []RotaRow
	Print   string // as of a week
}

// RotaMarks are the signs beside the colours of cells.
var RotaMarks = map[string]string{"full": "●", "thin": "◐", "short": "◔", "empty": "○", "over": "◉", "off": "✕", "away": "—"}

// undoes is what stands behind the word of the button that takes something back.
func undoes(what string) string {
	if what == "" {
		return ""
	}
	return ": " + what
}
