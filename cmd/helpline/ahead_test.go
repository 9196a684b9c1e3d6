package main

import (
	"bytes"
	crand "crypto/rand"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
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

func TestWhatIsWrittenPastTheCacheIsOnTheDiskWhole(t *testing.T) {
	for name, sizes := range map[string][]int{
		"whole pieces":                {aheadSize, aheadSize},
		"a short end":                 {aheadSize, aheadSize, 12345},
		"a short piece in the middle": {aheadSize, 77, aheadSize, 1},
		"less than a piece":           {5},
		"nothing":                     {},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := os.Create(filepath.Join(t.TempDir(), "copy"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			disk := diskFor(f)
			var want []byte
			for _, n := range sizes {
				b := make([]byte, n)
				_, _ = crand.Read(b)
				want = append(want, b...)
				if m, err := disk.Write(b); m != n || err != nil {
					t.Fatalf("%d of %d bytes were written, %v", m, n, err)
				}
			}
			if err := disk.Sync(); err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(f.Name()); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%d bytes stand there, %v; %d were written", len(got), err, len(want))
			}
		})
	}
}

// A piece whose memory lies oddly is refused by the file system; the file goes on
// by the cache.
func TestAPieceThatCannotGoPastTheCacheGoesByIt(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "copy"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	disk := diskFor(f)
	odd := make([]byte, aheadSize+1)[1:]
	_, _ = crand.Read(odd)
	for range 2 {
		if n, err := disk.Write(odd); n != aheadSize || err != nil {
			t.Fatalf("%d bytes were written, %v", n, err)
		}
	}
	if got, err := os.ReadFile(f.Name()); err != nil || !bytes.Equal(got, append(bytes.Clone(odd), odd...)) {
		t.Errorf("%d bytes stand there, %v", len(got), err)
	}
}
