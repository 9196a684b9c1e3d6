package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// configCommands look at the configuration without starting anything.
type configCommands struct {
	Check configCheckCommand `cmd:"" help:"Say whether the configuration can be used; name every fault."`
	Dump  configDumpCommand  `cmd:"" help:"Print every setting, its value and where it comes from. Secrets are masked."`
}

// configCheckCommand says what is wrong with the configuration, all at once.
type configCheckCommand struct {
	settingFlags
}

// Run ends without an error when a line could start with it.
func (c configCheckCommand) Run(p *place) error {
	conf, err := c.load(p.env)
	for _, name := range strangers(p.environ) {
		near := setting{key: nearest(strings.ToLower(strings.TrimPrefix(name, "HELPLINE_")))}
		err = errors.Join(err, configError{fmt.Errorf("the environment has %s, and there is no such setting; did you mean %s?", name, near.variable())})
	}
	if err != nil {
		return configError{err}
	}
	_, err = fmt.Fprintf(p.out, "The configuration can be used: visitors at %s, staff at %s, data in %s.\n",
		conf.origin(conf.VisitorHost), conf.origin(conf.StaffHost), conf.Data)
	return err
}

// configDumpCommand prints the configuration, also one that cannot be used.
type configDumpCommand struct {
	settingFlags
}

// Run prints one line per setting, in the order of the table; then it says
// what is wrong with them, as check does.
func (c configDumpCommand) Run(p *place) error {
	file, err := c.chosen(p.env)
	said, unread := gather(c.given(), p.env, file)
	if err = errors.Join(err, unread); said != nil {
		if err := dump(p.out, said); err != nil {
			return err
		}
	}
	if err != nil {
		return configError{err}
	}
	_, err = decide(said)
	return err
}

func dump(w io.Writer, said map[string]given) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, s := range settings {
		g := said[s.key]
		fmt.Fprintf(t, "%s = %s\t# %s\n", s.key, s.written(masked(s.key, g.value)), g.where)
	}
	return t.Flush()
}

// secretEnds are how keys of settings end that hold a secret.
var secretEnds = []string{"_secret", "_password", "_passphrase", "_token"}

// masked is a value as it may be shown.
func masked(key, value string) string {
	secret := slices.ContainsFunc(secretEnds, func(end string) bool { return strings.HasSuffix(key, end) })
	if secret && value != "" {
		return "[set]"
	}
	return value
}

// otherVariables are HELPLINE_ variables that are no settings.
var otherVariables = []string{"HELPLINE_CONFIG", "HELPLINE_CHAOS", "HELPLINE_FLOOD_ROUNDS"}

// strangers are the variables of an environment that look like settings and
// are none: what is misspelt there would otherwise be passed over in silence.
func strangers(environ []string) []string {
	var out []string
	for _, line := range environ {
		name, _, _ := strings.Cut(line, "=")
		if !strings.HasPrefix(name, "HELPLINE_") || slices.Contains(otherVariables, name) {
			continue
		}
		if !slices.ContainsFunc(settings, func(s setting) bool { return s.variable() == name }) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
