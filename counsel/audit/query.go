package audit

import "helpline"

// Query says which rows are looked for; the zero Query all of them, the newest
// first.
type Query struct {
	Person helpline.ID  // did it, or it was done to; the zero ID anybody
	Actor  *helpline.ID // did it; nil anybody
	Codes  []Code       // any of these; none is all
	Author helpline.ID  // wrote the note it was done to; the zero ID anybody
	From   int          // first day
	To     int          // day behind the last one; 0 is no end
	Below  int          // only rows with a number below this one; 0 is no limit
	Limit  int          // at most; 0 is MostRows
}

// MostRows is how many rows are given at once.
const MostRows = 5000
