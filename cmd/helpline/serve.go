package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"

	"helpline/counsel/console"
	"helpline/store"
)

// serveCommand runs a line.
type serveCommand struct {
	settingFlags
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
	if err := noCore(); err != nil {
		return err
	}
	if _, err := os.Stat(conf.Data); err != nil {
		return dataError{fmt.Errorf("%w: run `helpline init` first", err)}
	}
	l, err := openLine(ctx, conf, p.costs, newLog(p.err, slog.LevelInfo), func(db *store.DB) error {
		if _, err := db.HostKeys().Installation(); err != nil {
			return fmt.Errorf("%s holds no line yet: run `helpline init` first", conf.Data)
		}
		return nil
	})
	if err != nil {
		return err
	}
	on, err := net.Listen("tcp", conf.Listen)
	if err != nil {
		return configError{errors.Join(fmt.Errorf("listen on %s: %w", conf.Listen, err), l.db.Close())}
	}
	fmt.Fprintf(p.out, "listen %s\nvisitors %s\nstaff %s\n", on.Addr(), conf.origin(conf.VisitorHost), conf.origin(conf.StaffHost))
	handler, err := l.edge()
	if err != nil {
		return errors.Join(err, l.db.Close())
	}
	return l.run(ctx, on, handler)
}

// edge joins the two sites of a line in earnest.
func (l *line) edge() (*edge, error) {
	neutral, err := originOf(l.conf.Line.NeutralURL)
	if err != nil {
		return nil, err
	}
	visitors, staff := l.conf.origin(l.conf.VisitorHost), l.conf.origin(l.conf.StaffHost)
	pages := visitorSite(l.visitors(l.engine, []string{visitors}, nil), l.conf.VisitorHost, neutral, l.gate)
	desk := staffSite(l.console(console.Of(l.engine), staff, nil), l.conf.StaffHost, l.gate)
	e := newEdge(l.rate, l.conf.secure(), false, l.log, pages, desk)
	for _, s := range []*site{pages, desk} {
		s.mux.HandleFunc(pattern(healthRoute), health(&l.ready))
		s.mux.HandleFunc(pattern(readyRoute), readiness(&l.ready, &e.front))
	}
	return e, nil
}
