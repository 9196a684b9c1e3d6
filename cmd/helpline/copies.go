package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"helpline/counsel/retention"
	"helpline/store"
)

// copies are the settings of safety copies.
type copies struct {
	To      []age.Recipient
	Dir     string // of the copies of the line; empty makes none by itself
	KeysDir string // of the copies of the keys of the records; empty is Dir
	Hour    int    // of the line's day
	Days    int    // that copies are kept
}

func (c copies) dir(p store.Part) string {
	if p == store.Shreds {
		return cmp.Or(c.KeysDir, c.Dir)
	}
	return c.Dir
}

// dirs lists the folders, each once; none when no copies are made.
func (c copies) dirs() []string {
	switch {
	case c.Dir == "":
		return nil
	case c.KeysDir == "" || c.KeysDir == c.Dir:
		return []string{c.Dir}
	}
	return []string{c.Dir, c.KeysDir}
}

// Names of sets carry the part and the moment in UTC. What a name says is
// believed for tidying only; a restore believes the manifest.
const (
	nameTime   = "20060102-150405"
	nameEnd    = ".age"
	unfinished = ".unfinished-" // before the name of a set that is being written
)

// abandoned is how old an unfinished set is that nobody writes any more.
const abandoned = 6 * time.Hour

var setName = regexp.MustCompile(`^(?:` + regexp.QuoteMeta(unfinished) + `)?(line|shred)-([0-9]{8}-[0-9]{6})\.age$`)

func nameOf(p store.Part, at time.Time) string {
	return string(p) + "-" + at.UTC().Format(nameTime) + nameEnd
}

// kept is a set that lies in a folder.
type keptSet struct {
	path string
	part store.Part
	at   time.Time
	done bool // it was written to its end
}

// setsIn lists the sets of a folder, the newest first. Other files are none of
// our business.
func setsIn(dir string) ([]keptSet, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("look for copies: %w", err)
	}
	var all []keptSet
	for _, e := range entries {
		m := setName.FindStringSubmatch(e.Name())
		if m == nil || !e.Type().IsRegular() {
			continue
		}
		at, err := time.Parse(nameTime, m[2])
		if err != nil {
			continue
		}
		all = append(all, keptSet{filepath.Join(dir, e.Name()), store.Part(m[1]), at, !strings.HasPrefix(e.Name(), unfinished)})
	}
	slices.SortFunc(all, func(a, b keptSet) int { return b.at.Compare(a.at) })
	return all, nil
}

// newestSet is the newest finished set of a part in a folder.
func newestSet(dir string, p store.Part) (keptSet, error) {
	all, err := setsIn(dir)
	if err != nil {
		return keptSet{}, err
	}
	for _, s := range all {
		if s.part == p && s.done {
			return s, nil
		}
	}
	return keptSet{}, fmt.Errorf("%s holds no copy of the %s", dir, partWord(p))
}

// madeSets says what a backup has done.
type madeSets struct {
	line, keys string // paths
	removed    int    // older sets
}

// run makes both sets and tidies the folders. After an error no set of this
// run is there, and none was removed.
func (c copies) run(ctx context.Context, maker copier, data string) (madeSets, error) {
	var made madeSets
	for _, p := range []store.Part{store.Main, store.Shreds} {
		if err := fitForCopies(c.dir(p), data); err != nil {
			return madeSets{}, err
		}
	}
	made.keys = filepath.Join(c.dir(store.Shreds), nameOf(store.Shreds, maker.now))
	made.line = filepath.Join(c.dir(store.Main), nameOf(store.Main, maker.now))
	for _, path := range []string{made.keys, made.line} {
		if _, err := os.Lstat(path); err == nil {
			return madeSets{}, fmt.Errorf("%s is there already: two copies were asked for in one second", path)
		}
	}
	var waiting [2]string
	defer func() {
		for _, w := range waiting {
			if w != "" {
				_ = os.Remove(w) // gone already when all went well
			}
		}
	}()
	// The line first: a key is there before the record that needs it.
	for i, p := range []store.Part{store.Main, store.Shreds} {
		path := filepath.Join(c.dir(p), unfinished+nameOf(p, maker.now))
		err := writeSet(ctx, maker, p, path)
		if !errors.Is(err, fs.ErrExist) { // that one is somebody else's
			waiting[i] = path
		}
		if err != nil {
			return madeSets{}, err
		}
	}
	// The keys first: a copy of the line never lies there without them.
	for _, m := range []struct{ from, to string }{{waiting[1], made.keys}, {waiting[0], made.line}} {
		if err := os.Rename(m.from, m.to); err != nil {
			return madeSets{}, fmt.Errorf("put the copy in its place: %w", err)
		}
		if err := syncDir(filepath.Dir(m.to)); err != nil {
			return madeSets{}, err
		}
	}
	removed, err := c.tidy(maker.now)
	made.removed = removed
	if err != nil {
		return made, err
	}
	return made, maker.db.Done(ctx, retention.BackingUp, maker.now)
}

// fitForCopies refuses a folder that is not there, because then a disk is not
// mounted, and one inside the data folder, because then nothing is gained.
func fitForCopies(dir, data string) error {
	at, err := os.Stat(dir)
	if err != nil || !at.IsDir() {
		return configError{fmt.Errorf("%s is no folder: make it, or mount the disk it is on", dir)}
	}
	inside, err := filepath.EvalSymlinks(dir)
	if err == nil {
		data, err = filepath.EvalSymlinks(data)
	}
	if err == nil {
		inside, err = filepath.Abs(inside)
	}
	if err == nil {
		data, err = filepath.Abs(data)
	}
	if err != nil {
		return configError{fmt.Errorf("look at %s: %w", dir, err)}
	}
	if rel, err := filepath.Rel(data, inside); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return configError{fmt.Errorf("%s is inside the data folder: a copy belongs on another disk", dir)}
	}
	return nil
}

func writeSet(ctx context.Context, maker copier, p store.Part, path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write the copy: %w", err)
	}
	disk := diskFor(f)
	_, err = maker.set(ctx, p, disk)
	if err == nil {
		err = disk.Sync()
	}
	return errors.Join(err, f.Close())
}

// tidy removes the sets that are older than they may get, and what earlier
// backups left unfinished. A set that lies in the future, because a clock was
// wrong, is left: nobody can say how old it is.
func (c copies) tidy(now time.Time) (removed int, err error) {
	for _, dir := range c.dirs() {
		all, err := setsIn(dir)
		if err != nil {
			return removed, err
		}
		for _, s := range all {
			if s.done && !c.tooOld(s, now) || !s.done && now.Sub(s.at) < abandoned {
				continue
			}
			if err := os.Remove(s.path); err != nil {
				return removed, fmt.Errorf("remove an old copy: %w", err)
			}
			removed++
		}
		if err := syncDir(dir); err != nil {
			return removed, err
		}
	}
	return removed, nil
}

// tooOld says whether a set has been kept for its days.
func (c copies) tooOld(s keptSet, now time.Time) bool {
	return retention.Day(now)-retention.Day(s.at) >= c.Days
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err == nil {
		err = errors.Join(d.Sync(), d.Close())
	}
	if err != nil {
		return fmt.Errorf("write the folder of the copies: %w", err)
	}
	return nil
}
