package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"helpline"
)

const (
	tmpName      = "tmp"      // of the data folder: copies that are looked at, removed at every start
	restoredName = "restored" // a whole data folder that takes the place of this one; the old files go
	movingName   = "moving"   // the same, a step later; its files move up
)

// Staging is a data folder in the making, inside the data folder whose place it
// may take. Nothing of the folder around it has changed until Commit.
type Staging struct {
	around string
	Dir    string // put the files here, in keys too, with mode 0600
	held   *os.File
	made   bool // the folder around it was not there
	empty  bool // there was nothing in it, but perhaps a lock
}

// Stage begins a new data folder inside dir, for a restore. It takes the lock:
// Conflict while a line runs on dir; and, unless replace is set, Conflict when
// dir holds a line.
func Stage(dir string, replace bool) (*Staging, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, explainOS("find the data folder", err)
	}
	there, err := os.ReadDir(dir)
	made := errors.Is(err, fs.ErrNotExist)
	if err := prepare(dir); err != nil {
		return nil, err
	}
	held, taken, err := lock(dir)
	switch {
	case err != nil:
		return nil, err
	case taken:
		return nil, helpline.Errorf(helpline.Conflict, "data folder %s: a line is running on it: stop it first", dir)
	}
	s := &Staging{around: dir, held: held, made: made, empty: !slices.ContainsFunc(there, func(e fs.DirEntry) bool { return e.Name() != lockName })}
	if err := s.begin(replace); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Staging) begin(replace bool) error {
	if err := tidyFolder(s.around); err != nil {
		return err
	}
	if _, err := os.Lstat(filepath.Join(s.around, mainName)); err == nil && !replace {
		return helpline.Errorf(helpline.Conflict, "data folder %s holds a line already: name an empty folder, or say --replace to put the copy in its place", s.around)
	}
	dir, err := tmpDir(s.around)
	s.Dir = dir
	return err
}

// Rehearse gives a folder for looking at a copy, in the tmp of a data folder,
// and what removes it again. It works beside a running line.
func Rehearse(dir string) (at string, remove func() error, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", nil, explainOS("find the data folder", err)
	}
	if err := prepare(dir); err != nil {
		return "", nil, err
	}
	at, err = tmpDir(dir)
	return at, func() error { return wipe(at) }, err
}

func tmpDir(dir string) (string, error) {
	tmp := filepath.Join(dir, tmpName)
	err := os.MkdirAll(tmp, 0o700)
	var at string
	if err == nil {
		at, err = os.MkdirTemp(tmp, "") // 0700
	}
	if err == nil {
		err = os.Mkdir(filepath.Join(at, keysName), 0o700)
	}
	if err != nil {
		return "", explainOS("make a folder in "+tmp, err)
	}
	return at, nil
}

// Commit puts what was staged in the place of the folder around it. Until it
// has returned, or the program has been killed at the one renaming in it, the
// old folder stands; after that the new one does, also after kill -9: the next
// start goes on where this ended.
func (s *Staging) Commit() error {
	if err := syncTree(s.Dir); err != nil {
		return err
	}
	if err := os.Rename(s.Dir, filepath.Join(s.around, restoredName)); err != nil {
		return explainOS("put the restored folder in its place", err)
	}
	if err := syncFolder(s.around); err != nil {
		return err
	}
	return finishRestore(s.around)
}

// Close removes what was staged and not committed, and lets go of the folder.
// One that was empty, or was not there, is so again.
func (s *Staging) Close() {
	if s.Dir != "" {
		_ = wipe(s.Dir) // the next start removes what stays
	}
	if s.empty && s.held != nil {
		for _, name := range []string{tmpName, keysName} {
			_ = os.Remove(filepath.Join(s.around, name)) // refused where something is in it
		}
	}
	// A lock that others may just be looking at stays, or two could have it.
	if s.made && s.held != nil {
		if left, err := os.ReadDir(s.around); err == nil && len(left) == 1 {
			_ = os.Remove(filepath.Join(s.around, lockName))
			_ = os.Remove(s.around)
		}
	}
	if s.held != nil {
		_ = s.held.Close()
		s.held = nil
	}
}

// finishRestore ends what Commit began, in two steps that can each be broken
// off anywhere and begun again: first everything of the old folder goes, then
// the new files move up. Which step it is at stands in the name of the folder
// they wait in.
func finishRestore(dir string) error {
	const doing = "put the restored folder in its place"
	from, moving := filepath.Join(dir, restoredName), filepath.Join(dir, movingName)
	if _, err := os.Lstat(from); err == nil {
		if err := destroyOld(dir); err != nil {
			return err
		}
		if err := os.Rename(from, moving); err != nil {
			return explainOS(doing, err)
		}
		if err := syncFolder(dir); err != nil {
			return err
		}
	}
	if _, err := os.Lstat(moving); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, sub := range []string{keysName, "."} { // the database itself comes last
		entries, err := os.ReadDir(filepath.Join(moving, sub))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return explainOS(doing, err)
		}
		for _, e := range entries {
			if e.IsDir() {
				continue
			}
			if err := os.Rename(filepath.Join(moving, sub, e.Name()), filepath.Join(dir, sub, e.Name())); err != nil {
				return explainOS(doing, err)
			}
		}
		if err := syncFolder(filepath.Join(dir, sub)); err != nil {
			return err
		}
	}
	return wipe(moving)
}

// destroyOld destroys the databases and the keys of a folder, all but the key
// that signs its backups (the next ones stay known by it) and the key of notices,
// with which the addresses in a copy from this machine open again.
func destroyOld(dir string) error {
	for sub, goes := range map[string]func(string) bool{
		".":      func(n string) bool { return strings.HasPrefix(n, mainName) || strings.HasPrefix(n, loginsName) },
		keysName: func(n string) bool { return n != backupKeyName && n != noticeKeyName },
	} {
		entries, err := os.ReadDir(filepath.Join(dir, sub))
		if err != nil {
			return explainOS("look at the data folder", err)
		}
		for _, e := range entries {
			if e.IsDir() || !goes(e.Name()) {
				continue
			}
			if err := destroy(filepath.Join(dir, sub, e.Name())); err != nil {
				return err
			}
		}
		if err := syncFolder(filepath.Join(dir, sub)); err != nil {
			return err
		}
	}
	return nil
}

// tidyFolder ends a restore that was broken off after it was committed, and
// removes what is left of copies that were being looked at. Whoever calls it
// holds the lock.
func tidyFolder(dir string) error {
	if err := finishRestore(dir); err != nil {
		return err
	}
	return wipe(filepath.Join(dir, tmpName))
}

// wipe overwrites and removes a folder with all that is in it; one that is not
// there is gone already.
func wipe(dir string) error {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		return destroy(path)
	})
	if err == nil {
		err = os.RemoveAll(dir)
	}
	if err != nil {
		return explainOS("remove "+dir, err)
	}
	return nil
}

// syncTree makes everything in a folder durable.
func syncTree(dir string) error {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() && !d.Type().IsRegular() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		return f.Sync()
	})
	if err != nil {
		return explainOS("write what was restored", err)
	}
	return nil
}
