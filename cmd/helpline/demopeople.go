package main

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
	"helpline/store"
)

// demoPeople are the people one can be in the demonstration.
type demoPeople struct {
	counsellor, supervisor staff.Person
}

// demoCosts are small: a passphrase of 128 random bits needs no stretching.
var demoCosts = staff.Params{Time: 1, MemoryKiB: 1 << 10, Threads: 1}

// demoPass is the passphrase of one of the demonstration's people. It follows
// from the folder's own key, so that the same folder goes on where it was.
func demoPass(db *store.DB, name string) (staff.Passphrase, error) {
	key, err := db.HostKeys().Installation()
	if err != nil {
		return staff.Passphrase{}, err
	}
	raw, err := hkdf.Key(sha256.New, key[:], nil, "demonstration/passphrase/v1 "+name, 16)
	if err != nil {
		return staff.Passphrase{}, fmt.Errorf("make a passphrase of the demonstration: %w", err)
	}
	return staff.NewPassphrase(hex.EncodeToString(raw)), nil
}

// ensurePeople finds the people of the demonstration, or makes them. Nobody is
// ever shown a passphrase: they are entered by one-use links.
func ensurePeople(ctx context.Context, db *store.DB) (demoPeople, error) {
	locales := helpline.Locales() // whoever tries it out may come in by any
	counsellor, err := ensurePerson(ctx, db, staff.Person{
		Name: "Robin Demonstration", Alias: "Robin", Roles: []helpline.Role{helpline.Counsellor},
		Locales: locales, Audiences: helpline.Audiences(), Chats: 3, Language: "en", Demo: true,
	})
	if err != nil {
		return demoPeople{}, err
	}
	supervisor, err := ensurePerson(ctx, db, staff.Person{
		Name: "Sam Demonstration", Alias: "Sam", Roles: []helpline.Role{helpline.Supervisor},
		Locales: locales, Audiences: helpline.Audiences(), Chats: 1, Language: "en", Demo: true,
	})
	return demoPeople{counsellor, supervisor}, err
}

// simulatedMark ends the names of simulated people; nobody can be invited under
// such a name, for parentheses are refused.
const simulatedMark = " (simulated)"

// ensureColleagues finds or makes simulated counsellors.
func ensureColleagues(ctx context.Context, db *store.DB, n int) ([]staff.Person, error) {
	var out []staff.Person
	for _, alias := range []string{"Alex", "Bo", "Chris", "Dani", "Eli"}[:n] {
		p, err := ensurePerson(ctx, db, staff.Person{
			Name: alias + simulatedMark, Alias: alias, Roles: []helpline.Role{helpline.Counsellor},
			Locales: helpline.Locales(), Audiences: helpline.Audiences(), Chats: 1, Language: "en", Demo: true,
		})
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// ensureSecond finds or makes a simulated second supervisor: some things need two.
func ensureSecond(ctx context.Context, db *store.DB) (staff.Person, error) {
	return ensurePerson(ctx, db, staff.Person{
		Name: "Fran" + simulatedMark, Alias: "Fran", Roles: []helpline.Role{helpline.Supervisor},
		Locales: helpline.Locales(), Audiences: helpline.Audiences(), Chats: 1, Language: "en", Demo: true,
	})
}

// nameSafeguards has the two supervisors of the demonstration read what was not
// right, so that a visitor can say so.
func (l *line) nameSafeguards(ctx context.Context, supervisor, second staff.Person) error {
	return working(ctx, l.work, func() error {
		by, err := l.enterQuietly(ctx, supervisor)
		if err != nil {
			return err
		}
		defer l.rings.Lock(by)
		if member, err := l.threads.Safeguards(ctx, by); err != nil || member {
			return err
		}
		members := []helpline.ID{supervisor.ID, second.ID}
		if err := l.rings.Name(ctx, by, members); err != nil {
			return err
		}
		other, err := l.enterQuietly(ctx, second)
		if err != nil {
			return err
		}
		defer l.rings.Lock(other)
		return l.rings.ConfirmNaming(ctx, other, members)
	})
}

func ensurePerson(ctx context.Context, db *store.DB, want staff.Person) (staff.Person, error) {
	got, _, err := db.Find(ctx, want.Name)
	if err == nil && got.State == staff.Active {
		return got, nil
	}
	if err != nil && helpline.KindOf(err) != helpline.NotFound {
		return staff.Person{}, err
	}
	token := staff.NewToken()
	until := time.Now().Add(time.Minute)
	if err == nil { // a kill came between the two steps below
		err = db.Reinvite(ctx, got.ID, staff.Invitation{Hash: token.Hash(), Person: got.ID, Expires: until})
	} else {
		want.ID, want.State = helpline.NewID(), staff.Invited
		err = db.Add(ctx, want, staff.Invitation{Hash: token.Hash(), Person: want.ID, Expires: until})
	}
	if err != nil {
		return staff.Person{}, err
	}
	secret, err := demoSecret(ctx, db, want.Name)
	if err != nil {
		return staff.Person{}, err
	}
	return db.Activate(ctx, token.Hash(), time.Now(), secret)
}

func demoSecret(ctx context.Context, db *store.DB, name string) (staff.Secret, error) {
	pass, err := demoPass(db, name)
	if err != nil {
		return staff.Secret{}, err
	}
	salt, work := helpline.NewID(), vault.NewWork(1)
	secret := staff.Secret{Salt: salt[:], Params: demoCosts}
	err = working(ctx, work, func() error {
		verifier, err := counsel.Stretch{Work: work}.Verifier(ctx, pass, secret.Salt, secret.Params)
		secret.Verifier = verifier[:]
		return err
	})
	return secret, err
}

// working runs a place of work for as long as do takes.
func working(ctx context.Context, work *vault.Work, do func() error) error {
	ctx, stop := context.WithCancel(ctx)
	var over sync.WaitGroup
	over.Go(func() { work.Run(ctx) })
	defer over.Wait()
	defer stop()
	return do()
}

// introduce makes the keys of the demonstration's people, the supervisor's
// first, and lets the supervisor confirm the others, so that every note can be
// opened by both whoever is entered first.
func introduce(ctx context.Context, l *line, people demoPeople, others []staff.Person) error {
	return working(ctx, l.work, func() error {
		for _, p := range append([]staff.Person{people.supervisor, people.counsellor}, others...) {
			by, err := l.enterQuietly(ctx, p)
			if helpline.KindOf(err) == helpline.Forbidden {
				return dataError{fmt.Errorf("%s was made by an earlier version of the demonstration: start a new one without --data", l.conf.Data)}
			}
			if err != nil {
				return fmt.Errorf("make the demonstration's keys: %w", err)
			}
			l.rings.Lock(by)
		}
		by, err := l.enterQuietly(ctx, people.supervisor)
		if err != nil {
			return err
		}
		defer l.rings.Lock(by)
		strangers, err := l.rings.Strangers(ctx, by)
		if err != nil {
			return err
		}
		for _, s := range strangers {
			if err := l.rings.Vouch(ctx, by, s.Person, s.Words); err != nil {
				return err
			}
		}
		return nil
	})
}

// enterQuietly unlocks the keyring of one of the demonstration's people for a
// login that no browser has.
func (l *line) enterQuietly(ctx context.Context, p staff.Person) (counsel.By, error) {
	by := counsel.By{Actor: helpline.Actor{Person: p.ID, Alias: p.Alias, Roles: p.Roles}, Token: helpline.NewID().String()}
	pass, err := demoPass(l.db, p.Name)
	if err != nil {
		return by, err
	}
	return by, l.rings.Unlock(ctx, by, pass)
}
