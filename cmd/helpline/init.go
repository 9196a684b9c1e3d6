package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/mattn/go-isatty"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
	"helpline/store"
)

// initCommand sets up a new line. What it is not told by a flag it asks on a
// terminal; without a terminal it takes the defaults and says what is missing.
type initCommand struct {
	settingFlags
	Supervisor string `placeholder:"NAME" help:"Name of the first supervisor."`
	Setup      string `enum:",small,pair,team" default:"" placeholder:"WORD" help:"What the line asks before it opens: small (one, and somebody who can be reached), pair (two, or one and a buddy) or team (the least cover of each shift)."`
	Hours      string `placeholder:"HOURS" help:"When the line is open, such as \"mon-fri 19:00-22:00, sat 14:00-17:00\"; written as a rota whose names are planned elsewhere."`
	Closed     string `placeholder:"DAYS" help:"Days on which it does not open, such as 2026-12-25 or 2026-12-24..2027-01-01; goes with --hours."`
}

// questions are the settings that everybody should think about.
var questions = []struct{ key, ask string }{
	{"name", "Name of the line, as visitors see it"},
	{"country", "Country profile (be, de, ie, nl, uk or generic)"},
	{"locales", "Languages for visitors, the default first (en, nl, nl-BE, fr, de)"},
	{"visitor_host", "Host name of the visitors' pages (talk.example.org)"},
	{"staff_host", "Host name of the staff's pages (desk.example.org)"},
	{"neutral_url", "Page where leaving quickly goes"},
	{"organisation", "Who runs the line, as visitors read it (may be written later)"},
	{"host_keeps", "What your host keeps of a visit, such as addresses, and how long (may be written later)"},
	{"proxy_keeps", "The same for the proxy and the network before it (may be written later)"},
	{"data", "Data folder"},
}

// Run writes the configuration, makes folder and keys and prints the link.
func (i initCommand) Run(ctx context.Context, p *place) error {
	file := i.file(p.env)
	if _, err := os.Stat(file); err == nil {
		return configError{fmt.Errorf("%s exists already: change it by hand, or name another file with --config. If only the first link has ended, make another: helpline staff add NAME --role supervisor", file)}
	}
	said := i.given()
	for name, v := range map[string]string{"hours": i.Hours, "closed": i.Closed} {
		if v != "" {
			said[name] = v
		}
	}
	if terminal(p.in) {
		if err := i.ask(p, said); err != nil {
			return err
		}
	}
	begins, err := i.firstRota(said)
	if err != nil {
		return usageError{err}
	}
	if said["data"] == "" && p.env("HELPLINE_DATA") == "" {
		said["data"] = filepath.Join(filepath.Dir(file), "helpline-data")
	}
	if abs, err := filepath.Abs(said["data"]); err == nil && said["data"] != "" {
		said["data"] = abs
	}
	c, err := configure(said, p.env, "")
	if err != nil {
		return err
	}
	name := cmp.Or(i.Supervisor, "Supervisor")
	// The file comes first: a line that nobody can start must not be founded.
	if err := writeNew(file, asTOML(c, said, p.env)); err != nil {
		return configError{fmt.Errorf("write the configuration: %w", err)}
	}
	token, first, err := found(ctx, c, name, p.costs, begins)
	if err != nil {
		return errors.Join(err, os.Remove(file))
	}
	_, err = fmt.Fprintf(p.out, `Written: %s
Data folder: %s

%s opens this link once, within an hour, and chooses a passphrase:
%s/join/%s

Start the line first:
helpline serve --config %s

First public key of the audit log. Keep a copy where nobody of this machine can
change it: it shows whether the log was replaced.
%s
`, file, c.Data, name, c.origin(c.StaffHost), token.Reveal(), file, first)
	return err
}

// writeNew writes a file that must not exist yet, for its owner's eyes only.
func writeNew(file string, text []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(text); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// ask puts the questions that no flag has answered.
func (i *initCommand) ask(p *place, said map[string]string) error {
	lines := bufio.NewScanner(p.in)
	for _, q := range questions {
		if said[q.key] != "" {
			continue
		}
		for {
			start := startOf(q.key)
			fmt.Fprintf(p.out, "%s [%s]: ", q.ask, start)
			if !lines.Scan() {
				return usageError{errors.New("the questions were not answered; nothing was written")}
			}
			v := cmp.Or(strings.TrimSpace(lines.Text()), start)
			if v == "" && q.key == "data" {
				break
			}
			err := try(q.key, v)
			if err == nil {
				said[q.key] = v
				break
			}
			fmt.Fprintln(p.out, "This", err.Error()+".")
		}
	}
	if i.Setup == "" {
		if err := i.askRota(p, lines, said); err != nil {
			return err
		}
	}
	if i.Supervisor == "" {
		fmt.Fprint(p.out, "Name of the first supervisor [Supervisor]: ")
		if lines.Scan() {
			i.Supervisor = strings.TrimSpace(lines.Text())
		}
	}
	return nil
}

// startOf is the default of a setting.
func startOf(key string) string {
	for _, s := range settings {
		if s.key == key {
			return s.start
		}
	}
	return ""
}

// try says whether a setting takes a value.
func try(key, v string) error {
	for _, s := range settings {
		if s.key == key {
			return s.set(new(config), v)
		}
	}
	return nil
}

// found makes the data folder with its keys and its first person. The first
// supervisor may counsel too, so that a small line can open the same evening.
func found(ctx context.Context, c config, name string, costs staff.Params, begins beginning) (staff.Token, audit.Key, error) {
	db, err := store.Open(ctx, c.Data, store.Options{Zone: c.Zone})
	if err != nil {
		return staff.Token{}, audit.Key{}, dataError{err}
	}
	defer db.Close()
	if isDemo(c.Data) {
		return staff.Token{}, audit.Key{}, dataError{fmt.Errorf("%s was made by the demonstration: choose another data folder", c.Data)}
	}
	if err := db.HostKeys().MakeInstallation(); err != nil {
		if helpline.KindOf(err) == helpline.Conflict {
			err = fmt.Errorf("%s already holds a line: choose another data folder, or use `helpline staff add`", c.Data)
		}
		return staff.Token{}, audit.Key{}, dataError{err}
	}
	token, err := staff.NewOffice(db, db, nil, costs).Invite(ctx, staff.Person{
		Name: name, Roles: []helpline.Role{helpline.Supervisor, helpline.Counsellor}, Locales: c.Line.Locales,
		Audiences: helpline.Audiences(), Chats: c.Chats, Language: c.Line.Locales[0],
	}, staff.FirstInvitationLasts)
	if err != nil {
		return staff.Token{}, audit.Key{}, fmt.Errorf("invite the first supervisor: %w", err)
	}
	trail, err := trailOf(db)
	if err != nil {
		return staff.Token{}, audit.Key{}, dataError{err}
	}
	first, err := trail.Begin(ctx)
	if err == nil {
		err = begins.write(ctx, db, c)
	}
	if err != nil {
		return staff.Token{}, audit.Key{}, dataError{err}
	}
	return token, first, db.Close()
}

// asTOML writes the settings that were said, and the others as comments that
// name their defaults.
func asTOML(c config, said map[string]string, env func(string) string) []byte {
	var b strings.Builder
	b.WriteString("# Settings of this line. `helpline serve --help` lists them; flags and HELPLINE_ variables are stronger.\n")
	said["data"] = c.Data
	for _, s := range settings {
		v := cmp.Or(said[s.key], env(s.variable()))
		mark := ""
		if v == "" {
			mark, v = "# ", s.start
		}
		v = s.written(v)
		fmt.Fprintf(&b, "\n# %s\n%s%s = %s\n", s.help, mark, s.key, v)
	}
	return []byte(b.String())
}

// terminal says whether a stream is one, so that somebody can be asked or shown something.
func terminal(in any) bool {
	f, ok := in.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}
