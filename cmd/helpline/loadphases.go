package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"helpline/chat/sim"
	"helpline/chat/wire"
)

// drainFor is how long messages that are on their way are waited for, and
// backFor how long after a kill everybody may take to come back.
const (
	drainFor = 30 * time.Second
	backFor  = 60 * time.Second
)

// all is the run, from the first visitor to the last message. Whatever ends it
// early, what was counted so far stands.
func (l *load) all(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case err := <-l.lost:
			cancel(err)
		case <-ctx.Done():
		}
	}()
	err := l.phases(ctx)
	if ctx.Err() != nil {
		l.early = true
		if err = context.Cause(ctx); errors.Is(err, context.Canceled) {
			err = errors.New("stopped before the end; what stands above is how far it came")
		}
	}
	return err
}

func (l *load) phases(ctx context.Context) error {
	for i := range l.Rooms {
		l.rooms = append(l.rooms, l.visitor(i, true))
	}
	for i := range l.Waiting {
		l.waiters = append(l.waiters, l.visitor(l.Rooms+i, false))
	}
	l.around.Go(l.beat)
	l.came[0] = l.resident()
	if err := l.converse(ctx); err != nil {
		return err
	}
	l.came[1] = l.resident()
	err := l.crowd(ctx, l.Waiting, 64, "visitors who wait", func(ctx context.Context, i int) error { return l.come(ctx, l.waiters[i]) })
	if err != nil {
		return err
	}
	l.came[2] = l.resident()
	l.send(ctx)
	l.came[3] = l.resident()
	l.drain(ctx)
	return ctx.Err()
}

func (l *load) resident() int64 {
	if l.server == nil {
		return 0
	}
	bytes, _, _ := l.server.usage()
	return bytes
}

// converse brings all visitors who talk together with the counsellors.
func (l *load) converse(ctx context.Context) error {
	if l.Rooms == 0 {
		return nil
	}
	for _, lane := range l.lanes {
		lane.Ask(true)
	}
	err := l.crowd(ctx, l.Rooms, 64, "visitors who talk", func(ctx context.Context, i int) error { return l.come(ctx, l.rooms[i]) })
	if err != nil {
		return err
	}
	for l.paired.Load() < int64(l.Rooms) {
		l.progress.show(fmt.Sprintf("conversations: %d of %d", l.paired.Load(), l.Rooms))
		if !pause(ctx, 20*time.Millisecond) {
			return ctx.Err()
		}
		full := 0
		for _, lane := range l.lanes {
			if lane.Full() {
				full++
			}
		}
		if at := l.paired.Load(); full == len(l.lanes) && at < int64(l.Rooms) && pause(ctx, time.Second) && at == l.paired.Load() {
			return fmt.Errorf("the counsellors can have only %d conversations at once: name more logins, or ask for fewer rooms", at)
		}
	}
	for _, lane := range l.lanes {
		lane.Ask(false)
	}
	return nil
}

// send lets people write on a fixed schedule, and kills the line meanwhile if
// that was asked for. A message that could not be written at its time is written
// as soon as it can be, and measured from its time.
func (l *load) send(ctx context.Context) {
	start := time.Now()
	ctx, cancel := context.WithDeadline(ctx, start.Add(l.For))
	defer cancel()
	before, known := l.cpu()
	busy := machineBusy()
	killed := make(chan struct{})
	go func() {
		defer close(killed)
		l.kills(ctx)
	}()
	go func() {
		for pause(ctx, 200*time.Millisecond) {
			if l.Rooms > 0 {
				l.progress.show(fmt.Sprintf("messages: %d, shown on the other page %d, p99 %v", l.offered.Load(), l.delays.N(), l.delays.Quantile(0.99)))
			} else {
				l.progress.show(fmt.Sprintf("waiting: %v of %v", time.Since(start).Round(time.Second), l.For))
			}
		}
	}()
	lines := texts()
	draw := rand.New(rand.NewPCG(l.Seed, 1))
	order := draw.Perm(max(1, l.Rooms))
	for n := 0; l.Rate > 0; n++ {
		due := start.Add(time.Duration(float64(n) / l.Rate * float64(time.Second)))
		if due.Sub(start) >= l.For || !l.until(ctx, due) {
			break
		}
		if n%l.Rooms == 0 {
			draw.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		}
		side := wire.Visitor
		if draw.IntN(2) == 1 {
			side = wire.Counsellor
		}
		l.late.Add(time.Since(due))
		l.rooms[order[n%l.Rooms]].pair.Say(side, lines[draw.IntN(len(lines))], due)
		l.offered.Add(1)
	}
	for pause(ctx, time.Until(start.Add(l.For))) && time.Since(start) < l.For {
	}
	<-killed
	if after, ok := l.cpu(); ok && known {
		l.spent, l.measured = after-before, true
		l.others = busy.others(machineBusy(), l.spent)
	}
}

// until sleeps up to a moment; false when ctx ended first.
func (l *load) until(ctx context.Context, at time.Time) bool {
	if wait := time.Until(at); wait > 0 {
		return pause(ctx, wait)
	}
	return ctx.Err() == nil
}

func (l *load) cpu() (time.Duration, bool) {
	if l.server == nil {
		return 0, false
	}
	_, spent, ok := l.server.usage()
	return spent, ok
}

// kills ends and starts the line on a fixed schedule until ctx ends. A kill
// whose time comes before everybody is back from the one before is left out.
func (l *load) kills(ctx context.Context) {
	for start := time.Now(); l.KillEach > 0 && pause(ctx, l.KillEach-time.Since(start)%l.KillEach) && time.Since(start) < l.For; {
		if err := l.server.kill(); err != nil {
			l.fail(err)
			return
		}
		killed := time.Now()
		// Once killed the line is started again, also when the run has just ended.
		listened, err := l.server.start(context.WithoutCancel(ctx))
		if err != nil {
			l.fail(err)
			return
		}
		pages, desks, err := l.back(killed)
		if err != nil {
			l.fail(err)
			return
		}
		l.outages = append(l.outages, outage{listened.Sub(killed), max(0, pages.Sub(listened)), max(0, desks.Sub(listened))})
	}
}

// back waits until everybody is back where they were before a kill, and gives
// the moments when the last page and the last desk were.
func (l *load) back(killed time.Time) (pages, desks time.Time, err error) {
	var ends, lanes []func() time.Time
	for _, e := range l.ends() {
		ends = append(ends, e.Back)
	}
	for _, lane := range l.lanes {
		lanes = append(lanes, lane.Back)
	}
	for limit := killed.Add(backFor); ; time.Sleep(2 * time.Millisecond) {
		var away, off int
		pages, away = last(ends, killed)
		desks, off = last(lanes, killed)
		switch {
		case away+off == 0:
			return pages, desks, nil
		case time.Now().After(limit):
			return pages, desks, fmt.Errorf("%d pages and %d desks were not back %v after the line was killed", away, off, backFor)
		case l.people.Err() != nil:
			return pages, desks, l.people.Err()
		}
	}
}

// last is the newest moment of those after a kill, and how many have none.
func last(back []func() time.Time, killed time.Time) (newest time.Time, missing int) {
	newest = killed
	for _, at := range back {
		switch when := at(); {
		case !when.After(killed):
			missing++
		case when.After(newest):
			newest = when
		}
	}
	return newest, missing
}

// drain waits for what is still on its way.
func (l *load) drain(ctx context.Context) {
	limit := time.Now().Add(drainFor)
	if ctx.Err() != nil {
		limit = time.Now().Add(5 * time.Second)
	}
	for open := 1; open > 0 && time.Now().Before(limit); time.Sleep(20 * time.Millisecond) {
		open = 0
		for _, v := range l.rooms {
			open += v.pair.Open()
		}
		l.progress.show(fmt.Sprintf("waiting for %d messages on their way", open))
	}
}

// close ends everything. At a line that goes on, everybody leaves properly.
func (l *load) close() error {
	if l.people == nil {
		return l.removed()
	}
	if l.server == nil {
		ctx, cancel := context.WithTimeout(l.people, 20*time.Second)
		defer cancel()
		all := append(append([]*loadVisitor(nil), l.rooms...), l.waiters...)
		_ = l.crowd(ctx, len(all), 32, "leaving", func(ctx context.Context, i int) error {
			if all[i].web.has(placeCookie) {
				_, _, _ = all[i].web.ask(ctx, http.MethodPost, "/"+l.at.locale+"/leave", nil) // what stays silent ends by itself
			}
			return nil
		})
		_ = l.crowd(ctx, len(l.desks), 4, "logging out", func(ctx context.Context, i int) error {
			if l.desks[i] != nil {
				_, _, _ = l.desks[i].ask(ctx, http.MethodPost, "/logout", nil)
			}
			return nil
		})
	}
	l.stop()
	l.around.Wait()
	return l.removed()
}

func (l *load) removed() error {
	if l.server == nil {
		return nil
	}
	return l.server.remove()
}

// moved counts the visitors whose place in the queue is not what it was.
func (l *load) moved() (n int) {
	for _, v := range l.waiters {
		stage, _, _, _ := v.end.Place()
		if v.moved.Load() || v.ended.Load() || (v.web.has(placeCookie) && !v.end.Back().IsZero() && stage != "waiting") {
			n++
		}
	}
	return n
}

// tally is what became of all messages.
func (l *load) tally() (t sim.Tally) {
	for _, v := range l.rooms {
		t.Add(v.pair.Judge())
	}
	return t
}
