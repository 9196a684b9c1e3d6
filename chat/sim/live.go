package sim

import (
	"encoding/json"
	"math/rand/v2"
	"time"

	"helpline/chat/wire"
)

// Link is one live link of a simulated page.
type Link interface {
	Send(*wire.Frame) error
	Receive() (*wire.Frame, error)
	Close() error
}

// listen reads a link into a channel, which is closed when the link breaks.
// It ends when done is closed.
func listen(l Link, done <-chan struct{}) <-chan *wire.Frame {
	frames := make(chan *wire.Frame)
	go func() {
		defer close(frames)
		for {
			f, err := l.Receive()
			if err != nil {
				return
			}
			select {
			case frames <- f:
			case <-done:
				return
			}
		}
	}()
	return frames
}

// step is something to do after a while.
type step struct {
	after time.Duration
	do    func()
}

// plan is what somebody is going to do, one step after the other. The zero
// plan is empty; it belongs to one goroutine.
type plan struct {
	steps []step
	timer *time.Timer
	armed bool
}

// add puts a step at the end.
func (p *plan) add(after time.Duration, do func()) { p.steps = append(p.steps, step{after, do}) }

// busy says whether there is anything left to do.
func (p *plan) busy() bool { return len(p.steps) > 0 }

// due is a channel that fires when the first step is due; pause it with stop.
func (p *plan) due() <-chan time.Time {
	if p.timer == nil {
		p.timer = time.NewTimer(time.Hour)
	}
	if p.busy() && !p.armed {
		p.timer.Reset(p.steps[0].after)
		p.armed = true
	}
	return p.timer.C
}

// next does the step that is due.
func (p *plan) next() {
	p.armed = false
	if p.busy() {
		now := p.steps[0]
		p.steps = p.steps[1:]
		now.do()
	}
}

// stop pauses the plan: its first step starts over with the next due.
func (p *plan) stop() {
	if p.timer != nil {
		p.timer.Stop()
	}
	p.armed = false
}

// write plans to read, to type and to send a text from a page.
func (p *plan) write(text string, pace Pace, page *Page, send func([]*wire.Frame)) {
	p.add(time.Second+upTo(pace.Read), func() { send([]*wire.Frame{{Kind: wire.Typing, On: true}}) })
	p.add(time.Duration(len(text))*pace.Letter, func() {
		send([]*wire.Frame{{Kind: wire.Typing}})
		_, frames := page.Say(body(text))
		send(frames)
	})
}

// body is a text as it travels.
func body(text string) string {
	b, _ := json.Marshal(struct {
		Text string `json:"text"`
	}{text}) // a string always has a JSON form
	return string(b)
}

// upTo draws a duration below d.
func upTo(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return rand.N(d)
}
