package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"helpline/chat/gate"
	"helpline/counsel/audit"
	"helpline/store"
)

// examinedBy runs the doctor and reads what it prints.
func examinedBy(t *testing.T, args ...string) (code int, e examined) {
	t.Helper()
	code, out, _ := command(t, append([]string{"doctor", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &e); err != nil {
		t.Fatalf("the doctor does not print JSON: %v: %s", err, out)
	}
	return code, e
}

// of gives the worst that is said of one check.
func (e examined) of(check string) finding {
	var worst finding
	for _, f := range e.Findings {
		if f.Check == check && (worst.State == "" || f.State == wrong || f.State == look && worst.State == fine) {
			worst = f
		}
	}
	return worst
}

func TestTheDoctorFindsALineThatStandsStillWell(t *testing.T) {
	t.Parallel()
	file, dir, _ := founded(t)
	before := listing(t, dir)
	code, e := examinedBy(t, "--config", file)
	if code != exitDone || e.State == wrong {
		t.Errorf("a fresh line is %s, code %d: %+v", e.State, code, e.Findings)
	}
	for _, check := range []string{"configuration", "folder", "keys", "schema", "core", "tls", "purge"} {
		if f := e.of(check); f.State != fine {
			t.Errorf("%s: %+v", check, f)
		}
	}
	if f := e.of("line"); f.State != look {
		t.Errorf("a line that stands still: %+v", f)
	}
	if f := e.of("audit"); f.State == "" {
		t.Error("the audit log is not looked at")
	}
	if after := listing(t, dir); after != before {
		t.Errorf("the doctor changed the folder:\n%s\n%s", before, after)
	}
	for _, f := range e.Findings {
		if (f.Do == "") != (f.State == fine) {
			t.Errorf("%s is %s and says to do %q", f.Check, f.State, f.Do)
		}
	}
}

// listing names every file with its mode and size.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		at, err := os.Stat(path)
		if err == nil {
			b.WriteString(path + " " + at.Mode().String() + "\n")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTheDoctorNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, file, dir string)
		check string
		want  verdict
		says  string
	}{
		{"a folder that others may look into", func(t *testing.T, _, dir string) {
			if err := os.Chmod(filepath.Join(dir, "helpline.db"), 0o640); err != nil {
				t.Fatal(err)
			}
		}, "folder", wrong, "helpline.db"},
		{"a link in the folder", func(t *testing.T, _, dir string) {
			if err := os.Symlink("/etc/hostname", filepath.Join(dir, "other")); err != nil {
				t.Fatal(err)
			}
		}, "folder", wrong, "neither files nor folders"},
		{"no folder", func(t *testing.T, _, dir string) {
			if err := os.Rename(dir, dir+"2"); err != nil {
				t.Fatal(err)
			}
		}, "folder", wrong, "no such folder"},
		{"a folder of the demonstration", func(t *testing.T, _, dir string) {
			if err := os.WriteFile(filepath.Join(dir, "demonstration.json"), []byte("{}"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "folder", wrong, "demonstration"},
		{"no installation key", func(t *testing.T, _, dir string) {
			if err := os.Remove(filepath.Join(dir, "keys", "installation.key")); err != nil {
				t.Fatal(err)
			}
		}, "keys", wrong, "no installation key"},
		{"a damaged installation key", func(t *testing.T, _, dir string) {
			if err := os.WriteFile(filepath.Join(dir, "keys", "installation.key"), []byte("helpline installation key 1\nshort"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "keys", wrong, "cannot be read as keys"},
		{"keys of last week", func(t *testing.T, _, dir string) {
			keyFor(t, dir, -7)
		}, "keys", look, "before yesterday"},
		{"keys of next week: a clock that was set back", func(t *testing.T, _, dir string) {
			keyFor(t, dir, 7)
		}, "clock", wrong, "7 days behind"},
		{"a database of a newer program", func(t *testing.T, _, dir string) {
			db, err := sql.Open("sqlite", filepath.Join(dir, "helpline.db"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(`PRAGMA user_version = 9000`); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}, "schema", wrong, "version 9000"},
		{"a database that is none", func(t *testing.T, _, dir string) {
			if err := os.WriteFile(filepath.Join(dir, "logins.db"), []byte("words"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "schema", wrong, "logins.db is no database"},
		{"a database that is gone", func(t *testing.T, _, dir string) {
			if err := os.Remove(filepath.Join(dir, "helpline.db")); err != nil {
				t.Fatal(err)
			}
		}, "schema", wrong, "helpline.db is not there"},
		{"a configuration that others may read", func(t *testing.T, file, _ string) {
			if err := os.Chmod(file, 0o644); err != nil {
				t.Fatal(err)
			}
		}, "configuration", look, "mode 0644"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file, dir, _ := founded(t)
			c.spoil(t, file, dir)
			code, e := examinedBy(t, "--config", file)
			f := e.of(c.check)
			if f.State != c.want || !strings.Contains(f.Says, c.says) || f.Do == "" {
				t.Errorf("%s: %+v", c.check, f)
			}
			if (code == exitFailed) != (c.want == wrong) {
				t.Errorf("the exit code is %d", code)
			}
		})
	}
}

// keyFor makes the keys of a day, as a line that ran on that day did.
func keyFor(t *testing.T, dir string, days int) {
	t.Helper()
	db, err := store.Open(t.Context(), dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := db.HostKeys().Days(time.Now().AddDate(0, 0, days)); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestTheDoctorAsksTheRunningLine(t *testing.T) {
	t.Parallel()
	file, dir, _ := founded(t)
	w := begin(t, `listen (\S+)\n`, "serve", "--config", file)
	args := []string{"--config", file, "--listen", w.addr}
	code, e := examinedBy(t, args...)
	if code != exitDone || !e.Running || e.of("line").State != fine {
		t.Errorf("a line that runs: code %d, %+v", code, e.of("line"))
	}
	if f := e.of("confinement"); f.Check == "" {
		t.Error("the process of the line was not found")
	}
	if _, e := examinedBy(t, "--config", file, "--listen", "127.0.0.1:9"); e.of("line").State != wrong {
		t.Errorf("a line that listens elsewhere: %+v", e.of("line"))
	}
	if w.stop() != exitDone {
		t.Error("the line did not end well")
	}
	if _, e := examinedBy(t, args...); e.Running || e.of("line").State != look {
		t.Errorf("a line that was stopped: %+v", e.of("line"))
	}
	if seen, err := store.Look(dir); err != nil || seen.Taken {
		t.Errorf("the folder is still taken: %v", err)
	}
}

func TestPromiseAProxyThatIsNotNamedIsTold(t *testing.T) {
	t.Parallel()
	file, _, _ := founded(t)
	// Named is another one than the one in front, which is this test on loopback.
	w := begin(t, `listen (\S+)\n`, "serve", "--config", file, "--proxy", "192.0.2.1")
	b := w.browser("talk.example", "https://talk.example")
	if answer, page := b.get("/readyz"); answer.StatusCode != 200 || page != "ready\n" {
		t.Fatalf("before: %d %s", answer.StatusCode, page)
	}
	b.header.Set("X-Forwarded-For", "198.51.100.7")
	b.get("/en/")
	b.header.Del("X-Forwarded-For")
	answer, page := b.get("/readyz")
	if answer.StatusCode != 503 || page != "not ready: "+unnamed+"\n" {
		t.Errorf("after a forwarded request: %d %s", answer.StatusCode, page)
	}
	if answer, _ := b.get("/healthz"); answer.StatusCode != 200 {
		t.Errorf("the line itself is well, and /healthz says %d", answer.StatusCode)
	}
	code, e := examinedBy(t, "--config", file, "--listen", w.addr, "--proxy", "192.0.2.1")
	if code != exitFailed || e.of("proxy").State != wrong {
		t.Errorf("the doctor says %+v, code %d", e.of("proxy"), code)
	}
}

func TestAProxyThatIsNamedIsNotHeldAgainstTheLine(t *testing.T) {
	t.Parallel()
	file, _, _ := founded(t)
	w := begin(t, `listen (\S+)\n`, "serve", "--config", file) // names 127.0.0.1
	b := w.browser("desk.example", "https://desk.example")
	b.header.Set("X-Forwarded-For", "198.51.100.7")
	if answer, page := b.get("/readyz"); answer.StatusCode != 200 {
		t.Errorf("through the named proxy: %d %s", answer.StatusCode, page)
	}
}

func TestAForwardingHeaderFromOutsideMakesNoLineUnready(t *testing.T) {
	var f front
	now := time.Now()
	for _, c := range []struct {
		peer  string
		named []netip.Addr
		want  bool
	}{
		{"203.0.113.9:4000", nil, false},
		{"10.0.0.7:4000", nil, false},
		{"127.0.0.1:4000", []netip.Addr{netip.MustParseAddr("127.0.0.1")}, false},
		{"127.0.0.1:4000", nil, true},
		{"[::1]:4000", []netip.Addr{netip.MustParseAddr("127.0.0.1")}, true},
	} {
		near, far := net.Pipe()
		l := &listener{Listener: once{peered{near, c.peer}}, keys: new(gate.Keys), proxies: c.named}
		conn, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "/", nil)
		f = front{}
		var logged bytes.Buffer
		for range 3 {
			f.saw(r.WithContext(withConn(t.Context(), conn)), now, newLog(&logged, slog.LevelInfo))
		}
		if told := strings.Count(logged.String(), "an unnamed proxy on this machine is in front"); told != map[bool]int{true: 1}[c.want] || strings.Contains(logged.String(), "127.0.0.1") {
			t.Errorf("a forwarding header from %s three times: %s", c.peer, &logged)
		}
		if f.is(now) != c.want {
			t.Errorf("a forwarding header from %s with %v named: %v", c.peer, c.named, f.is(now))
		}
		if f.is(now.Add(unnamedLasts + time.Second)) {
			t.Errorf("from %s it counts for ever", c.peer)
		}
		_, _ = near.Close(), far.Close()
	}
}

// TestManyForwardedRequestsFromElsewhereAreToldOnceInAThousand: it may be a
// proxy on another machine that nobody has named.
func TestManyForwardedRequestsFromElsewhereAreToldOnceInAThousand(t *testing.T) {
	var f front
	var logged bytes.Buffer
	near, far := net.Pipe()
	t.Cleanup(func() { _, _ = near.Close(), far.Close() })
	conn, err := (&listener{Listener: once{peered{near, "203.0.113.9:4000"}}, keys: new(gate.Keys)}).Accept()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/", nil).WithContext(withConn(t.Context(), conn))
	for range 2500 {
		f.saw(r, time.Now(), newLog(&logged, slog.LevelInfo))
	}
	if told := strings.Count(logged.String(), "many requests passed a proxy"); told != 2 || strings.Contains(logged.String(), "203.0") || f.is(time.Now()) {
		t.Errorf("2500 requests: %s", &logged)
	}
}

// once gives one connection.
type once struct{ conn net.Conn }

func (o once) Accept() (net.Conn, error) { return o.conn, nil }
func (once) Close() error                { return nil }
func (once) Addr() net.Addr              { return rateAddr("") }

// peered is a connection from an address.
type peered struct {
	net.Conn
	peer string
}

func (p peered) RemoteAddr() net.Addr { return rateAddr(p.peer) }

func TestTheDoctorOfABadConfigurationSaysSo(t *testing.T) {
	code, out, errs := command(t, "doctor", "--config", written(t, good+"note_day = 3\n"))
	if code != exitConfig || !strings.Contains(out, `did you mean "note_days"?`) || errs == "" {
		t.Errorf("code %d: %s %s", code, out, errs)
	}
}

func TestTheDoctorSaysWhatTheLastCheckOfTheAuditFound(t *testing.T) {
	t.Parallel()
	file, dir, _ := founded(t)
	record := func(found string, more ...audit.Detail) {
		t.Helper()
		db, err := store.Open(t.Context(), dir, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		trail, err := trailOf(db)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := trail.Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		d := audit.Deed{Code: audit.LogCheck, Details: append([]audit.Detail{audit.Word("found", found)}, more...)}
		if err := errors.Join(trail.Record(t.Context(), d), db.Close()); err != nil {
			t.Fatal(err)
		}
	}
	record("fault", audit.Detail{Name: "at", Value: "7"})
	if _, e := examinedBy(t, "--config", file); e.of("audit").State != wrong || !strings.Contains(e.of("audit").Says, "entry 7") {
		t.Errorf("a log that is wrong: %+v", e.of("audit"))
	}
	record("good")
	if _, e := examinedBy(t, "--config", file); e.of("audit").State != fine {
		t.Errorf("a log that is whole: %+v", e.of("audit"))
	}
}
