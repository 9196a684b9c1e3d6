package retention

import "time"

// MostNoteDays is the longest that a note can be kept.
const MostNoteDays = 90

// Step is one step of a purge.
type Step string

// The steps.
const (
	ShredKeys Step = "shred keys" // forget the keys of what has expired
	Rows      Step = "rows"       // delete the rows
	Logs      Step = "logs"       // empty SQLite's own logs into the overwritten files
)

// Order lists the steps of a purge in the order in which they are safe.
func Order() []Step { return []Step{ShredKeys, Rows, Logs} }

// Day is the number of the day of an instant, in UTC.
func Day(t time.Time) int {
	seconds := t.Unix()
	day := seconds / 86400
	if seconds%86400 < 0 {
		day--
	}
	return int(day)
}

// Midnight is the instant at which a day begins.
func Midnight(day int) time.Time { return time.Unix(int64(day)*86400, 0).UTC() }

// Rules are what an installation has set. The zero Rules keep notes for the
// longest time there is.
type Rules struct {
	NoteDays int // 1 to MostNoteDays; anything else is MostNoteDays
}

// Days is how long a note is kept, in days.
func (r Rules) Days() int {
	if r.NoteDays < 1 || r.NoteDays > MostNoteDays {
		return MostNoteDays
	}
	return r.NoteDays
}

// NoteEnds is the day on which a note written on a day ends.
func (r Rules) NoteEnds(written int) int { return written + r.Days() }

// Ends is the day on which a note really ends: promised is what its row says,
// and counts only where it is earlier.
func (r Rules) Ends(written, promised int) int { return min(promised, r.NoteEnds(written)) }

// Expired says whether a note can no longer be opened.
func (r Rules) Expired(written, promised int, now time.Time) bool {
	return Day(now) >= r.Ends(written, promised)
}

// Chore is something that must be done again and again.
type Chore string

// The chores.
const (
	Purging    Chore = "purge"   // what has expired goes
	Rebuilding Chore = "rebuild" // every page of the files is written anew
	BackingUp  Chore = "backup"  // a copy is made
	Rehearsing Chore = "verify"  // a copy is opened, as a restore would
	Restoring  Chore = "restore" // a copy took the place of the files
)

// CopyDays is how long a safety copy is kept at most, of either kind.
const CopyDays = 14

// SpentDays is how long a used invitation is remembered: longer than any
// safety copy lives that could bring it back.
const SpentDays = 2*CopyDays + 2
