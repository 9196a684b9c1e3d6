package store

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"helpline"
)

// Seen is what can be seen of a data folder from outside, without opening a
// database or changing anything: for whoever asks whether a line is well.
type Seen struct {
	Taken        bool     // a helpline program has the folder just now
	Owner        int      // account of the folder, a number of the system
	Installation bool     // there is a whole installation key
	Damaged      []string // key files that are not whole, in the folder's own terms
	Days         []int    // the days there are keys for, oldest first
	Schemas      []Schema // of every database
	Readable     []string // files and folders that other accounts may look into, in the folder's own terms
	Foreign      []string // files and folders of another account than the folder's
	Odd          []string // what is neither a file nor a folder
}

// Schema is the version of a database beside the one that this program writes.
type Schema struct {
	Name  string
	Is    int // -1: there is no such file; -2: it is no database of ours
	Knows int
}

// sqliteMark begins every SQLite database; the version stands at byte 60.
const sqliteMark = "SQLite format 3\x00"

// Look sees what it can of a data folder. NotFound when there is none,
// Unavailable when it may not be looked into.
func Look(dir string) (Seen, error) {
	at, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !at.IsDir() {
		return Seen{}, helpline.Errorf(helpline.NotFound, "data folder %s: there is no such folder: run helpline init", dir)
	}
	if err != nil {
		return Seen{}, explainOS("look at the data folder", err)
	}
	s := Seen{Owner: owner(at)}
	if s.Taken, err = taken(dir); err != nil {
		return Seen{}, err
	}
	if err := s.walk(dir); err != nil {
		return Seen{}, err
	}
	for _, f := range []struct{ name, path, steps string }{
		{mainName, mainName, "."},
		{loginsName, loginsName, "logins"},
		{shredName, filepath.Join(keysName, shredName), "shred"},
	} {
		all, err := readSteps(steps(f.steps))
		if err != nil {
			return Seen{}, err
		}
		is, err := schemaOf(filepath.Join(dir, f.path))
		if err != nil {
			return Seen{}, explainOS("read "+f.name, err)
		}
		s.Schemas = append(s.Schemas, Schema{f.name, is, len(all)})
	}
	return s, nil
}

// walk looks at every file's account and permissions, and finds the keys.
func (s *Seen) walk(dir string) error {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a running line makes and removes files
		}
		if err != nil {
			return err
		}
		at, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		switch {
		case !at.Mode().IsRegular() && !at.IsDir():
			s.Odd = append(s.Odd, name)
			return nil
		case at.Mode().Perm()&0o077 != 0:
			s.Readable = append(s.Readable, name)
		}
		if owner(at) != s.Owner {
			s.Foreign = append(s.Foreign, name)
		}
		if in, file := filepath.Split(name); in == keysName+string(filepath.Separator) {
			s.key(name, file, path)
		}
		return nil
	})
	if err != nil {
		return explainOS("look into the data folder", err)
	}
	slices.Sort(s.Days)
	return nil
}

// key looks at what may be a key file. The keys themselves are forgotten at once.
func (s *Seen) key(name, file, path string) {
	var err error
	epoch, day := epochOf(file)
	switch {
	case day:
		s.Days = append(s.Days, epoch)
		var d Day
		err = readKeys(path, dayMark, &d.Ticket, &d.Live, &d.Login)
	case file == installationName:
		var k Key
		err = readKeys(path, installationMark, &k)
		s.Installation = err == nil
	}
	if err != nil && helpline.KindOf(err) != helpline.NotFound {
		s.Damaged = append(s.Damaged, name)
	}
}

// taken says whether a program holds the folder. It asks for a shared hold for
// less than a moment, and makes no file.
func taken(dir string) (bool, error) {
	f, err := os.Open(filepath.Join(dir, lockName))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, explainOS("look at the lock of the data folder", err)
	}
	defer f.Close()
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	if err != nil && !errors.Is(err, syscall.EWOULDBLOCK) {
		return false, explainOS("look at the lock of the data folder", err)
	}
	return err != nil, nil
}

// schemaOf reads a version from the head of a database file. What stands only
// in the log beside it is not seen; versions are there from the first purge on.
func schemaOf(path string) (int, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return -1, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	head := make([]byte, 64)
	if _, err := io.ReadFull(f, head); err != nil || !strings.HasPrefix(string(head), sqliteMark) {
		return -2, nil // a file that is too short is no database
	}
	return int(int32(binary.BigEndian.Uint32(head[60:]))), nil
}

// owner is the account a file belongs to.
func owner(at fs.FileInfo) int {
	if sys, ok := at.Sys().(*syscall.Stat_t); ok {
		return int(sys.Uid)
	}
	return -1
}
