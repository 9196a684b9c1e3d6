package main

import (
	"context"
	"errors"
	"fmt"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/store"
)

// staffCommands are those about people.
type staffCommands struct {
	Add      staffAddCommand      `cmd:"" help:"Invite somebody: prints a link that works once, for three days."`
	Import   staffImportCommand   `cmd:"" help:"Invite everybody on a list, all or nobody: one sheet for each person. Without --sheets it only looks."`
	List     staffListCommand     `cmd:"" help:"List the people, as a table or as a list that import reads."`
	Withdraw staffWithdrawCommand `cmd:"" help:"Take back the invitation of somebody who has not joined."`
}

// staffAddCommand invites a person. It works while the line runs: it opens the
// same database beside it.
type staffAddCommand struct {
	settingFlags
	Person   string   `arg:"" name:"person" help:"The person's name; visitors never see it."`
	Role     []string `required:"" help:"counsellor, leader, supervisor, operator or reviewer; may be given several times." placeholder:"ROLE"`
	Alias    string   `help:"The only name visitors see; by default the first word of the name." placeholder:"TEXT"`
	Language []string `help:"Languages of conversations taken, such as nl,en; by default all of the line." placeholder:"LIST"`
	Door     []string `help:"Doors taken: self, relative, young, professional, survivor; by default all." placeholder:"LIST"`
}

// Run adds the person and prints the link.
func (s staffAddCommand) Run(ctx context.Context, p *place) error {
	c, err := s.load(p.env)
	if err != nil {
		return err
	}
	person, err := s.person(c)
	if err != nil {
		return usageError{err}
	}
	db, peers, err := openPeers(ctx, c, p)
	if err != nil {
		return err
	}
	defer db.Close()
	i, err := peers.InviteFromHost(ctx, person)
	if helpline.KindOf(err) == helpline.Conflict {
		return errors.New("there is somebody of that name already: choose a name that tells the two apart")
	}
	if err != nil {
		return fmt.Errorf("invite: %w", err)
	}
	_, err = fmt.Fprintf(p.out, "%s opens this link once, within three days, and chooses a passphrase:\n%s/join/%s\n",
		person.Name, c.origin(c.StaffHost), i.Token.Reveal())
	return err
}

// openPeers opens a data folder beside the line that may run on it, to look
// after its people.
func openPeers(ctx context.Context, c config, p *place) (*store.DB, *counsel.Peers, error) {
	if isDemo(c.Data) {
		return nil, nil, dataError{fmt.Errorf("%s was made by the demonstration, which has no real people", c.Data)}
	}
	db, err := store.Open(ctx, c.Data, store.Options{Zone: c.Zone, Beside: true})
	if err != nil {
		return nil, nil, dataError{err}
	}
	trail, err := trailOf(db)
	if err != nil {
		_ = db.Close()
		return nil, nil, dataError{fmt.Errorf("%s holds no line yet: run `helpline init` first", c.Data)}
	}
	return db, counsel.NewPeers(staff.NewOffice(db, db, nil, p.costs), db, trail), nil
}

// person is who the flags describe.
func (s staffAddCommand) person(c config) (staff.Person, error) {
	out := staff.Person{
		Name: s.Person, Alias: s.Alias, Locales: c.Line.Locales, Audiences: helpline.Audiences(),
		Chats: c.Chats, Language: c.Line.Locales[0],
	}
	for _, word := range s.Role {
		role, err := helpline.ParseRole(word)
		if err != nil {
			return out, fmt.Errorf("--role %s: there are counsellor, leader, supervisor, operator and reviewer", word)
		}
		out.Roles = append(out.Roles, role)
	}
	if len(s.Language) > 0 {
		out.Locales = nil
	}
	for _, word := range s.Language {
		locale, err := helpline.ParseLocale(word)
		if err != nil {
			return out, fmt.Errorf("--language %s: there are en, nl, nl-BE, fr, de", word)
		}
		out.Locales = append(out.Locales, locale)
	}
	if len(s.Door) > 0 {
		out.Audiences = nil
	}
	for _, word := range s.Door {
		door, err := helpline.ParseAudience(word)
		if err != nil {
			return out, fmt.Errorf("--door %s: there are self, relative, young, professional, survivor", word)
		}
		out.Audiences = append(out.Audiences, door)
	}
	return out, nil
}
