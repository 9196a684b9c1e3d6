package sim

import (
	"slices"

	"helpline"
	"helpline/chat/wire"
)

// State is what a page can say of one of its messages.
type State string

// The states of a message.
const (
	Sending   State = "sending"
	Held      State = "held"
	Delivered State = "delivered"
	Lost      State = "lost"    // told: not arrived
	Unknown   State = "unknown" // told: we cannot tell
)

// Line is one message on a page's screen.
type Line struct {
	At    int64 // 0: no place yet
	ID    helpline.ID
	Side  wire.Side
	Body  string
	Mine  bool
	State State // of an own message
}

type outgoing struct {
	id   helpline.ID
	body string
	seen int64
	said int // how often: its fate may be open, and more than once means it may even have arrived
}

// Page is one page of one person: a pure machine that takes frames and gives
// frames. It is not safe for concurrent use.
type Page struct {
	side   wire.Side
	secret helpline.ID

	chain  []wire.Entry
	outbox []*outgoing
	spoken int // how many of the outbox were said since the last synced
	upto   int64
	done   int64
	tab    int64
	since  int64
	round  int
	synced bool
	take   bool
	gone   map[int64]bool // ends of stretches nobody holds
	fate   map[helpline.ID]State
	// skipped are stretches that a newer window of the other side was never given: above the first, up to the second.
	skipped [][2]int64
	given   []Line // own words that fell out of the chain: back in the writer's hands

	Stage  string
	Place  int
	Number int64
	Alias  string
	Quiet  bool   // another page has the seat
	Ended  string // reason; empty while it goes on
	Final  bool   // nothing can arrive any more: no further link is needed
	Resets int
}

// NewPage makes a fresh page. A visitor's page shows its secret.
func NewPage(side wire.Side, secret helpline.ID) *Page {
	return &Page{side: side, secret: secret, upto: -1, gone: map[int64]bool{}, fate: map[helpline.ID]State{}}
}

// Open gives what the page says first on a new link.
func (p *Page) Open() []*wire.Frame {
	clear(p.gone) // asked again on every link: an older tab may have come back
	return []*wire.Frame{p.hello()}
}

func (p *Page) hello() *wire.Frame {
	p.synced, p.spoken = false, 0
	p.round++
	return &wire.Frame{
		Kind: wire.Hello, V: wire.Version, Round: p.round, Tab: p.tab, Upto: p.upto, Done: p.done,
		Secret: p.secret, Take: p.take,
	}
}

// UseHere asks for the seat that another page has.
func (p *Page) UseHere() { p.Quiet, p.tab = false, 0 }

// ContinueHere binds the contact to this page.
func (p *Page) ContinueHere() []*wire.Frame {
	p.take, p.tab = true, 0
	return []*wire.Frame{p.hello()}
}

// Say puts a message into the outbox.
func (p *Page) Say(body string) (helpline.ID, []*wire.Frame) {
	o := &outgoing{id: helpline.NewID(), body: body, seen: p.top()}
	p.outbox = append(p.outbox, o)
	return o.id, p.speak()
}

// speak says what has not been said since the last synced.
func (p *Page) speak() (out []*wire.Frame) {
	if !p.synced || p.Ended != "" || p.Quiet {
		return nil
	}
	for ; p.spoken < len(p.outbox); p.spoken++ {
		o := p.outbox[p.spoken]
		o.said++
		out = append(out, &wire.Frame{Kind: wire.Say, ID: o.id, Seen: o.seen, Body: o.body})
	}
	return out
}

func (p *Page) top() int64 {
	if n := len(p.chain); n > 0 {
		return p.chain[n-1].At
	}
	return 0
}

// Handle takes one frame of the server and gives what the page answers.
func (p *Page) Handle(f *wire.Frame) []*wire.Frame {
	switch f.Kind {
	case wire.Stage:
		return p.stage(f)
	case wire.Queue:
		for _, n := range f.Out {
			if n < p.Number && p.Place > 1 {
				p.Place--
			}
		}
	case wire.Synced:
		if f.Round != p.round {
			return nil // the answer to an earlier hello
		}
		p.synced, p.spoken, p.take = true, 0, false
		p.upto = max(p.upto, f.Upto)
		return append(p.gaps(f.Upto), p.speak()...)
	case wire.Said:
		p.insert(f.Entry)
		if p.upto >= 0 || !f.Fill {
			p.upto = max(p.upto, p.top())
		}
		p.mark(f.Have)
		return append([]*wire.Frame{{Kind: wire.Have, Upto: p.top()}}, p.speak()...)
	case wire.Held:
		p.held(f.Entry)
		p.mark(f.Have)
		return []*wire.Frame{{Kind: wire.Have, Upto: p.top()}}
	case wire.Have:
		p.mark(f.Upto)
	case wire.Room:
		return []*wire.Frame{p.hello()}
	case wire.Reset:
		p.reset()
	case wire.Taken:
		p.Quiet = true
	case wire.Problem:
		return p.problem(f)
	case wire.Want:
		return p.refill(f)
	case wire.Gone:
		p.gone[f.Upto] = true
	case wire.Presence:
		if f.State == "window" {
			p.skipped = append(p.skipped, [2]int64{p.done, f.Upto})
		}
	case wire.Closed:
		p.closed(f)
	}
	return nil
}

func (p *Page) stage(f *wire.Frame) []*wire.Frame {
	was := p.Stage
	p.Stage = f.Stage
	if f.Tab != 0 {
		p.tab = f.Tab
		p.take = false // the contact is bound to this page; another window may bind it anew
	}
	switch f.Stage {
	case "waiting":
		p.Place, p.Number = f.Place, f.Number
	case "talking":
		p.since, p.Alias = f.Since, f.Alias
		if was == "waiting" || was == "offered" || was == "ready" {
			return []*wire.Frame{p.hello()}
		}
	}
	return nil
}

func (p *Page) problem(f *wire.Frame) []*wire.Frame {
	switch f.Code {
	case "busy":
		p.synced = false
	case "text", "removed", "changed", "unchecked", "window":
		for i, o := range p.outbox {
			if o.id == f.ID {
				p.outbox = slices.Delete(p.outbox, i, i+1)
				p.spoken = max(0, p.spoken-1)
				fate := Lost
				if f.Code != "text" && o.said > 1 {
					fate = Unknown // refused now, but an earlier time it may have arrived
				}
				p.give(Line{ID: o.id, Side: p.side, Body: o.body, Mine: true, State: fate})
				break
			}
		}
	}
	return nil
}

func (p *Page) give(l Line) {
	p.fate[l.ID] = l.State
	p.given = append(p.given, l)
}

// mark notes what the other page has.
func (p *Page) mark(upto int64) { p.done = max(p.done, upto) }

// reset: this page was left behind by another tab.
func (p *Page) reset() {
	p.Resets++
	for _, e := range p.chain {
		if e.Side == p.side && e.At > p.done {
			p.give(Line{ID: e.ID, Side: p.side, Body: e.Body, Mine: true, State: Unknown})
		}
	}
	keep := p.outbox[:0:0]
	for _, o := range p.outbox {
		if o.said > 0 {
			p.give(Line{ID: o.id, Side: p.side, Body: o.body, Mine: true, State: Unknown})
		} else {
			keep = append(keep, o)
		}
	}
	p.outbox, p.spoken, p.chain, p.upto = keep, 0, nil, -1
}

// held gives an own message of the outbox its place in the chain.
func (p *Page) held(e wire.Entry) {
	for _, o := range p.outbox {
		if o.id == e.ID {
			e.Body = o.body
			p.insert(e)
			p.upto = max(p.upto, p.top())
			return
		}
	}
	for _, k := range p.chain {
		if k.ID == e.ID && k.At != e.At { // placed anew after a restart
			e.Body = k.Body
			p.insert(e)
			p.upto = max(p.upto, p.top())
			return
		}
	}
}

// insert puts an entry into the chain; an own one leaves the outbox.
func (p *Page) insert(e wire.Entry) {
	for i, k := range p.chain {
		if k.At == e.At && k.ID == e.ID {
			return
		}
		if k.ID == e.ID && k.Side == e.Side {
			p.chain = slices.Delete(p.chain, i, i+1)
			break
		}
	}
	if e.Side == p.side {
		for i, o := range p.outbox {
			if o.id == e.ID {
				p.outbox = slices.Delete(p.outbox, i, i+1)
				if i < p.spoken {
					p.spoken--
				}
				break
			}
		}
		p.given = slices.DeleteFunc(p.given, func(l Line) bool { return l.ID == e.ID })
		delete(p.fate, e.ID)
	}
	i, _ := slices.BinarySearchFunc(p.chain, e.At, func(k wire.Entry, at int64) int { return int(min(1, max(-1, k.At-at))) })
	p.chain = slices.Insert(p.chain, i, e)
}

// gaps asks for what the page misses.
func (p *Page) gaps(head int64) (out []*wire.Frame) {
	last := int64(0)
	for _, e := range p.chain {
		if e.Prev > last && e.Prev > p.since && !p.gone[e.Prev] {
			out = append(out, &wire.Frame{Kind: wire.Want, After: last, Upto: e.Prev})
		}
		last = e.At
	}
	if last < head && head > p.since {
		out = append(out, &wire.Frame{Kind: wire.Want, After: last, Upto: head})
	}
	return out
}

// refill answers what the server asks of the chain, in as many frames as it
// takes.
func (p *Page) refill(f *wire.Frame) []*wire.Frame {
	var items []wire.Entry
	for _, e := range p.chain {
		if e.At > f.After && e.At <= f.Upto {
			items = append(items, e)
		}
	}
	if f.Assemble { // the unbroken end of what it holds, at most a ring's worth
		for k := len(items) - 1; k > 0; k-- {
			if items[k].Prev != items[k-1].At {
				items = items[k:]
				break
			}
		}
		first, size := len(items), 0
		for first > 0 && len(items)-first < 200 && size < 256<<10 {
			first--
			size += len(items[first].Body)
		}
		items = items[first:]
	}
	var out []*wire.Frame
	for {
		a := &wire.Frame{Kind: wire.Refill, After: f.After, Upto: f.Upto, Assemble: f.Assemble}
		n, size := 0, 0
		for n < len(items) && n < 200 && (n == 0 || size+2*len(items[n].Body)+200 < wire.MaxFrame-600) {
			size += 2*len(items[n].Body) + 200
			n++
		}
		a.Items, items = items[:n], items[n:]
		a.More = len(items) > 0
		out = append(out, a)
		if len(items) == 0 {
			return out
		}
	}
}

func (p *Page) closed(f *wire.Frame) {
	p.Ended = f.Reason
	if f.Reason == "moved" {
		p.chain, p.outbox, p.given = nil, nil, nil
		return
	}
	p.mark(f.Had)
	fate := Lost
	if f.Had < 0 {
		fate = Unknown
	}
	for _, o := range p.outbox { // nothing gets a place after the end, but an earlier time it may have had one
		own := fate
		if o.said > 1 {
			own = Unknown
		}
		p.give(Line{ID: o.id, Side: p.side, Body: o.body, Mine: true, State: own})
	}
	p.outbox = nil
	if p.Final = f.Final; !f.Final {
		return // what has a place may still arrive
	}
	for _, e := range p.chain {
		if e.Side == p.side && e.At > p.done && p.fate[e.ID] == "" {
			p.fate[e.ID] = fate
		}
	}
}

// Screen is the conversation as the page shows it: the chain, then what fell
// out of it, then what has no place yet.
func (p *Page) Screen() []Line {
	var out []Line
	for _, e := range p.chain {
		l := Line{At: e.At, ID: e.ID, Side: e.Side, Body: e.Body, Mine: e.Side == p.side}
		if l.Mine {
			switch {
			case p.fate[e.ID] != "":
				l.State = p.fate[e.ID]
			case slices.ContainsFunc(p.skipped, func(s [2]int64) bool { return e.At > s[0] && e.At <= s[1] }):
				l.State = Unknown
			case e.At <= p.done:
				l.State = Delivered
			default:
				l.State = Held
			}
		}
		out = append(out, l)
	}
	out = append(out, p.given...)
	for _, o := range p.outbox {
		out = append(out, Line{ID: o.id, Side: p.side, Body: o.body, Mine: true, State: Sending})
	}
	return out
}

// Synced says whether the page may say.
func (p *Page) Synced() bool { return p.synced }
