package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"time"

	"helpline/counsel"
	"helpline/counsel/console"
	"helpline/counsel/staff"
	"helpline/store"
)

// serveCommand runs a line.
type serveCommand struct {
	settingFlags
	Throwaway bool `hidden:"" help:"Only for the line that loadtest makes for itself."`
}

// Run serves until it is told to stop.
func (s serveCommand) Run(ctx context.Context, p *place) error {
	conf, err := s.load(p.env)
	if err != nil {
		return err
	}
	if isDemo(conf.Data) {
		return dataError{fmt.Errorf("%s was made by the demonstration and its logins need no passphrase: make another data folder with `helpline init`", conf.Data)}
	}
	if isThrowaway(conf.Data) != s.Throwaway {
		return dataError{fmt.Errorf("%s was made by loadtest for itself, or was not and is asked to be: make another data folder with `helpline init`", conf.Data)}
	}
	costs := p.costs
	if s.Throwaway {
		costs = demoCosts
	}
	if err := noCore(); err != nil {
		return err
	}
	if _, err := os.Stat(conf.Data); err != nil {
		return dataError{fmt.Errorf("%w: run `helpline init` first", err)}
	}
	l, err := openLine(ctx, conf, costs, newLog(p.err, slog.LevelInfo), func(db *store.DB) error {
		if _, err := db.HostKeys().Installation(); err != nil {
			return fmt.Errorf("%s holds no line yet: run `helpline init` first", conf.Data)
		}
		return nobodyOfADemo(ctx, db)
	})
	if err != nil {
		return err
	}
	if p.clock != nil {
		l.second = counsel.NewSecond(l.rings, l.db, p.clock).Traced(l.trail)
	}
	on, err := net.Listen("tcp", conf.Listen)
	if err != nil {
		return configError{errors.Join(fmt.Errorf("listen on %s: %w", conf.Listen, err), l.db.Close())}
	}
	if l.onion, err = listenOnion(conf.OnionListen); err != nil {
		return errors.Join(err, on.Close(), l.db.Close())
	}
	fmt.Fprintf(p.out, "listen %s\nvisitors %s\nstaff %s\n", on.Addr(), conf.origin(conf.VisitorHost), conf.origin(conf.StaffHost))
	if l.onion != nil {
		fmt.Fprintf(p.out, "onion %s\nvisitors over Tor http://%s\n", l.onion.Addr(), conf.OnionHost)
	}
	handler, err := l.edge()
	if err != nil {
		return errors.Join(err, l.db.Close())
	}
	if err := l.figures(p, handler); err != nil {
		return errors.Join(err, on.Close(), l.db.Close())
	}
	return l.run(ctx, on, handler)
}

// figures opens the listener of the metrics, when one is asked for.
func (l *line) figures(p *place, e *edge) error {
	if l.conf.Metrics == "" {
		return nil
	}
	on, err := net.Listen("tcp", l.conf.Metrics)
	if err != nil {
		return configError{fmt.Errorf("listen on %s for metrics: %w", l.conf.Metrics, err)}
	}
	fmt.Fprintf(p.out, "metrics http://%s/metrics\n", on.Addr())
	f := &figures{l: l, refused: &e.turned, front: e.front, started: time.Now()}
	l.beside = append(l.beside, func(ctx context.Context) error {
		err := f.run(ctx, on)
		if err != nil {
			l.log.Error("no figures are told any more; restart the line", "err", err)
		}
		return err
	})
	return nil
}

// edge joins the two sites of a line in earnest.
func (l *line) edge() (*edge, error) {
	neutral, err := originOf(l.conf.Line.NeutralURL)
	if err != nil {
		return nil, err
	}
	visitors, staff := l.conf.origin(l.conf.VisitorHost), l.conf.origin(l.conf.StaffHost)
	pages := visitorSite(l.visitors(l.engine, []string{visitors}, nil), l.conf.VisitorHost, neutral, l.gate)
	pages.away = l.arrivals.Turned
	desk := staffSite(l.console(console.Of(l.engine), staff, nil), l.conf.StaffHost, l.gate)
	e := newEdge(l.rate, l.conf.secure(), false, l.log, pages, desk)
	e.front = &l.front
	both := []*site{pages, desk}
	if l.conf.OnionHost != "" {
		hidden := visitorSite(l.visitors(l.engine, []string{"http://" + l.conf.OnionHost}, nil), l.conf.OnionHost, neutral, l.gate)
		hidden.away = l.arrivals.Turned
		e.hide(hidden)
		both = append(both, hidden)
	}
	for _, s := range both {
		s.mux.HandleFunc(pattern(healthRoute), health(&l.ready))
		s.mux.HandleFunc(pattern(readyRoute), readiness(&l.ready, e.front))
	}
	return e, nil
}

// nobodyOfADemo refuses a folder in which people of a demonstration stand, also
// when the mark of the folder was taken away: they need no second factor there.
func nobodyOfADemo(ctx context.Context, db *store.DB) error {
	people, err := db.People(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(people, func(p staff.Person) bool { return p.Demo }) {
		return errors.New("people of a demonstration stand in it: make another data folder with `helpline init`")
	}
	return nil
}
