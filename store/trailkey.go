package store

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"helpline"
	"helpline/counsel/audit"
)

const (
	auditName = "audit.key"
	anchors   = "audit.pub"
	auditMark = "helpline audit key 1\n"
	slots     = 2
)

// auditFile is the open key file of the log, locked against every other
// program and every other goroutine of this one: a block that names the file,
// then the slots. It is written in place and never replaced.
type auditFile struct {
	f       *os.File
	install helpline.ID
	slots   [slots]audit.Slot
	good    [slots]bool
}

// openAudit opens and locks the key file, making it if there is none. It waits
// for the lock as long as ctx lasts. Call close.
func openAudit(ctx context.Context, dir string, install helpline.ID) (*auditFile, error) {
	const doing = "open the key of the audit log"
	f, err := os.OpenFile(filepath.Join(dir, auditName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, explainOS(doing, err)
	}
	a := &auditFile{f: f, install: install}
	if err := a.lock(ctx); err != nil {
		_ = f.Close()
		return nil, err
	}
	if err := a.read(); err != nil {
		_ = f.Close()
		return nil, explainOS(doing, err)
	}
	return a, nil
}

// lock asks again and again, because flock itself does not know contexts.
func (a *auditFile) lock(ctx context.Context) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		err := syscall.Flock(int(a.f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return explainOS("lock the key of the audit log", err)
		}
		select {
		case <-ctx.Done():
			return helpline.Errorf(helpline.Unavailable, "lock the key of the audit log: another helpline program writes into it: try again: %w", ctx.Err())
		case <-tick.C:
		}
	}
}

func (a *auditFile) read() error {
	b := make([]byte, (1+slots)*audit.SlotSize)
	defer clear(b)
	n, err := a.f.ReadAt(b, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if n < len(b) { // new, or cut: made whole, so that no later write needs room
		copy(b, auditMark)
		if _, err := a.f.WriteAt(b, 0); err != nil {
			return err
		}
		if err := errors.Join(a.f.Sync(), syncFolder(filepath.Dir(a.f.Name()))); err != nil {
			return err
		}
	}
	for i := range a.slots {
		at := (1 + i) * audit.SlotSize
		a.slots[i], a.good[i] = audit.ReadSlot(a.install, b[at:at+audit.SlotSize])
	}
	return nil
}

// put writes a slot and syncs it.
func (a *auditFile) put(i int, s audit.Slot) error {
	b := s.Bytes(a.install)
	defer clear(b)
	if err := a.write(i, b); err != nil {
		return err
	}
	a.slots[i], a.good[i] = s, true
	return nil
}

// wipe overwrites a slot with random bytes and syncs it.
func (a *auditFile) wipe(i int) error {
	noise := make([]byte, audit.SlotSize)
	_, _ = rand.Read(noise)
	if err := a.write(i, noise); err != nil {
		return err
	}
	clear(a.slots[i].Seed[:])
	a.good[i] = false
	return nil
}

func (a *auditFile) write(i int, b []byte) error {
	_, err := a.f.WriteAt(b, int64((1+i)*audit.SlotSize))
	if err == nil {
		err = a.f.Sync()
	}
	if err != nil {
		return explainOS("write the key of the audit log", err)
	}
	return nil
}

// close forgets the seeds and lets go of the lock.
func (a *auditFile) close() {
	for i := range a.slots {
		clear(a.slots[i].Seed[:])
	}
	_ = a.f.Close() // only what was synced counts
}

func newSeed() (s audit.Seed) {
	_, _ = rand.Read(s[:])
	return s
}

// readAnchors reads the public keys that logs of this folder began with, the
// first one first; none without the file.
func readAnchors(dir string) ([]audit.Key, error) {
	text, err := os.ReadFile(filepath.Join(dir, anchors))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, explainOS("read "+anchors, err)
	}
	var keys []audit.Key
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		k, err := audit.ParseKey(line)
		if err != nil {
			return nil, helpline.Errorf(helpline.Internal, "read %s: a line is no public key: put the file back from your own copy", anchors)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// writeAnchors replaces the file as a whole.
func writeAnchors(dir string, keys []audit.Key) error {
	const doing = "write " + anchors
	var b strings.Builder
	b.WriteString("# Public keys that the audit log of this line began with. Nothing here is secret: keep a copy elsewhere.\n")
	for _, k := range keys {
		b.WriteString(k.String() + "\n")
	}
	f, err := os.CreateTemp(dir, tempPrefix+"*")
	if err != nil {
		return explainOS(doing, err)
	}
	_, err = f.WriteString(b.String())
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, anchors))
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return explainOS(doing, err)
	}
	return syncFolder(dir)
}
