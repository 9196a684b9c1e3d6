package main

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"helpline/chat/gate"
)

// FuzzConfigure: whatever stands in the file, the environment and the flags,
// the configuration is whole or refused, and every fault says where it is. What
// somebody wrote as a value is not repeated: it may be a secret in the wrong
// place.
func FuzzConfigure(f *testing.F) {
	for _, text := range []string{
		good, good + "passphrase = \"MARK\"\n", good + "chats = \"MARK\"\n", good + "[MARK]\n", "name = \"MARK", "name = MARK\n", "name = 'a'\nname = 'MARK'\n",
		good + "listen = [\"MARK\"]\n", good + "chats = 1e400\n", good + "max_waiting = 0x7fffffffffffffff\n", "data = 2026-11-22\n", "locales = [\"nl\", [\"MARK\"]]\n",
		good + "[proxy.MARK]\n", "\"\" = 1\n", "a.b.c = { d = [1, {}] }\n", "\xff\xfe", good + "neutral_url = \"https://MARK@x.example/\"\n",
	} {
		f.Add(text, uint8(0), "", "")
	}
	for i := range settings {
		f.Add(good, uint8(i), "MARK", "")
		f.Add(good, uint8(i), "", "MARK,MARK")
	}
	const mark = "Kuvonu7x" // in the place of MARK; in no message of ours
	f.Fuzz(func(t *testing.T, text string, at uint8, variable, flag string) {
		marked := func(s string) string { return strings.ReplaceAll(s, "MARK", mark) }
		file := filepath.Join(t.TempDir(), "helpline.toml")
		if err := os.WriteFile(file, []byte(marked(text)), 0o600); err != nil {
			t.Fatal(err)
		}
		one := settings[int(at)%len(settings)]
		env := func(name string) string {
			if name == one.variable() {
				return marked(variable)
			}
			return ""
		}
		c, err := configure(map[string]string{one.key: marked(flag)}, env, file)
		if err == nil {
			_, neutral := originOf(c.Line.NeutralURL)
			if c.VisitorHost == c.StaffHost || c.Zone == nil || c.Line.NoteDays < 1 || c.Line.NoteDays > 90 || len(c.Line.Locales) == 0 || neutral != nil {
				t.Fatalf("taken: %+v", c)
			}
			return
		}
		if _, ok := errors.AsType[configError](err); !ok {
			t.Fatalf("an error of another sort: %v", err)
		}
		for _, fault := range strings.Split(err.Error(), "\n") {
			named := slices.ContainsFunc(settings, func(s setting) bool { return strings.Contains(fault, s.key) })
			if !named && !strings.Contains(fault, " line ") {
				t.Fatalf("the fault says not where it is: %s", fault)
			}
		}
		// A name of a setting that does not exist is repeated, a value never.
		if strings.Contains(strings.ReplaceAll(err.Error(), `there is no setting "`+mark, ""), mark) && !strings.Contains(text, "[") {
			t.Fatalf("a value is repeated: %v", err)
		}
	})
}

// FuzzHosts: the names of hosts and addresses that the configuration takes are
// those a browser would write.
func FuzzHosts(f *testing.F) {
	for _, s := range []string{
		"talk.example.org", "talk.example.org:8443", "a:b:1", "x:0", "x:65536", "x:+1", "-", ".", "a..b", "https://weather.example/x?y#z", "https://a@b.example",
		"https://", "http://localhost", "http://demo.localhost:1/", "http://localhost.evil.example", "https://a.example:port", "https://[::1]/", "HTTPS://A.example",
		"https://a.example;b", "https://a.example'b", "https://a b.example", "https://a.example,b", "https://a.example\\@b.example",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var host string
		if setHost(&host, s) == nil {
			u, err := url.Parse("https://" + host)
			if err != nil || u.Host != s || u.User != nil || u.Path != "" || strings.ToLower(s) != s {
				t.Errorf("host %q is an address of %+v, %v", s, u, err)
			}
		}
		if origin, err := originOf(s); err == nil {
			u, err := url.Parse(origin)
			if err != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || u.Scheme != "https" && !strings.HasSuffix(u.Hostname(), "localhost") {
				t.Errorf("%q has the origin %q: %+v, %v", s, origin, u, err)
			}
			// It goes into form-action of the content security policy.
			if strings.ContainsAny(origin, " ;,'\"*\r\n") {
				t.Errorf("%q has the origin %q, which would end or widen a policy", s, origin)
			}
		}
	})
}

var rateKeyShape = regexp.MustCompile(`^([0-9a-f]{24}|unknown)$`)

// FuzzEdge: whoever comes with whatever head, only what is for a host of ours
// and from a page of ours reaches a handler, with a rate key for an address,
// and every answer has the protective headers.
func FuzzEdge(f *testing.F) {
	const talk = "talk.example"
	for _, host := range []string{talk, "DESK.example", "talk.example:80", "talk.example.", "", "evil.example", "talk.example\x00", "[::1]", "talk.example@evil"} {
		f.Add(host, "", "", "192.0.2.77", "/form", true)
	}
	for _, origin := range []string{"https://talk.example", "https://evil.example", "null", "https://talk.example.evil", "https://talk.example:1", "//talk.example", "\x7f"} {
		f.Add(talk, origin, "", "", "/form", true)
		f.Add(talk, origin, "cross-site", "", "/form", true)
		f.Add(talk, origin, "same-origin", "", "/form", true)
	}
	for _, path := range []string{"/seen", "/../seen", "//go", "/\x00", "/a/1/../../seen", "/panic", "*", ""} {
		f.Add(talk, "", "", "198.51.100.1, 192.0.2.77", path, false)
	}
	keys := new(gate.Keys)
	logged := new(shared)
	var reached *http.Request
	site := func(host string) *site {
		s := testSite(host)
		inner := s.mux
		s.mux = http.NewServeMux()
		s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
			reached = r
			inner.ServeHTTP(w, r)
		})
		return s
	}
	e := newEdge(keys, true, false, newLog(logged, slog.LevelDebug), site(talk), site("desk.example"))
	f.Fuzz(func(t *testing.T, host, origin, fetched, forwarded, path string, post bool) {
		reached = nil
		r := httptest.NewRequest("GET", "/", nil)
		if post {
			r = httptest.NewRequest("POST", "/", strings.NewReader("a=b"))
		}
		r.Host, r.URL, r.RemoteAddr = host, &url.URL{Path: path}, behindProxy
		r.Header["X-Forwarded-For"], r.Header["User-Agent"], r.Header["Cookie"] = []string{forwarded}, []string{"MarkedBrowser"}, []string{"a=b"}
		if origin != "" {
			r.Header["Origin"] = []string{origin}
		}
		if fetched != "" {
			r.Header["Sec-Fetch-Site"] = []string{fetched}
		}
		w := httptest.NewRecorder()
		func() {
			defer func() {
				if thrown := recover(); thrown != nil && thrown != any(http.ErrAbortHandler) {
					panic(thrown)
				}
			}()
			e.ServeHTTP(w, r)
		}()
		if w.Header().Get("Content-Security-Policy") == "" || w.Header().Get("X-Frame-Options") != "DENY" {
			t.Errorf("the answer %d lacks the protective headers: %v", w.Code, w.Header())
		}
		known := strings.EqualFold(host, talk) || strings.EqualFold(host, "desk.example")
		if !known && (w.Code != http.StatusMisdirectedRequest || reached != nil) {
			t.Errorf("host %q is answered %d", host, w.Code)
		}
		if reached == nil {
			return
		}
		if !rateKeyShape.MatchString(reached.RemoteAddr) || reached.Header.Get("X-Forwarded-For") != "" || reached.Header.Get("User-Agent") != "" {
			t.Errorf("the handler sees %q %v", reached.RemoteAddr, reached.Header)
		}
		if post {
			ours := fetched == "same-origin" || fetched == "none"
			if fetched == "" {
				u, err := url.Parse(origin)
				ours = origin == "" || err == nil && u.Host == host
			}
			if !ours {
				t.Errorf("a form from %q, said to be %q, reached a handler of %q", origin, fetched, host)
			}
		}
	})
}

// FuzzRateKey: what a proxy says of where somebody comes from becomes a rate
// key or nothing.
func FuzzRateKey(f *testing.F) {
	for _, s := range []string{"192.0.2.77", "[2001:db8::1]:443", "fe80::1%eth0", "1.2.3.4, ", ",,", "for=192.0.2.77", "::ffff:192.0.2.77", "1.2.3.4:99999", "\x00"} {
		f.Add(s, s)
	}
	keys := new(gate.Keys)
	now := time.Now()
	f.Fuzz(func(t *testing.T, first, last string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = behindProxy
		r.Header["X-Forwarded-For"] = []string{first, last}
		got, _ := rateKey(r, keys, now)
		if !rateKeyShape.MatchString(got) {
			t.Fatalf("%q gives the rate key %q", last, got)
		}
		r.Header["X-Forwarded-For"] = []string{last}
		if alone, _ := rateKey(r, keys, now); alone != got {
			t.Fatalf("what somebody wrote before the proxy changes the rate key from %q to %q", alone, got)
		}
	})
}

// FuzzLog: no key, value, group or error brings a sentence or an address into
// the log.
func FuzzLog(f *testing.F) {
	for _, key := range []string{"err", "kind", "route", "count", "msg", "time", "level", "", "area", "took", "source"} {
		f.Add(key, "words", "group")
	}
	f.Fuzz(func(t *testing.T, key, value, group string) {
		var out bytes.Buffer
		log := newLog(&out, slog.LevelDebug)
		marked := "me@192.0.2.77 " + value
		log.Info(marked, key, marked)
		log.Error("x", key, errors.New(marked), "err", io.EOF)
		log.With(key, marked).WithGroup(group).Warn("x", key, marked, "kind", struct{ A string }{marked})
		log.Info("x", marked, value, slog.Group(key, "kind", marked, key, []string{marked}))
		if key != "listen" { // our own listening address is one
			log.Info("198.51.100.7", key, "198.51.100.7", "area", "198.51.100.7:"+value)
		}
		if text := out.String(); strings.Contains(text, "192.0.2.77") || strings.Contains(text, "me@") || strings.Contains(text, "198.51") {
			t.Fatalf("the log has it: %s", text)
		}
		if n := strings.Count(out.String(), "\n"); n < 4 || n > 5 {
			t.Fatalf("%d lines for four or five: %q", n, out.String())
		}
	})
}

// FuzzReadLogin: a line of the load test's logins is read whole or refused, and
// no passphrase or secret is ever repeated.
func FuzzReadLogin(f *testing.F) {
	for _, line := range []string{
		`{"name":"Robin","passphrase":"MARK"}`, `{"name":"Robin","passphrase":"MARK","totp":"MARK"}`, `{"name":"","passphrase":"MARK"}`, `{"passphrase":"MARK"`,
		`{"passphrase":["MARK"]}`, `{"passphrase":"MARK","passphrase":"x"}`, `{"name":"Robin","passphrase":"MARK"}{"a":1}`, `"MARK"`, `{"name":"Robin","passphrase":"MARK" "x"`, ``,
	} {
		f.Add([]byte(line))
	}
	const mark = "Kuvonu7x"
	f.Fuzz(func(t *testing.T, line []byte) {
		l, err := readLogin(bytes.ReplaceAll(line, []byte("MARK"), []byte(mark)))
		if err == nil && (l.Name == "" || l.Pass.Reveal() == "") {
			t.Fatalf("half a login was taken: %q", l.Name)
		}
		if err != nil && strings.Contains(err.Error(), mark) {
			t.Fatalf("a value is repeated: %v", err)
		}
	})
}
