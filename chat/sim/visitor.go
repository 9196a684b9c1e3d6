package sim

import (
	"context"
	"time"

	"helpline"
	"helpline/chat/wire"
)

// Way is how a simulated visitor reaches a line: what a browser does beside
// the conversation itself.
type Way interface {
	// Start walks through the door and the promise; Unavailable when the line
	// is closed or full.
	Start(ctx context.Context, door helpline.Audience, locale helpline.Locale) error
	// Dial opens the live link with the place that Start gave.
	Dial(context.Context) (Link, error)
	// Renew is a sign of life; NotFound when the contact has ended.
	Renew(context.Context) error
}

// Pace is how fast somebody is.
type Pace struct {
	Patience time.Duration // in the queue, at most; drawn from half of it on
	Ready    time.Duration // to answer the ready question, at most
	Read     time.Duration // before an answer, at most
	Letter   time.Duration // to type one letter
	Silence  time.Duration // without an answer, until the visitor goes
	Renew    time.Duration // between signs of life
}

// Human is the pace of a person with a telephone.
func Human() Pace {
	return Pace{
		Patience: 12 * time.Minute, Ready: 9 * time.Second, Read: 8 * time.Second, Letter: 90 * time.Millisecond,
		Silence: 4 * time.Minute, Renew: 4 * time.Minute,
	}
}

// Visitor is one simulated visitor.
type Visitor struct {
	Script Script
	Way    Way
	Pace   Pace
	Yield  func() bool // somebody who is not simulated waits: give up the place in the queue

	page    *Page
	link    Link
	plan    plan
	answers []string
	heard   int64     // newest message of the other side that was answered
	since   time.Time // of the last thing that happened
	leaving bool
}

// Visit comes, waits, talks and leaves. It returns when the contact has ended,
// and comes back by itself when the line breaks.
func (v *Visitor) Visit(ctx context.Context) error {
	if err := v.Way.Start(ctx, v.Script.Door, v.Script.Locale); err != nil {
		return err
	}
	v.page, v.answers = NewPage(wire.Visitor, helpline.NewID()), v.Script.Answers
	until := time.Now().Add(v.Pace.Patience/2 + upTo(v.Pace.Patience/2))
	for broken := 0; broken < 20; broken++ {
		if err := v.stay(ctx, until); err != nil || v.page.Ended != "" || v.leaving {
			return err
		}
		if !rest(ctx, time.Second+upTo(2*time.Second)) {
			return ctx.Err()
		}
		if err := v.Way.Renew(ctx); helpline.KindOf(err) == helpline.NotFound {
			return nil
		}
	}
	return helpline.Errorf(helpline.Unavailable, "simulated visitor: the line broke twenty times")
}

// stay lives on one link until it breaks or the contact ends.
func (v *Visitor) stay(ctx context.Context, until time.Time) error {
	link, err := v.Way.Dial(ctx)
	if err != nil {
		return nil // tried again by Visit
	}
	defer link.Close()
	v.link, v.since = link, time.Now()
	done := make(chan struct{})
	defer close(done)
	frames := listen(link, done)
	v.send(v.page.Open())
	look := time.NewTicker(time.Second)
	defer look.Stop()
	renew := time.NewTicker(v.Pace.Renew)
	defer renew.Stop()
	defer v.plan.stop()
	for {
		select {
		case <-ctx.Done():
			v.depart()
			return ctx.Err()
		case f, open := <-frames:
			if !open {
				return nil
			}
			v.take(f)
			if f.Kind == wire.Stage { // the ticket follows, so that a restart finds the place
				_ = v.Way.Renew(ctx)
			}
		case <-v.plan.due():
			v.plan.next()
		case <-renew.C:
			_ = v.Way.Renew(ctx) // a line that is away shows on the link
		case <-look.C:
			v.look(until)
		}
		if v.page.Ended != "" || v.leaving {
			return nil
		}
	}
}

// take handles one frame as the page and as the person behind it.
func (v *Visitor) take(f *wire.Frame) {
	was := v.page.Stage
	v.send(v.page.Handle(f))
	switch {
	case f.Kind == wire.Stage && f.Stage == "offered" && was != "offered":
		v.plan.add(time.Second+upTo(v.Pace.Ready), func() { v.send([]*wire.Frame{{Kind: wire.Ready}}) })
	case f.Kind == wire.Stage && f.Stage == "talking" && was != "talking" && was != "":
		v.since = time.Now()
		for _, text := range v.Script.Opens {
			v.write(text)
		}
	case f.Kind == wire.Said && f.Entry.Side == wire.Counsellor && f.Entry.At > v.heard:
		v.heard, v.since = f.Entry.At, time.Now()
		v.answer()
	case f.Kind == wire.Idle && f.Left > 0:
		v.send([]*wire.Frame{{Kind: wire.Extend}})
	}
}

// answer plans the next thing to say, unless something is being written.
func (v *Visitor) answer() {
	if v.plan.busy() {
		return
	}
	if len(v.answers) == 0 {
		v.write(v.Script.Thanks)
		v.plan.add(20*time.Second, v.depart)
		return
	}
	v.write(v.answers[0])
	v.answers = v.answers[1:]
}

// write plans to say something.
func (v *Visitor) write(text string) {
	v.plan.write(text, v.Pace, v.page, func(frames []*wire.Frame) {
		v.send(frames)
		v.since = time.Now()
	})
}

// look is what somebody does who only waits: lose patience, or give way.
func (v *Visitor) look(until time.Time) {
	if v.page.Stage == "talking" {
		if !v.plan.busy() && time.Since(v.since) > v.Pace.Silence {
			v.depart()
		}
		return
	}
	if time.Now().After(until) || (v.Yield != nil && v.Yield()) {
		v.depart()
	}
}

// depart leaves.
func (v *Visitor) depart() {
	v.send([]*wire.Frame{{Kind: wire.Leave, Reason: "left"}})
	v.leaving = true
}

// send writes frames; a link that is broken shows when it is read.
func (v *Visitor) send(frames []*wire.Frame) {
	for _, f := range frames {
		_ = v.link.Send(f)
	}
}

// rest waits; false when ctx ended first.
func rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
