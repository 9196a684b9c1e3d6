package counsel

import (
	"context"
	"time"

	"helpline"
)

// ReachRow is what is kept of where notices reach a person: one sealed value.
type ReachRow struct {
	Person   helpline.ID
	Revision int
	Sealed   []byte
}

// ReachRows keeps where notices reach people. Asserted by store.
type ReachRows interface {
	// Reaches gives them all.
	Reaches(context.Context) ([]ReachRow, error)
	// PutReach writes a row whose revision is one above the one that stands (1
	// where none does); Conflict when it is not.
	PutReach(context.Context, ReachRow) error
	// DropReach forgets where a person is reached, and every notice for them.
	DropReach(ctx context.Context, person helpline.ID) error
	// WipeReaches takes what was dropped out of the files too. It may wait for
	// whoever reads.
	WipeReaches(context.Context) error
}

// NoticeState is how far a notice is.
type NoticeState string

// The states. Past is a notice that was about something past before it could be
// sent, without a failure.
const (
	NoticeWaits  NoticeState = "waits"
	NoticeSent   NoticeState = "sent"
	NoticeFailed NoticeState = "failed"
	NoticePast   NoticeState = "past"
)

// NoticeRow is one notice of the outbox. Times are whole seconds.
type NoticeRow struct {
	ID     helpline.ID
	Person helpline.ID
	Kind   NoticeKind
	Cause  [32]byte    // keyed hash of what it is about
	Call   helpline.ID // zero: of no call
	Made   time.Time
	Due    time.Time
	Until  time.Time
	Tries  int
	Failed time.Time // since when it fails; zero: it does not
	State  NoticeState
	Ended  time.Time // zero while it waits
}

// OutboxRows keeps the outbox. Asserted by store.
type OutboxRows interface {
	// QueueNotices adds those whose person, kind and cause stand nowhere yet. Of
	// changes a person has one that waits: another says nothing more, and makes
	// it wait as long as itself. The fourth within an hour, and each one after it,
	// leaves twenty minutes after the last.
	QueueNotices(context.Context, []NoticeRow) error
	// DueNotices gives the oldest that wait and are due, at most so many, and
	// when the next one is (zero: none waits). urgent: calls and tests, else the
	// others.
	DueNotices(ctx context.Context, now time.Time, urgent bool, most int) (due []NoticeRow, next time.Time, err error)
	// MarkNotice writes due, tries, failed, state and ended of a notice that
	// waits; one that waits no more stays as it is.
	MarkNotice(context.Context, NoticeRow) error
	// Notice gives one; NotFound.
	Notice(ctx context.Context, id helpline.ID) (NoticeRow, error)
	// NoticesMade gives those made since, newest first.
	NoticesMade(ctx context.Context, since time.Time) ([]NoticeRow, error)
}

// CallState is how far a call is.
type CallState string

// The states of a call.
const (
	CallOpen       CallState = "open"
	CallConfirmed  CallState = "confirmed"
	CallUnanswered CallState = "unanswered"

	// CallMended is a call that ended because what it was about lacks no more. It
	// is kept as one that nobody confirmed and is confirmed.
	CallMended CallState = "mended"
)

// CallRow is a call to whoever is on call.
type CallRow struct {
	ID     helpline.ID
	Cause  [32]byte
	Step   int // counts every three times somebody was told
	Round  int // and the times of those three
	Next   time.Time
	Until  time.Time
	State  CallState
	Person helpline.ID // who confirmed; zero: nobody, or it was mended
	Ended  time.Time
}

// CallRows keeps calls. Asserted by store.
type CallRows interface {
	// Calls gives those that are open, and those that ended since.
	Calls(ctx context.Context, since time.Time) ([]CallRow, error)
	// AddCall begins one; Conflict when its cause has one already.
	AddCall(context.Context, CallRow) error
	// MoveCall writes step, round and next of an open one; Conflict when it has
	// ended.
	MoveCall(context.Context, CallRow) error
	// EndCall writes state, person and end of an open one, and its notices that
	// wait are past; Conflict when it has ended.
	EndCall(context.Context, CallRow) error
}
