package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"helpline"
	"helpline/chat/sim"
	"helpline/chat/wire"
)

// load is one run: the people, and what is measured of them.
type load struct {
	loadtestCommand
	at       target
	server   *throwaway // nil with --url
	progress *ticker
	lost     chan error // what ends the run early

	people context.Context // everybody lives until this ends
	stop   context.CancelFunc
	around sync.WaitGroup

	lanes   []*sim.Lane
	desks   []*loadBrowser
	rooms   []*loadVisitor
	waiters []*loadVisitor
	paired  atomic.Int64

	delays, late sim.Histogram // of messages; of ourselves
	offered      atomic.Int64
	came         [4]int64 // resident bytes: empty, with conversations, with those who wait, after the messages
	spent        time.Duration
	measured     bool
	outages      []outage
	others       float64 // share of the machine that neither we nor the line used while messages were sent; below 0: not known
	early        bool
}

// outage is one kill: how long nothing listened, and from then on how long the
// last page and the last desk took to come back.
type outage struct{ away, pages, desks time.Duration }

// loadVisitor is one simulated visitor.
type loadVisitor struct {
	web    *loadBrowser
	end    *sim.End
	pair   *sim.Pair   // nil for one who only waits
	number int64       // own number in the queue as first told; under the end's lock
	moved  atomic.Bool // it changed later
	stages chan string
	ended  atomic.Bool
}

// login brings the counsellors to their desks, all on duty.
func (l *load) login(ctx context.Context, logins []loginLine) error {
	l.lanes, l.desks = make([]*sim.Lane, len(logins)), make([]*loadBrowser, len(logins))
	return l.crowd(ctx, len(logins), 4, "logins", func(ctx context.Context, i int) error {
		web := l.at.browser(l.at.staff, staffFrom+i)
		if err := l.at.login(ctx, web, logins[i]); err != nil {
			return err
		}
		window, err := web.desk(ctx)
		if err != nil {
			return err
		}
		lane := sim.NewLane()
		lane.Dial = func(ctx context.Context) (sim.Link, error) { return web.dial(ctx, "/desk/lane"+window) }
		lane.Taken = func(contact helpline.ID) { l.take(web, contact, window) }
		l.lanes[i], l.desks[i] = lane, web
		l.around.Go(func() { lane.Stay(l.people) })
		for lane.Back().IsZero() {
			if _, err := lane.Board(); err != nil {
				return fmt.Errorf("open the desk of %s: %w", logins[i].Name, err)
			}
			if !pause(ctx, 5*time.Millisecond) {
				return ctx.Err()
			}
		}
		if board, _ := lane.Board(); l.server == nil && (len(board.Yours) > 0 || board.Waiting > 0) {
			return errors.New("somebody waits or talks on this line already: a load test is only for a line that nobody real uses")
		}
		return nil
	})
}

// crowd does something for n people, so many at once, and stops at the first error.
func (l *load) crowd(ctx context.Context, n, atOnce int, what string, do func(context.Context, int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var all sync.WaitGroup
	var next, done atomic.Int64
	for range min(n, atOnce) {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return
				}
				if err := do(ctx, i); err != nil {
					cancel(err)
					return
				}
				l.progress.show(fmt.Sprintf("%s: %d of %d", what, done.Add(1), n))
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

// take opens the conversation with a visitor who was accepted. Whose it is
// shows in the first thing the visitor writes.
func (l *load) take(web *loadBrowser, contact helpline.ID, window string) {
	end := sim.NewEnd(sim.NewPage(wire.Counsellor, helpline.ID{}))
	end.Dial = func(ctx context.Context) (sim.Link, error) {
		return web.dial(ctx, "/desk/talk/"+contact.String()+window)
	}
	end.Heard = func(f *wire.Frame) {
		for _, v := range l.rooms {
			if v.pair.Knows(f.Entry.ID) {
				v.pair.Join(end, f)
				l.paired.Add(1)
				return
			}
		}
		l.fail(errors.New("somebody who is not simulated was accepted: a load test is only for a line that nobody real uses"))
	}
	l.around.Go(func() {
		if reason := end.Stay(l.people); reason != "" && l.people.Err() == nil {
			l.fail(fmt.Errorf("a conversation ended by itself: %s", reason))
		}
	})
}

// visitor makes a visitor who has not come yet.
func (l *load) visitor(i int, talks bool) *loadVisitor {
	v := &loadVisitor{web: l.at.browser(l.at.visitors, visitorsFrom+i), stages: make(chan string, 16)}
	v.end = sim.NewEnd(sim.NewPage(wire.Visitor, helpline.NewID()))
	v.end.Dial = func(ctx context.Context) (sim.Link, error) {
		return v.web.dial(ctx, "/"+l.at.locale+"/talk/link")
	}
	v.end.Stage = func(f *wire.Frame) {
		if f.Stage == "waiting" {
			if v.number == 0 {
				v.number = f.Number
			} else if v.number != f.Number {
				v.moved.Store(true)
			}
		}
		select {
		case v.stages <- f.Stage:
		default: // one that is noticed is enough
		}
	}
	if talks {
		v.pair = sim.NewPair(v.end, &l.delays)
	}
	return v
}

// come starts a contact and lives it.
func (l *load) come(ctx context.Context, v *loadVisitor) error {
	if err := l.at.arrive(ctx, v.web); err != nil {
		return err
	}
	l.around.Go(func() {
		if reason := v.end.Stay(l.people); reason != "" && l.people.Err() == nil {
			v.ended.Store(true)
			l.fail(fmt.Errorf("a visitor's contact ended by itself: %s", reason))
		}
	})
	l.around.Go(func() { l.live(v) })
	for v.end.Back().IsZero() {
		if _, _, _, fault := v.end.Place(); fault != nil {
			return fmt.Errorf("a visitor's live link: %w", fault)
		}
		if !pause(ctx, 5*time.Millisecond) {
			return ctx.Err()
		}
	}
	return nil
}

// live does what a visitor's browser does beside the link: signs of life at
// every new stage and every few minutes, and the first words.
func (l *load) live(v *loadVisitor) {
	was := ""
	for {
		every := time.NewTimer(4*time.Minute - rand.N(time.Minute))
		select {
		case <-l.people.Done():
			every.Stop()
			return
		case stage := <-v.stages:
			every.Stop()
			if stage == was {
				continue
			}
			was = stage
		case <-every.C:
		}
		_ = l.at.renew(l.people, v.web) // a line that is away shows on the link
		if was == "talking" && v.pair != nil && !v.pair.Began() {
			v.pair.Say(wire.Visitor, "Hello. I am a simulated visitor of a load test.", time.Time{})
		}
	}
}

// beat looks after everybody's silence.
func (l *load) beat() {
	for pause(l.people, time.Second) {
		now := time.Now()
		for _, e := range l.ends() {
			e.Beat(now)
		}
		for _, lane := range l.lanes {
			lane.Beat(now)
		}
	}
}

// ends are everybody's pages.
func (l *load) ends() (out []*sim.End) {
	for _, v := range l.rooms {
		out = append(out, v.pair.Ends()...)
	}
	for _, v := range l.waiters {
		out = append(out, v.end)
	}
	return out
}
