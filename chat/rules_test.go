package chat

import (
	"testing"

	"helpline"
	"helpline/chat/sim"
	"helpline/chat/wire"
)

// Each rule of the delivery has a history that goes wrong without it. The
// model leaves the rules out one by one; here is what must not happen then.
func TestEveryRuleIsNeeded(t *testing.T) {
	for _, c := range []struct {
		name  string
		ring  int
		story func(play)
	}{
		{"a page left behind by another tab starts afresh, and what it had open is in doubt", 2, func(p play) {
			v := p.v()
			p.says(p.c())
			p.flush()
			p.cut(v)
			p.flush()
			open := p.says(v)
			tab := p.open('v', v.secret)
			p.flush()
			for range 6 { // the ring moves on beyond what the first page has
				p.says(tab)
				p.acks()
			}
			p.says(v)
			p.drop(tab)
			v.m.UseHere()
			p.connect(v)
			p.up(v)
			p.down(v)
			if v.m.Resets != 1 {
				p.Errorf("the page that is off the chain was reset %d times", v.m.Resets)
			}
			p.want(v, open, sim.Unknown)
		}},
		{"a page that has heard of an empty conversation and was left behind starts afresh, too", 2, func(p play) {
			v := p.v()
			p.cut(v)
			open := p.says(v)
			tab := p.open('v', v.secret)
			p.flush()
			for range 6 {
				p.says(tab)
				p.acks()
			}
			p.drop(tab)
			v.m.UseHere()
			p.connect(v)
			p.up(v)
			p.down(v)
			if v.m.Resets != 1 {
				p.Errorf("the page that holds nothing was reset %d times", v.m.Resets)
			}
			p.want(v, open, sim.Unknown)
		}},
		{"nothing gets a place after a restart before both pages are back", 4, func(p play) {
			p.says(p.v())
			p.says(p.c())
			p.flush()
			p.restart()
			p.connect(p.v())
			a := p.says(p.v())
			p.up(p.v())
			p.down(p.v())
			p.up(p.v())
			if p.room.run != 0 {
				p.Errorf("%d places were given while only one page is there", p.room.run)
			}
			p.want(p.v(), a, sim.Sending)
			p.connect(p.c())
			p.flush()
			if p.room.run != 1 {
				p.Errorf("%d places were given to one message", p.room.run)
			}
		}},
		{"a place says in which life of the server it was given", 4, func(p play) {
			p.says(p.v())
			p.flush()
			p.restart()
			p.connect(p.v())
			p.connect(p.c())
			p.flush()
			p.says(p.v())
			p.flush()
			if boot := p.room.head >> 32; boot != 2 {
				p.Errorf("the second life gives places of life %d", boot)
			}
			if e := p.room.ring[len(p.room.ring)-1]; e.Prev>>32 != 1 {
				p.Error("the chain does not go on where the first life left it")
			}
		}},
		{"a link that was replaced says nothing more", 4, func(p play) {
			v := p.v()
			p.says(v)
			old := v.link
			f := old.toS[0]
			v.link = nil
			p.connect(v)
			p.up(v)
			had := p.room.run
			p.room.receive(p.Context(), visitorSeat, old, f) // was in the server's hands when the new link said hello
			if p.room.run != had {
				p.Error("a fenced link was given a place")
			}
		}},
		{"nothing is said on a link before its synced", 4, func(p play) {
			v := p.v()
			p.cut(v)
			p.connect(v)
			a := p.says(v)
			if n := len(v.link.toS); n != 1 || v.link.toS[0].Kind != wire.Hello {
				p.Errorf("the page sent %d frames before it was told that it may speak", n)
			}
			p.room.receive(p.Context(), visitorSeat, v.link, &wire.Frame{Kind: wire.Say, ID: a, Body: "early"})
			if p.room.run != 0 {
				p.Error("the server gave a place to a page that has not said hello")
			}
		}},
		{"after busy everything that follows waits, so that the order stands", 2, func(p play) {
			v := p.v()
			p.cut(p.c())
			for range 3 {
				p.says(v)
			}
			p.up(v) // the third is refused
			had := p.room.run
			p.room.seats[counsellorSeat].had = p.room.head // there would be room again
			p.room.receive(p.Context(), visitorSeat, v.link, &wire.Frame{Kind: wire.Say, ID: helpline.NewID(), Body: "the fourth"})
			if p.room.run != had {
				p.Error("the fourth was placed before the third")
			}
			p.room.seats[counsellorSeat].had = 0
		}},
		{"what a page has not had never leaves the ring, and what both had leaves it", 2, func(p play) {
			v := p.v()
			p.cut(p.c())
			for range 8 {
				p.says(v)
				p.up(v)
				p.down(v)
			}
			if n := len(p.room.ring); n != 2 {
				p.Errorf("the ring of two holds %d that nobody has read", n)
			}
			p.connect(p.c())
			p.acks()
			if n := len(p.room.ring); n > 2 {
				p.Errorf("the ring of two holds %d that everybody has read", n)
			}
		}},
		{"a page that is told there is room says hello before it repeats", 2, func(p play) {
			v := p.v()
			p.cut(p.c())
			for range 4 {
				p.says(v)
			}
			p.up(v)
			p.down(v)
			out := v.m.Handle(&wire.Frame{Kind: wire.Room})
			if len(out) != 1 || out[0].Kind != wire.Hello || v.m.Synced() {
				p.Errorf("it answers with %d frames", len(out))
			}
			v.m.Handle(&wire.Frame{Kind: wire.Problem, Code: "busy"})
		}},
		{"the answer to an earlier hello gives nobody the right to speak", 4, func(p play) {
			v := p.v()
			p.cut(v)
			p.connect(v)
			round := v.link.toS[0].Round
			v.m.Handle(&wire.Frame{Kind: wire.Room}) // says hello again
			v.m.Handle(&wire.Frame{Kind: wire.Synced, Round: round})
			if v.m.Synced() {
				p.Error("the page takes an old answer for the new one")
			}
		}},
		{"a page that comes back with more than the rebuilt chain takes the word from the other until it is heard", 4, func(p play) {
			v := p.v()
			p.says(p.c())
			p.flush()
			old := v // knows one entry; its window is left in the background
			p.cut(old)
			p.restart()
			tab := p.open('v', old.secret) // fresh: claims nothing
			c := p.reload(p.c())           // fresh as well
			p.flush()
			if !p.room.assembled || p.room.head != 0 {
				p.Fatalf("two fresh pages make a chain of %d", p.room.head)
			}
			p.drop(tab)
			old.m.UseHere()
			p.connect(old)
			early := p.says(c)
			p.up(old) // claims one entry more: the chain is put together again
			p.up(c)   // said while that goes on
			if p.room.run != 0 {
				p.Error("a place was given to a page that must say hello again first")
			}
			p.flush()
			p.want(c, early, sim.Held)
		}},
		{"a tab beyond the newest number is the only one that takes the seat", 4, func(p play) {
			v := p.v()
			tab := p.open('v', v.secret)
			p.flush()
			if n, m := p.room.seats[visitorSeat].tab, v.m; n == 0 || !m.Quiet || tab.m.Quiet {
				p.Errorf("number %d; the older is quiet: %v, the newer: %v", n, m.Quiet, tab.m.Quiet)
			}
		}},
		{"what a page claims to have beyond the head is not believed", 4, func(p play) {
			p.says(p.v())
			p.up(p.v())
			p.room.receive(p.Context(), counsellorSeat, p.c().link, &wire.Frame{Kind: wire.Have, Upto: p.room.head + 5})
			b := p.says(p.v())
			p.up(p.v())
			p.down(p.v())
			p.want(p.v(), b, sim.Held)
			p.flush()
		}},
		{"a mark never goes back", 4, func(p play) {
			a := p.says(p.v())
			p.acks()
			p.want(p.v(), a, sim.Delivered)
			p.room.receive(p.Context(), counsellorSeat, p.c().link, &wire.Frame{Kind: wire.Have})
			p.reload(p.c())
			p.up(p.c())
			if had := p.room.seats[counsellorSeat].had; had != p.room.head {
				p.Errorf("the mark went back to %d", had)
			}
			p.flush()
			p.want(p.v(), a, sim.Delivered)
		}},
		{"of what a page was given and never confirmed nobody can tell when the wait is over", 4, func(p play) {
			v, c := p.v(), p.c()
			a := p.says(c)
			p.up(c)
			p.down(v) // stands on the screen; its acknowledgement is lost with the line
			p.drop(v)
			p.room.close(p.Context(), byVisitor, EndVisitor)
			p.closed = true
			p.now = p.now.Add(p.set.Linger)
			p.room.tick(p.Context())
			p.down(c)
			p.want(c, a, sim.Unknown)
		}},
		{"what was given to no page has not arrived when the wait is over", 4, func(p play) {
			v, c := p.v(), p.c()
			p.cut(v)
			p.room.lostLink(v.link)
			p.drop(v)
			a := p.says(c)
			p.up(c)
			p.room.close(p.Context(), byVisitor, EndVisitor)
			p.closed = true
			p.now = p.now.Add(p.set.Linger)
			p.room.tick(p.Context())
			p.down(c)
			p.want(c, a, sim.Lost)
		}},
		{"nothing gets a place after the close", 4, func(p play) {
			v := p.v()
			a := p.says(v)
			p.room.close(p.Context(), byCounsellor, EndDone)
			p.closed = true
			p.up(v)
			if p.room.run != 0 {
				p.Error("a place was given after the close")
			}
			p.flush()
			p.want(v, a, sim.Lost)
		}},
	} {
		t.Run(c.name, func(t *testing.T) { scene(t, c.ring, false, false, c.story) })
	}
}

// What a page proves after a restart must be whole: here are answers that lack
// something, of a page that holds three entries.
func TestAProofThatLacksSomethingIsNone(t *testing.T) {
	for _, c := range []struct {
		name  string
		lacks func([]wire.Entry) []wire.Entry
		head  bool // the chain is believed
	}{
		{"nothing", func(e []wire.Entry) []wire.Entry { return e }, true},
		{"all of it", func([]wire.Entry) []wire.Entry { return nil }, false},
		{"one in the middle", func(e []wire.Entry) []wire.Entry { return []wire.Entry{e[0], e[2]} }, false},
		{"the end", func(e []wire.Entry) []wire.Entry { return e[:2] }, false},
		{"the order", func(e []wire.Entry) []wire.Entry { return []wire.Entry{e[1], e[0], e[2]} }, false},
		{"a good seal", func(e []wire.Entry) []wire.Entry { e[1].Seal[0]++; return e }, false},
		{"the words that were sealed", func(e []wire.Entry) []wire.Entry { e[1].Body = "others"; return e }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			scene(t, 4, false, true, func(p play) {
				for range 3 {
					p.says(p.c())
				}
				p.flush()
				entries := append([]wire.Entry(nil), p.room.ring...)
				head := p.room.head
				p.restart()
				counsellor := p.reload(p.c())
				p.connect(p.v())
				p.up(counsellor)
				p.up(p.v())
				p.room.receive(p.Context(), visitorSeat, p.v().link, &wire.Frame{Kind: wire.Refill, Upto: head, Items: c.lacks(entries), Assemble: true})
				if got := p.room.head == head; got != c.head {
					p.Errorf("the chain is believed: %v, want %v", got, c.head)
				}
			})
		})
	}
}

func TestAnAnswerOfAPageThatNoLongerHoldsTheMostIsNotTaken(t *testing.T) {
	scene(t, 4, false, false, func(p play) {
		p.says(p.c())
		p.flush()
		entries := append([]wire.Entry(nil), p.room.ring...)
		c := p.c()
		p.cut(p.v())
		p.says(c)
		p.up(c)
		p.down(c)
		head := p.room.head
		p.restart()
		p.connect(p.v())
		p.connect(c)
		p.up(p.v())
		p.up(c) // holds one more than the visitor's page, and is asked for it
		p.room.receive(p.Context(), visitorSeat, p.v().link, &wire.Frame{Kind: wire.Refill, Upto: entries[0].At, Items: entries, Assemble: true})
		if p.room.assembled {
			p.Errorf("the chain ends at %d, and a page holds %d", p.room.head, head)
		}
	})
}
