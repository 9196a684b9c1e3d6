package chat

import (
	"slices"
	"strings"
	"testing"

	"helpline"
	"helpline/chat/sim"
	"helpline/chat/wire"
)

// An earlier draft of the delivery rules numbered the messages of each side,
// kept the last few of them, believed what a page sent back, and forgot who
// holds a contact when the server died. A model found how each of that fails.
// The histories here are those failures, one for each way, as they now end;
// then one for each rule of the delivery without which something breaks.

// play is a history that is told step by step.
type play struct {
	*testing.T
	*world
}

func (p play) v() *page { return p.page('v') }
func (p play) c() *page { return p.page(p.holder) }

// says lets a page's person write; what it sends is on its way.
func (p play) says(who *page) helpline.ID {
	p.step++
	p.say(who)
	return p.order[len(p.order)-1]
}

// up lets the server take what a page has sent; down lets the page take what
// it has been sent.
func (p play) up(who *page) {
	for l := who.link; len(l.toS) > 0; {
		p.takeS(l)
	}
}

func (p play) down(who *page) {
	for l := who.link; len(l.toP) > 0; {
		p.takeP(l)
	}
}

// cut ends a link; nobody notices.
func (p play) cut(who *page) { p.black(who.link) }

// reload is the same window with a fresh page.
func (p play) reload(who *page) *page {
	p.drop(who)
	again := p.open(who.who, who.secret)
	again.bound = who.bound
	return again
}

// acks lets the marks that found nothing to ride on go alone.
func (p play) acks() {
	p.flush()
	p.now = p.now.Add(p.set.AckWithin)
	p.room.tick(p.Context())
	p.flush()
}

func (p play) restart() { p.kill(); p.start() }

// state is what a page says of one of its messages; empty: not there.
func (p play) state(who *page, id helpline.ID) sim.State {
	for _, l := range who.m.Screen() {
		if l.ID == id {
			return l.State
		}
	}
	return ""
}

func (p play) want(who *page, id helpline.ID, s sim.State) {
	p.Helper()
	if got := p.state(who, id); got != s {
		p.Errorf("%c%d says its message is %q, want %q", who.who, who.gen, got, s)
	}
}

// reads wants exactly these messages on a page, in this order.
func (p play) reads(who *page, ids ...helpline.ID) {
	p.Helper()
	var got []helpline.ID
	for _, l := range p.screen(who) {
		if l.At > 0 && l.Side != wire.TheLine {
			got = append(got, l.ID)
		}
	}
	if !slices.Equal(got, ids) {
		p.Errorf("%c%d shows %.4s, want %.4s", who.who, who.gen, got, ids)
	}
}

// scene begins with two pages that talk; then the story; then everything comes
// back and is judged.
func scene(t *testing.T, ring int, plain, liar bool, story func(play)) {
	t.Helper()
	w := newWorld(1, ring, plain, liar)
	w.tracing, w.codec = true, true
	w.flush()
	story(play{t, w})
	w.heal()
	w.check()
	w.final()
	if liar {
		for _, k := range selfHarm {
			delete(w.bad, k)
		}
	}
	if len(w.bad) > 0 {
		t.Errorf("in the end: %v", w.bad)
	}
	if t.Failed() {
		t.Log(strings.Join(w.trace, "\n"))
	}
}

func TestHistoriesThatBrokeTheDraft(t *testing.T) {
	for _, c := range []struct {
		name  string
		ring  int
		plain bool
		liar  bool
		story func(play)
	}{
		{"two who write at the same moment read the same order", 4, false, false, func(p play) {
			v, c := p.v(), p.c()
			a, b := p.says(v), p.says(c)
			p.up(c)
			p.up(v)
			p.flush()
			p.reads(v, b, a)
			p.reads(c, b, a)
		}},
		{"a reload between held and delivered does not show it twice", 4, false, false, func(p play) {
			a := p.says(p.v())
			p.up(p.v())
			v := p.reload(p.v()) // the answer went to the page before
			p.acks()
			p.reads(v, a)
			p.reads(p.c(), a)
			p.want(v, a, sim.Delivered)
		}},
		{"a message said again after the link broke is the same message", 4, false, false, func(p play) {
			v := p.v()
			a := p.says(v)
			p.up(v)
			p.cut(v)
			p.connect(v)
			b := p.says(v)
			p.acks()
			p.reads(p.c(), a, b)
			p.want(v, a, sim.Delivered)
		}},
		{"after a restart a new message is not taken for an old one with its number", 4, false, false, func(p play) {
			a := p.says(p.v())
			p.flush()
			p.restart()
			v := p.reload(p.v())
			b := p.says(v)
			p.up(v)
			p.down(v)
			p.want(v, b, sim.Sending) // nobody has it, whatever was delivered under the same number before
			p.connect(p.c())
			p.acks()
			p.reads(p.c(), a, b)
			p.want(v, b, sim.Delivered)
		}},
		{"after a restart the page that kept less learns the rest before it speaks", 4, false, false, func(p play) {
			a, b := p.says(p.c()), p.says(p.c())
			p.flush()
			p.restart()
			v := p.reload(p.v())
			c := p.says(v)
			p.connect(p.c())
			p.flush()
			p.reads(v, a, b, c)
			p.reads(p.c(), a, b, c)
		}},
		{"what was held while the other page was away is there when it comes back", 4, false, false, func(p play) {
			v := p.v()
			p.cut(p.c())
			var ids []helpline.ID
			for range 6 { // more than a ring
				ids = append(ids, p.says(v))
			}
			p.up(v)
			p.down(v)
			p.want(v, ids[3], sim.Held)
			p.want(v, ids[4], sim.Sending) // the ring is full of what nobody has read
			p.connect(p.c())
			p.flush()
			p.reads(p.c(), ids...)
		}},
		{"what was held still arrives after the close, also on a page loaded since", 4, false, false, func(p play) {
			c := p.c()
			a := p.says(c)
			p.up(c)
			p.room.close(t.Context(), byCounsellor, EndDone)
			p.closed = true
			v := p.reload(p.v())
			p.acks()
			p.reads(v, a)
			p.want(c, a, sim.Delivered)
		}},
		{"a closed contact stays closed after a restart", 4, false, false, func(p play) {
			p.room.close(t.Context(), byCounsellor, EndDone)
			p.closed = true
			v, c := p.v(), p.c()
			p.cut(v) // neither has heard of it
			p.cut(c)
			p.restart()
			p.connect(v)
			p.connect(c)
			a := p.says(v)
			p.flush()
			if v.m.Ended != byEnded || c.m.Ended != byEnded {
				p.Errorf("ended %q and %q", v.m.Ended, c.m.Ended)
			}
			p.reads(c)
			p.want(v, a, sim.Unknown)
		}},
		{"who handed over does not take the conversation back after a restart", 4, false, false, func(p play) {
			former, v := p.c(), p.v()
			p.cut(former)
			a := p.says(former)
			if err := p.room.handover(t.Context(), people['B'], "Kim"); err != nil {
				p.Fatal(err)
			}
			p.holder = 'B'
			p.restart()
			p.connect(former) // is there before the new holder
			p.connect(v)
			p.flush()
			p.open('B', helpline.ID{})
			p.flush()
			if former.m.Ended != byMoved || p.state(v, a) != "" {
				p.Errorf("the former page ended %q, and its words stand as %q", former.m.Ended, p.state(v, a))
			}
		}},
		{"after a handover and two reloads the words stand as they were written", 200, false, false, func(p play) {
			a, b := p.says(p.v()), p.says(p.v())
			p.flush()
			p.says(p.c()) // never arrives, and its page goes with the handover
			p.cut(p.c())
			p.cut(p.v())
			p.reload(p.v())
			if err := p.room.handover(t.Context(), people['B'], "Kim"); err != nil {
				p.Fatal(err)
			}
			p.holder = 'B'
			c := p.open('B', helpline.ID{})
			x, y := p.says(c), p.says(c)
			p.flush()
			z := p.says(p.v())
			p.flush()
			v := p.reload(p.v())
			p.flush()
			p.reads(c, x, y, z)
			p.reads(v, a, b, x, y, z)
		}},
		{"an older tab that comes back does not take the seat", 4, false, false, func(p play) {
			old := p.v()
			p.cut(old)
			tab := p.open('v', old.secret)
			p.flush()
			p.connect(old)
			p.flush()
			if !old.m.Quiet || tab.m.Quiet {
				p.Errorf("the older is quiet: %v, the one that is looked at: %v", old.m.Quiet, tab.m.Quiet)
			}
		}},
		{"an observer reads nothing that was written before the notice was read", 4, false, false, func(p play) {
			v := p.v()
			before := p.says(v)
			p.observed = true
			p.open('S', helpline.ID{})
			p.up(v)
			unaware := p.says(v)
			p.up(v)
			p.flush()
			after := p.says(v)
			p.flush()
			for id, want := range map[helpline.ID]bool{before: false, unaware: false, after: true} {
				if got := slices.Contains(p.observes, id); got != want {
					p.Errorf("the observer was given %.4s: %v, want %v", id, got, want)
				}
			}
		}},
		{"an observer is not given what was written without seeing the notice, though it was placed after", 4, false, false, func(p play) {
			v := p.v()
			p.observed = true
			p.open('S', helpline.ID{})
			unaware := p.says(v)
			p.down(v) // the notice is read after the words were sent
			p.flush()
			if slices.Contains(p.observes, unaware) {
				p.Error("the observer was given it")
			}
		}},
		{"what was only written to the stream of a plain page is not delivered", 4, true, false, func(p play) {
			a := p.says(p.c())
			p.up(p.c())
			p.down(p.v())
			p.down(p.c())
			p.want(p.c(), a, sim.Held)
			p.beacon()
			p.flush()
			p.acks()
			p.want(p.c(), a, sim.Delivered)
		}},
		{"a form that is posted twice is one message", 4, true, false, func(p play) {
			v := p.v()
			a := p.says(v)
			f := *v.form[0]
			p.up(v)
			p.toServer(v, &f)
			p.flush()
			p.reads(p.c(), a)
		}},
		{"a form that comes again when nobody can know any more comes back to its writer", 2, true, false, func(p play) {
			v := p.v()
			a := p.says(v)
			f := *v.form[0]
			p.flush()
			p.beacon()
			p.flush()
			for range 4 { // beyond what the ring remembers
				p.says(p.c())
				p.flush()
				p.beacon()
				p.flush()
			}
			p.toServer(v, &f)
			p.flush()
			n := 0
			for _, l := range p.c().m.Screen() {
				if l.ID == a {
					n++
				}
			}
			if n != 1 || p.room.run != 5 {
				p.Errorf("it stands there %d times, and %d places were given", n, p.room.run)
			}
		}},
		{"what a page makes up is not believed when the server has forgotten", 4, false, true, func(p play) {
			a := p.says(p.c())
			p.flush()
			p.restart()
			c := p.reload(p.c()) // nothing there but what the other page says
			p.connect(p.v())
			p.flush()
			if l := c.m.Screen(); len(l) > 0 && l[0].ID == a && l[0].Body == "never said" {
				p.Error("the counsellor reads what nobody wrote")
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) { scene(t, c.ring, c.plain, c.liar, c.story) })
	}
}
