// Package store keeps what must last in a folder of files: a SQLite database
// for the line, one for staff logins, and the keys of this host.
//
//	helpline.db   boot number, standings, counters, staff, directory, sealed notes
//	logins.db     staff logins; in no backup
//	keys/         installation key and the keys of today and yesterday; in no backup
//	keys/shred.db one key for each note; in no ordinary backup
//	lock          held by the program that runs the line
//
// # What stands on the disk
//
// Nothing a visitor wrote, no address and no time finer than a day. A standing
// says who holds a contact; it goes with the ticket key that could still open
// the contact's ticket. Counters are raised for the weekday. Half hours come
// here a week at a time, with lots drawn over every number. Tables of contacts have no row
// numbers, because those would tell the order in which people came.
//
// A note comes here sealed, with its grants, and is saved in one transaction
// with the counters of its codes and the mark on its contact. It opens only
// with a key of keys/shred.db, which is made ahead and forgotten when the note
// expires. Which note belongs to which contact is written nowhere.
//
// # What an answer means
//
// A method that changes something returns nil only after the change has been
// synced to the disk. A change that has begun is not torn by a context that
// ends: it is finished and answered. Errors are helpline errors whose text says
// what to do next and never holds what stood in a row; the driver's own errors
// do not leave the package.
//
// # How it is written
//
// Each database has one connection that writes, so writers queue in the program
// and never fail on each other, and a few that read. All pragmas stand in the
// name of the database, so that every connection has them.
package store
