package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"helpline/chat/gate"
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
		f.saw(r.WithContext(withConn(t.Context(), conn)), now)
		if f.is(now) != c.want {
			t.Errorf("a forwarding header from %s with %v named: %v", c.peer, c.named, f.is(now))
		}
		if f.is(now.Add(unnamedLasts + time.Second)) {
			t.Errorf("from %s it counts for ever", c.peer)
		}
		_, _ = near.Close(), far.Close()
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

func TestTheDoctorReadsACertificate(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		hosts []string
		from  time.Duration
		lasts time.Duration
		mode  os.FileMode
		want  verdict
		says  string
	}{
		{"one that fits", []string{"talk.example.org", "desk.example.org"}, -time.Hour, 60 * 24 * time.Hour, 0o600, fine, "ends in 60 days"},
		{"for one host only", []string{"talk.example.org"}, -time.Hour, 60 * 24 * time.Hour, 0o600, wrong, "not for desk.example.org"},
		{"that ends soon", []string{"*.example.org"}, -time.Hour, 5*24*time.Hour + time.Minute, 0o600, look, "ends in 5 days"},
		{"that has ended", []string{"*.example.org"}, -48 * time.Hour, -time.Hour, 0o600, wrong, "has ended 2026-11-22"},
		{"of next week", []string{"*.example.org"}, 72 * time.Hour, 90 * 24 * time.Hour, 0o600, wrong, "not valid yet"},
		{"whose key all can read", []string{"*.example.org"}, -time.Hour, 60 * 24 * time.Hour, 0o644, wrong, "every account"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cert, key := certificate(t, c.hosts, now.Add(c.from), now.Add(c.lasts))
			if err := os.Chmod(key, c.mode); err != nil {
				t.Fatal(err)
			}
			conf := config{Cert: cert, Key: key, VisitorHost: "talk.example.org", StaffHost: "desk.example.org:8443"}
			e := examined{Findings: lookAtTLS(t.Context(), &ground{conf: conf, now: now})}
			if f := e.of("tls"); f.State != c.want || !strings.Contains(f.Says, c.says) {
				t.Errorf("%+v", e.Findings)
			}
		})
	}
	conf := config{Cert: "/nowhere.pem", Key: "/nowhere.key"}
	if f := lookAtTLS(t.Context(), &ground{conf: conf, now: now})[0]; f.State != wrong {
		t.Errorf("no certificate: %+v", f)
	}
}

// certificate makes one that signs itself.
func certificate(t *testing.T, hosts []string, from, until time.Time) (cert, key string) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: hosts, NotBefore: from, NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &secret.PublicKey, secret)
	if err != nil {
		t.Fatal(err)
	}
	sec, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, b := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: sec}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func TestTheDoctorReadsWhatTheSystemTells(t *testing.T) {
	proc := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		file := filepath.Join(proc, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	g := &ground{conf: config{MaxWaiting: 200}, proc: proc, pid: 77}
	put("swaps", "Filename Type Size Used Priority\n")
	put("77/cgroup", "0::/system.slice/nothing-of-that-name.service\n")
	put("77/limits", "Limit  Soft Limit  Hard Limit  Units\nMax core file size        0        0        bytes\nMax open files            65536                65536                files\n")
	put("77/status", "Name:\thelpline\nUid:\t998\t998\t998\t998\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n")
	for name, c := range map[string]check{"swap": lookAtSwap, "files": lookAtLimits, "confinement": lookAtConfinement, "core": lookAtCore} {
		if f := c(t.Context(), g); len(f) != 1 || f[0].State != fine || f[0].Check != name {
			t.Errorf("%s, all well: %+v", name, f)
		}
	}
	put("swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 999 0 -2\n")
	put("77/limits", "Max core file size        unlimited        unlimited        bytes\nMax open files            1024                1024                files\n")
	put("77/status", "Uid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\nNoNewPrivs:\t0\nSeccomp:\t0\n")
	for name, c := range map[string]struct {
		check check
		want  verdict
		says  string
	}{
		"swap":        {lookAtSwap, look, "written to the disk"},
		"files":       {lookAtLimits, look, "may open 1024"},
		"confinement": {lookAtConfinement, look, "runs as root, may gain rights, may make every system call"},
		"core":        {lookAtCore, wrong, "may leave a core file"},
	} {
		if f := c.check(t.Context(), g); len(f) != 1 || f[0].State != c.want || !strings.Contains(f[0].Says, c.says) || f[0].Do == "" {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestTheDoctorOfABadConfigurationSaysSo(t *testing.T) {
	code, out, errs := command(t, "doctor", "--config", written(t, good+"note_day = 3\n"))
	if code != exitConfig || !strings.Contains(out, `did you mean "note_days"?`) || errs == "" {
		t.Errorf("code %d: %s %s", code, out, errs)
	}
}

func TestTheConfigurationIsShownWithWhereItComesFrom(t *testing.T) {
	file := written(t, good)
	var out, errs shared
	env := map[string]string{"HELPLINE_NOTE_DAYS": "50", "HELPLINE_NOTEDAY": "3", "HELPLINE_CONFIG": file}
	p := &place{env: func(n string) string { return env[n] }, environ: []string{"HELPLINE_NOTE_DAYS=50", "HELPLINE_NOTEDAY=3", "HELPLINE_CONFIG=x", "PATH=/bin"}, in: strings.NewReader(""), out: &out, err: &errs, costs: cheap}
	if code := run(t.Context(), []string{"config", "dump", "--chats", "2"}, p); code != exitDone {
		t.Errorf("dump ended with %d: %s", code, &errs)
	}
	for _, want := range []string{
		`(?m)^name = "Talk" +# \S+helpline.toml line 1$`, `(?m)^note_days = 50 +# HELPLINE_NOTE_DAYS$`,
		`(?m)^chats = 2 +# --chats$`, `(?m)^max_waiting = 200 +# the default$`, `(?m)^locales = \["nl", "en"\] +#`,
	} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("the dump has nothing like %s:\n%s", want, &out)
		}
	}
	// What was dumped is a configuration that says the same.
	again, err := configure(nil, noEnv, written(t, out.String()))
	if err != nil || again.Line.NoteDays != 50 || again.Chats != 2 {
		t.Errorf("the dump cannot be read again: %v", err)
	}
	if code := run(t.Context(), []string{"config", "check"}, p); code != exitConfig || !strings.Contains(errs.String(), "did you mean HELPLINE_NOTE_DAYS?") {
		t.Errorf("a misspelt variable: code %d, %s", code, &errs)
	}
	p.environ = nil
	if code := run(t.Context(), []string{"config", "check"}, p); code != exitDone || !strings.Contains(out.String(), "can be used") {
		t.Errorf("a good one: code %d, %s", code, &errs)
	}
	if code, out, errs := command(t, "config", "dump", "--config", written(t, good+"chats = 9\n")); code != exitConfig || !strings.Contains(out, "chats = 9") || !strings.Contains(errs, "1 to 4") {
		t.Errorf("a bad one: code %d, %s %s", code, out, errs)
	}
}

func TestASecretOfTheConfigurationIsMasked(t *testing.T) {
	for _, key := range []string{"mail_password", "relay_token", "hook_secret", "key_passphrase"} {
		if masked(key, "hush") != "[set]" || masked(key, "") != "" {
			t.Errorf("%s is shown", key)
		}
	}
	if masked("name", "Talk") != "Talk" {
		t.Error("the name is masked")
	}
}
