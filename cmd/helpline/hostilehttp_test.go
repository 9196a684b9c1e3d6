package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"helpline/chat/gate"
)

// attacked is a line that runs as in earnest, on a real port, and what it was
// like before anything was done to it.
type attacked struct {
	*world
	staff  *browser // a supervisor who also counsels
	pass   string   // of theirs
	before int      // goroutines
}

// attack starts a line, for a test that runs beside others.
func attack(t *testing.T) *attacked {
	t.Helper()
	t.Parallel()
	file, _, first := founded(t)
	w := begin(t, `listen (127\.0\.0\.1:\d+)\n`, "serve", "--config", file)
	a := &attacked{world: w, staff: w.browser("desk.example", "https://desk.example")}
	a.pass = a.staff.join(first, "Anna")
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	a.honest(t)
	a.before = a.goroutines()
	t.Cleanup(func() { a.unharmed(t) })
	return a
}

// honest is a visit of somebody who means well; it must always work.
func (a *attacked) honest(t *testing.T) {
	t.Helper()
	conn := a.dial(t)
	defer conn.Close()
	got, _ := conn.exchange(t, "GET /en/ HTTP/1.1\r\nHost: talk.example\r\nConnection: close\r\n\r\n")
	if got == nil || got.StatusCode != http.StatusOK {
		t.Fatalf("an honest visitor was answered %v", got)
	}
}

// unharmed holds after an attack: an honest visitor is served, no goroutine is
// left, and the log has only lines and keys that it may have.
func (a *attacked) unharmed(t *testing.T) {
	t.Helper()
	a.honest(t)
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	for end := time.Now().Add(30 * time.Second); a.goroutines() > a.before; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("there were %d goroutines before the attack, and now:\n%s", a.before, strings.Join(a.stacks(), "\n\n"))
		}
	}
	wait(t, "the log to be written", func() bool { return strings.HasSuffix(a.err.String(), "\n") })
	for line := range strings.Lines(a.err.String()) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Errorf("the log has a line that is none: %q", line)
			continue
		}
		for key := range fields {
			if _, known := logKeys[key]; !known && key != slog.TimeKey && key != slog.LevelKey && key != slog.MessageKey {
				t.Errorf("the log has the key %q: %s", key, line)
			}
		}
		if strings.Contains(line, mark) || strings.Contains(line, "127.0.0.1") && fields["listen"] == nil || fields["level"] == "ERROR" {
			t.Errorf("the log says: %s", line)
		}
	}
}

// mark stands in everything hostile; it must come back in no answer.
const mark = "MqZx7"

// wired is a connection on which a test writes what it likes.
type wired struct {
	net.Conn
	r *bufio.Reader
}

func (a *attacked) dial(t *testing.T) *wired {
	t.Helper()
	conn, err := net.Dial("tcp", a.addr)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	return &wired{conn, bufio.NewReader(conn)}
}

// exchange writes and reads one answer; nil when the connection was closed
// without one.
func (c *wired) exchange(t *testing.T, send string) (*http.Response, string) {
	t.Helper()
	_, _ = io.WriteString(c, send) // the server may refuse before it has read all of it
	return c.answer(t, send)
}

func (c *wired) answer(t *testing.T, send string) (*http.Response, string) {
	t.Helper()
	method, _, _ := strings.Cut(strings.TrimLeft(send, "\r\n"), " ")
	got, err := http.ReadResponse(c.r, &http.Request{Method: method})
	if err != nil {
		if errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal("neither an answer nor an end came")
		}
		return nil, ""
	}
	defer got.Body.Close()
	if got.StatusCode == http.StatusContinue {
		return c.answer(t, send)
	}
	body, err := io.ReadAll(got.Body)
	if err != nil && errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal("the answer has no end")
	}
	return got, string(body)
}

// ended waits until the other side has closed, and says what came before.
func (c *wired) ended(t *testing.T) string {
	t.Helper()
	rest, err := io.ReadAll(c.r)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection was left open")
	}
	return string(rest)
}

// guarded says what is wrong with an answer whatever it is about.
func guarded(t *testing.T, got *http.Response, body string) {
	t.Helper()
	for _, name := range protective {
		if got.Header.Get(name) == "" {
			t.Errorf("the answer %d has no %s", got.StatusCode, name)
		}
	}
	var head strings.Builder
	_ = got.Header.Write(&head)
	if strings.Contains(body, mark) || strings.Contains(head.String(), mark) {
		t.Errorf("the answer %d repeats what was sent", got.StatusCode)
	}
	if cookies := got.Header["Set-Cookie"]; len(cookies) > 0 && got.StatusCode >= 400 && got.StatusCode != 410 {
		t.Errorf("the answer %d sets %d cookies", got.StatusCode, len(cookies))
	}
}

// request is one way to write a request. Without stays the connection must be
// closed after the answer; status 0 is an end without an answer.
type request struct {
	name, send string
	status     int
	stays      bool
}

const (
	get  = "GET /en/ HTTP/1.1\r\n"
	post = "POST /en/door HTTP/1.1\r\n"
	host = "Host: talk.example\r\n"
	same = host + "Origin: https://talk.example\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	// behind is a request that must never be taken for one.
	behind = "GET /en/" + mark + " HTTP/1.1\r\nHost: talk.example\r\n\r\n"
)

var shapes = []request{
	// Where does it end?
	{"length and pieces", post + same + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + behind, 411, false},
	{"pieces and length", post + same + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + behind, 411, false},
	{"pieces alone", post + same + "Transfer-Encoding: chunked\r\n\r\n9\r\ndoor=self\r\n0\r\n\r\n" + behind, 411, false},
	{"pieces with extensions", post + same + "Transfer-Encoding: chunked\r\n\r\n9;" + mark + "=\"\r\n\"\r\ndoor=self\r\n0\r\n\r\n", 411, false},
	{"pieces with a bare line feed", post + same + "Transfer-Encoding: chunked\r\n\r\n9\ndoor=self\n0\n\n" + behind, 411, false},
	{"a piece of a huge size", post + same + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nx\r\n", 411, false},
	{"pieces without an end", post + same + "Transfer-Encoding: chunked\r\n\r\nzz", 411, false},
	{"pieces of a get", get + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + behind, 411, false},
	{"pieces, and a trailer", post + same + "Transfer-Encoding: chunked\r\nTrailer: Cookie\r\n\r\n0\r\nCookie: " + mark + "=1\r\n\r\n", 411, false},
	{"two lengths that differ", post + same + "Content-Length: 9\r\nContent-Length: 5\r\n\r\ndoor=self" + behind, 400, false},
	{"two lengths in one line", post + same + "Content-Length: 9, 5\r\n\r\ndoor=self" + behind, 400, false},
	{"a length with a sign", post + same + "Content-Length: +9\r\n\r\ndoor=self" + behind, 400, false},
	{"a negative length", post + same + "Content-Length: -9\r\n\r\n" + behind, 400, false},
	{"a length in hexadecimal", post + same + "Content-Length: 0x9\r\n\r\ndoor=self" + behind, 400, false},
	{"a length beyond numbers", post + same + "Content-Length: 99999999999999999999\r\n\r\n" + behind, 400, false},
	{"a length beyond the limit", post + same + "Content-Length: 9999999\r\n\r\n", 413, false},
	{"an empty length", post + same + "Content-Length: \r\n\r\n" + behind, 400, false},
	{"another coding", post + same + "Transfer-Encoding: " + mark + "\r\n\r\n" + behind, 501, false},
	{"gzip and pieces", post + same + "Transfer-Encoding: gzip, chunked\r\n\r\n" + behind, 501, false},
	{"two codings", post + same + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + behind, 501, false},
	{"pieces twice", post + same + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + behind, 501, false},
	{"a coding with a tab", post + same + "Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n" + behind, 411, false},
	{"a coding with a control character", post + same + "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + behind, 400, false},
	{"a coding in a folded line", post + same + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + behind, 411, false},
	{"a length in a folded line", post + same + "Content-Length: 9\r\n 5\r\n\r\ndoor=self" + behind, 400, false},
	{"a space before the colon of the coding", post + same + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + behind, 400, false},
	{"a space before the colon of the length", post + same + "Content-Length : 9\r\n\r\ndoor=self" + behind, 400, false},
	{"a space before the first header", get + " " + host + "\r\n" + behind, 400, false},
	{"a header without a colon", get + host + mark + "\r\n\r\n" + behind, 400, false},
	{"a header with an empty name", get + host + ": " + mark + "\r\n\r\n" + behind, 400, false},
	{"a header with a null", get + host + "X: a\x00b\r\n\r\n" + behind, 400, false},
	{"a header with a bare carriage return", get + host + "X: a\rCookie: b\r\n\r\n" + behind, 400, false},
	{"a header name of letters beyond ASCII", get + host + "X-\u00e9: b\r\n\r\n" + behind, 400, false},
	{"a length twice the same", post + same + "Content-Length: 9\r\nContent-Length: 9\r\n\r\ndoor=self", 303, true},
	{"a length where nothing is expected", get + host + "Content-Length: 5\r\n\r\nabcde", 200, true},
	{"a length in pieces that never came", post + same + "Transfer-Encoding: identity\r\n\r\n" + behind, 501, false},
	{"bare line feeds", "GET /en/ HTTP/1.1\nHost: talk.example\n\n", 200, true},
	{"empty lines first", "\r\n\r\n" + get + host + "\r\n", 400, false},
	{"a folded header that says nothing", get + host + "X: a\r\n b\r\n\r\n", 200, true},

	// Which version, which method, which target?
	{"a line of HTTP/0.9", "GET /en/\r\n\r\n", 400, false},
	{"HTTP/1.0", "GET /en/ HTTP/1.0\r\n" + host + "\r\n", 200, false},
	{"HTTP/1.0 without a host", "GET /en/ HTTP/1.0\r\n\r\n", 421, false},
	{"HTTP/1.2", "GET /en/ HTTP/1.2\r\n" + host + "\r\n", 200, true},
	{"HTTP/2.0 in a line", "GET /en/ HTTP/2.0\r\n" + host + "\r\n", 505, false},
	{"the beginning of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 421, false},
	{"HTTP/9.9", "GET /en/ HTTP/9.9\r\n" + host + "\r\n", 505, false},
	{"no version", "GET /en/ " + mark + "\r\n" + host + "\r\n", 400, false},
	{"TLS on a plain port", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, false},
	{"nothing but noise", strings.Repeat("\xff\x00", 200) + "\r\n\r\n", 400, false},
	{"TRACE", "TRACE /en/ HTTP/1.1\r\n" + host + "X: " + mark + "\r\n\r\n", 405, true},
	{"CONNECT to us", "CONNECT talk.example HTTP/1.1\r\n" + host + "\r\n", 405, true},
	{"CONNECT elsewhere", "CONNECT " + mark + ".example:443 HTTP/1.1\r\nHost: " + mark + ".example:443\r\n\r\n", 421, true},
	{"a method of one letter", "G /en/ HTTP/1.1\r\n" + host + "\r\n", 405, true},
	{"a method in small letters", "get /en/ HTTP/1.1\r\n" + host + "\r\n", 405, true},
	{"a method that is none", "G\x01T /en/ HTTP/1.1\r\n" + host + "\r\n", 400, false},
	{"two spaces", "GET  /en/ HTTP/1.1\r\n" + host + "\r\n", 400, false},
	{"the whole address, ours", "GET http://talk.example/en/ HTTP/1.1\r\nHost: " + mark + ".example\r\n\r\n", 200, true},
	{"the whole address, another", "GET http://" + mark + ".example/en/ HTTP/1.1\r\n" + host + "\r\n", 421, true},
	{"the whole address with a name and a word", "GET http://a:" + mark + "@talk.example/en/ HTTP/1.1\r\n" + host + "\r\n", 200, true},
	{"another scheme", "GET file:///etc/hostname HTTP/1.1\r\n" + host + "\r\n", 404, true},
	{"no slash", "GET en/ HTTP/1.1\r\n" + host + "\r\n", 400, false},
	{"an address of another host in the path", "GET //" + mark + ".example/%2e%2e HTTP/1.1\r\n" + host + "\r\n", 404, true},
	{"an address with a backslash", "GET /\\" + mark + ".example/ HTTP/1.1\r\n" + host + "\r\n", 404, true},
	{"the whole server", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", 405, true},
	{"a get of the whole server", "GET * HTTP/1.1\r\n" + host + "\r\n", 404, true},
	{"half an escape", "GET /en/%z" + mark + " HTTP/1.1\r\n" + host + "\r\n", 400, false},
	{"bytes that are no text", "GET /en/%ff%fe%c0%af" + mark + " HTTP/1.1\r\n" + host + "\r\n", 404, true},
	{"bytes beyond ASCII", "GET /en/\xff\xfe" + mark + " HTTP/1.1\r\n" + host + "\r\n", 404, true},
	{"a null in the path", "GET /en/%00" + mark + " HTTP/1.1\r\n" + host + "\r\n", 404, true},
	{"a line end in the path", "GET /en/%0d%0aSet-Cookie:%20" + mark + "=1 HTTP/1.1\r\n" + host + "\r\n", 404, true},
	{"a query of escapes that are none", "GET /en/?%zz=%" + mark + ";&&&==%00 HTTP/1.1\r\n" + host + "\r\n", 200, true},
	{"a fragment", "GET /en/#" + mark + " HTTP/1.1\r\n" + host + "\r\n", 404, true},
	{"a long address", "GET /en/" + strings.Repeat(mark, 8000) + " HTTP/1.1\r\n" + host + "\r\n", 431, false},
	{"a long header", get + host + "X: " + strings.Repeat(mark, 8000) + "\r\n\r\n", 431, false},
	{"many headers", get + host + strings.Repeat("X: "+mark+"\r\n", 4000) + "\r\n", 431, false},
	{"a head without an end", get + host + strings.Repeat("X", 64<<10), 431, false},

	// Which host?
	{"no host", get + "\r\n", 400, false},
	{"an empty host", get + "Host:\r\n\r\n", 421, true},
	{"two hosts", get + host + "Host: desk.example\r\n\r\n", 400, false},
	{"two hosts in one", get + "Host: talk.example, desk.example\r\n\r\n", 400, false},
	{"another host", get + "Host: " + mark + ".example\r\n\r\n", 421, true},
	{"a host with a port", get + "Host: talk.example:443\r\n\r\n", 421, true},
	{"a host with a dot behind", get + "Host: talk.example.\r\n\r\n", 421, true},
	{"a host with a name before", get + "Host: " + mark + "@talk.example\r\n\r\n", 400, false},
	{"a host in capitals", get + "Host: TALK.example\r\n\r\n", 200, true},
	{"a host of letters beyond ASCII", get + "Host: t\u00e4lk.example\r\n\r\n", 400, false},
	{"a host with a space", get + "Host: talk.example x\r\n\r\n", 400, false},
	{"a host that is an address", get + "Host: 127.0.0.1\r\n\r\n", 421, true},
	{"a host that is a path", get + "Host: /../" + mark + "\r\n\r\n", 400, false},
	{"a host with markup", get + "Host: <b>" + mark + "</b>\r\n\r\n", 400, false},

	// What comes along?
	{"expecting to go on", post + same + "Expect: 100-continue\r\nContent-Length: 9\r\n\r\ndoor=self", 303, true},
	{"expecting something else", get + host + "Expect: " + mark + "\r\n\r\n", 417, false},
	{"a range", get + host + "Range: bytes=0-1," + strings.Repeat("0-1,", 500) + "2-3\r\n\r\n", 200, true},
	{"an upgrade to HTTP/2", get + host + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n", 200, true},
	{"an upgrade to nothing known", get + host + "Connection: Upgrade\r\nUpgrade: " + mark + "/9\r\n\r\n", 200, true},
	{"what proxies write", get + host + "X-Forwarded-For: " + mark + ", , [::1], unknown\r\nX-Forwarded-Host: " + mark + "\r\nX-Forwarded-Proto: " + mark + "\r\nX-Forwarded-Prefix: /" + mark + "\r\nForwarded: for=\"" + mark + "\"\r\nX-Original-URL: /desk\r\nX-Rewrite-URL: /desk\r\nX-HTTP-Method-Override: DELETE\r\n\r\n", 200, true},
	{"a very large cookie", get + host + "Cookie: __Host-place=" + strings.Repeat(mark, 1000) + "\r\n\r\n", 200, true},
	{"one cookie many times", get + host + "Cookie: " + strings.Repeat("__Host-place="+mark+"; ", 400) + "\r\n\r\n", 200, true},
	{"many lines of cookies", get + host + strings.Repeat("Cookie: __Host-gone="+mark+"\r\n", 50) + "\r\n", 200, true},
	{"a cookie that is none", get + host + "Cookie: ;;=;\x80=" + mark + ";__Host-place\r\n\r\n", 200, true},
	{"languages without end", get + host + "Accept-Language: " + strings.Repeat(mark+";q=9e999,", 200) + "\r\n\r\n", 200, true},
	{"a form as something else", post + strings.Replace(same, "application/x-www-form-urlencoded", "text/"+mark, 1) + "Content-Length: 9\r\n\r\ndoor=self", 400, true},
	{"a form without a type", post + host + "Origin: https://talk.example\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 9\r\n\r\ndoor=self", 400, true},
	{"a type that is none", post + strings.Replace(same, "application/x-www-form-urlencoded", ";;;="+mark, 1) + "Content-Length: 9\r\n\r\ndoor=self", 400, true},
	{"a form in parts", post + strings.Replace(same, "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", 1) + "Content-Length: 63\r\n\r\n--x\r\nContent-Disposition: form-data; name=\"door\"\r\n\r\nself\r\n--x--", 400, true},
	{"a form in JSON", post + strings.Replace(same, "application/x-www-form-urlencoded", "application/json", 1) + "Content-Length: 15\r\n\r\n{\"door\":\"self\"}", 400, true},
	{"a form of escapes that are none", post + same + "Content-Length: 14\r\n\r\ndoor=%zz&%%=%%", 400, true},
	{"a form of bytes that are no text", post + same + "Content-Length: 8\r\n\r\ndoor=\xff\xfe\x00", 400, true},
	{"a form with a hundred doors", post + same + "Content-Length: 500\r\n\r\n" + strings.Repeat("door&", 100), 400, true},
	{"a form larger than forms are", post + same + "Content-Length: 20000\r\n\r\n" + strings.Repeat("x", 20000), 413, true},
	{"a form from another site", "POST /en/door HTTP/1.1\r\n" + host + "Origin: https://" + mark + ".example\r\nSec-Fetch-Site: cross-site\r\nContent-Length: 9\r\n\r\ndoor=self", 403, true},
	{"a form from nowhere", "POST /en/door HTTP/1.1\r\n" + host + "Origin: null\r\nContent-Length: 9\r\n\r\ndoor=self", 403, true},
}

func TestWhateverShapeARequestHasTheAnswerIsOursAndOnlyOne(t *testing.T) {
	a := attack(t)
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			conn := a.dial(t)
			defer conn.Close()
			got, body := conn.exchange(t, s.send)
			if got == nil {
				if s.status != 0 {
					t.Fatalf("the connection ended without an answer, want %d", s.status)
				}
				return
			}
			if got.StatusCode != s.status {
				t.Errorf("answered %d, want %d", got.StatusCode, s.status)
			}
			guarded(t, got, body)
			if !s.stays {
				if rest := conn.ended(t); rest != "" {
					t.Errorf("after the answer came %.80q", rest)
				}
				return
			}
			if got, _ := conn.exchange(t, get+host+"\r\n"); got == nil || got.StatusCode != 200 {
				t.Errorf("the next request on the connection was answered %v", got)
			}
		})
	}
}

func TestEveryMethodOnEveryRouteIsAnsweredByTheEdge(t *testing.T) {
	a := attack(t)
	table := servedLine(t)
	table.conf.VisitorHost, table.conf.StaffHost = "talk.example", "desk.example"
	walked := 0
	for name, routes := range table.joined() {
		for _, route := range routes {
			conn := a.dial(t)
			for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "QUERY", "post", "X"} {
				where := fmt.Sprintf("%s %s on %s", method, example(route.Pattern), name)
				got, body := conn.exchange(t, method+" "+example(route.Pattern)+" HTTP/1.1\r\nHost: "+name+"\r\nContent-Length: 0\r\nX: "+mark+"\r\n\r\n")
				if got == nil {
					t.Errorf("%s ended the connection", where)
					conn = a.dial(t)
					continue
				}
				guarded(t, got, body)
				known := method == "GET" || method == "HEAD" || method == "POST"
				if !known && got.StatusCode != 405 || got.StatusCode >= 500 {
					t.Errorf("%s was answered %d", where, got.StatusCode)
				}
				if got.StatusCode == 405 && got.Header.Get("Allow") == "" {
					t.Errorf("%s is not allowed, and nothing says what is", where)
				}
				walked++
			}
			_ = conn.Close()
		}
	}
	if walked < 500 {
		t.Errorf("only %d requests were made", walked)
	}
}

// pipes is a listener whose connections are memory, of visitors on this machine.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	conn, ok := <-p
	if !ok {
		return nil, net.ErrClosed
	}
	return fromHere{conn}, nil
}

func (p pipes) Close() error { close(p); return nil }

func (p pipes) Addr() net.Addr { return rateAddr("memory") }

type fromHere struct{ net.Conn }

func (fromHere) RemoteAddr() net.Addr { return rateAddr("127.0.0.1:9") }

// TestWhoeverIsSlowLosesTheConnection: the server has the patience it has in
// earnest, and the clock is the bubble's, which ends only when every goroutine
// of the slow has ended.
func TestWhoeverIsSlowLosesTheConnection(t *testing.T) {
	l := servedLine(t)
	for _, s := range []struct {
		name, head string
		status     []int
	}{
		{"a head byte by byte", get + host + "X: ", nil},
		{"a line byte by byte", "GET /en/", []int{400}},
		{"nothing at all", "", nil},
		{"a form byte by byte", post + strings.ReplaceAll(same, "talk.example", "talk.example.org") + "Content-Length: 10000\r\n\r\n", []int{400}},
		{"the next request byte by byte", "GET /healthz HTTP/1.1\r\nHost: talk.example.org\r\n\r\nGET /he", []int{200, 400}},
	} {
		t.Run(s.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, err := l.edge()
				if err != nil {
					t.Fatal(err)
				}
				ctx, stop := context.WithCancel(t.Context())
				ended, on, began := make(chan error, 1), make(pipes), time.Now()
				go func() {
					ended <- newServer(e, &l.ready, l.log, "", "").run(ctx, &listener{Listener: on, keys: new(gate.Keys)}, func() {})
				}()
				page, theirs := net.Pipe()
				on <- theirs
				_ = page.SetDeadline(began.Add(time.Hour))
				conn := &wired{page, bufio.NewReader(page)}
				dripped := make(chan struct{})
				defer func() { _ = page.Close(); stop(); <-dripped; <-ended }()
				go func() {
					defer close(dripped)
					if _, err := io.WriteString(conn, s.head); err == nil && s.head != "" {
						drip(conn)
					}
				}()
				for _, want := range s.status {
					got, body := conn.answer(t, s.head)
					if got == nil || got.StatusCode != want {
						t.Fatalf("answered %v, want %d", got, want)
					}
					guarded(t, got, body)
				}
				if rest := conn.ended(t); rest != "" {
					t.Errorf("then came %.80q", rest)
				}
				if took := time.Since(began); took > time.Minute {
					t.Errorf("the slow were borne with for %s", took)
				}
			})
		})
	}
}

// drip writes a byte now and then until cut off.
func drip(conn net.Conn) {
	for {
		time.Sleep(10 * time.Millisecond)
		if _, err := conn.Write([]byte("x")); err != nil {
			return
		}
	}
}
