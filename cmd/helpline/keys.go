package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
	"helpline/store"
)

// keysCommands are those about who can open what.
type keysCommands struct {
	Status      keysStatusCommand      `cmd:"" help:"Say who can open what, by the key log, and what is still to do."`
	AcceptHead  keysAcceptCommand      `cmd:"" help:"After helpline.db was put back by hand: say what is lost by that, and go by the key log that stands there now."`
	Compromised keysCompromisedCommand `cmd:"" help:"Somebody else was in this machine: replace its keys, end all logins, ask for new passphrases, and say whom to tell."`
}

// keysStatusCommand works beside a running line and changes nothing.
type keysStatusCommand struct {
	settingFlags
}

// Run prints groups, members and what is still to do.
func (c keysStatusCommand) Run(ctx context.Context, p *place) error {
	conf, err := c.load(p.env)
	if err != nil {
		return err
	}
	db, install, err := openKeys(ctx, conf, true)
	if err != nil {
		return err
	}
	defer db.Close()
	s, err := keysStatus(ctx, db, install)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(p.out, s)
	return err
}

// openKeys opens the data folder of a line that exists.
func openKeys(ctx context.Context, conf config, beside bool) (*store.DB, helpline.ID, error) {
	if isDemo(conf.Data) {
		return nil, helpline.ID{}, dataError{fmt.Errorf("%s was made by the demonstration, which has no real people", conf.Data)}
	}
	db, err := store.Open(ctx, conf.Data, store.Options{Zone: conf.Zone, Beside: beside})
	if err != nil {
		return nil, helpline.ID{}, dataError{err}
	}
	key, err := db.HostKeys().Installation()
	if err != nil {
		return nil, helpline.ID{}, errors.Join(dataError{fmt.Errorf("%s holds no line yet: run `helpline init` first", conf.Data)}, db.Close())
	}
	return db, installID(key), nil
}

// keysStatus writes what stands in the key log. It has no keyring: whether the
// root is the right one only an unlocking shows, and it says so.
func keysStatus(ctx context.Context, db *store.DB, install helpline.ID) (string, error) {
	entries, err := db.KeyLog(ctx)
	if err != nil {
		return "", err
	}
	if len(entries) == 0 {
		return "There are no keys yet: the first supervisor makes them by logging in.\n", nil
	}
	log, err := vault.ReadLog(install, entries)
	if err != nil {
		return "", fmt.Errorf("the key log was tampered with or damaged (%w): nothing is opened or sealed until it is restored from a backup", err)
	}
	people, err := peopleSeen(ctx, db)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Key log: %d entries, head %x. Whether its root is the right one shows whenever somebody unlocks.\n\n", len(entries), log.Head())
	table := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	for _, g := range vault.Groups() {
		state := "no key yet"
		if n := log.Generation(g); n > 0 {
			state = fmt.Sprintf("key %d", n)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", g, state, listed(named(people, log.Members(g))))
	}
	if err := table.Flush(); err != nil {
		return "", err
	}
	fmt.Fprintln(&b)
	for _, add := range []func(context.Context, *store.DB, *vault.Log, []staff.Person, *strings.Builder) error{
		statusPeople, statusNotes, statusRecovery,
	} {
		if err := add(ctx, db, log, people, &b); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// peopleSeen reads everybody, with names as a terminal may show them: whoever
// wrote into the database could else paint over the words that are compared.
func peopleSeen(ctx context.Context, db *store.DB) ([]staff.Person, error) {
	people, err := db.People(ctx)
	for i := range people {
		people[i].Name = seen(people[i].Name)
	}
	return people, err
}

func statusPeople(ctx context.Context, db *store.DB, log *vault.Log, people []staff.Person, b *strings.Builder) error {
	rings, err := db.Introductions(ctx)
	if err != nil {
		return err
	}
	var open, never, unsigned, left []string
	for _, p := range people {
		signed, stands := log.Roles(p.ID)
		i := slices.IndexFunc(rings, func(r counsel.KeyringRow) bool { return r.Person == p.ID })
		switch {
		case p.State == staff.Removed && log.Stands(p.ID):
			left = append(left, p.Name)
		case p.State != staff.Active:
		case i < 0:
			never = append(never, p.Name)
		case !stands || !log.Has(p.ID, rings[i].Intro):
			open = append(open, p.Name)
		case slices.ContainsFunc(p.Roles, func(r helpline.Role) bool { return !slices.Contains(signed, r) }):
			unsigned = append(unsigned, p.Name)
		}
	}
	fmt.Fprintf(b, "Keys nobody has confirmed: %s.\n", listed(open))
	if len(never) > 0 {
		fmt.Fprintf(b, "No keys yet, because they never unlocked: %s.\n", listed(never))
	}
	if len(unsigned) > 0 {
		fmt.Fprintf(b, "CHANGED IN THE DATABASE: roles that no supervisor signed, and that count for nothing: %s.\n", listed(unsigned))
	}
	if len(left) > 0 {
		fmt.Fprintf(b, "Removed, and still in the key log: %s. The next supervisor who unlocks makes new keys.\n", listed(left))
	}
	return nil
}

func statusNotes(ctx context.Context, db *store.DB, log *vault.Log, _ []staff.Person, b *strings.Builder) error {
	r, err := db.Regranting(ctx)
	if err != nil {
		return err
	}
	left, err := db.UngrantedCount(ctx, log.Generation(vault.Supervisors))
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "Notes still to be granted to the supervisors' present key: %d", left)
	if left > 0 {
		fmt.Fprintf(b, " (%d could not be opened by the last who tried). It goes on while a supervisor is unlocked", r.Failed)
	}
	fmt.Fprintln(b, ".")
	rows, err := db.Holds(ctx)
	if err != nil {
		return err
	}
	held, broken := 0, 0
	for _, h := range rows {
		switch one, err := log.Hold(h.Note, h.Papers, h.Shred); {
		case err != nil:
			broken++
		case !one.Confirmed.IsZero():
			held++
		}
	}
	fmt.Fprintf(b, "Notes held by two supervisors: %d", held)
	if broken > 0 {
		fmt.Fprintf(b, "; holds that keep nothing, because their signatures are wrong: %d", broken)
	}
	fmt.Fprintln(b, ".")
	return nil
}

func statusRecovery(_ context.Context, _ *store.DB, log *vault.Log, people []staff.Person, b *strings.Builder) error {
	needed, custodians := log.Custodians()
	if needed == 0 {
		fmt.Fprintln(b, "Recovery: no. Whoever loses the passphrase and has no printed code loses the own notes; when all supervisors do, all are lost.")
		return nil
	}
	fmt.Fprintf(b, "Recovery: yes, key %d, by %d of %d: %s.\n", log.Recoveries(), needed, len(custodians), listed(named(people, custodians)))
	return nil
}

func named(people []staff.Person, ids []helpline.ID) []string {
	var out []string
	for _, p := range people {
		if slices.Contains(ids, p.ID) {
			out = append(out, p.Name)
		}
	}
	return out
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// keysCompromisedCommand is for the day on which somebody else was in the
// machine. The line must be stopped.
type keysCompromisedCommand struct {
	settingFlags
}

// Run asks for the line's name, replaces what can be replaced, and prints what
// people have to do.
func (c keysCompromisedCommand) Run(ctx context.Context, p *place) error {
	conf, err := c.load(p.env)
	if err != nil {
		return err
	}
	db, install, err := openKeys(ctx, conf, false)
	if helpline.KindOf(err) == helpline.Conflict {
		return dataError{fmt.Errorf("%w: stop the line first; nothing was changed", err)}
	}
	if err != nil {
		return err
	}
	defer db.Close()
	fmt.Fprintf(p.out, "This replaces the keys of this machine, ends every login, every open invitation and every\nconversation's ticket, and makes everybody choose a new passphrase. No note is lost.\nType the name of the line to go on (%s): ", conf.Line.Name)
	said, err := bufio.NewReader(p.in).ReadString('\n')
	if strings.TrimSpace(said) != conf.Line.Name {
		return fmt.Errorf("that is not the name of the line: nothing was changed")
	}
	_ = err // a last line without its end is a line
	trail := db.Trail(install)
	var done store.Compromised
	deed := audit.Deed{By: audit.Operator, Code: audit.KeysNew, Details: []audit.Detail{audit.Names("which", "days", "logins", "tickets", "backup", "shred", "audit")}}
	err = counsel.Traced(ctx, trail, deed, func() error {
		done, err = db.Compromised(ctx, time.Now())
		return err
	})
	if err == nil {
		err = trail.Turn(ctx, "repair")
	}
	if err != nil {
		return fmt.Errorf("%w. Not everything was replaced: mend that and run this once more", err)
	}
	checkpoint, err := trail.Checkpoint(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, afterCompromise, done.Logins, done.Passes, done.Invitations, done.Spare, done.People, done.Reaches, checkpoint.String())
	return err
}

const afterCompromise = `
Done. Ended: logins %d, logins for own shifts %d, open invitations %d. Unused keys of notes destroyed: %d.
%d people must choose a new passphrase at their next login, and %d must say anew where notices reach them. The keys of the days, of the audit log
and of the backups are new.

What this cannot do:
- What was copied stays copied. With a copy of the whole data folder and one passphrase or two
  shares, the notes in it open until that copy is found. Without, they do not.
- Whoever was logged in while somebody else ruled the machine may have been watched: treat that
  person's keys as known. Remove them on the page of people and invite them again.
- The program itself may have been changed. Install it anew before you start the line, and compare
  "helpline version --assets" with the published one.

Whom to tell what:
- Whoever looks after data protection, today: what was reached, since when, and how many people it
  concerns. In the EU the authority must know within 72 hours of the discovery.
- Every member of staff, by voice: log in, choose a new passphrase, check the list of second
  factors, and read the six words again to a supervisor if their device was in doubt.
- Supervisors: make a new recovery key, look at "who can open what" and at the audit log since the
  day it may have begun.
- Holders of recovery shares: keep the old share until the new one is in their hands.
- Whoever receives the backups: the key that signs them is new ("helpline backup signer").
- Visitors: what the promise on your front page says about this; nobody of them is known to you.

Copy this line of the audit log to another place:
%s
`
