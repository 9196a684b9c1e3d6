package rota

// Profile is a set of rules about working time, as data. It is not legal
// advice: it says what was read where and on which day, and what was not.
type Profile struct {
	ID        string   // eu-2003-88, nl-atw, be, volunteer-default
	For       string   // employee, volunteer
	Rules     []Rule   // those that somebody's hours are held against
	Unchecked []string // matters of this law nobody has read yet: they are not held against anything
}

// Rule is one rule of a profile and where it was read. Which numbers count
// depends on Rule; those that do not are 0.
type Rule struct {
	Rule    RuleID
	Level   Level
	Source  string // name of the text
	Article string
	Checked Date // when somebody last held it against the text; the zero Date: nobody has

	Rest    int // minutes of rest that are asked
	Per     int // in so many minutes; or weeks, of an average
	Part    int // minutes: a shorter rest counts for nothing
	Over    int // minutes: longer than that, the rule begins to count
	Most    int // minutes, or times
	From    int // minutes after midnight, of a night
	To      int // and its end
	Instead []Rule
}
