package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"helpline/store"
)

// doctorCommand looks at everything that can be wrong around a line, whether
// it runs or not, and changes nothing.
type doctorCommand struct {
	settingFlags
	JSON bool   `name:"json" help:"Print one JSON object instead of lines."`
	Try  string `name:"notice-test" placeholder:"ADDRESS" help:"Also send a test of notices there, by each way that is configured."`
}

// verdict is what a check has found.
type verdict string

// The verdicts, from good to bad.
const (
	fine  verdict = "ok"
	look  verdict = "look"  // works, and somebody should think about it
	wrong verdict = "wrong" // a promise or the line itself is in danger
)

// finding is one line of the doctor. It says nothing secret: no key, no name of
// a person, no address of anybody.
type finding struct {
	Check string  `json:"check"`
	State verdict `json:"state"`
	Says  string  `json:"says"`
	Do    string  `json:"do,omitempty"` // what to do next; empty when all is well
}

// examined is what the doctor prints as JSON.
type examined struct {
	State    verdict   `json:"state"` // the worst of all
	Running  bool      `json:"running"`
	Version  string    `json:"version"`
	Findings []finding `json:"findings"`
}

// doctorError ends the command with the code for "failed": the findings stand
// on the output already.
type doctorError struct{ n int }

func (e doctorError) Error() string {
	if e.n == 1 {
		return "one thing is wrong: its line says what to do"
	}
	return fmt.Sprintf("%d things are wrong: each line says what to do", e.n)
}

// Run prints the findings. It fails when one of them is wrong.
func (d doctorCommand) Run(ctx context.Context, p *place) error {
	conf, err := d.load(p.env)
	if err != nil {
		// Without a configuration there is no folder to look at, and the reason is
		// the first finding. The exit code is that of the configuration.
		f := []finding{{"configuration", wrong, strings.ReplaceAll(err.Error(), "\n", "; "), "mend what is named, then run the doctor again"}}
		if printed := d.print(p.out, examined{State: wrong, Version: version, Findings: f}); printed != nil {
			return printed
		}
		return configError{fmt.Errorf("the configuration cannot be used")}
	}
	g := &ground{conf: conf, file: d.file(p.env), now: time.Now(), proc: "/proc", strange: strangers(p.environ)}
	out := examine(ctx, g)
	if d.Try != "" {
		out.add(tryNotices(ctx, g, d.Try))
	}
	if err := d.print(p.out, out); err != nil {
		return err
	}
	if n := out.wrongs(); n > 0 {
		return doctorError{n}
	}
	return nil
}

func (d doctorCommand) print(w io.Writer, e examined) error {
	if d.JSON {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		out.SetEscapeHTML(false)
		return out.Encode(e)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range e.Findings {
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.State, f.Check, f.Says)
		if f.Do != "" {
			fmt.Fprintf(t, "\t\t-> %s\n", f.Do)
		}
	}
	return t.Flush()
}

// wrongs counts what is wrong.
func (e examined) wrongs() int {
	n := 0
	for _, f := range e.Findings {
		if f.State == wrong {
			n++
		}
	}
	return n
}

// ground is what the checks stand on.
type ground struct {
	conf    config
	file    string // the configuration file
	now     time.Time
	proc    string   // where the system tells about itself
	strange []string // HELPLINE_ variables that name no setting

	pid  int        // of the line's process: found while looking, or our own in a running line
	own  *front     // of the line that looks at itself; nil in the command
	seen store.Seen // of the data folder; zero when it could not be looked into
	db   *store.DB  // opened beside the line, or its own; nil when it could not be
}

// check is one thing to look at. It may give several findings, or none where
// it does not apply.
type check func(context.Context, *ground) []finding

// checks in the order in which they are told. Those after folder stand on what
// it has seen.
var checks = []check{
	lookAtConfig, lookAtFolder, lookAtKeys, lookAtHead, lookAtSchemas, lookAtHours, lookAtClock, lookAtDisk,
	lookAtLine, lookAtConfinement, lookAtLimits, lookAtSwap, lookAtCore,
	lookAtNotices, lookAtTLS, lookAtProxy, lookAtOnion, lookAtPurge, lookAtCopies, lookAtAudit,
}

// examine looks at everything.
func examine(ctx context.Context, g *ground) examined {
	out := examined{State: fine, Version: version}
	for _, c := range checks {
		out.Findings = append(out.Findings, c(ctx, g)...)
	}
	if g.db != nil && g.own == nil {
		_ = g.db.Close()
	}
	out.Running = g.seen.Taken
	found := out.Findings
	out.Findings = nil
	out.add(found)
	return out
}

// add takes findings, and the worst of them.
func (e *examined) add(found []finding) {
	e.Findings = append(e.Findings, found...)
	for _, f := range found {
		if f.State == wrong || f.State == look && e.State == fine {
			e.State = f.State
		}
	}
}

// well is a finding that needs nothing.
func well(check, says string, values ...any) []finding {
	return []finding{{check, fine, fmt.Sprintf(says, values...), ""}}
}

// bad is a finding that needs somebody.
func bad(check string, v verdict, do, says string, values ...any) []finding {
	return []finding{{check, v, fmt.Sprintf(says, values...), do}}
}
