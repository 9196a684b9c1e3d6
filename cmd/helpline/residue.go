package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"helpline/store"
)

// verifyRetentionCommand looks for what should be gone.
type verifyRetentionCommand struct {
	settingFlags
	Strict bool `help:"Right after helpline purge --rebuild, while nobody works: also what the next purge would take is a fault."`
}

// notSeen is what no command on this machine can look at.
const notSeen = `This command cannot see: copies that were taken elsewhere, snapshots of the disk or of the machine, blocks that a flash disk
keeps to itself, swap, the memory of running programs, what somebody has read, copied or printed.
`

// Run looks at the data folder, the folders of the copies and the folder for
// temporary files. It ends with an error when something is found.
func (c verifyRetentionCommand) Run(ctx context.Context, p *place) error {
	conf, err := c.load(p.env)
	if err != nil {
		return err
	}
	// Not opened here: SQLite mends its files then, and what lay in them is gone.
	if _, err := os.Stat(filepath.Join(conf.Data, store.FileOf(store.Main))); err != nil {
		return dataError{fmt.Errorf("%s holds no line yet: run `helpline init` first", conf.Data)}
	}
	return verifyRetention(ctx, p, conf, time.Now(), c.Strict)
}

func verifyRetention(ctx context.Context, p *place, conf config, now time.Time, strict bool) error {
	in, err := store.Inspect(ctx, conf.Data, store.Options{Zone: conf.Zone}, rules(conf), now, strict)
	if err != nil {
		return dataError{err}
	}
	if err := inspectCopies(in, conf.Copies, now); err != nil {
		return err
	}
	if err := inspectTemp(in, os.TempDir()); err != nil {
		return err
	}
	fmt.Fprintln(p.out, "Looked at:")
	for _, line := range in.Looked {
		fmt.Fprintln(p.out, " ", line)
	}
	for _, n := range in.Counts {
		fmt.Fprintf(p.out, "  %s: %d rows, %d overdue\n", n.Code, n.Rows, n.Overdue)
	}
	fmt.Fprint(p.out, notSeen)
	if len(in.Later) > 0 {
		fmt.Fprintln(p.out, "The next purge takes away what was changed since the last one:")
		for _, f := range in.Later {
			fmt.Fprintf(p.out, "  %s: %s\n", f.Place, f.What)
		}
	}
	if len(in.Found) == 0 {
		_, err := fmt.Fprintln(p.out, "Nothing was found that should be gone.")
		return err
	}
	fmt.Fprintln(p.out, "Found what should be gone:")
	for _, f := range in.Found {
		fmt.Fprintf(p.out, "  %s: %s\n", f.Place, f.What)
	}
	return errors.New("something is left that should be gone; the places stand above")
}

// inspectCopies looks at the age of the copies that are kept.
func inspectCopies(in *store.Inspection, c copies, now time.Time) error {
	for _, dir := range c.dirs() {
		all, err := setsIn(dir)
		if err != nil {
			return err
		}
		for _, s := range all {
			switch {
			case s.at.After(now.Add(24 * time.Hour)):
				in.Found = append(in.Found, store.Finding{Place: s.path, What: "a copy from the future: nobody can say how old it is. Remove it when you have another"})
			case s.done && c.tooOld(s, now):
				in.Found = append(in.Found, store.Finding{Place: s.path, What: fmt.Sprintf("a copy that is older than %d days: `helpline backup` removes it", c.Days)})
			case !s.done && now.Sub(s.at) >= abandoned:
				in.Found = append(in.Found, store.Finding{Place: s.path, What: "a copy that was never finished: `helpline backup` removes it"})
			}
		}
		in.Looked = append(in.Looked, fmt.Sprintf("%s, the age of %d copies", dir, len(all)))
	}
	if len(c.dirs()) == 0 {
		in.Looked = append(in.Looked, "no folder of copies: backup_dir is not set")
	}
	return nil
}

// inspectTemp looks for temporary files of SQLite, which are never made here.
func inspectTemp(in *store.Inspection, dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "etilqs_*"))
	if err != nil {
		return fmt.Errorf("look at %s: %w", dir, err)
	}
	for _, f := range files {
		in.Found = append(in.Found, store.Finding{Place: f, What: "a temporary file of a program that uses SQLite: this one makes none. Find out whose it is"})
	}
	in.Looked = append(in.Looked, dir+", temporary files of SQLite")
	return nil
}
