package store

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"helpline"
)

// prepare makes the data folder, or sees that nobody else can read it. A folder
// that holds only our files is closed to others; one that holds something else
// is refused, because it may be shared for a reason.
func prepare(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return explainOS("make the data folder "+dir, err)
	}
	at, err := os.Stat(dir)
	if err != nil {
		return explainOS("look at the data folder "+dir, err)
	}
	if at.Mode().Perm()&0o077 != 0 {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return explainOS("look at the data folder "+dir, err)
		}
		ours := len(entries) == 0 || slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == mainName })
		if !ours {
			return helpline.Errorf(helpline.Invalid, "data folder %s: other accounts can look into it and it holds other files: name an empty folder, or close it with chmod 700", dir)
		}
		if err := os.Chmod(dir, 0o700); err != nil {
			return explainOS("close the data folder "+dir+" to others", err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, keysName), 0o700); err != nil {
		return explainOS("make the folder "+filepath.Join(dir, keysName), err)
	}
	return nil
}

// lock takes the folder for one running program; the system lets go of it when
// the program ends, however it ends. taken says that another program has it.
func lock(dir string) (held *os.File, taken bool, err error) {
	path := filepath.Join(dir, lockName)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, false, explainOS("write in the data folder "+dir, err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, false, nil
	}
	_ = f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, true, nil
	}
	return nil, false, explainOS("lock the data folder "+dir, err)
}
