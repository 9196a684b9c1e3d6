package counsel

import (
	"context"
	"errors"
	"time"

	"helpline"
	"helpline/counsel/vault"
)

// ThreadRow is a thread as it is kept. Days are days as package retention
// counts them; 0 is none.
type ThreadRow struct {
	ID       helpline.ID
	Name     helpline.ID // out of the code
	Key      vault.SealKey
	Kind     helpline.ThreadKind
	Locale   helpline.Locale
	Audience helpline.Audience
	Urgent   bool
	Waiting  bool        // the newest letter is the visitor's
	Holder   helpline.ID // who has taken it; zero for nobody
	Barred   []Bar       // who is never shown it
	Doubt    bool        // nobody can tell to which conversation it belongs
	Due      int         // day by which the line answers
	Ends     int         // day on which the letters go; 0 without letters
	Used     int         // day on which the code was last used

	News    int // letters of the visitor's since the last answer; Threads alone gives it
	Letters int // how many there are, cards left out
}

// Bar says that somebody is never shown a thread: a hash of the thread and the
// person, keyed with what the host alone has, so that the database by itself does
// not say who it is. A thread of an earlier version of the program has the number
// of the person in its place.
type Bar [16]byte

// UrgentThread waits because somebody may be hurt soon.
type UrgentThread struct {
	Thread, Holder helpline.ID // zero for nobody
}

// Circle is the group that reads a thread.
func (r ThreadRow) Circle() vault.Group {
	if r.Kind == helpline.WrongThread {
		return vault.Safeguarding
	}
	return vault.Counsellors
}

// LetterRow is a letter as it is kept.
type LetterRow struct {
	ID, Thread helpline.ID
	Number     uint64 // in the order of the thread; 0 for a card
	Side       vault.Side
	Author     helpline.ID // of an answer; zero else
	Day        int
	Seen       bool // whoever has the code has seen it
	Shred      int64
	Sealed     []byte
	ToThread   []byte
	ToGroup    []byte // empty on a card
	Generation uint64
}

// ThreadTurn is what a letter changes of its thread.
type ThreadTurn struct {
	Waiting, Urgent bool
	Due, Ends       int
	Used            int         // 0 leaves it as it is
	Holder          helpline.ID // who must hold it; zero asks nobody
}

// Why a letter is not kept as it was sealed.
var (
	// ErrKept: a letter with this number is kept already.
	ErrKept = errors.New("it is kept already")
	// ErrBehind: another letter took its place in the thread; seal it again.
	ErrBehind = errors.New("another letter came before")
)

// ThreadRows finds threads and their letters. Asserted by store.
type ThreadRows interface {
	// Thread gives a thread by its identifier; NotFound.
	Thread(ctx context.Context, id helpline.ID) (ThreadRow, error)
	// ThreadNamed gives a thread by the name out of a code; NotFound.
	ThreadNamed(ctx context.Context, name helpline.ID) (ThreadRow, error)
	// Threads lists what has letters, the most urgent and then the oldest due
	// first; what waits for nobody comes last.
	Threads(ctx context.Context) ([]ThreadRow, error)
	// Letters gives a thread's letters in order, the card first.
	Letters(ctx context.Context, thread helpline.ID) ([]LetterRow, error)
	// ThreadsWaiting is how many wait for an answer.
	ThreadsWaiting(ctx context.Context) (Waiting, error)
}

// Waiting is how many threads wait for an answer; each is counted once.
type Waiting struct {
	Letters int
	Wrongs  int // complaints
	Doubts  int // complaints of which nobody can tell whom they are about
}

// WaitingRows counts what waits for a counsellor. Asserted by store.
type WaitingRows interface {
	// LettersWaiting is how many threads wait for a counsellor on a day, and which
	// of them because somebody may be hurt soon.
	LettersWaiting(ctx context.Context, today int) (all int, urgent []UrgentThread, err error)
}

// PostRows keeps letters. Asserted by store.
type PostRows interface {
	// BeginThread keeps a thread with its first letter, or its card: all of it or
	// nothing. Conflict wrapping ErrKept when thread or letter is there already,
	// or ErrTurned.
	BeginThread(ctx context.Context, t ThreadRow, first ...LetterRow) error
	// AddLetter adds a letter and changes its thread. Conflict wrapping ErrKept,
	// ErrBehind or ErrTurned, or when another holds it; NotFound without the thread.
	AddLetter(ctx context.Context, l LetterRow, t ThreadTurn) error
	// PutCard keeps a card in place of an earlier one and gives the number of the
	// shred key of that one. Conflict wrapping ErrKept; NotFound.
	PutCard(ctx context.Context, l LetterRow, used int) (replaced []int64, err error)
	// TakeBack takes back an answer of its author that nobody has seen, and gives
	// the number of its shred key; Conflict once it was seen, NotFound. Where
	// nothing else answers it the thread waits again, as urgent as it was and due
	// when it was; Due of the turn counts where that is not known, and its Ends.
	TakeBack(ctx context.Context, thread, letter, author helpline.ID, t ThreadTurn) (shred int64, err error)
	// Visited marks a use of the code, and answers as seen.
	Visited(ctx context.Context, thread helpline.ID, day int, seen []helpline.ID) error
}

// HolderRows says who has taken a thread. Asserted by store.
type HolderRows interface {
	// Take gives a thread to a person if it is still held by from, zero for
	// nobody; Conflict otherwise, NotFound.
	Take(ctx context.Context, thread, from, to helpline.ID) error
	// Finish says that a thread waits for nobody any more and lets go of it, if
	// the person holds it; Conflict otherwise. ends is as in ThreadRow.
	Finish(ctx context.Context, thread, holder helpline.ID, ends int) error
}

// ErasedRows forgets. Asserted by store.
type ErasedRows interface {
	// RememberErased writes identifiers down where a restore finds them: what
	// they name stays gone. It comes before anything is deleted.
	RememberErased(ctx context.Context, ids []helpline.ID, now time.Time) error
	// DropErased deletes a thread with all that hangs on it, and notes, in one
	// durable transaction; what is not there is gone already. Notes that are held
	// end today. It gives the numbers of the shred keys of the letters that stood
	// there.
	DropErased(ctx context.Context, thread helpline.ID, notes, held []helpline.ID, today int) (shreds []int64, err error)
	// Links gives the sealed links of a thread.
	Links(ctx context.Context, thread helpline.ID) ([][]byte, error)
	// KeepLink adds one; NotFound without the thread.
	KeepLink(ctx context.Context, thread helpline.ID, sealed []byte) error
	// EmptyLogs is that of PurgeRows.
	EmptyLogs(ctx context.Context) error
}

// LetterGrant is a letter's new grant to a group, in place of an older one.
type LetterGrant struct {
	Letter           helpline.ID
	Before, Now      uint64 // generations
	Replaces, Sealed []byte
}

// GrantRows keeps grants of letters. Asserted by store.
type GrantRows interface {
	// UngrantedLetters lists at most so many letters after a place, in the order of
	// their identifiers, that are sealed to an earlier generation of a group, with
	// their threads' keys. Cards are none.
	UngrantedLetters(ctx context.Context, g vault.Group, generation uint64, after helpline.ID, most int) ([]LetterRow, []ThreadRow, error)
	// GrantLetters replaces grants in one durable transaction. What went or was
	// granted again meanwhile is passed over.
	GrantLetters(ctx context.Context, all []LetterGrant) error
}

// GoneRows drops what has ended before a purge comes, and knows what was erased.
// Asserted by store.
type GoneRows interface {
	// Drop deletes the rows of what has expired.
	Drop(ctx context.Context, e Expired) error
	// WasErased says whether a visitor has erased what an identifier names.
	WasErased(ctx context.Context, id helpline.ID) (bool, error)
}
