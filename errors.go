package helpline

import (
	"errors"
	"fmt"
)

// Kind says what an error means to whoever meets it. The edge turns kinds into
// status codes and words; everything without a kind is Internal, and of those
// a person sees only that something went wrong here.
type Kind string

// The kinds.
const (
	Invalid     Kind = "invalid"     // what was sent cannot be used; sending it again will not help
	NotFound    Kind = "not found"   // no such thing, or not for this person
	Conflict    Kind = "conflict"    // somebody else was first
	Forbidden   Kind = "forbidden"   // known, and not allowed
	Unavailable Kind = "unavailable" // full, closed, starting, stopping: try again
	Internal    Kind = "internal"    // a fault of ours
)

// Error is an error with a kind.
type Error struct {
	Kind Kind
	msg  string
	err  error
}

func (e *Error) Error() string { return e.msg }

// Unwrap gives what was wrapped with %w.
func (e *Error) Unwrap() error { return e.err }

// Errorf makes an error of a kind; format may wrap one cause with %w. Never
// put what a visitor wrote, an address or a secret into it.
func Errorf(kind Kind, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, msg: err.Error(), err: errors.Unwrap(err)}
}

// KindOf gives the kind of the outermost Error in the chain, Internal without
// one, and the empty kind for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}
