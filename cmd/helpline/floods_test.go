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
	"helpline/chat/wire"
	"helpline/counsel"
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
	floodCount  = 5000                   // requests or sockets of one flood
	floodEvery  = 3 * time.Millisecond   // one of them
	floodHands  = 64                     // at once
	window      = 15 * time.Second       // what is measured, quiet and flooded
	warm        = 3 * time.Second        // before that
	patience    = 30 * time.Second       // of a visitor who is not offered anybody
	sayEvery    = 110 * time.Millisecond // in each room: with its acknowledgement a link may send 20 frames a second for long
	probeEvery  = 3 * time.Second        // twenty a minute: more than any line has, and no crowd
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
	idle    string          // where a server listens that does nothing

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

func percentile(all []time.Duration, p float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(len(all)-1, int(p*float64(len(all))))]
}

// givenUp is the status of an answer for which nobody waited any more.
const givenUp = -1

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
				if ctx.Err() != nil {
					status = givenUp
				}
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
// of the answer; where it leads to for an answer that has none.
func (s *siege) raw(ctx context.Context, method, host, path, address, cookie, body string) (int, string) {
	return s.rawAt(ctx, s.w.addr, method, host, path, address, cookie, body)
}

// rawAt is raw at another server.
func (s *siege) rawAt(ctx context.Context, at, method, host, path, address, cookie, body string) (int, string) {
	r, err := http.NewRequestWithContext(ctx, method, "http://"+at+path, strings.NewReader(body))
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
	cookie = answer.Header.Get("Location")
	for _, c := range answer.Cookies() {
		cookie = c.Name + "=" + c.Value
	}
	return answer.StatusCode, cookie
}

// join takes a place in the queue and holds a live link open without a word.
func (s *siege) join(ctx context.Context, address string, held *sync.Map) int {
	return s.joinWith(ctx, address, "", held)
}

// joinWith is join with a turn. Whoever is asked for another one is counted by
// the status asked.
func (s *siege) joinWith(ctx context.Context, address, turn string, held *sync.Map) int {
	status, cookie := s.raw(ctx, "POST", "talk", "/en/start", address, "", "door=self&version="+s.version+"&turn="+turn)
	if status != http.StatusSeeOther {
		return status
	}
	if strings.HasPrefix(cookie, "/") {
		return asked
	}
	h := http.Header{"Origin": {"https://talk.example"}, "Host": {"talk.example"}, "X-Forwarded-For": {address}, "Cookie": {cookie}}
	l, err := link.Dial(ctx, "ws://"+s.w.addr+"/en/talk/link", h)
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

// asked is the status of a start that was asked for a turn.
const asked = 1

// many is one of five thousand addresses of 127.0.0.0/8.
func many(n int) string { return fmt.Sprintf("127.3.%d.%d", n/250, n%250+1) }

// kind is one sort of flood.
type kind struct {
	name  string
	reads time.Duration // that honest visitors read the promise
	do    flooder
}

// floods are all there are.
var floods = []kind{
	{"5,000 joining from one address", 0, func(ctx context.Context, s *siege, held *sync.Map, _ int) int {
		return s.join(ctx, "127.3.0.1", held)
	}},
	{"5,000 joining from 5,000 addresses", 0, func(ctx context.Context, s *siege, held *sync.Map, n int) int { return s.join(ctx, many(n), held) }},
	{"5,000 requests at a server that does nothing", 0, func(ctx context.Context, s *siege, _ *sync.Map, n int) int {
		status, _ := s.rawAt(ctx, s.idle, "POST", "talk", "/en/start", many(n), "", "door=self&version="+s.version)
		return status
	}},
	{"5,000 joining from 5,000 networks", reading, func(ctx context.Context, s *siege, held *sync.Map, n int) int {
		return s.join(ctx, anywhere(n), held)
	}},
	{"5,000 from 5,000 networks who wait as asked", reading, func(ctx context.Context, s *siege, held *sync.Map, n int) int {
		return s.waitAsAsked(ctx, anywhere(n), held)
	}},
	{"logins from one address, many names", 0, func(ctx context.Context, s *siege, _ *sync.Map, n int) int {
		status, _ := s.raw(ctx, "POST", "desk", "/login", "127.3.0.1", "", fmt.Sprintf("name=nobody+%d&passphrase=wrong", n))
		return status
	}},
	{"logins from 5,000 addresses, one name", 0, func(ctx context.Context, s *siege, _ *sync.Map, n int) int {
		status, _ := s.raw(ctx, "POST", "desk", "/login", many(n), "", "name=desk+probe&passphrase=wrong")
		return status
	}},
	{"logins from 5,000 addresses, many names", 0, func(ctx context.Context, s *siege, _ *sync.Map, n int) int {
		status, _ := s.raw(ctx, "POST", "desk", "/login", many(n), "", fmt.Sprintf("name=nobody+%d&passphrase=wrong", n))
		return status
	}},
	{"code-sized posts from 5,000 addresses", 0, func(ctx context.Context, s *siege, _ *sync.Map, n int) int {
		status, _ := s.raw(ctx, "POST", "desk", fmt.Sprintf("/join/%022d", n), many(n), "", fmt.Sprintf("code=%08d", n))
		return status
	}},
}

// BenchmarkFloods lets floods loose on a line with conversations and prints, for
// each, what they cost the others: medians of the ratios of paired windows. It
// takes about a minute a flood and round; make floods runs more rounds.
func BenchmarkFloods(b *testing.B) {
	rounds, err := strconv.Atoi(cmp.Or(os.Getenv(floodRounds), "1"))
	if err != nil || rounds < 1 || rounds > 50 {
		b.Fatalf("%s must be 1 to 50", floodRounds)
	}
	for _, kind := range floods {
		b.Run(kind.name, func(b *testing.B) { siegeOf(b, kind.name, rounds, kind.reads) })
	}
	b.Run(atOnceName, func(b *testing.B) { loginsAtOnce(b, rounds) })
}

// flooder makes one request of a flood and gives the status of its answer.
type flooder func(ctx context.Context, s *siege, held *sync.Map, n int) int

// siegeOf runs the rounds of one flood and prints what they showed.
func siegeOf(b *testing.B, name string, rounds int, reads time.Duration) {
	var p99s []float64
	var offers [sorts][]float64
	answers := map[int]int{}
	for round := range rounds {
		s := besiege(b)
		s.idle = listensIdle(b)
		var talkers sync.WaitGroup
		ctx, stop := context.WithCancel(b.Context())
		s.talk(ctx, &talkers)
		s.measure(0, warm, 0)
		q := s.measure(200, window, reads)
		run := s.loose(name)
		time.Sleep(time.Second)
		l := s.measure(400, window, reads)
		for status, n := range run.answers() {
			answers[status] += n
		}
		after := s.measure(600, window, reads) // the flood waits in the queue, if it got there
		run.end()
		stop()
		talkers.Wait()
		s.end()
		p99s = append(p99s, float64(l.p99)/float64(q.p99))
		for sort := range sorts {
			worst := max(l.offered[sort], after.offered[sort])
			if l.met[sort] == 0 || after.met[sort] == 0 {
				worst = patience + 2*reads // nobody of them
			}
			offers[sort] = append(offers[sort], float64(worst)/float64(q.offered[sort]))
		}
		fmt.Printf("  round %d: quiet: %v\n    flooded: %v\n    after: %v\n", round+1, q, l, after)
	}
	slices.Sort(p99s)
	for _, o := range offers {
		slices.Sort(o)
	}
	fmt.Printf("%s: p99 of conversations %.2f of quiet, offered %.2f of quiet, without scripts %.2f; answers %v\n",
		name, p99s[len(p99s)/2], offers[works][len(offers[works])/2], offers[waits][len(offers[waits])/2], answers)
}
