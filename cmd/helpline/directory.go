package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"helpline/counsel/audit"
	"helpline/counsel/directory"
	"helpline/store"
)

// directoryCommands are those about providers.
type directoryCommands struct {
	Check  directoryCheckCommand  `cmd:"" help:"Check a directory file without touching anything."`
	Export directoryExportCommand `cmd:"" help:"Write the line's directory, or the starter directory, as HSDS 3.0 JSON."`
	Import directoryImportCommand `cmd:"" help:"Take a directory file into the line, all of it or nothing."`
}

// directoryFile is a file of providers and the schema it is held against.
type directoryFile struct {
	File   string `arg:"" help:"File of HSDS 3.0 JSON; - is standard input."`
	Schema string `placeholder:"DIR" help:"Folder with the published HSDS 3.0 schema (service.json, organization.json and so on), to check against that too."`
}

// read takes the file by our rules and, if asked, by the published schema.
func (f directoryFile) read(p *place, now time.Time) (*directory.Directory, error) {
	in := p.in
	if f.File != "-" {
		file, err := os.Open(f.File)
		if err != nil {
			return nil, usageError{fmt.Errorf("open the directory: %w", err)}
		}
		defer file.Close()
		in = file
	}
	d, err := directory.Read(in, now)
	if err != nil || f.Schema == "" {
		return d, err
	}
	s, err := directory.ReadSchema(os.DirFS(f.Schema))
	if err != nil {
		return nil, usageError{fmt.Errorf("--schema %s: %w", f.Schema, err)}
	}
	return d, s.Check(d)
}

// directoryCheckCommand looks at a file.
type directoryCheckCommand struct {
	settingFlags
	directoryFile
	Days int `help:"Days that a check of an entry counts; without it, the line's directory_days." placeholder:"N"`
}

// Run prints what the file holds and what of it must be checked before use.
func (c directoryCheckCommand) Run(p *place) error {
	now := time.Now()
	d, err := c.read(p, now)
	if err != nil {
		return err
	}
	lim, err := c.limits(p.env)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	old := 0
	for _, one := range d.Providers() {
		if standing := one.Standing(now, lim); standing != directory.Checked {
			old++
			fmt.Fprintf(&out, "%s: %s (%s)\n", one.Name, standing, checkedWords(one))
		}
		if card, err := one.Card("en", now, lim); err != nil {
			fmt.Fprintf(&out, "%s: gives no card: %v\n", one.Name, err)
		} else if len(card.Reach) == 0 {
			fmt.Fprintf(&out, "%s: its card has no number and no address\n", one.Name)
		}
	}
	fmt.Fprintf(&out, "The file is good: %d entries, %d providers, %d to check before use.\n", len(d.Entries()), len(d.Providers()), old)
	_, err = out.WriteTo(p.out)
	return err
}

// limits are those of the command, of the line, or where there is no line the
// program's own.
func (c directoryCheckCommand) limits(env func(string) string) (directory.Limits, error) {
	if c.Days < 0 {
		return directory.Limits{}, usageError{errors.New("--days must be a number of days, such as 180")}
	}
	if c.Days > 0 || c.CheckDays == "" && c.nowhere(env) {
		lim := directory.DefaultLimits()
		lim.CheckAfter = cmp.Or(c.Days, lim.CheckAfter)
		return lim, nil
	}
	conf, err := c.load(env)
	return conf.limits(), err
}

// limits are how long a check of a provider counts on this line.
func (c config) limits() directory.Limits {
	lim := directory.DefaultLimits()
	lim.CheckAfter = cmp.Or(c.CheckDays, lim.CheckAfter) // the demonstration sets nothing
	return lim
}

// checkedWords say who checked an entry, and when.
func checkedWords(one directory.Provider) string {
	switch {
	case one.CheckedBy != "" && one.CheckedOn != "":
		return fmt.Sprintf("checked by %s on %s", one.CheckedBy, one.CheckedOn)
	case one.CheckedBy != "":
		return "checked by " + one.CheckedBy + " on no day"
	case one.CheckedOn != "":
		return fmt.Sprintf("checked by nobody; its source is of %s", one.CheckedOn)
	}
	return "checked by nobody"
}

// directoryExportCommand writes the directory.
type directoryExportCommand struct {
	settingFlags
	File    string `arg:"" optional:"" help:"File to make; without one, standard output."`
	Starter bool   `help:"The starter directory, whatever the line keeps."`
}

// Run writes the line's directory; the starter directory as long as the line
// keeps none, or where there is no line.
func (e directoryExportCommand) Run(ctx context.Context, p *place) error {
	d, whose, err := e.find(ctx, p)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := d.Write(&text); err != nil {
		return err
	}
	if e.File == "" {
		_, err = text.WriteTo(p.out)
	} else {
		err = makeFile(e.File, &text, 0o644)
	}
	if err == nil {
		_, err = fmt.Fprintf(p.err, "%s: %d entries\n", whose, len(d.Entries()))
	}
	return err
}

// find gives the directory in force, and whose it is.
func (e directoryExportCommand) find(ctx context.Context, p *place) (*directory.Directory, string, error) {
	if !e.Starter && !e.nowhere(p.env) {
		db, err := e.openBeside(ctx, p)
		if err != nil {
			return nil, "", err
		}
		defer db.Close()
		kept, err := db.Providers(ctx)
		if err != nil {
			return nil, "", dataError{err}
		}
		if len(kept) > 0 {
			deed := audit.Deed{By: audit.Operator, Code: audit.Export, Details: []audit.Detail{audit.Word("what", "directory"), audit.Number("records", len(kept))}}
			var d *directory.Directory
			err := traced(ctx, db, deed, func() error { d, err = directory.Of(kept); return err })
			return d, "the line's directory", err
		}
	}
	d, err := directory.Starter()
	return d, "the starter directory", err
}

// nowhere says whether nothing points to a line: then there is only the starter
// directory to give.
func (f settingFlags) nowhere(env func(string) string) bool {
	_, err := os.Stat(f.file(env))
	return errors.Is(err, fs.ErrNotExist) && f.Config == "" && env("HELPLINE_CONFIG") == "" && f.Data == "" && env("HELPLINE_DATA") == ""
}

// openBeside opens the data folder of a line, which may be running. With --data
// that may be a demonstration's, which has no settings: a line can look at its
// own directory there first.
func (f settingFlags) openBeside(ctx context.Context, p *place) (*store.DB, error) {
	if f.Data != "" && isDemo(f.Data) {
		zone, err := time.LoadLocation(demoZone)
		if err != nil {
			return nil, err
		}
		db, err := store.Open(ctx, f.Data, store.Options{Zone: zone, Beside: true})
		if err != nil {
			return nil, dataError{err}
		}
		return db, nil
	}
	c, err := f.load(p.env)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, c.Data, store.Options{Zone: c.Zone, Beside: true})
	if err != nil {
		return nil, dataError{err}
	}
	if _, err := db.HostKeys().Installation(); err != nil {
		_ = db.Close()
		return nil, dataError{fmt.Errorf("%s holds no line yet: run `helpline init` first", c.Data)}
	}
	return db, nil
}

// makeFile makes a new file, and takes away what could not be written whole.
func makeFile(name string, text io.Reader, mode fs.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: name another file, or take it away first", name)
	}
	if err != nil {
		return fmt.Errorf("make the file: %w", err)
	}
	_, err = io.Copy(f, text)
	if shut := f.Close(); err == nil {
		err = shut
	}
	if err != nil {
		_ = os.Remove(name)
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// directoryImportCommand takes a file in. It works while the line runs.
type directoryImportCommand struct {
	settingFlags
	directoryFile
	Only bool `help:"Remove what the file does not have; without it, that stays."`
}

// Run checks the whole file and then changes the line's directory at once.
func (i directoryImportCommand) Run(ctx context.Context, p *place) error {
	d, err := i.read(p, time.Now())
	if err != nil {
		return err
	}
	if len(d.Entries()) == 0 {
		return errors.New("the file has no entry: nothing is changed")
	}
	db, err := i.openBeside(ctx, p)
	if err != nil {
		return err
	}
	defer db.Close()
	before, err := db.Providers(ctx)
	if err != nil {
		return dataError{err}
	}
	var change directory.Change
	deed := audit.Deed{By: audit.Operator, Code: audit.DirectoryImport, Details: []audit.Detail{audit.Number("entries", len(d.Entries()))}}
	err = traced(ctx, db, deed, func() error {
		change, err = db.KeepProviders(ctx, d.Entries(), i.Only)
		return err
	})
	if err != nil {
		return dataError{err}
	}
	_, err = fmt.Fprintf(p.out, "%d added, %d changed, %d the same, %d removed, %d not in the file and left.\n",
		change.Added, change.Changed, change.Same, change.Removed, change.Left)
	if err == nil && len(before) == 0 {
		_, err = fmt.Fprintln(p.out, "The line has its own directory now. The starter directory is not used any more; `helpline directory export --starter` still writes it.")
	}
	return err
}
