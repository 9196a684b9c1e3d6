package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"helpline"
	"helpline/chat/ticket"
	"helpline/chat/wire"
	"helpline/counsel"
	"helpline/counsel/vault"
	"helpline/store"
)

// The two hosts of the line that is measured.
const (
	speedTalk = "talk.example"
	speedDesk = "desk.example"
)

// speedLine is a data folder with one person of staff who may hold any number
// of conversations, and what the generator needs to come in.
type speedLine struct {
	config string
	logins []string     // cookies of the desk: one login may have so many links and no more
	seated int          // rooms so far: each so many take the next login
	keys   *ticket.Keys // to read the contact in a ticket, so that nobody waits for a board
	form   string       // what the door's form says
}

// speedFound makes a line the way an operator does; only the number of
// conversations is then written past the rule that keeps it humane.
func speedFound(dir string) (*speedLine, error) {
	l := &speedLine{config: filepath.Join(dir, "helpline.toml")}
	data := filepath.Join(dir, "data")
	out := new(shared)
	here := &place{env: noEnv, in: strings.NewReader(""), out: out, err: out, costs: cheap}
	if code := run(context.Background(), []string{
		"init", "--config", l.config, "--data", data, "--country", "nl", "--locales", "en",
		"--visitor-host", speedTalk, "--staff-host", speedDesk, "--proxy", "127.0.0.1", "--max-waiting", "10000",
		"--neutral-url", "https://weather.example/", "--listen", "127.0.0.1:0", "--supervisor", "Anna Vermeer",
	}, here); code != exitDone {
		return nil, fmt.Errorf("init ended with %d: %s", code, out)
	}
	invited := regexp.MustCompile(`https://desk\.example(/join/[A-Za-z0-9_-]{22})\n`).FindStringSubmatch(out.String())
	if invited == nil {
		return nil, errors.New("init printed no way in")
	}
	if err := l.join(here, out, invited[1]); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", filepath.Join(data, "helpline.db"))
	if err != nil {
		return nil, err
	}
	_, err = db.Exec("UPDATE person SET chats = 1000000")
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	st, err := store.Open(context.Background(), data, store.Options{})
	if err != nil {
		return nil, err
	}
	today, yesterday, err := st.HostKeys().Days(time.Now())
	l.keys = ticket.NewKeys(ticketDay(today), ticketDay(yesterday))
	err = errors.Join(err, l.moreLogins(counsel.NewLogins(st.Logins(), vault.NewLoginKeys(loginDay(today), loginDay(yesterday)))))
	return l, errors.Join(err, st.Close())
}

// How many logins there are, and how many rooms each has: a little less than the
// links that one login may have.
const (
	speedLogins = 48
	speedEach   = 50
)

// moreLogins copies the one login there is: whoever signs in again and again
// would have to wait for a new code of the second factor each time.
func (l *speedLine) moreLogins(all *counsel.Logins) error {
	name, token, _ := strings.Cut(l.logins[0], "=")
	within, found, err := all.Find(token)
	if err == nil && !found {
		err = errors.New("the login is not found")
	}
	for len(l.logins) < speedLogins && err == nil {
		again := helpline.NewID().String() + helpline.NewID().String()
		l.logins = append(l.logins, name+"="+again)
		err = all.Commit(again, within, time.Now().Add(time.Hour))
	}
	return err
}

// another makes a second line, in a folder below that of the first.
func (l *speedLine) another(name string) (*speedLine, error) {
	dir := filepath.Join(filepath.Dir(l.config), name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	return speedFound(dir)
}

// join spends the invitation on a line that runs in this process for a moment.
func (l *speedLine) join(here *place, out *shared, path string) error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	code := make(chan int, 1)
	go func() { code <- run(ctx, []string{"serve", "--config", l.config}, here) }()
	addr := ""
	for end := time.Now().Add(20 * time.Second); addr == "" && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if m := regexp.MustCompile(`listen (127\.0\.0\.1:\d+)\n`).FindStringSubmatch(out.String()); m != nil {
			addr = m[1]
		}
	}
	v := caller{addr: addr, from: source(1), host: speedDesk}
	_, page, err := v.ask("GET", path, "")
	if err != nil {
		return err
	}
	offer := regexp.MustCompile(`name="offer" value="([^"]+)"`).FindStringSubmatch(page)
	if offer == nil {
		return errors.New("no passphrase is offered")
	}
	head, _, err := v.ask("POST", path, url.Values{
		"offer": {html.UnescapeString(offer[1])}, "written": {"yes"}, "choice": {"offer"}, "alias": {"Anna"},
		"language": {"en"}, "locale": {"en"}, "door": {"self"},
	}.Encode())
	if err != nil {
		return err
	}
	login := cookieIn(head, "__Host-login")
	if login == "" {
		return fmt.Errorf("joining was answered %d without a login", head.StatusCode)
	}
	v.cookie = login
	if _, page, err = v.ask("GET", "/second/new", ""); err != nil {
		return err
	}
	phone, form, ok := scanned(nil, page)
	if !ok {
		return errors.New("no second factor is set up")
	}
	shown, err := phone.secret.Code(time.Now())
	if err != nil {
		return err
	}
	form.Set("code", shown)
	if head, _, err = v.ask("POST", "/second/app", form.Encode()); err != nil {
		return err
	}
	if login = cookieIn(head, "__Host-login"); login == "" {
		return fmt.Errorf("the second factor was answered %d without a login", head.StatusCode)
	}
	l.logins = []string{login}
	v.cookie = ""
	v.host = speedTalk
	if _, page, err = v.ask("GET", "/en/before/1", ""); err != nil {
		return err
	}
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(page)
	if version == nil {
		return errors.New("the promise has no form")
	}
	l.form = "door=self&version=" + version[1]
	stop()
	if c := <-code; c != exitDone {
		return fmt.Errorf("serve ended with %d: %s", c, out)
	}
	return nil
}

func cookieIn(answer *http.Response, name string) string {
	for _, c := range answer.Cookies() {
		if c.Name == name {
			return name + "=" + c.Value
		}
	}
	return ""
}

// source is an address of this machine for somebody: everybody has their own,
// as in life, and they live in many networks.
func source(n int) *net.TCPAddr {
	k := n / 199
	return &net.TCPAddr{IP: net.IPv4(127, byte(1+n%199), byte(k>>8), byte(k))}
}

// caller speaks HTTP by hand over connections from its own address.
type caller struct {
	addr   string
	from   *net.TCPAddr
	host   string
	cookie string
	conn   net.Conn
	in     *bufio.Reader
}

func (c *caller) open() error {
	if c.conn != nil {
		return nil
	}
	d := net.Dialer{LocalAddr: c.from, Timeout: 20 * time.Second}
	conn, err := d.Dial("tcp", c.addr)
	if err != nil {
		return err
	}
	c.conn, c.in = conn, bufio.NewReaderSize(conn, 4096)
	return conn.SetDeadline(time.Now().Add(30 * time.Second))
}

func (c *caller) close() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}

// ask sends a request and reads the whole answer; the connection stays open.
func (c *caller) ask(method, path, form string) (*http.Response, string, error) {
	if err := c.open(); err != nil {
		return nil, "", err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, c.host)
	if c.cookie != "" {
		fmt.Fprintf(&b, "Cookie: %s\r\n", c.cookie)
	}
	if method == http.MethodPost {
		fmt.Fprintf(&b, "Origin: https://%s\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n", c.host, len(form))
	}
	b.WriteString("\r\n" + form)
	if _, err := c.conn.Write(b.Bytes()); err != nil {
		return nil, "", err
	}
	answer, err := http.ReadResponse(c.in, &http.Request{Method: method})
	if err != nil {
		return nil, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer, string(text), err
}

// upgrade opens a live link on a connection of its own.
func (c *caller) upgrade(path string) (*talker, error) {
	l := caller{addr: c.addr, from: c.from}
	if err := l.open(); err != nil {
		return nil, err
	}
	_, err := fmt.Fprintf(l.conn, "GET %s HTTP/1.1\r\nHost: %s\r\nOrigin: https://%s\r\nCookie: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", path, c.host, c.host, c.cookie)
	if err != nil {
		return nil, err
	}
	answer, err := http.ReadResponse(l.in, &http.Request{Method: http.MethodGet})
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusSwitchingProtocols {
		return nil, errors.Join(refused(answer.StatusCode), l.conn.Close())
	}
	return &talker{conn: l.conn.(*net.TCPConn), in: l.in}, nil
}

// refused is the status of an upgrade that was not made.
type refused int

func (r refused) Error() string { return fmt.Sprintf("the live link was answered %d", int(r)) }

// patient is upgrade for somebody who opens more links than one login may in a
// while: it waits for its turn, for a few minutes, and those who talk go on.
func (c *caller) patient(path string, d *driver) (t *talker, err error) {
	for range 240 {
		if t, err = c.upgrade(path); !errors.Is(err, refused(http.StatusTooManyRequests)) {
			break
		}
		d.begin()
		d.pump(time.Second)
	}
	return t, err
}

// talker is a live link while it is being set up.
type talker struct {
	conn   *net.TCPConn // until the driver has it
	in     *bufio.Reader
	ridden *rider
}

func (t *talker) send(f *wire.Frame) (err error) {
	b := wire.Append(nil, f)
	b = append([]byte{0x81, 0x80 | 126, byte(len(b) >> 8), byte(len(b)), 0, 0, 0, 0}, b...)
	if t.conn != nil {
		_, err = t.conn.Write(b)
	} else {
		_, err = syscall.Write(t.ridden.fd, b)
	}
	return err
}

// until reads frames until one is of a kind and, if that is named, of a stage.
func (t *talker) until(kind wire.Kind, stage string) (*wire.Frame, error) {
	for {
		var head [4]byte
		if _, err := io.ReadFull(t.in, head[:2]); err != nil {
			return nil, fmt.Errorf("waiting for %s %s: %w", kind, stage, err)
		}
		n := int(head[1] & 0x7f)
		if n == 126 {
			if _, err := io.ReadFull(t.in, head[2:]); err != nil {
				return nil, err
			}
			n = int(head[2])<<8 | int(head[3])
		}
		b := make([]byte, n)
		if _, err := io.ReadFull(t.in, b); err != nil {
			return nil, err
		}
		if head[0]&0x0f != 1 {
			continue
		}
		f, err := wire.FromServer(b)
		if err != nil {
			return nil, err
		}
		if f.Kind == kind && f.Stage == stage {
			return f, nil
		}
		if f.Kind == wire.Problem || f.Kind == wire.Closed {
			return nil, fmt.Errorf("waiting for %s %s: told %s %s%s", kind, stage, f.Kind, f.Code, f.Reason)
		}
	}
}

// any reads one frame, whatever it says.
func (t *talker) any() error {
	var head [4]byte
	if _, err := io.ReadFull(t.in, head[:]); err != nil { // nobody sends less than 126 bytes here
		return err
	}
	_, err := io.CopyN(io.Discard, t.in, int64(head[2])<<8|int64(head[3]))
	return err
}

// rider hands the connection to a driver.
func (t *talker) rider(no int, full bool) (*rider, error) {
	conn := t.conn
	file, err := conn.File() // a second descriptor, which the runtime does not watch
	if err != nil {
		return nil, err
	}
	rest, _ := t.in.Peek(t.in.Buffered())
	r := &rider{file: file, fd: int(file.Fd()), rest: bytes.Clone(rest), full: full, no: no}
	t.conn, t.ridden = nil, r
	return r, errors.Join(syscall.SetNonblock(r.fd, true), conn.Close())
}

// visitor lets somebody come in and wait with an open page; whole also loads
// the page itself, as a browser does.
func (l *speedLine) visitor(addr string, no int, whole bool) (t *talker, cookie string, size int, err error) {
	c := caller{addr: addr, from: source(no), host: speedTalk}
	defer c.close()
	answer, _, err := c.ask("POST", "/en/start", l.form)
	if err != nil {
		return nil, "", 0, err
	}
	if c.cookie = cookieIn(answer, "__Host-place"); c.cookie == "" {
		return nil, "", 0, fmt.Errorf("start was answered %d without a ticket", answer.StatusCode)
	}
	if whole {
		answer, page, err := c.ask("GET", "/en/talk", "")
		if err != nil {
			return nil, "", 0, err
		}
		if size = len(page); answer.StatusCode != http.StatusOK {
			return nil, "", 0, fmt.Errorf("the page was answered %d", answer.StatusCode)
		}
	}
	if t, err = c.upgrade("/en/talk/link"); err != nil {
		return nil, "", 0, err
	}
	err = t.send(&wire.Frame{Kind: wire.Hello, V: wire.Version, Round: 1, Upto: -1, Secret: secretOf(no)})
	if err == nil {
		_, err = t.until(wire.Stage, "waiting")
	}
	return t, c.cookie, size, err
}

// more brings n conversations more about.
func (l *speedLine) more(s *subject, n int) error { return l.roomsFrom(s.addr, s.driver, 1<<18, n) }

// rooms brings n conversations about and gives their ends to a driver.
func (l *speedLine) rooms(addr string, d *driver, n int) error { return l.roomsFrom(addr, d, 0, n) }

func (l *speedLine) roomsFrom(addr string, d *driver, first, n int) error {
	desk := caller{addr: addr, from: source(1), host: speedDesk}
	var lane *talker
	for i := range n {
		desk.cookie = l.logins[l.seated/speedEach%len(l.logins)]
		l.seated++
		if i%100 == 0 { // a lane may say so much and no more
			var err error
			if lane, err = l.lane(&desk, d); err != nil {
				return err
			}
			d.begin() // those who talk already answer their pings
		}
		if err := l.room(addr, d, lane, &desk, first+i); err != nil {
			return fmt.Errorf("room %d: %w", i, err)
		}
	}
	return nil
}

// lane opens a desk and keeps it open.
func (l *speedLine) lane(desk *caller, d *driver) (*talker, error) {
	lane, err := desk.patient("/desk/lane", d)
	if err != nil {
		return nil, err
	}
	if err := lane.send(&wire.Frame{Kind: wire.Duty, On: true}); err != nil {
		return nil, err
	}
	r, err := lane.rider(-1, true) // the driver reads, we write
	if err != nil {
		return nil, err
	}
	return lane, d.add(r)
}

func (l *speedLine) room(addr string, d *driver, lane *talker, desk *caller, i int) error {
	v, cookie, _, err := l.visitor(addr, 2+2*i, false)
	if err != nil {
		return err
	}
	_, sealed, _ := strings.Cut(cookie, "=")
	t, err := l.keys.Open(sealed, time.Now())
	if err != nil {
		return err
	}
	steps := []func() error{
		func() error { return lane.send(&wire.Frame{Kind: wire.Next, On: true}) },
		func() error { return told(v, wire.Stage, "offered") },
		func() error { return v.send(&wire.Frame{Kind: wire.Ready}) },
		func() error { return told(v, wire.Stage, "ready") },
		func() error { return lane.send(&wire.Frame{Kind: wire.Accept, Contact: t.Contact}) },
		func() error { return told(v, wire.Stage, "talking") },
		func() error {
			return v.send(&wire.Frame{Kind: wire.Hello, V: wire.Version, Round: 2, Upto: -1, Secret: secretOf(2 + 2*i)})
		},
		func() error { return told(v, wire.Synced, "") },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	c, err := desk.patient("/desk/talk/"+t.Contact.String(), d)
	if err != nil {
		return err
	}
	if err := c.send(&wire.Frame{Kind: wire.Hello, V: wire.Version, Round: 1, Upto: -1}); err != nil {
		return err
	}
	if err := told(c, wire.Synced, ""); err != nil {
		return err
	}
	return pair(d, v, c, i, true)
}

func told(t *talker, kind wire.Kind, stage string) error {
	_, err := t.until(kind, stage)
	return err
}

// pair makes two links the two ends of a conversation.
func pair(d *driver, v, c *talker, i int, full bool) error {
	a, err1 := v.rider(2*i, full)
	b, err2 := c.rider(2*i+1, full)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	a.mate, b.mate = b, a
	return errors.Join(d.add(a), d.add(b))
}

// relayRooms is the same for a bare relay.
func relayRooms(addr string, d *driver, n int) error {
	for i := range n {
		var ends [2]*talker
		for seat := range ends {
			c := caller{addr: addr, from: source(2 + 2*i), host: "relay.example"}
			t, err := c.upgrade(fmt.Sprintf("/room/%d/%d", i, seat))
			if err != nil {
				return err
			}
			ends[seat] = t
		}
		if err := pair(d, ends[0], ends[1], i, false); err != nil {
			return err
		}
	}
	return nil
}
