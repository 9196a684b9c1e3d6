package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/directory"
	"helpline/counsel/staff"
	"helpline/store"
)

// demoCommand is the whole program on this machine, with nobody real in it.
type demoCommand struct {
	Addr     string `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address to listen on; only this machine's own."`
	Data     string `placeholder:"DIR" help:"Folder the demonstration made; the same again goes on where it was. By default a new one among the temporary files."`
	Visitors int    `default:"3" placeholder:"N" help:"Simulated visitors, 0 to 50."`

	Rota        bool `default:"true" negatable:"" help:"Weeks of a rota with simulated colleagues to click through; --no-rota begins without."`
	Counsellors int  `default:"0" placeholder:"N" help:"Simulated counsellors, 0 to 5; they take visitors while nobody real is on duty."`
}

// The names under which the demonstration is reached. Browsers take every name
// below localhost for this machine.
const (
	demoVisitor    = "localhost"
	demoCounsellor = "counsellor.localhost"
	demoSupervisor = "supervisor.localhost"
	demoNeutral    = "neutral.localhost"
)

// demoZone is where the demonstration's days begin.
const demoZone = "Europe/Amsterdam"

// Run opens the tour and runs until it is told to stop.
func (d demoCommand) Run(ctx context.Context, p *place) error {
	host, _, err := net.SplitHostPort(d.Addr)
	if err != nil {
		return usageError{fmt.Errorf("--addr %s: write HOST:PORT, such as 127.0.0.1:8080", d.Addr)}
	}
	if !loopback(host) {
		return usageError{fmt.Errorf("--addr %s can be reached from other machines: the demonstration has logins without a passphrase and runs only on 127.0.0.1; for others use `helpline init` and `helpline serve`", d.Addr)}
	}
	if d.Visitors < 0 || d.Visitors > 50 {
		return usageError{fmt.Errorf("--visitors %d: write 0 to 50", d.Visitors)}
	}
	if d.Counsellors < 0 || d.Counsellors > 5 {
		return usageError{fmt.Errorf("--counsellors %d: write 0 to 5", d.Counsellors)}
	}
	if err := noCore(); err != nil {
		return err
	}
	if d.Data, err = demoFolder(d.Data); err != nil {
		return dataError{err}
	}
	on, err := net.Listen("tcp", d.Addr)
	if err != nil {
		return fmt.Errorf("%w: is another demonstration running? Choose another port with --addr 127.0.0.1:8081", err)
	}
	return errors.Join(d.run(ctx, p, on), ignoreClosed(on.Close()))
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (d demoCommand) run(ctx context.Context, p *place, on net.Listener) error {
	l, site, err := openDemo(ctx, d.Data, on.Addr().String(), p.costs, newLog(p.err, slog.LevelWarn))
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "Demonstration. Nobody is here. Everything stays on this machine.\ndata %s\n(to go on later: helpline demo --data %s)\n\ntour %s/tour\nvisitor %s/\ncounsellor %s/desk\nsupervisor %s/board\n",
		d.Data, d.Data, site.visitorOrigin, site.visitorOrigin, site.origin(demoCounsellor), site.origin(demoSupervisor))
	colleagues, err := ensureColleagues(ctx, l.db, d.Counsellors)
	var second staff.Person
	if err == nil {
		second, err = ensureSecond(ctx, l.db)
	}
	var cast []staff.Person
	if err == nil && d.Rota {
		cast, err = ensureCast(ctx, l.db)
	}
	if err == nil {
		err = introduce(ctx, l, site.people, slices.Concat(colleagues, cast, []staff.Person{second}))
	}
	if err == nil && d.Rota {
		err = l.ensureRota(ctx, site.people, cast)
	}
	if err == nil {
		err = l.nameSafeguards(ctx, site.people.supervisor, second)
	}
	if err != nil {
		return errors.Join(err, l.db.Close())
	}
	l.rotas.Changed(func(c counsel.RotaChange) { site.progress.swapped(c, site.people) })
	around, stop := context.WithCancel(ctx)
	defer stop()
	go site.crowd.run(around, d.Visitors)
	go site.crowd.work(around, colleagues)
	return l.run(ctx, on, site)
}

// openDemo opens a folder of the demonstration, with its people and its hosts.
func openDemo(ctx context.Context, dir, addr string, costs staff.Params, log *slog.Logger) (*line, *demoSite, error) {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, nil, err
	}
	zone, err := time.LoadLocation(demoZone)
	if err != nil {
		return nil, nil, err
	}
	conf := config{
		Line: helpline.Line{
			Name: "Talk", Country: "nl", Locales: helpline.Locales(), NoteDays: 90, AnswerDays: 3,
			Says:       helpline.Says{Organisation: "Nobody: this is a demonstration."},
			NeutralURL: "http://" + demoNeutral + ":" + port + "/", IdentityWord: true,
		},
		Data: dir, Listen: addr, VisitorHost: demoVisitor + ":" + port, StaffHost: demoCounsellor + ":" + port,
		Zone: zone, MaxWaiting: 200, Chats: 3, CheckDays: directory.DefaultLimits().CheckAfter, Law: demoLaw,
	}
	progress, err := newProgress(dir) // marks the folder before anything is in it
	if err != nil {
		return nil, nil, dataError{err}
	}
	var people demoPeople
	l, err := openLine(ctx, conf, costs, log, func(db *store.DB) error {
		err := db.HostKeys().MakeInstallation()
		if err != nil && helpline.KindOf(err) != helpline.Conflict {
			return err
		}
		people, err = ensurePeople(ctx, db)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return l, newDemoSite(l, people, port, progress), nil
}

// demoFolder finds or makes the folder. One that the demonstration did not
// make is left alone, unless it is empty.
func demoFolder(dir string) (string, error) {
	if dir == "" {
		made, err := os.MkdirTemp("", "helpline-demonstration-")
		if err != nil {
			return "", err
		}
		dir = made
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	inside, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	if len(inside) > 0 && !isDemo(dir) {
		return "", fmt.Errorf("%s was not made by the demonstration and is not empty: name another folder with --data", dir)
	}
	if len(inside) == 0 { // nobody else's business from here on
		err = os.Chmod(dir, 0o700)
	}
	return dir, err
}

// noticed is the line above every page of the demonstration.
func (l *line) noticed(locale helpline.Locale) string {
	var lines []string
	for _, n := range l.profile.Numbers(locale) {
		lines = append(lines, strings.TrimSpace(n.When+" "+n.Number))
	}
	return l.words.In(locale).T("demo.notice", "lines", strings.Join(lines, " · "))
}

// noticedByVisitors is that line above a visitor's page. Simulated counsellors
// have words in English and Dutch only, and that is said where the page speaks
// another language.
func (l *line) noticedByVisitors(locale helpline.Locale) string {
	said := l.noticed(locale)
	if !slices.Contains([]helpline.Locale{"en", "nl", "nl-BE"}, locale) {
		said += " " + l.words.In(locale).T("demo.english")
	}
	return said
}
