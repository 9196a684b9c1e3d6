package sim

import (
	"sync"
	"time"

	"helpline"
	"helpline/chat/wire"
)

// Tally is what became of messages. A message is counted under one of
// Delivered, Lost and Unknown; Doubled and Misordered are counted beside that.
type Tally struct {
	Said       int // messages written
	Delivered  int // on both screens, word for word, and the writer was told so
	Lost       int // not on the other screen, or not as it was written
	Unknown    int // the writer cannot tell: not on the other screen and told so, or there and never confirmed
	Doubled    int // shown to the other side at two places, or twice
	Misordered int // above something shown or said before it, or elsewhere than on the other screen
	Foreign    int // on a screen, and written by neither side
}

// Add adds another tally.
func (t *Tally) Add(o Tally) {
	t.Said += o.Said
	t.Delivered += o.Delivered
	t.Lost += o.Lost
	t.Unknown += o.Unknown
	t.Doubled += o.Doubled
	t.Misordered += o.Misordered
	t.Foreign += o.Foreign
}

// Pair is one conversation under load: a visitor's and a counsellor's end, and
// an account of everything that was said and shown that neither page keeps.
type Pair struct {
	delays *Histogram

	mu     sync.Mutex
	ends   []*End // the visitor's, and the counsellor's from Join on
	said   []*message
	byID   map[helpline.ID]*message
	newest [2]int64 // place last shown on the visitor's and the counsellor's screen
}

type message struct {
	Line
	due   time.Time // when it was to be said; zero: not measured
	at    [2]int64  // place on each screen as first shown; 0: not shown
	moved bool      // shown at a second place to the other side
	late  bool      // shown above something that was there before
}

// NewPair watches a visitor's end, which must not stay anywhere yet. What is
// shown of measured messages goes into delays.
func NewPair(visitor *End, delays *Histogram) *Pair {
	p := &Pair{ends: []*End{visitor}, delays: delays, byID: map[helpline.ID]*message{}}
	visitor.Heard = func(f *wire.Frame) { p.shown(wire.Visitor, f) }
	return p
}

// Join seats the counsellor's end, which has just been given its first entry:
// from here on it is watched too. It is to be called from that end's Heard.
func (p *Pair) Join(counsellor *End, first *wire.Frame) {
	p.mu.Lock()
	p.ends = append(p.ends, counsellor)
	p.mu.Unlock()
	counsellor.Heard = func(f *wire.Frame) { p.shown(wire.Counsellor, f) }
	p.shown(wire.Counsellor, first)
}

// Knows says whether a message was written in this conversation.
func (p *Pair) Knows(id helpline.ID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.byID[id] != nil
}

// Began says whether anything was written.
func (p *Pair) Began() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.said) > 0
}

// Ends are the pages of the conversation: the visitor's, and from Join on the
// counsellor's.
func (p *Pair) Ends() []*End {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ends[:len(p.ends):len(p.ends)]
}

// Say lets one side write. due is when that was to happen: a writer who is late
// is measured as late. A zero due is not measured.
func (p *Pair) Say(side wire.Side, text string, due time.Time) {
	p.Ends()[screen(side)].Say(body(text), func(l Line) {
		p.mu.Lock()
		defer p.mu.Unlock()
		m := &message{Line: l, due: due}
		p.said = append(p.said, m)
		p.byID[l.ID] = m
	})
}

// screen is the index of a side's page.
func screen(side wire.Side) int {
	if side == wire.Visitor {
		return 0
	}
	return 1
}

// shown takes note of an entry that a page was just given.
func (p *Pair) shown(on wire.Side, f *wire.Frame) {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	m, i, at := p.byID[f.Entry.ID], screen(on), f.Entry.At
	switch {
	case m == nil: // counted from the screens
	case m.at[i] == 0:
		m.at[i] = at
		if m.Side != on && !m.due.IsZero() {
			p.delays.Add(now.Sub(m.due))
		}
		if at < p.newest[i] && !f.Fill {
			m.late = true
		}
	case m.at[i] != at && m.Side != on:
		m.moved = true
	}
	p.newest[i] = max(p.newest[i], at)
}

// Open is how many messages are not yet delivered, as their writers know it.
func (p *Pair) Open() int {
	open := 0
	for _, e := range p.Ends() {
		for _, l := range e.Screen() {
			if l.Mine && (l.State == Sending || l.State == Held) {
				open++
			}
		}
	}
	return open
}

// Judge compares what was said with what stands on the two screens now. Before
// Join there is nothing to compare.
func (p *Pair) Judge() Tally {
	ends := p.Ends()
	if len(ends) < 2 {
		return Tally{}
	}
	screens := [2][]Line{ends[0].Screen(), ends[1].Screen()}
	p.mu.Lock()
	defer p.mu.Unlock()
	t := Tally{Said: len(p.said)}
	wrong := map[*message]bool{} // misordered
	twice := map[*message]bool{}
	var found [2]map[*message]Line
	for i, lines := range screens {
		var foreign int
		found[i], foreign = p.read(lines, i, wrong, twice)
		t.Foreign += foreign
	}
	p.compare(screens, found, wrong)
	for _, m := range p.said {
		mine, onOwn := found[screen(m.Side)][m]
		other, there := found[screen(m.Side.Other())][m]
		switch {
		case there && other.Body == m.Body && onOwn && mine.State == Delivered:
			t.Delivered++
		case there && other.Body == m.Body, !there && onOwn && mine.State == Unknown:
			t.Unknown++
		default:
			t.Lost++
		}
		if m.moved || twice[m] {
			t.Doubled++
		}
		if m.late || wrong[m] {
			t.Misordered++
		}
	}
	return t
}

// read finds the messages on one screen, and those of one writer that stand in
// another order than they were written in.
func (p *Pair) read(lines []Line, i int, wrong, twice map[*message]bool) (found map[*message]Line, foreign int) {
	found = map[*message]Line{}
	order := make(map[helpline.ID]int, len(p.said))
	for n, m := range p.said {
		order[m.ID] = n
	}
	last := map[wire.Side]int{wire.Visitor: -1, wire.Counsellor: -1}
	for _, l := range lines {
		m := p.byID[l.ID]
		if m == nil || l.Side != m.Side {
			foreign++
			continue
		}
		if !l.Mine || l.State == Delivered || l.State == Held {
			if n := order[l.ID]; n < last[l.Side] {
				wrong[m] = true
			} else {
				last[l.Side] = n
			}
		}
		if _, again := found[m]; again {
			twice[m] = true
		}
		found[m] = l
	}
	return found, foreign
}

// compare marks the messages that stand on both screens, but not in the same
// order.
func (p *Pair) compare(screens [2][]Line, found [2]map[*message]Line, wrong map[*message]bool) {
	var both [2][]*message
	for i, lines := range screens {
		for _, l := range lines {
			m := p.byID[l.ID]
			if m == nil || l.At == 0 {
				continue
			}
			if other, ok := found[1-i][m]; ok && other.At != 0 {
				both[i] = append(both[i], m)
			}
		}
	}
	for n := range min(len(both[0]), len(both[1])) {
		if both[0][n] != both[1][n] {
			wrong[both[0][n]] = true
		}
	}
}
