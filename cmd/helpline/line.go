package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/gate"
	"helpline/chat/link"
	"helpline/chat/promise"
	"helpline/chat/ticket"
	"helpline/chat/visitor"
	"helpline/counsel"
	"helpline/counsel/audit"
	"helpline/counsel/retention"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
	"helpline/store"
	"helpline/templates/i18n"
)

// line is one running installation: all that serve and demo have in common.
type line struct {
	conf    config
	log     *slog.Logger
	words   *i18n.Catalogue
	profile promise.Profile
	db      *store.DB
	tickets *ticket.Keys
	keys    *vault.LoginKeys
	work    *vault.Work

	apart *stretcher

	devices *staff.Devices

	office *staff.Office
	logins *counsel.Logins
	rings  *counsel.Keys

	recovery *counsel.Recovery

	second *counsel.Second
	free   func(staff.Person) (staff.Passphrase, bool) // of people of the demonstration; nil in earnest

	notes   *counsel.Notes
	team    *counsel.Team
	regrant *counsel.Regrants
	holds   *counsel.Holds
	inbox   *counsel.Inbox
	threads *counsel.Threads

	meetings *counsel.Meetings
	costs    staff.Params // of new passphrases

	duty   *counsel.Duty
	hand   *counsel.Hand
	refer  *counsel.Referrals
	rotas  *counsel.Rotas
	attend *counsel.Attendance

	trail  *store.Trail
	checks *counsel.TrailChecks

	arrivals *counsel.Arrivals

	notices *counsel.Notices

	engine *chat.Engine
	rate   *gate.Keys
	gate   *gate.Gate
	turns  *gate.Turns // nil asks nobody to work or to wait before a start
	ready  atomic.Bool
	epoch  int                           // day number of the keys in use; changed by turnDays only
	owing  bool                          // the purge of this day has still to be done; turnDays only
	beside []func(context.Context) error // loops of the staff's sites
	onion  net.Listener                  // where Tor comes; nil: nowhere
	front  front                         // whether a proxy stands before it that is not named

	chores sync.Mutex // held by the purge or the safety copy of the day
}

// openLine opens the data folder, lets check look at it, and builds the line
// on it. Nothing runs and nobody is let in before run.
func openLine(ctx context.Context, conf config, costs staff.Params, log *slog.Logger, check func(*store.DB) error) (*line, error) {
	words := i18n.Later()
	for _, first := range conf.Line.Locales[:min(1, len(conf.Line.Locales))] {
		go words.In(first) // beside the databases, which are next
	}
	profile, err := promise.For(conf.Line.Country)
	if err != nil {
		return nil, configError{err}
	}
	db, err := store.Open(ctx, conf.Data, store.Options{Zone: conf.Zone, Log: log})
	if err != nil {
		return nil, dataError{err}
	}
	if err := check(db); err != nil {
		return nil, errors.Join(dataError{err}, db.Close())
	}
	l := &line{conf: conf, log: log, words: words, profile: profile, db: db, rate: new(gate.Keys), work: vault.NewWork(32), costs: costs}
	l.apart = newStretcher(log)
	l.work.Through(l.apart.stretch)
	today, yesterday, err := db.HostKeys().Days(time.Now())
	if err != nil {
		return nil, errors.Join(dataError{err}, db.Close())
	}
	l.epoch = today.Epoch
	l.tickets = ticket.NewKeys(ticketDay(today), ticketDay(yesterday))
	l.keys = vault.NewLoginKeys(loginDay(today), loginDay(yesterday))
	l.logins = counsel.NewLogins(db.Logins(), l.keys)
	l.office = staff.NewOffice(db, db, counsel.Stretch{Work: l.work}, costs)
	if isDemo(conf.Data) || isThrowaway(conf.Data) {
		l.office.Lower(demoCosts)
	}
	if err := l.openTrail(ctx); err != nil {
		return nil, errors.Join(dataError{err}, db.Close())
	}
	if err := l.openNotes(); err != nil {
		return nil, errors.Join(dataError{err}, db.Close())
	}
	set := chat.Defaults()
	set.MaxWaiting, set.FirstFrom = conf.MaxWaiting, conf.FirstFrom
	if l.rotas, err = counsel.NewRotas(ctx, db, l.trail, db, conf.Zone, conf.Law, time.Now); err != nil {
		return nil, errors.Join(dataError{err}, db.Close())
	}
	l.refer = counsel.NewReferrals(db, conf.limits(), time.Now)
	if err := l.openHours(ctx); err != nil {
		return nil, errors.Join(dataError{err}, db.Close())
	}
	l.arrivals = counsel.NewArrivals(db, func() bool { return l.duty.Now().Open }, db, conf.Zone, log)
	l.engine = chat.New(set, l.duty, db, l.arrivals, l.tickets, log)
	if l.meetings, err = l.openMeetings(); err != nil {
		return nil, errors.Join(dataError{err}, db.Close())
	}
	l.gate = gate.New(mostLinks(conf.MaxWaiting), l.engine.Fullness)
	if !isDemo(conf.Data) && !isThrowaway(conf.Data) {
		l.turns = gate.NewTurns(conf.MaxWaiting, l.gate.Loaded)
	}
	if _, err := purge(ctx, db, conf, time.Now()); err != nil {
		return nil, errors.Join(dataError{err}, db.Close())
	}
	if err := l.rotas.Reload(ctx); err != nil { // some of its rows have gone
		return nil, errors.Join(dataError{err}, db.Close())
	}
	l.owing = true // writing the files anew would keep people waiting now
	if err := l.openNotices(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := l.attend.Renew(ctx); err != nil { // a small line asks who can be reached
		return nil, errors.Join(dataError{err}, db.Close())
	}
	if err := l.engine.Start(ctx); err != nil {
		return nil, errors.Join(dataError{err}, db.Close())
	}
	return l, nil
}

func ticketDay(d store.Day) ticket.Day {
	return ticket.Day{Epoch: d.Epoch, Ticket: ticket.Key(d.Ticket), Live: ticket.Key(d.Live)}
}

func loginDay(d store.Day) vault.LoginDay {
	return vault.LoginDay{Epoch: d.Epoch, Key: vault.Key(d.Login)}
}

// openNotes builds what seals and opens notes.
func (l *line) openNotes() error {
	codes, err := counsel.CodesFor(l.conf.Line.Country)
	if err != nil {
		return err
	}
	key, err := l.db.HostKeys().Installation()
	if err != nil {
		return err
	}
	if l.devices, err = staff.NewDevices(key[:]); err != nil {
		return err
	}
	l.rings = counsel.NewKeys(installID(key), l.office, l.db, l.db)
	l.rings.HeadIn(l.db.HostKeys())
	l.second = counsel.NewSecond(l.rings, l.db, time.Now).Traced(l.trail)
	l.recovery = counsel.NewRecovery(l.rings, l.office, counsel.Stretch{Work: l.work}, counsel.RecoveryStores{
		Renew: l.db, Codes: l.db, Escrow: l.db, Custody: l.db, Rescues: l.db, Ends: l.db, Logins: l.db.Logins(), Trail: l.trail,
	})
	l.notes = counsel.NewNotes(l.rings, codes, rules(l.conf), l.db, l.db, l.db.Shred(), l.trail)
	l.regrant = counsel.NewRegrants(l.rings, l.notes, l.db, l.trail, l.log)
	l.holds = counsel.NewHolds(l.rings, rules(l.conf), l.db, l.db, l.db.Shred(), l.trail)
	l.team = counsel.NewTeam(l.rings, l.db, l.db.Logins(), floor{l}, l.trail, l.log)
	l.regrant.Before(l.team.Sweep)
	l.rings.Watch(l.trail)
	l.openInbox(key)
	return nil
}

// floor reaches the engine, which is made after the team.
type floor struct{ l *line }

// Dismiss drops every live link of a person.
func (f floor) Dismiss(p helpline.ID) { f.l.engine.Dismiss(p) }

// Release does that for good.
func (f floor) Release(p helpline.ID) { f.l.engine.Release(p) }

// installID names the installation in everything that is sealed or signed. It
// says nothing about the key it comes from.
func installID(k store.Key) helpline.ID {
	sum := sha256.Sum256(append([]byte("helpline/installation/v1"), k[:]...))
	return helpline.ID(sum[:16])
}

// turnDays changes the keys soon after midnight UTC. It looks at the clock
// every so often instead of waiting for midnight, because a machine may sleep
// and a clock may be set.
func (l *line) turnDays(ctx context.Context) {
	tick := time.NewTicker(20 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			if int(now.Unix()/86400) > l.epoch {
				l.turn(ctx, now)
			}
			if l.owing {
				l.purgeDay(ctx, now)
			}
		}
	}
}

func (l *line) turn(ctx context.Context, now time.Time) {
	today, yesterday, err := l.db.HostKeys().Days(now)
	if err != nil {
		l.log.Error("the keys of the day could not be made; the old ones stay", "err", err)
		return
	}
	l.tickets.Rotate(ticketDay(today), ticketDay(yesterday))
	l.keys.Rotate(loginDay(today), loginDay(yesterday))
	l.epoch = today.Epoch
	l.engine.Rotated()
	l.owing = true
}

// purgeDay removes what has expired; what fails is tried again soon.
func (l *line) purgeDay(ctx context.Context, now time.Time) {
	l.chores.Lock()
	defer l.chores.Unlock()
	gone, err := purge(ctx, l.db, l.conf, now)
	if err == nil {
		// The log of deeds is not asked first: forgetting must work on a full disk.
		if errTrail := l.trail.Record(ctx, purgeDeed(audit.Deed{}, gone)); errTrail != nil {
			l.log.Error("the purge stands in no audit log", "err", errTrail)
		}
		err = rebuild(ctx, l.db, false, now)
	}
	if err != nil {
		l.log.Error("what has expired could not be removed; it is tried again", "err", err)
		return
	}
	if err := l.rotas.Reload(ctx); err != nil { // some of its rows have gone
		l.log.Error("the rotas could not be read again", "err", err)
	}
	l.owing = false
	l.log.Info("what had expired is gone", "count", gone.Notes)
}

// visitors is the visitors' site on the engine it is given.
func (l *line) visitors(engine visitor.Engine, origins []string, notice func(helpline.Locale) string) *visitor.Site {
	o := visitor.Options{
		Line: l.conf.Line, Profile: l.profile, Words: l.words, Engine: engine, Hours: l.duty, Mover: l.engine, Zone: l.conf.Zone, Tickets: l.tickets, CopyDays: cmp.Or(l.conf.Copies.Days, retention.CopyDays), Kept: visitor.Kept{Letters: retention.LetterDays, Unanswered: retention.UnansweredDays, Code: retention.CodeDays},
		Sockets: &link.Sockets{Origins: origins, Check: visitor.Carries(l.tickets)}, Notice: notice, Now: time.Now, Log: l.log,
		Inbox: l.inbox, Cards: l.inbox, Returns: l.meetings, Holders: l.db.HoldersOf,
		Begin: l.begin,
	}
	if l.turns != nil {
		o.Turns = l.turns
	}
	return visitor.New(o)
}

// begin lets a start in that no door has weighed, or says how long to wait.
func (l *line) begin(rate string) (time.Duration, bool) {
	wait, ok := l.gate.Take(gate.Starts, rate, time.Now())
	if !ok {
		l.arrivals.Turned()
	}
	return wait, ok
}

// run lets people in and serves them until ctx is done; then everybody is told
// to come back, and what is durable is written.
func (l *line) run(ctx context.Context, on net.Listener, handler http.Handler) error {
	live, leave := context.WithCancel(context.WithoutCancel(ctx))
	defer leave()
	srv := newServer(handler, &l.ready, l.log, l.conf.Cert, l.conf.Key)
	var loops sync.WaitGroup
	failed := make(chan error, 1)
	loops.Go(func() {
		defer l.apart.end()
		l.work.Run(live)
	})
	loops.Go(func() { l.turnDays(live) })
	loops.Go(func() { l.backUpDays(live) })
	loops.Go(func() { srv.noise.run(live) })
	loops.Go(func() { tidy(live) })
	loops.Go(func() { _ = l.regrant.Run(live) }) // ends with live and with nothing else
	loops.Go(func() { l.turnTrail(live) })
	loops.Go(func() { _ = l.meetings.Run(live) }) // ends with live and with nothing else
	loops.Go(func() {
		_ = l.rotas.Run(live, func(err error) { l.log.Error("the rotas could not be looked after; it is tried again", "err", err) })
	})
	loops.Go(func() { _ = l.arrivals.Run(live) }) // ends with live and with nothing else
	loops.Go(func() { _ = l.attend.Run(live) })   // ends with live and with nothing else
	loops.Go(func() { _ = l.notices.Run(live) })  // ends with live and with nothing else
	for _, loop := range l.beside {
		loops.Go(func() { _ = loop(live) }) // ends with live and with nothing else
	}
	loops.Go(func() {
		if err := l.engine.Run(live); err != nil && live.Err() == nil {
			failed <- err
		}
	})
	until, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		select {
		case err := <-failed:
			failed <- err
			stop()
		case <-until.Done():
		}
	}()
	l.log.Info("the line runs", "version", version, "listen", l.conf.Listen)
	places := gate.NewPlaces(mostConns, eachConns)
	var plain []net.Listener
	if l.onion != nil {
		plain = append(plain, &onionListener{Listener: l.onion, keys: l.rate, places: places, strange: srv.noise.circuit})
	}
	err := srv.run(until, &listener{Listener: on, keys: l.rate, proxies: l.conf.Proxies, places: places}, leave, plain...)
	loops.Wait()
	select {
	case broken := <-failed:
		err = errors.Join(err, fmt.Errorf("the live line stopped: %w", broken))
	default:
	}
	if lost := l.arrivals.End(context.WithoutCancel(ctx)); lost != nil {
		l.log.Error("who came this week is not written, and is lost", "err", lost)
	}
	l.endTrail(context.WithoutCancel(ctx))
	l.log.Info("the line has stopped")
	return errors.Join(err, l.db.Close())
}
