package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"helpline"
	"helpline/chat/gate"
	"helpline/chat/link"
	"helpline/chat/sim"
	"helpline/chat/wire"
	"helpline/counsel/console"
)

// reading is how long an honest visitor reads the promise, where that matters:
// some hundred words.
const reading = 20 * time.Second

// How an honest visitor's page goes on when it is asked for a turn.
const (
	works = iota // it has scripts: it works
	waits        // it has none: it waits
	sorts
)

var (
	versionIn = regexp.MustCompile(`name="version" value="(\d+)"`)
	turnIn    = regexp.MustCompile(`name="turn" value="([\w-]+)" data-turn="(\d+)"`)
)

// probe is an honest visitor from an address of their own: from the first
// page to the ready question, without the time in which the promise was read.
func (s *siege) probe(n, sort int, reads, patience time.Duration) (time.Duration, bool) {
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
	version := versionIn.FindStringSubmatch(page)
	if version == nil || !s.starts(b, page, version[1], sort, reads, begin.Add(patience)) {
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
	giveUp := time.AfterFunc(time.Until(begin.Add(patience)), func() { _ = l.Close() })
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
	took := time.Since(begin) - reads
	_ = l.Send(&wire.Frame{Kind: wire.Leave, Reason: "left"})
	_, _ = l.Receive() // the end
	return took, true
}

// starts reads the promise and goes on, and does what is asked for: as a page
// does, with scripts or without.
func (s *siege) starts(b *browser, page, version string, sort int, reads time.Duration, until time.Time) bool {
	turn, work := "", ""
	begin := time.Now()
	meet := func(page string) {
		m := turnIn.FindStringSubmatch(page)
		if m == nil {
			return
		}
		turn, work = m[1], ""
		if bits, _ := strconv.Atoi(m[2]); sort == works {
			work = gate.Work(turn, bits)
		}
	}
	meet(page) // while it is read
	time.Sleep(time.Until(begin.Add(reads)))
	for time.Now().Before(until) {
		answer, _ := b.post("/en/start", "door", "self", "version", version, "turn", turn, "work", work, "by", "script")
		to := answer.Header.Get("Location")
		if answer.StatusCode != http.StatusSeeOther || to == "/en/talk" {
			return answer.StatusCode == http.StatusSeeOther
		}
		for to != "" && time.Now().Before(until) { // the page that waits
			later := strings.Contains(to, "later")
			answer, page = b.get(to)
			if answer.StatusCode != http.StatusOK {
				return false
			}
			meet(page)
			var after string
			after, to, _ = strings.Cut(answer.Header.Get("Refresh"), "; url=")
			switch seconds, _ := strconv.Atoi(after); {
			case sort == waits:
				time.Sleep(time.Duration(seconds) * time.Second)
			case later: // as the script does
				time.Sleep(10 * time.Second)
				fallthrough
			default:
				to = ""
			}
		}
	}
	return false
}

// measured is what one window showed.
type measured struct {
	p99, login, worst time.Duration
	offered           [sorts]time.Duration // to honest visitors, by how they go on
	met, missed       [sorts]int
	heard             int // messages of conversations, of which p99 is
}

// measure probes for a while, and lets the desk log in again meanwhile.
func (s *siege) measure(from int, window, reads time.Duration) (m measured) {
	s.heard()
	var logins []time.Duration
	var offers [sorts][]time.Duration
	var mu sync.Mutex
	var all sync.WaitGroup
	begin := time.Now()
	for n := from; time.Since(begin) < window; n++ {
		all.Go(func() {
			sort := n % sorts
			took, ok := s.probe(n, sort, reads, patience+2*reads)
			mu.Lock()
			defer mu.Unlock()
			if ok {
				offers[sort] = append(offers[sort], took)
				m.met[sort]++
			} else {
				m.missed[sort]++
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
	took := s.heard()
	m.heard, m.p99 = len(took), percentile(took, 0.99)
	all.Wait()
	for sort := range sorts {
		m.offered[sort] = percentile(offers[sort], 0.5)
		m.worst = max(m.worst, percentile(offers[sort], 1))
	}
	m.login = percentile(logins, 0.5)
	return m
}

func (m measured) String() string {
	show := func(d time.Duration) time.Duration { return d.Round(time.Millisecond) }
	return fmt.Sprintf("p99 %v of %d, offered %v (%d of %d), without scripts %v (%d of %d), worst %v, login %v", m.p99.Round(10*time.Microsecond), m.heard,
		show(m.offered[works]), m.met[works], m.met[works]+m.missed[works], show(m.offered[waits]), m.met[waits], m.met[waits]+m.missed[waits], show(m.worst), show(m.login))
}

// anywhere is one of five thousand addresses in as many networks.
func anywhere(n int) string { return fmt.Sprintf("%d.%d.3.4", 100+n/250, n%250+1) }

// waitAsAsked joins as somebody without scripts who waits as long as they are
// asked to. It hands nothing on to its hand while it waits.
func (s *siege) waitAsAsked(ctx context.Context, address string, held *sync.Map) int {
	status, to := s.raw(ctx, "POST", "talk", "/en/start", address, "", "door=self&version="+s.version)
	if status != http.StatusSeeOther || !strings.HasPrefix(to, "/") {
		return status
	}
	turn := to[strings.LastIndex(to, "/")+1:]
	go func() {
		for range 3 {
			select {
			case <-ctx.Done():
				return
			case <-time.After(16 * time.Second):
			}
			if s.joinWith(ctx, address, turn, held) != asked {
				return
			}
		}
	}()
	return asked
}

// listensIdle starts a server that does nothing: what a flood at it costs the
// conversations is due to whoever makes the load, on the same processors.
func listensIdle(b *testing.B) (address string) {
	b.Helper()
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	srv := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusSeeOther) }), ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(on) }()
	b.Cleanup(func() { _ = srv.Close() })
	return on.Addr().String()
}
