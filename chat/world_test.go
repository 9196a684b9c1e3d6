package chat

import (
	"context"
	"fmt"
	"math/rand"
	"slices"
	"time"

	"helpline"
	"helpline/chat/sim"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

// A world of pages, links, a mortal server and a durable store, in which the
// real room and the real page machine meet. A checker that sees everything
// (the ghosts) judges what the screens say.

type fakeLink struct {
	p        *page
	toS, toP []*wire.Frame
	cut      bool // nothing moves any more, and perhaps nobody has noticed
	pUp, sUp bool
}

func (l *fakeLink) Scripted() bool { return l.p == nil || !l.p.plain }

func (l *fakeLink) Send(p *wire.Packet) {
	if l.sUp && !l.cut {
		f := *p.Frame
		l.toP = append(l.toP, &f)
	}
}

func (l *fakeLink) Drop(int) { l.sUp = false }

// page is one page of one person: v, A or B; S is an observer.
type page struct {
	who    byte
	gen    int
	m      *sim.Page
	secret helpline.ID
	link   *fakeLink
	gone   bool
	evil   bool
	sent   int
	bound  int // step at which this window was bound to the contact; words before that are not for it

	plain bool // without scripts: always fresh, says one thing at a time
	seen  []wire.Entry
	form  []*wire.Frame
	ask   bool
	after int64
}

type ghost struct {
	page, idx, step int
	side, who       byte
	window          helpline.ID // secret of the visitor's window it was written in
	body            string
	shown           bool
	held            int64 // boot in which its sender was told held
	refused         bool  // its sender was told: not arrived
}

type journal struct {
	st   Standing
	boot int64
}

func (j *journal) Boot(context.Context) (int64, error) { j.boot++; return j.boot, nil }
func (j *journal) Standings(context.Context) ([]Standing, error) {
	return []Standing{j.st}, nil
}
func (j *journal) Accept(_ context.Context, s Standing) (Standing, error) { return j.st, nil }
func (j *journal) Change(_ context.Context, from int, to Standing) error {
	if j.st.Closed || j.st.Term != from {
		return helpline.Errorf(helpline.Conflict, "stale")
	}
	j.st = to
	return nil
}
func (j *journal) Keep(context.Context, int, []helpline.ID) error { return nil }

var people = map[byte]helpline.ID{'A': {1}, 'B': {2}}

type world struct {
	r     *rand.Rand
	set   Settings
	keys  *ticket.Keys
	j     *journal
	room  *room
	up    bool
	step  int
	now   time.Time
	pages []*page
	links []*fakeLink
	card  ticket.Ticket // what stands in the visitor's cookie

	ghosts                                map[helpline.ID]*ghost
	order                                 []helpline.ID
	gens                                  int
	looked                                int // generation of the visitor's page that is looked at
	closed                                bool
	holder                                byte
	annStep                               int
	observed, plain, evil, windows, codec bool
	shared                                bool
	bad                                   map[string]int
	observes                              []helpline.ID // what an observer was given
	trace                                 []string
	tracing                               bool
}

func newWorld(seed int64, ring int, plain, evil bool) *world {
	set := Defaults()
	set.RingEntries = ring
	w := &world{
		r: rand.New(rand.NewSource(seed)), set: set, j: &journal{}, plain: plain, evil: evil,
		keys:   ticket.NewKeys(ticket.Day{Epoch: 9, Ticket: ticket.Key{1}, Live: ticket.Key{2}}, ticket.Day{}),
		ghosts: map[helpline.ID]*ghost{}, bad: map[string]int{}, holder: 'A', now: time.Unix(1_800_000_000, 0),
		codec: seed%8 == 0,
	}
	w.j.st = Standing{Contact: helpline.ID{7}, Term: 1, Holder: people['A']}
	w.start()
	w.room.assembled = true // accepted in this boot
	first := helpline.NewID()
	w.card.Tab = ticket.HashSecret(first) // bound while waiting
	w.open('v', first)
	w.open('A', helpline.ID{})
	return w
}

func (w *world) fail(kind, f string, a ...any) {
	w.bad[kind]++
	w.tr("!!! %s: %s", kind, fmt.Sprintf(f, a...))
}

func (w *world) tr(f string, a ...any) {
	if w.tracing {
		w.trace = append(w.trace, fmt.Sprintf("%3d ", w.step)+fmt.Sprintf(f, a...))
	}
}

func (w *world) start() {
	boot, _ := w.j.Boot(context.Background())
	w.up = true
	w.room = &room{
		contact: w.j.st.Contact, boot: boot, set: w.set, keys: w.keys, journal: w.j, st: w.j.st,
		now: func() time.Time { return w.now }, told: func(roomEnd) {}, started: w.now, lastEntry: w.now,
		alias: "Robin", audience: helpline.Self, locale: "en", ended: w.j.st.Closed,
	}
	w.tr("boot %d", boot)
}

func (w *world) kill() {
	w.up = false
	for _, l := range w.links {
		w.black(l)
		l.sUp = false
	}
	w.room = nil
}

func (w *world) black(l *fakeLink) { l.cut, l.toS, l.toP = true, nil, nil }

func (w *world) open(who byte, secret helpline.ID) *page {
	w.gens++
	p := &page{who: who, gen: w.gens, secret: secret}
	side := wire.Counsellor
	if who == 'v' {
		side, p.plain, p.evil = wire.Visitor, w.plain, w.evil
		w.looked = p.gen
	}
	p.m = sim.NewPage(side, secret)
	w.pages = append(w.pages, p)
	w.connect(p)
	return p
}

func (w *world) drop(p *page) {
	p.gone = true
	w.unlink(p)
	w.pages = slices.DeleteFunc(w.pages, func(q *page) bool { return q == p })
}

func (w *world) unlink(p *page) {
	if p.link != nil {
		p.link.pUp = false
		w.black(p.link)
		p.link = nil
	}
}

// page gives the newest living page of a person; active the one that may act.
func (w *world) page(who byte) *page {
	for _, p := range slices.Backward(w.pages) {
		if p.who == who {
			return p
		}
	}
	return nil
}

func (w *world) active(who byte) *page {
	for _, p := range slices.Backward(w.pages) {
		if p.who == who && !p.m.Quiet && p.m.Ended == "" && p.m.Stage != "continue" {
			return p
		}
	}
	return nil
}

func (w *world) connect(p *page) {
	if p.gone || p.m.Quiet || p.m.Final || !w.up {
		return
	}
	if p.link != nil && p.link.pUp && !p.link.cut && p.link.sUp {
		return
	}
	w.unlink(p)
	l := &fakeLink{p: p, pUp: true, sUp: true}
	p.link = l
	w.links = append(w.links, l)
	if p.who == 'S' {
		w.room.observe(l)
		return
	}
	if p.plain {
		p.seen, p.ask = nil, false
		w.toServer(p, &wire.Frame{Kind: wire.Hello, V: 1, Upto: -1, Round: 1, Secret: p.secret, Tab: int64(p.after)})
		p.after = 0
		return
	}
	for _, f := range p.m.Open() {
		if p.evil && w.r.Intn(3) == 0 && f.Kind == wire.Hello {
			f.Upto += int64(w.r.Intn(4) + 1)
		}
		w.toServer(p, f)
	}
}

func (w *world) toServer(p *page, f *wire.Frame) {
	if w.codec {
		back, err := wire.FromPage(wire.Append(nil, f))
		if err != nil {
			w.fail("CODEC", "%v", err)
			return
		}
		f = back
	}
	if l := p.link; l != nil && l.pUp && !l.cut {
		l.toS = append(l.toS, f)
	}
}

// takeS lets the server handle one frame, as the queue's and room's loops do.
func (w *world) takeS(l *fakeLink) {
	f := l.toS[0]
	l.toS = l.toS[1:]
	if !w.up || !l.sUp {
		return
	}
	r, p := w.room, l.p
	w.tr("server <- %c%d %s", p.who, p.gen, brief(f))
	switch {
	case r.ended:
		sendClosed(l, byEnded)
	case f.Kind != wire.Hello:
		i := counsellorSeat
		if p.who == 'v' {
			i = visitorSeat
		}
		if f.Kind == wire.Say && i == counsellorSeat && r.seats[i].link == l && people[p.who] != people[w.holder] {
			w.fail("STALE-COUNSELLOR", "%c speaks after the handover", p.who)
		}
		r.receive(context.Background(), i, l, f)
	case p.who == 'v':
		r.admit(w.card)
		before, older := r.tab, f.Tab != 0 && f.Tab < r.seats[visitorSeat].tab
		old := r.seats[visitorSeat].link
		r.helloVisitor(l, f)
		if r.tab != before {
			p.bound, w.windows = w.step, true
		}
		if fl, ok := old.(*fakeLink); ok && fl != nil && fl != l && older && r.seats[visitorSeat].link == l {
			w.fail("TAB-WAR", "an older tab displaces the one that is looked at")
		}
	case people[p.who] != r.st.Holder:
		sendClosed(l, byMoved)
	default:
		r.helloCounsellor(l, f)
	}
	if len(r.ring) > 2*w.set.RingEntries+1 {
		w.fail("MEMORY", "%d entries in a ring of %d", len(r.ring), w.set.RingEntries)
	}
}

// takeP lets the page handle one frame.
func (w *world) takeP(l *fakeLink) {
	f := l.toP[0]
	l.toP = l.toP[1:]
	p := l.p
	if !l.pUp || p.link != l || p.gone {
		return
	}
	w.tr("%c%d <- %s", p.who, p.gen, brief(f))
	if w.codec {
		back, err := wire.FromServer(wire.Append(nil, f))
		if err != nil {
			w.fail("CODEC", "%v", err)
			return
		}
		f = back
	}
	if f.Kind == wire.Said {
		w.shown(p, f)
	}
	switch {
	case p.who == 'S':
	case p.plain:
		w.plainPage(p, f)
	default:
		for _, a := range p.m.Handle(f) {
			if p.evil && a.Kind == wire.Refill {
				w.lie(p, a)
			}
			w.toServer(p, a)
		}
	}
	if f.Kind == wire.Held {
		if g := w.ghosts[f.Entry.ID]; g != nil {
			g.held = w.j.boot
		}
	}
	if p.who == 'v' && w.room.tab != [16]byte{} && (f.Kind == wire.Stage || w.r.Intn(4) == 0) {
		w.card.Tab, w.card.From, w.card.Shared = w.room.tab, w.room.from, w.room.shared // the page renews its ticket
	}
}

func (w *world) lie(p *page, a *wire.Frame) {
	for i := range a.Items {
		if a.Items[i].Side != wire.Visitor {
			a.Items[i].Body = "never said"
		}
	}
	if len(a.Items) == 0 && a.Upto > 0 {
		a.Items = []wire.Entry{{At: a.Upto, Prev: a.After, Side: 'c', Body: "never said"}}
	}
}

// plainPage is a browser without scripts: it shows what is streamed, confirms
// by a later request, and posts one form at a time.
func (w *world) plainPage(p *page, f *wire.Frame) {
	switch f.Kind {
	case wire.Said:
		p.seen = append(p.seen, f.Entry)
		slices.SortFunc(p.seen, func(a, b wire.Entry) int { return int(a.At - b.At) })
		if g := w.ghosts[f.Entry.ID]; g != nil && g.side == 'v' {
			g.held = w.j.boot // standing there is how such a page is told
		}
		if len(p.form) > 0 && p.form[0].ID == f.Entry.ID {
			w.next(p) // the person sees it standing there
		}
	case wire.Held:
		if len(p.form) > 0 && p.form[0].ID == f.Entry.ID {
			w.next(p)
		}
	case wire.Problem:
		if f.Code == "again" && len(p.form) > 0 && p.form[0].ID == f.ID {
			p.ask = false
			p.form[0].Seen = max(w.plainTop(p), w.room.head)
			if w.annStep == 0 && w.room.obs.at > 0 {
				w.annStep = w.step // the conversation above the form shows the announcement
			}
			if g := w.ghosts[f.ID]; g != nil {
				g.step = w.step // pressed again, with all that stands above in sight
			}
		}
	case wire.Taken:
		p.m.Quiet = true
	case wire.Closed:
		p.m.Ended, p.m.Final = f.Reason, f.Final
	case wire.Stage:
		if f.Stage == "continue" { // the person presses the link
			w.toServer(p, &wire.Frame{Kind: wire.Hello, V: 1, Upto: -1, Round: 2, Secret: p.secret, Take: true})
			return
		}
		p.m.Stage = f.Stage
	}
}

func (w *world) plainTop(p *page) int64 {
	if n := len(p.seen); n > 0 {
		return p.seen[n-1].At
	}
	return 0
}

func (w *world) next(p *page) { p.form, p.ask = p.form[1:], false; w.post(p) }

func (w *world) post(p *page) {
	if len(p.form) > 0 && !p.ask && p.m.Ended == "" {
		p.ask = true
		w.toServer(p, p.form[0])
	}
}

// beacon is the later request of a browser without scripts.
func (w *world) beacon() {
	for _, p := range w.pages {
		if p.plain && p.link != nil {
			w.toServer(p, &wire.Frame{Kind: wire.Have, Upto: w.plainTop(p)})
			w.post(p)
		}
	}
}

func (w *world) say(p *page) {
	p.sent++
	body := fmt.Sprintf(`{"text":"%d"}`, len(w.order))
	side := byte('c')
	if p.who == 'v' {
		side = 'v'
	}
	g := &ghost{page: p.gen, idx: p.sent, step: w.step, side: side, who: p.who, body: body, window: p.secret}
	if p.plain {
		f := &wire.Frame{Kind: wire.Say, ID: helpline.NewID(), Body: body, Seen: w.plainTop(p)}
		w.note(f.ID, g)
		p.form = append(p.form, f)
		w.post(p)
		return
	}
	id, out := p.m.Say(body)
	w.note(id, g)
	for _, f := range out {
		w.toServer(p, f)
	}
}

func (w *world) note(id helpline.ID, g *ghost) {
	w.ghosts[id] = g
	w.order = append(w.order, id)
	w.tr("%c%d says #%d", g.who, g.page, len(w.order)-1)
}

// shown judges what a page puts on its screen.
func (w *world) shown(p *page, f *wire.Frame) {
	e := &f.Entry
	if e.Side == wire.TheLine {
		if p.who == 'v' && w.annStep == 0 {
			w.annStep = w.step
		}
		return
	}
	g := w.ghosts[e.ID]
	if g == nil || g.side != byte(e.Side) || g.body != e.Body {
		w.fail("FORGED", "%c%d shows what was not written", p.who, p.gen)
		return
	}
	if g.refused {
		w.fail("NOT-ARRIVED-ARRIVES", "%c%d shows what its writer was told is lost", p.who, p.gen)
	}
	switch {
	case p.who == 'v':
		if g.step < p.bound && g.window != p.secret && !w.shared {
			w.fail("NEXT-PERSON", "a new window is given words from before it")
		}
		g.shown = g.shown || e.Side == wire.Counsellor
	case p.who == 'S':
		w.observes = append(w.observes, e.ID)
		if e.Side == wire.Visitor && (w.annStep == 0 || g.step < w.annStep) {
			w.fail("UNSEEN-OBSERVER", "an observer reads what was written before the visitor knew")
		}
	case e.Side == wire.Visitor && p.who == w.holder:
		g.shown = true
	case p.who != w.holder:
		// in flight when the conversation was handed over; it was for this page then
	}
}

func brief(f *wire.Frame) string {
	return fmt.Sprintf("%s{at=%d prev=%d upto=%d after=%d round=%d tab=%d had=%d have=%d items=%d stage=%s code=%s id=%.4s%.4s}", f.Kind, f.Entry.At&0xffff|f.Entry.At>>32<<16,
		f.Entry.Prev&0xffff|f.Entry.Prev>>32<<16, f.Upto&0xffff|f.Upto>>32<<16, f.After, f.Round, f.Tab&0xffff, f.Had&0xffff, f.Have&0xffff, len(f.Items), f.Stage, f.Code, f.ID, f.Entry.ID)
}
