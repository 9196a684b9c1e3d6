package chat

import (
	"context"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"helpline"
	"helpline/chat/sim"
	"helpline/chat/wire"
)

// act does one thing that can happen; false when it cannot happen now.
func (w *world) act(k int) bool {
	v, c := w.active('v'), w.active(w.holder)
	switch k {
	case 0, 1:
		p := v
		if k == 1 {
			p = c
		}
		if p == nil || w.closed {
			return false
		}
		w.say(p)
	case 2:
		w.flush()
	case 3, 4: // one frame moves
		var can []*fakeLink
		for _, l := range w.links {
			if (k == 3 && len(l.toS) > 0) || (k == 4 && len(l.toP) > 0) {
				can = append(can, l)
			}
		}
		if len(can) == 0 {
			return false
		}
		if l := can[w.r.Intn(len(can))]; k == 3 {
			w.takeS(l)
		} else {
			w.takeP(l)
		}
	case 5, 6: // a cut; who notices is another matter
		p := v
		if k == 6 {
			p = c
		}
		if p == nil || p.link == nil || p.link.cut {
			return false
		}
		w.tr("cut %c%d", p.who, p.gen)
		w.black(p.link)
	case 7: // pages notice and come back
		for _, p := range slices.Clone(w.pages) {
			if p.link == nil || p.link.cut || !p.link.pUp || (!p.link.sUp && len(p.link.toP) == 0) {
				w.connect(p)
				if w.r.Intn(2) == 0 {
					break
				}
			}
		}
	case 8: // the server notices
		for _, l := range w.links {
			if l.cut && l.sUp && w.up {
				l.sUp = false
				w.room.lostLink(l)
				return true
			}
		}
		return false
	case 9: // the visitor reloads
		if v == nil {
			return false
		}
		w.drop(v)
		w.open('v', v.secret).bound = v.bound
	case 10: // the counsellor reloads
		if c == nil {
			return false
		}
		w.drop(c)
		w.open(w.holder, helpline.ID{})
	case 11:
		if !w.up {
			return false
		}
		w.tr("kill")
		w.kill()
	case 12:
		if w.up {
			return false
		}
		w.start()
	case 13: // a second tab: a copy of the first, or a new window without its secret
		n := 0
		for _, p := range w.pages {
			if p.who == 'v' {
				n++
			}
		}
		if n != 1 || w.plain || !w.up {
			return false
		}
		if v != nil && w.r.Intn(2) == 0 {
			w.open('v', v.secret).bound = v.bound
		} else {
			w.open('v', helpline.NewID())
		}
	case 14: // "use here"
		for i, p := range w.pages {
			if p.who == 'v' && p.m.Quiet && w.up {
				w.pages = append(slices.Delete(w.pages, i, i+1), p) // now the newest
				p.m.UseHere()
				w.gens++
				w.looked = p.gen
				w.unlink(p)
				w.connect(p)
				return true
			}
		}
		return false
	case 15: // the tab is closed
		if v == nil {
			return false
		}
		w.drop(v)
	case 16: // the address is opened again: session restored, or somebody else
		if w.page('v') != nil || !w.up {
			return false
		}
		w.open('v', helpline.NewID())
	case 17:
		to := byte('B')
		if w.holder == 'B' {
			to = 'A'
		}
		if !w.up || w.closed || w.room.handover(context.Background(), people[to], "Robin") != nil {
			return false
		}
		w.tr("handover to %c", to)
		w.holder = to
		for _, p := range slices.Clone(w.pages) {
			if p.who == to {
				w.drop(p)
			}
		}
		w.open(to, helpline.ID{})
	case 18:
		if !w.up || w.closed {
			return false
		}
		w.tr("close")
		w.room.close(context.Background(), byCounsellor, EndDone)
		w.closed = true
	case 19:
		w.beacon()
	case 20:
		if !w.up || w.observed || w.closed {
			return false
		}
		w.observed = true
		w.open('S', helpline.ID{})
	case 21: // "continue here"
		for _, p := range w.pages {
			if p.who == 'v' && p.m.Stage == "continue" && p.link != nil && w.up && !p.plain {
				w.tr("continue v%d", p.gen)
				w.looked = p.gen
				for _, f := range p.m.ContinueHere() {
					w.toServer(p, f)
				}
				return true
			}
		}
		return false
	case 22:
		if w.up && w.room.from > 0 && w.r.Intn(3) == 0 {
			w.shared = true
			w.room.share()
		}
	case 23: // time passes
		w.now = w.now.Add(time.Duration(w.r.Intn(400)) * time.Millisecond)
		if w.up {
			w.room.tick(context.Background())
		}
	}
	return true
}

var weights = []int{14, 12, 8, 30, 30, 5, 4, 14, 4, 3, 2, 2, 8, 1, 2, 1, 4, 1, 1, 4, 1, 2, 1, 3}

func (w *world) run(steps int) {
	total := 0
	for _, x := range weights {
		total += x
	}
	for w.step = 1; w.step <= steps; w.step++ {
		k := w.r.Intn(total)
		for i, x := range weights {
			if k < x {
				w.act(i)
				break
			}
			k -= x
		}
		w.check()
		w.prune()
	}
	w.heal()
	w.check()
	w.final()
}

// flush moves everything that is in flight, fairly.
func (w *world) flush() {
	for n := 0; ; n++ {
		var busy []*fakeLink
		for _, l := range w.links {
			if len(l.toS) > 0 || len(l.toP) > 0 {
				busy = append(busy, l)
			}
		}
		if len(busy) == 0 {
			return
		}
		if n > 20000 {
			w.fail("LIVELOCK", "frames never stop")
			return
		}
		l := busy[w.r.Intn(len(busy))]
		if len(l.toS) > 0 && (len(l.toP) == 0 || w.r.Intn(2) == 0) {
			w.takeS(l)
		} else {
			w.takeP(l)
		}
	}
}

func (w *world) prune() {
	w.links = slices.DeleteFunc(w.links, func(l *fakeLink) bool { return l.cut && !l.sUp && l.p.link != l })
}

// heal lets everything come back: what is not right then never will be.
func (w *world) heal() {
	w.tr("--- heal")
	if !w.up {
		w.start()
	}
	w.step += 1000
	if w.active('v') == nil && !w.closed {
		switch p := w.page('v'); {
		case p == nil:
			w.open('v', helpline.NewID())
		case p.m.Quiet:
			p.m.UseHere()
			w.looked = p.gen
			w.unlink(p)
		}
	}
	if p := w.page(w.holder); (p == nil || p.m.Ended != "") && !w.closed {
		if p != nil {
			w.drop(p)
		}
		w.open(w.holder, helpline.ID{})
	}
	for round := range 6 {
		for _, l := range w.links {
			if l.cut && l.sUp {
				l.sUp = false
				w.room.lostLink(l)
			}
		}
		for _, p := range slices.Clone(w.pages) {
			if (round == 1 || round == 3) && p.link != nil {
				l := p.link
				w.unlink(p)
				l.sUp = false
				w.room.lostLink(l)
			}
			w.connect(p)
		}
		w.flush()
		w.act(21)
		w.flush()
		for k := 0; k < 1 || (w.plain && k < 40); k++ {
			w.beacon()
			w.flush()
		}
		w.now = w.now.Add(time.Second)
		w.room.tick(context.Background())
		w.flush()
		w.prune()
	}
}

// check holds at every moment.
func (w *world) check() {
	for _, p := range w.pages {
		if p.who == 'S' {
			continue
		}
		seen := map[helpline.ID]bool{}
		last := map[int]int{}
		for _, l := range w.screen(p) {
			if seen[l.ID] {
				w.fail("TWICE", "%c%d shows a message twice", p.who, p.gen)
			}
			seen[l.ID] = true
			g := w.ghosts[l.ID]
			if g == nil {
				continue
			}
			if l.At > 0 {
				if last[g.page] > g.idx {
					w.fail("MISORDER", "%c%d shows messages of page %d out of order", p.who, p.gen, g.page)
				}
				last[g.page] = g.idx
			}
			switch {
			case l.State == sim.Delivered && !g.shown:
				w.fail("FALSE-DELIVERED", "%c%d shows a message as delivered", p.who, p.gen)
			case l.State == sim.Lost && g.shown:
				w.fail("NOT-ARRIVED-ARRIVES", "%c%d shows what arrived as lost", p.who, p.gen)
			case l.State == sim.Lost:
				g.refused = true
			}
		}
	}
}

func (w *world) screen(p *page) []sim.Line {
	if !p.plain {
		return p.m.Screen()
	}
	var out []sim.Line
	for _, e := range p.seen {
		out = append(out, sim.Line{At: e.At, ID: e.ID, Side: e.Side, Mine: e.Side == wire.Visitor})
	}
	return out
}

// final holds once everything has come back.
func (w *world) final() {
	v, c := w.active('v'), w.active(w.holder)
	for n, id := range w.order {
		g := w.ghosts[id]
		if g.shown {
			continue
		}
		var sp *page
		for _, p := range w.pages {
			if p.gen == g.page {
				sp = p
			}
		}
		told := sp != nil && slices.ContainsFunc(sp.form, func(f *wire.Frame) bool { return f.ID == id }) // still in its writer's hands
		if sp != nil && !sp.plain {
			for _, l := range sp.m.Screen() {
				told = told || (l.ID == id && (l.State == sim.Unknown || l.State == sim.Lost))
			}
		}
		if told || w.windows {
			continue // the writer knows; or the page it was for belonged to another window
		}
		if sp != nil && !w.closed && ((sp == v && c != nil) || (sp == c && v != nil)) && (!sp.plain || g.held == 0) {
			w.fail("LOST", "#%d: its writer's page never left, and it was never shown", n)
			continue
		}
		here := (g.side == 'v' && w.page(w.holder) != nil) || (g.side == 'c' && w.page('v') != nil && !w.page('v').m.Quiet)
		if g.held == w.j.boot && here {
			w.fail("LOST-HELD", "#%d was held by a server that never died, and was never shown", n)
		}
	}
	if w.closed {
		for _, p := range w.pages { // every open message has ended as something
			if p.who == 'S' || p.plain || p.m.Quiet || p.m.Stage == "continue" {
				continue
			}
			for _, l := range p.m.Screen() {
				if p.m.Ended == "" || l.State == sim.Sending {
					w.fail("NO-END", "%c%d still hopes", p.who, p.gen)
				}
			}
		}
		return
	}
	if v == nil || c == nil {
		return
	}
	a, b := w.screen(v), w.screen(c)
	pos := map[helpline.ID]int{}
	for i, l := range b {
		if l.At > 0 {
			pos[l.ID] = i + 1
		}
	}
	lastp := 0
	for _, l := range a {
		if q := pos[l.ID]; q > 0 && l.At > 0 {
			if q < lastp {
				w.fail("SCREENS-DISAGREE", "order")
				break
			}
			lastp = q
		}
	}
	if w.j.st.Since == 0 && !w.plain && !w.windows {
		in := map[helpline.ID]bool{}
		for _, l := range a {
			in[l.ID] = true
			if pos[l.ID] == 0 && l.At > 0 && l.Side != wire.TheLine {
				w.fail("HISTORY-HOLE", "on the visitor's screen only")
			}
		}
		for _, l := range b {
			if !in[l.ID] && l.At > 0 && l.Side != wire.TheLine {
				w.fail("HISTORY-HOLE", "on the counsellor's screen only")
			}
		}
	}
	holding := 0
	for _, p := range w.pages {
		if (p.who == 'A' || p.who == 'B') && p.m.Ended == "" {
			holding++
		}
	}
	if holding > 1 {
		w.fail("TWO-HOLD", "two counsellors' pages believe they hold the visitor")
	}
}

// selfHarm is what a page that lies may do to its own conversation.
var selfHarm = []string{"FALSE-DELIVERED", "HISTORY-HOLE", "LOST", "LOST-HELD", "MISORDER", "SCREENS-DISAGREE", "UNSEEN-OBSERVER", "NOT-ARRIVED-ARRIVES"}

// histories runs n random histories and reports the first that breaks
// something, with its whole trace.
func histories(t *testing.T, n, ring int, plain, evil bool) {
	t.Helper()
	if s := os.Getenv("HELPLINE_CHAOS"); s != "" {
		k, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal("HELPLINE_CHAOS is a factor, a whole number")
		}
		n *= k
	}
	said, from := 0, 0
	if s := os.Getenv("HELPLINE_SEED"); s != "" { // one history again
		k, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal("HELPLINE_SEED is a whole number")
		}
		from, n = k, k+1
	}
	for seed := from; seed < n; seed++ {
		w := newWorld(int64(seed), ring, plain, evil)
		w.run(60 + seed%40)
		said += len(w.order)
		if evil {
			for _, k := range selfHarm {
				delete(w.bad, k)
			}
		}
		if len(w.bad) == 0 {
			continue
		}
		again := newWorld(int64(seed), ring, plain, evil)
		again.tracing = true
		again.run(60 + seed%40)
		t.Fatalf("seed %d: %v\n%s", seed, w.bad, strings.Join(again.trace, "\n"))
	}
	t.Logf("%d histories, %d messages", n, said)
}

func TestPromiseThreadIsNotLost(t *testing.T)               { histories(t, 1000, 4, false, false) }
func TestPromiseThreadIsNotLostWithARingOfTwo(t *testing.T) { histories(t, 500, 2, false, false) }
func TestPromiseThreadIsNotLostWithAWholeRing(t *testing.T) { histories(t, 300, 200, false, false) }
func TestALinkWithoutScriptsFitsTheRoom(t *testing.T)       { histories(t, 300, 4, true, false) }
func TestAPageThatLiesHarmsOnlyItself(t *testing.T)         { histories(t, 500, 4, false, true) }
