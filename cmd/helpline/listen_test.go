package main

import (
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"helpline/chat/gate"
)

func TestPromiseConnectionsDoNotTellTheirAddress(t *testing.T) {
	base, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	for _, c := range []struct {
		name    string
		proxies []netip.Addr
		proxy   bool
	}{
		{"a stranger is a rate key", nil, false},
		{"a named proxy is known as one", []netip.Addr{netip.MustParseAddr("127.0.0.1")}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := &listener{Listener: base, keys: new(gate.Keys), proxies: c.proxies}
			page, err := net.Dial("tcp", base.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer page.Close()
			conn, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			remote := conn.RemoteAddr().String()
			if strings.Contains(remote, "127.0.0.1") || (remote == behindProxy) != c.proxy {
				t.Errorf("RemoteAddr is %q", remote)
			}
		})
	}
}

func TestTheRateKeyBehindAProxyIsOfTheLastHop(t *testing.T) {
	var keys gate.Keys
	now := time.Now()
	key := func(remote string, lines ...string) string {
		r := &http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": lines}}
		key, _ := rateKey(r, &keys, now)
		return key
	}
	want := keys.Of("192.0.2.7", now)
	for _, c := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"one hop", []string{"192.0.2.7"}, want},
		{"a forged hop before it", []string{"198.51.100.1, 192.0.2.7"}, want},
		{"a forged line before it", []string{"198.51.100.1", "192.0.2.7"}, want},
		{"no header", nil, gate.Unknown},
		{"nonsense", []string{"unknown"}, gate.Unknown},
		{"IPv6 in brackets", []string{"[2001:db8::1]"}, keys.Of("2001:db8::2", now)},
		{"IPv6 with a port", []string{"[2001:db8::1]:443"}, keys.Of("2001:db8::2", now)},
		{"IPv4 with a port", []string{"192.0.2.7:4711"}, want},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := key(behindProxy, c.lines...); got != c.want {
				t.Errorf("rate key is %s, want %s", got, c.want)
			}
		})
	}
	if got := key("0123456789abcdef", "192.0.2.7"); got != "0123456789abcdef" {
		t.Error("a forwarding header of somebody who is no named proxy was believed")
	}
}

func TestTheWebServersComplaintsAreCountedNotQuoted(t *testing.T) {
	var out bytes.Buffer
	n := &noise{log: newLog(&out, slog.LevelInfo)}
	for _, line := range []string{
		"http: TLS handshake error from 192.0.2.77:4000: EOF\n", "http: TLS handshake error from 192.0.2.77:4001: EOF\n",
		"http: panic serving 192.0.2.77: the marked sentence\n", "something 192.0.2.77\n",
	} {
		if _, err := n.Write([]byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	n.report()
	if strings.Contains(out.String(), "192.0.2.77") || strings.Contains(out.String(), "sentence") {
		t.Errorf("the log quotes a complaint: %s", &out)
	}
	for _, want := range []string{`"sort":"handshake","count":2`, `"sort":"panic","count":1`, `"sort":"other","count":1`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the log lacks %s: %s", want, &out)
		}
	}
	out.Reset()
	if n.report(); out.Len() > 0 {
		t.Errorf("the same complaints were reported twice: %s", &out)
	}
}
