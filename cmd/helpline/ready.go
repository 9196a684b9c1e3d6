package main

import (
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// unnamed is what /readyz says when a proxy is in front that is not named in
// the configuration. The doctor reads it.
const unnamed = "a proxy is in front and is not named"

// unnamedLasts is how long the last such request counts, so that one request
// that somebody made by hand does not stand against a line for ever.
const unnamedLasts = 10 * time.Minute

// front remembers whether a proxy that is not named stands in front. Only what
// comes from this machine is sure: anybody else can write a forwarding header.
// So what comes from elsewhere is only counted, and told when it is much.
type front struct {
	last atomic.Int64 // seconds since 1970; 0 never
	near atomic.Int64 // requests since the start, from this machine
	far  atomic.Int64 // and from elsewhere
}

// manyFar is how many such requests from elsewhere are worth a line in the log.
const manyFar = 1000

// saw is told of every request with a forwarding header. It says loudly, and
// without a word of whom, that all visitors count as one.
func (f *front) saw(r *http.Request, now time.Time, log *slog.Logger) {
	b, ok := r.Context().Value(connKey{}).(*blanked)
	switch {
	case !ok || b.remote == behindProxy || b.onion != nil:
	case b.near:
		n, was := f.near.Add(1), f.last.Swap(now.Unix())
		if was == 0 || now.Sub(time.Unix(was, 0)) >= unnamedLasts {
			log.Error("an unnamed proxy on this machine is in front: links fail and all visitors count as one; set proxy", "count", n)
		}
	default:
		if n := f.far.Add(1); n%manyFar == 0 {
			log.Warn("many requests passed a proxy that is not named; if it is yours, all visitors count as one; set proxy", "count", n)
		}
	}
}

// is says whether such a proxy was seen lately.
func (f *front) is(now time.Time) bool {
	last := f.last.Load()
	return last != 0 && now.Sub(time.Unix(last, 0)) < unnamedLasts
}

// readiness answers whether visitors should be sent here: the line runs, and
// nothing is in front that would make it fail them.
func readiness(ready *atomic.Bool, f *front) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		why := ""
		switch {
		case !ready.Load():
			why = "it starts or stops"
		case f.is(time.Now()):
			why = unnamed
		default:
			_, _ = w.Write([]byte("ready\n"))
			return
		}
		w.Header().Set("Retry-After", "2")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("not ready: " + why + "\n"))
	}
}
