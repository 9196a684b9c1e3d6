package main

import (
	"bufio"
	"net"
	"net/http"
)

// answer is the way back of every request. It puts the protective headers on
// when the first byte leaves, so that no handler and no helper of net/http can
// take them off.
type answer struct {
	http.ResponseWriter
	fixed    map[string]string // of the site: never changed
	onion    string            // where this page may be had over Tor; empty: nowhere
	listed   bool              // search engines may list this page
	wrote    bool
	hijacked bool
}

// WriteHeader sends the status with the protective headers.
func (a *answer) WriteHeader(status int) {
	if a.wrote {
		return
	}
	a.wrote = status >= 200
	h := a.Header()
	for name, value := range a.fixed {
		h.Set(name, value)
	}
	if a.onion != "" {
		h.Set("Onion-Location", a.onion)
	}
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	if !a.listed || status != http.StatusOK {
		h.Set("X-Robots-Tag", "noindex")
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write sends a part of the answer.
func (a *answer) Write(b []byte) (int, error) {
	if !a.wrote {
		if a.Header().Get("Content-Type") == "" {
			a.Header().Set("Content-Type", http.DetectContentType(b))
		}
		a.WriteHeader(http.StatusOK)
	}
	return a.ResponseWriter.Write(b)
}

// Flush sends what is buffered.
func (a *answer) Flush() {
	if !a.wrote {
		a.WriteHeader(http.StatusOK)
	}
	_ = http.NewResponseController(a.ResponseWriter).Flush()
}

// Hijack hands the connection over to a live link. The answer to an upgrade
// shows nothing and carries none of these headers.
func (a *answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffer, err := http.NewResponseController(a.ResponseWriter).Hijack()
	a.hijacked = err == nil
	return conn, buffer, err
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// probe takes an answer that nobody gets to see.
type probe struct {
	header http.Header
	status int
}

// Header is the header of the answer.
func (p *probe) Header() http.Header { return p.header }

// Write drops a part of the answer.
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader keeps the status.
func (p *probe) WriteHeader(status int) { p.status = status }
