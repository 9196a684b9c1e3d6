package ticket

import (
	"time"

	"helpline"
)

// Life is how long a ticket lasts after the last sign of life of its page.
const Life = 15 * time.Minute

// Ticket lets a visitor resume: it gives the place, never the words. It stands
// in the visitor's cookie, sealed under the day's ticket key.
type Ticket struct {
	Contact  helpline.ID
	Audience helpline.Audience
	Matter   helpline.Matter // only of helpline.Young, and often empty
	Locale   helpline.Locale
	Version  uint16 // of the promise that was read
	Boot     int64  // place in the order of arrival: boot, then number
	Number   int64
	Stage    Stage // as the server last saw it
	Misses   uint8 // ready questions without an answer
	// Tab is the hash of the secret of the page that may see earlier words;
	// zero while no page has shown one. From is where that page's words begin.
	Tab     [16]byte
	From    int64
	Shared  bool      // the counsellor has let this page see what is below From, too
	Expires time.Time // to the second
}

// Stage is how far the contact was when the ticket was sealed.
type Stage uint8

// The stages a ticket can name.
const (
	Waiting Stage = iota + 1
	Talking
)
