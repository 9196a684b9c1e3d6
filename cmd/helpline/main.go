// Command helpline is the whole product in one program: the line itself
// (serve), a demonstration of it on this machine (demo), and the commands that
// set it up and look after it.
//
// Exit codes: 0 done, 1 failed, 2 wrong use of the command line, 3 wrong
// configuration, 4 the data folder cannot be used.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // opening hours and counters know their zone on any machine

	"github.com/alecthomas/kong"

	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitConfig = 3
	exitData   = 4
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := &place{env: os.Getenv, environ: os.Environ(), in: os.Stdin, out: os.Stdout, err: os.Stderr, costs: realCosts()}
	code := run(ctx, os.Args[1:], p)
	stop()
	os.Exit(code)
}

// place is where a command runs: what of the world it may touch.
type place struct {
	env     func(string) string
	environ []string // NAME=value, as env knows them
	in      io.Reader
	out     io.Writer
	err     io.Writer
	costs   staff.Params     // of new passphrases
	clock   func() time.Time // of second factors; nil is the machine's
}

// realCosts are the costs of a staff passphrase; tests use cheaper ones.
func realCosts() staff.Params {
	c := vault.RealCosts()
	return staff.Params{Time: c.Time, MemoryKiB: c.MemoryKiB, Threads: c.Threads}
}

// commands is the command line.
type commands struct {
	Serve     serveCommand      `cmd:"" help:"Run the line."`
	Demo      demoCommand       `cmd:"" help:"Try the whole program on this machine. Nobody real is there."`
	Init      initCommand       `cmd:"" help:"Set up a new line: configuration, data folder, keys, first supervisor."`
	Staff     staffCommands     `cmd:"" help:"Look after the people who work on the line. Removing somebody who has joined needs a supervisor's keys: it is done on the page People."`
	Directory directoryCommands `cmd:"" help:"Look after the directory of providers: check, export, import."`
	Rota      rotaCommands      `cmd:"" help:"Look after the rotas: import, export, check, fill, and the hours of a line that plans elsewhere."`
	Purge     purgeCommand      `cmd:"" help:"Remove what has expired; the line does so by itself every day."`

	Residue verifyRetentionCommand `cmd:"" name:"verify-retention" help:"Look for what should be gone, and name what cannot be seen."`

	Backup   backupCommands  `cmd:"" help:"Make safety copies of the line, sealed to keys that are not on this machine."`
	Verify   verifyCommand   `cmd:"" help:"Rehearse a restore: open a safety copy completely, and change nothing."`
	Restore  restoreCommand  `cmd:"" help:"Put a safety copy in the place of the data folder."`
	Keys     keysCommands    `cmd:"" help:"Say who can open what, and what to do when somebody else was in this machine."`
	Audit    auditCommands   `cmd:"" help:"Look after the log of who opened, granted, exported and changed what."`
	Health   healthCommand   `cmd:"" help:"Ask the running line on this machine whether it is ready."`
	Doctor   doctorCommand   `cmd:"" help:"Look at everything around the line that can be wrong, and say what to do."`
	Config   configCommands  `cmd:"" help:"Look at the configuration: check it, or print it with where each value comes from."`
	Loadtest loadtestCommand `cmd:"" help:"Put simulated visitors and counsellors on a line and count what becomes of every message."`
	Version  versionCommand  `cmd:"" help:"Print the version."`

	Completion completionCommand `cmd:"" help:"Print what bash, zsh or fish needs to finish commands: source <(helpline completion bash)."`
	Manual     manualCommand     `cmd:"" help:"Print the man page: helpline manual | man -l -."`

	Stretch stretchCommand `cmd:"" hidden:""`
}

// dataError is a data folder that cannot be used; it has its own exit code.
type dataError struct{ error }

func (e dataError) Unwrap() error { return e.error }

// finished ends the parser early, after it has printed help.
type finished int

// run does what the arguments say and gives the exit code.
func run(ctx context.Context, args []string, p *place) (code int) {
	defer func() {
		if f, ok := recover().(finished); ok {
			code = int(f)
		}
	}()
	parser, err := kong.New(grammar(args), kong.Name("helpline"),
		kong.Description("A helpline where people talk before a child is harmed. Every command has --help."),
		kong.Writers(p.out, p.err), kong.Exit(func(code int) { panic(finished(code)) }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(p))
	if err != nil {
		fmt.Fprintln(p.err, "helpline:", err)
		return exitFailed
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(p.err, "helpline: %v. See helpline --help.\n", err)
		return exitUsage
	}
	err = chosen.Run()
	if err == nil {
		return exitDone
	}
	fmt.Fprintf(p.err, "helpline %s: %v\n", chosen.Command(), err)
	if _, ok := errors.AsType[configError](err); ok {
		return exitConfig
	}
	if _, ok := errors.AsType[dataError](err); ok {
		return exitData
	}
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	return exitFailed
}

// grammar is the command line that arguments are read by: that of the command
// they begin with, or else all of it. To build all of it takes a tenth of the
// time that a line needs to start.
func grammar(args []string) any {
	all := reflect.TypeFor[commands]()
	for i := range all.NumField() {
		f := all.Field(i)
		if len(args) > 0 && args[0] == cmp.Or(f.Tag.Get("name"), strings.ToLower(f.Name)) {
			return reflect.New(reflect.StructOf([]reflect.StructField{f})).Interface()
		}
	}
	return new(commands)
}

// usageError is a command line that cannot mean anything.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }
