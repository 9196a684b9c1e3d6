package counsel

import (
	"context"
	"slices"

	"helpline"
	"helpline/counsel/audit"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// Circle is one group as it stands in the key log.
type Circle struct {
	Group      vault.Group
	Generation int // 0: it has no key yet
	Members    []staff.Person
	Seatless   []staff.Person // members who cannot open the present generation yet
}

// Believed gives a person with those of the row's roles that the key log has
// too: whoever can write the database gives nobody a role, and brings nobody
// back. Of a person whose keys nobody has confirmed yet nothing stands in the
// log, and the row is all there is. When the log itself was tampered with, only
// the work with visitors goes on.
func (k *Keys) Believed(ctx context.Context, p staff.Person) (staff.Person, error) {
	log, err := k.last(ctx)
	switch {
	case vault.CheckOf(err) != "":
		p.Roles = only(p.Roles, []helpline.Role{helpline.Counsellor, helpline.Leader})
		return p, nil
	case err != nil || log == nil:
		return p, err
	}
	if signed, stands := log.Roles(p.ID); stands {
		p.Roles = only(p.Roles, signed)
	}
	return p, nil
}

// last is the key log as it was verified last, or now when it was not yet; nil
// when nobody has founded it.
func (k *Keys) last(ctx context.Context) (*vault.Log, error) {
	k.mu.Lock()
	log := k.known
	k.mu.Unlock()
	if log != nil {
		return log, nil
	}
	log, _, err := k.current(ctx)
	return log, err
}

// Heard says whether a person may use what supervisors alone may do: the six
// words were heard, and the key log names the person. Until then an invitation
// that fell into other hands gives a supervisor's name and none of the power.
// Before there is a key log nobody could have heard anybody.
func (k *Keys) Heard(ctx context.Context, person helpline.ID) (bool, error) {
	log, err := k.last(ctx)
	if err != nil || log == nil {
		return err == nil, err
	}
	return log.Stands(person), nil
}

// Confirmed says who holds a role by the key log: somebody whose six words were
// heard, and who can open what the role opens. The row of a person alone does
// not say so.
func (k *Keys) Confirmed(ctx context.Context, person helpline.ID, role helpline.Role) (bool, error) {
	log, _, err := k.current(ctx)
	if err != nil || log == nil {
		return false, err
	}
	signed, _ := log.Roles(person)
	return slices.Contains(signed, role), nil
}

// only are the roles that stand in both lists.
func only(roles, in []helpline.Role) []helpline.Role {
	return slices.DeleteFunc(slices.Clone(roles), func(r helpline.Role) bool { return !slices.Contains(in, r) })
}

// Naming is what one supervisor has asked for and another can confirm.
type Naming struct {
	By      staff.Person
	Members []staff.Person
	Own     bool // asked by whoever looks
}

// Circles is who can open what.
type Circles struct {
	Groups     []Circle
	Naming     *Naming        // of the safeguarding group; nil when nothing waits
	Candidates []staff.Person // who could be named: everybody in the key log who has not left
	Strangers  []Stranger     // whose keys nobody has confirmed
}

// Circles gives the groups with their members, to a supervisor. Forbidden wraps
// ErrLocked.
func (k *Keys) Circles(ctx context.Context, by By) (Circles, error) {
	if err := May(by.Actor, SeeKeys); err != nil {
		return Circles{}, err
	}
	strangers, err := k.Strangers(ctx, by)
	if err != nil {
		return Circles{}, err
	}
	ring, v, err := k.use(ctx, by)
	if err != nil {
		return Circles{}, err
	}
	defer ring.Zero()
	people, err := k.office.People(ctx)
	if err != nil {
		return Circles{}, err
	}
	of := func(ids []helpline.ID) []staff.Person {
		return slices.DeleteFunc(slices.Clone(people), func(p staff.Person) bool { return !slices.Contains(ids, p.ID) })
	}
	c := Circles{Strangers: strangers}
	for _, g := range vault.Groups() {
		circle := Circle{Group: g, Generation: int(v.Generation(g)), Members: of(v.Members(g))}
		for _, p := range circle.Members {
			_, err := k.rows.Seat(ctx, g, v.Generation(g), p.ID)
			if helpline.KindOf(err) == helpline.NotFound {
				circle.Seatless = append(circle.Seatless, p)
			} else if err != nil {
				return Circles{}, err
			}
		}
		c.Groups = append(c.Groups, circle)
	}
	for _, p := range people {
		if _, roles, err := v.Person(p.ID); err == nil && len(roles) > 0 && p.State == staff.Active {
			c.Candidates = append(c.Candidates, p)
		}
	}
	if asker, members, ok := v.Asked(vault.Safeguarding); ok {
		n := Naming{Members: of(members), Own: asker == by.Person}
		for _, p := range of([]helpline.ID{asker}) {
			n.By = p
		}
		c.Naming = &n
	}
	return c, nil
}

// Name asks for these members of the safeguarding group. Nothing changes until
// another supervisor confirms it; a newer naming takes its place. Invalid when
// somebody among them does not stand in the key log, or nobody is named.
func (k *Keys) Name(ctx context.Context, by By, members []helpline.ID) error {
	d := audit.Deed{By: by.Person, Code: audit.GroupAsk, Details: []audit.Detail{
		audit.Word("group", string(vault.Safeguarding)), audit.Number("members", len(members)),
	}}
	return k.write(ctx, by, d, func(_ *vault.Keyring, v *vault.Vouched, w *vault.Writing) error {
		for _, m := range members {
			if _, roles, err := v.Person(m); err != nil || len(roles) == 0 {
				return helpline.Errorf(helpline.Invalid, "name a group: somebody is not in the key log")
			}
		}
		if len(members) == 0 {
			return helpline.Errorf(helpline.Invalid, "name a group: nobody was named")
		}
		return w.Name(vault.Safeguarding, members)
	})
}

// ConfirmNaming agrees to what another supervisor has asked for: the group's
// next generation has those members. members are those that were shown;
// Conflict when others are asked for by now, when nothing is, or when it is the
// person's own. Members who were in the group before, and whoever confirms if a
// member too, hand the earlier generations on.
func (k *Keys) ConfirmNaming(ctx context.Context, by By, members []helpline.ID) error {
	d := newKey(by, vault.Safeguarding, 0)
	return k.write(ctx, by, d, func(ring *vault.Keyring, v *vault.Vouched, w *vault.Writing) error {
		_, asked, _ := v.Asked(vault.Safeguarding)
		if !sameIDs(asked, members) {
			return helpline.Errorf(helpline.Conflict, "confirm a naming: others are asked for by now")
		}
		if err := w.Confirm(vault.Safeguarding); err != nil {
			return err
		}
		for _, m := range w.Members(vault.Safeguarding) {
			if slices.Contains(v.Members(vault.Safeguarding), m) {
				continue
			}
			if err := k.seat(ctx, by, ring, v, w, vault.Safeguarding, m); err != nil {
				return err
			}
		}
		return nil
	})
}

func sameIDs(a, b []helpline.ID) bool {
	order := func(x, y helpline.ID) int { return slices.Compare(x[:], y[:]) }
	return slices.Equal(slices.Compact(slices.SortedFunc(slices.Values(a), order)), slices.Compact(slices.SortedFunc(slices.Values(b), order)))
}

// write adds to the key log what plan writes, with its seats, after the entry of
// the deed stands in the audit log. Without an audit log nothing is written.
func (k *Keys) write(ctx context.Context, by By, d audit.Deed, plan func(*vault.Keyring, *vault.Vouched, *vault.Writing) error) error {
	if err := May(by.Actor, SeeKeys); err != nil {
		return err
	}
	ring, v, err := k.use(ctx, by)
	if err != nil {
		return err
	}
	defer ring.Zero()
	w, err := ring.Write(v)
	if err != nil {
		return err
	}
	if err := plan(ring, v, w); err != nil {
		return err
	}
	e := Extension{At: int(ring.Trust().Seen), Entries: w.Entries, Seats: seatRows(w.Seats)}
	if k.alarm.trail == nil {
		return helpline.Errorf(helpline.Internal, "write the key log: there is no audit log")
	}
	if d.Code == audit.GroupNew { // by now its number is known
		d = newKey(by, vault.Safeguarding, v.Generation(vault.Safeguarding)+1)
	}
	if err := Traced(ctx, k.alarm.trail, d, func() error { return k.entries.ExtendKeyLog(ctx, e) }); err != nil {
		return err
	}
	// Remembered at once, so that nobody can take it away again unseen.
	_, _, err = k.current(ctx)
	return err
}
