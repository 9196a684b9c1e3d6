package vault

import (
	"errors"

	"helpline"
)

// Check names what the vault looked at and did not find right. It says where,
// never what: no error of this package holds contents or keys. It is found in
// an error with CheckOf.
type Check string

// The checks of the key log.
const (
	LogForm      Check = "log: an entry cannot be read"
	LogChain     Check = "log: an entry does not follow the one before"
	LogSigner    Check = "log: an entry is signed by somebody who may not"
	LogSignature Check = "log: a signature is wrong"
	LogRule      Check = "log: an entry says what is not allowed"
	LogRoot      Check = "log: the root is not the one the keyring names"
	LogShort     Check = "log: it is shorter than the keyring has seen"
	LogReplaced  Check = "log: an entry seen before was replaced"
)

// The checks of keyrings, groups and introductions.
const (
	KeyringForm  Check = "keyring: the wrapping cannot be read"
	KeyringOpen  Check = "keyring: the key does not open the wrapping"
	UnlockedOpen Check = "keyring: the login does not open it"
	FactorForm   Check = "second factor: it cannot be read"
	FactorOpen   Check = "second factor: it is another person's, kind's or use's, or the keyring does not open it"
	IntroForm    Check = "introduction: it cannot be read or was not made by the holder of its keys"
	IntroWords   Check = "introduction: the words confirmed are not those of these keys"
	KeyUnknown   Check = "key: nobody up to the root vouches for it"
	SeatForm     Check = "seat: it cannot be read"
	SeatPlace    Check = "seat: it is another person's, line's, group's or generation's"
	SeatGiver    Check = "seat: its giver was never a supervisor"
	SeatSigned   Check = "seat: the giver's signature is wrong"
	SeatOpen     Check = "seat: the keyring does not open it"
	SeatKey      Check = "seat: what it holds is not the key of the group"
)

// The checks of holds.
const (
	HoldForm   Check = "hold: it cannot be read"
	HoldPlace  Check = "hold: it belongs to another note or another key"
	HoldSigned Check = "hold: a signature is wrong, or not that of two supervisors"
)

// The checks of recovery: shares, keyrings in escrow, rescues.
const (
	ShareForm    Check = "recovery: the share cannot be read"
	SharePlace   Check = "recovery: the share is another person's, line's, part's or key's"
	ShareOpen    Check = "recovery: the keyring does not open it"
	ShareKey     Check = "recovery: the share is not the one the log commits to"
	EscrowForm   Check = "recovery: the keyring in escrow cannot be read"
	EscrowPlace  Check = "recovery: the keyring in escrow is another person's, line's or recovery key's"
	EscrowSigned Check = "recovery: its owner did not sign the keyring in escrow"
	EscrowKey    Check = "recovery: the key or the keyring is not the one in the log"
	EscrowOpen   Check = "recovery: the key does not open the keyring in escrow"
	RescueForm   Check = "recovery: the approval cannot be read"
	RescuePlace  Check = "recovery: the rescue is another browser's or recovery key's"
	RescueSigner Check = "recovery: whoever approved the rescue may not"
	RescueSigned Check = "recovery: the signature of the approval is wrong"
	PiecePlace   Check = "recovery: a share is there twice or is none of this key"
	PieceOpen    Check = "recovery: a share was not sealed for the rescue"
)

// The checks of notes and drafts, in the order in which they are made.
const (
	NoteForm     Check = "note: it cannot be read"
	NotePlace    Check = "note: it belongs to another row, revision, week or schema"
	NoteAuthor   Check = "note: nobody up to the root vouches for its author"
	NoteSigned   Check = "note: the author's signature is wrong"
	NotGranted   Check = "note: there is no grant for this reader"
	GrantForm    Check = "grant: it cannot be read"
	GrantPlace   Check = "grant: it belongs to another note"
	GrantGiver   Check = "grant: its giver is neither the author nor ever was a supervisor"
	GrantSigned  Check = "grant: the giver's signature is wrong"
	GrantOpen    Check = "grant: the reader's key does not open it"
	NoteCommit   Check = "note: the granted key is not the one the author committed to"
	NoteOpen     Check = "note: the ciphertext or its shred key is not the right one"
	NoteContents Check = "note: what was sealed is not a note"
	DraftForm    Check = "draft: it cannot be read"
	DraftPlace   Check = "draft: it belongs to another contact"
	DraftOpen    Check = "draft: the keyring or the shred key does not open it"
)

// The checks of letters, in the order in which they are made.
const (
	LetterForm   Check = "letter: it cannot be read"
	LetterAt     Check = "letter: it belongs to another thread, place, side or week"
	LetterAuthor Check = "letter: nobody up to the root vouches for who answered"
	LetterSigned Check = "letter: the signature is wrong"
	LetterGrant  Check = "letter: the reader's key does not open it"
	LetterCommit Check = "letter: the opened key is not the one that was committed to"
	LetterOpen   Check = "letter: the ciphertext or its shred key is not the right one"
	LetterBody   Check = "letter: what was sealed is not a letter"
)

func (c Check) Error() string { return string(c) }

// Tampering says whether the check belongs into the audit: somebody changed
// what is kept. The one exception is a reader to whom a note was never given.
func (c Check) Tampering() bool { return c != "" && c != NotGranted }

// CheckOf gives the check that failed, and nothing for any other error.
func CheckOf(err error) Check {
	c, _ := errors.AsType[Check](err)
	return c
}

// refuse is the error of a failed check: Forbidden where a reader was given
// nothing, Conflict where what was confirmed has changed since, else Internal.
func refuse(doing string, c Check) error {
	kind := helpline.Internal
	switch c {
	case NotGranted:
		kind = helpline.Forbidden
	case IntroWords:
		kind = helpline.Conflict
	}
	return helpline.Errorf(kind, doing+": %w", c)
}
