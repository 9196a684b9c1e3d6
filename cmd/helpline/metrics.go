package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"helpline/counsel/retention"
)

// Figures for whoever watches the machine. A watcher asks every few seconds and
// keeps the answers, so a figure that moves with one visitor would be a record of
// when somebody asked for help. Nothing here counts contacts, and what grows with
// them is coarse: a tenth of all links, hundreds of refusals, 16 MiB of memory.
const (
	coarseMemory  = 16 << 20 // bytes
	coarseRefused = 100      // requests
	examineEvery  = 5 * time.Minute
)

// figures are the metrics of one running line.
type figures struct {
	l       *line
	refused *atomic.Uint64
	front   *front
	started time.Time

	mu   sync.Mutex
	at   time.Time
	last examined
}

// examined asks the doctor, at most every few minutes.
func (f *figures) examined(ctx context.Context) examined {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := time.Now(); now.Sub(f.at) > examineEvery {
		f.last, f.at = examine(ctx, f.l.ground(f.front, now)), now
	}
	return f.last
}

// ground is what the doctor stands on inside the running line.
func (l *line) ground(f *front, now time.Time) *ground {
	return &ground{conf: l.conf, now: now, proc: "/proc", pid: os.Getpid(), db: l.db, own: f}
}

// write prints the figures in the text format that every watcher reads.
func (f *figures) write(ctx context.Context, to *bytes.Buffer) {
	set := metrics.NewSet()
	gauge := func(name string, value float64) { set.NewGauge(name, func() float64 { return value }) }
	gauge(fmt.Sprintf("helpline_version{version=%q}", version), 1)
	gauge("helpline_ready", truth(f.l.ready.Load()))
	gauge("helpline_up_hours", float64(int(time.Since(f.started)/time.Hour)))
	gauge("helpline_memory_bytes", float64(roundUp(residentBytes(), coarseMemory)))
	gauge("helpline_links_tenths", float64(10*f.l.gate.Links()/mostLinks(f.l.conf.MaxWaiting)))
	gauge("helpline_refused_total", float64(f.refused.Load()/coarseRefused*coarseRefused))
	gauge("helpline_unnamed_proxy_total", float64((f.front.near.Load()+f.front.far.Load())/coarseRefused*coarseRefused))
	if done, err := f.l.db.Chores(ctx); err == nil {
		for _, c := range []retention.Chore{retention.Purging, retention.BackingUp, retention.Rehearsing} {
			if day, ever := done[c]; ever {
				gauge(fmt.Sprintf("helpline_days_since{chore=%q}", string(c)), float64(max(0, retention.Day(time.Now())-day)))
			}
		}
	}
	if trouble, err := f.l.notices.Trouble(ctx); err == nil && f.l.notices.On() {
		gauge("helpline_notices_failing", float64(trouble.Failing))
		gauge("helpline_calls_unanswered", float64(trouble.Unanswered))
	}
	e := f.examined(ctx)
	worst := map[string]verdict{}
	for _, one := range e.Findings {
		if had := worst[one.Check]; had == "" || one.State == wrong || one.State == look && had == fine {
			worst[one.Check] = one.State
		}
	}
	for check, state := range worst {
		gauge(fmt.Sprintf("helpline_check{check=%q}", check), map[verdict]float64{fine: 0, look: 1, wrong: 2}[state])
	}
	set.WritePrometheus(to)
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func roundUp(n, step uint64) uint64 { return (n + step - 1) / step * step }

// ServeHTTP answers GET /metrics from this machine and nothing else. The name in
// Host must be this machine's too: a page in somebody's browser cannot ask.
func (f *figures) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	switch {
	case !loopback(host) || r.Header.Get("Origin") != "":
		http.Error(w, "this machine only", http.StatusForbidden)
	case r.URL.Path != "/metrics":
		http.NotFound(w, r)
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		http.Error(w, "GET only", http.StatusMethodNotAllowed)
	default:
		var page bytes.Buffer
		f.write(r.Context(), &page)
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(page.Bytes())
	}
}

// run serves the figures on a listener of their own until ctx is done.
func (f *figures) run(ctx context.Context, on net.Listener) error {
	srv := &http.Server{
		Handler: f, ReadTimeout: 5 * time.Second, WriteTimeout: 20 * time.Second, MaxHeaderBytes: 4 << 10,
		ErrorLog: log.New(&noise{log: slog.New(slog.DiscardHandler)}, "", 0),
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(on) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve the metrics: %w", err)
	case <-ctx.Done():
	}
	err := srv.Close()
	<-ended
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("stop the metrics: %w", err)
	}
	return nil
}
