package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// tlsSoon is when a certificate that ends is told: renewing must have failed
// more than once by then.
const tlsSoon = 14 * 24 * time.Hour

// hostName is a host without its port.
func hostName(host string) string {
	name, _, _ := strings.Cut(host, ":")
	return name
}

func lookAtTLS(_ context.Context, g *ground) []finding {
	if g.conf.Cert == "" {
		if len(g.conf.Proxies) > 0 {
			return well("tls", "ends at your proxy: its certificate cannot be seen from here")
		}
		return bad("tls", look, "set `proxy` to the address of your proxy, or set tls_cert and tls_key",
			"browsers are thought to come without TLS: outside of this machine nothing will work")
	}
	pair, err := tls.LoadX509KeyPair(g.conf.Cert, g.conf.Key)
	if err != nil {
		return bad("tls", wrong, "name a certificate and its key in PEM form, readable for the account of the line", "tls_cert and tls_key cannot be used together: %v", err)
	}
	var out []finding
	if at, err := os.Stat(g.conf.Key); err == nil && at.Mode().Perm()&0o007 != 0 {
		out = append(out, bad("tls", wrong, "chmod o-rwx "+g.conf.Key+", and have the certificate issued anew", "every account can read the key of the certificate")...)
	}
	leaf := pair.Leaf
	if leaf == nil {
		if leaf, err = x509.ParseCertificate(pair.Certificate[0]); err != nil {
			return append(out, bad("tls", wrong, "have it issued anew", "the certificate cannot be read")...)
		}
	}
	for _, host := range []string{g.conf.VisitorHost, g.conf.StaffHost} {
		if err := leaf.VerifyHostname(hostName(host)); err != nil {
			out = append(out, bad("tls", wrong, "have it issued for both host names", "the certificate is not for %s", hostName(host))...)
		}
	}
	left := leaf.NotAfter.Sub(g.now)
	days := int(left / (24 * time.Hour))
	switch {
	case g.now.Before(leaf.NotBefore):
		out = append(out, bad("tls", wrong, "see the clock, or wait", "the certificate is not valid yet")...)
	case left <= 0:
		out = append(out, bad("tls", wrong, "renew it and restart the line", "the certificate has ended %s", leaf.NotAfter.UTC().Format(time.DateOnly))...)
	case left < tlsSoon:
		out = append(out, bad("tls", look, "see why it has not been renewed; restart the line when it has", "the certificate ends in %d days", days)...)
	}
	if len(out) == 0 {
		out = well("tls", "the certificate is for both hosts and ends in %d days", days)
	}
	return out
}

// askLine asks the running line something on its own address, as a browser
// of the visitors' host would. Nothing leaves this machine but for that.
func askLine(ctx context.Context, c config, path string) (status int, body string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	scheme := "http://"
	if c.Cert != "" {
		scheme = "https://"
	}
	asker := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{ServerName: hostName(c.VisitorHost)}, DisableKeepAlives: true}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+c.Listen+path, nil)
	if err != nil {
		return 0, "", fmt.Errorf("ask %s: %w", c.Listen, err)
	}
	r.Host = c.VisitorHost
	answer, err := asker.Do(r)
	if err != nil {
		return 0, "", fmt.Errorf("no answer on %s: %w", c.Listen, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 4<<10))
	return answer.StatusCode, strings.TrimSpace(string(text)), err
}

func lookAtLine(ctx context.Context, g *ground) []finding {
	if g.own != nil {
		return nil // whoever asks has seen that it runs
	}
	if !g.seen.Taken {
		return bad("line", look, "start it, unless it stands still on purpose", "it does not run: visitors meet nothing")
	}
	status, body, err := askLine(ctx, g.conf, readyRoute.Pattern)
	switch {
	case err != nil:
		return bad("line", wrong, "compare `listen` with what the running line was started with", "it runs and does not answer on %s", g.conf.Listen)
	case status == http.StatusOK:
		return well("line", "runs and is ready")
	case status == http.StatusServiceUnavailable && strings.Contains(body, unnamed):
		return nil // lookAtProxy says more of it
	case status == http.StatusServiceUnavailable:
		return bad("line", look, "ask again in a moment", "it is starting or stopping")
	}
	return bad("line", wrong, "see what else listens there", "%s answers %d, as this program does not", g.conf.Listen, status)
}

// lookAtProxy asks the running line whether requests come through a proxy that
// is not named. Only it can see that.
func lookAtProxy(ctx context.Context, g *ground) []finding {
	named := len(g.conf.Proxies)
	if g.behindUnnamed(ctx) {
		return bad("proxy", wrong, `add its address to the setting, such as proxy = ["127.0.0.1", "::1"], and restart the line`,
			"a proxy on this machine is in front and is not named: live links fail and all visitors are counted as one")
	}
	switch {
	case named > 0:
		return well("proxy", "%d named; mind yourself that it keeps no log with addresses", named)
	case g.conf.Cert == "":
		return bad("proxy", look, "name it, or set tls_cert and tls_key", "no proxy is named, and TLS is not our own")
	}
	return well("proxy", "none named, and TLS is our own")
}

// behindUnnamed says whether the running line has met such a proxy.
func (g *ground) behindUnnamed(ctx context.Context) bool {
	if g.own != nil {
		return g.own.is(g.now)
	}
	if !g.seen.Taken {
		return false
	}
	status, body, err := askLine(ctx, g.conf, readyRoute.Pattern)
	return err == nil && status == http.StatusServiceUnavailable && strings.Contains(body, unnamed)
}
