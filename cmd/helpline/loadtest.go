package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"helpline"
	"helpline/chat/sim"
)

// loadtestCommand puts simulated visitors and counsellors on a line and counts
// what becomes of every message.
type loadtestCommand struct {
	Rooms    int           `default:"20" placeholder:"N" help:"Conversations, 0 to 2000."`
	Waiting  int           `default:"0" placeholder:"N" help:"Visitors who only wait, 0 to 10000."`
	Rate     float64       `default:"0" placeholder:"MSGS_PER_SECOND" help:"Messages a second over all conversations; by default one for each conversation. At most 30 for each: a page may not say more."`
	For      time.Duration `default:"10s" placeholder:"DURATION" help:"How long messages are sent, 1s to 24h."`
	KillEach time.Duration `name:"kill-every" placeholder:"DURATION" help:"Kill the line (SIGKILL) this often and start it again on the same folder; only with its own line."`
	One      bool          `name:"one-address" help:"Let everybody come from one address, as behind a school's or a proxy's. The line lets 240 start at once from one address, then one in four seconds."`
	JSON     bool          `name:"json" help:"Print the result as one JSON object."`
	Seed     uint64        `placeholder:"N" help:"Draws who writes what in which order; by default a new one, which is printed."`
	URL      string        `name:"url" placeholder:"URL" help:"Visitors' host of a running line, such as http://talk.localhost:8080. Only a line that nobody real uses. Without it a line of its own is started in a temporary folder and removed at the end."`
	Desk     string        `name:"desk" placeholder:"URL" help:"Staff's host of that line; needed for conversations."`
	Logins   string        `name:"logins" placeholder:"FILE" help:"Counsellors of that line: JSON lines with name, passphrase and totp. Nobody else may be able to read the file. totp is the secret that the page showed when the second factor was set up."`
	Owned    bool          `name:"yes-this-is-mine" help:"Allow a line on another machine: it is yours, and nobody real uses it."`
}

// loadChats is how many conversations a counsellor of the own line has at
// once: the most the product allows.
const loadChats = 4

// Run checks what it was told, runs, and prints the table.
func (l loadtestCommand) Run(ctx context.Context, p *place) error {
	if err := l.check(); err != nil {
		return usageError{err}
	}
	if err := noCore(); err != nil {
		return err
	}
	if l.Rate == 0 {
		l.Rate = float64(l.Rooms)
	}
	if l.Seed == 0 {
		l.Seed = uint64(time.Now().UnixNano())
	}
	if !l.One {
		if err := spread(); err != nil {
			return err
		}
	}
	run := &load{loadtestCommand: l, progress: newTicker(p.err), lost: make(chan error, 1), others: -1}
	defer run.progress.end()
	need := 2*l.Rooms + l.Waiting + (l.Rooms+loadChats-1)/loadChats + 200
	if may, known := mayOpen(); known && may < need {
		return fmt.Errorf("this needs %d open files and the system allows %d: raise the limit (ulimit -Hn, LimitNOFILE), or ask for fewer", need, may)
	}
	if err := run.prepare(ctx, p); err != nil {
		return errors.Join(err, run.close())
	}
	err := run.all(ctx)
	report := run.report()
	run.progress.end()
	if closed := run.close(); err == nil {
		err = closed
	}
	if printed := report.print(p.out, l.JSON); err == nil {
		err = printed
	}
	if bad := report.judge(); bad != nil {
		err = errors.Join(bad, err)
	}
	return err
}

// check looks at every flag before anything is started.
func (l loadtestCommand) check() error {
	switch {
	case l.Rooms < 0 || l.Rooms > 2000:
		return fmt.Errorf("--rooms %d: write 0 to 2000", l.Rooms)
	case l.Waiting < 0 || l.Waiting > 10_000:
		return fmt.Errorf("--waiting %d: write 0 to 10000", l.Waiting)
	case l.Rooms+l.Waiting == 0:
		return errors.New("--rooms 0 and --waiting 0: nobody would come")
	case l.Rooms == 0 && l.Rate != 0:
		return errors.New("--rate: without --rooms nobody writes")
	case !(l.Rate >= 0) || (l.Rate > 0 && l.Rate < 0.01):
		return fmt.Errorf("--rate %v: write a number from 0.01", l.Rate)
	case l.Rooms > 0 && l.Rate > 30*float64(l.Rooms):
		return fmt.Errorf("--rate %v: at most %d for %d conversations; a page that says more is told to slow down", l.Rate, 30*l.Rooms, l.Rooms)
	case l.For < time.Second || l.For > 24*time.Hour:
		return fmt.Errorf("--for %v: write 1s to 24h", l.For)
	case l.KillEach != 0 && (l.KillEach < time.Second || l.KillEach > l.For):
		return fmt.Errorf("--kill-every %v: write 1s to the length of the run, %v", l.KillEach, l.For)
	case l.URL == "" && (l.Desk != "" || l.Logins != "" || l.Owned):
		return errors.New("--desk, --logins and --yes-this-is-mine belong to --url: without it a line of its own is started")
	case l.URL != "" && l.KillEach != 0:
		return errors.New("--kill-every: only a line of its own is killed, never one at --url")
	case l.URL != "" && l.Rooms > 0 && (l.Desk == "" || l.Logins == ""):
		return errors.New("--url: conversations need --desk and --logins; with --rooms 0 visitors only wait, and somebody else must be on duty")
	case (l.Desk == "") != (l.Logins == ""):
		return errors.New("--desk and --logins belong together")
	}
	return nil
}

// prepare starts or finds the line and logs the counsellors in.
func (l *load) prepare(ctx context.Context, p *place) (err error) {
	var logins []loginLine
	if l.URL == "" {
		l.progress.say("making a line")
		l.server, err = newThrowaway(ctx, p, max(1, (l.Rooms+loadChats-1)/loadChats), l.Rooms+l.Waiting)
		if err != nil {
			return err
		}
		if _, err := l.server.start(ctx); err != nil {
			return err
		}
		for tries := 0; ; tries++ {
			if err = l.server.healthy(ctx); err == nil {
				break
			}
			if tries == 1000 || !pause(ctx, 10*time.Millisecond) {
				return err
			}
		}
		l.URL, l.Desk, logins = "http://"+l.server.conf.VisitorHost, "http://"+l.server.conf.StaffHost, l.server.logins
		go l.watch(ctx)
	} else if l.Logins != "" {
		if logins, err = readLogins(l.Logins); err != nil {
			return usageError{err}
		}
	}
	l.at.one = l.One
	if l.at.visitors, err = originAt(ctx, "--url", l.URL, l.Owned); err != nil {
		return usageError{err}
	}
	if l.Desk != "" {
		if l.at.staff, err = originAt(ctx, "--desk", l.Desk, l.Owned); err != nil {
			return usageError{err}
		}
	}
	l.people, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	if err := l.login(ctx, logins); err != nil {
		return err
	}
	return l.at.learn(ctx)
}

// watch says when the own line dies without having been killed.
func (l *load) watch(ctx context.Context) {
	for {
		c, gone := l.server.gone()
		select {
		case <-ctx.Done():
			return
		case <-gone:
		}
		if l.server.meant(c) {
			if !pause(ctx, 10*time.Millisecond) {
				return
			}
			continue
		}
		l.fail(l.server.died(c))
		return
	}
}

// fail ends the run with the first thing that went wrong.
func (l *load) fail(err error) {
	select {
	case l.lost <- err:
	default:
	}
}

// texts are what simulated people write: plain lines of the scripts.
func texts() (out []string) {
	for _, s := range sim.Scripts() {
		if s.Locale == helpline.Locale("en") {
			out = append(append(append(out, s.Opens...), s.Answers...), s.Thanks)
		}
	}
	return out
}
