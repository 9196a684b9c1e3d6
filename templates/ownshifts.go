package templates

// OwnPage is the frame of every page of a person's own shifts.
type OwnPage struct {
	Staff
	Only    bool   // on a device that sees nothing else
	Device  string // its name
	Left    string // how long the login still lasts, in words
	Done    string // key after shifts.done.; empty
	Undo    *Undo  // what takes back what was just done; nil
	Off     string // that the person does not work here at the moment, in words; empty: they do
	Problem string // what could not be done and what is so now, in words; empty
	Why     []Why  // the rules that stood in the way
}

// Undo is one button that takes something back.
type Undo struct{ Action, Name, Value, Text string }

// Why is one rule in words, and what would mend it.
type Why struct{ Says, Way string }

// OwnShift is one shift of a person's own, or one they could have.
type OwnShift struct {
	Href  string // of its page; empty where there is none
	Date  string // the day in words
	Soon  string // today, tomorrow; empty
	Clock string // from when to when
	What  string // of which rota, and as what
	Long  string // where clocks are set in it: how long it really takes
	State string // how it stands, in words; empty: as it should
}

// Shifts is the page on which everything about own shifts begins.
type Shifts struct {
	OwnPage
	Next    *OwnShift
	Check   CheckIn
	Later   []OwnShift
	Changes []string
	Through string // until when Changes go
	Asks    []Chance
	Hopes   []OwnShift
	Open    int // how many shifts could be had
}

// CheckIn is what the first page says of being there.
type CheckIn struct {
	State string // key after shifts.check.: early, now, there; empty: nothing to say
	Clock string // from when one can check in, or since when one is there
}

// Chance is a shift that somebody could have.
type Chance struct {
	Shift  OwnShift
	Whose  string // who gives it, by alias; empty: nobody works it yet
	For    *OwnShift
	Mine   bool   // asked of this person alone
	Action string // takes it
	No     string // says no; empty where there is nobody to say it to
	Why    []Why  // what keeps them from it; empty: they can take it
	Then   string // what happens when they take it, in words
	Ask    bool   // taking it is asking: a supervisor has the last word
}

// OpenShifts is what is free and on offer.
type OpenShifts struct {
	OwnPage
	Chances []Chance // that can be taken
	Blocked []Chance // that cannot
	Hopes   []OwnShift
}

// OnePlace is the page of one shift of a person's own.
type OnePlace struct {
	OwnPage
	Shift  OwnShift
	Begun  bool
	Action string // beginning of the addresses of its forms
	Seen   string // what the person has seen of it
	Swap   string // the swap that lives; empty: none
	Then   string // what happens when a colleague takes it
	People []Option
	Near   []Option // shifts of colleagues that lie nearest, each with a button of its own
	Others []Option // more of them
}

// Wishes are what somebody said of when they can work.
type Wishes struct {
	OwnPage
	Runs        []Named
	Options     []Option
	Days        []Choice
	First, Last string
	From, To    string
	Least, Most string // days that can be chosen
}

// Named is something that can be taken away again.
type Named struct{ Text, Key string }

// DaysOff are days on which somebody is not planned.
type DaysOff struct {
	OwnPage
	Leaves      []Named
	Form        string // names what is made, so that one form makes one
	First, Last string
	Least, Most string
	Meets       []OwnShift // own shifts in what was just entered
}

// Calendars are the secret addresses at which calendars read own shifts.
type Calendars struct {
	OwnPage
	Feeds   []Named
	Form    string
	Typed   string
	Link    string // shown once; empty
	For     string
	Squares Image
}

// ownHref is the address of one of the pages of own shifts.
func ownHref(at string) string {
	if at == "all" {
		return "/shifts"
	}
	return "/shifts/" + at
}
