package main

import (
	"bufio"
	"context"
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
