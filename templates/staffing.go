package templates

// HeatCell is a half hour, or an hour, over four weeks. Class is how it looks:
// closed, few, or a step 1 to 4 of blue (kept up) or orange (a quarter or more
// were missed). Came, Missed and Shut are numbers as they are read; empty where
// there is nothing to say. Says is the same in a sentence.
type HeatCell struct{ Class, Came, Missed, Shut, Says string }

// HeatRow is a time of day, Monday to Sunday.
type HeatRow struct {
	Time  string
	Cells []HeatCell
}

// CoverCell is what is planned for a half hour, or an hour: so many people who
// take contacts. Empty where no shift runs. Open says that it is what the
// set-up asks. Says is the same in a sentence.
type CoverCell struct {
	People, Says string
	Open         bool
}

// CoverRow is a time of day, on the seven days from today on.
type CoverRow struct {
	Time  string
	Cells []CoverCell
}

// StaffingDay heads a column of the coming days.
type StaffingDay struct{ Short, Whole, Date string }

// AdviceCell is advice for a half hour. More says that it is above the least
// cover; Guess that the line was never open then.
type AdviceCell struct {
	People, Mean, Upper, Says string
	More, Guess               bool
}

// AdviceRow is a time of day, Monday to Sunday; a cell without People is closed.
type AdviceRow struct {
	Time  string
	Cells []AdviceCell
}

// TrialRow is one way to say beforehand what comes, and how far off it was.
// Name is the key after staffing.way.
type TrialRow struct {
	Name, ByDay, ByHalf string
	Best                bool
}

// StaffingForm is what was asked, as it was typed. Problem is the key after
// staffing.problem.
type StaffingForm struct {
	Day, From, To, People          string
	Minutes, Patience, Each, Least string
	Problem                        string
}

// Staffing is the page of who came and what that lets expect.
type Staffing struct {
	Staff
	Weeks, Needed int
	Enough        bool
	Period        string
	Days          []string // of the week, short, Monday first
	Whole         []string // the same in full
	Heat, Hours   []HeatRow
	Totals        []HeatCell // by day

	CoverHeads []StaffingDay // of the columns of Cover, from today on

	Cover, CoverHours []CoverRow // of the coming seven days; empty when nothing is planned
	CoverDays         string     // their first and last, in words
	Planned           bool       // the line has hours in its configuration
	Times             []Option   // that can be chosen
	Advice            []AdviceRow
	Tried             string // on what the ways were tried
	Trial             []TrialRow
	Verdict, Held     string
	Form              StaffingForm
	Outlook           []string // sentences; empty when nothing was asked
}

func heatClass(c HeatCell) string { return "heat " + c.Class }
