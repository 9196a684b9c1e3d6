package visitor_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"helpline"
	"helpline/chat/sim"
	"helpline/chat/wire"
)

// The invariants, by the names under which a failure reports them:
//
//	TWICE                every entry is shown at most once on each screen
//	MISORDER             what one page wrote stands in the order it was written
//	SCREENS-DISAGREE     both screens show the same order
//	HISTORY-HOLE         what one screen shows, the other shows
//	FALSE-DELIVERED      what its writer was told delivered is on the other screen
//	FORGED               nothing is shown that this side did not write
//	NOT-ARRIVED-ARRIVES  what was told not arrived never appears
//	LOST, LOST-HELD      what was written, or held, is shown, or its writer knows better
//	NO-END               at the end every open message has an end
//	TWO-HOLD             at most one holder
//	STALE-COUNSELLOR     a former holder cannot write
//	FORMER-READS         a former holder cannot read on
//	AFTER-CLOSE          nothing gets a place after the close
//	RESURRECTED          a closed contact never stands up again
//	TAB-WAR              an older tab never displaces the one that is looked at
//	NEXT-PERSON          a new window is given nothing from before it
//	PLACE                nobody loses the place in the order of arrival
//	TURNED-AWAY          who has a living contact is let in
//
// A page that lies may lose, hide or disorder what it lies about, and only in
// its own conversation. Memory and observers are judged where the inside of a
// room can be seen: by the histories in package chat.

// selfHarm is what a lie may do to the liar's own conversation.
var selfHarm = []string{"FALSE-DELIVERED", "HISTORY-HOLE", "LOST", "LOST-HELD", "MISORDER", "SCREENS-DISAGREE", "NOT-ARRIVED-ARRIVES"}

// look judges a frame before the page takes it. The lock is held.
func (s *story) look(p *page, f *wire.Frame) {
	switch f.Kind {
	case wire.Held:
		if g := s.ghosts[f.Entry.ID]; g != nil {
			g.held = f.Entry.At >> 32
		}
	case wire.Closed:
		if f.Reason != "moved" && s.closed.IsZero() {
			s.closed, s.reason = time.Now(), f.Reason
		}
	case wire.Stage:
		if !s.closed.IsZero() && f.Stage != "talking" && f.Stage != "continue" && time.Since(s.closed) > 40*time.Second {
			s.fail("RESURRECTED", p, "is %s after the end", f.Stage)
		}
		if f.Stage == "waiting" && f.Number != s.place.Boot<<32|s.place.Number {
			s.fail("PLACE", p, "has number %d", f.Number)
		}
	case wire.Said:
		s.shown(p, &f.Entry)
	}
}

func (s *story) shown(p *page, e *wire.Entry) {
	if e.Side == wire.TheLine {
		return
	}
	g := s.ghosts[e.ID]
	if g == nil || g.side != e.Side || g.body != e.Body {
		s.fail("FORGED", p, "shows what was not written")
		return
	}
	if g.refused {
		s.fail("NOT-ARRIVED-ARRIVES", p, "shows what its writer was told is lost")
	}
	if !s.closed.IsZero() && g.when.After(s.closed) {
		s.fail("AFTER-CLOSE", p, "shows what was written after the end")
	}
	if p.visitor() {
		if g.when.Before(p.bound) && g.window != p.secret && !s.shared {
			s.fail("NEXT-PERSON", p, "is given words from before it")
		}
		if done, ok := s.former[g.person]; ok && g.when.After(done) {
			s.fail("STALE-COUNSELLOR", p, "is told something by a former holder")
		}
		g.shown = g.shown || e.Side == wire.Counsellor
		return
	}
	if done, ok := s.former[p.person]; ok && e.Side == wire.Visitor && g.when.After(done) {
		s.fail("FORMER-READS", p, "reads on after the handover")
	}
	if p.person == s.holder() && e.Side == wire.Visitor {
		g.shown = true
	}
}

// check holds at every moment on every screen. The lock is held.
func (s *story) check(p *page) {
	seen := map[helpline.ID]bool{}
	last := map[int]int{}
	for _, l := range p.m.Screen() {
		if seen[l.ID] {
			s.fail("TWICE", p, "%.4s", l.ID)
		}
		seen[l.ID] = true
		g := s.ghosts[l.ID]
		if g == nil {
			continue
		}
		if l.At > 0 {
			if last[g.gen] > g.idx {
				s.fail("MISORDER", p, "messages of page %d", g.gen)
			}
			last[g.gen] = g.idx
		}
		switch {
		case l.State == sim.Delivered && !g.shown:
			s.fail("FALSE-DELIVERED", p, "%.4s", l.ID)
		case l.State == sim.Lost && g.shown:
			s.fail("NOT-ARRIVED-ARRIVES", p, "%.4s", l.ID)
		case l.State == sim.Lost:
			g.refused = true
		}
	}
}

// turnedAway is a page whose ticket is refused. The lock is held.
func (s *story) turnedAway(p *page) {
	s.say(p, "is turned away")
	p.away = true
	st, ok := s.town.journal.Row(s.contact)
	if s.closed.IsZero() && ok && !st.Closed {
		s.fail("TURNED-AWAY", p, "its contact lives")
	}
	p.m.Handle(&wire.Frame{Kind: wire.Closed, Reason: "ended", Upto: -1, Had: -1, Final: true})
}

// settled judges what holds once everything has come back. The lock is held.
func (s *story) settled(boot int64) {
	v, c := s.both()
	over := !s.closed.IsZero()
	for n, id := range s.order {
		g := s.ghosts[id]
		if g.shown || s.windows {
			continue
		}
		w := s.all[g.gen-1]
		told := w.tells(id)
		for _, p := range s.pages { // the writer has gone, or handed over: whoever answers for that side is told
			told = told || p.visitor() == w.visitor() && p.tells(id)
		}
		switch other := s.newest(helpline.ID{}); {
		case told:
		case !over && !w.gone && (w == v && c != nil || w == c && v != nil):
			s.fail("LOST", w, "#%d %.4s: its writer's page never left", n, id)
		case g.held == boot && (g.side == wire.Visitor && s.newest(s.holder()) != nil || g.side == wire.Counsellor && other != nil && !other.m.Quiet && other.m.Stage != "continue" && !other.away):
			s.fail("LOST-HELD", w, "#%d %.4s: the server that held it never died", n, id)
		}
	}
	s.tabs()
	if over {
		for _, p := range s.pages {
			if p.m.Quiet || p.m.Stage == "continue" {
				continue
			}
			if p.m.Ended == "" || slices.ContainsFunc(p.m.Screen(), func(l sim.Line) bool { return l.State == sim.Sending || l.State == sim.Held }) {
				s.fail("NO-END", p, "still hopes; ended %q", p.m.Ended)
			}
		}
		return
	}
	if v != nil && c != nil {
		s.compare(v, c)
	}
	holding := map[helpline.ID]bool{}
	for _, p := range s.pages {
		if !p.visitor() && p.m.Ended == "" && !p.m.Quiet {
			holding[p.person] = true
		}
	}
	if len(holding) > 1 {
		s.fail("TWO-HOLD", s.pages[0], "%d people believe they hold the visitor", len(holding))
	}
}

// tells says whether the page shows that a message did not arrive, or that
// nobody can tell.
func (p *page) tells(id helpline.ID) bool {
	return slices.ContainsFunc(p.m.Screen(), func(l sim.Line) bool {
		return l.ID == id && (l.State == sim.Unknown || l.State == sim.Lost)
	})
}

// compare judges the two screens of a conversation.
func (s *story) compare(v, c *page) {
	pos := map[helpline.ID]int{}
	for i, l := range c.m.Screen() {
		if l.At > 0 {
			pos[l.ID] = i + 1
		}
	}
	st, _ := s.town.journal.Row(s.contact)
	whole := st.Since == 0 && !s.windows
	last := 0
	for _, l := range v.m.Screen() {
		q := pos[l.ID]
		delete(pos, l.ID)
		switch {
		case l.At == 0 || l.Side == wire.TheLine:
		case q > 0 && q < last:
			s.fail("SCREENS-DISAGREE", v, "%.4s", l.ID)
		case q == 0 && whole:
			s.fail("HISTORY-HOLE", v, "%.4s stands here only", l.ID)
		default:
			last = max(last, q)
		}
	}
	for _, l := range c.m.Screen() {
		if pos[l.ID] > 0 && l.Side != wire.TheLine && whole {
			s.fail("HISTORY-HOLE", c, "%.4s stands here only", l.ID)
		}
	}
}

// tabs judges who was told that another page has the seat: there was one with
// a higher number, or one that had asked for a number and never heard.
func (s *story) tabs() {
	for _, p := range s.all {
		for _, tab := range p.takes {
			if !slices.ContainsFunc(s.all, func(q *page) bool {
				return q != p && q.person == p.person && (q.asks > 0 || slices.ContainsFunc(q.tabs, func(t int64) bool { return t > tab }))
			}) {
				s.fail("TAB-WAR", p, "gave way with number %d", tab)
			}
		}
	}
}

// trace is what happened, as text.
func (s *story) trace() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d, %s: %v\n", s.town.seed, s.name, s.bad)
	for _, n := range s.notes {
		fmt.Fprintf(&b, "%12s %s", n.after.Round(time.Microsecond), n.what)
		if f := n.frame; f != nil {
			arrow := "<-"
			if n.up {
				arrow = "->"
			}
			fmt.Fprintf(&b, " %s %s", arrow, brief(f))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// brief writes places as boot.number.
func brief(f *wire.Frame) string {
	at := func(n int64) string { return fmt.Sprintf("%d.%d", n>>32, n&(1<<32-1)) }
	switch f.Kind {
	case wire.Hello:
		return fmt.Sprintf("hello{round %d tab %s upto %s done %s take %v}", f.Round, at(f.Tab), at(f.Upto), at(f.Done), f.Take)
	case wire.Said, wire.Held:
		e := &f.Entry
		return fmt.Sprintf("%s{%c %.4s at %s prev %s seen %s have %s fill %v}", f.Kind, e.Side, e.ID, at(e.At), at(e.Prev), at(e.Seen), at(f.Have), f.Fill)
	case wire.Say:
		return fmt.Sprintf("say{%.4s seen %s}", f.ID, at(f.Seen))
	case wire.Stage:
		return fmt.Sprintf("stage{%s tab %s since %s place %d}", f.Stage, at(f.Tab), at(f.Since), f.Place)
	case wire.Synced, wire.Have, wire.Want, wire.Gone, wire.Refill:
		return fmt.Sprintf("%s{after %s upto %s round %d items %d assemble %v}", f.Kind, at(f.After), at(f.Upto), f.Round, len(f.Items), f.Assemble)
	}
	return fmt.Sprintf("%s{%s%s%s upto %s had %s final %v}", f.Kind, f.Reason, f.Code, f.State, at(f.Upto), at(f.Had), f.Final)
}
