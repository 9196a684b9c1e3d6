package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"helpline"
	"helpline/chat/link"
	"helpline/chat/sim"
	"helpline/chat/wire"
	"helpline/counsel"
	"helpline/counsel/console"
)

// floodedEnv makes this test binary a line that a benchmark floods: a process
// of its own, with passphrases that cost what they cost in earnest.
const floodedEnv = "HELPLINE_TEST_FLOODED"

func flooded(file string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	return run(ctx, []string{"serve", "--config", file}, &place{
		env: noEnv, in: strings.NewReader(""), out: os.Stdout, err: os.Stderr, costs: counsel.RealCosts(),
	})
}

// Sizes of a run. All of it is bounded.
const (
	floodRooms  = 8
	floodCount  = 5000                  // requests or sockets of one flood
	floodEvery  = 3 * time.Millisecond  // one of them
	floodHands  = 64                    // at once
	window      = 8 * time.Second       // what is measured, quiet and flooded
	warm        = 3 * time.Second       // before that
	patience    = 30 * time.Second      // of a visitor who is not offered anybody
	sayEvery    = 80 * time.Millisecond // in each room
	probeEvery  = 500 * time.Millisecond
	floodRounds = "HELPLINE_FLOOD_ROUNDS"
)

// siege is a line in a process of its own, conversations on it, and a desk
// that asks for visitors all the time.
type siege struct {
	b       *testing.B
	w       *world
	child   *exec.Cmd
	rooms   []*room
	staff   *browser
	desk    *end
	pass    string
	loud    *http.Transport // of the flood
	version string          // of the promise

	mu   sync.Mutex
	took []time.Duration // messages, since they were last asked for
}

// room is one conversation.
type room struct{ v, c *end }

// besiege starts a line with its conversations.
func besiege(b *testing.B) *siege {
	file, _, first := founded(b)
	s := &siege{b: b, w: &world{t: b}, child: exec.Command(os.Args[0]), loud: &http.Transport{MaxIdleConnsPerHost: floodHands}}
	s.child.Env = append(os.Environ(), floodedEnv+"="+file)
	out, err := s.child.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := s.child.Start(); err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for s.w.addr == "" && lines.Scan() {
		if m := regexp.MustCompile(`^listen (\S+)$`).FindStringSubmatch(lines.Text()); m != nil {
			s.w.addr = m[1]
		}
	}
	go func() {
		for lines.Scan() {
		}
	}()
	s.from("desk", "10.9.0.1").join(first, "Anna")
	for i := range floodRooms {
		counsellor, _ := s.counsellor(file, "Room "+word(i), i)
		visitor := s.from("talk", fmt.Sprintf("10.1.%d.1", i))
		r := &room{}
		r.v, r.c, _ = talkBetween(visitor, counsellor)
		r.c.mu.Lock()
		r.c.see = s.hear
		r.c.mu.Unlock()
		s.rooms = append(s.rooms, r)
	}
	s.staff, s.pass = s.counsellor(file, "Desk Probe", 99)
	s.desk = s.staff.dial("/desk/lane", nil)
	s.desk.send(&wire.Frame{Kind: wire.Duty, On: true}, &wire.Frame{Kind: wire.Next, On: true})
	_, page := s.from("talk", "10.9.0.2").get("/en/before/1")
	if m := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(page); m != nil {
		s.version = m[1]
	}
	s.desk.until("a desk that asks", func() bool { return s.desk.board.Asking })
	return s
}

func word(i int) string { return strings.Repeat(string(rune('A'+i)), 3) }

// end stops the line.
func (s *siege) end() {
	_ = s.child.Process.Signal(syscall.SIGTERM)
	_ = s.child.Wait()
}

// from is a browser at an address.
func (s *siege) from(host, address string) *browser {
	b := s.w.browser(host+".example", "https://"+host+".example")
	b.header.Set("X-Forwarded-For", address)
	return b
}

func (s *siege) counsellor(file, name string, i int) (*browser, string) {
	code, out, errs := command(s.b, "staff", "add", name, "--role", "counsellor", "--language", "en", "--door", "self", "--config", file)
	if code != exitDone {
		s.b.Fatalf("staff add ended with %d: %s", code, errs)
	}
	b := s.from("desk", fmt.Sprintf("10.2.%d.1", i))
	return b, b.join(linkIn(s.b, out), "Alias "+word(i%26))
}

// hear notes how long a message took that carries its own time.
func (s *siege) hear(f *wire.Frame) {
	if f.Kind != wire.Said {
		return
	}
	_, text, found := strings.Cut(f.Entry.Body, "set out at ")
	text, _, _ = strings.Cut(text, `"`)
	at, err := strconv.ParseInt(text, 10, 64)
	if !found || err != nil {
		return
	}
	s.mu.Lock()
	s.took = append(s.took, time.Duration(time.Now().UnixNano()-at))
	s.mu.Unlock()
}

// heard gives how long messages took since the last time.
func (s *siege) heard() []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.took
	s.took = nil
	return all
}

// talk lets every conversation say something every so often, at times that
// were set before and are what is measured from.
func (s *siege) talk(ctx context.Context, all *sync.WaitGroup) {
	start := time.Now()
	for i, r := range s.rooms {
		all.Go(func() {
			for n := 1; ; n++ {
				at := start.Add(time.Duration(n)*sayEvery + time.Duration(i)*sayEvery/floodRooms)
				select {
				case <-ctx.Done():
					return
				case <-time.After(time.Until(at)):
				}
				r.v.mu.Lock()
				_, frames := r.v.page.Say(fmt.Sprintf(`{"text":"set out at %d"}`, at.UnixNano()))
				r.v.send(frames...)
				r.v.mu.Unlock()
			}
		})
	}
}

// probe is an honest visitor from an address of their own: from the first
// page to the ready question.
func (s *siege) probe(n int, patience time.Duration) (time.Duration, bool) {
	begin := time.Now()
	b := s.from("talk", fmt.Sprintf("%d.%d.1.7", 30+n/200, n%200))
	if answer, _ := b.get("/en/"); answer.StatusCode != 200 {
		return 0, false
	}
	answer, _ := b.post("/en/door", "door", "self")
	if answer.StatusCode != 303 {
		return 0, false
	}
	_, page := b.get(answer.Header.Get("Location"))
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(page)
	if version == nil {
		return 0, false
	}
	if answer, _ = b.post("/en/start", "door", "self", "version", version[1]); answer.StatusCode != 303 {
		return 0, false
	}
	h := b.headers()
	h.Set("Origin", b.origin)
	h.Set("Host", b.host)
	l, err := link.Dial(context.Background(), "ws://"+s.w.addr+"/en/talk/link", h)
	if err != nil {
		return 0, false
	}
	defer func() { _ = l.Close() }()
	giveUp := time.AfterFunc(patience, func() { _ = l.Close() })
	defer giveUp.Stop()
	life := sim.NewPage(wire.Visitor, helpline.NewID())
	frames := life.Open()
	for life.Stage != "offered" {
		for _, f := range frames {
			_ = l.Send(f) // a broken link shows below
		}
		f, err := l.Receive()
		if err != nil {
			return 0, false
		}
		frames = life.Handle(f)
	}
	took := time.Since(begin)
	_ = l.Send(&wire.Frame{Kind: wire.Leave, Reason: "left"})
	_, _ = l.Receive() // the end
	return took, true
}

func percentile(all []time.Duration, p float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(len(all)-1, int(p*float64(len(all))))]
}

// flood sends requests at times that were set before, with so many hands, and
// counts the answers by status; 0 is none. It ends with ctx or its count.
func flood(ctx context.Context, request func(ctx context.Context, n int) int) map[int]int {
	var mu sync.Mutex
	answers := map[int]int{}
	var next atomic.Int64
	start := time.Now()
	var hands sync.WaitGroup
	for range floodHands {
		hands.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= floodCount {
					return
				}
				select {
				case <-ctx.Done():
					return
				case <-time.After(time.Until(start.Add(time.Duration(n) * floodEvery))):
				}
				status := request(ctx, n)
				mu.Lock()
				answers[status]++
				mu.Unlock()
			}
		})
	}
	hands.Wait()
	return answers
}

// raw sends one request as a flood would, and gives the status and the cookie
// of the answer.
func (s *siege) raw(method, host, path, address, cookie, body string) (int, string) {
	r, err := http.NewRequest(method, "http://"+s.w.addr+path, strings.NewReader(body))
	if err != nil {
		return 0, ""
	}
	r.Host = host + ".example"
	r.Header = http.Header{
		"X-Forwarded-For": {address}, "Origin": {"https://" + r.Host}, "Sec-Fetch-Site": {"same-origin"},
		"Content-Type": {"application/x-www-form-urlencoded"},
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	answer, err := s.loud.RoundTrip(r)
	if err != nil {
		return 0, ""
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	for _, c := range answer.Cookies() {
		cookie = c.Name + "=" + c.Value
	}
	return answer.StatusCode, cookie
}

// join takes a place in the queue and holds a live link open without a word.
func (s *siege) join(address string, held *sync.Map) int {
	status, cookie := s.raw("POST", "talk", "/en/start", address, "", "door=self&version="+s.version)
	if status != http.StatusSeeOther {
		return status
	}
	h := http.Header{"Origin": {"https://talk.example"}, "Host": {"talk.example"}, "X-Forwarded-For": {address}, "Cookie": {cookie}}
	l, err := link.Dial(context.Background(), "ws://"+s.w.addr+"/en/talk/link", h)
	if err != nil {
		return 0
	}
	_ = l.Send(&wire.Frame{Kind: wire.Hello, V: wire.Version, Round: 1, Upto: -1, Secret: helpline.NewID()})
	held.Store(l, true)
	go func() {
		for {
			if _, err := l.Receive(); err != nil {
				return
			}
		}
	}()
	return status
}

// many is one of five thousand addresses of 127.0.0.0/8.
func many(n int) string { return fmt.Sprintf("127.3.%d.%d", n/250, n%250+1) }

// measured is what one window showed.
type measured struct {
	p99, offered, worst, login time.Duration
	met, missed                int
}

// measure probes for a while, and lets the desk log in again meanwhile.
func (s *siege) measure(from int, window time.Duration) (m measured) {
	s.heard()
	var offers, logins []time.Duration
	var mu sync.Mutex
	var all sync.WaitGroup
	begin := time.Now()
	for n := from; time.Since(begin) < window; n++ {
		all.Go(func() {
			took, ok := s.probe(n, patience)
			mu.Lock()
			defer mu.Unlock()
			if ok {
				offers = append(offers, took)
				m.met++
			} else {
				m.missed++
			}
		})
		if n%6 == 0 {
			all.Go(func() {
				b := s.from("desk", "10.2.99.1") // on a browser that is known
				b.cookies[console.KnownCookie] = s.staff.cookies[console.KnownCookie]
				begin := time.Now()
				answer, _ := b.post("/login", "name", "Desk Probe", "passphrase", s.pass)
				mu.Lock()
				defer mu.Unlock()
				if answer.StatusCode == http.StatusSeeOther {
					logins = append(logins, time.Since(begin))
				} else {
					logins = append(logins, time.Minute) // refused
				}
			})
		}
		time.Sleep(probeEvery)
	}
	m.p99 = percentile(s.heard(), 0.99)
	all.Wait()
	m.offered, m.worst, m.login = percentile(offers, 0.5), percentile(offers, 1), percentile(logins, 0.5)
	return m
}

// BenchmarkFloods lets floods loose on a line with conversations and prints, for
// each, what they cost the others: medians of the ratios of paired windows. It
// takes about a minute a flood and round; make floods runs more rounds.
func BenchmarkFloods(b *testing.B) {
	rounds, err := strconv.Atoi(cmp.Or(os.Getenv(floodRounds), "1"))
	if err != nil || rounds < 1 || rounds > 50 {
		b.Fatalf("%s must be 1 to 50", floodRounds)
	}
	for _, kind := range []struct {
		name string
		do   func(s *siege, held *sync.Map, n int) int
	}{
		{"5,000 joining from one address", func(s *siege, held *sync.Map, _ int) int { return s.join("127.3.0.1", held) }},
		{"5,000 joining from 5,000 addresses", func(s *siege, held *sync.Map, n int) int { return s.join(many(n), held) }},
		{"logins from one address, many names", func(s *siege, _ *sync.Map, n int) int {
			status, _ := s.raw("POST", "desk", "/login", "127.3.0.1", "", fmt.Sprintf("name=nobody+%d&passphrase=wrong", n))
			return status
		}},
		{"logins from 5,000 addresses, one name", func(s *siege, _ *sync.Map, n int) int {
			status, _ := s.raw("POST", "desk", "/login", many(n), "", "name=desk+probe&passphrase=wrong")
			return status
		}},
		{"logins from 5,000 addresses, many names", func(s *siege, _ *sync.Map, n int) int {
			status, _ := s.raw("POST", "desk", "/login", many(n), "", fmt.Sprintf("name=nobody+%d&passphrase=wrong", n))
			return status
		}},
		{"code-sized posts from 5,000 addresses", func(s *siege, _ *sync.Map, n int) int {
			status, _ := s.raw("POST", "desk", fmt.Sprintf("/join/%022d", n), many(n), "", fmt.Sprintf("code=%08d", n))
			return status
		}},
	} {
		b.Run(kind.name, func(b *testing.B) { siegeOf(b, kind.name, rounds, kind.do) })
	}
	b.Run(atOnceName, func(b *testing.B) { loginsAtOnce(b, rounds) })
}

// siegeOf runs the rounds of one flood and prints what they showed.
func siegeOf(b *testing.B, name string, rounds int, do func(s *siege, held *sync.Map, n int) int) {
	var p99s, offers []float64
	answers := map[int]int{}
	for round := range rounds {
		s := besiege(b)
		var talkers sync.WaitGroup
		ctx, stop := context.WithCancel(b.Context())
		s.talk(ctx, &talkers)
		s.measure(0, warm)
		q := s.measure(200, window)
		var held sync.Map
		done := make(chan struct{})
		go func() {
			defer close(done)
			for status, n := range flood(ctx, func(_ context.Context, n int) int { return do(s, &held, n) }) {
				answers[status] += n
			}
		}()
		time.Sleep(time.Second)
		l := s.measure(400, window)
		<-done
		after := s.measure(600, window) // the flood waits in the queue, if it got there
		stop()
		talkers.Wait()
		held.Range(func(one, _ any) bool { _ = one.(*link.Page).Close(); return true })
		s.end()
		p99s = append(p99s, float64(l.p99)/float64(q.p99))
		offers = append(offers, float64(after.offered)/float64(q.offered))
		fmt.Printf("  round %d: p99 %v, flooded %v; offered %v (worst %v), flooded %v (worst %v, %d of %d), after %v (worst %v, %d of %d); login %v, flooded %v\n", round+1,
			q.p99.Round(10*time.Microsecond), l.p99.Round(10*time.Microsecond), q.offered.Round(time.Millisecond), q.worst.Round(time.Millisecond),
			l.offered.Round(time.Millisecond), l.worst.Round(time.Millisecond), l.met, l.met+l.missed,
			after.offered.Round(time.Millisecond), after.worst.Round(time.Millisecond), after.met, after.met+after.missed,
			q.login.Round(time.Millisecond), l.login.Round(time.Millisecond))
	}
	slices.Sort(p99s)
	slices.Sort(offers)
	fmt.Printf("%s: p99 of conversations %.2f of quiet, offered after %.2f of quiet; answers %v\n", name, p99s[len(p99s)/2], offers[len(offers)/2], answers)
}
