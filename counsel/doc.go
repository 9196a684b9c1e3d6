// Package counsel is the work on a contact, from accept to close, and the
// rules around it: when the line is open (duty.go), who may do what
// (policy.go), how logins and passphrases reach counsel/vault and the store
// (login.go, stretch.go), and what remains of a contact.
//
// # What remains
//
// A Closing is a coded Outcome (outcome.go, outcome.json: the questions are
// data) and at most 2,000 characters. Notes.Save seals both to the author and
// the supervisors, under a shred key, and raises the counters of the codes, in
// one transaction of the store (note.go). Until then Notes.Draft keeps what was
// written so far, sealed to its author alone (draft.go). A note opens for its
// author and for supervisors; for everybody else it is not there.
//
// Keys looks after the keyrings (keys.go): the first supervisor's unlocking
// makes the line's root, the key log and the supervisors' group; everybody gets
// a keyring at the first unlocking; a supervisor who hears the six words
// confirms it (vouch.go). An unlocked keyring is ciphertext in memory that only
// the login's cookie opens. Before every seal and opening the keys are verified
// up to the root that stands in the person's own keyring.
//
// Words never leave an opened Note, Closing or draft: no error, log or column
// in clear has them, and the types cannot be printed.
//
// The package knows no HTTP and no SQL. counsel/console asks it; store keeps
// what ports.go and rows.go name.
package counsel
