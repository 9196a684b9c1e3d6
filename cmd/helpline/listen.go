package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"time"

	"helpline/chat/gate"
)

// behindProxy stands in RemoteAddr for a connection of a proxy that is named
// in the configuration: the rate key then comes from its forwarding header.
const behindProxy = "proxy"

// listener puts the rate key in the place of the peer's address on every
// connection it accepts. What net/http, a handler or a log line can learn of
// the peer is that key; the address itself is dropped here.
type listener struct {
	net.Listener
	keys    *gate.Keys
	proxies []netip.Addr
	places  *gate.Places // nil counts nothing
}

// Accept waits for the next connection and blanks its address.
func (l *listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	address := conn.RemoteAddr().String()
	key, before := l.name(address), ""
	if key != behindProxy {
		before = l.keys.Before(address, time.Now())
	}
	host, _, _ := net.SplitHostPort(address)
	b := &blanked{Conn: conn, remote: rateAddr(key), before: before, near: key != behindProxy && loopback(host)}
	if l.places != nil {
		b.place = l.places.Enter(key, key == behindProxy, func() { _ = conn.Close() })
	}
	return b, nil
}

func (l *listener) name(address string) string {
	if peer, err := netip.ParseAddrPort(address); err == nil {
		for _, proxy := range l.proxies {
			if peer.Addr().Unmap().WithZone("") == proxy {
				return behindProxy
			}
		}
	}
	return l.keys.Of(address, time.Now())
}

// blanked is a connection that does not tell who is at the other end.
type blanked struct {
	net.Conn
	remote rateAddr
	before string     // its rate key of the hour before; empty when that counts no more
	near   bool       // from this machine, and of no proxy that is named
	onion  *firstLine // of Tor: who it is stands in the first line
	holds
}

// RemoteAddr is the rate key. net/http asks for it where it would read.
func (c *blanked) RemoteAddr() net.Addr {
	if c.onion != nil {
		c.onion.read(c)
	}
	return c.remote
}

// Read reads what the other end sends.
func (c *blanked) Read(b []byte) (int, error) {
	if c.onion != nil {
		return c.onion.after(c, b)
	}
	return c.Conn.Read(b)
}

// SyscallConn lets a live link write without waiting.
func (c *blanked) SyscallConn() (syscall.RawConn, error) { return syscallConn(c.Conn) }

// CloseWrite says that nothing more will be written, as on a plain connection.
func (c *blanked) CloseWrite() error { return closeWrite(c.Conn) }

// rateAddr is a rate key in the shape of an address.
type rateAddr string

// Network says that this is no address of any network.
func (rateAddr) Network() string { return "rate" }

// String is the rate key.
func (a rateAddr) String() string { return string(a) }

// noise is where net/http writes what it would log. Of every line only its
// sort is kept, because the lines hold addresses, headers and panic values.
type noise struct {
	log *slog.Logger

	mu     sync.Mutex
	counts map[string]int
}

// noiseSorts names the lines of net/http by how they begin.
var noiseSorts = []struct{ prefix, sort string }{
	{"http: TLS handshake error", "handshake"},
	{"http: panic serving", "panic"},
	{"http: Accept error", "accept"},
	{"http: superfluous response.WriteHeader", "header"},
	{"http: response.WriteHeader on hijacked", "hijacked"},
	{"http: response.Write on hijacked", "hijacked"},
	{"http2:", "http2"},
}

// Write counts a line. It never fails.
func (n *noise) Write(line []byte) (int, error) {
	sort := "other"
	for _, s := range noiseSorts {
		if strings.HasPrefix(string(line), s.prefix) {
			sort = s.sort
			break
		}
	}
	n.add(sort)
	return len(line), nil
}

// add counts one of a sort, and gives how many there are since the last report.
func (n *noise) add(sort string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.counts == nil {
		n.counts = make(map[string]int)
	}
	n.counts[sort]++
	return n.counts[sort]
}

// circuit is told of a connection at the onion listener that names no circuit.
func (n *noise) circuit() {
	if n.add("circuit") == 1 {
		n.log.Error("onion_listen met a connection without a circuit; torrc needs HiddenServiceExportCircuitID haproxy")
	}
}

// report writes the counts since the last report, one line per sort.
func (n *noise) report() {
	n.mu.Lock()
	counts := n.counts
	n.counts = nil
	n.mu.Unlock()
	for _, s := range []string{"accept", "circuit", "handshake", "header", "hijacked", "http2", "other", "panic"} {
		if counts[s] > 0 {
			n.log.Warn("the web server complained", "sort", s, "count", counts[s])
		}
	}
}

// run reports every five minutes, and once more when it is told to stop.
func (n *noise) run(ctx context.Context) {
	tick := time.NewTicker(5 * time.Minute)
	defer tick.Stop()
	defer n.report()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			n.report()
		}
	}
}

// rateKey gives the rate key of a request, and that of the hour before while it
// still counts, and must run before anything else sees the request: for a named
// proxy they are made from the last hop of X-Forwarded-For, the only one that
// proxy wrote itself.
func rateKey(r *http.Request, keys *gate.Keys, now time.Time) (key, before string) {
	if r.RemoteAddr != behindProxy {
		if b, ok := r.Context().Value(connKey{}).(*blanked); ok {
			before = b.before
		}
		return r.RemoteAddr, before
	}
	lines := r.Header.Values("X-Forwarded-For")
	if len(lines) == 0 {
		return gate.Unknown, ""
	}
	hops := strings.Split(lines[len(lines)-1], ",")
	last := strings.TrimSpace(hops[len(hops)-1])
	if strings.HasSuffix(last, "]") { // an IPv6 address without a port
		last = strings.Trim(last, "[]")
	}
	return keys.Of(last, now), keys.Before(last, now)
}
