package counsel

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// Reasons why a person's roles cannot be changed.
var (
	// ErrLastSupervisor: nobody could sign or open anything any more.
	ErrLastSupervisor = errors.New("the last supervisor cannot go")
	// ErrOneself: nobody changes their own roles, or removes themselves.
	ErrOneself = errors.New("a colleague has to do this")
)

// PersonChange is a change of a person's roles, or the end of them, with all
// that follows from it.
type PersonChange struct {
	Person helpline.ID
	Roles  []helpline.Role // from now on; none when the person is removed
	Remove bool
	Known  bool          // the person's row says so already: only the key log has to learn it
	Leaves []vault.Group // whose seats the person loses
	Extension
}

// TeamRows keeps people. Asserted by store.
type TeamRows interface {
	// ChangePerson makes a change in one durable transaction: the entries of
	// the key log and the seats that come with them, roles and state, and of a
	// removed person the passphrase, the keyring, the seats, the invitation and
	// the own grants. A new generation of the supervisors starts the granting
	// of older notes anew. Conflict when somebody else wrote the key log, and
	// wrapping ErrLastSupervisor; NotFound for whoever is removed already.
	ChangePerson(ctx context.Context, c PersonChange) error
}

// PersonLogins ends logins. Asserted by store.
type PersonLogins interface {
	// DeletePerson ends every login of a person.
	DeletePerson(ctx context.Context, person helpline.ID) error
}

// Floor is where the people are who are at work now. cmd hands in chat's engine.
type Floor interface {
	// Dismiss drops every live link of a person; the windows may come back.
	Dismiss(person helpline.ID)
	// Release does that and ends the conversations the person holds, so that
	// their visitors can wait for somebody else.
	Release(person helpline.ID)
}

// Team changes who works on the line and as what. Safe for concurrent use.
type Team struct {
	keys   *Keys
	rows   TeamRows
	logins PersonLogins
	out    Floor
	trail  Trail
	log    *slog.Logger
}

// NewTeam changes people, who are out at once on the floor.
func NewTeam(k *Keys, rows TeamRows, logins PersonLogins, out Floor, t Trail, log *slog.Logger) *Team {
	return &Team{keys: k, rows: rows, logins: logins, out: out, trail: t, log: log}
}

// Remove ends a person's work on the line: logins and live links, keyring,
// seats and own grants; the groups the person was in start their next
// generation in the same transaction. Forbidden wraps ErrLocked or ErrOneself,
// Conflict wraps ErrLastSupervisor or says that somebody else was faster;
// NotFound for whoever is removed already.
func (t *Team) Remove(ctx context.Context, by By, person helpline.ID) error {
	return t.change(ctx, by, person, nil, true)
}

// SetRoles gives a person these roles in place of the present ones. Errors are
// those of Remove; Invalid wraps staff.RoleField when there is none.
func (t *Team) SetRoles(ctx context.Context, by By, person helpline.ID, roles []helpline.Role) error {
	roles = slices.Compact(slices.Sorted(slices.Values(roles)))
	if len(roles) == 0 || slices.ContainsFunc(roles, func(r helpline.Role) bool { return !slices.Contains(helpline.Roles(), r) }) {
		return helpline.Errorf(helpline.Invalid, "change roles: %w", staff.RoleField)
	}
	return t.change(ctx, by, person, roles, false)
}

func (t *Team) change(ctx context.Context, by By, person helpline.ID, roles []helpline.Role, remove bool) error {
	if err := May(by.Actor, ChangePeers); err != nil {
		return err
	}
	if person == by.Person {
		return helpline.Errorf(helpline.Forbidden, "change a person: %w", ErrOneself)
	}
	p, err := t.person(ctx, person)
	if err != nil {
		return err
	}
	c := PersonChange{Person: person, Roles: roles, Remove: remove}
	if err := t.write(ctx, by, &c); err != nil {
		return err
	}
	if err := t.traced(ctx, by, c); err != nil {
		return err
	}
	if len(c.Entries) > 0 {
		if _, _, err := t.keys.current(ctx); err != nil { // remembered at once
			t.log.Error("the key log could not be read again", "kind", string(helpline.KindOf(err)))
		}
	}
	t.end(ctx, p, c)
	return nil
}

// traced makes the change after its entries stand in the audit log: that of the
// person, and one for each group that gets a new key.
func (t *Team) traced(ctx context.Context, by By, c PersonChange) error {
	d := audit.Deed{By: by.Person, Code: audit.PersonRemove, Object: audit.Person(c.Person)}
	if !c.Remove {
		var names []string
		for _, r := range c.Roles {
			names = append(names, string(r))
		}
		d.Code, d.Details = audit.PersonRoles, []audit.Detail{audit.Names("roles", names...)}
	}
	turned := map[vault.Group]uint64{}
	for _, s := range c.Seats {
		if s.Person != c.Person && slices.Contains(c.Leaves, s.Group) {
			turned[s.Group] = s.Generation
		}
	}
	do := func() error { return t.rows.ChangePerson(ctx, c) }
	for _, g := range vault.Groups() {
		if n, ok := turned[g]; ok {
			then := do
			do = func() error { return Traced(ctx, t.trail, newKey(by, g, n), then) }
		}
	}
	return Traced(ctx, t.trail, d, do)
}

// newKey is the deed of a group's next generation.
func newKey(by By, g vault.Group, generation uint64) audit.Deed {
	return audit.Deed{By: by.Person, Code: audit.GroupNew, Details: []audit.Detail{
		audit.Word("group", string(g)), audit.Number("generation", int(generation)),
	}}
}

// Sweep lets the key log learn who has been removed without it: after an older
// copy was restored, the list of the removed is newer than the log. It does
// nothing when the two agree, or for a login that is locked.
func (t *Team) Sweep(ctx context.Context, by By) error {
	if err := May(by.Actor, ChangePeers); err != nil {
		return err
	}
	all, err := t.keys.office.People(ctx)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.State != staff.Removed {
			continue
		}
		log, _, err := t.keys.current(ctx)
		if err != nil || log == nil || !log.Stands(p.ID) {
			if err != nil {
				return err
			}
			continue
		}
		c := PersonChange{Person: p.ID, Remove: true, Known: true}
		if err := t.write(ctx, by, &c); err != nil {
			return err
		}
		if err := t.traced(ctx, by, c); err != nil {
			return err
		}
		t.keys.LockAll(p.ID)
	}
	_, _, err = t.keys.current(ctx)
	return err
}

// person finds somebody who is not removed; NotFound.
func (t *Team) person(ctx context.Context, id helpline.ID) (staff.Person, error) {
	all, err := t.keys.office.People(ctx)
	if err != nil {
		return staff.Person{}, err
	}
	i := slices.IndexFunc(all, func(p staff.Person) bool { return p.ID == id && p.State != staff.Removed })
	if i < 0 {
		return staff.Person{}, helpline.Errorf(helpline.NotFound, "change a person: not known, or removed already")
	}
	return all[i], nil
}

// write plans what has to stand in the key log. Of somebody whose keys nobody
// has confirmed nothing stands there.
func (t *Team) write(ctx context.Context, by By, c *PersonChange) error {
	ring, v, err := t.keys.use(ctx, by)
	if err != nil {
		return err
	}
	defer ring.Zero()
	w, err := ring.Write(v)
	if err != nil {
		return err
	}
	c.At = int(ring.Trust().Seen)
	if _, _, err := v.Person(c.Person); vault.CheckOf(err) == vault.KeyUnknown {
		return nil
	} else if err != nil {
		return err
	}
	if err := w.Assign(c.Person, c.Roles...); err != nil {
		if helpline.KindOf(err) == helpline.Conflict {
			return helpline.Errorf(helpline.Conflict, "change a person: %w", ErrLastSupervisor)
		}
		return err
	}
	for _, g := range vault.Groups() {
		was, is := slices.Contains(v.Members(g), c.Person), slices.Contains(w.Members(g), c.Person)
		switch {
		case was && !is:
			c.Leaves = append(c.Leaves, g)
			if len(w.Members(g)) > 0 {
				err = w.Turn(g)
			}
		case is && !was:
			err = t.keys.seat(ctx, by, ring, v, w, g, c.Person)
		}
		if err != nil {
			return err
		}
	}
	c.Entries, c.Seats = w.Entries, seatRows(w.Seats)
	return nil
}

// end closes what is still open of a person. The change stands by now: who is
// removed is refused at every request whether or not the rows of the logins
// could be deleted.
func (t *Team) end(ctx context.Context, before staff.Person, c PersonChange) {
	now := helpline.Actor{Roles: c.Roles}
	was := helpline.Actor{Roles: before.Roles}
	loses := was.Has(helpline.Counsellor) && !now.Has(helpline.Counsellor)
	if c.Remove || loses || was.Has(helpline.Supervisor) != now.Has(helpline.Supervisor) {
		t.keys.LockAll(c.Person)
		if err := t.logins.DeletePerson(context.WithoutCancel(ctx), c.Person); err != nil {
			t.log.Error("the logins of a person could not be deleted; they open nothing any more", "kind", string(helpline.KindOf(err)))
		}
	}
	if c.Remove || loses {
		t.out.Release(c.Person)
		return
	}
	t.out.Dismiss(c.Person)
}
