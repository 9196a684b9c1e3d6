package main

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"helpline"
	"helpline/chat/gate"
)

// maxBody is the most that a request of any kind may carry; handlers ask for
// less where they need less.
const maxBody = 64 << 10

// maxHeader is the most that the head of a request may carry.
const maxHeader = 16 << 10

// problem writes the page for a status of 400 or more in the visitor's or the
// staff's own looks. It says what to do next.
type problem func(w http.ResponseWriter, r *http.Request, status int)

// site is what one host name serves.
type site struct {
	host     string // as browsers write it
	mux      *http.ServeMux
	problem  problem
	again    func(w http.ResponseWriter, r *http.Request, status int) bool // gives the words of a form back; false where there are none. Nil: never
	passkeys bool                                                          // pages may ask for a passkey of this host
	action   string                                                        // origins besides our own that a form may lead to
	door     *admission                                                    // nil lets everybody in
	open     []string                                                      // patterns of the pages that search engines may list
	offers   []string                                                      // patterns of the pages that may be had over Tor too
	onion    bool                                                          // is reached through the onion listener, and only so
	frames   []string                                                      // patterns of what stands in a frame of a page of ours
	framing  []string                                                      // patterns of the pages that have such frames
	away     func()                                                        // optional: told of each request that was not let in

	fixed http.Header // of every answer; see headers
}

// edge stands around everything: no request reaches a handler and no answer
// leaves without having passed here. It turns away what is not for us, takes
// from requests whatever could identify somebody, and puts the same protective
// headers on every answer, refusals and failures included.
type edge struct {
	sites  map[string]*site // by Host
	main   *site            // whose pages answer a wrong Host
	hidden *site            // the same for what comes over Tor; nil without onion service
	keys   *gate.Keys
	secure bool // browsers come over TLS
	direct bool // the demonstration: whoever comes through a proxy is refused
	log    *slog.Logger
	cross  *http.CrossOriginProtection
	front  *front
	turned atomic.Uint64 // requests that were not let in
}

func newEdge(keys *gate.Keys, secure, direct bool, log *slog.Logger, main *site, others ...*site) *edge {
	e := &edge{
		sites: make(map[string]*site), main: main, keys: keys, secure: secure, direct: direct, log: log,
		front: new(front), cross: http.NewCrossOriginProtection(),
	}
	for _, s := range append(others, main) {
		e.sites[s.host] = s
		s.fixed = e.headers(s)
	}
	return e
}

// hide adds the visitors' pages under their onion name. Where they are open to
// anybody, the others say that they are there.
func (e *edge) hide(s *site) {
	s.onion = true
	e.sites[s.host], e.hidden = s, s
	s.fixed = e.headers(s)
}

// site is who answers a request. Each listener has its own names: whoever comes
// over Tor meets nothing but the onion service, and nobody else meets that.
func (e *edge) site(r *http.Request) (s *site, known bool) {
	onion := e.hidden != nil && byOnion(r)
	if s, known = e.sites[strings.ToLower(r.Host)]; known && s.onion == onion {
		return s, true
	}
	if onion {
		return e.hidden, false
	}
	return e.main, false
}

// ServeHTTP is the walk of every request.
func (e *edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s, known := e.site(r)
	a := &answer{ResponseWriter: w, fixed: s.fixed}
	pattern := ""
	defer func() { e.recovered(a, r, s, pattern, recover()) }()

	forwarded := cameForwarded(r)
	if forwarded {
		e.front.saw(r, time.Now(), e.log)
	}
	var before string
	if r.RemoteAddr, before = rateKey(r, e.keys, time.Now()); before != "" {
		r = r.WithContext(gate.WithEarlier(r.Context(), before))
	}
	strip(r)
	switch {
	case e.direct && forwarded:
		s.problem(a, r, http.StatusForbidden)
		return
	case !known:
		s.problem(a, r, http.StatusMisdirectedRequest)
		return
	case !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost}, r.Method):
		a.Header().Set("Allow", "GET, HEAD, POST")
		s.problem(a, r, http.StatusMethodNotAllowed)
		return
	case e.cross.Check(r) != nil:
		s.problem(a, r, http.StatusForbidden)
		return
	case r.ContentLength > maxBody:
		s.problem(a, r, http.StatusRequestEntityTooLarge)
		return
	case len(r.TransferEncoding) > 0:
		// What a form or a page of ours sends has a length. Where it ends in
		// pieces, a proxy and we could differ on where the next request begins.
		a.Header().Set("Connection", "close")
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(time.Second)) // nor is the rest waited for
		s.problem(a, r, http.StatusLengthRequired)
		return
	}
	r.Body = http.MaxBytesReader(a, r.Body, maxBody)
	handler, pattern := s.mux.Handler(r)
	if pattern == "" {
		e.unrouted(a, r, s, handler)
		return
	}
	a.fixed = s.framed(pattern, a.fixed)
	release, wait, ok := s.door.admit(r, pattern, time.Now())
	if !ok {
		e.turned.Add(1)
		if s.away != nil {
			s.away()
		}
		s.door.refuse(a, r, s, pattern, wait)
		return
	}
	if s.door.lives(pattern) {
		var ctx context.Context
		ctx, release = gate.WithStay(r.Context(), release)
		r = r.WithContext(ctx)
	}
	defer func() { settle(r, a.hijacked, release) }()
	a.listed = slices.Contains(s.open, pattern)
	if e.hidden != nil && !s.onion && slices.Contains(s.offers, pattern) {
		a.onion = "http://" + e.hidden.host + r.URL.EscapedPath()
	}
	s.mux.ServeHTTP(a, r)
	if s.door != nil && s.door.gave != nil {
		s.door.gave(a.Header())
	}
}

// unrouted turns the mux's own plain refusals into pages.
func (e *edge) unrouted(a *answer, r *http.Request, s *site, refusal http.Handler) {
	p := probe{header: make(http.Header), status: http.StatusOK}
	refusal.ServeHTTP(&p, r)
	if allow := p.header.Get("Allow"); allow != "" {
		a.Header().Set("Allow", allow)
	}
	if p.status < 400 {
		p.status = http.StatusNotFound
	}
	s.problem(a, r, p.status)
}

// recovered answers a panic of a handler. Only the pattern of the route and
// the kind of what was thrown are logged: the value and the stack may hold
// what somebody wrote.
func (e *edge) recovered(a *answer, r *http.Request, s *site, pattern string, thrown any) {
	if thrown == nil {
		return
	}
	err, ok := thrown.(error)
	if ok && errors.Is(err, http.ErrAbortHandler) {
		panic(http.ErrAbortHandler)
	}
	if !ok {
		err = helpline.Errorf(helpline.Internal, "panic")
	}
	e.log.Error("a handler panicked", "route", pattern, "kind", helpline.KindOf(err), "err", err)
	if a.hijacked {
		return
	}
	if a.wrote {
		panic(http.ErrAbortHandler) // half a page must not look like a whole one
	}
	clear(a.Header())
	s.problem(a, r, http.StatusInternalServerError)
}

// passed are the only headers of a request that reach a handler. What is not
// here tells who somebody is, where they come from or what they use.
var passed = []string{
	"Accept", "Accept-Encoding", "Accept-Language", "Connection", "Content-Length", "Content-Type", "Cookie",
	"If-None-Match", "Origin", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site",
	"Sec-Websocket-Extensions", "Sec-Websocket-Key", "Sec-Websocket-Protocol", "Sec-Websocket-Version", "Upgrade",
}

// strip keeps the headers that are needed and drops the rest.
func strip(r *http.Request) {
	for name := range r.Header {
		if !slices.Contains(passed, textproto.CanonicalMIMEHeaderKey(name)) {
			delete(r.Header, name)
		}
	}
	r.Trailer = nil
}

// cameForwarded says whether a proxy has had its hand in a request.
func cameForwarded(r *http.Request) bool {
	for name := range r.Header {
		if name == "Forwarded" || name == "Via" || name == "X-Real-Ip" || strings.HasPrefix(name, "X-Forwarded-") {
			return true
		}
	}
	return false
}

// headers are those of every answer of a site, made once. They are written over
// whatever a handler set, at the last moment.
func (e *edge) headers(s *site) http.Header {
	scheme, secure := "ws://", e.secure && !s.onion // Tor itself is the way in
	if secure {
		scheme = "wss://"
	}
	h := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
			"connect-src 'self' " + scheme + s.host + "; form-action " + strings.TrimSpace("'self' "+s.action) +
			"; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
	}
	maps.Copy(h, alwaysHeaders)
	if s.passkeys {
		h["Permissions-Policy"] = strings.Replace(noPermissions, "publickey-credentials-get=()", "publickey-credentials-get=(self)", 1)
	}
	if secure {
		h["Strict-Transport-Security"] = "max-age=63072000"
	}
	all := http.Header{}
	for name, value := range h {
		all.Set(name, value)
	}
	return all
}

// framed are the headers of a page that has frames, or stands in one: both are
// pages of this site, and no other may frame either.
func (s *site) framed(pattern string, fixed http.Header) http.Header {
	const csp = "Content-Security-Policy"
	frames, framed := slices.Contains(s.framing, pattern), slices.Contains(s.frames, pattern)
	if frames || framed {
		fixed = fixed.Clone() // the others' stay as they are
	}
	if frames {
		fixed.Set(csp, fixed.Get(csp)+"; frame-src 'self'")
	}
	if framed {
		fixed.Set(csp, strings.Replace(fixed.Get(csp), "frame-ancestors 'none'", "frame-ancestors 'self'", 1))
		fixed.Set("X-Frame-Options", "SAMEORIGIN")
	}
	return fixed
}

// alwaysHeaders are those that are the same on every answer of every site.
var alwaysHeaders = map[string]string{
	"Referrer-Policy":                   "same-origin",
	"X-Content-Type-Options":            "nosniff",
	"X-Frame-Options":                   "DENY",
	"Cross-Origin-Opener-Policy":        "same-origin",
	"Cross-Origin-Resource-Policy":      "same-origin",
	"Cross-Origin-Embedder-Policy":      "require-corp",
	"Origin-Agent-Cluster":              "?1",
	"X-Permitted-Cross-Domain-Policies": "none",
	"X-Dns-Prefetch-Control":            "off",
	"Permissions-Policy":                noPermissions,
}

// noPermissions switches off what a page could ask a device for.
const noPermissions = "accelerometer=(), autoplay=(self), browsing-topics=(), camera=(), clipboard-read=(), display-capture=(), " +
	"encrypted-media=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), interest-cohort=(), local-fonts=(), magnetometer=(), " +
	"microphone=(), midi=(), payment=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()"
