package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"filippo.io/age"
	"github.com/schollz/progressbar/v3"

	"helpline/counsel/audit"
	"helpline/counsel/retention"
	"helpline/store"
)

// backupCommands are those about safety copies.
type backupCommands struct {
	Make   backupMakeCommand   `cmd:"" default:"withargs" help:"Make a safety copy of the line, while it runs or not."`
	Keygen backupKeygenCommand `cmd:"" help:"Print a new pair of keys for safety copies. Nothing is stored."`
	Signer backupSignerCommand `cmd:"" help:"Print who signs the copies of this host, to be kept beside the secret key."`
}

// backupMakeCommand makes both sets, beside a running line or without one.
type backupMakeCommand struct {
	settingFlags
	To     string `placeholder:"DIR" help:"Folder to put the copies in instead of backup_dir, or - for the output of this command."`
	KeysTo string `name:"keys-to" placeholder:"DIR" help:"Folder for the copy of the keys of the records instead of backup_keys_dir."`
	Part   string `enum:"line,shred" default:"line" help:"With --to -: which of the two copies, line or shred."`
}

// Run makes the copies.
func (c backupMakeCommand) Run(ctx context.Context, p *place) error {
	conf, err := c.load(p.env)
	if err != nil {
		return err
	}
	to := conf.Copies
	if c.To != "" {
		to.Dir, to.KeysDir = c.To, ""
	}
	if c.KeysTo != "" {
		to.KeysDir = c.KeysTo
	}
	switch {
	case len(to.To) == 0:
		return configError{errors.New("backup_recipients is not set: a copy that anybody can read is not made. `helpline backup keygen`, on another machine, makes a pair of keys; put the public one into the configuration")}
	case to.Dir == "":
		return configError{errors.New("nowhere to put the copies: set backup_dir, or say --to DIR")}
	case to.Dir == "-" && terminal(p.out):
		return usageError{errors.New("a copy is no text for a terminal: send it into a file or another program")}
	}
	db, err := openBeside(ctx, conf)
	if err != nil {
		return err
	}
	defer db.Close()
	now := time.Now()
	tell(ctx, db, p.err, backupDeed(audit.Deed{By: audit.Operator}))
	maker := copier{db: db, to: to.To, now: now, see: progressOn(p.err)}
	if to.Dir == "-" {
		if _, err := maker.set(ctx, store.Part(c.Part), p.out); err != nil {
			return err
		}
		if store.Part(c.Part) == store.Main {
			return db.Done(ctx, retention.BackingUp, now)
		}
		return nil
	}
	made, err := to.run(ctx, maker, conf.Data)
	if err != nil {
		return fmt.Errorf("%w; the line and the earlier copies are as they were", err)
	}
	who, err := db.HostKeys().Backup()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, `%s
%s
signed by %s: write this down and keep it with the secret key; a restore on another machine asks for it
Removed older copies: %d. Rehearse a restore now and then: helpline verify --from %s --identity FILE
`, made.line, made.keys, signerOf(who), made.removed, to.Dir)
	return err
}

// openBeside opens the data folder of a line for a short command.
func openBeside(ctx context.Context, conf config) (*store.DB, error) {
	if isDemo(conf.Data) {
		return nil, dataError{fmt.Errorf("%s was made by the demonstration and holds nothing to keep", conf.Data)}
	}
	if _, err := os.Stat(conf.Data); err != nil {
		return nil, dataError{fmt.Errorf("%w: run `helpline init` first", err)}
	}
	db, err := store.Open(ctx, conf.Data, store.Options{Zone: conf.Zone, Beside: true})
	if err != nil {
		return nil, dataError{err}
	}
	if _, err := db.HostKeys().Installation(); err != nil {
		return nil, errors.Join(dataError{fmt.Errorf("%s holds no line yet: run `helpline init` first", conf.Data)}, db.Close())
	}
	return db, nil
}

// progressOn draws a bar for each part where somebody can see it.
func progressOn(out io.Writer) func(store.Part, int64) io.Writer {
	f, ok := out.(*os.File)
	if !ok || !terminal(f) {
		return nil
	}
	return func(part store.Part, size int64) io.Writer {
		return progressbar.NewOptions64(size, progressbar.OptionSetWriter(f), progressbar.OptionShowBytes(true),
			progressbar.OptionSetDescription(partWord(part)), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
	}
}

// backupKeygenCommand makes a pair of keys for copies. It should be run on
// another machine than the line's.
type backupKeygenCommand struct{}

// Run prints the pair.
func (backupKeygenCommand) Run(p *place) error {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return fmt.Errorf("make a pair of keys: %w", err)
	}
	_, err = fmt.Fprintf(p.out, `# Secret key for the safety copies of a helpline. Keep it offline, twice, in two
# places, and never on the machine that runs the line. Nothing of it was stored.
# public key, for backup_recipients: %s
%s
`, id.Recipient(), id)
	return err
}

// backupSignerCommand prints the public half of the key that signs copies.
type backupSignerCommand struct{ settingFlags }

// Run prints the signer.
func (c backupSignerCommand) Run(ctx context.Context, p *place) error {
	conf, err := c.load(p.env)
	if err != nil {
		return err
	}
	db, err := openBeside(ctx, conf)
	if err != nil {
		return err
	}
	defer db.Close()
	k, err := db.HostKeys().Backup()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.out, signerOf(k))
	return err
}
