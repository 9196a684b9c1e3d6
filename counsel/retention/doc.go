// Package retention says what expires when, and in which order it goes. It is
// pure: days go in, days come out, and the store does what they say.
//
// # Days
//
// A day is a number of days since 1970-01-01 in UTC. A note written on day D is
// kept for N days: it can be opened until the end of day D+N-1 and is gone when
// the purge of day D+N has run, soon after midnight. So it lives at most N
// times 24 hours. N is at most 90; an installation may set it lower.
//
// A note keeps the day on which it ends, as it was promised when it was
// written. Setting N lower makes older notes end earlier, setting it higher
// again does not let them live longer than was promised.
//
// # Order
//
// Shred keys go first, then rows, then what is left in SQLite's logs. Without
// its shred key a note opens for nobody, so a crash between two steps leaves
// bytes that say nothing, and the next purge finds the same rows and goes on.
// The other order could leave a key behind that no row names any more.
package retention
