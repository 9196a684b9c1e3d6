package main

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"sync/atomic"
	"testing"
)

func TestWhatIsWrittenAheadComesOutWholeAndInOrder(t *testing.T) {
	want := noisy(7*aheadSize + 321)
	var got bytes.Buffer
	a := newAhead(&got)
	for rest := want; len(rest) > 0; {
		n := min(len(rest), 1+rand.IntN(aheadSize*2))
		if _, err := a.Write(rest[:n]); err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	if err := a.Close(); err != nil || !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%d of %d bytes came out, %v", got.Len(), len(want), err)
	}
}

// breaks takes so many bytes and no more.
type breaks struct{ room int }

var errBroken = errors.New("broken")

func (b *breaks) Write(p []byte) (int, error) {
	if b.room -= len(p); b.room < 0 {
		return 0, errBroken
	}
	return len(p), nil
}

func TestAnErrorBehindIsToldInFrontAndEndsIt(t *testing.T) {
	for _, room := range []int{0, aheadSize, 5 * aheadSize} {
		a := newAhead(&breaks{room: room})
		var wrote error
		for range 100 {
			if _, err := io.CopyN(a, bytes.NewReader(make([]byte, 300_000)), 300_000); err != nil {
				wrote = err
				break
			}
		}
		if err := a.Close(); !errors.Is(err, errBroken) || !errors.Is(wrote, errBroken) {
			t.Errorf("with room for %d: writing gave %v, closing %v", room, wrote, err)
		}
	}
}

// failsOnce is a disk that tells its error to whoever asks first, as systems do.
type failsOnce struct{ syncs atomic.Int32 }

func (f *failsOnce) Write(b []byte) (int, error) { return len(b), nil }

func (f *failsOnce) Sync() error {
	if f.syncs.Add(1) == 1 {
		return errBroken
	}
	return nil
}

func TestAnErrorOfTheDiskInMidCopyIsNotLost(t *testing.T) {
	disk := new(failsOnce)
	d := &flushed{f: disk}
	var wrote error
	for range flushEvery>>20 + 1 { // one sync is begun, and the next piece may come before or after it
		if _, err := d.Write(make([]byte, 1<<20)); err != nil {
			wrote = err
		}
	}
	if err := errors.Join(wrote, d.Sync()); !errors.Is(err, errBroken) {
		t.Errorf("after %d syncs the copy is said to be on the disk: %v", disk.syncs.Load(), err)
	}
	if err := d.Sync(); err != nil {
		t.Errorf("the same error is told twice: %v", err)
	}
}
