package store

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"helpline/counsel/retention"
)

// Finding is something that should be gone and is not: where, and what.
type Finding struct{ Place, What string }

// Inspection is what a look for residue has looked at and found.
type Inspection struct {
	Looked []string // one line for each place
	Found  []Finding
	Later  []Finding // what the next purge takes away, as was promised
	Counts []retention.Count
}

func (i *Inspection) looked(format string, args ...any) {
	i.Looked = append(i.Looked, fmt.Sprintf(format, args...))
}

func (i *Inspection) found(place, format string, args ...any) {
	i.Found = append(i.Found, Finding{place, fmt.Sprintf(format, args...)})
}

// purgeAgain is said of what may also come from work since the last purge.
const purgeAgain = "if people have worked since the last purge it may be theirs: run `helpline purge --rebuild` and look again with --strict"

// fresh notes what may come from work since the last purge: rows that were
// changed or moved leave copies until the files are written anew.
func (i *Inspection) fresh(place, format string, args ...any) {
	i.Later = append(i.Later, Finding{place, fmt.Sprintf(format, args...)})
}

// Inspect looks for what should be gone in a data folder, in all of its files:
// also beside a running line. It changes nothing but what every start changes.
// strict is for whoever has just purged and knows that nobody has worked since:
// then nothing may be left that the next purge would take.
func Inspect(ctx context.Context, dir string, o Options, r retention.Rules, now time.Time, strict bool) (*Inspection, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, explainOS("find the data folder", err)
	}
	held, running, err := lock(dir)
	if err != nil {
		return nil, err
	}
	if held != nil {
		if err := held.Close(); err != nil {
			return nil, explainOS("let go of the data folder", err)
		}
	}
	i := &Inspection{}
	// The files as they lie there, before SQLite opens and mends them.
	if err := i.names(dir, now); err != nil {
		return nil, err
	}
	for _, name := range []string{mainName, loginsName, filepath.Join(keysName, shredName)} {
		if err := i.logs(dir, name, running); err != nil {
			return nil, err
		}
	}
	o.Beside = true
	db, err := Open(ctx, dir, o)
	if err != nil {
		return nil, err
	}
	err = i.rows(ctx, db, r, now)
	if closed := db.Close(); err == nil {
		err = closed
	}
	if strict {
		i.judge()
	}
	return i, err
}

// names looks for files that should not be there.
func (i *Inspection) names(dir string, now time.Time) error {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		switch top, _, _ := strings.Cut(name, string(filepath.Separator)); {
		case d.IsDir() && (name == "." || name == keysName || name == tmpName):
		case top == tmpName:
			if !d.IsDir() {
				i.found(name, "a copy that somebody looked at and did not remove; the next start of the line removes it, if no verify runs just now")
			}
		case top == restoredName || top == movingName:
			i.found(name, "a restore was broken off; the next start of the line ends it")
			return fs.SkipDir
		case !known(name):
			i.found(name, "no file of this program: look what it is, and remove it if it is a copy")
		default:
			if n, ok := epochOf(filepath.Base(name)); ok && n < retention.Day(now)-1 {
				i.found(name, "the keys of a day that is over; the line destroys them at its start and after midnight")
			}
		}
		return nil
	})
	if err != nil {
		return explainOS("look at the data folder", err)
	}
	i.looked("names of all files in the data folder, its keys and its tmp")
	return nil
}

// known says whether a file has its place in a data folder.
func known(name string) bool {
	if dir, base := filepath.Split(name); filepath.Clean(dir) == keysName {
		if _, day := epochOf(base); day || slices.Contains([]string{installationName, backupKeyName, noticeKeyName, "audit.key", "audit.pub", headName}, base) {
			return true
		}
	}
	for _, db := range []string{mainName, loginsName, filepath.Join(keysName, shredName)} {
		if name == db || name == db+"-wal" || name == db+"-shm" {
			return true
		}
	}
	return name == lockName || name == "demonstration.json"
}

// logs looks at SQLite's own files beside a database.
func (i *Inspection) logs(dir, name string, running bool) error {
	for suffix, judge := range map[string]func([]byte) string{"-wal": strayWAL, "-shm": strayIndex} {
		var why string
		var size int
		// A running line writes while this reads: what is wrong stays wrong.
		for try := 0; try < 4 && (try == 0 || running && why != ""); try++ {
			if try > 0 {
				time.Sleep(100 * time.Millisecond)
			}
			text, err := os.ReadFile(filepath.Join(dir, name+suffix))
			if os.IsNotExist(err) {
				text, err = nil, nil
			}
			if err != nil {
				return explainOS("look at "+name+suffix, err)
			}
			why, size = judge(text), len(text)
		}
		switch {
		case why != "":
			i.fresh(name+suffix, "%s: %s", why, purgeAgain)
		case size > 0 && !running:
			i.found(name+suffix, "%d bytes, left by a line that was killed: start it, or run `helpline purge`", size)
		}
		i.looked("%s%s, %d bytes", name, suffix, size)
	}
	return nil
}

// rows looks into the databases.
func (i *Inspection) rows(ctx context.Context, db *DB, r retention.Rules, now time.Time) error {
	today := retention.Midnight(retention.Day(now))
	counts, err := db.Census(ctx, r, today)
	if err != nil {
		return err
	}
	i.Counts = counts
	for _, c := range counts {
		if c.Overdue > 0 {
			i.found(string(c.Code), "%d of %d rows should have gone by today: run `helpline purge`", c.Overdue, c.Rows)
		}
	}
	i.looked("rows of %d classes, by their days", len(counts))
	for _, f := range []*file{db.main, db.logins.file, db.shred.file} {
		pages, dirty, err := f.slackOf(ctx)
		if err != nil {
			return err
		}
		if len(dirty) > 0 {
			i.fresh(f.name, "bytes of no row on %d of %d pages, the first is page %d: %s", len(dirty), pages, dirty[0], purgeAgain)
		}
		i.looked("%s, every byte of %d pages that no row needs", f.name, pages)
	}
	if err := i.keys(ctx, db); err != nil {
		return err
	}
	done, err := db.Chores(ctx)
	if err != nil {
		return err
	}
	if last, known := done[retention.Purging]; retention.Purging.Overdue(last, known, now) {
		i.found("purge", "it is overdue: start the line, or run `helpline purge`")
		i.judge()
	}
	if last, known := done[retention.Rebuilding]; retention.Rebuilding.Overdue(last, known, now) {
		i.found("rebuild", "it is overdue: run `helpline purge --rebuild`")
		i.judge()
	}
	return nil
}

// judge says that what was to go later should be gone by now.
func (i *Inspection) judge() { i.Found, i.Later = append(i.Found, i.Later...), nil }

// keys looks for keys whose record is gone: there are never more free ones than
// are made ahead.
func (i *Inspection) keys(ctx context.Context, db *DB) error {
	const doing = "look at the keys of the records"
	used := map[int64]bool{}
	err := db.shred.each(ctx, db.main, doing, usedShreds, func(n int64) { used[n] = true })
	if err != nil {
		return err
	}
	all, free := 0, 0
	err = db.shred.each(ctx, db.shred.file, doing, `SELECT number FROM shred`, func(n int64) {
		all++
		if !used[n] {
			free++
		}
	})
	if free > shredBatch+shredLow {
		i.found(db.shred.file.name, "%d keys belong to no record, and at most %d are made ahead: keys whose record is gone were not forgotten. Tell a supervisor, and restore no older copy", free, shredBatch+shredLow)
	}
	i.looked("%s, %d keys, %d of them made ahead", db.shred.file.name, all, free)
	return err
}
