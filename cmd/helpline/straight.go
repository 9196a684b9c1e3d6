package main

import (
	"errors"
	"os"
	"syscall"
)

// diskFor gives how a copy is written to a file: past the system's cache where
// the file system can do that. A copy as large as the database would otherwise
// push the pages of the running line out of memory, and cost as much again to
// carry there as to seal.
func diskFor(f *os.File) syncer {
	if err := setStraight(f, true); err != nil {
		return &flushed{f: f}
	}
	return &straight{File: f, past: true}
}

// straight is a file that is written past the cache in pieces of aheadSize. What
// is no such piece, the end mostly, goes by the cache like everything after it.
type straight struct {
	*os.File
	past bool
}

// Write writes all of b or gives an error.
func (s *straight) Write(b []byte) (int, error) {
	if s.past && len(b) != aheadSize {
		if err := s.byCache(); err != nil {
			return 0, err
		}
	}
	n, err := s.File.Write(b)
	if !s.past || !errors.Is(err, syscall.EINVAL) {
		return n, err
	}
	// The file system wants other pieces, or has changed its mind.
	if err := s.byCache(); err != nil {
		return n, err
	}
	rest, err := s.File.Write(b[n:])
	return n + rest, err
}

func (s *straight) byCache() error {
	s.past = false
	return setStraight(s.File, false)
}
