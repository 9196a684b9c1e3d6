package retention

// How long an inbox keeps, in days. No setting makes it longer.
const (
	LetterDays     = 30  // letters, after the last answer
	UnansweredDays = 90  // letters nobody has answered
	CodeDays       = 365 // a card and its code, after the last use
)

// LettersEnd is the day on which the letters of a thread go that was written to
// on a day: by the line when answered, else by the visitor.
func LettersEnd(day int, answered bool) int {
	if answered {
		return day + LetterDays
	}
	return day + UnansweredDays
}

// CodeEnds is the day on which a code that was used last on a day opens nothing
// any more.
func CodeEnds(used int) int { return used + CodeDays }
