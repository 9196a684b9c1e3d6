package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha3"
	"encoding/base32"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"helpline"
	"helpline/chat/gate"
	"helpline/chat/link"
	"helpline/chat/sim"
	"helpline/chat/wire"
)

// onionName is the name of an onion service that nobody has.
var onionName = func() string {
	key := bytes.Repeat([]byte{7}, 32)
	sum := sha3.Sum256(append([]byte(".onion checksum"), append(bytes.Clone(key), 3)...))
	return strings.ToLower(base32.StdEncoding.EncodeToString(append(key, sum[0], sum[1], 3))) + ".onion"
}()

// circuitLine is what Tor writes first.
func circuitLine(number int) string {
	return fmt.Sprintf("PROXY TCP6 fc00:dead:beef:4dad::%x:%x ::1 %d 80\r\n", number>>16, number&0xffff, number&0xffff)
}

// accepted is the other end of a connection to an onion listener, on which
// something has been sent.
func accepted(t *testing.T, send string) (conn net.Conn, strange *int) {
	t.Helper()
	near, far := net.Pipe()
	t.Cleanup(func() { _, _ = near.Close(), far.Close() })
	strange = new(int)
	l := &onionListener{Listener: once{near}, keys: new(gate.Keys), places: gate.NewPlaces(10, 10), strange: func() { *strange++ }}
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_, _ = io.WriteString(far, send) // whoever refuses closes
		_ = far.Close()
	}()
	return conn, strange
}

func TestACircuitBecomesTheRateKeyAndNothingOfItsLineIsLeft(t *testing.T) {
	conn, strange := accepted(t, circuitLine(666)+"GET / HTTP/1.1\r\n"+strings.Repeat("x", 300))
	remote := conn.RemoteAddr().String()
	if len(remote) != 24 || strings.ContainsAny(remote, ".:") {
		t.Errorf("RemoteAddr is %q", remote)
	}
	all, err := io.ReadAll(conn)
	if err != nil || string(all) != "GET / HTTP/1.1\r\n"+strings.Repeat("x", 300) {
		t.Errorf("what came after the line is %q, %v", all, err)
	}
	if *strange != 0 {
		t.Error("it is called strange")
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
}

func TestAConnectionWithoutACircuitIsClosedAndCounted(t *testing.T) {
	for _, c := range []struct {
		name, sends string
		counted     int
	}{
		{"a request", "GET / HTTP/1.1\r\nHost: " + onionName + "\r\n\r\n", 1},
		{"half a line", "PROXY TCP6 fc00:dead", 1},
		{"another proxy's line", "PROXY TCP4 192.0.2.7 127.0.0.1 1000 80\r\nGET / HTTP/1.1\r\n", 1},
		{"a line without end", strings.Repeat("PROXY ", 1000), 1},
		{"nothing", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, strange := accepted(t, c.sends)
			if got := conn.RemoteAddr().String(); got != gate.Unknown {
				t.Errorf("RemoteAddr is %q", got)
			}
			if all, err := io.ReadAll(conn); err != nil || len(all) > 0 {
				t.Errorf("it reads %q, %v", all, err)
			}
			if _, err := conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n")); err == nil {
				t.Error("it is answered")
			}
			if *strange != c.counted {
				t.Errorf("counted %d times, want %d", *strange, c.counted)
			}
		})
	}
}

func TestSlowConnectionsOfTorKeepNobodyWaiting(t *testing.T) {
	base, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &onionListener{Listener: base, keys: new(gate.Keys), strange: func() {}}
	s := newServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.RemoteAddr) }), new(atomic.Bool), slog.New(slog.DiscardHandler), "", "")
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { ended <- s.run(ctx, plain, func() {}, l) }()
	var slow []net.Conn
	for range 20 { // say nothing
		one, err := net.Dial("tcp", base.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		slow = append(slow, one)
	}
	answer, body := torAsk(t, base.Addr().String(), 5, "GET", "/", "any", "")
	if answer.StatusCode != 200 || len(body) != 24 {
		t.Errorf("answered %d %q", answer.StatusCode, body)
	}
	for _, one := range slow {
		_ = one.Close()
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// torAsk sends one request through a circuit.
func torAsk(t *testing.T, addr string, circuit int, method, path, host, cookie string, form ...string) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	body := strings.Join(form, "&")
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nX-Forwarded-For: 192.0.2.99\r\n", method, path, host)
	if method == http.MethodPost {
		head += fmt.Sprintf("Origin: http://%s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n", host, len(body))
	}
	if cookie != "" {
		head += "Cookie: " + cookie + "\r\n"
	}
	if _, err := io.WriteString(conn, circuitLine(circuit)+head+"\r\n"+body); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}

// onionWorld is a line with an onion service beside its other host names.
func onionWorld(t *testing.T) (w *world, onion, first string) {
	t.Helper()
	file, _, first := founded(t)
	w = begin(t, `listen (\S+)`, "serve", "--config", file, "--onion-listen", "127.0.0.1:0", "--onion-host", onionName)
	wait(t, "the onion listener", func() bool {
		m := regexp.MustCompile(`onion (127\.0\.0\.1:\d+)`).FindStringSubmatch(w.out.String())
		if m != nil {
			onion = m[1]
		}
		return m != nil
	})
	return w, onion, first
}

// TestAVisitorOverTorIsAskedWhetherTheyAreReady: front, promise, start and the
// live link, through the onion listener and under its name.
func TestAVisitorOverTorIsAskedWhetherTheyAreReady(t *testing.T) {
	w, onion, first := onionWorld(t)
	desk := w.browser("desk.example", "https://desk.example")
	desk.join(first, "Robin")
	lane := desk.dial("/desk/lane", nil)
	lane.send(&wire.Frame{Kind: wire.Duty, On: true}, &wire.Frame{Kind: wire.Next, On: true})
	lane.until("duty", func() bool { return lane.board.On && lane.board.Asking })

	if answer, page := torAsk(t, onion, 1, "GET", "/en/", onionName, ""); answer.StatusCode != 200 ||
		answer.Header.Get("Strict-Transport-Security") != "" || answer.Header.Get("Onion-Location") != "" ||
		!strings.Contains(answer.Header.Get("Content-Security-Policy"), "connect-src 'self' ws://"+onionName+";") || !strings.Contains(page, "/en/door") {
		t.Fatalf("the front page was answered %d with %v", answer.StatusCode, answer.Header)
	}
	_, promise := torAsk(t, onion, 1, "GET", "/en/before/1", onionName, "")
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(promise)
	answer, page := torAsk(t, onion, 2, "POST", "/en/start", onionName, "", "door=self", "version="+version[1])
	if answer.StatusCode != 303 || len(answer.Cookies()) == 0 {
		t.Fatalf("start was answered %d: %s", answer.StatusCode, page)
	}
	place := answer.Cookies()[0]
	if !strings.HasPrefix(place.Name, "__Host-") || !place.Secure {
		t.Errorf("the cookie is %v", place)
	}
	// The live link goes through a small Tor of our own: it names a circuit.
	tor, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tor.Close()
	go bring(tor, onion, 3)
	for origin, want := range map[string]bool{"http://" + onionName: true, "https://" + onionName: false, "https://talk.example": false, "": false} {
		h := http.Header{"Host": {onionName}, "Cookie": {place.Name + "=" + place.Value}}
		if origin != "" {
			h.Set("Origin", origin)
		}
		l, err := link.Dial(t.Context(), "ws://"+tor.Addr().String()+"/en/talk/link", h)
		if (err == nil) != want {
			t.Errorf("a live link with the origin %q: %v", origin, err)
		}
		if err != nil {
			continue
		}
		life := sim.NewPage(wire.Visitor, helpline.NewID())
		for frames := life.Open(); life.Stage != "offered"; {
			for _, f := range frames {
				if err := l.Send(f); err != nil {
					t.Fatal(err)
				}
			}
			f, err := l.Receive()
			if err != nil {
				t.Fatal(err)
			}
			frames = life.Handle(f)
		}
		_ = l.Close()
	}
	w.stop()
	for _, secret := range []string{"fc00", "dead:beef", "192.0.2.99"} {
		if strings.Contains(w.err.String(), secret) || strings.Contains(w.out.String(), secret) {
			t.Errorf("%q stands in what the line printed", secret)
		}
	}
}

// bring carries connections to an onion listener and names a circuit, as Tor
// does, until its own listener is closed.
func bring(from net.Listener, to string, circuit int) {
	for {
		near, err := from.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", to)
		if err != nil {
			_ = near.Close()
			continue
		}
		_, _ = io.WriteString(far, circuitLine(circuit))
		go func() {
			_, _ = io.Copy(far, near)
			_ = far.Close()
		}()
		go func() {
			_, _ = io.Copy(near, far)
			_ = near.Close()
		}()
	}
}

// TestEachListenerHasItsOwnNames: over Tor there is no staff's page and no
// other name, and the onion service is nowhere else.
func TestEachListenerHasItsOwnNames(t *testing.T) {
	w, onion, _ := onionWorld(t)
	for host, want := range map[string]int{onionName: 200, strings.ToUpper(onionName): 200, "talk.example": 421, "desk.example": 421, "localhost": 421, onionName + ":80": 421} {
		if answer, _ := torAsk(t, onion, 1, "GET", "/en/", host, ""); answer.StatusCode != want {
			t.Errorf("over Tor %s was answered %d, want %d", host, answer.StatusCode, want)
		}
	}
	if answer, _ := torAsk(t, onion, 1, "GET", "/login", onionName, ""); answer.StatusCode != 404 {
		t.Errorf("a login over Tor was answered %d", answer.StatusCode)
	}
	b := w.browser(onionName, "")
	if answer, _ := b.get("/en/"); answer.StatusCode != 421 {
		t.Errorf("the onion name without Tor was answered %d", answer.StatusCode)
	}
	open := w.browser("talk.example", "")
	for path, want := range map[string]string{
		"/en/": "http://" + onionName + "/en/", "/nl/before/3": "http://" + onionName + "/nl/before/3", "/en/leaving?x=1": "http://" + onionName + "/en/leaving",
		"/en/talk": "", "/healthz": "", "/no/such": "", "/en/moment/1/x": "",
	} {
		if answer, _ := open.get(path); answer.Header.Get("Onion-Location") != want {
			t.Errorf("%s offers %q, want %q", path, answer.Header.Get("Onion-Location"), want)
		}
	}
	if answer, _ := w.browser("desk.example", "").get("/login"); answer.Header.Get("Onion-Location") != "" {
		t.Error("the staff's pages offer an onion service")
	}
}

func TestOneCircuitDoesNotUseUpTheBudgetOfAnother(t *testing.T) {
	_, onion, _ := onionWorld(t)
	refused := false
	for range 400 {
		answer, _ := torAsk(t, onion, 1, "POST", "/en/start", onionName, "", "door=self", "version=0")
		if refused = answer.StatusCode == 429; refused {
			break
		}
	}
	if !refused {
		t.Error("one circuit may start without end")
	}
	if answer, _ := torAsk(t, onion, 2, "POST", "/en/start", onionName, "", "door=self", "version=0"); answer.StatusCode == 429 {
		t.Error("another circuit is refused too")
	}
}

func TestTheSettingsOfAnOnionServiceAreChecked(t *testing.T) {
	slip := "a" + onionName[1:]
	if onionName[0] == 'a' {
		slip = "b" + onionName[1:]
	}
	for _, c := range []struct{ name, listen, host, want string }{
		{"a socket", "unix:/run/helpline/onion.sock", onionName, ""},
		{"an address of this machine", "127.0.0.1:8081", onionName, ""},
		{"none", "", "", ""},
		{"only a listener", "127.0.0.1:8081", "", "belong together"},
		{"only a name", "", onionName, "belong together"},
		{"an address for everybody", "0.0.0.0:8081", onionName, "onion_listen"},
		{"a socket without a folder", "unix:onion.sock", onionName, "onion_listen"},
		{"a slip", "127.0.0.1:8081", slip, "slip"},
		{"a name of version 2", "127.0.0.1:8081", "expyuzz4wqqyqhjn.onion", "56 letters"},
		{"capitals", "127.0.0.1:8081", strings.ToUpper(onionName), "56 letters"},
		{"a port", "127.0.0.1:8081", onionName + ":80", "56 letters"},
		{"an address", "127.0.0.1:8081", "http://" + onionName, "56 letters"},
		{"another name", "127.0.0.1:8081", "talk.example.org", "56 letters"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := configure(map[string]string{"onion_listen": c.listen, "onion_host": c.host}, noEnv, written(t, good))
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// TestTheDoctorAsksAsTorWould: a line that answers there, one that does not,
// and a socket that every account may use.
func TestTheDoctorAsksAsTorWould(t *testing.T) {
	_, onion, _ := onionWorld(t)
	dir, err := os.MkdirTemp("", "o")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	loose := filepath.Join(dir, "s")
	on, err := net.Listen("unix", loose)
	if err != nil {
		t.Fatal(err)
	}
	defer on.Close()
	if err := os.Chmod(loose, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, listen, host string
		own                *front
		want               verdict
		says               string
	}{
		{"an address", onion, onionName, new(front), look, "every program"},
		{"another name than the line has", onion, "x" + onionName, new(front), wrong, "does not answer"},
		{"nobody listens", "127.0.0.1:1", onionName, new(front), wrong, "does not answer"},
		{"a line that stands still", "127.0.0.1:1", onionName, nil, fine, "when the line runs"},
		{"no folder", "unix:" + dir + "/no/s", onionName, nil, wrong, "folder"},
		{"a socket for everybody", "unix:" + loose, onionName, nil, wrong, "every account"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := lookAtOnion(t.Context(), &ground{conf: config{OnionListen: c.listen, OnionHost: c.host}, own: c.own})
			if len(got) != 1 || got[0].State != c.want || !strings.Contains(got[0].Says, c.says) {
				t.Errorf("got %v", got)
			}
		})
	}
	if got := lookAtOnion(t.Context(), &ground{}); got != nil {
		t.Errorf("without an onion service: %v", got)
	}
}

// TestASocketIsTakenOverFromTheDeadOnlyAndNothingElseIsRemoved.
func TestASocketIsTakenOverFromTheDeadOnlyAndNothingElseIsRemoved(t *testing.T) {
	dir, err := os.MkdirTemp("", "o") // the name of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "s")
	on, err := listenOnion("unix:" + path)
	if err != nil {
		t.Fatal(err)
	}
	if at, err := os.Stat(path); err != nil || at.Mode().Perm() != 0o660 {
		t.Errorf("the socket has the mode %v, %v", at.Mode(), err)
	}
	if _, err := listenOnion("unix:" + path); err == nil || !strings.Contains(err.Error(), "listens there already") {
		t.Errorf("a socket on which somebody listens: %v", err)
	}
	on.(*net.UnixListener).SetUnlinkOnClose(false) // as a line that was killed
	if err := on.Close(); err != nil {
		t.Fatal(err)
	}
	if on, err = listenOnion("unix:" + path); err != nil {
		t.Fatalf("the socket of a line that died: %v", err)
	}
	_ = on.Close()
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := listenOnion("unix:" + path); err == nil {
		t.Error("a file was taken for a socket")
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "mine" {
		t.Errorf("the file is %q, %v", text, err)
	}
}
