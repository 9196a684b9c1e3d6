package main

import (
	"io"
	"sync/atomic"
)

const (
	aheadSize  = 1 << 20 // of a piece
	aheadCount = 3       // pieces that are on their way
)

// ahead writes in a goroutine of its own, so that whoever fills it and whoever
// empties it work at the same time. Close ends it and gives the first error.
type ahead struct {
	full, free chan []byte
	now        []byte
	failed     atomic.Pointer[error]
	done       chan struct{}
}

func newAhead(to io.Writer) *ahead {
	a := &ahead{full: make(chan []byte, aheadCount), free: make(chan []byte, aheadCount+1), done: make(chan struct{})}
	for range aheadCount {
		a.free <- make([]byte, 0, aheadSize)
	}
	a.now = make([]byte, 0, aheadSize)
	go func() {
		defer close(a.done)
		for piece := range a.full {
			if a.failed.Load() == nil {
				if _, err := to.Write(piece); err != nil {
					a.failed.Store(&err)
				}
			}
			a.free <- piece[:0]
		}
	}()
	return a
}

// Write takes a copy of b. An error may be of an earlier piece.
func (a *ahead) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		if err := a.failed.Load(); err != nil {
			return 0, *err
		}
		room := min(len(b), aheadSize-len(a.now))
		a.now, b = append(a.now, b[:room]...), b[room:]
		if len(a.now) == aheadSize {
			a.full <- a.now
			a.now = <-a.free
		}
	}
	return n, nil
}

// Close waits until everything is written.
func (a *ahead) Close() error {
	a.full <- a.now
	close(a.full)
	<-a.done
	if err := a.failed.Load(); err != nil {
		return *err
	}
	return nil
}
