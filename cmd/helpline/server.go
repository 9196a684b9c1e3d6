package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// server is the web server around the edge. What is live behind it (sockets)
// is not its business: those are told by the engine.
type server struct {
	http  *http.Server
	ready *atomic.Bool
	noise *noise
	cert  string
	key   string
}

func newServer(handler http.Handler, ready *atomic.Bool, logger *slog.Logger, cert, key string) *server {
	n := &noise{log: logger}
	s := &server{
		ready: ready, noise: n, cert: cert, key: key,
		http: &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: 10 * time.Second,
			ReadTimeout:       30 * time.Second,
			WriteTimeout:      60 * time.Second,
			IdleTimeout:       2 * time.Minute,
			MaxHeaderBytes:    maxHeader,
			// OPTIONS * is a request like any other: the edge answers it.
			DisableGeneralOptionsHandler: true,
			ConnContext:                  withConn,
			ErrorLog:                     log.New(n, "", 0),
			TLSConfig:                    &tls.Config{MinVersion: tls.VersionTLS12},
		},
	}
	refusing(s.http)
	return s
}

// run serves on a listener until ctx is done, and on others to which nobody
// comes over TLS. It stops accepting first, then calls leave, which tells the
// live pages to come back, and then waits for the requests that are being
// answered.
func (s *server) run(ctx context.Context, on net.Listener, leave func(), plain ...net.Listener) error {
	on = refusals{on}
	s.ready.Store(true) // before anybody can be answered
	defer s.ready.Store(false)
	ended := make(chan error, 1+len(plain))
	for _, l := range plain {
		go func() { ended <- s.http.Serve(refusals{l}) }()
	}
	go func() {
		if s.cert != "" {
			ended <- s.http.ServeTLS(on, s.cert, s.key)
		} else {
			ended <- s.http.Serve(on)
		}
	}()
	select {
	case err := <-ended:
		_ = s.http.Close() // what else is served ends too
		for range plain {
			<-ended
		}
		leave()
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.ready.Store(false)
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	closed := make(chan error, 1)
	go func() { closed <- s.http.Shutdown(patience) }()
	for range 1 + len(plain) {
		<-ended // nothing is accepted from here on
	}
	leave()
	if err := <-closed; err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}

// health answers whether the line is ready: to be asked by a supervisor of
// processes or a proxy. It says nothing else.
func health(ready *atomic.Bool) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if !ready.Load() {
			w.Header().Set("Retry-After", "2")
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte("not ready\n"))
			return
		}
		_, _ = w.Write([]byte("ready\n"))
	}
}
