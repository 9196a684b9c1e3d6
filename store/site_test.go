package store

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/counsel"
	"helpline/counsel/retention"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
)

// site is a line on a real database with everything counsel needs, as cmd wires
// it, and Anna, the first supervisor, unlocked.
type site struct {
	db       *DB
	office   *staff.Office
	keys     *counsel.Keys
	notes    *counsel.Notes
	team     *counsel.Team
	regrants *counsel.Regrants
	recovery *counsel.Recovery // nil: nobody can lose a passphrase here
	stretch  counsel.Stretch
	trail    *Trail
	anna     counsel.By
	stop     func()
}

var siteInstall = helpline.ID{7}

// nowhere is a floor on which nobody works.
type nowhere struct{}

func (nowhere) Dismiss(helpline.ID) {}
func (nowhere) Release(helpline.ID) {}

// openSite opens or founds the line of a database.
func openSite(ctx context.Context, db *DB) (*site, error) {
	work := vault.NewWork(4)
	running, end := context.WithCancel(context.WithoutCancel(ctx))
	var over sync.WaitGroup
	over.Go(func() { work.Run(running) })
	s := &site{db: db, stretch: counsel.Stretch{Work: work}, stop: func() { end(); over.Wait() }}
	s.office = staff.NewOffice(db, db, s.stretch, staff.Params{Time: 1, MemoryKiB: 64, Threads: 1})
	codes, err := counsel.CodesFor("nl")
	if err != nil {
		return s, err
	}
	trail := db.Trail(siteInstall)
	if _, err := trail.Begin(ctx); err != nil {
		return s, err
	}
	if err := trail.Turn(ctx, "start"); err != nil { // as at every start
		return s, err
	}
	s.trail = trail
	quiet := slog.New(slog.DiscardHandler)
	s.keys = counsel.NewKeys(siteInstall, s.office, db, db)
	s.keys.Watch(trail)
	s.notes = counsel.NewNotes(s.keys, codes, retention.Rules{}, db, db, db.Shred(), trail)
	s.regrants = counsel.NewRegrants(s.keys, s.notes, db, trail, quiet)
	s.team = counsel.NewTeam(s.keys, db, db.Logins(), nowhere{}, trail, quiet)
	s.anna, err = s.person(ctx, "Anna Vermeer", helpline.Supervisor)
	return s, err
}

// person finds or makes somebody, unlocks and, but for Anna, lets Anna confirm
// the words.
func (s *site) person(ctx context.Context, name string, roles ...helpline.Role) (counsel.By, error) {
	pass := staff.NewPassphrase("kamo ribun tosas velip dorun mikel " + name)
	p, _, err := s.db.Find(ctx, name)
	if helpline.KindOf(err) == helpline.NotFound {
		p = staff.Person{Name: name, Roles: roles, Locales: []helpline.Locale{"nl"}, Audiences: helpline.Audiences(), Language: "nl"}
		var token staff.Token
		if token, err = s.office.Invite(ctx, p, time.Hour); err == nil {
			p, err = s.office.Join(ctx, token, pass, staff.Profile{Alias: "Robin", Locales: p.Locales, Audiences: p.Audiences, Language: "nl"})
		}
	}
	if err != nil {
		return counsel.By{}, err
	}
	by := counsel.By{Actor: helpline.Actor{Person: p.ID, Alias: p.Alias, Roles: p.Roles}, Token: "cookie of " + name}
	if err := s.keys.Unlock(ctx, by, pass); err != nil || s.anna.Person.IsZero() {
		return by, err
	}
	all, err := s.keys.Strangers(ctx, s.anna)
	if err != nil {
		return by, err
	}
	for _, one := range all {
		if one.Person == p.ID {
			err = s.keys.Vouch(ctx, s.anna, p.ID, one.Words)
		}
	}
	return by, err
}

// note saves a note about a contact that the person holds.
func (s *site) note(ctx context.Context, by counsel.By) error {
	contact := helpline.NewID()
	if _, err := s.db.Accept(ctx, chat.Standing{Contact: contact, Channel: helpline.ByChat, Term: 1, Holder: by.Person, Epoch: 20_000}); err != nil {
		return err
	}
	return s.notes.Save(ctx, by, counsel.Closing{Contact: contact, Outcome: counsel.Outcome{
		"group": {"own"}, "ended": {"agreed"}, "suicide": {"none"}, "level": {"support"},
	}, Text: "A first step was agreed."})
}

// regrant works until nothing is left.
func (s *site) regrant(ctx context.Context) (counsel.Regranting, error) {
	ctx, stop := context.WithTimeout(ctx, 5*time.Minute)
	defer stop()
	working, end := context.WithCancel(ctx)
	var over sync.WaitGroup
	over.Go(func() { _ = s.regrants.Run(working) })
	defer over.Wait()
	defer end()
	s.regrants.Kick(s.anna)
	for ctx.Err() == nil {
		r, err := s.regrants.Progress(ctx, s.anna)
		if err != nil || r.Generation == 0 || r.Over && !r.Running {
			return r, err
		}
		time.Sleep(5 * time.Millisecond) // between two looks at how far it is
	}
	return counsel.Regranting{}, fmt.Errorf("it did not end: %w", ctx.Err())
}
