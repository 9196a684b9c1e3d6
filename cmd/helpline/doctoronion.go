package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// lookAtOnion asks the line through its onion listener, as Tor would.
func lookAtOnion(ctx context.Context, g *ground) []finding {
	where := g.conf.OnionListen
	if where == "" {
		return nil
	}
	path, socket := strings.CutPrefix(where, unixPrefix)
	if socket {
		if at, err := os.Stat(filepath.Dir(path)); err != nil || !at.IsDir() {
			return bad("onion", wrong, "make it, readable for the line and for Tor only, as deploy/onion.conf does", "the folder of the socket %s is not there", path)
		}
		if at, err := os.Stat(path); err == nil && (at.Mode()&fs.ModeSocket == 0 || at.Mode().Perm()&0o007 != 0) {
			return bad("onion", wrong, "restart the line with deploy/onion.conf", "%s is no socket, or every account may use it and name any circuit", path)
		}
	}
	if g.own == nil && !g.seen.Taken {
		return well("onion", "set; it answers when the line runs")
	}
	status, err := askOnion(ctx, g.conf)
	switch {
	case err != nil || status != http.StatusOK && status != http.StatusServiceUnavailable:
		return bad("onion", wrong, "compare onion_listen and onion_host with what the running line was started with", "the line does not answer on %s", where)
	case !socket:
		return bad("onion", look, "use a socket: onion_listen = \"unix:/run/helpline/onion.sock\"", "answers; every program of this machine can connect and name any circuit")
	}
	return well("onion", "answers; that Tor is there and brings people cannot be seen from here")
}

// askOnion asks whether the line is ready, through a circuit that Tor never
// uses for anybody.
func askOnion(ctx context.Context, c config) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	network, at := "tcp", c.OnionListen
	if path, is := strings.CutPrefix(at, unixPrefix); is {
		network, at = "unix", path
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, at)
	if err != nil {
		return 0, fmt.Errorf("ask the onion listener: %w", err)
	}
	defer conn.Close()
	if end, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(end) // a connection that cannot have one fails below
	}
	const ask = "PROXY TCP6 fc00:dead:beef:4dad::0:0 ::1 1 80\r\nGET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
	if _, err := fmt.Fprintf(conn, ask, readyRoute.Pattern, c.OnionHost); err != nil {
		return 0, fmt.Errorf("ask the onion listener: %w", err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, 16<<10)), nil)
	if err != nil {
		return 0, fmt.Errorf("ask the onion listener: %w", err)
	}
	return answer.StatusCode, answer.Body.Close()
}
