package counsel

import (
	"context"
	"slices"
	"time"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
)

// Peers invites people, changes and withdraws invitations, and lets the invited
// join. It asks the permission table, and leaves the trace of each deed first.
// Safe for concurrent use.
type Peers struct {
	office *staff.Office
	rows   staff.Invitations
	trail  Trail
}

// NewPeers looks after the invitations of an office.
func NewPeers(o *staff.Office, rows staff.Invitations, t Trail) *Peers { return &Peers{o, rows, t} }

// Invite makes a person and the token of their invitation, to be shown once.
// Forbidden when the actor may not give one of the roles, Invalid (staff.Field),
// Conflict when the name is taken.
func (s *Peers) Invite(ctx context.Context, by helpline.Actor, p staff.Person) (staff.Invitee, error) {
	if err := may(by, InvitePeers, p.Roles); err != nil {
		return staff.Invitee{}, err
	}
	i, err := staff.NewInvitee(p, staff.InvitationLasts)
	if err != nil {
		return staff.Invitee{}, err
	}
	return i, s.add(ctx, by.Person, i)
}

// InviteFromHost is Invite for whoever rules the machine. It asks no table: the
// roles count only once a supervisor has confirmed the person's keys.
func (s *Peers) InviteFromHost(ctx context.Context, p staff.Person) (staff.Invitee, error) {
	i, err := staff.NewInvitee(p, staff.InvitationLasts)
	if err != nil {
		return staff.Invitee{}, err
	}
	return i, s.add(ctx, audit.Operator, i)
}

func (s *Peers) add(ctx context.Context, by helpline.ID, i staff.Invitee) error {
	return Traced(ctx, s.trail, invited(by, i), func() error {
		return s.rows.AddAll(ctx, []staff.Person{i.Person}, []staff.Invitation{i.Invitation})
	})
}

func invited(by helpline.ID, i staff.Invitee) audit.Deed {
	return audit.Deed{
		By: by, Code: audit.PersonInvite, Object: audit.Person(i.Person.ID),
		Details: []audit.Detail{audit.Names("roles", i.Person.Roles...)},
	}
}

// Import invites everybody on a list, all of them or none. hand gets what is to
// be handed over before anything is kept; when it fails nothing is. Forbidden
// when the actor may not give one of the roles; Conflict (a staff.Taken) names
// the first whose name is taken.
func (s *Peers) Import(ctx context.Context, by helpline.Actor, all []staff.Invitee, hand func() error) error {
	for _, i := range all {
		if err := may(by, InvitePeers, i.Person.Roles); err != nil {
			return err
		}
	}
	return s.addAll(ctx, by.Person, all, hand)
}

// ImportFromHost is Import for whoever rules the machine. It asks no table, as
// InviteFromHost does not.
func (s *Peers) ImportFromHost(ctx context.Context, all []staff.Invitee, hand func() error) error {
	return s.addAll(ctx, audit.Operator, all, hand)
}

func (s *Peers) addAll(ctx context.Context, by helpline.ID, all []staff.Invitee, hand func() error) error {
	var people []staff.Person
	var invitations []staff.Invitation
	deeds := []audit.Deed{{By: by, Code: audit.PersonImport, Details: []audit.Detail{audit.Number("people", len(all))}}}
	for _, i := range all {
		people, invitations = append(people, i.Person), append(invitations, i.Invitation)
		deeds = append(deeds, invited(by, i))
	}
	do := func() error {
		if err := hand(); err != nil {
			return err
		}
		return s.rows.AddAll(ctx, people, invitations)
	}
	for _, d := range slices.Backward(deeds) { // the last to be wrapped stands first in the trail
		then := do
		do = func() error { return Traced(ctx, s.trail, d, then) }
	}
	return do()
}

// WithdrawFromHost is Withdraw, by name, for whoever rules the machine.
func (s *Peers) WithdrawFromHost(ctx context.Context, name string) error {
	all, err := s.office.People(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(p staff.Person) bool { return p.Name == name && p.State == staff.Invited })
	if i < 0 {
		return helpline.Errorf(helpline.NotFound, "invitation: nobody of this name waits for one")
	}
	d := audit.Deed{By: audit.Operator, Code: audit.PersonWithdraw, Object: audit.Person(all[i].ID)}
	return Traced(ctx, s.trail, d, func() error { return s.rows.Withdraw(ctx, all[i].ID) })
}

// Again makes a new invitation for somebody who has not joined; the earlier one
// stops working. NotFound for everybody else.
func (s *Peers) Again(ctx context.Context, by helpline.Actor, person helpline.ID) (i staff.Invitee, err error) {
	p, err := s.waiting(ctx, by, person)
	if err != nil {
		return staff.Invitee{}, err
	}
	i.Person = p
	err = Traced(ctx, s.trail, invited(by.Person, i), func() error {
		i.Token, err = s.office.Reinvite(ctx, person, staff.InvitationLasts)
		return err
	})
	return i, err
}

// waiting is a person who has not joined, for whoever may look after them.
func (s *Peers) waiting(ctx context.Context, by helpline.Actor, person helpline.ID) (staff.Person, error) {
	if err := May(by, InvitePeers); err != nil {
		return staff.Person{}, err
	}
	all, err := s.office.People(ctx)
	if err != nil {
		return staff.Person{}, err
	}
	i := slices.IndexFunc(all, func(p staff.Person) bool { return p.ID == person && p.State == staff.Invited })
	if i < 0 {
		return staff.Person{}, helpline.Errorf(helpline.NotFound, "invitation: the person does not wait for one")
	}
	return all[i], nil
}

// Change writes other facts of a person: name and roles too while they have not
// joined; of somebody who works here only what they take and how much, whatever
// else to says. NotFound for whoever was removed; otherwise as Invite.
func (s *Peers) Change(ctx context.Context, by helpline.Actor, to staff.Person) error {
	if err := May(by, InvitePeers); err != nil {
		return err
	}
	was, err := s.Person(ctx, by, to.ID)
	if err != nil {
		return err
	}
	p := was
	p.Locales, p.Audiences, p.Chats = to.Locales, to.Audiences, to.Chats
	if was.State == staff.Invited {
		if err := MayGive(by, to.Roles...); err != nil {
			return err
		}
		p.Name, p.Alias, p.Roles, p.Language = to.Name, to.Alias, to.Roles, to.Language
	}
	if p, err = staff.Amended(p); err != nil {
		return err
	}
	d := audit.Deed{By: by.Person, Code: audit.PersonChange, Object: audit.Person(p.ID), Details: []audit.Detail{audit.Names("which", differs(was, p)...)}}
	return Traced(ctx, s.trail, d, func() error {
		if was.State == staff.Invited {
			return s.rows.Amend(ctx, p)
		}
		return s.office.SetWork(ctx, p)
	})
}

// differs names the facts in which two states of a person differ.
func differs(a, b staff.Person) (out []string) {
	for name, same := range map[string]bool{
		"name": a.Name == b.Name, "alias": a.Alias == b.Alias, "roles": slices.Equal(a.Roles, b.Roles), "chats": a.Chats == b.Chats,
		"languages": slices.Equal(a.Locales, b.Locales), "doors": slices.Equal(a.Audiences, b.Audiences), "screen": a.Language == b.Language,
	} {
		if !same {
			out = append(out, name)
		}
	}
	return out
}

// Withdraw takes an invitation back, and with it the person, who has never
// joined; NotFound for everybody else.
func (s *Peers) Withdraw(ctx context.Context, by helpline.Actor, person helpline.ID) error {
	p, err := s.waiting(ctx, by, person)
	if err != nil {
		return err
	}
	d := audit.Deed{By: by.Person, Code: audit.PersonWithdraw, Object: audit.Person(p.ID)}
	return Traced(ctx, s.trail, d, func() error { return s.rows.Withdraw(ctx, p.ID) })
}

// Person gives a person for those who may see the list; NotFound when there is
// none or they were removed.
func (s *Peers) Person(ctx context.Context, by helpline.Actor, person helpline.ID) (staff.Person, error) {
	if err := May(by, SeePeople); err != nil {
		return staff.Person{}, err
	}
	all, err := s.office.People(ctx)
	if err != nil {
		return staff.Person{}, err
	}
	i := slices.IndexFunc(all, func(p staff.Person) bool { return p.ID == person && p.State != staff.Removed })
	if i < 0 {
		return staff.Person{}, helpline.Errorf(helpline.NotFound, "people: no such person")
	}
	return all[i], nil
}

// Until says until when the invitations of people work, expired ones included.
func (s *Peers) Until(ctx context.Context, by helpline.Actor) (map[helpline.ID]time.Time, error) {
	if err := May(by, SeePeople); err != nil {
		return nil, err
	}
	return s.rows.Waiting(ctx)
}

// Join spends an invitation as staff.Office.Join does.
func (s *Peers) Join(ctx context.Context, t staff.Token, pass staff.Passphrase, f staff.Profile) (p staff.Person, err error) {
	p, err = s.office.Joining(ctx, t, pass, f) // nothing is recorded of a passphrase that is not taken
	if err != nil {
		return staff.Person{}, err
	}
	d := audit.Deed{By: p.ID, Code: audit.PersonJoin, Object: audit.Person(p.ID)}
	err = Traced(ctx, s.trail, d, func() error {
		p, err = s.office.Join(ctx, t, pass, f)
		return err
	})
	return p, err
}

func may(by helpline.Actor, a Action, roles []helpline.Role) error {
	if err := May(by, a); err != nil {
		return err
	}
	return MayGive(by, roles...)
}
