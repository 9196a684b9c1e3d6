package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
)

// What cannot be read as a request never reaches the edge: net/http answers it
// by itself, with one of a few fixed sentences and hardly a header. This file
// puts the protective headers on those answers too, as they leave. It reads no
// request: it only knows whether the edge is answering on a connection just
// now. Over TLS of our own the sentences pass here encrypted and stay as they
// are.

// refusals gives connections whose answers by net/http itself are protected.
type refusals struct{ net.Listener }

// Accept waits for the next connection.
func (l refusals) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &refusal{Conn: conn}, nil
}

// refusal is one such connection.
type refusal struct {
	net.Conn
	answering atomic.Bool // by the edge: what is written is not looked at
}

// Write sends a part of an answer.
func (c *refusal) Write(b []byte) (int, error) {
	if c.answering.Load() || !bytes.HasPrefix(b, []byte("HTTP/1.")) {
		return c.Conn.Write(b)
	}
	status, rest, _ := bytes.Cut(b, []byte("\r\n"))
	if _, err := c.Conn.Write(slices.Concat(status, []byte("\r\n"+refusalHeaders), rest)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// CloseWrite says that nothing more will be written: the other end can read
// what stands there before the connection goes.
func (c *refusal) CloseWrite() error { return closeWrite(c.Conn) }

// NetConn is the connection below.
func (c *refusal) NetConn() net.Conn { return c.Conn }

// SyscallConn lets a live link write without waiting.
func (c *refusal) SyscallConn() (syscall.RawConn, error) { return syscallConn(c.Conn) }

func syscallConn(conn net.Conn) (syscall.RawConn, error) {
	if c, ok := conn.(syscall.Conn); ok {
		return c.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}

func closeWrite(conn net.Conn) error {
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// refusalHeaders are those of an answer that shows nothing but its sentence.
var refusalHeaders = func() string {
	all := []string{
		"Cache-Control: no-store",
		"Content-Security-Policy: default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
		"X-Robots-Tag: noindex",
	}
	for name, value := range alwaysHeaders {
		all = append(all, name+": "+value)
	}
	slices.Sort(all)
	return strings.Join(all, "\r\n") + "\r\n"
}()

type refusalKey struct{}

// refusing prepares a web server for connections of refusals.
func refusing(s *http.Server) {
	before := s.ConnContext
	s.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		if before != nil {
			ctx = before(ctx, conn)
		}
		return context.WithValue(ctx, refusalKey{}, conn)
	}
	s.ConnState = func(conn net.Conn, state http.ConnState) {
		if state == http.StateIdle { // an answer has left whole; what comes next may not be the edge's
			answering(conn, false)
		}
	}
	next := s.Handler
	s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _ := r.Context().Value(refusalKey{}).(net.Conn)
		answering(conn, true)
		next.ServeHTTP(w, r)
	})
}

func answering(conn net.Conn, yes bool) {
	if over, ok := conn.(*tls.Conn); ok {
		conn = over.NetConn()
	}
	if c, ok := conn.(*refusal); ok {
		c.answering.Store(yes)
	}
}
