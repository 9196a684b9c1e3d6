package main

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"helpline/chat/gate"
)

// testDoor is a gate with room for sixteen live links, which believes the
// cookie "who": "talks 1" or "waits 1".
func testDoor() *admission {
	return &admission{
		gate: gate.New(16, nil), doors: map[string]gate.Door{"POST /start": gate.Starts},
		live: []string{"GET /live"}, free: []string{"GET /a/{hash}/{path...}"},
		holder: func(r *http.Request) (holder, bool) {
			c, err := r.Cookie("who")
			if err != nil {
				return holder{}, false
			}
			return holder{name: c.Value, talks: strings.HasPrefix(c.Value, "talks"), door: gate.Held}, true
		},
	}
}

// live takes the connection over and answers a line, then whatever it reads.
func live(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	go func() {
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Live\r\n\r\n")
		_, _ = io.Copy(io.Discard, conn)
		_ = conn.Close()
	}()
}

func TestStartsAreLimitedPerAddressAndTicketsPassAllTheSame(t *testing.T) {
	url, _ := serveEdge(t, false, false)
	status, granted := 0, 0
	var refused *http.Response
	var text string
	for range 1000 {
		if refused, text = ask(t, "POST", url+"/start", nil, ""); refused.StatusCode != 204 {
			break
		}
		granted++
	}
	if granted < 200 || granted > 300 || refused.StatusCode != 429 || text != "page 429 of talk.example" {
		t.Errorf("after %d starts: %d %q", granted, refused.StatusCode, text)
	}
	if after, err := strconv.Atoi(refused.Header.Get("Retry-After")); err != nil || after < 1 || after > 60 {
		t.Errorf("Retry-After is %q", refused.Header.Get("Retry-After"))
	}
	for _, c := range []struct {
		what, method, path string
		header             http.Header
		want               int
	}{
		{"a ticket resumes through the same door", "POST", "/start", http.Header{"Cookie": {"who=waits 1"}}, 204},
		{"another page", "POST", "/form", nil, 204},
		{"an asset", "GET", "/a/x/y.css", nil, 200},
	} {
		got, _ := ask(t, c.method, url+c.path, c.header, "")
		if status = got.StatusCode; status != c.want {
			t.Errorf("%s was answered %d, want %d", c.what, status, c.want)
		}
	}
}

func TestOneTicketDoesNotUseUpTheBudgetOfAnother(t *testing.T) {
	url, _ := serveEdge(t, false, false)
	refused := false
	for range 400 {
		got, _ := ask(t, "POST", url+"/form", http.Header{"Cookie": {"who=talks 1"}}, "")
		refused = refused || got.StatusCode == 429
	}
	if !refused {
		t.Error("a ticket may ask without end")
	}
	if got, _ := ask(t, "POST", url+"/form", http.Header{"Cookie": {"who=talks 2"}}, ""); got.StatusCode != 204 {
		t.Errorf("another ticket through the same address was answered %d", got.StatusCode)
	}
}

// dial opens a live link and gives its connection and the status.
func dial(t *testing.T, url, who string) (net.Conn, string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	fmt.Fprintf(conn, "GET /live HTTP/1.1\r\nHost: talk.example\r\nCookie: who=%s\r\n\r\n", who)
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return conn, strings.Fields(line)[1]
}

// TestWhoTalksGetsALinkWhenThoseWhoWaitHaveAllTheyMayHave and a link that has
// ended makes room for another.
func TestWhoTalksGetsALinkWhenThoseWhoWaitHaveAllTheyMayHave(t *testing.T) {
	url, _ := serveEdge(t, false, false)
	var conns []net.Conn
	last := ""
	for i := range 16 {
		conn, status := dial(t, url, fmt.Sprint("waits ", i))
		if last = status; status != "101" {
			break
		}
		conns = append(conns, conn)
	}
	if last != "429" || len(conns) < 8 || len(conns) > 15 {
		t.Fatalf("%d who wait have links, the next was answered %s", len(conns), last)
	}
	talking, status := dial(t, url, "talks 1")
	if status != "101" {
		t.Fatalf("who talks was answered %s", status)
	}
	if err := talking.Close(); err != nil {
		t.Fatal(err)
	}
	if err := conns[0].Close(); err != nil {
		t.Fatal(err)
	}
	wait(t, "the place of a link that has ended", func() bool {
		_, status := dial(t, url, "waits 99")
		return status == "101"
	})
}

// TestConnectionsHeldOpenLoseTheirPlaceToNewOnes: whoever opens connections
// and says nothing keeps nobody out.
func TestConnectionsHeldOpenLoseTheirPlaceToNewOnes(t *testing.T) {
	url, _ := serveEdge(t, false, false)
	var held []net.Conn
	for range 120 { // one address has fifty places here
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		held = append(held, conn)
	}
	if got, _ := ask(t, "GET", url+"/en/", nil, ""); got.StatusCode != 200 {
		t.Fatalf("an honest request was answered %d", got.StatusCode)
	}
	_ = held[0].SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, err := held[0].Read(make([]byte, 1)); err == nil {
		t.Error("the oldest connection was given something to read")
	} else if e, ok := err.(net.Error); ok && e.Timeout() {
		t.Error("the oldest connection was kept open")
	}
}

// TestAFrameThatIsNotLetInAsksAgainByItself: nobody loads a frame again by hand.
func TestAFrameThatIsNotLetInAsksAgainByItself(t *testing.T) {
	d := testDoor()
	d.live = append(d.live, "GET /words/{page}", "POST /words/{page}")
	s := &site{frames: []string{"GET /words/{page}", "POST /words/{page}", "POST /write/{page}"}, problem: func(w http.ResponseWriter, _ *http.Request, status int) { w.WriteHeader(status) }}
	for pattern, want := range map[string]string{"GET /words/{page}": "20", "POST /words/{page}": "20", "POST /write/{page}": "", "GET /live": ""} {
		method, path, _ := strings.Cut(pattern, " ")
		w := httptest.NewRecorder()
		d.refuse(w, httptest.NewRequest(method, strings.Replace(path, "{page}", "a", 1), nil), s, pattern, 20*time.Second)
		if w.Code != http.StatusTooManyRequests || w.Header().Get("Refresh") != want {
			t.Errorf("%s: %d, Refresh %q", pattern, w.Code, w.Header().Get("Refresh"))
		}
	}
	s.again = func(w http.ResponseWriter, _ *http.Request, status int) bool {
		_, _ = w.Write([]byte("the words"))
		return true
	}
	for method, want := range map[string]string{"POST": "the words", "GET": ""} {
		w := httptest.NewRecorder()
		d.refuse(w, httptest.NewRequest(method, "/write/a", nil), s, method+" /write/{page}", 20*time.Second)
		if got := w.Body.String(); got != want || w.Header().Get("Retry-After") != "20" {
			t.Errorf("%s: %q came back", method, got)
		}
	}
}

// TestALinkThatGoesOnAfterItsAnswerKeepsItsPlace, and gives it back once; another
// gives it back with its answer.
func TestALinkThatGoesOnAfterItsAnswerKeepsItsPlace(t *testing.T) {
	s := testSite("talk.example")
	s.door.live = append(s.door.live, "GET /pieces", "GET /stream")
	var done func()
	s.mux.HandleFunc("GET /pieces", func(_ http.ResponseWriter, r *http.Request) { done = gate.Stay(r.Context()) })
	s.mux.HandleFunc("GET /stream", func(http.ResponseWriter, *http.Request) {
		if n := s.door.gate.Links(); n != 1 {
			t.Errorf("%d links are counted while it is answered", n)
		}
	})
	e := newEdge(new(gate.Keys), false, false, newLog(io.Discard, slog.LevelError), s)
	for _, c := range []struct {
		path string
		want int
	}{{"/stream", 0}, {"/pieces", 1}} {
		r := httptest.NewRequest("GET", "http://talk.example"+c.path, nil)
		r.AddCookie(&http.Cookie{Name: "who", Value: "talks 1"})
		e.ServeHTTP(httptest.NewRecorder(), r)
		if n := s.door.gate.Links(); n != c.want {
			t.Errorf("%s: %d links are counted afterwards, want %d", c.path, n, c.want)
		}
	}
	for range 2 {
		done()
	}
	if n := s.door.gate.Links(); n != 0 {
		t.Errorf("%d links are counted when it was given back", n)
	}
	gate.Stay(t.Context())() // without a place nothing happens
}
