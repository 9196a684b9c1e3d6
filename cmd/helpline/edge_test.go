package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"helpline/chat/gate"
)

// testSite is a host with one route of every sort that matters to the edge.
func testSite(host string) *site {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{locale}/{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "front") })
	mux.HandleFunc("GET /a/{hash}/{path...}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		fmt.Fprint(w, "asset")
	})
	mux.HandleFunc("GET /go", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/en/", http.StatusSeeOther) })
	mux.HandleFunc("GET /plain", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusGone) })
	mux.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic("the marked sentence") })
	mux.HandleFunc("GET /late", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "half a page")
		panic(errors.New("the marked sentence"))
	})
	mux.HandleFunc("GET /weaken", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src *")
		w.Header().Del("X-Frame-Options")
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /seen", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %v", r.RemoteAddr, r.Header)
	})
	mux.HandleFunc("POST /form", func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			http.Error(w, "too much", http.StatusRequestEntityTooLarge)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /live", live)
	mux.HandleFunc("POST /start", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return &site{
		host: host, mux: mux, action: "https://neutral.example", open: []string{"GET /{locale}/{$}"},
		door: testDoor(),
		problem: func(w http.ResponseWriter, _ *http.Request, status int) {
			w.WriteHeader(status)
			fmt.Fprintf(w, "page %d of %s", status, host)
		},
	}
}

// serveEdge runs an edge as it runs in earnest: behind the listener.
func serveEdge(t *testing.T, secure, direct bool) (url string, logged *shared) {
	t.Helper()
	logged = new(shared)
	keys := new(gate.Keys)
	e := newEdge(keys, secure, direct, newLog(logged, slog.LevelDebug), testSite("talk.example"), testSite("desk.example"))
	base, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(e)
	server.Listener = &listener{Listener: base, keys: keys, places: gate.NewPlaces(100, 50)}
	server.Config.ConnContext = withConn
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Start()
	t.Cleanup(server.Close)
	return "http://" + base.Addr().String(), logged
}

// shared is a buffer that a server writes while a test reads.
type shared struct {
	mu  sync.Mutex
	all bytes.Buffer
}

// Write adds to the buffer.
func (s *shared) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.Write(b)
}

// String is what was written so far.
func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.String()
}

// ask sends one request; a header "Host" sets the host.
func ask(t *testing.T, method, url string, header http.Header, body string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "talk.example"
	for name, values := range header {
		r.Header[name] = values
		if name == "Host" {
			r.Host = values[0]
		}
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return answer, string(text)
}

// protective are the headers that every answer has.
var protective = []string{
	"Content-Security-Policy", "Cache-Control", "Referrer-Policy", "X-Content-Type-Options", "X-Frame-Options",
	"Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Cross-Origin-Embedder-Policy", "Permissions-Policy",
}

func TestEveryAnswerHasTheProtectiveHeaders(t *testing.T) {
	url, _ := serveEdge(t, true, false)
	cross := http.Header{"Origin": {"https://elsewhere.example"}, "Sec-Fetch-Site": {"cross-site"}}
	for _, c := range []struct {
		name, method, path string
		header             http.Header
		body               string
		status             int
	}{
		{"a page", "GET", "/en/", nil, "", 200},
		{"a page of the staff", "GET", "/en/", http.Header{"Host": {"desk.example"}}, "", 200},
		{"a head", "HEAD", "/en/", nil, "", 200},
		{"an asset", "GET", "/a/1/x.css", nil, "", 200},
		{"a redirect", "GET", "/go", nil, "", 303},
		{"a redirect of the mux", "GET", "//go", nil, "", 307},
		{"a plain error", "GET", "/plain", nil, "", 410},
		{"nothing there", "GET", "/no/thing", nil, "", 404},
		{"the wrong method", "POST", "/go", nil, "", 405},
		{"a strange method", "DELETE", "/go", nil, "", 405},
		{"a panic", "GET", "/panic", nil, "", 500},
		{"a handler that weakens them", "GET", "/weaken", nil, "", 204},
		{"a wrong host", "GET", "/en/", http.Header{"Host": {"evil.example"}}, "", 421},
		{"a form from another site", "POST", "/form", cross, "a=b", 403},
		{"a body too large", "POST", "/form", nil, strings.Repeat("x", maxBody+1), 413},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _ := ask(t, c.method, url+c.path, c.header, c.body)
			if got.StatusCode != c.status {
				t.Errorf("status is %d, want %d", got.StatusCode, c.status)
			}
			for _, name := range append(protective, "Strict-Transport-Security") {
				if got.Header.Get(name) == "" {
					t.Errorf("the answer has no %s", name)
				}
			}
			csp := got.Header.Get("Content-Security-Policy")
			for _, want := range []string{"default-src 'none'", "trusted-types 'none'", "require-trusted-types-for 'script'", "frame-ancestors 'none'", "form-action 'self' https://neutral.example;"} {
				if !strings.Contains(csp, want) {
					t.Errorf("the policy lacks %s: %s", want, csp)
				}
			}
			if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
				t.Errorf("the policy is weak: %s", csp)
			}
			wantCache := "no-store"
			if c.name == "an asset" {
				wantCache = "public, max-age=31536000, immutable"
			}
			if cache := got.Header.Get("Cache-Control"); cache != wantCache {
				t.Errorf("Cache-Control is %q, want %q", cache, wantCache)
			}
			front := c.path == "/en/" && c.status == 200
			if robots := got.Header.Get("X-Robots-Tag"); (robots == "") != front {
				t.Errorf("X-Robots-Tag is %q", robots)
			}
			if got.Header.Get("Server") != "" {
				t.Error("the answer names the server")
			}
		})
	}
}

func TestHostsServeOnlyTheirOwn(t *testing.T) {
	url, _ := serveEdge(t, false, false)
	_, text := ask(t, "GET", url+"/no/thing", http.Header{"Host": {"DESK.example"}}, "")
	if text != "page 404 of desk.example" {
		t.Errorf("the staff's host answered %q", text)
	}
	_, text = ask(t, "GET", url+"/no/thing", http.Header{"Host": {"other.example"}}, "")
	if text != "page 421 of talk.example" {
		t.Errorf("a foreign host was answered %q", text)
	}
}

func TestHandlersSeeNothingThatIdentifies(t *testing.T) {
	url, _ := serveEdge(t, false, false)
	header := http.Header{
		"User-Agent": {"MarkedBrowser/7"}, "X-Forwarded-For": {"192.0.2.77"}, "Forwarded": {"for=192.0.2.77"}, "X-Real-Ip": {"192.0.2.77"},
		"Via": {"1.1 192.0.2.77"}, "Cf-Connecting-Ip": {"192.0.2.77"}, "Referer": {"https://192.0.2.77/"}, "Sec-Ch-Ua": {"MarkedBrowser"},
		"From": {"me@192.0.2.77"}, "Authorization": {"Basic MarkedBrowser"}, "Cookie": {"__Host-place=kept"}, "Accept-Language": {"nl"},
	}
	_, text := ask(t, "GET", url+"/seen", header, "")
	for _, mark := range []string{"192.0.2.77", "MarkedBrowser", "127.0.0.1"} {
		if strings.Contains(text, mark) {
			t.Errorf("the handler saw %s: %s", mark, text)
		}
	}
	if !strings.Contains(text, "kept") || !strings.Contains(text, "nl") {
		t.Errorf("the handler lost the cookie or the language: %s", text)
	}
}

func TestAPanicIsLoggedWithoutItsValue(t *testing.T) {
	url, logged := serveEdge(t, false, false)
	_, text := ask(t, "GET", url+"/panic", nil, "")
	if text != "page 500 of talk.example" {
		t.Errorf("the answer to a panic was %q", text)
	}
	r, _ := http.NewRequestWithContext(t.Context(), "GET", url+"/late", nil)
	r.Host = "talk.example"
	if answer, err := http.DefaultTransport.RoundTrip(r); err == nil {
		_, err = io.ReadAll(answer.Body)
		answer.Body.Close()
		if err == nil {
			t.Error("half a page looked like a whole one")
		}
	}
	if log := logged.String(); strings.Contains(log, "sentence") || !strings.Contains(log, "GET /panic") || !strings.Contains(log, "GET /late") {
		t.Errorf("the log must name both routes and no value: %s", log)
	}
}

func TestTheDemonstrationRefusesWhoeverComesThroughAProxy(t *testing.T) {
	url, _ := serveEdge(t, false, true)
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via", "X-Real-Ip"} {
		if got, _ := ask(t, "GET", url+"/en/", http.Header{name: {"192.0.2.77"}}, ""); got.StatusCode != 403 {
			t.Errorf("a request with %s was answered %d, want 403", name, got.StatusCode)
		}
	}
	if got, _ := ask(t, "GET", url+"/en/", nil, ""); got.StatusCode != 200 {
		t.Errorf("a direct request was answered %d", got.StatusCode)
	}
}
