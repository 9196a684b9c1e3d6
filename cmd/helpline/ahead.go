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

// flushed is a file that is brought to the disk while it is being written: the
// disk works from the beginning, and not only at the end.
type flushed struct {
	f       syncer
	since   int        // bytes that no sync was begun for
	running chan error // of the sync that goes on; nil without one
}

// syncer is a file that is written.
type syncer interface {
	io.Writer
	Sync() error
}

// flushEvery is after how many bytes the disk is set to work again.
const flushEvery = 32 << 20

// Write may give an error of an earlier piece.
func (d *flushed) Write(b []byte) (int, error) {
	n, err := d.f.Write(b)
	d.since += n
	if err != nil || d.since < flushEvery {
		return n, err
	}
	select {
	case err = <-d.running:
		d.running = nil
	default:
	}
	if err == nil && d.running == nil {
		done := make(chan error, 1)
		go func() { done <- d.f.Sync() }()
		d.running, d.since = done, 0
	}
	return n, err
}

// Sync waits until everything is on the disk. The system tells an error of the
// disk only once, so those of all syncs count.
func (d *flushed) Sync() error {
	if d.running != nil {
		err := <-d.running
		if d.running = nil; err != nil {
			return err
		}
	}
	return d.f.Sync()
}
