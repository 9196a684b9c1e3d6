package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"helpline/counsel/audit"
	"helpline/counsel/retention"
	"helpline/store"
)

// setFlags name the copies and what opens them.
type setFlags struct {
	From     string `required:"" placeholder:"PATH" help:"Copy of the line, or the folder with the copies: then the newest is taken."`
	Keys     string `name:"keys-from" placeholder:"PATH" help:"Copy of the keys of the records, or its folder; by default where the copy of the line is."`
	Identity string `required:"" placeholder:"FILE" help:"File with the secret key of age, or - to read it from the input. It is not kept."`
	Signer   string `placeholder:"SIGNER" help:"Who must have signed the copies, as helpline backup signer prints it; by default the key of this host."`
	Old      bool   `help:"Take copies that are older than 14 days, or that are not the newest there are."`
}

// verifyCommand does all of a restore but its last step.
type verifyCommand struct {
	settingFlags
	setFlags
}

// Run opens the copies in a folder of their own and removes it again.
func (c verifyCommand) Run(ctx context.Context, p *place) error {
	conf, err := c.loadFolder(p.env)
	if err != nil {
		return err
	}
	w, err := c.wanted(p, conf)
	if err != nil {
		return err
	}
	at, remove, err := store.Rehearse(conf.Data)
	if err != nil {
		return dataError{err}
	}
	got, err := w.unpack(ctx, conf, at)
	if err = errors.Join(err, remove()); err != nil {
		return fmt.Errorf("%w. Nothing was changed", err)
	}
	if _, err := fmt.Fprint(p.out, got.report(w.now), "It can be restored. Nothing was changed.\n"); err != nil {
		return err
	}
	// A rehearsal on another machine has no line to write it down in.
	db, err := openBeside(ctx, conf)
	if err != nil {
		return nil //nolint:nilerr // the rehearsal itself went well
	}
	defer db.Close()
	tell(ctx, db, p.err, audit.Deed{By: audit.Operator, Code: audit.BackupVerify, Details: []audit.Detail{audit.Word("set", "both")}})
	return db.Done(ctx, retention.Rehearsing, w.now)
}

// restoreCommand puts copies in the place of a data folder.
type restoreCommand struct {
	settingFlags
	setFlags
	Replace bool `help:"Destroy the line that is in the data folder, and put the copy in its place."`
}

// Run restores. Until its last step the data folder stays as it is.
func (c restoreCommand) Run(ctx context.Context, p *place) error {
	conf, err := c.loadFolder(p.env)
	if err != nil {
		return err
	}
	w, err := c.wanted(p, conf)
	if err != nil {
		return err
	}
	stage, err := store.Stage(conf.Data, c.Replace)
	if err != nil {
		return dataError{err}
	}
	defer stage.Close()
	got, err := w.unpack(ctx, conf, stage.Dir)
	if err != nil {
		return fmt.Errorf("%w. Nothing was changed", err)
	}
	if err := stage.Commit(); err != nil {
		return fmt.Errorf("%w; start the line or restore again: it goes on where this ended", err)
	}
	if got.blind {
		fmt.Fprintln(p.err, "The list of removals in the old data folder could not be read: who was removed since the copy of the keys must be removed again by hand.")
	}
	_, err = fmt.Fprintf(p.out, `%sRestored to %s.
What to do next:
- The configuration is in no copy: put your own file back, or make one with the same names of hosts.
- Start the line. Everybody signs in again; visitors who were waiting start again.
- People who were removed since the copy are removed again: %d. A supervisor looks at the page "People" and starts new group keys.
- What was written since the copy is lost. Tell the staff from which day it is.
- The audit log goes on behind the copy with the key %s: write it down, and check the log: helpline audit verify
- Take the secret key away from this machine, and make a new copy: helpline backup
`, got.report(w.now), conf.Data, got.removed, got.fresh)
	return err
}

// loadFolder makes the configuration, or, on a machine without one, as much
// of it as a restore needs.
func (f settingFlags) loadFolder(env func(string) string) (config, error) {
	conf, err := f.load(env)
	if err == nil {
		return conf, nil
	}
	if f.Data == "" || f.Config != "" || env("HELPLINE_CONFIG") != "" {
		return config{}, err
	}
	conf = config{Data: f.Data, Zone: time.UTC}
	conf.Line.NoteDays = retention.MostNoteDays
	return conf, nil
}

// wanted is what is to be opened, and how.
type wanted struct {
	line, keys string // paths of sets
	skipped    string // a newer set of keys that lies there
	ids        []age.Identity
	who        signer
	old        bool
	now        time.Time
}

func (f setFlags) wanted(p *place, conf config) (wanted, error) {
	w := wanted{old: f.Old, now: time.Now()}
	var err error
	if w.line, err = pick(f.From, store.Main); err != nil {
		return wanted{}, err
	}
	from := f.Keys
	if from == "" {
		from = filepath.Dir(w.line)
		if conf.Copies.KeysDir != "" && sameFolder(from, conf.Copies.Dir) {
			from = conf.Copies.KeysDir
		}
	}
	if w.keys, err = pick(from, store.Shreds); err != nil {
		return wanted{}, fmt.Errorf("%w: name it with --keys-from. Without it no note can be opened", err)
	}
	if n, err := newestSet(filepath.Dir(w.keys), store.Shreds); err == nil && filepath.Base(n.path) > filepath.Base(w.keys) {
		w.skipped = n.path
	}
	if f.Signer != "" {
		if w.who, err = parseSigner(f.Signer); err != nil {
			return wanted{}, usageError{fmt.Errorf("--signer: %w", err)}
		}
	} else if k, err := store.BackupSigner(conf.Data); err == nil {
		w.who = signerOf(k)
	}
	w.ids, err = identities(f.Identity, p.in)
	return w, err
}

func sameFolder(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// pick is the set that a path means: itself, or the newest in a folder.
func pick(path string, p store.Part) (string, error) {
	at, err := os.Stat(path)
	switch {
	case err != nil:
		return "", usageError{fmt.Errorf("look for the copies: %w", err)}
	case !at.IsDir():
		return path, nil
	}
	s, err := newestSet(path, p)
	if err != nil {
		return "", usageError{err}
	}
	return s.path, nil
}

func identities(file string, in io.Reader) ([]age.Identity, error) {
	from := in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, usageError{fmt.Errorf("read the secret key: %w", err)}
		}
		defer f.Close()
		from = f
	}
	ids, err := age.ParseIdentities(io.LimitReader(from, mostManifest))
	if err != nil { // its text may quote the secret key
		return nil, usageError{errors.New("the file with the secret key holds none: it has a line that begins with AGE-SECRET-KEY-1")}
	}
	return ids, nil
}

// opened is what two sets turned out to be.
type opened struct {
	line, keys manifest
	removed    int    // people who came back with the copy and were removed again
	gone       int    // notes that had expired since
	audit      string // what a check of the audit log has shown
	fresh      string // public key with which the audit log goes on
	blind      bool   // the list of removals of the folder that is there could not be read
}

func (o opened) report(now time.Time) string {
	var b strings.Builder
	for _, m := range []manifest{o.line, o.keys} {
		fmt.Fprintf(&b, "copy of the %s: made %s, %d days ago, schema %d, program %s\n",
			partWord(m.Part), time.Unix(m.Made, 0).UTC().Format("2006-01-02 15:04 MST"), m.age(now), m.Head.Schema, m.Program)
	}
	fmt.Fprintf(&b, "people %d, notes %d, key log %d entries, keys of records %d\n",
		o.line.Head.Rows["person"], o.line.Head.Rows["note"], o.line.Head.Rows["keylog"], o.keys.Head.Rows["shred"])
	fmt.Fprintf(&b, "audit log: %s\nexpired since and removed: %d notes\n", o.audit, o.gone)
	return b.String()
}

// unpack opens both sets in a folder, checks everything that can be checked,
// and makes of them what may be used: without what has expired, without whom
// was removed.
func (w wanted) unpack(ctx context.Context, conf config, dir string) (opened, error) {
	var o opened
	for _, s := range []struct {
		path string
		part store.Part
		into *manifest
	}{{w.line, store.Main, &o.line}, {w.keys, store.Shreds, &o.keys}} {
		m, err := w.read(s.path, s.part, dir)
		if err != nil {
			return opened{}, fmt.Errorf("%s: %w", s.path, err)
		}
		*s.into = m
	}
	if err := w.fit(o); err != nil {
		return opened{}, err
	}
	return o, w.use(ctx, conf, dir, &o)
}

func (w wanted) read(path string, part store.Part, dir string) (manifest, error) {
	f, err := os.Open(path)
	if err != nil {
		return manifest{}, err
	}
	defer f.Close()
	return readSet(f, w.ids, part, w.who, dir)
}

// fit says whether two sets belong together and are young enough.
func (w wanted) fit(o opened) error {
	switch {
	case o.line.Install != o.keys.Install:
		return errors.New("the two copies are of different lines")
	case o.keys.Made < o.line.Made && !w.old:
		return errors.New("the copy of the keys is older than the copy of the line: take the newest there is, or say --old to go without the notes written in between")
	case w.skipped != "" && !w.old:
		return fmt.Errorf("%s is newer than the copy of the keys that was named: an older one brings back keys and people who are gone. Take the newest, or say --old", w.skipped)
	}
	for _, m := range []manifest{o.line, o.keys} {
		if days := m.age(w.now); days > retention.CopyDays && !w.old {
			return fmt.Errorf("the copy of the %s is %d days old: copies are kept for %d, because an older one brings back what has expired and who was removed. Say --old if there is no other", partWord(m.Part), days, retention.CopyDays)
		}
		if m.Made > w.now.Add(24*time.Hour).Unix() {
			return fmt.Errorf("the copy of the %s is from the future: set the clock of this machine first", partWord(m.Part))
		}
	}
	return nil
}

// use opens what was unpacked as a line would, and makes of it what a line may
// begin with.
func (w wanted) use(ctx context.Context, conf config, dir string, o *opened) error {
	if err := store.CheckCopy(ctx, filepath.Join(dir, store.FileOf(store.Main)), o.line.Head); err != nil {
		return fmt.Errorf("%s: %w", w.line, err)
	}
	if err := store.CheckCopy(ctx, filepath.Join(dir, store.FileOf(store.Shreds)), o.keys.Head); err != nil {
		return fmt.Errorf("%s: %w", w.keys, err)
	}
	db, err := store.Open(ctx, dir, store.Options{Zone: conf.Zone})
	if err != nil {
		return err
	}
	return errors.Join(w.begin(ctx, conf, db, o), db.Close())
}

func (w wanted) begin(ctx context.Context, conf config, db *store.DB, o *opened) error {
	trail, err := trailOf(db)
	if err != nil {
		return err
	}
	if o.audit, err = checkedTrail(ctx, trail, o.line.Audit); err != nil {
		return err
	}
	// The folder whose place it takes may know of later removals than the copy.
	o.blind = !db.TakeGone(ctx, conf.Data)
	if o.removed, err = db.ApplyGone(ctx); err != nil {
		return err
	}
	gone, err := purge(ctx, db, conf, w.now)
	if err != nil {
		return err
	}
	o.gone = gone.Notes
	if err := rebuild(ctx, db, true, w.now); err != nil { // nothing that has just gone stays behind in the free room
		return err
	}
	if o.line.Head.Rows["trail"] > 0 {
		fresh, err := trail.Restart(ctx, "restored")
		if err != nil {
			return err
		}
		o.fresh = fresh.String()
		forced := "no"
		if w.old {
			forced = "yes"
		}
		err = trail.Record(ctx, audit.Deed{By: audit.Operator, Code: audit.BackupRestore, Details: []audit.Detail{audit.Word("set", "both"), audit.Word("forced", forced)}})
		if err != nil {
			return err
		}
	}
	return db.Done(ctx, retention.Restoring, w.now)
}

// checkedTrail says what a check of the copy's audit log has shown. A log with a
// fault is no reason to lose everything else: whoever restores is told.
func checkedTrail(ctx context.Context, trail *store.Trail, checkpoint string) (string, error) {
	keys, err := trail.Keys()
	if err != nil || len(keys) == 0 {
		return "the copy has no public key of its audit log: check the log with your own copy of the key", err
	}
	var want audit.Wanted
	if at, err := audit.ParseCheckpoint(checkpoint); err == nil {
		want.Checkpoints = append(want.Checkpoints, at)
	}
	r, err := trail.Verify(ctx, want)
	switch {
	case err != nil:
		return "", err
	case r.Fault != nil:
		return fmt.Sprintf("A FAULT: %s. The rest of the copy is whole; find out what happened before you go on", r.Fault), nil
	}
	return fmt.Sprintf("%d entries, whole", r.Checked), nil
}
