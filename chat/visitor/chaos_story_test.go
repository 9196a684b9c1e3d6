package visitor_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"helpline"
	"helpline/chat"
	"helpline/chat/sim"
	"helpline/chat/ticket"
	"helpline/chat/wire"
)

// ghost is what really happened to a message; nobody in the story sees it.
type ghost struct {
	side    wire.Side
	person  helpline.ID // of a counsellor
	gen     int         // of the page it was written on
	idx     int         // on that page
	window  helpline.ID // secret of the visitor's window
	body    string
	when    time.Time
	shown   bool
	held    int64 // boot in which its writer was told
	refused bool  // its writer was told: not arrived
}

// story is one contact with everybody who has a page in it, and what has
// happened to them. One lock guards it all; nobody waits while holding it.
type story struct {
	town *town
	n    int
	name string
	liar bool

	mu      sync.Mutex
	rand    *rand.Rand // of the story's own goroutine, and of its pages under the lock
	cookie  string
	contact helpline.ID
	place   ticket.Ticket // as it was at the door
	pages   []*page       // that are open, the newest last
	all     []*page
	ghosts  map[helpline.ID]*ghost
	order   []helpline.ID
	windows bool // the contact was bound to another window
	shared  bool
	closed  time.Time
	reason  string
	former  map[helpline.ID]time.Time // who handed over, and when that was done
	bad     []string
	notes   []note
	left    bool
}

// note is one line of a trace, written out only for a story that failed.
type note struct {
	after time.Duration
	what  string
	up    bool
	frame *wire.Frame
}

func newStory(tw *town, n int) *story {
	return &story{
		town: tw, n: n, name: fmt.Sprintf("story %d", n), liar: n%12 == 5,
		rand: rand.New(rand.NewPCG(tw.seed, uint64(n+1))), ghosts: map[helpline.ID]*ghost{}, former: map[helpline.ID]time.Time{},
	}
}

func (s *story) note(p *page, up bool, f *wire.Frame) {
	s.town.count("frames")
	c := *f
	s.notes = append(s.notes, note{time.Since(s.town.began), p.name, up, &c})
}

func (s *story) say(p *page, f string, a ...any) {
	s.notes = append(s.notes, note{after: time.Since(s.town.began), what: p.name + " " + fmt.Sprintf(f, a...)})
}

func (s *story) fail(kind string, p *page, f string, a ...any) {
	s.bad = append(s.bad, kind)
	s.say(p, "!!! %s: %s", kind, fmt.Sprintf(f, a...))
}

// play is the evening of one visitor: to come, to wait, to talk, and whatever
// the seed has in store.
func (s *story) play() {
	pause := func(d time.Duration) {
		s.mu.Lock()
		d = time.Duration(s.rand.Int64N(int64(d)))
		s.mu.Unlock()
		time.Sleep(d)
	}
	pause(15 * time.Second)
	for s.post("start", url.Values{"door": {"self"}, "version": {read()}}) != http.StatusSeeOther {
		pause(4 * time.Second)
		if _, _, calm := s.town.now(); calm {
			return // never got in, which the judge sees
		}
	}
	s.mu.Lock()
	t, err := s.town.keys.Open(strings.TrimPrefix(s.cookie, "__Host-place="), time.Now())
	if err != nil {
		s.town.t.Errorf("%s: the ticket of the door does not open: %v", s.name, err)
	}
	s.place, s.contact = t, t.Contact
	s.open(helpline.ID{}, helpline.NewID())
	s.mu.Unlock()
	s.town.mu.Lock()
	s.town.of[t.Contact] = s
	s.town.mu.Unlock()
	renewed := time.Now()
	for {
		pause(4 * time.Second)
		if _, _, calm := s.town.now(); calm {
			return
		}
		if time.Since(renewed) > 4*time.Minute {
			renewed = time.Now()
			s.renew()
		}
		s.act()
	}
}

// open opens a page. The lock is held.
func (s *story) open(person, secret helpline.ID) *page {
	side, who := wire.Visitor, "visitor"
	if !person.IsZero() {
		side, who, secret = wire.Counsellor, fmt.Sprintf("counsellor %d", person[1]), helpline.ID{}
	}
	p := &page{
		s: s, person: person, gen: len(s.all) + 1, secret: secret, m: sim.NewPage(side, secret), wake: make(chan struct{}, 1),
		liar: s.liar && side == wire.Visitor,
	}
	p.name = fmt.Sprintf("%s %s page %d", s.name, who, p.gen)
	s.pages, s.all = append(s.pages, p), append(s.all, p)
	s.say(p, "opens")
	s.town.people.Go(p.run)
	return p
}

// shut closes a page. The lock is held.
func (s *story) shut(p *page) {
	s.say(p, "shuts")
	p.gone = true
	p.unlink()
	p.stir()
	s.pages = slices.DeleteFunc(s.pages, func(q *page) bool { return q == p })
}

// holder is who the disk says holds the contact.
func (s *story) holder() helpline.ID {
	st, _ := s.town.journal.Row(s.contact)
	return st.Holder
}

// newest gives the newest open page of a person, zero for the visitor; active
// the newest that may act.
func (s *story) newest(person helpline.ID) *page {
	for _, p := range slices.Backward(s.pages) {
		if p.person == person {
			return p
		}
	}
	return nil
}

func (s *story) active(person helpline.ID) *page {
	for _, p := range slices.Backward(s.pages) {
		if p.person == person && !p.m.Quiet && p.m.Ended == "" && p.m.Stage != "continue" {
			return p
		}
	}
	return nil
}

// both gives the two pages that may act.
func (s *story) both() (v, c *page) {
	if holder := s.holder(); !holder.IsZero() {
		c = s.active(holder)
	}
	return s.active(helpline.ID{}), c
}

// speak lets somebody write a message.
func (s *story) speak(p *page) {
	p.sent++
	g := &ghost{person: p.person, gen: p.gen, idx: p.sent, window: p.secret, when: time.Now(), side: wire.Visitor}
	if !p.visitor() {
		g.side = wire.Counsellor
	}
	g.body = fmt.Sprintf(`{"text":"%d %s"}`, len(s.order), strings.Repeat("word ", s.rand.IntN(5)*s.rand.IntN(80)))
	id, frames := p.m.Say(g.body)
	s.ghosts[id] = g
	s.order = append(s.order, id)
	s.say(p, "writes #%d %.4s", len(s.order)-1, id)
	p.push(frames...)
	s.town.count("messages")
}

// fault does something to a page's line.
func (s *story) fault(p *page) {
	if p == nil || p.live == nil {
		return
	}
	what := []string{"cut", "cut", "up dead", "down dead", "reset", "held back", "stalled"}[s.rand.IntN(7)]
	d := time.Duration(s.rand.Int64N(int64(20 * time.Second)))
	switch what {
	case "cut":
		p.live.line.Cut()
	case "up dead":
		p.live.line.CutUp()
	case "down dead":
		p.live.line.CutDown()
	case "reset":
		p.live.line.Reset()
	case "held back":
		p.live.line.Hold(d, d*time.Duration(s.rand.IntN(2)))
	case "stalled":
		p.live.stall = time.Now().Add(d)
	}
	s.say(p, "line: %s", what)
	s.town.count("faults")
}

// act does one thing that can happen.
func (s *story) act() {
	s.mu.Lock()
	v, c := s.both()
	if v != nil && v.m.Stage == "offered" {
		v.push(&wire.Frame{Kind: wire.Ready})
	}
	talking := !s.holder().IsZero() && s.closed.IsZero()
	k := s.rand.IntN(100)
	var after func() // outside the lock
	switch {
	case k < 30:
		if v != nil && talking {
			s.speak(v)
		}
	case k < 58:
		if c != nil && talking {
			s.speak(c)
		}
	case k < 64:
		s.fault(v)
	case k < 70:
		s.fault(c)
	case k < 73: // the visitor reloads
		if v != nil {
			s.shut(v)
			s.open(helpline.ID{}, v.secret).bound = v.bound
			s.town.count("reloads")
		}
	case k < 75:
		if c != nil {
			s.shut(c)
			s.open(c.person, helpline.ID{})
			s.town.count("reloads")
		}
	case k < 77: // a copy of the tab, or a new window that does not know its secret
		if v != nil && len(s.pages) < 5 {
			if s.rand.IntN(2) == 0 {
				s.open(helpline.ID{}, v.secret).bound = v.bound
			} else {
				s.open(helpline.ID{}, helpline.NewID())
			}
			s.town.count("second windows")
		}
	case k < 78: // the counsellor opens the conversation twice
		if c != nil && len(s.pages) < 5 {
			s.open(c.person, helpline.ID{})
			s.town.count("second windows")
		}
	case k < 82:
		s.press(s.rand.IntN(2) == 0)
	case k < 83: // the tab is closed, and the browser opens the address again
		if v != nil {
			s.shut(v)
			s.open(helpline.ID{}, helpline.NewID())
		}
	case k < 84:
		if s.windows && c != nil {
			s.shared = true
			c.push(&wire.Frame{Kind: wire.Share})
		}
	case k < 86:
		after = s.handOver()
	case k < 87 && s.rand.IntN(6) == 0:
		if talking && c != nil {
			s.say(c, "ends it")
			c.push(&wire.Frame{Kind: wire.Leave, Reason: "done"})
		}
	case k < 88 && s.rand.IntN(6) == 0:
		if talking && v != nil {
			s.say(v, "leaves")
			after = func() { s.post("leave", url.Values{"by": {"beacon"}}) }
		}
	case k < 89 && s.rand.IntN(10) == 0:
		person := s.holder()
		after = func() {
			engine, _, _ := s.town.now()
			engine.Dismiss(person)
		}
	}
	s.mu.Unlock()
	if after != nil {
		after()
	}
}

// press answers a page that asks its person something: "use here", "continue
// here". The lock is held. It says whether there was one.
func (s *story) press(visitors bool) bool {
	for _, p := range slices.Backward(s.pages) {
		switch {
		case p.visitor() != visitors || p.m.Ended != "":
		case p.m.Quiet:
			s.say(p, "presses: use here")
			p.m.UseHere()
			p.stir()
			return true
		case p.m.Stage == "continue" && p.live != nil:
			s.say(p, "presses: continue here")
			p.bound, s.windows = time.Now(), true
			p.push(p.m.ContinueHere()...)
			s.town.count("new windows")
			return true
		}
	}
	return false
}

// handOver gives the conversation to the next counsellor. The lock is held; it
// returns what must wait for the engine.
func (s *story) handOver() func() {
	st, ok := s.town.journal.Row(s.contact)
	if !ok || st.Closed {
		return nil
	}
	to := s.town.members[(int(st.Holder[1])+1+s.rand.IntN(3))%len(s.town.members)]
	if to.Person == st.Holder {
		return nil
	}
	delete(s.former, to.Person)
	return func() {
		engine, _, _ := s.town.now()
		err := engine.Handover(context.Background(), s.contact, to)
		s.mu.Lock()
		defer s.mu.Unlock()
		if err != nil {
			s.notes = append(s.notes, note{after: time.Since(s.town.began), what: "handover failed: " + string(helpline.KindOf(err))})
			return
		}
		s.former[st.Holder] = time.Now()
		s.notes = append(s.notes, note{after: time.Since(s.town.began), what: fmt.Sprintf("handed from counsellor %d to %d", st.Holder[1], to.Person[1])})
		s.town.count("handovers")
	}
}

// attend makes sure that a counsellor who holds the contact has a page of it.
func (s *story) attend(m chat.Member) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.newest(m.Person)
	if s.left || p != nil && (p.m.Ended == "" || p.m.Ended != "moved") {
		return
	}
	if p != nil {
		s.shut(p)
	}
	s.open(m.Person, helpline.ID{})
}
