package link_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"helpline"
	"helpline/chat/link"
	"helpline/chat/wire"
)

const ours = "https://line.example"

// A keeper receives for one socket and remembers.
type keeper struct {
	frames chan *wire.Frame
	gone   chan struct{} // closed by the first Gone; a second one panics
	socket *link.Socket
}

func (k *keeper) Receive(f *wire.Frame) bool { k.frames <- f; return false }
func (k *keeper) Gone()                      { close(k.gone) }

// listen serves sockets on the loopback and gives the address, and each new
// socket's keeper.
func listen(t *testing.T, s *link.Sockets) (url string, sockets chan *keeper) {
	t.Helper()
	sockets = make(chan *keeper, 8)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		socket, err := s.Upgrade(w, r)
		if err != nil {
			return
		}
		k := &keeper{frames: make(chan *wire.Frame, 1000), gone: make(chan struct{}), socket: socket}
		sockets <- k
		go socket.Serve(k)
	}))
	t.Cleanup(srv.Close)
	return "ws" + strings.TrimPrefix(srv.URL, "http"), sockets
}

// connected is a page's raw connection and the server's end of it.
func connected(t *testing.T, s *link.Sockets) (*websocket.Conn, *keeper) {
	t.Helper()
	url, sockets := listen(t, s)
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), url, http.Header{"Origin": {ours}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn, within(t, sockets)
}

func within[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case got := <-c:
		return got
	case <-time.After(time.Minute):
		t.Fatal("nothing came in a minute")
		panic("unreachable")
	}
}

// read gives the next frame, or the code of the close frame.
func read(t *testing.T, conn *websocket.Conn) (*wire.Frame, int) {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	_, b, err := conn.ReadMessage()
	if ce, ok := errors.AsType[*websocket.CloseError](err); ok {
		return nil, ce.Code
	}
	if err != nil {
		t.Fatalf("the connection ended without a close frame: %v", err)
	}
	f, err := wire.FromServer(b)
	if err != nil {
		t.Fatal(err)
	}
	return f, 0
}

func say(text string) *wire.Frame {
	return &wire.Frame{Kind: wire.Say, ID: helpline.NewID(), Body: `{"text":"` + text + `"}`}
}

func write(t *testing.T, conn *websocket.Conn, f *wire.Frame) {
	t.Helper()
	if err := conn.WriteMessage(websocket.TextMessage, wire.Append(nil, f)); err != nil {
		t.Fatal(err)
	}
}

func TestOnlyOurOriginIsUpgraded(t *testing.T) {
	url, sockets := listen(t, &link.Sockets{Origins: []string{ours, "http://localhost:8080"}})
	for _, c := range []struct {
		name    string
		origins []string
		open    bool
	}{
		{"ours", []string{ours}, true},
		{"our other one", []string{"http://localhost:8080"}, true},
		{"missing", nil, false},
		{"empty", []string{""}, false},
		{"null", []string{"null"}, false},
		{"another", []string{"https://other.example"}, false},
		{"ours with another scheme", []string{"http://line.example"}, false},
		{"ours with a port", []string{"https://line.example:443"}, false},
		{"another port", []string{"http://localhost:8081"}, false},
		{"a name below ours", []string{"https://a.line.example"}, false},
		{"ours as a beginning", []string{"https://line.example.other.example"}, false},
		{"ours with a slash", []string{ours + "/"}, false},
		{"ours in capitals", []string{"https://LINE.example"}, false},
		{"two, ours first", []string{ours, "https://other.example"}, false},
		{"two, both ours", []string{ours, ours}, false},
		{"two in one", []string{ours + ", " + ours}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, resp, err := websocket.DefaultDialer.DialContext(t.Context(), url, http.Header{"Origin": c.origins})
			if c.open {
				if err != nil {
					t.Fatal(err)
				}
				_ = conn.Close()
				within(t, within(t, sockets).gone)
				return
			}
			if err == nil || resp == nil || resp.StatusCode != http.StatusForbidden {
				t.Fatalf("answered %v, %v", resp, err)
			}
			if len(sockets) > 0 {
				t.Error("a socket was made all the same")
			}
		})
	}
}

func TestARequestThatIsNoUpgradeIsAnswered(t *testing.T) {
	s := &link.Sockets{Origins: []string{ours}}
	r := httptest.NewRequest(http.MethodGet, "/en/talk/link", nil)
	r.Header.Set("Origin", ours)
	w := httptest.NewRecorder()
	if _, err := s.Upgrade(w, r); helpline.KindOf(err) != helpline.Invalid || w.Code != http.StatusBadRequest {
		t.Errorf("answered %d, %v", w.Code, err)
	}
}

func TestFramesThatCloseTheLink(t *testing.T) {
	hello := string(wire.Append(nil, &wire.Frame{Kind: wire.Hello, V: 1, Round: 1, Upto: -1}))
	for _, c := range []struct {
		name  string
		kind  int
		bytes string
		code  string // of the problem before the end; empty: none
		close int
	}{
		{"one byte too long", websocket.TextMessage, hello + strings.Repeat(" ", wire.MaxFrame+1-len(hello)), "", websocket.CloseMessageTooBig},
		{"far too long", websocket.TextMessage, strings.Repeat("x", 1<<20), "", websocket.CloseMessageTooBig},
		{"binary", websocket.BinaryMessage, hello, "frame", websocket.CloseUnsupportedData},
		{"not JSON", websocket.TextMessage, "hello", "frame", websocket.ClosePolicyViolation},
		{"empty", websocket.TextMessage, "", "frame", websocket.ClosePolicyViolation},
		{"cut off", websocket.TextMessage, `{"k":"have","upto":`, "frame", websocket.ClosePolicyViolation},
		{"an unknown field", websocket.TextMessage, `{"k":"have","upto":1,"x":1}`, "frame", websocket.ClosePolicyViolation},
		{"an unknown kind", websocket.TextMessage, `{"k":"shout"}`, "frame", websocket.ClosePolicyViolation},
		{"a frame only the server says", websocket.TextMessage, `{"k":"room"}`, "frame", websocket.ClosePolicyViolation},
		{"a number below zero", websocket.TextMessage, `{"k":"have","upto":-2}`, "frame", websocket.ClosePolicyViolation},
		{"lone bytes", websocket.TextMessage, "{\"k\":\"leave\",\"reason\":\"\xff\"}", "frame", websocket.ClosePolicyViolation},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, k := connected(t, &link.Sockets{Origins: []string{ours}})
			if err := conn.WriteMessage(c.kind, []byte(c.bytes)); err != nil {
				t.Fatal(err)
			}
			f, code := read(t, conn)
			if c.code != "" {
				if f == nil || f.Kind != wire.Problem || f.Code != c.code {
					t.Fatalf("told %+v, closed with %d", f, code)
				}
				_, code = read(t, conn)
			}
			if code != c.close {
				t.Errorf("closed with %d, want %d", code, c.close)
			}
			_ = conn.Close()
			within(t, k.gone)
			if len(k.frames) > 0 {
				t.Error("the frame was handed on")
			}
		})
	}
}

func TestALongestFrameIsRead(t *testing.T) {
	conn, k := connected(t, &link.Sockets{Origins: []string{ours}})
	hello := string(wire.Append(nil, &wire.Frame{Kind: wire.Hello, V: 1, Round: 1, Upto: -1}))
	if err := conn.WriteMessage(websocket.TextMessage, []byte(hello+strings.Repeat(" ", wire.MaxFrame-len(hello)))); err != nil {
		t.Fatal(err)
	}
	if f := within(t, k.frames); f.Kind != wire.Hello {
		t.Errorf("received %s", f.Kind)
	}
	write(t, conn, say(strings.Repeat("word ", 790)))
	write(t, conn, say("short"))
	if a, b := within(t, k.frames), within(t, k.frames); len(a.Body) < 3900 || b.Body != `{"text":"short"}` {
		t.Errorf("received %d bytes, then %q", len(a.Body), b.Body)
	}
}

func TestALinkOverItsBudgetIsToldWhenToComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn, k := inMemory(t, &link.Sockets{Origins: []string{ours}, Budget: link.Budget{Burst: 20, PerSecond: 1}})
		have := func(n int) {
			for range n {
				_ = conn.WriteMessage(websocket.TextMessage, wire.Append(nil, &wire.Frame{Kind: wire.Have, Upto: 1}))
			}
		}
		have(20)
		time.Sleep(2 * time.Second)
		go have(10)
		f, _ := read(t, conn)
		if f == nil || f.Kind != wire.Problem || f.Code != "slow" || f.Retry < 1 || f.Retry > 60 {
			t.Fatalf("told %+v", f)
		}
		if _, code := read(t, conn); code != websocket.CloseTryAgainLater {
			t.Errorf("closed with %d", code)
		}
		_ = conn.Close()
		within(t, k.gone)
		if n := len(k.frames); n != 22 {
			t.Errorf("%d frames were handed on", n)
		}
	})
}

func TestABadTextIsAnsweredAndTheLinkLivesOn(t *testing.T) {
	conn, k := connected(t, &link.Sockets{Origins: []string{ours}})
	bad := say("data:image/png;base64,AAAA")
	write(t, conn, bad)
	if f, _ := read(t, conn); f == nil || f.Kind != wire.Problem || f.Code != "text" || f.ID != bad.ID {
		t.Fatalf("told %+v", f)
	}
	good := say("hello")
	write(t, conn, good)
	if f := within(t, k.frames); f.ID != good.ID {
		t.Errorf("received %+v", f)
	}
	k.socket.Send(wire.Pack(&wire.Frame{Kind: wire.Room}))
	if f, _ := read(t, conn); f == nil || f.Kind != wire.Room {
		t.Errorf("told %+v", f)
	}
}

func TestWordsAloneAreCarriedUnlessACheckOfItsOwnSaysOtherwise(t *testing.T) {
	card := &wire.Frame{Kind: wire.Say, ID: helpline.NewID(), Body: `{"card":{}}`}
	conn, _ := connected(t, &link.Sockets{Origins: []string{ours}})
	write(t, conn, card)
	if f, _ := read(t, conn); f == nil || f.Code != "text" || f.ID != card.ID {
		t.Errorf("a visitor's card: told %+v", f)
	}

	var asked helpline.ID
	conn, k := connected(t, &link.Sockets{Origins: []string{ours}, Check: func(id helpline.ID, body string) error {
		asked = id
		if body != card.Body {
			return link.CheckBody("no words")
		}
		return nil
	}})
	write(t, conn, card)
	if f := within(t, k.frames); f.ID != card.ID || asked != card.ID {
		t.Errorf("received %+v, asked about %s", f, asked)
	}
	write(t, conn, say("hello"))
	if f, _ := read(t, conn); f == nil || f.Code != "text" {
		t.Errorf("what the check refuses: told %+v", f)
	}
}

func TestAMessageThatACheckRefusesIsRefusedWithTheKindOfTheReason(t *testing.T) {
	kinds := map[string]error{
		"text":      helpline.Errorf(helpline.Invalid, "no card"),
		"removed":   helpline.Errorf(helpline.NotFound, "gone"),
		"changed":   helpline.Errorf(helpline.Conflict, "hidden"),
		"unchecked": context.DeadlineExceeded,
	}
	conn, _ := connected(t, &link.Sockets{Origins: []string{ours}, Check: func(_ helpline.ID, body string) error { return kinds[body] }})
	for code := range kinds {
		f := &wire.Frame{Kind: wire.Say, ID: helpline.NewID(), Body: code}
		write(t, conn, f)
		if told, _ := read(t, conn); told == nil || told.Code != code || told.ID != f.ID {
			t.Errorf("%s: told %+v", code, told)
		}
	}
}

// TestAPageThatNeverReadsLosesItsLink and Send never waits for it.
func TestAPageThatNeverReadsLosesItsLink(t *testing.T) {
	_, k := connected(t, &link.Sockets{Origins: []string{ours}})
	p := wire.Pack(&wire.Frame{Kind: wire.Said, Entry: wire.Entry{At: 2, Side: wire.Counsellor, ID: helpline.NewID(), Body: strings.Repeat("a", 16_000)}})
	slowest := time.Duration(0)
	sent := 0
	for ; sent < 4000; sent++ { // 68 MB: more than any buffer between us and the page
		before := time.Now()
		k.socket.Send(p)
		slowest = max(slowest, time.Since(before))
		select {
		case <-k.gone:
			if slowest > 8*time.Second { // the network has ten for what it was given
				t.Errorf("one Send took %s", slowest)
			}
			k.socket.Send(p) // and nothing happens
			k.socket.Drop(0)
			return
		default:
		}
	}
	within(t, k.gone)
}

func TestDropWritesWhatIsQueuedFirst(t *testing.T) {
	for _, again := range []int{0, 7} {
		conn, k := connected(t, &link.Sockets{Origins: []string{ours}})
		for n := range 50 {
			k.socket.Send(wire.Pack(&wire.Frame{Kind: wire.Have, Upto: int64(n)}))
		}
		k.socket.Drop(again)
		k.socket.Drop(99)
		k.socket.Send(wire.Pack(&wire.Frame{Kind: wire.Room})) // too late
		for n := range 50 {
			if f, code := read(t, conn); f == nil || f.Kind != wire.Have || f.Upto != int64(n) {
				t.Fatalf("frame %d is %+v, closed with %d", n, f, code)
			}
		}
		if again > 0 {
			if f, _ := read(t, conn); f == nil || f.Code != "stopping" || f.Retry != again {
				t.Fatalf("told %+v", f)
			}
		}
		if f, code := read(t, conn); code != websocket.CloseGoingAway {
			t.Errorf("told %+v, closed with %d", f, code)
		}
		within(t, k.gone)
	}
}

// TestGoneIsCalledOnce, whichever way and however often the link ends: the
// keeper panics at a second one.
func TestGoneIsCalledOnce(t *testing.T) {
	for name, end := range map[string]func(*websocket.Conn, *keeper){
		"the page closes": func(c *websocket.Conn, _ *keeper) { _ = c.WriteMessage(websocket.CloseMessage, nil) },
		"the page is cut": func(c *websocket.Conn, _ *keeper) { _ = c.NetConn().Close() },
		"dropped":         func(_ *websocket.Conn, k *keeper) { k.socket.Drop(0) },
		"dropped and cut": func(c *websocket.Conn, k *keeper) { k.socket.Drop(1); _ = c.NetConn().Close(); k.socket.Drop(0) },
		"refused, then dropped": func(c *websocket.Conn, k *keeper) {
			_ = c.WriteMessage(websocket.TextMessage, []byte("x"))
			k.socket.Drop(0)
		},
		"refused, and talked on": func(c *websocket.Conn, _ *keeper) {
			for range 9 {
				_ = c.WriteMessage(websocket.TextMessage, []byte("x"))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			conn, k := connected(t, &link.Sockets{Origins: []string{ours}})
			end(conn, k)
			go func() { // a browser answers a close frame
				for {
					if _, _, err := conn.ReadMessage(); err != nil {
						_ = conn.NetConn().Close()
						return
					}
				}
			}()
			within(t, k.gone)
			k.socket.Send(wire.Pack(&wire.Frame{Kind: wire.Room}))
			k.socket.Drop(0)
		})
	}
}

func TestDialSpeaksAsAPage(t *testing.T) {
	url, sockets := listen(t, &link.Sockets{Origins: []string{ours}})
	if _, err := link.Dial(t.Context(), url, nil); helpline.KindOf(err) != helpline.Unavailable || !strings.Contains(err.Error(), "403") {
		t.Errorf("without an origin: %v", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := link.Dial(stopped, url, nil); helpline.KindOf(err) != helpline.Unavailable {
		t.Errorf("after the end: %v", err)
	}
	p, err := link.Dial(t.Context(), url, http.Header{"Origin": {ours}})
	if err != nil {
		t.Fatal(err)
	}
	k := within(t, sockets)
	if err := p.Send(say("hello")); err != nil {
		t.Fatal(err)
	}
	within(t, k.frames)
	k.socket.Send(wire.Pack(&wire.Frame{Kind: wire.Room}))
	if f, err := p.Receive(); err != nil || f.Kind != wire.Room {
		t.Errorf("received %+v, %v", f, err)
	}
	_ = p.Close()
	within(t, k.gone)
	if _, err := p.Receive(); err == nil {
		t.Error("a closed page receives")
	}
}

func TestNobodyThrowsAway(t *testing.T) {
	var n link.Nobody
	n.Receive(say("hello"))
	n.Gone()
}
