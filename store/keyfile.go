package store

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"helpline"
)

// A key file is one line that names its kind, the keys one after the other, and
// the SHA-256 of all that, which tells a damaged file from a good one.
const (
	dayMark          = "helpline day keys 1\n"
	installationMark = "helpline installation key 1\n"
	backupMark       = "helpline backup key 1\n"
	noticeMark       = "helpline notice key 1\n"
	tempPrefix       = ".new-" // of files that were not finished
)

// writeKeys puts a key file in its place so that after a crash there is either
// the whole file or none.
func writeKeys(path, mark string, keys ...Key) error {
	doing := "write " + filepath.Base(path)
	text := []byte(mark)
	for _, k := range keys {
		text = append(text, k[:]...)
	}
	sum := sha256.Sum256(text)
	text = append(text, sum[:]...)
	defer clear(text)

	f, err := os.CreateTemp(filepath.Dir(path), tempPrefix+"*") // 0600
	if err != nil {
		return explainOS(doing, err)
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = destroy(f.Name())
		return explainOS(doing, err)
	}
	return syncFolder(filepath.Dir(path))
}

// readKeys fills keys from a file; NotFound when there is none.
func readKeys(path, mark string, keys ...*Key) error {
	doing := "read " + filepath.Base(path)
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return helpline.Errorf(helpline.NotFound, "%s: there is no such file", doing)
	case err != nil:
		return explainOS(doing, err)
	}
	defer clear(text)
	return parseKeys(doing, text, mark, keys...)
}

func parseKeys(doing string, text []byte, mark string, keys ...*Key) error {
	end := len(mark) + len(keys)*len(Key{})
	if len(text) != end+sha256.Size || string(text[:len(mark)]) != mark {
		return damaged(doing)
	}
	if sum := sha256.Sum256(text[:end]); !bytes.Equal(sum[:], text[end:]) {
		return damaged(doing)
	}
	rest := text[len(mark):end]
	for _, k := range keys {
		rest = rest[copy(k[:], rest):]
	}
	return nil
}

func damaged(doing string) error {
	return helpline.Errorf(helpline.Internal, "%s: the file is damaged: check the disk. A day file may be removed while helpline is stopped (staff sign in again, visitors start again), and so may notices.key (everybody says anew where notices reach them); the installation key must come back from your own copy", doing)
}

// retire destroys a key file that is still in use. The file loses its name first:
// after a crash in the middle nothing is taken for a key that is noise by then,
// and the next Days ends what was begun.
func retire(path string) error {
	end, err := unname(path)
	if end == "" || err != nil {
		return err
	}
	return destroy(end)
}

// unname gives a key file the name of one that was not finished, durably; empty
// when there is none.
func unname(path string) (end string, err error) {
	end = filepath.Join(filepath.Dir(path), tempPrefix+rand.Text())
	err = os.Rename(path, end)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", explainOS("destroy "+filepath.Base(path), err)
	}
	return end, syncFolder(filepath.Dir(path))
}

// destroy overwrites a file before it is removed. On a disk that writes
// elsewhere (flash, copy on write) the old bytes may outlive that: the threat
// model says so, and asks for an encrypted disk.
func destroy(path string) error {
	doing := "destroy " + filepath.Base(path)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return explainOS(doing, err)
	}
	err = overwrite(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Remove(path)
	}
	if err != nil {
		return explainOS(doing, err)
	}
	return nil
}

func overwrite(f *os.File) error {
	at, err := f.Stat()
	if err != nil {
		return err
	}
	noise := make([]byte, at.Size())
	_, _ = rand.Read(noise)
	if _, err := f.WriteAt(noise, 0); err != nil {
		return err
	}
	return f.Sync()
}

// syncFolder makes names that were added, moved or removed durable.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return explainOS("sync the folder of keys", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return explainOS("sync the folder of keys", err)
	}
	return nil
}
