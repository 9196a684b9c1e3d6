package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"testing"

	"helpline/chat/gate"
)

func TestARequestForTheWholeServerIsAnsweredByTheEdge(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	e := newEdge(new(gate.Keys), false, false, log, testSite("talk.example"))
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- newServer(e, new(atomic.Bool), log, "", "").run(ctx, on, func() {}) }()
	t.Cleanup(func() { stop(); <-ended })

	conn, err := net.Dial("tcp", on.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("OPTIONS * HTTP/1.1\r\nHost: talk.example\r\nConnection: close\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusMethodNotAllowed || answer.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("OPTIONS * was answered %d with %v", answer.StatusCode, answer.Header)
	}
}

// TestARequestFindsItsConnection: a live link that does not gives its place
// among the connections back never, and is closed as the oldest of a crowd.
func TestARequestFindsItsConnection(t *testing.T) {
	s := newServer(http.NotFoundHandler(), new(atomic.Bool), slog.New(slog.DiscardHandler), "", "")
	own := new(blanked)
	for name, conn := range map[string]net.Conn{
		"plain":    &refusal{Conn: own},
		"over TLS": tls.Server(&refusal{Conn: own}, new(tls.Config)),
	} {
		t.Run(name, func(t *testing.T) {
			ctx := s.http.ConnContext(t.Context(), conn)
			if got, _ := ctx.Value(connKey{}).(*blanked); got != own {
				t.Error("the connection is not found")
			}
			if ctx.Value(refusalKey{}) == nil {
				t.Error("the refusal is not found")
			}
		})
	}
}
