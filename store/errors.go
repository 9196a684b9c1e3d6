package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"syscall"

	"helpline"
)

// Result codes of SQLite that a person can do something about.
const (
	codeBusy       = 5
	codeLocked     = 6
	codeReadOnly   = 8
	codeIO         = 10
	codeCorrupt    = 11
	codeFull       = 13
	codeCantOpen   = 14
	codeConstraint = 19
	codeNotADB     = 26
)

// coded is what the driver's errors can say without their text.
type coded interface {
	error
	Code() int
}

type code int

func (c code) Error() string { return "sqlite" }
func (c code) Code() int     { return int(c) }

var errBusy error = code(codeBusy)

// explain turns an error into one whose text says what to do next. The
// driver's text is left out on purpose: it may quote what stood in a row.
func explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*helpline.Error](err); ok {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return helpline.Errorf(helpline.Unavailable, "%s: not begun in time: %w", doing, err)
	}
	if errors.Is(err, sql.ErrConnDone) || err.Error() == "sql: database is closed" { // the latter has no name
		return helpline.Errorf(helpline.Unavailable, "%s: the store is closed", doing)
	}
	c, ok := errors.AsType[coded](err)
	if !ok {
		return explainOS(doing, err)
	}
	switch c.Code() & 0xff { // the rest of the code says where in SQLite
	case codeFull:
		return helpline.Errorf(helpline.Unavailable, "%s: the disk is full: free some space where the data folder is; nothing was changed and nothing else is lost", doing)
	case codeReadOnly:
		return helpline.Errorf(helpline.Unavailable, "%s: the database is read-only: let the account that runs helpline write to the data folder and everything in it, and see that the disk is not mounted read-only", doing)
	case codeCantOpen:
		return helpline.Errorf(helpline.Unavailable, "%s: the database cannot be opened: let the account that runs helpline read and write the data folder and everything in it", doing)
	case codeBusy, codeLocked:
		return helpline.Errorf(helpline.Unavailable, "%s: another program keeps the database locked: end it, or try again in a moment", doing)
	case codeIO:
		return helpline.Errorf(helpline.Unavailable, "%s: the disk reports an error (sqlite %d): look at the disk's health and at the system log", doing, c.Code())
	case codeCorrupt, codeNotADB:
		return helpline.Errorf(helpline.Internal, "%s: the database is damaged or is no database (sqlite %d): stop helpline, copy the data folder aside and restore the last backup", doing, c.Code())
	case codeConstraint:
		return helpline.Errorf(helpline.Internal, "%s: a value does not fit the table (sqlite %d); nothing was changed", doing, c.Code())
	}
	return helpline.Errorf(helpline.Internal, "%s: sqlite %d", doing, c.Code())
}

// unique says whether an error means that the value stands there already.
func unique(err error) bool {
	c, ok := errors.AsType[coded](err)
	return ok && (c.Code() == codeConstraint|8<<8 || c.Code() == codeConstraint|6<<8) // UNIQUE, PRIMARY KEY
}

// explainOS does the same for errors of the file system, whose text is a path
// and the system's reason. doing names the file; the path is left to the caller.
func explainOS(doing string, err error) error {
	if _, ok := errors.AsType[*helpline.Error](err); ok {
		return err
	}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return helpline.Errorf(helpline.Unavailable, "%s: the disk is full: free some space where the data folder is", doing)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return helpline.Errorf(helpline.Unavailable, "%s: not allowed: let the account that runs helpline read and write the data folder and everything in it, and see that the disk is not mounted read-only", doing)
	case errors.Is(err, syscall.ENOTDIR):
		return helpline.Errorf(helpline.Invalid, "%s: part of the path is a file, not a folder: name another data folder", doing)
	case errors.Is(err, syscall.EISDIR):
		return helpline.Errorf(helpline.Invalid, "%s: there is a folder where a file should be: move it away, or name another data folder", doing)
	}
	var why syscall.Errno
	if errors.As(err, &why) {
		return helpline.Errorf(helpline.Internal, "%s: %w", doing, why)
	}
	return helpline.Errorf(helpline.Internal, "%s: an unexpected fault of the store (%T)", doing, err)
}
