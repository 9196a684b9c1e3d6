package counsel

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"helpline"
	"helpline/counsel/retention"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// team is an office of people whose passphrase is their name in small letters.
type team struct {
	people  []staff.Person
	weighs  Stretch
	secrets func(helpline.ID) (staff.Secret, bool) // of those who have changed theirs
	due     func(helpline.ID) bool
}

var cheap = staff.Params{Time: 1, MemoryKiB: 64, Threads: 1}

func (o *team) Active(_ context.Context, id helpline.ID) (staff.Person, error) {
	for _, p := range o.people {
		if p.ID == id && p.State == staff.Active {
			p.Renew = o.due != nil && o.due(id)
			return p, nil
		}
	}
	return staff.Person{}, absent()
}

func (o *team) People(context.Context) ([]staff.Person, error) { return o.people, nil }

func (o *team) Login(ctx context.Context, name string, pass staff.Passphrase) (staff.Person, error) {
	for _, p := range o.people {
		if p.Name != name {
			continue
		}
		salt, secret, changed := p.ID[:], staff.Secret{}, false
		if o.secrets != nil {
			if secret, changed = o.secrets(p.ID); changed {
				salt = secret.Salt
			}
		}
		verifier, err := o.weighs.Verifier(ctx, pass, salt, cheap)
		if err != nil {
			return staff.Person{}, err
		}
		if changed {
			if bytes.Equal(verifier[:], secret.Verifier) {
				return p, nil
			}
			break
		}
		if pass.Reveal() == passOf(p).Reveal() {
			return p, nil
		}
	}
	return staff.Person{}, helpline.Errorf(helpline.Forbidden, "wrong")
}

func (o *team) Try(ctx context.Context, name string, judge func(context.Context, staff.Person) (bool, error)) (staff.Person, error) {
	var p staff.Person
	for _, q := range o.people {
		if q.Name == name && q.State == staff.Active {
			p = q
		}
	}
	right, err := judge(ctx, p)
	if err == nil && (!right || p.ID.IsZero()) {
		err = helpline.Errorf(helpline.Forbidden, "wrong")
	}
	if err != nil {
		return staff.Person{}, err
	}
	return p, nil
}

func (o *team) Secret(ctx context.Context, p staff.Person, pass staff.Passphrase) (staff.Secret, error) {
	if err := staff.Check(pass, p); err != nil {
		return staff.Secret{}, err
	}
	salt := helpline.NewID()
	verifier, err := o.weighs.Verifier(ctx, pass, salt[:], cheap)
	return staff.Secret{Salt: salt[:], Params: cheap, Verifier: verifier[:]}, err
}

func (o *team) Costs() staff.Params { return cheap }

func (o *team) Floor(p staff.Params) error {
	if p != cheap {
		return helpline.Errorf(helpline.Internal, "floor: %w", staff.LowCosts)
	}
	return nil
}

func passOf(p staff.Person) staff.Passphrase { return staff.NewPassphrase(strings.ToLower(p.Name)) }

// house is a line with its safe and its people: Sam and Kim supervise, Robin
// and Lou are counsellors.
type house struct {
	trail *memoryTrail
	*safe
	t                    testing.TB
	team                 *team
	keys                 *Keys
	rec                  *Recovery
	notes                *Notes
	staffing             *Team
	regrants             *Regrants
	legal                *Holds
	out                  []helpline.ID // whose links were dropped
	released             []helpline.ID // whose conversations were ended
	ended                []helpline.ID // whose logins were deleted
	sam, kim, robin, lou By
}

var installation = helpline.ID{1, 2, 3}

func build(t testing.TB) *house {
	t.Helper()
	work := vault.NewWork(16)
	ctx, stop := context.WithCancel(context.Background())
	var over sync.WaitGroup
	over.Go(func() { work.Run(ctx) })
	t.Cleanup(func() { stop(); over.Wait() })
	h := &house{safe: newSafe(), t: t, team: &team{weighs: Stretch{Work: work}}}
	add := func(name string, roles ...helpline.Role) By {
		p := staff.Person{ID: helpline.NewID(), Name: name, Alias: name, Roles: roles, State: staff.Active}
		h.team.people = append(h.team.people, p)
		h.gone[p.ID] = false
		return By{Actor: helpline.Actor{Person: p.ID, Alias: name, Roles: roles}, Token: "token of " + name}
	}
	h.sam, h.kim = add("Sam", helpline.Supervisor), add("Kim", helpline.Supervisor, helpline.Counsellor)
	h.robin, h.lou = add("Robin", helpline.Counsellor), add("Lou", helpline.Counsellor)
	h.restart()
	return h
}

// restart is the program started anew on the same safe.
func (h *house) restart() {
	h.t.Helper()
	codes, err := CodesFor("nl")
	if err != nil {
		h.t.Fatal(err)
	}
	h.keys = NewKeys(installation, h.team, h.safe, h.safe)
	if h.trail == nil {
		h.trail = &memoryTrail{}
	}
	h.keys.Watch(h.trail)
	h.notes = NewNotes(h.keys, codes, retention.Rules{NoteDays: 90}, h.safe, h.safe, h.safe, h.trail)
	h.team.secrets = func(id helpline.ID) (staff.Secret, bool) { s, ok := h.box.secrets[id]; return s, ok }
	h.team.due = func(id helpline.ID) bool { return h.box.due[id] }
	h.rec = NewRecovery(h.keys, h.team, h.team.weighs, RecoveryStores{h.safe, h.safe, h.safe, h.safe, h.safe, h.safe, h.safe, h.trail})
	quiet := slog.New(slog.DiscardHandler)
	h.staffing = NewTeam(h.keys, h.safe, logins{h}, floor{h}, h.trail, quiet)
	h.regrants = NewRegrants(h.keys, h.notes, h.safe, h.trail, quiet)
	h.legal = NewHolds(h.keys, retention.Rules{NoteDays: 90}, h.safe, h.safe, h.safe, h.trail)
	h.safe.change = func(c PersonChange) {
		for i, p := range h.team.people {
			if p.ID == c.Person {
				h.team.people[i].Roles = c.Roles
				if c.Remove {
					h.team.people[i].State = staff.Removed
				}
			}
		}
	}
}

// floor remembers who was sent off it.
type floor struct{ h *house }

func (f floor) Dismiss(p helpline.ID) { f.h.out = append(f.h.out, p) }

func (f floor) Release(p helpline.ID) {
	f.h.out = append(f.h.out, p)
	f.h.released = append(f.h.released, p)
}

// logins remembers whose were deleted.
type logins struct{ h *house }

func (l logins) DeletePerson(_ context.Context, p helpline.ID) error {
	l.h.ended = append(l.h.ended, p)
	return nil
}

func (h *house) person(by By) staff.Person {
	p, err := h.team.Active(h.t.Context(), by.Person)
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

func (h *house) unlock(who ...By) {
	h.t.Helper()
	for _, by := range who {
		if err := h.keys.Unlock(h.t.Context(), by, passOf(h.person(by))); err != nil {
			h.t.Fatal(err)
		}
	}
}

// vouch lets Sam confirm everybody who has a keyring.
func (h *house) vouch() {
	h.t.Helper()
	all, err := h.keys.Strangers(h.t.Context(), h.sam)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, s := range all {
		if err := h.keys.Vouch(h.t.Context(), h.sam, s.Person, s.Words); err != nil {
			h.t.Fatal(err)
		}
	}
}

// contact is one that the person holds.
func (h *house) contact(by By) helpline.ID {
	c := helpline.NewID()
	h.holders[c] = by.Person
	return c
}

func good() Outcome { return Outcome{"group": {"own"}, "ended": {"agreed"}, "suicide": {"none"}} }

func (h *house) save(by By, text string) helpline.ID {
	h.t.Helper()
	before := map[helpline.ID]bool{}
	for id := range h.safe.notes {
		before[id] = true
	}
	if err := h.notes.Save(h.t.Context(), by, Closing{Contact: h.contact(by), Outcome: good(), Text: text}); err != nil {
		h.t.Fatal(err)
	}
	for id := range h.safe.notes {
		if !before[id] {
			return id
		}
	}
	h.t.Fatal("nothing was saved")
	return helpline.ID{}
}
