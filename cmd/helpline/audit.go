package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"

	"helpline"
	"helpline/counsel/audit"
	"helpline/store"
)

// auditCommands are those about the log of who did what.
type auditCommands struct {
	Verify     auditVerifyCommand     `cmd:"" help:"Check the audit log from its first entry on, and name the first one that is wrong."`
	Checkpoint auditCheckpointCommand `cmd:"" help:"Print one line that shows later whether the log was cut or replaced: copy it to another place."`
	Export     auditExportCommand     `cmd:"" help:"Write the entries as a table or as JSON lines."`
	Restart    auditRestartCommand    `cmd:"" help:"Go on with a new key, after the old one was lost or the line was restored."`
}

// auditVerifyCommand checks the log of a running line, of a stopped one, or of
// a copy of its database.
type auditVerifyCommand struct {
	settingFlags
	Database   string   `placeholder:"FILE" help:"A copy of helpline.db, in place of the line's own; then --key is needed."`
	Key        []string `placeholder:"KEY" help:"First public key, as init printed it, and those printed by audit restart; by default those in the data folder."`
	Checkpoint []string `placeholder:"FILE" help:"File with lines that audit checkpoint printed."`
}

// Run prints what was found; a fault ends it with an error.
func (c auditVerifyCommand) Run(ctx context.Context, p *place) error {
	want, err := c.wanted()
	if err != nil {
		return err
	}
	bar := barOn(p.err)
	want.Progress = bar.at
	var rep audit.Report
	if c.Database != "" {
		rep, err = c.copied(ctx, want)
	} else {
		rep, err = c.own(ctx, p, want, bar)
	}
	bar.end()
	if err != nil {
		return err
	}
	return reported(p.out, rep)
}

func (c auditVerifyCommand) wanted() (w audit.Wanted, err error) {
	for _, text := range c.Key {
		k, err := audit.ParseKey(text)
		if err != nil {
			return w, usageError{err}
		}
		w.Keys = append(w.Keys, k)
	}
	for _, name := range c.Checkpoint {
		f, err := os.Open(name)
		if err != nil {
			return w, usageError{fmt.Errorf("open the checkpoints: %w", err)}
		}
		all, err := audit.ReadCheckpoints(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return w, usageError{fmt.Errorf("%s: %w", name, err)}
		}
		w.Checkpoints = append(w.Checkpoints, all...)
	}
	return w, nil
}

// own checks the log of the data folder.
func (c auditVerifyCommand) own(ctx context.Context, p *place, w audit.Wanted, bar *bar) (audit.Report, error) {
	t, done, err := c.open(ctx, p)
	if err != nil {
		return audit.Report{}, err
	}
	defer done()
	head, err := t.Find(ctx, audit.Query{Limit: 1})
	if err != nil {
		return audit.Report{}, err
	}
	if len(head) > 0 {
		bar.of(head[0].Number + 1)
	}
	return t.Verify(ctx, w)
}

// copied checks a file that is nobody's line: it is only read.
func (c auditVerifyCommand) copied(ctx context.Context, w audit.Wanted) (audit.Report, error) {
	if len(w.Keys) == 0 {
		return audit.Report{}, usageError{errors.New("a copy is checked against --key KEY, the first public key of the audit log, which was printed by init")}
	}
	t, err := store.OpenTrailCopy(ctx, c.Database)
	if err != nil {
		return audit.Report{}, dataError{err}
	}
	defer t.Close()
	return t.Verify(ctx, w)
}

// reported puts a report into words.
func reported(out io.Writer, rep audit.Report) error {
	var b bytes.Buffer
	if rep.Cut > 0 {
		fmt.Fprintf(&b, "Entries before number %d were removed because of their age; the keys of the log were followed through them.\n", rep.Cut)
	}
	for _, n := range rep.Restarts {
		fmt.Fprintf(&b, "Entry %d begins the log anew, with a key that you named: find out why.\n", n)
	}
	for _, n := range rep.Clocks {
		fmt.Fprintf(&b, "Entry %d says that the clock was set back.\n", n)
	}
	if rep.Unseen > 0 {
		fmt.Fprintf(&b, "%d checkpoints are older than what is kept and say nothing any more.\n", rep.Unseen)
	}
	if rep.Fault == nil {
		fmt.Fprintf(&b, "The audit log is whole: %d entries checked, the last one has number %d.\n", rep.Checked, rep.Head.Entries-1)
	}
	if _, err := out.Write(b.Bytes()); err != nil || rep.Fault == nil {
		return err
	}
	return fmt.Errorf("the audit log is not whole. %s. %d entries before it are as they were signed", *rep.Fault, rep.Checked)
}

// open opens the line's own log, beside a running line or not.
func (f settingFlags) open(ctx context.Context, p *place) (*store.Trail, func(), error) {
	conf, err := f.loadFolder(p.env)
	if err != nil {
		return nil, nil, err
	}
	if _, err := os.Stat(conf.Data); err != nil {
		return nil, nil, dataError{fmt.Errorf("%w: run `helpline init` first", err)}
	}
	db, err := openBeside(ctx, conf)
	if err != nil {
		return nil, nil, err
	}
	t, err := trailOf(db)
	if err != nil {
		return nil, nil, errors.Join(dataError{err}, db.Close())
	}
	return t, func() { _ = db.Close() }, nil
}

// auditCheckpointCommand prints the present end of the log.
type auditCheckpointCommand struct {
	settingFlags
}

// Run prints one line.
func (c auditCheckpointCommand) Run(ctx context.Context, p *place) error {
	t, done, err := c.open(ctx, p)
	if err != nil {
		return err
	}
	defer done()
	at, err := t.Checkpoint(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.out, at)
	return err
}

// auditRestartCommand goes on with a new key.
type auditRestartCommand struct {
	settingFlags
	Why string `required:"" enum:"lost,restored" help:"Why: lost (the key file) or restored (the line, from a safety copy)."`
}

// Run writes the entry and prints the key.
func (c auditRestartCommand) Run(ctx context.Context, p *place) error {
	t, done, err := c.open(ctx, p)
	if err != nil {
		return err
	}
	defer done()
	key, err := t.Restart(ctx, c.Why)
	if helpline.KindOf(err) == helpline.Conflict {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, `The audit log goes on with a new key, and an entry says so.
Whoever checks the log must be told this key; keep a copy beside the first one:
%s
`, key)
	return err
}

// bar shows progress on a terminal and nothing elsewhere.
type bar struct{ *progressbar.ProgressBar }

func barOn(w io.Writer) *bar {
	f, ok := w.(*os.File)
	if !ok || !terminal(f) {
		return &bar{}
	}
	return &bar{progressbar.NewOptions(-1, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription("entries"),
		progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))}
}

func (b *bar) of(n int) {
	if b.ProgressBar != nil {
		b.ChangeMax(n)
	}
}

func (b *bar) at(n int) {
	if b.ProgressBar != nil {
		_ = b.Set(n)
	}
}

func (b *bar) end() {
	if b.ProgressBar != nil {
		_ = b.Finish()
	}
}
