package audit

import "fmt"

// What says what is wrong with a log.
type What string

// The faults.
const (
	Deleted   What = "deleted"   // entries are missing
	KeyGone   What = "keygone"   // entries are missing, and the one that names the next key is among them
	Edited    What = "edited"    // the entry is not the one that was signed
	Inserted  What = "inserted"  // the entry was put in between
	Reordered What = "reordered" // the entry stands in another's place
	WrongKey  What = "wrongkey"  // signed, but not by the key of that time
	Forked    What = "forked"    // signed by the right key, but behind another entry than the one there is
	Anew      What = "anew"      // a new log begins here, with a key that nobody named
	Truncated What = "truncated" // entries that a checkpoint or the key file names are missing at the end
	Rewritten What = "rewritten" // another entry stands where a checkpoint names one: this one or an earlier one was replaced
	Backward  What = "backward"  // the day goes back and no entry says that the clock was set
	BadForm   What = "badform"   // signed, but not readable
	BadCut    What = "badcut"    // older entries are gone, and the entry that says so does not fit
)

// Fault is the first thing that is wrong with a log.
type Fault struct {
	Number int // the first that is wrong
	To     int // the last that is missing or does not belong; Number where only one is meant
	What   What
}

// String says it in a sentence.
func (f Fault) String() string {
	which := fmt.Sprintf("entry %d", f.Number)
	if f.To > f.Number {
		which = fmt.Sprintf("entries %d to %d", f.Number, f.To)
	}
	switch f.What {
	case Deleted:
		return which + ": deleted"
	case KeyGone:
		return which + ": deleted, and with it the entry that names the next key of the log"
	case Edited:
		return which + ": edited after it was signed"
	case Inserted:
		return which + ": inserted; the log's key has not signed it"
	case Reordered:
		return which + ": reordered; an entry that stands further on belongs here"
	case WrongKey:
		return which + ": signed by a key that was not the log's at that time"
	case Forked:
		return which + ": signed by the log's key, but it follows another entry than the one that stands before it"
	case Anew:
		return which + ": the log was begun anew here, with a key that you have not named"
	case Truncated:
		return which + ": cut off at the end; a checkpoint or the key file knows of more"
	case Rewritten:
		return which + ": another one than the checkpoint names; this entry or an earlier one was replaced by somebody who had the keys"
	case Backward:
		return which + ": the day goes back, and no entry says that the clock was set"
	case BadForm:
		return which + ": signed, but it cannot be read"
	}
	return which + ": older entries are gone, and the entry that says so does not fit"
}

// Faults lists what can be wrong.
func Faults() []What {
	return []What{Deleted, KeyGone, Edited, Inserted, Reordered, WrongKey, Forked, Anew, Truncated, Rewritten, Backward, BadForm, BadCut}
}
