package counsel

import (
	"context"
	"errors"
	"time"

	"helpline"
	"helpline/counsel/vault"
)

// KeyringRow is a person's keyring as it is kept: the public keys as the person
// introduced them, and the secret ones wrapped under the passphrase.
type KeyringRow struct {
	Person         helpline.ID
	Intro, Wrapped []byte
}

// SeatRow is a group's secret, sealed to one member.
type SeatRow struct {
	Group      vault.Group
	Generation uint64
	Person     helpline.ID
	Sealed     []byte
}

// KeyRows keeps keyrings and seats. Asserted by store.
type KeyRows interface {
	// Keyring gives a person's keyring; NotFound.
	Keyring(ctx context.Context, person helpline.ID) (KeyringRow, error)
	// Enrol keeps the keyring of a person who has none; Conflict.
	Enrol(ctx context.Context, r KeyringRow) error
	// Rewrap replaces the wrapped half of a person's keyring; NotFound.
	Rewrap(ctx context.Context, person helpline.ID, wrapped []byte) error
	// Introductions lists all keyrings without their wrapped half.
	Introductions(ctx context.Context) ([]KeyringRow, error)
	// Seat gives a person's seat in a generation of a group; NotFound.
	Seat(ctx context.Context, g vault.Group, generation uint64, person helpline.ID) ([]byte, error)
}

// Extension is what is added to the key log, all of it or nothing.
type Extension struct {
	At      int         // place of the first entry: how many stood there when it was made
	Entries [][]byte    // at least one
	Seats   []SeatRow   // that come with it
	Keyring *KeyringRow // of whoever founds the log; nil later. Replaces the person's
	Custody *CustodyRow // that an entry makes; nil for none
}

// KeyLogRows keeps the key log. Asserted by store.
type KeyLogRows interface {
	// KeyLog gives all entries in order.
	KeyLog(ctx context.Context) ([][]byte, error)
	// ExtendKeyLog adds entries; Conflict when another was faster.
	ExtendKeyLog(ctx context.Context, e Extension) error
}

// NoteRow is a note as it is kept. Day and Ends are days as package retention
// counts them.
type NoteRow struct {
	ID, Author        helpline.ID
	Day, Ends         int
	Revision          uint64
	Schema            uint64 // of the codes
	Shred             int64  // number of its shred key
	Sealed            []byte
	ToAuthor, ToGroup []byte // the grants
	Generation        uint64 // of the supervisors' group

	Held   vault.HoldPapers // signed papers that keep the note beyond Ends; empty on most
	HeldBy vault.Key        // the copy of the shred key that comes with them
}

// ErrTurned: the supervisors have a newer key than the one a note was sealed to.
var ErrTurned = errors.New("the group has a newer key")

// NoteRows keeps sealed notes. Asserted by store.
type NoteRows interface {
	// SaveNote keeps a note with its grants, raises the counters, drops the
	// draft and marks the contact as written about: all of it or nothing.
	// NotFound unless the author holds or began the contact, Conflict when the
	// contact has its note already, or, wrapping ErrTurned, when it is granted
	// to an earlier generation than the present. at is for the counters.
	SaveNote(ctx context.Context, contact helpline.ID, n NoteRow, counts []Coded, at time.Time) error
	// ReviseNote replaces Revision, Schema, Sealed and the grants of the note
	// if its revision still is from; Conflict otherwise and, wrapping ErrTurned,
	// like SaveNote; NotFound without one.
	ReviseNote(ctx context.Context, n NoteRow, from uint64) error
	// Note gives a note with its grants; NotFound.
	Note(ctx context.Context, id helpline.ID) (NoteRow, error)
	// NoteHeads lists the notes of an author, of everybody for the zero ID,
	// without Sealed and grants, the newest day first.
	NoteHeads(ctx context.Context, author helpline.ID) ([]NoteRow, error)
}

// DraftRow is what is being written about a contact.
type DraftRow struct {
	Contact, Author helpline.ID
	Day             int // on which a contact elsewhere was begun; 0 for one that was accepted
	Shred           int64
	Saved           bool // the note is saved; there is nothing else then, not even which key it has
	Sealed          []byte
}

// Elsewhere says that the contact came by phone, mail or visit.
func (d DraftRow) Elsewhere() bool { return d.Day > 0 }

// DraftDays is how long a draft about a contact elsewhere is kept, as long as
// the row of an accepted contact can stand at most.
const DraftDays = 2

// DraftRows keeps drafts. Asserted by store.
type DraftRows interface {
	// Begin keeps that the author may write about a contact elsewhere, which
	// nobody accepted: Day is set and nothing is sealed yet. Conflict when the
	// contact is known.
	Begin(ctx context.Context, d DraftRow) error
	// PutDraft keeps a draft in place of an earlier one; NotFound unless the
	// author holds or began the contact, Conflict when its note is saved. Day
	// stays what Begin has set.
	PutDraft(ctx context.Context, d DraftRow) error
	// MayWrite is nil when a person may write about a contact now: NotFound
	// unless the person holds or began it, Conflict when its note is saved.
	MayWrite(ctx context.Context, contact, person helpline.ID) error
	// Draft gives the row of a contact; NotFound.
	Draft(ctx context.Context, contact helpline.ID) (DraftRow, error)
	// Drafts lists the drafts of an author, without what is in them; a contact
	// that was begun and never written about is none.
	Drafts(ctx context.Context, author helpline.ID) ([]DraftRow, error)
}

// ShredKeys are made ahead and forgotten one by one. Asserted by store.
type ShredKeys interface {
	// Take gives a key that no record has, which is on the disk already.
	Take(ctx context.Context) (number int64, key vault.Key, err error)
	// Key gives the key of a number; NotFound once it is forgotten.
	Key(ctx context.Context, number int64) (vault.Key, error)
	// Forget destroys keys; numbers that are not there are passed over. The
	// bytes are gone from the file when it returns nil.
	Forget(ctx context.Context, numbers []int64) error
}

// Expired is what goes in one purge.
type Expired struct {
	Notes  []helpline.ID
	Drafts []helpline.ID // contacts whose own row has gone
	Shreds []int64       // the keys of all of them, those of the notes first and in their order, and of no other record

	Letters []helpline.ID // of threads whose letters have had their time
	Threads []helpline.ID // whose code has had its time, or that were erased; with all that hangs on them
}

// PurgeRows finds and removes what has expired. Asserted by store.
type PurgeRows interface {
	// Expired lists what has expired on a day: notes whose end has come or
	// that are days old, and drafts without a contact, those about a contact
	// elsewhere when it was begun DraftDays ago; letters and threads whose time
	// has come; and what was erased and, after a crash, still stands.
	Expired(ctx context.Context, today, days int) (Expired, error)
	// Drop deletes the rows.
	Drop(ctx context.Context, e Expired) error
	// EmptyLogs moves SQLite's log into the file, where what was deleted is
	// overwritten. Unavailable while somebody reads: try again.
	EmptyLogs(ctx context.Context) error
}
