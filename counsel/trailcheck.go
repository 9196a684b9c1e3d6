package counsel

import (
	"context"
	"sync"
	"time"

	"helpline"
	"helpline/counsel/audit"
)

// TrailLog is the audit log as its check needs it. Asserted by store.
type TrailLog interface {
	NoteTrail
	// Verify checks the log against the keys of this host.
	Verify(ctx context.Context, w audit.Wanted) (audit.Report, error)
}

// TrailState is what is known of the last check.
type TrailState struct {
	Running  bool
	Done, Of int       // entries, while it runs
	At       time.Time // of the last check; zero when there was none
	Report   audit.Report
	Failed   bool // it could not be done
}

// Bad says whether somebody must look at the log.
func (s TrailState) Bad() bool { return s.Failed || s.Report.Fault != nil }

// TrailChecks checks the audit log in the background: once a day and when
// somebody asks. Safe for concurrent use.
type TrailChecks struct {
	log  TrailLog
	asks chan helpline.ID

	mu    sync.Mutex
	state TrailState
}

// NewTrailChecks checks a log; Run must run beside it.
func NewTrailChecks(l TrailLog) *TrailChecks {
	return &TrailChecks{log: l, asks: make(chan helpline.ID, 1)}
}

// State is what is known now.
func (c *TrailChecks) State() TrailState {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// Find gives entries, the newest first.
func (c *TrailChecks) Find(ctx context.Context, q audit.Query) ([]audit.Row, error) {
	return c.log.Find(ctx, q)
}

// Check starts a check, unless one is running or about to. Forbidden.
func (c *TrailChecks) Check(by helpline.Actor) error {
	if err := May(by, ReadTrail); err != nil {
		return err
	}
	c.start(by.Person)
	return nil
}

func (c *TrailChecks) start(by helpline.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.state.Running {
		c.state.Running, c.state.Done = true, 0
		c.asks <- by
	}
}

// firstCheck is how long after the start the log is checked, when those who
// came back with the start have their pages again.
const firstCheck = time.Minute

// Run checks until ctx is done.
func (c *TrailChecks) Run(ctx context.Context) error {
	daily := time.NewTimer(firstCheck)
	defer daily.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-daily.C:
			daily.Reset(24 * time.Hour)
			c.start(helpline.ID{})
		case by := <-c.asks:
			c.run(ctx, by)
		}
	}
}

func (c *TrailChecks) run(ctx context.Context, by helpline.ID) {
	head, err := c.log.Find(ctx, audit.Query{Limit: 1})
	if err == nil && len(head) > 0 {
		c.progress(0, head[0].Number+1)
	}
	var rep audit.Report
	if err == nil {
		rep, err = c.log.Verify(ctx, audit.Wanted{Progress: func(n int) { c.progress(n, -1) }})
	}
	if ctx.Err() != nil {
		return
	}
	d := audit.Deed{By: by, Code: audit.LogCheck, Details: []audit.Detail{audit.Word("found", "good")}}
	if rep.Fault != nil {
		d.Details = []audit.Detail{audit.Word("found", "fault"), audit.Number("at", rep.Fault.Number)}
	}
	if err == nil {
		_ = c.log.Record(ctx, d) // a log that is broken may take no more entries; the state says so
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = TrailState{At: time.Now(), Report: rep, Failed: err != nil}
}

func (c *TrailChecks) progress(done, of int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.Done = done
	if of >= 0 {
		c.state.Of = of
	}
}
