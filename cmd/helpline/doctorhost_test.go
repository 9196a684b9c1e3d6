package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

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
