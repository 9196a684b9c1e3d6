package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"helpline"
	"helpline/counsel"
	"helpline/counsel/staff"
	"helpline/counsel/vault"
	"helpline/store"
)

// throwaway is a line of its own for one run: the same program, as a process
// that may be killed, on a folder that goes when the run ends.
type throwaway struct {
	home   string
	conf   config
	file   string
	logins []loginLine

	mu     sync.Mutex
	child  *child
	spent  time.Duration // of the processor, by children that are gone
	killed int
}

// child is one process of the line.
type child struct {
	cmd    *exec.Cmd
	errs   tail
	listen chan time.Time // when it said that it listens; closed when its output ends
	ended  chan struct{}
	meant  bool // to end
}

// throwawayPlaces is how long a queue lets so many wait who come from few
// networks: one address may take a third of it, one network not the whole.
func throwawayPlaces(waiting int) int { return min(10_000, 4*waiting+50) }

// newThrowaway makes the folder, the configuration and the staff. Every
// counsellor may have as many conversations as the product allows.
func newThrowaway(ctx context.Context, p *place, counsellors, waiting int) (_ *throwaway, err error) {
	t := &throwaway{}
	if t.home, err = os.MkdirTemp("", "helpline-loadtest-"); err != nil {
		return nil, dataError{err}
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(t.home))
		}
	}()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(free.Addr().String())
	if err := free.Close(); err != nil {
		return nil, err
	}
	said := map[string]string{
		"name": "Load test", "data": filepath.Join(t.home, "data"), "listen": "127.0.0.1:" + port,
		"visitor_host": "talk.localhost:" + port, "staff_host": "desk.localhost:" + port,
		"max_waiting": strconv.Itoa(throwawayPlaces(waiting)), "chats": strconv.Itoa(loadChats),
	}
	nothing := func(string) string { return "" }
	if t.conf, err = configure(said, nothing, ""); err != nil {
		return nil, err
	}
	t.file = filepath.Join(t.home, "helpline.toml")
	if err := writeNew(t.file, asTOML(t.conf, said, nothing)); err != nil {
		return nil, dataError{err}
	}
	if _, _, err := found(ctx, t.conf, "First Supervisor", demoCosts, beginning{}); err != nil {
		return nil, err
	}
	if err := writeNew(filepath.Join(t.conf.Data, throwawayMark), []byte("A load test made this folder. Its passphrases are not stretched.\n")); err != nil {
		return nil, dataError{err}
	}
	return t, t.staff(ctx, counsellors)
}

// throwawayMark is the file that says that loadtest made a data folder.
const throwawayMark = "loadtest.mark"

func isThrowaway(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, throwawayMark))
	return err == nil
}

// staff invites the counsellors and spends their invitations. Their
// passphrases are drawn here and written nowhere, so they need no stretching,
// and a run does not begin with a minute of logins.
func (t *throwaway) staff(ctx context.Context, n int) error {
	db, err := store.Open(ctx, t.conf.Data, store.Options{Zone: t.conf.Zone, Beside: true})
	if err != nil {
		return dataError{err}
	}
	work := vault.NewWork(1)
	office := staff.NewOffice(db, db, counsel.Stretch{Work: work}, demoCosts)
	err = working(ctx, work, func() error {
		for i := range n {
			person := staff.Person{
				Name: fmt.Sprintf("Counsellor %d", i+1), Alias: fmt.Sprintf("Load %d", i+1), Roles: []helpline.Role{helpline.Counsellor},
				Locales: t.conf.Line.Locales, Audiences: helpline.Audiences(), Chats: t.conf.Chats, Language: t.conf.Line.Locales[0],
			}
			token, err := office.Invite(ctx, person, staff.FirstInvitationLasts)
			if err != nil {
				return fmt.Errorf("invite a counsellor: %w", err)
			}
			l := loginLine{Name: person.Name, Pass: staff.Offer()}
			if _, err := office.Join(ctx, token, l.Pass, staff.Profile{Alias: person.Alias, Locales: person.Locales, Audiences: person.Audiences, Language: person.Language}); err != nil {
				return fmt.Errorf("join a counsellor: %w", err)
			}
			if l.App, err = t.phone(ctx, db, office, person.Name, l.Pass); err != nil {
				return fmt.Errorf("set up a second factor: %w", err)
			}
			t.logins = append(t.logins, l)
		}
		return nil
	})
	return errors.Join(err, db.Close())
}

// phone sets up an app for a counsellor, in a login that no browser has. Its
// newest code is of a moment ago, so that the one of now can be used.
func (t *throwaway) phone(ctx context.Context, db *store.DB, office *staff.Office, name string, pass staff.Passphrase) (*staff.CodeSecret, error) {
	key, err := db.HostKeys().Installation()
	if err != nil {
		return nil, err
	}
	p, _, err := db.Find(ctx, name)
	if err != nil {
		return nil, err
	}
	rings := counsel.NewKeys(installID(key), office, db, db)
	by := counsel.By{Actor: helpline.Actor{Person: p.ID, Roles: p.Roles}, Token: helpline.NewID().String()}
	if err := rings.Unlock(ctx, by, pass); err != nil {
		return nil, err
	}
	defer rings.Lock(by)
	earlier := func() time.Time { return time.Now().Add(-time.Minute) }
	second := counsel.NewSecond(rings, db, earlier)
	offer, err := second.Offer(ctx, by)
	if err != nil {
		return nil, err
	}
	code, err := offer.Secret.Code(earlier())
	if err != nil {
		return nil, err
	}
	return &offer.Secret, second.AddCode(ctx, by, offer.Sealed, "Load test", code)
}

// start runs the line and gives the moment it listened.
func (t *throwaway) start(ctx context.Context) (time.Time, error) {
	exe, err := os.Executable()
	if err != nil {
		return time.Time{}, err
	}
	c := &child{cmd: exec.Command(exe, "serve", "--throwaway", "--config", t.file), listen: make(chan time.Time, 1), ended: make(chan struct{})}
	for _, pair := range os.Environ() { // the settings of another line are not ours
		if name, _, _ := strings.Cut(pair, "="); !isSetting(name) {
			c.cmd.Env = append(c.cmd.Env, pair)
		}
	}
	c.cmd.Dir, c.cmd.Stderr, c.cmd.SysProcAttr = t.home, &c.errs, bound()
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return time.Time{}, err
	}
	if err := c.run(); err != nil {
		return time.Time{}, fmt.Errorf("start a line: %w", err)
	}
	t.mu.Lock()
	t.child = c
	t.mu.Unlock()
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "listen ") {
				c.listen <- time.Now()
			}
		}
		close(c.listen)
	}()
	select {
	case at, ok := <-c.listen:
		if !ok {
			<-c.ended
			return at, t.died(c)
		}
		return at, nil
	case <-time.After(30 * time.Second):
		return time.Time{}, errors.New("the line that was started did not listen within 30 seconds")
	case <-ctx.Done():
		return time.Time{}, ctx.Err()
	}
}

// isSetting says whether a variable of the environment configures a line.
func isSetting(name string) bool {
	for _, s := range settings {
		if s.variable() == name {
			return true
		}
	}
	return name == "HELPLINE_CONFIG"
}

// died explains a line that ended by itself.
func (t *throwaway) died(c *child) error {
	return fmt.Errorf("the line ended by itself (%s): %s", c.cmd.ProcessState, c.errs.text())
}

// gone is closed when the line that runs now has ended.
func (t *throwaway) gone() (*child, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.child, t.child.ended
}

// meant says whether a child that is gone was killed by us.
func (t *throwaway) meant(c *child) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return c.meant
}

// kill ends the line as a power cut would, and waits until it is gone.
func (t *throwaway) kill() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-t.child.ended:
		return t.died(t.child)
	default:
	}
	_, spent, _ := t.child.usage()
	t.spent += spent
	t.child.meant = true
	if err := t.child.cmd.Process.Kill(); err != nil {
		return err
	}
	<-t.child.ended
	t.killed++
	return nil
}

// usage is the resident memory in bytes and the processor time of all children
// so far; false where this cannot be read.
func (t *throwaway) usage() (resident int64, spent time.Duration, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.child == nil {
		return 0, 0, false
	}
	resident, spent, ok = t.child.usage()
	return resident, t.spent + spent, ok
}

func (c *child) usage() (resident int64, spent time.Duration, ok bool) {
	return processUsage(c.cmd.Process.Pid)
}

// healthy asks the line whether it is ready.
func (t *throwaway) healthy(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+t.conf.Listen+healthRoute.Pattern, nil)
	if err != nil {
		return err
	}
	r.Host = t.conf.VisitorHost
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the line is not ready: %d", answer.StatusCode)
	}
	return nil
}

// remove ends the line, if it runs, and takes everything away.
func (t *throwaway) remove() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c := t.child; c != nil {
		c.meant = true
		_ = c.cmd.Process.Kill() // it may have ended
		<-c.ended
	}
	return os.RemoveAll(t.home)
}

// tail keeps the end of what a process wrote.
type tail struct {
	mu sync.Mutex
	b  []byte
}

// Write keeps the last few lines.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, b...)
	if over := len(t.b) - 4096; over > 0 {
		t.b = append([]byte(nil), t.b[over:]...)
	}
	return len(b), nil
}

func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := bytes.Split(bytes.TrimSpace(t.b), []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-3):], []byte("; ")))
}
