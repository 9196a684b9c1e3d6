package main

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"filippo.io/age"

	"helpline/store"
)

// recipients are those who can read the copies, as age public keys.
func recipients(words []string) ([]age.Recipient, error) {
	var all []age.Recipient
	for _, word := range words {
		r, err := age.ParseX25519Recipient(word)
		if err != nil {
			return nil, errors.New("must be public keys of age, each beginning with age1; `helpline backup keygen` makes one. A secret key must never stand here")
		}
		all = append(all, r)
	}
	return all, nil
}

// copier makes the sets of one line.
type copier struct {
	db  *store.DB
	to  []age.Recipient
	now time.Time
	see func(part store.Part, size int64) io.Writer // progress; nil shows none
}

// set writes one part, page by page, as it stands now. Nothing of it touches a
// disk of this host but what to writes.
func (c copier) set(ctx context.Context, part store.Part, to io.Writer) (m manifest, err error) {
	onto := newAhead(to) // writing, sealing and reading go on at the same time
	defer func() {
		if closed := onto.Close(); err == nil && closed != nil {
			err = fmt.Errorf("write the copy: %w", closed)
		}
	}()
	sealed, err := age.Encrypt(onto, c.to...)
	if err != nil {
		return manifest{}, fmt.Errorf("seal the copy: %w", err)
	}
	out := tar.NewWriter(sealed)
	if m, err = c.files(ctx, part, out); err != nil {
		return manifest{}, err
	}
	for _, end := range []func() error{out.Close, sealed.Close} {
		if err := end(); err != nil {
			return manifest{}, fmt.Errorf("write the copy: %w", err)
		}
	}
	return m, nil
}

func (c copier) files(ctx context.Context, part store.Part, out *tar.Writer) (manifest, error) {
	key, err := c.db.HostKeys().InstallationText()
	if err != nil {
		return manifest{}, err
	}
	defer clear(key)
	install, err := store.ReadInstallation(key)
	if err != nil {
		return manifest{}, err
	}
	by, err := c.db.HostKeys().Backup()
	if err != nil {
		return manifest{}, err
	}
	defer clear(by[:])
	checkpoint, anchors := c.audit(ctx)
	still, err := c.db.Snapshot(ctx, part)
	if err != nil {
		return manifest{}, err
	}
	defer still.Close()
	m := manifest{
		Form: manifestForm, Part: part, Install: installID(install), Program: version,
		Made: c.now.Unix(), Files: map[string]filed{}, Audit: checkpoint,
	}
	if m.Head, err = still.Head(ctx); err != nil {
		return manifest{}, err
	}
	if part == store.Main {
		if m.Files[keyName], err = addText(out, keyName, key); err != nil {
			return manifest{}, err
		}
	}
	if part == store.Main {
		if m.Files[anchorsName], err = addText(out, anchorsName, anchors); err != nil {
			return manifest{}, err
		}
	}
	if m.Files[databaseName], err = c.database(ctx, part, out, still); err != nil {
		return manifest{}, err
	}
	still.Close()
	text, sig, err := m.sign(by)
	if err != nil {
		return manifest{}, err
	}
	if _, err := addText(out, manifestName, text); err != nil {
		return manifest{}, err
	}
	_, err = addText(out, signatureName, sig)
	return m, err
}

// audit gives the end of the audit log and the public keys it began with. A log
// that cannot be read now keeps nobody from making a copy of it.
func (c copier) audit(ctx context.Context) (checkpoint string, anchors []byte) {
	if trail, err := trailOf(c.db); err == nil {
		if at, err := trail.Checkpoint(ctx); err == nil {
			checkpoint = at.String()
		}
	}
	anchors, _ = c.db.HostKeys().Anchors()
	return checkpoint, anchors
}

// database writes the pages. One goroutine reads and sums them, one seals them
// and one, below, brings them to the disk: none of the three waits for another
// longer than the slowest needs.
func (c copier) database(ctx context.Context, part store.Part, out *tar.Writer, still *store.Snapshot) (filed, error) {
	if err := heading(out, databaseName, still.Size); err != nil {
		return filed{}, err
	}
	sum, pages := sha256.New(), newAhead(out)
	to := []io.Writer{pages, sum}
	if c.see != nil {
		to = append(to, c.see(part, still.Size))
	}
	err := still.Copy(ctx, io.MultiWriter(to...))
	if closed := pages.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return filed{}, fmt.Errorf("write the copy: %w", err)
	}
	return filed{Size: still.Size, SHA256: summed(sum)}, nil
}

// heading writes the head of a file of the archive.
func heading(out *tar.Writer, name string, size int64) error {
	if err := out.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, Format: tar.FormatPAX}); err != nil {
		return fmt.Errorf("write the copy: %w", err)
	}
	return nil
}

// addText writes one short file into the archive and says what it was.
func addText(out *tar.Writer, name string, text []byte) (filed, error) {
	if err := heading(out, name, int64(len(text))); err != nil {
		return filed{}, err
	}
	_, err := out.Write(text)
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return filed{}, fmt.Errorf("write the copy: %w", err)
	}
	return filed{Size: int64(len(text)), SHA256: digest(sha256.Sum256(text))}, nil
}

func summed(h hash.Hash) string { return digest([sha256.Size]byte(h.Sum(nil))) }
