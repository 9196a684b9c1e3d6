package main

import (
	"archive/tar"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"

	"helpline/store"
)

// readSet opens a set and puts its files into a folder as a data folder has
// them. It believes nothing before the end: the caller removes the folder when
// there is an error. who is the signer it must have; nil is refused, with the
// signer it has named.
func readSet(from io.Reader, ids []age.Identity, part store.Part, who signer, dir string) (manifest, error) {
	plain, err := age.Decrypt(from, ids...)
	if err != nil {
		if _, wrong := errors.AsType[*age.NoIdentityMatchError](err); wrong {
			return manifest{}, errors.New("this key does not open it: it was sealed to other recipients, or its beginning is damaged")
		}
		return manifest{}, errors.New("it is no copy made by `helpline backup`, or its beginning is damaged")
	}
	in := tar.NewReader(plain)
	found := map[string]filed{}
	for _, p := range placesOf(part) {
		if found[p.name], err = unpackFile(in, p.name, filepath.Join(dir, p.to)); err != nil {
			return manifest{}, err
		}
	}
	text, err := unpackText(in, manifestName)
	if err != nil {
		return manifest{}, err
	}
	sig, err := unpackText(in, signatureName)
	if err != nil {
		return manifest{}, err
	}
	if _, err := in.Next(); err != io.EOF {
		return manifest{}, errDamaged
	}
	if n, err := io.Copy(io.Discard, plain); err != nil || n > 0 { // age proves its last piece only when it is read
		return manifest{}, errDamaged
	}
	m, by, err := readManifest(text, sig)
	switch {
	case err != nil:
		return manifest{}, err
	case who == nil:
		return manifest{}, fmt.Errorf("it is signed by %s, and nothing here says that this is your line: compare it with the signer you wrote down at the set-up, and give it with --signer", by)
	case !who.equal(by):
		return manifest{}, fmt.Errorf("it is signed by %s and not by %s: somebody else made it, or the line's host has a new key", by, who)
	case m.Part != part:
		return manifest{}, fmt.Errorf("it is a copy of the %s and not of the %s", partWord(m.Part), partWord(part))
	case len(m.Files) != len(found):
		return manifest{}, errDamaged
	}
	for name, f := range m.Files {
		if found[name] != f {
			return manifest{}, fmt.Errorf("its %s is not the one that was signed", name)
		}
	}
	if part == store.Main {
		key, err := os.ReadFile(filepath.Join(dir, store.InstallationFile))
		if err != nil {
			return manifest{}, fmt.Errorf("read what was unpacked: %w", err)
		}
		defer clear(key)
		k, err := store.ReadInstallation(key)
		if err != nil || installID(k) != m.Install {
			return manifest{}, errors.New("its installation key is not that of its line")
		}
	}
	return m, nil
}

var errDamaged = errors.New("it is damaged or was cut off: take another copy")

func partWord(p store.Part) string {
	if p == store.Shreds {
		return "keys of the records"
	}
	return "line"
}

// place is where a file of a set belongs in a data folder.
type placed struct{ name, to string }

func placesOf(p store.Part) []placed {
	if p == store.Shreds {
		return []placed{{databaseName, store.FileOf(p)}}
	}
	return []placed{{keyName, store.InstallationFile}, {anchorsName, store.AnchorsFile}, {databaseName, store.FileOf(p)}}
}

// next goes to the next file of a set, which must have this name.
func next(in *tar.Reader, name string) (*tar.Header, error) {
	h, err := in.Next()
	if err != nil || h.Name != name || h.Typeflag != tar.TypeReg {
		return nil, errDamaged
	}
	return h, nil
}

func unpackFile(in *tar.Reader, name, to string) (filed, error) {
	h, err := next(in, name)
	if err != nil {
		return filed{}, err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return filed{}, fmt.Errorf("unpack the copy: %w", err)
	}
	sum := sha256.New()
	faulty := &writeFault{to: io.MultiWriter(out, sum)}
	_, err = io.Copy(faulty, in)
	closed := out.Close()
	switch {
	case faulty.err != nil:
		return filed{}, fmt.Errorf("unpack the copy: %w", faulty.err)
	case err != nil:
		return filed{}, errDamaged
	case closed != nil:
		return filed{}, fmt.Errorf("unpack the copy: %w", closed)
	}
	return filed{Size: h.Size, SHA256: summed(sum)}, nil
}

// writeFault remembers that writing failed, which is no damage of the copy.
type writeFault struct {
	to  io.Writer
	err error
}

func (w *writeFault) Write(b []byte) (int, error) {
	n, err := w.to.Write(b)
	w.err = err
	return n, err
}

func unpackText(in *tar.Reader, name string) ([]byte, error) {
	h, err := next(in, name)
	if err != nil || h.Size > mostManifest {
		return nil, errDamaged
	}
	text := make([]byte, h.Size)
	if _, err := io.ReadFull(in, text); err != nil {
		return nil, errDamaged
	}
	return text, nil
}
