package link

import (
	"context"
	"slices"
	"sync"
	"time"

	"helpline"
	"helpline/chat/wire"
)

// What a page without scripts may hold here: a ring's worth and a little more.
const (
	mostSaid      = 300
	mostSaidBytes = 384 << 10
)

// Plain is the link of a page without scripts. Nothing runs on such a page, so
// this side keeps what it shows: where the visitor is, and what has been said
// since the page was opened. A stream, a refresh or a form of that page reads
// it; what the page confirms comes by its later requests (Got). When no request
// has come for a while the link ends by itself and wipes what it kept.
//
// It implements chat.Link: the engine cannot tell it from a socket, but for
// Scripted. It may be used by many at once.
type Plain struct {
	secret helpline.ID
	over   func() // nothing is left to show

	mu      sync.Mutex
	to      Receiver
	view    View
	changed chan struct{} // closed and made anew with every change
	waits   map[helpline.ID]chan string
	round   int
	bytes   int // of the bodies in view.Said
	got     int64
	quiet   *time.Timer
	until   time.Time
	ended   bool
}

// View is what a page without scripts shows now.
type View struct {
	Stage  string // "" not heard yet, waiting, offered, ready, talking, continue, taken, closed, or away: the link has ended
	Place  int    // plus one; 0 not known
	Low    int    // seconds of waiting per place
	High   int
	Kept   bool      // asked before everybody else
	Due    time.Time // of the ready question
	Alias  string    // of the counsellor
	Boot   int64     // number of this start of the server
	Said   []Said    // as it came; not to be changed
	Fewer  bool      // the oldest words were let go
	Had    int64     // newest entry the counsellor's page has
	Head   int64     // newest place known
	There  string    // presence of the counsellor: here, unsure, gone
	Typing bool
	Idle   time.Time // when an idle conversation ends; zero: no warning
	Reason string    // closed: why
	Final  bool      // closed: nothing can arrive any more
	Lost   int64     // closed: the newest entry that arrived; -1: nobody can tell
	number int64     // in the order of arrival
	came   int
}

// Said is an entry with its number in the order in which the page got it.
type Said struct {
	wire.Entry
	N int
}

// NewPlain makes the link of a page that shows a secret, and that ends when no
// request of the page has come for so long. over is called once, when it has
// ended and keeps nothing any more.
func NewPlain(secret helpline.ID, silent time.Duration, over func()) *Plain {
	p := &Plain{secret: secret, over: over, changed: make(chan struct{}), waits: map[helpline.ID]chan string{}, until: time.Now().Add(silent)}
	p.quiet = time.AfterFunc(silent, p.lapse)
	return p
}

// Begin gives the link its receiver and says hello. take is the person's own
// "continue here". A link that was dropped meanwhile only says that it has gone.
func (p *Plain) Begin(to Receiver, take bool) {
	p.mu.Lock()
	if p.ended {
		p.mu.Unlock()
		to.Gone()
		return
	}
	p.to = to
	f := p.hello(0)
	f.Take = take
	p.mu.Unlock()
	to.Receive(f)
}

// hello is the frame of a page that holds nothing. The lock is held.
func (p *Plain) hello(tab int64) *wire.Frame {
	p.round++
	return &wire.Frame{Kind: wire.Hello, V: wire.Version, Round: p.round, Tab: tab, Upto: -1, Secret: p.secret}
}

// Scripted says that nothing runs on the page.
func (p *Plain) Scripted() bool { return false }

// Look gives what the page shows now, and a channel that is closed when that
// has changed.
func (p *Plain) Look() (View, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	v := p.view
	v.Said = v.Said[:len(v.Said):len(v.Said)]
	return v, p.changed
}

// Here is a sign of life of the page: the link lasts at least so much longer.
func (p *Plain) Here(silent time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(silent); !p.ended && until.After(p.until) {
		p.until = until
		p.quiet.Reset(silent)
	}
}

// Only is Here for a page of which is known that it asks again sooner.
func (p *Plain) Only(silent time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		p.until = time.Now().Add(silent)
		p.quiet.Reset(silent)
	}
}

// Got confirms what the page has: a request of it has named an entry that it
// can only know from there.
func (p *Plain) Got(upto int64) {
	p.mu.Lock()
	to := p.to
	known := slices.ContainsFunc(p.view.Said, func(s Said) bool { return s.At == upto })
	if p.ended || to == nil || !known || upto <= p.got {
		p.mu.Unlock()
		return
	}
	p.got = upto
	p.mu.Unlock()
	to.Receive(&wire.Frame{Kind: wire.Have, Upto: upto})
}

// Tell hands something on that the person pressed: ready, extend, leave.
func (p *Plain) Tell(f *wire.Frame) {
	p.mu.Lock()
	to, ended := p.to, p.ended
	p.mu.Unlock()
	if to != nil && !ended {
		to.Receive(f)
	}
}

// Post says a message and waits for what becomes of it: "held" when it has its
// place, "again" when the person has to look first, "closed", "gone" when this
// page has no link any more, or the code of a refusal. An error means that
// nobody can tell yet; the same id may be posted again.
func (p *Plain) Post(ctx context.Context, f *wire.Frame) (string, error) {
	id := f.ID
	p.mu.Lock()
	switch {
	case p.view.Stage == "closed":
		p.mu.Unlock()
		return "closed", nil
	case p.ended || p.to == nil:
		p.mu.Unlock()
		return "gone", nil
	}
	to, answer := p.to, p.waits[id]
	if answer == nil { // an impatient finger presses twice, and both hear the same
		answer = make(chan string, 1)
		p.waits[id] = answer
	}
	p.mu.Unlock()
	to.Receive(f)
	select {
	case code := <-answer:
		answer <- code
		return code, nil
	case <-ctx.Done():
		p.mu.Lock()
		delete(p.waits, id)
		p.mu.Unlock()
		return "", helpline.Errorf(helpline.Unavailable, "post: no answer yet")
	}
}

// answer tells whoever posted a message what became of it. The lock is held.
func (p *Plain) answer(id helpline.ID, code string) {
	if c := p.waits[id]; c != nil {
		delete(p.waits, id)
		c <- code
	}
}

// Send takes in what the page is to show.
func (p *Plain) Send(packet *wire.Packet) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	if back := p.take(packet.Frame); back != nil {
		to := p.to
		go to.Receive(back) // whoever sends must not wait, and may be who receives
	}
	close(p.changed)
	p.changed = make(chan struct{})
}

// take is what a frame changes; it gives what is to be said back. The lock is held.
func (p *Plain) take(f *wire.Frame) *wire.Frame {
	v := &p.view
	switch f.Kind {
	case wire.Stage:
		return p.stage(f)
	case wire.Queue:
		if v.Place > 0 {
			for _, n := range f.Out {
				if n < v.number {
					v.Place = max(1, v.Place-1)
				}
			}
		}
		v.Low, v.High = f.Low, f.High
	case wire.Room:
		return p.hello(f.Tab)
	case wire.Said:
		p.said(f.Entry)
		v.Had = max(v.Had, f.Have)
	case wire.Held:
		v.Had = max(v.Had, f.Have)
		p.answer(f.Entry.ID, "held")
	case wire.Synced:
		v.Head = max(v.Head, f.Upto)
	case wire.Have:
		v.Had = max(v.Had, f.Upto)
	case wire.Presence:
		v.There = f.State
	case wire.Typing:
		v.Typing = f.On
	case wire.Idle:
		v.Idle = time.Time{}
		if f.Left > 0 {
			v.Idle = time.Now().Add(time.Duration(f.Left) * time.Second)
		}
	case wire.Problem:
		p.answer(f.ID, f.Code)
	case wire.Taken:
		p.wipe()
		v.Stage = "taken"
	case wire.Closed:
		v.Stage, v.Reason, v.Final, v.Lost = "closed", f.Reason, f.Final, f.Had
		v.Typing, v.Idle, v.There = false, time.Time{}, ""
		if f.Reason == "moved" || f.Reason == "idle" {
			p.wipe()
		}
		for id := range p.waits {
			p.answer(id, "closed")
		}
	}
	return nil
}

// stage is where the visitor is now. The lock is held.
func (p *Plain) stage(f *wire.Frame) *wire.Frame {
	v := &p.view
	was := v.Stage
	v.Stage = f.Stage
	v.Boot = max(v.Boot, f.Tab>>32)
	switch f.Stage {
	case "waiting":
		v.Place, v.number, v.Low, v.High, v.Kept = f.Place, f.Number, f.Low, f.High, f.Kept
	case "offered", "ready":
		v.Due = time.Now().Add(time.Duration(f.Left) * time.Second)
	case "talking":
		v.Alias = f.Alias
		if was != "" && was != "talking" && was != "continue" {
			return p.hello(f.Tab) // accepted: the conversation has a hello of its own
		}
	}
	return nil
}

// said keeps an entry, once. The lock is held.
func (p *Plain) said(e wire.Entry) {
	v := &p.view
	v.Head = max(v.Head, e.At)
	if slices.ContainsFunc(v.Said, func(s Said) bool { return s.At == e.At }) {
		return
	}
	if e.Side == wire.Counsellor {
		v.Typing = false
	}
	v.came++
	v.Said = append(v.Said, Said{e, v.came})
	p.bytes += len(e.Body)
	if len(v.Said) <= mostSaid && p.bytes <= mostSaidBytes {
		return
	}
	// Words go first: what was given to take along is asked for at the end.
	i := max(0, slices.IndexFunc(v.Said, func(s Said) bool { _, err := Text(s.Body); return err == nil }))
	p.bytes -= len(v.Said[i].Body)
	v.Said = slices.Delete(slices.Clone(v.Said), i, i+1) // others may be looking at the old one
	v.Fewer = true
}

// wipe forgets every word. The lock is held.
func (p *Plain) wipe() {
	p.view.Said, p.bytes = nil, 0
}

// Drop ends the link for the engine. What the page shows stays until it is
// silent; again says that the server is stopping.
func (p *Plain) Drop(again int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.view.Stage; s != "closed" && s != "taken" {
		p.view.Stage = "away"
	}
	p.end()
}

// end tells the receiver, once. The lock is held.
func (p *Plain) end() {
	if p.ended {
		return
	}
	p.ended = true
	for id := range p.waits {
		p.answer(id, "gone")
	}
	if to := p.to; to != nil {
		go to.Gone()
	}
	close(p.changed)
	p.changed = make(chan struct{})
	p.quiet.Stop()
	switch p.view.Stage {
	case "closed", "taken": // may be read and copied a while longer; must not come back by itself
		p.quiet = time.AfterFunc(KeptFor, p.forget)
	default:
		p.wipe()
		go p.over()
	}
}

// KeptFor is how long a page without scripts shows a conversation that has
// ended, like the counsellor's.
const KeptFor = 15 * time.Minute

// lapse ends a link whose page has been silent.
func (p *Plain) lapse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Now().Before(p.until) || p.ended {
		return
	}
	if p.view.Stage != "closed" {
		p.view.Stage = "away"
	}
	p.end()
}

// Close ends the link and wipes what it kept, at once.
func (p *Plain) Close() {
	p.mu.Lock()
	ended := p.ended
	p.view.Stage = "away"
	p.end()
	p.mu.Unlock()
	if ended {
		p.forget()
	}
}

// forget wipes what an ended conversation has left.
func (p *Plain) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.quiet.Stop()
	p.wipe()
	p.view.Stage = "away"
	close(p.changed)
	p.changed = make(chan struct{})
	go p.over()
}
